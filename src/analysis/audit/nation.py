"""The attack on the whole country's figures: with all municipalities' pages at hand, each in the place of a school."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import pandas as pd

from analysis.audit.aside import TEST
from analysis.audit.attack import UNKNOWN, Attacked, Limits, attack, strangers
from analysis.audit.bounds import Contradiction
from analysis.audit.results import Book, books, figures, span_of
from analysis.audit.sets import Figure, LinkedSet
from analysis.audit.subtracted import TO_THE_TEN
from analysis.audit.truth import labelled, pool_of, true_cells
from analysis.audit.withheld import followed
from analysis.evidence import each, evidence
from analysis.params import Params
from analysis.stats.shares import step_of

_SHARES = ("high_result_share", "low_result_share", "fail_share", "fail_share_at", "band_share")
_ALL = "*"


class OfTest(NamedTuple):
    """What the attack on a test came to.

    Attributes
    ----------
    name : str
        Name of the linked set.
    outcome : Attacked or Contradiction
        Small groups that follow. What follows from municipalities' pages alone counts as known anyway.
    followed : pd.DataFrame
        Withheld figures that do, however large (:func:`~analysis.audit.withheld.followed`).
    """

    name: str
    outcome: Attacked | Contradiction
    followed: pd.DataFrame


def attacked_nation(rows: pd.DataFrame, params: Params, results: pd.DataFrame | None = None) -> Iterator[OfTest]:
    """Attack the country's shares of results, test by test.

    Parameters
    ----------
    rows : pd.DataFrame
        Everything that is published of municipalities as a whole, and of the country.
    params : Params
        The limits; what low and high mean.
    results : pd.DataFrame, optional
        The results of all municipalities: then every group that is small in truth is a target.
    """
    limits = Limits(params.smallest_group, params.smallest_group_sensitive, frozenset(params.sensitive_attributes))
    own, nation, sat = _of_municipalities(rows), _of_nation(rows), _sat(rows, results)
    own = own.merge(nation[TEST].drop_duplicates(), on=TEST)  # tests of which the country is told
    for book in books(pd.concat([own, *_years(own, sat)], ignore_index=True), params):
        beside = nation[(nation[TEST] == [str(book.rows[key].iloc[0]) for key in TEST]).all(axis=1)]
        book = replace(book, cuts=_cut(book, beside))
        pool = None if results is None else pool_of(results.assign(school_id=results["municipality_id"]), book)
        names = sorted(set(own["school_id"]) | (set() if pool is None else set(pool["school_id"].astype("str"))))
        linked = _linked(book, beside, names if pool is not None else [UNKNOWN, *names])
        truth = None if pool is None else true_cells(linked, labelled(book, pool, []), book)
        try:
            one = strangers(linked, limits) if truth is None else attack(linked, truth, limits)
            yield OfTest(linked.name, one, followed(linked, book, limits.smallest))
        except Contradiction as contradiction:
            yield OfTest(linked.name, contradiction, pd.DataFrame())


def _of_municipalities(rows: pd.DataFrame) -> pd.DataFrame:
    """Return what is told of all pupils of each municipality, as if it were a school.

    Of means nothing is asked here, and what is low each board says for itself.
    """
    own = rows[
        rows["municipality_id"].ne("")
        & rows["school_id"].eq("")
        & rows["group"].eq("")
        & rows["population"].eq("pupils")
    ]
    own = own[
        own["indicator"].isin(["attainment", "behind_as_a_whole", *_SHARES]) & own["indicator"].ne("low_result_share")
    ]
    plain = own["estimate"].where(own["indicator"].isin(_SHARES))
    return own.assign(school_id=own["municipality_id"], municipality_id=_ALL, estimate=plain)


def _of_nation(rows: pd.DataFrame) -> pd.DataFrame:
    nation = rows[rows["municipality_id"].eq("") & rows["group"].eq("") & rows["population"].eq("pupils")]
    return nation[nation["indicator"].isin(_SHARES)].assign(municipality_id=_ALL)


def _sat(rows: pd.DataFrame, results: pd.DataFrame | None) -> dict[tuple[object, ...], str]:
    """Return tests and years in which somebody sat one, and the unit of results, as far as this is at hand.

    Where it is not, and rows of a test are not listed, somebody may have sat it in any year.
    """
    if results is not None:
        held = results[[*TEST, "school_year", "scale"]].drop_duplicates().astype(dict.fromkeys([*TEST, "scale"], "str"))
        return {(*test, year): scale for *test, year, scale in held.itertuples(index=False, name=None)}
    unlisted = rows.loc[rows["indicator"] == "table_rows", TEST].drop_duplicates().itertuples(index=False, name=None)
    years = range(int(rows["school_year"].min()), int(rows["school_year"].max()) + 1)
    percent = rows["indicator"].eq("attainment") & rows["unit"].eq("percent")
    told = rows.loc[percent, [*TEST, "school_year"]].drop_duplicates().itertuples(index=False, name=None)
    return {(*test, year): "" for test in unlisted for year in years} | dict.fromkeys(told, "percent")


def _years(own: pd.DataFrame, sat: dict[tuple[object, ...], str]) -> Iterator[pd.DataFrame]:
    """Give a row without a number for each year of a test in which somebody sat it, whether or not a row of it is listed."""
    for test, of in own.groupby(TEST, sort=True):
        first = int(of["year_from"].fillna(of["school_year"]).min())
        between = range(first, int(of["school_year"].max()) + 1)
        years = sorted({*of["school_year"].astype("int64"), *(year for year in between if (*test, year) in sat)})
        same = of[TEST].iloc[[0] * len(years)].reset_index(drop=True)
        unit = ["percent" if sat.get((*test, year)) == "percent" else "sd" for year in years]
        yield evidence(same.assign(school_year=years, municipality_id=_ALL, unit=unit), indicator="attainment")


def _cut(book: Book, nation: pd.DataFrame) -> dict[int, tuple[float, ...]]:
    """Cut years where the country's shares end, too."""
    found = {year: set(cuts) for year, cuts in book.cuts.items()}
    percent = book.rows["indicator"].eq("attainment") & book.rows["unit"].eq("percent")
    years = set(book.rows.loc[percent, "school_year"].astype("int64")) & set(book.years)
    for row in each(nation[nation["school_year"].isin(years)]):
        if (span := span_of(row, book.params)) is not None:
            found.setdefault(int(row.school_year), {0.0}).update(end for end in span if end <= 100)
    return {year: tuple(sorted(cuts)) for year, cuts in found.items()}


def _linked(book: Book, nation: pd.DataFrame, municipalities: Sequence[str]) -> LinkedSet:
    dims = {"period": book.periods, "school": tuple(municipalities)}
    told = [replace(one, source="earlier") for one in figures(book, dims)]
    stepped = nation["indicator"].eq("high_result_share")
    told += figures(replace(book, rows=nation[~stepped]), dims)
    told += [figure for row in each(nation[stepped & nation["n"].notna()]) for figure in _in_steps(book, row)]
    name = " ".join(str(book.rows[key].iloc[0]) for key in TEST).strip()
    return LinkedSet(f"{name}: period, municipality", dims, tuple(told))


def _in_steps(book: Book, row: Any) -> Iterator[Figure]:
    """Read a row whose number is told to the ten and whose share in steps."""
    year, n = int(row.school_year), float(row.n)
    group, span = {"period": frozenset(book.levels(year))}, span_of(row, book.params)
    name = f"{row.file} {row.indicator} {row.school_year:g}"
    yield Figure(group, n - TO_THE_TEN / 2, n + TO_THE_TEN / 2, name=name)
    if span is None or year not in book.cuts:
        return
    event = {"period": frozenset(f"{year}:{cut:g}" for cut in book.cuts[year] if span[0] <= cut < span[1])}
    half = float(step_of(pd.Series([n])).iloc[0]) / 2
    ends = (0.0 if pd.isna(row.low) else row.low, 100.0 if pd.isna(row.high) else row.high)
    low, high = ends if pd.isna(row.estimate) else (row.estimate - half, row.estimate + half)
    yield Figure(group, low, high, event, name)
