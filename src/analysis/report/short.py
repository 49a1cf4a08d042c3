"""Section 0: what must I know in one minute? Sentences picked from the catalogue by trigger and priority."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup

from analysis.evidence import each
from analysis.intake.unit import Unit
from analysis.release import Released
from analysis.report import naming, school_effects, values
from analysis.report.changed import short_changes
from analysis.report.growth import words_of as same_pupils
from analysis.report.html import Section, render, require_released
from analysis.report.school_differences import compared, judged
from analysis.report.sections import confidence_of, newest, section
from analysis.report.skills import skill_in
from analysis.report.support.places import short_support
from analysis.report.support.who import gap_in_words, gaps_of, key_of, named_groups, once_each, too_few, without_figures
from analysis.words.catalogue import capitalised, say, sentences
from analysis.words.numbers import number

_MOST = 6
_SIGNS = {"lower": lambda e: e < 0, "higher": lambda e: e > 0}


def in_short(unit: Unit, released: Released) -> Section:
    """Make the section: three to six sentences, the most certain and most useful first, each with a link to its evidence."""
    require_released(released)
    own = released.where(school_id="", group="", municipality_id=unit.municipality_id)
    picked = [*_by_trigger(unit, own), *_by_count(unit, released, own)]
    if not picked:
        words = say("short_nothing", unit.language)
        picked = [(0, words, "data")]
    picked.sort(key=lambda item: item[0])
    items = [(words, link, say(f"nav_{link}", unit.language)) for _, words, link in picked[:_MOST]]
    return section(unit, "short", _heading(unit, own), "", [render("short.html.j2", items=items)])


def _by_trigger(unit: Unit, own: Released) -> Iterator[tuple[float, Markup, str]]:
    """Sentences about single rows: those that meet a sentence's condition, the largest differences first."""
    for key, entry in sentences().items():
        if entry.get("section") != "short":
            continue
        rows = _meeting(unit, own, dict(entry["when"]))
        for place, row in enumerate(each(rows.head(entry["most"]))):
            yield entry["priority"] + place / 10, say(key, unit.language, **facts_of(unit, row)), entry["link"]


def _meeting(unit: Unit, own: Released, when: dict[str, Any]) -> pd.DataFrame:
    sign, alone, main = when.pop("sign", None), when.pop("alone", False), when.pop("level", None)
    verdict = when.pop("verdict", None)
    rows = own.where(**when).rows if when["indicator"] == "trend" else newest(own, unit, **when).rows
    rows = rows[rows["estimate"].notna() & (rows["verdict"].eq(verdict) if verdict else True)]
    if sign:
        rows = rows[_SIGNS[sign](rows["estimate"])]
    if alone:
        compared = newest(own, unit, indicator="attainment", reference="country").rows
        have = {naming.key_of(row) for row in each(compared)}
        rows = rows[np.array([naming.key_of(row) not in have for row in each(rows)], dtype=bool)]
    if main or alone:  # exams first: they are the same for the whole country
        return naming.test_order(rows).sort_values("test", key=lambda test: test != "CE", kind="stable")
    return rows.loc[rows["estimate"].abs().sort_values(ascending=False, kind="stable").index]


def facts_of(unit: Unit, row: Any) -> dict[str, object]:
    """Return what sentences about one row name: stage, domain, estimate, interval, number behind, years."""
    language = unit.language
    years = "" if pd.isna(row.school_year) else naming.years(unit, row)
    text = values.interval(row, language)
    return {
        "stage": naming.stage(unit, row),
        "Stage_gen": capitalised(naming.stage(unit, row, "genitive")),
        "Stage_loc": capitalised(naming.stage(unit, row, "locative")),
        "domain": naming.domain(unit, row),
        "domain_gen": naming.domain(unit, row, "genitive"),
        "level": naming.level(unit, row),
        "test": naming.what(unit, row),
        "skill_loc": skill_in(unit, row.part),
        "Skill_loc": capitalised(skill_in(unit, row.part)),
        "estimate": values.estimate(row, language),
        "size": number(abs(row.estimate), language, 2),
        "share": values.estimate(row, language),
        "interval": text,
        "interval_percent": text,
        "confidence": confidence_of(unit, row),
        "n": values.behind(row, language, noun=True),
        "percentile": values.share_of_nation(row, language) if row.unit == "sd" else "",
        "place_loc": naming.place_loc(unit),
        "years": years,
        **(same_pupils(unit, row) if row.indicator == "growth" else {}),
    }


def _by_count(unit: Unit, released: Released, own: Released) -> Iterator[tuple[float, Markup, str]]:
    """Sentences about how many rows: what does not differ, what cannot be judged, what is missing."""
    compared = newest(own, unit, indicator="attainment", reference="country").rows
    anything = len(own.where(indicator=["attainment", "school_mean_average"]))
    counts = {
        "short_same": int((compared["verdict"] == "not_distinguishable").sum()),
        "short_too_few": int((compared["verdict"] == "too_few").sum()),
        "short_no_country": int(compared.empty and anything > 0),
    }
    for key, count in counts.items():
        if count:
            entry = sentences()[key]
            yield entry["priority"], say(key, unit.language, count=count, n=count), entry["link"]
    yield from _about_groups(unit, released)
    yield from short_support(unit, released)
    yield from _about_schools(unit, released)
    if changed := short_changes(unit, released):
        entry = sentences()["short_changed"]
        yield entry["priority"], changed, entry["link"]


def _about_groups(unit: Unit, released: Released) -> Iterator[tuple[float, Markup, str]]:
    """Say how many groups are named, and which of them concerns most children."""
    own, language = released.where(municipality_id=unit.municipality_id), unit.language
    named, blank = named_groups(unit, own), without_figures(unit, own)
    if not named:
        if not blank and own.where(indicator="group_gap").rows["estimate"].notna().any() and not too_few(own):
            entry = sentences()["short_groups_none"]
            yield entry["priority"], say("short_groups_none", language), entry["link"]
        return
    first, n, entry = named[0], len(once_each(named)) + len(blank), sentences()["short_groups"]
    gap = gaps_of(own)[key_of(first)]
    facts = {
        "group": naming.group(unit, first.group), "what": naming.what(unit, first),
        "estimate": gap_in_words(unit, gap), "interval": values.interval(gap, language),
        "confidence": confidence_of(unit, gap), "pupils": values.behind(first, language, noun=True),
        "years": naming.years(unit, first),
    }  # fmt: skip
    words = say("short_groups", language, count=n, n=number(n, language), **facts)
    yield entry["priority"], words, entry["link"]


def _about_schools(unit: Unit, released: Released) -> Iterator[tuple[float, Markup, str]]:
    of_effects = school_effects.compared(unit, released)
    if of_effects:
        higher, lower, compared_schools = school_effects.judged(of_effects)
        key = "short_effects" if school_effects.linked(unit, released) else "short_effects_covariates"
        key += "" if higher + lower else "_same"
        entry = sentences()[key]
        facts = {"n": higher + lower, "all": compared_schools}
        yield entry["priority"], say(key, unit.language, count=compared_schools, **facts), entry["link"]
        return
    differ, gaps = judged(compared(unit, released))
    if not gaps:
        return
    key = "short_schools" if differ else "short_schools_same"
    entry = sentences()[key]
    chance = number(gaps * (1 - unit.params.confidence), unit.language)
    yield entry["priority"], say(key, unit.language, count=gaps, n=differ, all=gaps, chance=chance), entry["link"]


def _heading(unit: Unit, own: Released) -> Markup:
    language = unit.language
    rows = newest(own, unit, indicator="attainment", reference="country").rows
    differs = rows[rows["verdict"] == "differs"]
    if rows.empty:
        anything = len(own.where(indicator=["attainment", "school_mean_average"]))
        return say("short_heading_alone" if anything else "short_heading_nothing", language)
    lower, higher = differs[differs["estimate"] < 0], differs[differs["estimate"] > 0]
    judged_rows = int(rows["verdict"].isin(["differs", "not_distinguishable"]).sum())
    if len(lower) and len(higher):
        both = {"lower": len(lower), "higher": len(higher), "all": judged_rows}
        return say("short_heading_both", language, count=judged_rows, **both)
    for key, some in (("lower", lower), ("higher", higher)):
        if len(some) > 1:
            return say(f"short_heading_{key}_many", language, count=judged_rows, n=len(some), all=judged_rows)
        if len(some):
            row = next(each(some.sort_values("estimate", key=abs).tail(1)))
            return say(f"short_heading_{key}", language, **facts_of(unit, row))
    judged = (rows["verdict"] == "not_distinguishable").any()
    return say("short_heading_same" if judged else "short_heading_nothing", language)
