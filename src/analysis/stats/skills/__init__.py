"""Exams item by item: how hard, how consistent, for whom alike, and which skills fall behind the total."""

from analysis.stats.skills.differential import differential_items
from analysis.stats.skills.items import item_statistics
from analysis.stats.skills.profile import skill_gaps

__all__ = ["differential_items", "item_statistics", "skill_gaps"]
