"""A school's page, section 0: what must its leadership know in one minute?"""

from collections.abc import Iterator

from markupsafe import Markup

from analysis.intake.unit import Unit
from analysis.release import Released
from analysis.report.html import Section, render, require_released
from analysis.report.school.hours import hours_in_words, shares_of
from analysis.report.school.results import beyond_heading, expected, few_in_words, heading, standing
from analysis.report.school.skills import behind, gap_in_words
from analysis.report.school.support import school_lacks
from analysis.report.sections import section
from analysis.report.skills import skill
from analysis.report.support.kinds import kinds
from analysis.words.catalogue import say
from analysis.words.numbers import listed


def school_in_short(unit: Unit, released: Released) -> Section:
    """Make the section: a sentence or two of each section that is there, each with a link to its figures."""
    require_released(released)
    place, gain = standing(unit, released), expected(unit, released)
    items = [(words, link, say(f"nav_{link}", unit.language)) for words, link in _items(unit, released) if words]
    if not items:
        items = [(say("school_short_nothing", unit.language), "data", say("nav_data", unit.language))]
    return section(unit, "short", heading(unit, place, gain), "", [render("short.html.j2", items=items)])


def _items(unit: Unit, released: Released) -> Iterator[tuple[Markup, str]]:
    place, gain = standing(unit, released), expected(unit, released)
    for words in beyond_heading(unit, place, gain):
        yield words, "school_results"
    yield few_in_words(unit, place), "school_results"
    found = [f"{skill(unit, row.part)} ({gap_in_words(unit, row)})" for row in behind(unit, released)]
    if found:
        yield say("school_skills_answer", unit.language, list=listed(found, unit.language)), "school_skills"
    known = kinds(unit, released, unit.school_id)
    if known:
        yield school_lacks(unit, known), "school_support"
    shares = shares_of(unit, released)
    if shares:
        yield hours_in_words(unit, shares) + ".", "school_hours"
