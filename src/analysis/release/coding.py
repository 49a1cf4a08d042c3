"""Top and bottom coding: a rate near 0 or 100 % would say something about every single child behind it."""

from typing import Any

import pandas as pd

from analysis.indicators import INDICATORS

# Utah's reporting rule, as quoted by the privacy literature: the larger the group, the nearer to the ends a rate may go.
# n from, n to, percent: "at most" that, or "at least" 100 minus it. 21–39 is this project's own step.
BOUNDS = ((21, 39, 10.0), (40, 99, 5.0), (100, 299, 2.0), (300, None, 1.0))


def bound_for(n: float) -> float | None:
    """Return how near to 0 or 100 % a rate of n pupils may be printed; None where n is too small for any rate."""
    for first, last, percent in BOUNDS:
        if n >= first and (last is None or n <= last):
            return percent
    return None


def code_bound(row: Any) -> tuple[str, float] | None:
    """Return the coded form of a sensitive rate (``("high", 5.0)`` is "at most 5 %"), or None where none is needed."""
    if not INDICATORS[str(row["indicator"])].sensitive or pd.isna(row["n"]) or pd.isna(row["estimate"]):
        return None
    percent = bound_for(float(row["n"]))
    if percent is None:
        return None
    estimate = float(row["estimate"])
    if estimate <= percent:
        return "high", percent
    if estimate >= 100 - percent:
        return "low", 100 - percent
    return None


def coded(rows: pd.DataFrame) -> pd.DataFrame:
    """Replace telling rates by their bound; estimate, interval and verdict go, n stays."""
    rows = rows.copy()
    for index, row in rows.iterrows():
        bound = code_bound(row)
        if bound is not None:
            rows.loc[index, ["estimate", "low", "high"]] = float("nan")
            rows.loc[index, bound[0]] = bound[1]
            rows.loc[index, "verdict"] = ""
    return rows
