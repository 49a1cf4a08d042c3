"""The batch: preparing a delivery, running a notebook once per municipality or school, publishing what is whole."""

from analysis.batch.country import open_country
from analysis.batch.nation import pattern_of
from analysis.batch.open import open_check, open_unit
from analysis.batch.school import open_school

__all__ = ["open_check", "open_country", "open_school", "open_unit", "pattern_of"]
