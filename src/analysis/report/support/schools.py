"""Need and plan by school: in alphabetical order, never ranked."""

from typing import Any

from markupsafe import Markup

from analysis.intake.unit import Unit
from analysis.release import Released
from analysis.report import naming
from analysis.report.html import Section, require_released
from analysis.report.sections import NOTHING, confidence, section, source_line
from analysis.report.support.even import price_of_even
from analysis.report.support.kinds import Kind, kinds, name_of, told
from analysis.report.tables import Figure, details, table
from analysis.words.catalogue import capitalised, say
from analysis.words.numbers import listed, number, span

_ACROSS = 4
"""Kinds in one table: more do not fit a sheet of paper."""


def schools_folded(unit: Unit, released: Released) -> list[Markup]:
    """Fold the tables by school; nothing where no school's need is shown."""
    tables = _tables(unit, released)
    return [details(say("places_schools", unit.language), *tables)] if tables else []


def support_by_school(unit: Unit, released: Released) -> Section:
    """Make the section of the plan's page."""
    require_released(released)
    tables = _tables(unit, released)
    if not tables:
        return NOTHING
    own = released.where(municipality_id=unit.municipality_id, indicator="support_need")
    n = int((own.rows["school_id"][own.rows["estimate"].notna()].nunique()) - 1)
    heading = say("by_school_heading", unit.language, count=n, n=n)
    answer = say("places_schools_answer", unit.language)
    bodies = [*price_of_even(unit, released), *tables]
    return section(unit, "by_school", heading, answer, bodies, source_line(unit, own))


def _tables(unit: Unit, released: Released) -> list[Markup]:
    parts = [kind.part for kind in kinds(unit, released)]
    at = {
        school: {kind.part: kind for kind in kinds(unit, released, school)} for school, _ in naming.alphabetical(unit)
    }
    shown = [(name, at[school]) for school, name in naming.alphabetical(unit) if at[school]]
    if not shown:
        return []
    level = confidence(unit, released.where(indicator="support_need"))
    found = []
    for first in range(0, len(parts), _ACROSS):
        some = parts[first : first + _ACROSS]
        names = [name_of(unit, part) for part in some]
        caption = say("places_schools_caption", unit.language, confidence=level, list=listed(names, unit.language))
        rows = [(name, *(_cell(unit, own.get(part)) for part in some)) for name, own in shown]
        head = [str(say("column_school", unit.language)), *map(capitalised, names)]
        found.append(table(unit.language, str(caption.unescape()), head, rows))
    return found


def _cell(unit: Unit, kind: Kind | None) -> Figure:
    """Give need with its interval, and below it who would be served and left, and places that stand in the school."""
    if kind is None:
        return Figure("–")
    language = unit.language
    lines: list[Any] = [span(kind.need.low, kind.need.high, language)] if kind.need.low < kind.need.high else []
    full = kind.reached if kind.reached is not None else kind.served
    if told(full) and told(kind.left):
        key = "places_schools_plan" if kind.reached is not None else "places_schools_now"
        facts = {"reached": number(full.estimate, language), "left": number(kind.left.estimate, language)}
        lines.append(say(key, language, **facts))
    if told(kind.places):
        lines.append(say("places_schools_places", language, n=number(kind.places.estimate, language)))
    return Figure(number(kind.need.estimate, language), Markup("<br>").join(lines))
