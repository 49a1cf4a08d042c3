"""Programmes as dated data: which kinds of support exist, whom each may serve, and what is not known of it."""

from analysis.programmes.load import load_programmes, merged
from analysis.programmes.model import (
    LowResult,
    Need,
    OtherRoute,
    Programme,
    Programmes,
    Rule,
    day_in,
    last_day_of,
    school_year_of,
)

__all__ = [
    "LowResult", "Need", "OtherRoute", "Programme", "Programmes", "Rule", "day_in", "last_day_of", "load_programmes", "merged",
    "school_year_of",
]  # fmt: skip
