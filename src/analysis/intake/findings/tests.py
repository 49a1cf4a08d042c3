"""Tests that hold their error rate: is one unit unlike all others, is one value far too frequent?"""

import numpy as np
import pandas as pd
from scipy import stats

ERROR_RATE = 0.05


def holm(p: "pd.Series[float]", tests: int, error_rate: float = ERROR_RATE) -> "pd.Series[bool]":
    """Tell which hypotheses Holm's step-down procedure rejects.

    Parameters
    ----------
    p : pd.Series of float
        p-values of the hypotheses looked at; those not looked at count as never rejected.
    tests : int
        How many hypotheses there are in all.
    error_rate : float
        Probability of rejecting any true one.
    """
    order = p.sort_values(kind="stable")
    held = order.to_numpy() <= error_rate / (tests - np.arange(len(order)))
    passed = np.logical_and.accumulate(held)
    return pd.Series(passed, index=order.index, dtype="bool").reindex(p.index)


def conditional_tails(strata: pd.DataFrame) -> tuple[float, float]:
    """Return the probabilities of so few, and of so many, cases in one unit if units were alike within each stratum.

    Given a stratum's numbers the unit's cases are hypergeometric; strata are independent, so their sum is the convolution
    (the exact conditional test for several two-by-two tables).

    Parameters
    ----------
    strata : pd.DataFrame
        A row a stratum: ``count`` and ``n`` of the unit, ``all_count`` and ``all_n`` of every unit together.

    Returns
    -------
    tuple of float
        P(at most as many), P(at least as many).
    """
    pmf = np.ones(1)
    for n, all_count, all_n in strata[["n", "all_count", "all_n"]].astype("int64").to_numpy():
        cases = np.arange(min(n, all_count) + 1)
        pmf = np.convolve(pmf, stats.hypergeom.pmf(cases, all_n, all_count, n))
    seen = int(strata["count"].sum())
    return float(pmf[: seen + 1].sum()), float(pmf[seen:].sum())


def unlike_others(cells: pd.DataFrame, unit: str, stratum: str, few: float = 5.0, times: float = 3.0) -> pd.DataFrame:
    """Find units whose share of cases is far below or above that of the others in the same strata.

    A unit is found when it is both far out (almost none where at least ``few`` were due: less than a tenth; or at least
    ``times`` as many as were due and five points above) and beyond chance by the exact conditional test, two-sided, Holm
    over all units of ``cells``.

    Parameters
    ----------
    cells : pd.DataFrame
        ``unit``, ``stratum``, ``kind`` (of case), ``count`` and ``n``; one row each.
    unit, stratum : str
        Columns that name them.

    Returns
    -------
    pd.DataFrame
        ``unit``, ``kind``, ``count``, ``n``, ``due`` (expected number), ``low`` (whether too few).
    """
    whole = cells.groupby([stratum, "kind"], observed=True)[["count", "n"]].transform("sum")
    cells = cells.assign(all_count=whole["count"], all_n=whole["n"])
    others = (cells["all_n"] - cells["n"]).where(lambda left: left > 0)
    cells = cells.assign(due=cells["n"] * (cells["all_count"] - cells["count"]) / others).dropna(subset="due")
    units = cells.groupby([unit, "kind"], observed=True)[["count", "n", "due"]].sum().reset_index()
    low = (units["due"] >= few) & (units["count"] < 0.1 * units["due"])
    high = (units["count"] >= np.maximum(few, times * units["due"])) & (
        units["count"] - units["due"] >= 0.05 * units["n"]
    )
    far = units.assign(low=low)[low | high]
    of_unit = dict(list(cells.groupby([unit, "kind"], observed=True)))
    tails = [conditional_tails(of_unit[key]) for key in zip(far[unit], far["kind"], strict=True)]
    p = pd.Series([min(1.0, 2 * min(pair)) for pair in tails], index=far.index, dtype="float64")
    return far[holm(p, len(units))].reset_index(drop=True) if len(far) else far


def too_frequent(
    rows: pd.DataFrame, unit: str, test: str, value: str, *, smallest_n: int, share: float, most: int = 2
) -> pd.DataFrame:
    """Find units in which one value is far too frequent for what the test shows elsewhere.

    Parameters
    ----------
    rows : pd.DataFrame
        One row a paper.
    unit, test, value : str
        Columns: the unit, the test, what is counted.
    smallest_n : int
        Smaller units are not looked at.
    share : float
        Least share of the unit's papers that have the value.
    most : int
        So many equal ones are never odd.

    Returns
    -------
    pd.DataFrame
        ``unit``, ``test``, ``value``, ``count``, ``of``: p-values are binomial with the value's share elsewhere (one more
        paper with it added), Holm over all units, tests and values.
    """
    counts = rows.groupby([unit, test, value], observed=True).size().rename("count").reset_index()
    of_unit = counts.groupby([unit, test], observed=True)["count"]
    of_test = counts.groupby(test, observed=True)["count"]
    of_value = counts.groupby([test, value], observed=True)["count"]
    counts = counts.assign(of=of_unit.transform("sum"), all=of_test.transform("sum"), same=of_value.transform("sum"))
    far = counts[(counts["of"] >= smallest_n) & (counts["count"] >= share * counts["of"]) & (counts["count"] > most)]
    elsewhere = (far["same"] - far["count"] + 1) / (far["all"] - far["of"] + 1)
    p = pd.Series(stats.binom.sf(far["count"] - 1, far["of"], np.minimum(elsewhere, 1.0)), index=far.index)
    return far[holm(p, max(len(counts), 1))].drop(columns=["all", "same"]) if len(far) else far
