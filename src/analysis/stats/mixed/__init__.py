"""Mixed models: pupils in schools in municipalities, fitted exactly from sums; what cannot be is refused or said."""

from analysis.stats.mixed.nested import NestedFit, fit_nested, fit_sums
from analysis.stats.mixed.sums import Sums, UnfitDesign, sums

__all__ = ["NestedFit", "Sums", "UnfitDesign", "fit_nested", "fit_sums", "sums"]
