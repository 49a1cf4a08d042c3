"""A school's page: results of its groups of pupils, where there are enough of them; nothing is judged."""

from collections.abc import Hashable
from typing import Any

from markupsafe import Markup

from analysis.evidence import each
from analysis.intake.unit import Unit
from analysis.release import Released
from analysis.report import naming, values
from analysis.report.html import Section, require_released
from analysis.report.school.page import own_rows
from analysis.report.sections import NOTHING, confidence, newest, section, source_line
from analysis.report.tables import Figure, details, table
from analysis.words.catalogue import capitalised, say

GROUP, BESIDE = "school_group", "group_gap"
Places = dict[tuple[Hashable, ...], Any]


def groups_of(unit: Unit, released: Released) -> Released:
    """Return the figures of the school's groups that are shown."""
    rows = newest(own_rows(unit, released, indicator=GROUP), unit)
    return rows.at([i for i, row in enumerate(each(rows.rows)) if row.estimate == row.estimate])


def school_groups(unit: Unit, released: Released) -> Section:
    """Make the section: a table a stage, groups as rows; that of the stage with most figures first, the others folded."""
    require_released(released)
    shown = groups_of(unit, released)
    if not len(shown):
        return NOTHING
    beside = _beside(released)
    stages = shown.rows.groupby("grade", sort=False).size().sort_values(ascending=False, kind="stable")
    tables = [drawn for grade in stages.index for drawn in _tables(unit, shown.where(grade=grade), beside)]
    bodies = tables[:1] + ([details(say("school_groups_more", unit.language), *tables[1:])] if tables[1:] else [])
    n = shown.rows["group"].nunique()
    heading = say("school_groups_heading", unit.language, count=n, n=n)
    return section(
        unit, "school_groups", heading, say("school_groups_answer", unit.language), bodies, source_line(unit, shown)
    )


def _tables(unit: Unit, shown: Released, beside: Places) -> list[Markup]:
    """Make the tables of one stage: one for each exam level and measure."""
    language, made = unit.language, []
    for (_, _, measure), rows in shown.rows.groupby(["test", "level", "unit"], sort=True):
        tests = list(each(naming.test_order(rows.drop_duplicates(naming.TEST_KEYS))))
        own = {(naming.key_of(row), row.group): row for row in each(rows)}
        heads = [str(say("column_group", language)), *(_head(unit, test, tests[0]) for test in tests)]
        body = []
        for group in dict.fromkeys(group for _, group in own):
            of_group = [own.get((naming.key_of(test), group)) for test in tests]
            cells = [_cell(unit, row, beside.get(_key(row)) if row is not None else None) for row in of_group]
            body.append((capitalised(naming.group(unit, group)), *cells))
        facts = {"what": capitalised(naming.block(unit, tests[0])), "years": naming.years(unit, tests[0])}
        key = "school_groups_caption" if measure == "sd" else "school_groups_caption_points"
        caption = say(key, language, confidence=confidence(unit, shown), **facts)
        made.append(table(language, str(caption.unescape()), heads, body))
    return made


def _head(unit: Unit, test: Any, first: Any) -> str:
    """Return the domain's name, with its years where they are not those of the first."""
    years = naming.years(unit, test)
    return capitalised(naming.domain(unit, test)) + ("" if years == naming.years(unit, first) else f", {years}")


def _beside(released: Released) -> Places:
    """Return the newest figure of each group in the whole municipality, by test, measure and group."""
    rows = released.where(indicator=BESIDE, school_id="", reference="country").newest().rows
    return {_key(row): row for row in each(rows.dropna(subset=["estimate"]))}


def _key(row: Any) -> tuple[Hashable, ...]:
    return (*naming.key_of(row), row.unit, row.group)


def _cell(unit: Unit, row: Any, place: Any) -> Figure:
    """Give a group's figure with its interval and number, and the same group's in the whole municipality."""
    if row is None:
        return Figure("–")
    language = unit.language
    below = [f"n\u00a0{values.behind(row, language)}"]
    if place is not None:
        below.append(str(say("school_groups_beside", language, value=values.estimate(place, language)).unescape()))
    lines = (values.interval(row, language), " · ".join(below))
    return Figure(values.estimate(row, language), Markup("<br>").join(lines))
