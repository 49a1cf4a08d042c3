"""Section 6: which skills fall behind what pupils with the same total usually reach?"""

from typing import Any

from markupsafe import Markup

from analysis.evidence import each
from analysis.indicators import INDICATORS
from analysis.intake.unit import Unit
from analysis.release import Released
from analysis.report import naming, values
from analysis.report.html import Section, require_released
from analysis.report.school.tables import by_name, figure_of
from analysis.report.sections import NOTHING, confidence, confidence_of, figure, newest, section, source_line
from analysis.report.strips import Scale, strip
from analysis.report.tables import DotRow, Figure, details, dots, left_out, table
from analysis.stats.skills.profile import MATERIAL, NAMED
from analysis.words.catalogue import capitalised, label, labels, say
from analysis.words.numbers import listed, number

GAPS = Scale(-15, 15, (-10, -5, 0.0, 5, 10))
SHARES = Scale(0, 100, (0, 25, 50, 75, 100), zero=None)
_MOST_IN_HEADING = 2
_JUDGED = ["differs", "not_distinguishable"]


def skills(unit: Unit, released: Released, *, whole: bool = True) -> Section:
    """Make the section: a row a skill against pupils of the same total; without such a comparison the shares alone.

    Without ``whole`` the schools' tables stay out, as a review that is printed needs it; a sentence says where they stand.
    """
    require_released(released)
    own = released.where(municipality_id=unit.municipality_id, school_id="")
    gaps, shares = (newest(own, unit, indicator=name) for name in ("skill_gap", "skill_share"))
    shown = shown_of(gaps, shares)
    tests = list(each(naming.test_order(shown.rows.dropna(subset=["estimate"]).drop_duplicates(naming.TEST_KEYS))))
    if not tests:
        return NOTHING
    heading, answer = message(unit, gaps)
    bodies = [dots_of(unit, test, shown, released) for test in tests]
    bodies += shares_folded(unit, shares, released)
    if shown is gaps:
        schools = _schools_folded(unit, tests, released)
        bodies += schools if whole or not schools else [left_out(unit.language, say("skills_schools", unit.language))]
        bodies.append(how(unit))
    return section(unit, "skills", heading, answer, bodies, source_line(unit, shown))


def shown_of(gaps: Released, shares: Released) -> Released:
    """Return what is drawn: the comparison with the country where it is known, otherwise the shares alone."""
    return gaps if len(gaps.rows.dropna(subset=["estimate"])) else shares


def dots_of(unit: Unit, test: Any, shown: Released, released: Released, *, titled: bool = True) -> Markup:
    """Draw one test's skills, below its name where no other title names it; shares with the country's beside them."""
    rows, title = shown.where(**_keys(test)), capitalised(naming.what(unit, test)) if titled else ""
    if test.indicator == "skill_gap":
        return figure(gap_dots(unit, test, rows), measure(unit, rows), title)
    nation = nation_of(released, test)
    return figure(share_dots(unit, test, rows, nation), measure(unit, rows, nation), title)


def missing_skills(unit: Unit, released: Released) -> list[Markup]:
    """Say what the data lack for this section; nothing where it is whole."""
    own = released.where(municipality_id=unit.municipality_id, school_id="")
    there = {
        name: len(own.where(indicator=name).rows.dropna(subset=["estimate"])) for name in ("skill_gap", "skill_share")
    }
    if there["skill_gap"]:
        return []
    if not {"items", "item_map"} <= set(unit.facts["tables"]):
        key = "data_missing_skills"
    else:
        key = "data_missing_skills_country" if there["skill_share"] else "data_missing_skills_few"
    return [capitalised(say(key, unit.language))]


def named(gaps: Released) -> list[Any]:
    """Return the rows of deficits that are named, tests in their order, the largest of a test first."""
    frame = naming.test_order(gaps.rows)
    rows = frame[(frame["method"] == NAMED) & (frame["verdict"] == "differs") & (frame["estimate"] < 0)]
    order = list(dict.fromkeys(naming.key_of(row) for row in each(rows)))
    return sorted(each(rows), key=lambda row: (order.index(naming.key_of(row)), row.estimate))


def message(unit: Unit, gaps: Released) -> tuple[Markup, Markup]:
    """Return heading and answer: the skills that fall behind, or that none does."""
    language, rows = unit.language, gaps.rows.dropna(subset=["estimate"])
    if rows.empty:
        return say("skills_heading_alone", language), say("skills_answer_alone", language)
    judged = rows[rows["verdict"].isin(_JUDGED)]
    if judged.empty:
        few = INDICATORS["skill_gap"].smallest_n
        return say("skills_heading_few", language), say("skills_answer_few", language, few=few)
    behind = named(gaps)
    if not behind:
        return say("skills_heading_none", language), say("skills_answer_none", language, least=least(unit))
    items = [_answer_item(unit, row) for row in behind]
    answer = say("skills_answer", language, list=Markup("; ").join(items))
    places = list(dict.fromkeys(skill_in(unit, row.part) for row in behind))
    if len(places) > _MOST_IN_HEADING:
        return say("skills_heading_many", language, count=len(judged), n=len(behind), all=len(judged)), answer
    words = listed(places, language)
    return say("skills_heading", language, **{"List" if language == "lv" else "list": _first(words, language)}), answer


def _first(words: str, language: str) -> str:
    return capitalised(words) if language == "lv" else words


def _answer_item(unit: Unit, row: Any) -> Markup:
    size = round(abs(row.estimate), 1)
    facts = {
        "skill": skill(unit, row.part),
        "test": naming.what(unit, row),
        "n": values.behind(row, unit.language, noun=True),
    }
    return say(
        "skills_answer_item",
        unit.language,
        count=size,
        size=number(size, unit.language, 1),
        confidence=confidence_of(unit, row),
        interval=values.interval(row, unit.language),
        **facts,
    )


def skill(unit: naming.Reader, code: str) -> str:
    """Return a skill's name; a code that no catalogue knows stays as it is, in quotation marks."""
    return label("skill", code, unit.language, own=unit.facts["labels"])


def skill_in(unit: naming.Reader, code: str) -> str:
    """Return "in the skill": the locative, or a neutral form where a name has none."""
    known = unit.facts["labels"].get(f"skill={code}") or labels()["skill"].get(code)
    if known is not None and (unit.language != "lv" or isinstance(known["lv"], list)):
        return label("skill", code, unit.language, "locative", own=unit.facts["labels"])
    return str(say("skills_in", unit.language, name=skill(unit, code)).unescape())


def in_order(released: Released) -> list[Any]:
    """Order skills as the catalogue does, the others by their codes: never by result."""
    known = {code: i for i, code in enumerate(labels()["skill"])}
    return sorted(each(released.rows), key=lambda row: (known.get(row.part, len(known)), row.part))


def gap_dots(unit: Unit, test: Any, gaps: Released) -> Markup:
    """Draw one test's skills as dots with intervals, zero being pupils of the same total in the country."""
    language, what = unit.language, capitalised(naming.what(unit, test))
    rows = [_dot_row(unit, row, GAPS, values.verdict(row, language)) for row in in_order(gaps)]
    small = str(say("column_interval", language, confidence=confidence(unit, gaps)))
    return dots(
        language,
        str(say("skills_caption", language, what=what).unescape()),
        [say("column_skill", language)],
        [(str(say("column_gap_skill", language)), small)],
        GAPS,
        str(say("axis_country", language)),
        rows,
        unit="points",
    )


def share_dots(unit: Unit, test: Any, shares: Released, nation: Released) -> Markup:
    """Draw the share of each skill's points, with the country's as a tick where it is known."""
    language, what = unit.language, capitalised(naming.what(unit, test))
    country = {row.part: row.estimate for row in each(nation.rows)}
    rows = [_dot_row(unit, row, SHARES, ("", "", ""), country.get(row.part)) for row in in_order(shares)]
    small = str(say("column_interval", language, confidence=confidence(unit, shares)))
    years = naming.years(unit, test)
    return dots(
        language,
        str(say("skills_caption_share", language, what=what, years=years).unescape()),
        [say("column_skill", language)],
        [(str(say("column_mean", language)), small)],
        SHARES,
        "",
        rows,
        unit="percent",
        verdicts=False,
    )


def measure(unit: Unit, rows: Released, nation: Released | None = None) -> Markup:
    """Say what is drawn of one test's skills: gaps to the country, or shares with the country's or without."""
    test = next(each(rows.rows))
    key = "" if test.indicator == "skill_gap" else "_share_country" if nation is not None and len(nation) else "_share"
    return say(f"skills_sub{key}", unit.language, confidence=confidence(unit, rows), years=naming.years(unit, test))


def _dot_row(unit: Unit, row: Any, axis: Scale, verdict: tuple[str, str, str], mark: float | None = None) -> DotRow:
    language = unit.language
    text, small = values.estimate(row, language), values.interval(row, language)
    said = ", ".join(filter(None, (text, small)))
    return DotRow(
        block="",
        name=capitalised(skill(unit, row.part)),
        drawing=strip(axis, row.estimate, row.low, row.high, values.direction(row), said, mark),
        figures=(Figure(text, small),),
        n=values.behind(row, language),
        verdict=verdict,
    )


def _keys(test: Any) -> dict[str, Any]:
    return {key: getattr(test, key) for key in naming.TEST_KEYS}


def nation_of(released: Released, test: Any) -> Released:
    """Return the country's shares of the same test and year."""
    return released.where(indicator="skill_share", municipality_id="", school_year=int(test.school_year), **_keys(test))


def how(unit: Unit, words: str = "skills_how_text") -> Markup:
    """Fold what is compared with what."""
    text = Markup("<p>{}</p>").format(say(words, unit.language, least=least(unit)))
    return details(say("skills_how", unit.language), text)


def least(unit: Unit) -> str:
    """Return the percentage points from which a deficit is named."""
    return number(100 * MATERIAL, unit.language)


def shares_folded(unit: Unit, shares: Released, released: Released) -> list[Markup]:
    """Fold the shares of points behind the figure, the municipality's beside the country's."""
    language = unit.language
    tables = []
    for test in each(naming.test_order(shares.rows.drop_duplicates(naming.TEST_KEYS))):
        country = {row.part: values.estimate(row, language) for row in each(nation_of(released, test).rows)}
        body = [
            (capitalised(skill(unit, row.part)), Figure(values.estimate(row, language), values.interval(row, language)),
             *([country.get(row.part, "–")] if country else []), values.behind(row, language))
            for row in in_order(shares.where(**_keys(test)))
        ]  # fmt: skip
        columns = ["skill", "municipality", *(["nation"] if country else []), "pupils"]
        what, years = capitalised(naming.what(unit, test)), naming.years(unit, test)
        caption = str(say("skills_caption_share", language, what=what, years=years).unescape())
        tables.append(table(language, caption, [say(f"column_{c}", language) for c in columns], body))
    if not tables:
        return []
    note = Markup('<p class="key">{}</p>').format(say("skills_details_note", language))
    return [details(say("skills_details", language), *tables, note)]


def _schools_folded(unit: Unit, tests: list[Any], released: Released) -> list[Markup]:
    """Fold the schools' gaps, a table a test, schools in alphabetical order."""
    language = unit.language
    gaps = released.where(indicator="skill_gap", municipality_id=unit.municipality_id)
    tables = []
    for test in tests:
        of_test = gaps.where(school_year=int(test.school_year), **_keys(test))
        cells = {(row.part, row.school_id): figure_of(row, language) for row in each(of_test.rows) if row.school_id}
        facts = {"what": capitalised(naming.what(unit, test)), "years": naming.years(unit, test)}
        caption = say("skills_caption_schools", language, confidence=confidence(unit, of_test), **facts)
        heads = {row.part: capitalised(skill(unit, row.part)) for row in in_order(of_test.where(school_id=""))}
        tables += [drawn] if (drawn := by_name(unit, cells, heads, caption, "schools")) else []
    return [details(say("skills_schools", language), *tables)] if tables else []
