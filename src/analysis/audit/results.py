"""The code book of results: which groups of pupils a published row speaks of, test by test."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from analysis.audit.sets import Figure, LinkedSet
from analysis.evidence import each
from analysis.params import Params, threshold_percent
from analysis.stats.talent import SHRUNKEN

TEST = ["grade", "test", "domain", "level"]
MOST_CELLS = 20_000
_OF_SIZES = (
    "attainment",
    "group_gap",
    "behind_as_a_whole",
    "school_group",
    "high_result_share",
    "low_result_share",
    "fail_share",
    "fail_share_at",
    "band_share",
)
"""Indicators whose ``n`` counts the pupils with a result in the main session of a test."""
_HALF = 0.05 + 1e-9  # of the last digit of a percent


@dataclass(frozen=True)
class Book:
    """How the rows of one test are read.

    Attributes
    ----------
    rows : pd.DataFrame
        Its published rows.
    years : tuple of int
        School years that are taken together, of schools or of groups.
    pool : frozenset of int
        Those of groups.
    cuts : tuple of float
        Percents at which the newest year's results are cut somewhere on the pages, from 0 on; empty without percents.
    params : Params
        What low and high mean.
    """

    rows: pd.DataFrame
    years: tuple[int, ...]
    pool: frozenset[int]
    cuts: tuple[float, ...]
    params: Params

    def period(self, year: int, percent: float | None = None) -> str:
        """Return the level of a result: its year, and of the newest year the cut it lies at or above."""
        if year != self.years[-1] or percent is None or not self.cuts:
            return str(year)
        return f"{year}:{max(cut for cut in self.cuts if cut <= percent):g}"

    @property
    def periods(self) -> tuple[str, ...]:
        """All levels of years and results."""
        newest = self.years[-1]
        return (*map(str, self.years[:-1]), *([f"{newest}:{cut:g}" for cut in self.cuts] or [str(newest)]))


def books(rows: pd.DataFrame, params: Params) -> Iterator[Book]:
    """Go through the tests of a municipality whose groups or schools are published over some years together."""
    for _, own in rows[rows["indicator"].isin(_OF_SIZES)].groupby(TEST, sort=True):
        groups = own[own["indicator"].isin(["group_gap", "behind_as_a_whole"])]
        pooled = own[own["school_id"].ne("") | own["indicator"].isin(["group_gap", "behind_as_a_whole"])]
        if pooled.empty:
            continue
        whole = own[(own["indicator"] == "attainment") & (own["school_id"] == "")]
        known = {int(year) for year in whole["school_year"]}
        years = tuple(sorted(_years(pooled, known)))
        pool = frozenset(_years(groups if len(groups) else pooled, known))
        yield Book(own, years, pool, _cuts(own, years[-1], params), params)


def _years(rows: pd.DataFrame, known: set[int]) -> set[int]:
    """Return the years that rows are about, first and last and those between in which the test was held."""
    last = int(rows["school_year"].max())
    first = int(rows["year_from"].fillna(rows["school_year"]).min())
    return {year for year in known if first < year < last} | {first, last}


def figures(book: Book, dims: Mapping[str, Sequence[str]]) -> Iterator[Figure]:
    """Give the published numbers that speak of nothing but some dimensions."""
    for row in each(book.rows):
        group = _group(book, row, dims)
        if group is None or any(name not in dims for name in group):
            continue
        if any(not levels <= set(dims[name]) for name, levels in group.items()):
            continue
        name = f"{row.file} {row.indicator} {row.group or row.school_id} {row.school_year:g}"
        if pd.notna(row.n):
            yield Figure(group, float(row.n), float(row.n), name=name, rows=(row.Index,))
        if "period" in dims:
            yield from _share(book, row, group, name)


def linked_sets(book: Book, schools: Sequence[str], attributes: Mapping[str, Sequence[str]]) -> Iterator[LinkedSet]:
    """Give the linked sets of a test: all attributes crossed, and years, results and schools crossed with each of them.

    Parameters
    ----------
    book : Book
        The test.
    schools : sequence of str
        All schools of the municipality that have results in it.
    attributes : mapping of str to sequence of str
        The values of each attribute; ``?`` for pupils of whom it is not known. Where all of them crossed have more than
        :data:`MOST_CELLS` cells, the last are left out of that set alone; its name says which are in it.
    """
    name = " ".join(str(book.rows[key].iloc[0]) for key in TEST).strip()
    several = {attribute: tuple(values) for attribute, values in attributes.items() if len(values) > 1}
    crossed = dict(several)
    while crossed and _cells(crossed) > MOST_CELLS:
        crossed.popitem()
    places = {"period": book.periods, "school": tuple(schools)}
    by_one = [places | {attribute: values} for attribute, values in several.items()]
    for dims in [*([crossed] if crossed else []), *(by_one or [places])]:
        yield LinkedSet(f"{name}: {', '.join(dims)}", dict(dims), _once(figures(book, dims)))


def _once(given: Iterator[Figure]) -> tuple[Figure, ...]:
    """Make one of figures that say the same."""
    said: dict[Any, Figure] = {}
    for one in given:
        keys = (tuple(sorted(one.group.items())), tuple(sorted((one.event or {}).items())), one.low, one.high)
        said[keys] = replace(said[keys], rows=(*said[keys].rows, *one.rows)) if keys in said else one
    return tuple(said.values())


def _cells(dims: Mapping[str, Sequence[str]]) -> int:
    size = 1
    for levels in dims.values():
        size *= len(levels)
    return size


def _group(book: Book, row: Any, dims: Collection[str]) -> dict[str, frozenset[str]] | None:
    """Return the pupils behind a row; None where it is about other years than the dimensions know."""
    last = int(row.school_year)
    first = last if pd.isna(row.year_from) else int(row.year_from)
    years = {year for year in book.years if first <= year <= last}
    if not years or first < book.years[0] or last > book.years[-1] or ("period" not in dims and years != book.pool):
        return None
    group = {"school": frozenset([row.school_id])} if row.school_id else {}
    if "period" in dims and len(years) < len(book.years):
        group["period"] = frozenset(level for level in book.periods if int(level.split(":")[0]) in years)
    for part in filter(None, row.group.split("&")):
        attribute, _, value = part.partition("=")
        group[attribute] = frozenset([value])
    return group


def _share(book: Book, row: Any, group: dict[str, frozenset[str]], name: str) -> Iterator[Figure]:
    span = _span(row, book.params)
    if span is None or not book.cuts or int(row.school_year) != book.years[-1] or pd.notna(row.year_from):
        return
    inside = [cut for cut in book.cuts if span[0] <= cut < span[1]]
    event = {"period": frozenset(f"{book.years[-1]}:{cut:g}" for cut in inside)}
    if pd.notna(row.estimate) and not row.method.startswith(SHRUNKEN):
        yield Figure(group, row.estimate - _HALF, row.estimate + _HALF, event, name, (row.Index,))
    elif pd.isna(row.estimate) and (pd.notna(row.high) or pd.notna(row.low)):
        low, high = (0.0 if pd.isna(row.low) else row.low), (100.0 if pd.isna(row.high) else row.high)
        yield Figure(group, low - 1e-9, high + 1e-9, event, name, (row.Index,))


def _span(row: Any, params: Params) -> tuple[float, float] | None:
    """Return between which percents a result lies that a share counts."""
    if row.indicator == "band_share":
        first, _, last = row.part.partition("-")
        return float(first), (101.0 if last == "100" else float(last) + 1)
    if row.indicator == "low_result_share":
        return 0.0, float(params.low_result_percent)
    if row.indicator == "high_result_share":
        return float(params.high_result_percent), 101.0
    if row.indicator == "fail_share_at":
        return 0.0, float(row.part)
    if row.indicator == "fail_share":
        mark = threshold_percent(int(row.school_year), row.grade, row.test, row.domain)
        return None if mark is None else (0.0, float(mark))
    return None


def _cuts(rows: pd.DataFrame, year: int, params: Params) -> tuple[float, ...]:
    percents = rows[(rows["school_year"] == year) & (rows["unit"] == "percent")]
    if not (percents["indicator"] == "attainment").any():
        return ()
    spans = [span for span in (_span(row, params) for row in each(percents)) if span is not None]
    cuts = {0.0, *(end for span in spans for end in span if end < 101)}
    return tuple(sorted(cuts))
