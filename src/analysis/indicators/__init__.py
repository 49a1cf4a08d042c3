"""The list of all indicators: what each asks, in what unit, by which engine, from how many, and across which years."""

from analysis.indicators.climate import CLIMATE
from analysis.indicators.model import Indicator
from analysis.indicators.plans import PLANS
from analysis.indicators.results import RESULTS
from analysis.indicators.staff import STAFF

INDICATORS: dict[str, Indicator] = {indicator.name: indicator for indicator in (*RESULTS, *PLANS, *CLIMATE, *STAFF)}

__all__ = ["INDICATORS", "Indicator"]
