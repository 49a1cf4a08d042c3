"""Which school years are taken together."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from analysis.params import Params
from analysis.stats.comparability import require_comparable
from analysis.stats.scale import TEST, main_session, with_standing

_TEST = TEST[1:]
_BEST_FIRST = ("country", "published", "own")


def comparable_pools(results: pd.DataFrame, params: Params) -> Iterator[tuple[pd.DataFrame, str]]:
    """Go through the pools of results, each with the best measure it allows.

    Each result is measured once: by its place in the country, else by points from a published mean (newest years
    together), else by its percent (newest year alone: a raw percent never crosses years).

    Yields
    ------
    pd.DataFrame
        Rows of the main session with ``measure``, ``year_from`` and ``school_year``.
    str
        Unit of the measure: ``sd``, ``points`` or ``percent``.
    """
    rows = main_session(results)
    if rows.empty:
        return
    percent = rows["scale"] == "percent"
    placed, pointed = rows["position"].notna(), rows["points"].notna() & percent
    for measure, unit, mine in (
        ("position", "sd", placed),
        ("points", "points", pointed & ~placed),
        ("value", "percent", percent & ~pointed & ~placed),
    ):
        years = 1 if unit == "percent" else params.pooled_years
        require_comparable("attainment", unit, range(years))
        pool = newest_pool(rows[mine], years, measure, params.smallest_group)
        if len(pool):
            yield pool.assign(measure=pool[measure]), unit


def standing_pools(results: pd.DataFrame, params: Params) -> Iterator[pd.DataFrame]:
    """Go through the tests of a municipality, each with its newest years in one measure: the standing of results.

    One pool a test: of the newest ``pooled_years`` those years count that allow the best comparison there is (with the
    country, with a published mean, with the municipality's own mean of the year). Tests that were not held in the newest
    ``pooled_years`` of all have no pool.

    Yields
    ------
    pd.DataFrame
        Rows of the main session with ``standing``, ``against`` and ``spread``, ``year_from`` (0: one year) and
        ``school_year`` (last year of the pool), and ``cohort`` (the year of the result).
    """
    rows = main_session(with_standing(results)) if len(results) else results
    if rows.empty or not rows["standing"].notna().any():
        return
    rows = rows[rows["standing"].notna() & (rows["school_year"] > rows["school_year"].max() - params.pooled_years)]
    pool = newest_pool(_best_measure(rows), params.pooled_years, "standing", params.smallest_group)
    pool["cohort"] = rows.loc[pool.index, "school_year"]
    require_comparable("group_gap", "sd", pool["cohort"])
    keys = [pool[key].astype("str") for key in ("municipality_id", *_TEST)]
    for _, test in pool.groupby(keys, sort=True):
        yield test


def _best_measure(rows: pd.DataFrame) -> pd.DataFrame:
    """Keep, of each test, the years with the best comparison; where it is by own SDs, those on the newest year's scale."""
    test = rows.groupby(["municipality_id", *_TEST], observed=True).ngroup()
    rank = rows["against"].map({kind: i for i, kind in enumerate(_BEST_FIRST)}).astype("int64")
    rows, test = rows[best := rank == rank.groupby(test).transform("min")], test[best]
    percent = rows["scale"].astype("str") == "percent"
    newest = rows["school_year"] == rows["school_year"].groupby(test).transform("max")
    same = percent == (percent & newest).groupby(test).transform("any")
    return rows[same | (rank[best] == 0)]


def newest_pool(rows: pd.DataFrame, years: int, measure: str, smallest: int) -> pd.DataFrame:
    """Keep the newest years in which a test was comparable, and name the pool.

    Parameters
    ----------
    rows : pd.DataFrame
        Results of the main session.
    years : int
        How many school years, counted back from each test's newest one.
    measure : str
        Column that must be filled: a place in the country may be pooled over years, a raw percent may not.
    smallest : int
        Years with fewer results stay out where even together they have fewer: a pool beside its shown years would give
        them away.

    Returns
    -------
    pd.DataFrame
        The rows kept, with ``year_from`` and ``school_year``: first and last year of the pool; the first is 0 where the
        pool is one year, for groups by a missing key would be lost.
    """
    if rows.empty or not rows[measure].notna().any():
        return rows.iloc[:0]
    rows = rows[rows[measure].notna()]
    rows = _without_small_years(_window(rows, years), smallest)
    years_of = _by_test(rows)
    first, last = years_of.transform("min"), years_of.transform("max")
    return rows.assign(year_from=first.where(first != last, 0), school_year=last)


def _by_test(rows: pd.DataFrame) -> Any:
    return rows.groupby([rows[key] for key in _TEST], observed=True)["school_year"]


def _window(rows: pd.DataFrame, years: int) -> pd.DataFrame:
    newest: pd.Series[int] = _by_test(rows).transform("max")
    return rows[rows["school_year"] > newest - years]


def _without_small_years(rows: pd.DataFrame, smallest: int) -> pd.DataFrame:
    test = [rows[key] for key in _TEST]
    in_year = rows.groupby([*test, "school_year"], observed=True)["school_year"].transform("size")
    in_small_years = (in_year < smallest).groupby(test, observed=True).transform("sum")
    kept = (in_year >= smallest) | (in_small_years >= smallest)
    return rows[kept]
