"""Top and bottom coding: a rate near 0 or 100 %, or an expected count of few or of all but few, tells of each child."""

import numpy as np
import pandas as pd

from analysis.indicators import INDICATORS
from analysis.stats.shares import step_of
from analysis.stats.talent import SHRUNKEN

# Utah's reporting rule, as quoted by the privacy literature: the larger the group, the nearer to the ends a rate may go.
# n from, percent: "at most" that, or "at least" 100 minus it. 21–39 is this project's own step.
BOUNDS = ((21, 10.0), (40, 5.0), (100, 2.0), (300, 1.0))
STEPS = (1.0, 2.0, 5.0, 10.0, 20.0, 25.0)
COUNTS = ("fail_count_at", "fail_count_coming")
"""Expected numbers of pupils: below the smallest group (or with fewer than that left) they are told as a bound."""
_ALMOST = 1e-9  # a rate that equals its bound but for the arithmetic


def bound_for(n: float, smallest: int) -> float | None:
    """Return how near to 0 or 100 % a rate of n pupils may be printed; None where n is too small for any rate.

    The rule's percent, or the next step at which "at most" may still mean ``smallest`` pupils: with 100 pupils "at most
    2 %" would say that two at the most failed, and a blank beside it that three or four did.

    Parameters
    ----------
    n : float
        Pupils behind the rate.
    smallest : int
        Smallest number of pupils a figure may stand for.
    """
    floors = [percent for first, percent in BOUNDS if n >= first]
    if not floors:
        return None
    return next((step for step in STEPS if step >= floors[-1] and step * n / 100 >= smallest - _ALMOST), None)


def counted(rows: pd.DataFrame) -> "pd.Series[bool]":
    """Tell which shares are these pupils' own; of a shrunken one enough had the event and enough had not (:data:`SHRUNKEN`)."""
    return ~rows["method"].str.startswith(SHRUNKEN)


def in_steps(rows: pd.DataFrame) -> "pd.Series[bool]":
    """Tell which rows are told in steps: the country's shares of high results (:func:`analysis.stats.talent`)."""
    return rows["indicator"].eq("high_result_share") & rows["municipality_id"].eq("")


def coded_ends(rows: pd.DataFrame, limit: "pd.Series[int]") -> pd.DataFrame:
    """Return the coded form of telling rates and expected counts.

    A shrunken share is no rate of these pupils, and "at most" may be wrong of them: it is never coded.

    Parameters
    ----------
    rows : pd.DataFrame
        Evidence.
    limit : pd.Series of int
        Smallest number of pupils for each row.

    Returns
    -------
    pd.DataFrame
        ``high`` ("at most") and ``low`` ("at least"), of which one is filled where a rate has to be coded.
    """
    sensitive = rows["indicator"].map(lambda name: INDICATORS[name].sensitive).astype("bool") & rows["unit"].eq(
        "percent"
    )
    n = rows["n"].astype("float64").where(sensitive & counted(rows))
    found = [bound_for(*pair) for pair in zip(n, limit, strict=True)]
    bound = pd.Series(found, index=rows.index, dtype="float64")
    half = (step_of(n) / 2).where(in_steps(rows), 0.0)  # in steps it may be as far from what is told
    high = bound.where(rows["estimate"] + half <= bound + _ALMOST)
    low = (100 - bound).where((rows["estimate"] - half >= 100 - bound - _ALMOST) & high.isna())
    return pd.DataFrame({"low": low, "high": high}).fillna(_few_expected(rows, limit))


def _few_expected(rows: pd.DataFrame, limit: "pd.Series[int]") -> pd.DataFrame:
    """Return bounds of expected counts that, rounded, are too few or leave too few."""
    counts, n = rows["indicator"].isin(COUNTS), rows["n"].astype("float64")
    estimate = rows["estimate"].round()
    high = limit.astype("float64").where(counts & (estimate < limit))
    low = (n - limit).where(counts & (n - estimate < limit) & high.isna())
    return pd.DataFrame({"low": low, "high": high})


def coded(rows: pd.DataFrame, limit: "pd.Series[int]") -> pd.DataFrame:
    """Replace telling rates and counts by their bound; estimate, interval and verdict go, n stays."""
    ends = coded_ends(rows, limit)
    replaced = ends.notna().any(axis=1)
    return rows.assign(
        estimate=rows["estimate"].mask(replaced, np.nan),
        low=rows["low"].mask(replaced, ends["low"]),
        high=rows["high"].mask(replaced, ends["high"]),
        verdict=rows["verdict"].mask(replaced, ""),
    )
