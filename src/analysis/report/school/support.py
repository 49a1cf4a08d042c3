"""A school's page: how many children need support, who gets it, whom the municipality's plan reaches here."""

from typing import Any

from markupsafe import Markup

from analysis.evidence import each
from analysis.intake.unit import Unit
from analysis.release import Released
from analysis.report import values
from analysis.report.html import Section, require_released
from analysis.report.school.page import own_rows, paragraph
from analysis.report.sections import NOTHING, section, source_line
from analysis.report.support.kinds import LACKS, Kind, kinds, name_of, told
from analysis.report.support.minutes import specialist
from analysis.report.support.places import OF_SUPPORT, bars, facts_of
from analysis.report.tables import Figure, details, table
from analysis.words.catalogue import capitalised, counted, say
from analysis.words.numbers import listed, number

_NAMED = 3
_MINUTES = ("support_minutes", "support_minutes_in_need")


def school_support(unit: Unit, released: Released) -> Section:
    """Make the section: a bar a kind of support, and minutes of specialists folded below."""
    require_released(released)
    own = own_rows(unit, released, indicator=OF_SUPPORT)
    known = kinds(unit, released, unit.school_id)
    if not known:
        return NOTHING
    bodies = [bars(unit, own, known), *paragraph(*_notes(unit, known)), *_minutes(unit, released)]
    heading, answer = _heading(unit, known), school_lacks(unit, known)
    return section(unit, "school_support", heading, answer, bodies, source_line(unit, own))


def lacking(known: list[Kind]) -> list[Kind]:
    """Return the kinds of which children of the school are surely left without."""
    return [kind for kind in known if kind.state == LACKS]


def _heading(unit: Unit, known: list[Kind]) -> Markup:
    short, judged = lacking(known), [kind for kind in known if told(kind.left)]
    if not judged:
        return say("school_support_heading_need", unit.language)
    key = "school_support_heading" if short else "school_support_heading_none"
    return say(key, unit.language, count=len(judged), n=len(short), all=len(judged))


def school_lacks(unit: Unit, known: list[Kind]) -> Markup:
    """Say of the kind that leaves most children what is needed and who is left; otherwise of the one most need."""
    short = lacking(known)
    kind = (short or sorted(known, key=lambda kind: -kind.need.estimate))[0]
    said = [say(f"school_support_{_state(kind)}", unit.language, **facts_of(unit, kind))]
    others = [
        f"{name_of(unit, kind.part)} – {counted('children_to', int(kind.left.estimate), unit.language)}"
        for kind in short[1 : _NAMED + 1]
    ]
    if others:
        key = "school_support_others" if len(short) <= _NAMED + 1 else "school_support_more"
        said.append(say(key, unit.language, list=listed(others, unit.language)))
    return Markup(" ").join(said)


def _state(kind: Kind) -> str:
    """Return which sentence a kind asks for: no child by the estimate, a plan that reaches all or not, today's, need alone."""
    if kind.need.estimate < 1:
        return "nobody"
    if not told(kind.left):
        return "need"
    return "now" if kind.reached is None else "plan" if kind.left.estimate >= 1 else "plan_all"


def _notes(unit: Unit, known: list[Kind]) -> list[Markup]:
    """Say what small numbers mean here, and that those who get support are not told where they are few."""
    hidden = any(kind.served is not None and not told(kind.served) for kind in known)
    planned = any(kind.reached is not None for kind in known)
    return [
        say("school_support_small", unit.language),
        say("school_support_places", unit.language) if planned else Markup(""),
        say("school_support_hidden", unit.language) if hidden else Markup(""),
    ]


def _minutes(unit: Unit, released: Released) -> list[Markup]:
    """Fold minutes a week for a supported child and for one in need, where they are told, beside the municipality's."""
    language = unit.language
    own = {(row.part, row.indicator): row for row in each(own_rows(unit, released, indicator=list(_MINUTES)).rows)}
    place = released.where(indicator=list(_MINUTES), school_id="", municipality_id=unit.municipality_id)
    beside = {(row.part, row.indicator): row for row in each(place.rows)}
    parts = sorted({part for (part, _), row in own.items() if told(row)})
    if not parts:
        return []
    body = [
        (capitalised(specialist(unit, part)), *(_cell(unit, of.get((part, name))) for name in _MINUTES for of in (own, beside)))
        for part in parts
    ]  # fmt: skip
    heads = [say(key, language) for key in ("column_specialist", *(f"school_minutes_{i}" for i in range(1, 5)))]
    drawn = table(language, str(say("school_minutes_caption", language)), [str(head) for head in heads], body)
    return [details(say("school_minutes", language), drawn)]


def _cell(unit: Unit, row: Any) -> Figure:
    if row is None or not told(row):
        return Figure("–")
    return Figure(number(row.estimate, unit.language), values.interval(row, unit.language))
