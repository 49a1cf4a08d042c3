"""Which figures may be compared or pooled over school years: a test is easier one year and harder the next."""

from collections.abc import Iterable

from analysis.indicators import INDICATORS
from analysis.words.catalogue import LANGUAGES, say

RAW = ("percent",)
"""Units that hang on how hard the year's test was."""


class NotComparable(ValueError):
    """Figures of different school years that may not be compared: says which, and what to use instead.

    The text is Latvian and English, as that of faults, for an analyst meets it in a notebook.
    """

    def __init__(self, indicator: str, unit: str, years: Iterable[int]) -> None:
        found = sorted(set(years))
        facts = {"indicator": indicator, "unit": unit, "first": found[0], "last": found[-1]}
        key = "not_comparable_percent" if unit in RAW else "not_comparable_indicator"
        self.words = {language: str(say(key, language, **facts).unescape()) for language in LANGUAGES}
        super().__init__(" / ".join(self.words.values()))

    def _render_traceback_(self) -> list[str]:
        """Stand in a notebook as words instead of a traceback."""
        return list(self.words.values())


def require_comparable(indicator: str, unit: str, years: Iterable[int]) -> None:
    """Refuse to compare or pool what the years' tests make incomparable.

    Every indicator declares whether it may cross school years (``across_years``): ``no`` never; ``linked`` in a unit
    that is tied to the year's own country (standard deviations, points from its mean, percentiles), ``yes`` likewise.
    Raw percent of different years is never comparable.

    Parameters
    ----------
    indicator : str
        Name of the indicator.
    unit : str
        Unit of the figures.
    years : iterable of int
        School years that are to be compared or pooled.

    Raises
    ------
    NotComparable
        More than one year, and the indicator or the unit does not allow it.
    KeyError
        There is no such indicator.
    """
    declared = INDICATORS[indicator].across_years
    different = {int(year) for year in years}
    if len(different) > 1 and (declared == "no" or unit in RAW):
        raise NotComparable(indicator, unit, different)
