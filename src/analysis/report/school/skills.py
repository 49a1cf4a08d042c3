"""A school's page: which skills fall behind what pupils with the same total usually reach?"""

from typing import Any

from markupsafe import Markup

from analysis.evidence import each
from analysis.intake.unit import Unit
from analysis.release import Released
from analysis.report import naming, values
from analysis.report.html import Section, require_released
from analysis.report.school.page import own_rows
from analysis.report.sections import NOTHING, confidence, figure, newest, section, source_line
from analysis.report.skills import gap_dots, how, least, skill
from analysis.stats.skills.profile import MATERIAL
from analysis.words.catalogue import capitalised, say
from analysis.words.numbers import listed, number


def gaps_of(unit: Unit, released: Released) -> Released:
    """Return the school's gaps by skill that are shown."""
    rows = newest(own_rows(unit, released, indicator="skill_gap"), unit)
    return rows.at([i for i, row in enumerate(each(rows.rows)) if row.estimate == row.estimate])


def behind(unit: Unit, released: Released) -> list[Any]:
    """Return the skills in which the school's pupils surely have fewer points, and so many fewer that it is worth telling."""
    rows = naming.test_order(gaps_of(unit, released).rows)
    return [row for row in each(rows) if values.direction(row) == "lower" and row.estimate <= -100 * MATERIAL]


def school_skills(unit: Unit, released: Released) -> Section:
    """Make the section: a row a skill, a figure a test."""
    require_released(released)
    gaps = gaps_of(unit, released)
    if not len(gaps):
        return NOTHING
    bodies = []
    for test in each(naming.test_order(gaps.rows.drop_duplicates(naming.TEST_KEYS))):
        rows = gaps.where(**{key: getattr(test, key) for key in naming.TEST_KEYS})
        bodies.append(
            figure(gap_dots(unit, test, rows), _measure(unit, test, rows), capitalised(naming.what(unit, test)))
        )
    heading, answer = _message(unit, released, gaps)
    return section(
        unit, "school_skills", heading, answer, [*bodies, how(unit, "school_skills_how")], source_line(unit, gaps)
    )


def _measure(unit: Unit, test: Any, rows: Released) -> Markup:
    facts = {"years": naming.years(unit, test), "confidence": confidence(unit, rows)}
    return say("school_skills_sub", unit.language, **facts)


def _message(unit: Unit, released: Released, gaps: Released) -> tuple[Markup, Markup]:
    language, rows = unit.language, gaps.rows
    judged = int(rows["verdict"].isin(["differs", "not_distinguishable"]).sum())
    if not judged:
        return say("school_skills_heading_few", language), say("school_skills_answer_few", language)
    found = behind(unit, released)
    if not found:
        return say("school_skills_heading_none", language), say(
            "school_skills_answer_none", language, least=least(unit)
        )
    items = [f"{skill(unit, row.part)} ({gap_in_words(unit, row)})" for row in found]
    facts = {"count": judged, "n": len(found), "all": judged}
    return say("school_skills_heading", language, **facts), say(
        "school_skills_answer", language, list=listed(items, language)
    )


def gap_in_words(unit: Unit, row: Any) -> str:
    """Say a gap in percentage points, with its interval and its test: ``−3,1 pp, no −5,0 līdz −1,2; 9. klase, CE``."""
    size = number(row.estimate, unit.language, 1, signed=True)
    return f"{size}\u00a0pp, {values.interval(row, unit.language)}; {naming.what(unit, row)}"
