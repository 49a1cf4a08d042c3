"""When results were and how they are cut: the periods of a test, and which of them a share counts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pandas as pd

from analysis.evidence import each
from analysis.params import Params, threshold_percent

UNKNOWN = "?"
"""The level of pupils of whom an attribute is not known."""
_MARKS = "fail_share_at"
_END = 101.0  # above every percent


@dataclass(frozen=True)
class Periods:
    """The periods of one test: its years, and those of which shares are told cut where shares are.

    Attributes
    ----------
    years : tuple of int
        School years.
    cuts : dict of int to tuple of float
        Year → percents at or above which a part of its results lies, from 0 on.
    coarse : dict of int to tuple of float
        The same without the marks that some pages alone tell of: who has not read these knows coarser parts.
    """

    years: tuple[int, ...]
    cuts: dict[int, tuple[float, ...]]
    coarse: dict[int, tuple[float, ...]]

    @property
    def parts(self) -> list[frozenset[str]]:
        """Whole years, and the parts of a year's results between coarse cuts."""
        spans = [(year, *pair) for year, ends in self.coarse.items() for pair in pairwise((*ends, _END))]
        return [self.between([year]) for year in self.years] + [self.of_results((a, b), year) for year, a, b in spans]

    @property
    def levels(self) -> tuple[str, ...]:
        """All periods."""
        return tuple(name for year in self.years for name in self._of(year))

    def _of(self, year: int) -> tuple[str, ...]:
        return tuple(f"{year}:{cut:g}" for cut in self.cuts.get(year, ())) or (str(year),)

    def between(self, years: Iterable[int]) -> frozenset[str]:
        """Return the periods of some years."""
        return frozenset(name for year in years for name in self._of(year))

    def of_results(self, span: tuple[float, float], year: int) -> frozenset[str]:
        """Return the periods of a year's results from one percent to below another."""
        return frozenset(f"{year}:{cut:g}" for cut in self.cuts[year] if span[0] <= cut < span[1])

    def span(self, period: str) -> tuple[float, float]:
        """Return between which percents a result of a period lies."""
        year, _, cut = period.partition(":")
        ends = (*self.cuts.get(int(year), ()), 100.0)
        return (float(cut), ends[ends.index(float(cut)) + 1]) if cut else (0.0, 100.0)

    def of_pupils(self, pupils: pd.DataFrame) -> list[str]:
        """Return the period of every result (``school_year``, ``value``, ``scale``)."""
        percents = pupils["value"].where(pupils["scale"].astype("str") == "percent").astype("float64")
        return [self._period(int(y), p) for y, p in zip(pupils["school_year"], percents, strict=True)]

    def _period(self, year: int, percent: float) -> str:
        cuts = self.cuts.get(year)
        if not cuts:
            return str(year)
        return f"{year}:{max(cut for cut in cuts if cut <= percent):g}" if percent == percent else f"{year}:{cuts[0]:g}"


def periods(
    rows: pd.DataFrame, years: Iterable[int], params: Params, bands: Mapping[int, Iterable[float]] | None = None
) -> Periods:
    """Return the periods of a test: cut where a share of results is told of whose percents are known.

    Parameters
    ----------
    rows : pd.DataFrame
        The test's evidence.
    years : iterable of int
        School years that its groups and schools are told of.
    params : Params
        What low and high mean.
    bands : mapping, optional
        Year → percents at which bands begin that are known without any page.
    """
    kept = tuple(sorted(set(years)))
    percents = rows[(rows["indicator"] == "attainment") & (rows["unit"] == "percent")]["school_year"]
    cuts: dict[int, set[float]] = {}
    coarse: dict[int, set[float]] = {}
    for year, ends in (bands or {}).items():
        for some in (cuts, coarse):
            some.setdefault(year, {0.0}).update(ends)
    for row in each(rows[rows["school_year"].isin(set(percents) & set(kept)) & (rows["unit"] == "percent")]):
        span = span_of(row, params)
        if span is not None:
            for some in (cuts,) if row.indicator == _MARKS else (cuts, coarse):
                some.setdefault(int(row.school_year), {0.0}).update(end for end in span if end < _END)
    return Periods(kept, *({year: tuple(sorted(ends)) for year, ends in some.items()} for some in (cuts, coarse)))


def span_of(row: Any, params: Params) -> tuple[float, float] | None:
    """Return from which percent to below which the results lie that a share counts; None where it counts no such thing."""
    if row.indicator == "band_share":
        first, _, last = row.part.partition("-")
        return float(first), _END if last == "100" else float(last) + 1
    if row.indicator == "low_result_share":
        return 0.0, float(params.low_result_percent)
    if row.indicator == "high_result_share":
        return float(params.high_result_percent), _END
    if row.indicator == "fail_share_at":
        return 0.0, float(row.part)
    if row.indicator == "fail_share":
        mark = threshold_percent(int(row.school_year), row.grade, row.test, row.domain)
        return None if mark is None else (0.0, float(mark))
    return None
