"""Surveys of pupils and staff: wellbeing, the school as a learning organisation; schools' own judgement."""

from analysis.stats.climate.delivery import surveyed
from analysis.stats.climate.learning import learning_organisation
from analysis.stats.climate.quality import quality_levels
from analysis.stats.climate.wellbeing import wellbeing

__all__ = ["learning_organisation", "quality_levels", "surveyed", "wellbeing"]
