"""Programmes as dated data: which kinds of support exist, whom each may serve, and what is not known of it."""

from analysis.programmes.load import load_programmes, merged
from analysis.programmes.model import Programme, Programmes, Rule, day_in, school_year_of

__all__ = ["Programme", "Programmes", "Rule", "day_in", "load_programmes", "merged", "school_year_of"]
