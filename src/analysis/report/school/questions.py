"""A school's page: questions for the talk about its self-evaluation, drawn from what the data say; never verdicts."""

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from analysis.evidence import each
from analysis.intake.unit import Unit
from analysis.release import Released
from analysis.report import naming
from analysis.report.climate.learning import dimension_name
from analysis.report.climate.parted import parted
from analysis.report.climate.quality import criterion_name
from analysis.report.climate.scales import names_in_order, role_name, scale_name
from analysis.report.html import Section, render, require_released
from analysis.report.school.activities import lacks_talent
from analysis.report.school.hours import shares_of
from analysis.report.school.results import Compared, expected, standing
from analysis.report.school.skills import behind
from analysis.report.school.support import lacking
from analysis.report.sections import section
from analysis.report.skills import skill_in
from analysis.report.support.kinds import kinds, name_of
from analysis.report.where import by_domain
from analysis.words.catalogue import capitalised, counted, say
from analysis.words.numbers import listed, percent

_MOST, _OF_SKILLS, _OF_LEVELS = 7, 2, 2
Question = tuple[Markup, str]


def school_questions(unit: Unit, released: Released) -> Section:
    """Make the section: at most seven questions, each with a link to the figures behind it."""
    require_released(released)
    asked = list(questions(unit, released))[:_MOST]
    items = [(words, link, say(f"nav_{link}", unit.language)) for words, link in asked]
    heading, answer = (say(f"school_questions_{part}", unit.language) for part in ("heading", "answer"))
    return section(unit, "school_questions", heading, answer, [render("short.html.j2", items=items)])


def questions(unit: Unit, released: Released) -> Iterator[Question]:
    """Go through the questions: first what differs from what was expected, last what the data cannot tell."""
    place, gain = standing(unit, released), expected(unit, released)
    yield from _results(unit, place, gain)
    yield from list(_levels(unit, released))[:_OF_LEVELS]
    for row in behind(unit, released)[:_OF_SKILLS]:
        latvian = unit.language == "lv"
        skill = skill_in(unit, row.part)
        facts = {"Skill_loc": capitalised(skill)} if latvian else {"skill": skill}
        yield say("ask_school_skill", unit.language, test=naming.what(unit, row), **facts), "school_skills"
    for kind in lacking(kinds(unit, released, unit.school_id))[:1]:
        left = counted("children_to", int(kind.left.estimate), unit.language)
        name = capitalised(name_of(unit, kind.part)) if unit.language == "lv" else name_of(unit, kind.part)
        yield say("ask_school_support", unit.language, name=name, left=left), "school_support"
    if tests := lacks_talent(unit, released):
        yield say("ask_school_talent", unit.language, list=tests), "school_activities"
    yield from _hours(unit, released)
    yield from _unknown(unit, place)


def _results(unit: Unit, place: Compared, gain: Compared) -> Iterator[Question]:
    link = "school_results"
    for key, rows in (("below", gain.lower), ("above", gain.higher)):
        if rows:
            yield say(f"ask_school_{key}", unit.language, list=_named(unit, gain, rows)), link
    judged = {naming.key_of(row) for row in (*gain.lower, *gain.higher)}
    alone = [row for row in place.lower if naming.key_of(row) not in judged]
    if alone:
        words = "ask_school_lower" if place.against == "country" else "ask_school_lower_municipality"
        yield say(words, unit.language, list=_named(unit, place, alone)), link
    if place.judged and not (place.lower or place.higher or gain.lower or gain.higher):
        yield say("ask_school_same", unit.language), link


def _named(unit: Unit, of: Compared, rows: list[Any]) -> str:
    return listed(by_domain(unit, of.rows.rows.loc[[row.Index for row in rows]]), unit.language)


def _levels(unit: Unit, released: Released) -> Iterator[Question]:
    """Ask about criteria in which the school's own level and the data point apart."""
    found = parted(unit, released)
    apart = {row.criterion: row for row in each(found[(found["school_id"] == unit.school_id) & found["side"].ne("")])}
    for row in (apart[name] for name in names_in_order(set(apart), "criterion", unit)):
        data = listed([_datum(unit, row.side, *one) for one in row.data], unit.language)
        facts = {"criterion": criterion_name(unit, row.criterion), "level": row.level, "list": data}
        yield say(f"ask_school_level_{row.side}", unit.language, **facts), "school_climate"


def _datum(unit: Unit, side: str, kind: str, code: str, group: str) -> str:
    """Say which data lie on a side of what was expected, or of the municipality's mean."""
    if kind == "results":
        return str(say(f"level_{'results' if group == 'school_effect' else 'place'}_{side}", unit.language))
    name = dimension_name(unit, code)
    if kind == "scale":
        name = str(
            say("climate_of_role", unit.language, scale=scale_name(unit, code), role=role_name(unit, group)).unescape()
        )
    return str(say(f"level_rating_{side}", unit.language, what=name).unescape())


def _hours(unit: Unit, released: Released) -> Iterator[Question]:
    """Ask about the subject of which the smallest share of lessons was held, where some were not."""
    shares = shares_of(unit, released)
    least = min(shares, key=lambda row: row.estimate, default=None)
    if least is not None and least.estimate < 100:
        case = "genitive" if unit.language == "lv" else "nominative"
        name = {"domain_gen" if unit.language == "lv" else "domain": naming.domain(unit, least, case)}
        share = percent(least.estimate, unit.language, 1)
        yield say("ask_school_hours", unit.language, share=share, **name), "school_hours"


def _unknown(unit: Unit, place: Compared) -> Iterator[Question]:
    """Ask about what the data do not tell: tests of few pupils, or everything."""
    few = [*place.few, *place.hidden]
    if few:
        yield say("ask_school_few", unit.language, list=_named(unit, place, few)), "school_results"
    elif not len(place.rows):
        yield say("ask_school_nothing", unit.language), "data"
