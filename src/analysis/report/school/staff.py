"""A school's page: what its staff lacks, what its events were about, and which visits are planned to it."""

import math
from typing import Any

import pandas as pd
from markupsafe import Markup

from analysis.evidence import each
from analysis.intake.unit import Unit
from analysis.release import Released
from analysis.release.door import DECIMALS
from analysis.report import naming, values
from analysis.report.html import Section, require_released
from analysis.report.school.page import own_rows, paragraph
from analysis.report.sections import NOTHING, confidence, section, source_line
from analysis.report.staff.gaps import GAP, competence, lacking, named_first
from analysis.report.staff.visits import field_of
from analysis.report.tables import Figure, table
from analysis.stats.staff.gaps import NOT_REQUIRED, SELF_ALONE
from analysis.words.catalogue import capitalised, counted, say
from analysis.words.collation import latvian_key
from analysis.words.numbers import WITHHELD, listed, number

_HOURS = "development_hours"
_OF_STAFF = [GAP, _HOURS, "visits_wanted", "visits_planned"]


def school_staff(unit: Unit, released: Released) -> Section:
    """Make the section; without a gap that can be told and without a need of visits there is none."""
    require_released(released)
    language, place = unit.language, released.where(municipality_id=unit.municipality_id)
    own, gaps = own_rows(unit, place, indicator=_OF_STAFF), _gaps(place, "")
    visits = own.where(indicator="visits_planned").rows
    if not gaps and visits.empty:
        return NOTHING
    planned = int(visits["estimate"].sum())
    key = "no_need" if visits.empty else "planned" if planned else "left_out"
    heading = say(f"school_staff_heading_{key}", language, visits=counted("visits", planned, language))
    at_school = _gaps(place, unit.school_id)
    notes = [say("school_staff_place_alone", language)] if gaps.keys() - at_school.keys() else []
    without = [row for row in lacking(unit, place) if row.part not in _topics(own)]
    if without and len(own.where(indicator=_HOURS)):
        notes.append(say("school_staff_no_event", language, list=named_first(unit, without)))
    bodies = [*_table(unit, own, at_school, gaps), *paragraph(*notes)]
    return section(
        unit,
        "school_staff",
        heading,
        _visits(unit, own),
        bodies,
        source_line(unit, own if len(own) else place.where(indicator=GAP)),
    )


def _gaps(place: Released, school_id: str) -> dict[str, Any]:
    """Return the gaps that are told of a school, or (empty) of the municipality, by competence."""
    return {
        row.part: row for row in each(place.where(indicator=GAP, school_id=school_id).rows.dropna(subset=["estimate"]))
    }


def _topics(own: Released) -> dict[str, Any]:
    return {row.part: row for row in each(own.where(indicator=_HOURS).rows)}


def _visits(unit: Unit, own: Released) -> Markup:
    """Say to which fields visits are planned, out of how many."""
    language = unit.language
    wanted = {row.domain: row.estimate for row in each(own.where(indicator="visits_wanted").rows)}
    rows = sorted(
        each(own.where(indicator="visits_planned").rows), key=lambda row: latvian_key(field_of(unit, row.domain))
    )
    items = [
        str(say("school_staff_visit", language, field=field_of(unit, row.domain), planned=number(row.estimate, language),
                wanted=number(wanted.get(row.domain, math.nan), language)))
        for row in rows
    ]  # fmt: skip
    return say("school_staff_visits", language, list=listed(items, language)) if items else Markup("")


def _table(unit: Unit, own: Released, at_school: dict[str, Any], gaps: dict[str, Any]) -> list[Markup]:
    """Put what is lacking here and in the municipality beside the school's own events, competence by competence."""
    if not gaps:
        return []
    language, topics = unit.language, _topics(own)
    known = own.where(indicator=GAP).rows
    unsaid = set(known.loc[known["method"].isin([SELF_ALONE, NOT_REQUIRED]), "part"])
    body = [
        (capitalised(competence(unit, part)), _gap(at_school.get(part), language), _gap(gaps[part], language),
         _events(topics.get(part), language, asked=bool(topics)))
        for part in sorted(gaps.keys() - unsaid, key=lambda part: latvian_key(competence(unit, part)))
    ]  # fmt: skip
    head = [
        str(say(f"column_{name}", language)) for name in ("competence", "staff_here", "staff_place", "participants")
    ]
    facts = {
        "confidence": confidence(unit, own.where(indicator=GAP)),
        "years": naming.years(unit, next(iter(gaps.values()))),
    }
    return [table(language, str(say("school_staff_caption", language, **facts).unescape()), head, body)] if body else []


def _gap(row: Any, language: str) -> Figure:
    if row is None:
        return Figure("–")
    n = f"n\u00a0{number(int(row.n), language)}"
    return Figure(
        number(row.estimate, language, DECIMALS["level"], signed=True), f"{values.interval(row, language)} · {n}"
    )


def _events(row: Any, language: str, *, asked: bool) -> Figure:
    """Give participants of the school's events on a competence, their hours below."""
    if row is None:
        return Figure(str(say("events_none", language)) if asked else "–")
    if pd.isna(row.n):
        return Figure(WITHHELD)
    hours = (
        ""
        if math.isnan(row.estimate)
        else str(say("school_staff_hours", language, hours=number(row.estimate, language)))
    )
    return Figure(number(int(row.n), language), hours)
