"""The code book of results: which groups of pupils a published row speaks of, test by test."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from analysis.audit.aside import TEST, Aside
from analysis.audit.sets import Figure, LinkedSet
from analysis.evidence import each
from analysis.params import Params, threshold_percent
from analysis.stats.talent import SHRUNKEN

MOST_CELLS = 20_000
_NAMED = "support_group"
_SHARES = ("high_result_share", "low_result_share", "fail_share", "fail_share_at", "band_share")
_OF_SIZES = (
    "attainment",
    "group_gap",
    "behind_as_a_whole",
    "school_group",
    _NAMED,
    *_SHARES,
)
"""Indicators whose ``n`` counts the pupils with a result in the main session of a test."""
_OF_GROUPS = ("group_gap", "behind_as_a_whole")
_UNLISTED = "table_rows"
"""Says of a table that some of its rows are not listed, for nothing is told of them."""
_HALF = 0.05 + 1e-9  # of the last digit of a percent
_END = 101.0  # above every percent


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
    cuts : dict of int to tuple of float
        Year → percents at which its results are cut somewhere, from 0 on; only years of which percents are told.
    params : Params
        What low and high mean.
    aside : Aside
        What is known of the test without these rows.
    """

    rows: pd.DataFrame
    years: tuple[int, ...]
    pool: frozenset[int]
    cuts: dict[int, tuple[float, ...]]
    params: Params
    aside: Aside

    def period(self, year: int, percent: float | None = None) -> str:
        """Return the level of a result: its year, and where this is cut the cut it lies at or above."""
        cuts = self.cuts.get(year)
        if not cuts:
            return str(year)
        return f"{year}:{max(cut for cut in cuts if cut <= (percent or 0.0)):g}"

    def levels(self, year: int) -> tuple[str, ...]:
        """Return all levels of a year."""
        return tuple(f"{year}:{cut:g}" for cut in self.cuts.get(year, ())) or (str(year),)

    @property
    def periods(self) -> tuple[str, ...]:
        """All levels of years and results."""
        return tuple(level for year in self.years for level in self.levels(year))


def books(
    rows: pd.DataFrame, params: Params, aside: Aside | None = None, pupils: pd.DataFrame | None = None
) -> Iterator[Book]:
    """Go through the tests of a municipality whose groups or schools are published over some years together.

    Parameters
    ----------
    rows : pd.DataFrame
        Published rows.
    params : Params
        What low and high mean.
    aside : Aside, optional
        What is known without them.
    pupils : pd.DataFrame, optional
        The results behind them, where they are at hand.
    """
    unlisted = _unlisted(rows)
    for test, own in rows[rows["indicator"].isin(_OF_SIZES)].groupby(TEST, sort=True):
        listed = pd.concat([own, unlisted[(unlisted[TEST] == list(test)).all(axis=1)]])
        groups = listed[listed["indicator"].isin(_OF_GROUPS)]
        pooled = _pooled(listed)
        if pooled.empty:
            continue
        beside = (aside or Aside()).of(own.iloc[0], pupils)
        earlier = beside.earlier[beside.earlier["indicator"].isin(_OF_SIZES)]
        read, everything = (pd.concat([some, earlier], ignore_index=True) for some in (own, listed))
        whole = everything[(everything["indicator"] == "attainment") & (everything["school_id"] == "")]
        known = {int(year) for year in whole["school_year"]}
        if (whole["population"] == "rows").any():  # some of its years are not listed
            known |= set(range(_first(pooled), int(pooled["school_year"].max())))
        years = tuple(sorted(_years(pooled, known) | _years(_pooled(everything), known)))
        pool = frozenset(_years(groups if len(groups) else pooled, known))
        yield Book(own, years, pool, _cuts(read, years, beside, params), params, beside)


def _unlisted(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that say of a table that rows are not listed as what these are: somebody was there in those years."""
    found = rows[rows["indicator"] == _UNLISTED]
    kind, form = (found["part"].str.split(":").str[i] for i in (0, 1))
    there = found.assign(indicator=kind, school_id=form.where(form.isin(["school", "school_group"]), ""))
    return there[there["indicator"].isin(_OF_SIZES)]


def _pooled(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["school_id"].ne("") | rows["indicator"].isin(_OF_GROUPS)]


def _first(rows: pd.DataFrame) -> int:
    return int(rows["year_from"].fillna(rows["school_year"]).min())


def _years(rows: pd.DataFrame, known: set[int]) -> set[int]:
    """Return the years that rows are about, first and last and those between in which the test was held."""
    first, last = _first(rows), int(rows["school_year"].max())
    return {year for year in known if first < year < last} | {first, last}


def figures(book: Book, dims: Mapping[str, Sequence[str]]) -> Iterator[Figure]:
    """Give the published numbers that speak of nothing but some dimensions.

    Rows may have ``least`` and ``most``: what follows of them from elsewhere (:func:`analysis.audit.withheld.filled`).
    """
    for row in each(book.rows):
        group = group_of(book, row, dims)
        if group is None or any(name not in dims for name in group):
            continue
        if any(not levels <= set(dims[name]) for name, levels in group.items()):
            continue
        name = f"{row.file} {row.indicator} {row.group or row.school_id} {row.school_year:g}"
        if pd.notna(row.n):
            yield Figure(group, float(row.n), float(row.n), name=name, rows=(row.Index,))
        elif row.indicator == _NAMED:  # no figure, but a group is named only when it has so many
            yield Figure(group, float(book.params.smallest_named_group), np.inf, name=name, rows=(row.Index,))
        if "period" in dims:
            yield from _share(book, row, group, name)
        followed = counted(book, row, dims) if pd.notna(getattr(row, "least", np.nan)) else None
        if followed is not None and set(followed) <= set(dims):  # not said, but known from elsewhere
            yield Figure(followed, row.least, row.most, name=f"{name} follows")


def known_figures(book: Book, dims: Mapping[str, Sequence[str]]) -> Iterator[Figure]:
    """Give what is known of some dimensions without the published rows: numbers of schools, and what earlier issues told."""
    k, sensitive = book.params.smallest_group, book.params.smallest_group_sensitive
    earlier = book.aside.earlier[book.aside.earlier["indicator"].isin(_OF_SIZES)]
    for one in figures(replace(book, rows=earlier), dims):
        own = set(one.group) & set(book.params.sensitive_attributes)
        yield replace(one, source="earlier", slack=float((sensitive if own else k) - 1), rows=())
    if "school" in dims and "period" in dims:
        for row in each(book.aside.outside[book.aside.outside["school_year"].isin(book.years)]):
            year, n = int(row.school_year), float(row.n)
            period = frozenset(book.levels(year))
            if pd.notna(row.band):
                inside = [
                    cut for cut in book.cuts.get(year, ()) if cut // 10 == row.band or (row.band == 9 and cut >= 90)
                ]
                period = frozenset(f"{year}:{cut:g}" for cut in inside)
            if row.school_id in dims["school"] and period:
                group = {"school": frozenset([row.school_id]), "period": period}
                name = f"public {row.school_id} {year} {'' if pd.isna(row.band) else row.band}"
                yield Figure(group, n, n, name=name, source="public", slack=float(k - 1))


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
        told = [*figures(book, dims), *known_figures(book, dims)]
        yield LinkedSet(f"{name}: {', '.join(dims)}", dict(dims), _once(told))


def _once(given: Iterable[Figure]) -> tuple[Figure, ...]:
    """Make one of figures that say the same."""
    said: dict[Any, Figure] = {}
    for one in given:
        group, event = (tuple(sorted(some.items())) for some in (one.group, one.event or {}))
        keys = (group, event, one.low, one.high, one.source)
        said[keys] = replace(said[keys], rows=(*said[keys].rows, *one.rows)) if keys in said else one
    return tuple(said.values())


def _cells(dims: Mapping[str, Sequence[str]]) -> int:
    size = 1
    for levels in dims.values():
        size *= len(levels)
    return size


def group_of(book: Book, row: Any, dims: Collection[str]) -> dict[str, frozenset[str]] | None:
    """Return the pupils behind a row; None where it is about other years than the dimensions know."""
    last = int(row.school_year)
    first = last if pd.isna(row.year_from) else int(row.year_from)
    years = {year for year in book.years if first <= year <= last}
    if not years or first < book.years[0] or last > book.years[-1] or ("period" not in dims and years != book.pool):
        return None
    group = {"school": frozenset([row.school_id])} if row.school_id else {}
    if "period" in dims and len(years) < len(book.years):
        group["period"] = frozenset(level for year in years for level in book.levels(year))
    for part in filter(None, row.group.split("&")):
        attribute, _, value = part.partition("=")
        group[attribute] = frozenset([value])
    return group


def counted(book: Book, row: Any, dims: Collection[str]) -> dict[str, frozenset[str]] | None:
    """Return the pupils whom a row counts: of a share those within it; None where the dimensions do not know them."""
    group, share = group_of(book, row, dims), span_of(row, book.params) is not None
    if group is None or not share:
        return group
    event = _event(book, row)
    return None if event is None else group | event


def _event(book: Book, row: Any) -> dict[str, frozenset[str]] | None:
    """Return the results that a share counts; None where its year is not cut."""
    span, year = span_of(row, book.params), int(row.school_year)
    if span is None or year not in book.cuts or year not in book.years or pd.notna(row.year_from):
        return None
    return {"period": frozenset(f"{year}:{cut:g}" for cut in book.cuts[year] if span[0] <= cut < span[1])}


def _share(book: Book, row: Any, group: dict[str, frozenset[str]], name: str) -> Iterator[Figure]:
    event = _event(book, row)
    if event is None:
        return
    if pd.notna(row.estimate) and not row.method.startswith(SHRUNKEN):
        yield Figure(group, row.estimate - _HALF, row.estimate + _HALF, event, name, (row.Index,))
    elif pd.isna(row.estimate) and (pd.notna(row.high) or pd.notna(row.low)):
        low, high = (0.0 if pd.isna(row.low) else row.low), (100.0 if pd.isna(row.high) else row.high)
        yield Figure(group, low - 1e-9, high + 1e-9, event, name, (row.Index,))


def span_of(row: Any, params: Params) -> tuple[float, float] | None:
    """Return between which percents a result lies that a share counts."""
    if row.indicator == "band_share":
        first, _, last = row.part.partition("-")
        return float(first), (_END if last == "100" else float(last) + 1)
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


def _cuts(rows: pd.DataFrame, years: Collection[int], aside: Aside, params: Params) -> dict[int, tuple[float, ...]]:
    """Cut the newest year, and years in which a share is told of a school or group, wherever a share or a band ends."""
    percents = rows[rows["unit"] == "percent"]
    told = set(percents[percents["indicator"] == "attainment"]["school_year"].astype("int64"))
    shares = percents[percents["indicator"].isin(_SHARES) & (percents["school_id"].ne("") | percents["group"].ne(""))]
    told &= {max(years), *shares["school_year"].astype("int64")}
    banded = set(aside.outside.loc[aside.outside["band"].notna(), "school_year"].astype("int64"))
    found: dict[int, set[float]] = {}
    for row in each(percents):
        span = span_of(row, params)
        if span is not None:
            found.setdefault(int(row.school_year), set()).update(end for end in span if end < _END)
    for year in banded:
        found.setdefault(year, set()).update(float(band) for band in range(0, 100, 10))
    return {year: tuple(sorted({0.0} | ends)) for year, ends in found.items() if year in told and year in set(years)}
