"""Mixed models: pupils in schools in municipalities, fitted exactly from sums; what cannot be is refused or said."""

from analysis.stats.mixed.crossed import CrossedFit, fit_crossed
from analysis.stats.mixed.design import UnfitDesign
from analysis.stats.mixed.nested import NestedFit, fit_nested, fit_sums
from analysis.stats.mixed.shares import SharesFit, fit_shares
from analysis.stats.mixed.slope import SlopeFit, fit_slope
from analysis.stats.mixed.sums import Sums, sums

__all__ = [
    "CrossedFit",
    "NestedFit",
    "SharesFit",
    "SlopeFit",
    "Sums",
    "UnfitDesign",
    "fit_crossed",
    "fit_nested",
    "fit_shares",
    "fit_slope",
    "fit_sums",
    "sums",
]
