"""Figures on activities: hours for a pupil, bounds of reach, offers, by the field or aim they are about."""

import math
from typing import Any

import pandas as pd

from analysis.evidence import each
from analysis.intake.unit import Unit
from analysis.release import Released
from analysis.words.catalogue import capitalised, label, say
from analysis.words.numbers import WITHHELD, number, percent


def by_part(rows: Released, indicator: str, **keys: object) -> dict[str, Any]:
    """Return the rows of an indicator by field or aim."""
    return {row.part: row for row in each(rows.where(indicator=indicator, **keys).rows)}


def field_name(unit: Unit, code: str) -> str:
    """Return the name of a field, capitalised."""
    return capitalised(label("activity_field", code, unit.language))


def hours_of(row: Any, language: str) -> str:
    """Return hours; at least those known, where an activity gave none; withheld or a dash where there are none to tell."""
    if row is None:
        return "–"
    if not math.isnan(row.estimate):
        return number(row.estimate, language, 1)
    known = not math.isnan(row.low)
    return str(say("activities_at_least", language, n=number(row.low, language, 1))) if known else WITHHELD


def bounds_of(row: Any, language: str) -> str:
    """Return between which bounds the share of pupils reached lies."""
    if row is None:
        return "–"
    if math.isnan(row.low):
        return WITHHELD
    low, high = number(row.low, language, 1), percent(row.high, language, 1)
    return str(say("activities_bounds", language, low=low, high=high))


def participants_of(row: Any, language: str, offers: int) -> str:
    """Return the number of participants; without offers there are none, and without a row they are not known."""
    if row is None:
        return "–" if offers else "0"
    return WITHHELD if pd.isna(row.n) else number(row.estimate, language)
