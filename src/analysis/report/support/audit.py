"""Minutes a week per child, beside what the State Audit Office found."""

import math
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from analysis.evidence import each
from analysis.intake.unit import Unit
from analysis.release import Released
from analysis.report.support.kinds import kinds, name_of, told_as
from analysis.report.tables import Figure, details, table
from analysis.words.catalogue import capitalised, say
from analysis.words.numbers import number, span


@dataclass(frozen=True)
class Minutes:
    """Minutes of one kind: rows per child served and per child in need, and the audit's; None where there is none."""

    part: str
    served: Any
    need: Any
    audit: Any


def minutes(unit: Unit, released: Released) -> list[Minutes]:
    """List the kinds whose minutes are known, those beside whose the audit has a figure first."""
    rows = each(released.where(indicator="plan_minutes", municipality_id=unit.municipality_id, school_id="").rows)
    of: dict[str, dict[str, Any]] = {}
    for row in rows:
        part, _, per = row.part.partition("|")
        if not math.isnan(row.estimate):
            of.setdefault(part, {})[per] = row
    audit = {row.part: row for row in each(released.where(indicator="audit_minutes").rows)}
    found = [
        Minutes(part, own.get("served"), own.get("need"), audit.get(part.partition("/")[2])) for part, own in of.items()
    ]
    return sorted(found, key=lambda one: (one.audit is None, one.part))


def minutes_folded(unit: Unit, released: Released) -> list[Markup]:
    """Fold the table; nothing without a plan."""
    language, known = unit.language, minutes(unit, released)
    if not known:
        return []
    heads = [
        str(say(f"column_{name}", language)) for name in ("kind", "minutes_served", "minutes_need", "minutes_audit")
    ]
    kept = kinds(unit, released)
    rows = [
        (capitalised(name_of(unit, told_as(one.part, kept))), _cell(one.served, language), _cell(one.need, language),
         range_of(one.audit, language))
        for one in known
    ]  # fmt: skip
    bodies = [table(language, str(say("minutes_caption", language)), heads, rows)]
    years = [int(one.audit.school_year) for one in known if one.audit is not None]
    if years:
        bodies.append(Markup('<p class="key">{}</p>').format(say("minutes_source", language, year=max(years))))
    return [details(say("minutes_summary", language), *bodies)]


def _cell(row: Any, language: str) -> Figure:
    if row is None:
        return Figure("–")
    ends = "" if math.isnan(row.low) or row.low == row.high else span(row.low, row.high, language)
    return Figure(number(row.estimate, language), ends)


def range_of(row: Any, language: str) -> str:
    """Return the audit's minutes: one figure, or two."""
    if row is None:
        return "–"
    ends = dict.fromkeys(number(end, language) for end in (row.low, row.high))
    return "–".join(ends)
