"""Statistics: frames in, evidence out; no file is read here and no notebook known."""

from analysis.stats.attainment import attainment, school_attainment, school_standing
from analysis.stats.groups import behind_as_a_whole, group_gaps
from analysis.stats.honesty import group_check
from analysis.stats.published_means import published_bands, published_means
from analysis.stats.roster import data_notes, roster
from analysis.stats.school_groups import school_groups
from analysis.stats.shares import band_shares, result_shares
from analysis.stats.skills import differential_items, item_statistics
from analysis.stats.spread import school_spread
from analysis.stats.support_groups import group_evidence, support_groups
from analysis.stats.talent import high_result_groups
from analysis.stats.trend import trend

__all__ = [
    "attainment",
    "band_shares",
    "behind_as_a_whole",
    "data_notes",
    "differential_items",
    "group_check",
    "group_evidence",
    "group_gaps",
    "high_result_groups",
    "item_statistics",
    "published_bands",
    "published_means",
    "result_shares",
    "roster",
    "school_attainment",
    "school_groups",
    "school_spread",
    "school_standing",
    "support_groups",
    "trend",
]
