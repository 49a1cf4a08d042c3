"""Which published numbers are plain means of pupils' results, and on what scale: what the results of a group add up to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import pandas as pd

from analysis.audit.aside import TEST
from analysis.audit.results import Book, group_of
from analysis.audit.sets import Dims, Group, Mean, Scores
from analysis.evidence import each

RAW = ("attainment", "school_group")
"""Indicators whose estimate is the mean of its pupils; all others are models' or of other things than results."""
_HALF = {"percent": 0.05, "sd": 0.005, "points": 0.05}  # of the last digit printed
_FULL = 100.0
_MOST_DECIMALS = 6  # of a mean that others published
_SD = 20.0  # points to a standard deviation, where results are no percents
_WIDEST = {"position": 10 * _SD, "points": _FULL}


@dataclass(frozen=True)
class Measure:
    """How the results of a test are measured.

    Attributes
    ----------
    column : {"value", "position", "points"}
        Of the pupils' rows; ``position`` in points of :data:`_SD` to a standard deviation.
    scales : dict
        Unit of a published mean → year → what is taken off a result, and what the rest is divided by.
    """

    column: str
    scales: dict[str, dict[int, tuple[float, float]]]

    def of_pupils(self, pool: pd.DataFrame) -> "pd.Series[float]":
        """Return the results of pupils in points."""
        return pool[self.column].astype("float64") * (_SD if self.column == "position" else 1.0)


def measure_of(book: Book, reference: pd.DataFrame | None) -> Measure:
    """Return how the results of a test are measured.

    In percent, where they are that and the country's mean and SD are known by which a place in the country becomes a
    percent; otherwise by the place itself, which no cut of percents bounds.

    Parameters
    ----------
    book : Book
        The test.
    reference : pd.DataFrame or None
        The country's means and SDs; None for who does not know them.
    """
    own = book.rows[book.rows["indicator"].isin(RAW)]
    units = set(own["unit"])
    percents = {int(year) for year in own[own["unit"] == "percent"]["school_year"]} >= set(book.years)
    if percents and (reference is not None or units == {"percent"}):
        return Measure("value", {"percent": dict.fromkeys(book.years, (0.0, 1.0))} | _known(book, reference))
    if "sd" in units:
        return Measure("position", {"sd": dict.fromkeys(book.years, (0.0, _SD))})
    return Measure("points", {"points": dict.fromkeys(book.years, (0.0, 1.0))})


def _known(book: Book, reference: pd.DataFrame | None) -> dict[str, dict[int, tuple[float, float]]]:
    if reference is None:
        return {}
    for key in TEST:
        reference = reference[reference[key].astype("str") == str(book.rows[key].iloc[0])]
    years = reference["school_year"].astype("int64").tolist()
    ends = reference[["mean", "sd"]].astype("float64").itertuples(index=False, name=None)
    found = dict(zip(years, ends, strict=True))
    means = {year: (mean, 1.0) for year, (mean, _) in found.items() if mean == mean}
    return {"points": means, "sd": {year: pair for year, pair in found.items() if year in means and pair[1] > 0}}


def scores_of(book: Book, dims: Dims, measure: Measure, *, beside: bool = False) -> Scores | None:
    """Return how results are measured in a linked set, and their means; None where no mean speaks of it.

    Those that are known without the pages are among them if ``beside``.
    """
    if "period" not in dims:
        return None
    known = {unit: {p: by_year[_year(p)] for p in dims["period"] if _year(p) in by_year}
             for unit, by_year in measure.scales.items()}  # fmt: skip
    given = [*_means(book, dims), *(known_means(book, dims) if beside else ())]
    means = [one for one in given if one.unit in known and _periods(one.group, dims) <= set(known[one.unit])]
    return Scores(_ends(book, dims["period"], measure), known, _together(means)) if means else None


def _year(period: str) -> int:
    return int(period.split(":")[0])


def _periods(group: Group, dims: Dims) -> frozenset[str]:
    return group.get("period", frozenset(dims["period"]))


def _ends(book: Book, periods: Sequence[str], measure: Measure) -> dict[str, tuple[float, float]]:
    """Return between which points a result of each period lies."""
    widest = _WIDEST.get(measure.column)
    if widest is not None:
        return dict.fromkeys(periods, (-widest, widest))
    spans = {f"{year}:{a:g}": (a, b) for year, cuts in book.cuts.items() for a, b in pairwise((*cuts, _FULL))}
    return {period: spans.get(period, (0.0, _FULL)) for period in periods}


def _means(book: Book, dims: Dims) -> Iterator[Mean]:
    rows = book.rows[book.rows["indicator"].isin(RAW) & book.rows["estimate"].notna()]
    plain = {_of(row): row.estimate for row in each(rows[rows["reference"] != "municipality"])}
    for row in each(rows):
        half = _HALF[row.unit] + 1e-9
        given = (row, row.estimate, half) if row.reference != "municipality" else _beside(row, plain, 2 * half)
        group = None if given is None else group_of(book, given[0], dims)
        if given is None or group is None or any(not own <= set(dims.get(name, ())) for name, own in group.items()):
            continue
        name = f"{row.file} {row.indicator} {row.group or row.school_id} {row.school_year:g}"
        yield Mean(group, given[1] - given[2], given[1] + given[2], row.unit, name)


def known_means(book: Book, dims: Dims) -> Iterator[Mean]:
    """Give means that are known without the pages: public ones of schools, and those that earlier issues told."""
    for one in _means(replace(book, rows=book.aside.earlier), dims):
        yield replace(one, source="earlier")
    outside = book.aside.outside
    rows = outside[outside["school_year"].isin(book.years) & outside["band"].isna()].dropna(
        subset=["mean_score", "score_max"]
    )
    half = 0.5 * 10.0 ** -_decimals(rows["mean_score"])
    for row in each(rows):
        if row.school_id in dims.get("school", ()) and row.score_max > 0:
            group = {"school": frozenset([row.school_id]), "period": frozenset(book.levels(int(row.school_year)))}
            low, high = (_FULL * (row.mean_score + side) / row.score_max for side in (-half - 1e-9, half + 1e-9))
            yield Mean(group, low, high, "percent", f"public mean {row.school_id} {row.school_year:g}", "public")


def _decimals(values: "pd.Series[float]") -> int:
    """Return to how many decimals numbers were printed."""
    given = values.astype("float64")
    return next((n for n in range(_MOST_DECIMALS) if (given.round(n) - given).abs().max() < 1e-9), _MOST_DECIMALS)


def _beside(row: Any, plain: dict[Any, float], half: float) -> tuple[Any, float, float] | None:
    """Read a school's distance from its municipality: beside its own mean it tells that of all, and beside that its own."""
    whole = row._replace(school_id="")
    if _of(row) in plain:
        return whole, plain[_of(row)] - row.estimate, half
    return (row, plain[_of(whole)] + row.estimate, half) if _of(whole) in plain else None


def _of(row: Any) -> tuple[Any, ...]:
    first = row.school_year if pd.isna(row.year_from) else row.year_from
    return row.unit, int(first), int(row.school_year), row.school_id, row.group


def _together(means: list[Mean]) -> tuple[Mean, ...]:
    """Make one of means of the same group: what all of them allow."""
    said: dict[Any, Mean] = {}
    for one in means:
        key = (one.unit, one.source, tuple(sorted((name, tuple(sorted(own))) for name, own in one.group.items())))
        old = said.get(key, one)
        said[key] = Mean(one.group, max(one.low, old.low), min(one.high, old.high), one.unit, old.name, one.source)
    return tuple(said.values())
