"""Statistics: frames in, evidence out; no file is read here and no notebook known."""

from analysis.stats.attainment import attainment, school_attainment
from analysis.stats.groups import group_gaps
from analysis.stats.published_means import published_bands, published_means
from analysis.stats.roster import data_notes, roster
from analysis.stats.shares import band_shares, result_shares
from analysis.stats.skills import differential_items, item_statistics
from analysis.stats.trend import trend

__all__ = [
    "attainment",
    "band_shares",
    "data_notes",
    "differential_items",
    "group_gaps",
    "item_statistics",
    "published_bands",
    "published_means",
    "result_shares",
    "roster",
    "school_attainment",
    "trend",
]
