"""Section 10: can these figures be trusted? What came, what is missing, what was left out, how it was counted, from what."""

import pandas as pd
from markupsafe import Markup

from analysis import __version__
from analysis.evidence import each
from analysis.indicators import INDICATORS
from analysis.intake.unit import Unit
from analysis.release import Released, share_blank
from analysis.release.suppression.design import LEFT_OUT, MERGED, MOST_BLANK, names, tables
from analysis.release.suppression.planned import of_results
from analysis.report import naming
from analysis.report.activities.section import missing_activities
from analysis.report.changed import missing_changes
from analysis.report.climate.section import missing_climate
from analysis.report.early.signs import missing_early_signs
from analysis.report.html import Section, render, require_released
from analysis.report.sections import confidence, section, source_name
from analysis.report.skills import missing_skills
from analysis.report.support.places import missing_support
from analysis.report.where import by_domain
from analysis.words.catalogue import capitalised, counted, label, labels, say
from analysis.words.numbers import listed, number, percent

_SHOWN_PARAMETERS = [
    "smallest_group",
    "smallest_group_sensitive",
    "low_result_percent",
    "high_result_percent",
    "outer_share_of_nation",
    "pooled_years",
    "years_shown",
    "trend_years",
    "risk_workload_percent",
]
_DIGITS = 10
_MOST_NAMED = 3  # kinds of tables that are named of a test of which none is left


def about_data(unit: Unit, released: Released) -> Section:
    """Make the section of the municipality's page; it is there also on one without results."""
    require_released(released)
    return about(unit, released, _missing(unit, released))


def about(unit: Unit, released: Released, missing: list[Markup], method: Markup | None = None) -> Section:
    """Make the section of any page: of these released rows, with what the page lacks, and its method in plain words."""
    language = unit.language
    entries = {
        "received": _received(unit),
        "missing": missing,
        "excluded": _excluded(unit),
        "notes": _notes(unit, released),
        "country": [_country(unit)],
        "withheld": [withheld(unit, released), *_left_out(unit, released)],
        "method": [method or _method(unit)] if len(unit.results) else [],
        "parameters": [_parameters(unit)],
        "versions": [_versions(unit), *_files(unit)],
    }
    items = [(say(f"data_{name}", language), texts) for name, texts in entries.items() if texts]
    return section(unit, "data", say("data_heading", language), "", [render("about.html.j2", items=items)])


def _received(unit: Unit) -> list[Markup]:
    language = unit.language
    given = [t for t in unit.facts["tables"] if t != "municipalities"]
    names = ", ".join(label("table", table, language) for table in given)
    return [say("data_tests", language, tables=capitalised(names), source=source_name(unit))]


def _missing(unit: Unit, released: Released) -> list[Markup]:
    """Sections without data are a line here, not an empty heading."""
    language = unit.language
    own = released.where(municipality_id=unit.municipality_id)
    schools = own.where(indicator="attainment", reference="municipality").rows.dropna(subset=["estimate"])
    gaps = own.where(indicator="group_gap").rows.dropna(subset=["estimate"])
    growth = own.where(indicator=["growth", "growth_percentile"], school_id="").rows.dropna(subset=["estimate"])
    lacks = {
        "data_missing_pupils": not len(unit.results) and len(unit.school_results) > 0,
        "data_missing_moves": not len(own.where(indicator="trend")),
        "data_missing_growth": len(unit.results) > 0 and growth.empty,
        "data_missing_groups": not unit.attributes,
        "data_missing_small_groups": bool(unit.attributes) and gaps.empty,
        "data_missing_schools": schools["school_id"].nunique() < 3 and not len(own.where(indicator="school_mean")),
    }
    gone = [capitalised(say(key, language)) for key, lacking in lacks.items() if lacking]
    signs = [capitalised(words) for words in missing_early_signs(unit, released)]
    found = [*gone, *signs, *missing_skills(unit, released), *missing_changes(unit, released)]
    found += missing_support(unit, released)
    found += [*missing_climate(unit), *missing_activities(unit)]
    return found or [say("data_nothing_missing", language)]


def _excluded(unit: Unit) -> list[Markup]:
    language, facts = unit.language, unit.facts
    texts = [
        say("data_excluded_item", language, rows=_rows(unit, entry["count"]), reason=entry["reason"][language])
        for entry in facts["excluded"]
    ]
    for entry in facts["duplicates"]:
        count, name = int(entry["count"]), label("table", entry["table"], language)
        if count < unit.params.smallest_group:
            texts.append(say("data_duplicates_few", language, rows=_rows(unit, count), table=name))
            continue
        texts.append(say("data_duplicates", language, count=count, n=number(count, language), table=name))
    if facts["failed"]:
        texts.append(say("data_failed", language, list=", ".join(facts["failed"])))
    return texts


def _rows(unit: Unit, count: int) -> str:
    """Say how many rows were left out; of few only that they are few, for they may be of one pupil."""
    few = unit.params.smallest_group
    return say("data_few_rows", unit.language, k=few) if count < few else counted("rows", count, unit.language)


def _notes(unit: Unit, released: Released) -> list[Markup]:
    language = unit.language
    rows = released.where(indicator="data_note", municipality_id=unit.municipality_id).rows
    rows = rows.dropna(subset=["estimate"])  # one that is withheld may be any small number, none included
    texts = [say("data_notes_all_years", language)] if len(rows) else []
    for row in each(rows):
        n = counted("records", int(row.estimate), language)
        texts.append(say("data_note_item", language, n=n, what=label("note", str(row.part), language)))
    texts += [Markup("{}").format(note[language]) for note in unit.facts["notes"]]
    return texts + ([say("data_public", language)] if len(released.where(indicator="school_mean")) else [])


def _country(unit: Unit) -> Markup:
    if not len(unit.reference):
        return say("data_country_none", unit.language)
    if (unit.reference["source"] == "published").any():
        sources = sorted(set(unit.published["source"].dropna())) if len(unit.published) else []
        return say("data_country_published", unit.language, source=", ".join(sources[:3]))
    return say("data_country_pupils", unit.language)


def withheld(unit: Unit, released: Released, key: str = "data_withheld_text") -> Markup:
    """State the share of figures that are not shown, and the rule."""
    params = unit.params
    return say(
        key,
        unit.language,
        share=percent(share_blank(released.rows), unit.language),
        k=params.smallest_group,
        k_sensitive=params.smallest_group_sensitive,
    )


def _left_out(unit: Unit, released: Released) -> list[Markup]:
    """Name what is left out as a whole: kinds and tables of which there are figures, and none of them may be shown."""
    language, rows = unit.language, released.rows
    shown = rows[["n", "estimate", "low", "high"]].notna().any(axis=1).groupby(rows["indicator"]).any()
    kinds = [label("left_out", code, language) for code in labels()["left_out"] if not shown.get(code, True)]
    some = tables(rows)
    merged, gone = some[some["method"] == MERGED], some[some["method"] == LEFT_OUT]
    left = names(rows[of_results(rows)]).merge(gone[_TABLE].astype("str"), how="left", on=_TABLE, indicator="state")
    whole, by_test = _named_once(_named(gone, language), left.query("state == 'left_only'"), language)
    said = [say("data_left_out", language, list=listed(kinds + whole, language))] if kinds + whole else []
    said += [say("data_left_out_tables", language), *_by_test(unit, by_test)] if len(by_test) else []
    most = percent(100 * MOST_BLANK, language)
    return said + ([say("data_rows_left_out", language, most=most)] if len(merged) else [])


def _by_test(unit: Unit, tables: pd.DataFrame) -> list[Markup]:
    """Name tables by what they are of, those of tests that lack the same tables together: a line each, in order of tests."""
    kinds = tables.groupby(naming.TEST_KEYS)["kind"].unique().map(lambda own: listed(sorted(own), unit.language))
    tests = naming.test_order(kinds.reset_index())
    return [
        say(
            "data_left_out_of", unit.language, which=capitalised(listed(by_domain(unit, own), unit.language)), list=kind
        )
        for kind, own in tests.groupby("kind", sort=False)
    ]


_TABLE = ["part", "reference", *naming.TEST_KEYS]


def _named(named: pd.DataFrame, language: str) -> pd.DataFrame:
    """Return rows of tables of results with ``kind``, in words of what they are: those of any other table are left out."""
    kinds, known = named["part"].str.rsplit(":", n=1).str[0], labels()["table_left_out"]
    words = kinds.map({kind: label("table_left_out", kind, language) for kind in known})
    return named.assign(kind=words).dropna(subset=["kind"])[[*_TABLE, "kind"]].astype("str").drop_duplicates()


def _named_once(gone: pd.DataFrame, left: pd.DataFrame, language: str) -> tuple[list[str], pd.DataFrame]:
    """Return kinds of which no table of any test is among those left, and the other tables that are left out.

    Where another table of the kind and test is shown, a table says with what it compares; a test of which none of several
    kinds is left says that it is all of them.
    """
    shown = _named(left, language)
    apart = _in(gone, shown, ["kind", *naming.TEST_KEYS])
    several = gone.groupby(naming.TEST_KEYS)["kind"].transform("nunique") > _MOST_NAMED
    entire, whole = several & ~_in(gone, left, naming.TEST_KEYS), ~gone["kind"].isin(shown["kind"])
    which = gone["reference"].where(gone["reference"].ne(""), gone["part"].str.split(":").str[0])
    words = {key: f" ({label('table_left_out_of', key, language)})" for key in labels()["table_left_out_of"]}
    kind = gone["kind"] + which.map(words).fillna("").where(apart, "")
    kind = kind.mask(entire, str(say("data_left_out_all", language)))
    return sorted(gone.loc[whole, "kind"].unique()), gone.assign(kind=kind)[~whole]


def _in(rows: pd.DataFrame, others: pd.DataFrame, keys: list[str]) -> "pd.Series[bool]":
    found = rows[keys].merge(others[keys].drop_duplicates(), how="left", on=keys, indicator="state")
    return found["state"].eq("both").set_axis(rows.index)


def _method(unit: Unit) -> Markup:
    few = {name: INDICATORS[key].smallest_n for name, key in (("few", "attainment"), ("few_in_group", "group_gap"))}
    return say("data_method_text", unit.language, confidence=confidence(unit), **few)


def _parameters(unit: Unit) -> Markup:
    given = unit.params.model_dump()
    items = [
        say(
            "data_parameter_item",
            unit.language,
            name=label("parameter", name, unit.language),
            value=number(given[name], unit.language, _decimals(given[name])),
        )
        for name in _SHOWN_PARAMETERS
    ]
    return Markup("; ").join(items)


def _decimals(value: float) -> int:
    return 0 if float(value).is_integer() else 2


def _versions(unit: Unit) -> Markup:
    """Name what went in; of digests ten digits, for eleven in a row could be taken for a personal code."""
    return say(
        "data_versions_text",
        unit.language,
        version=__version__,
        store=unit.store_key[:_DIGITS],
        key=unit.key[:_DIGITS],
        key_id=unit.facts["key_id"],
    )


def _files(unit: Unit) -> list[Markup]:
    """Files that went in with the first digits of their sha256, those of results first: which delivery was this?"""
    files = sorted(unit.facts["files"].items(), key=lambda file: ("result" not in file[0], file[0]))
    shown = [Markup("{} <code>{}</code>").format(name, digest[:_DIGITS]) for name, digest in files]
    if not shown:
        return []
    more = Markup(" …") if len(shown) > 12 else Markup("")
    return [Markup("{}: ").format(say("data_files", unit.language)) + Markup(", ").join(shown[:12]) + more]
