"""Whether the signs work alike for all: what they find, what they raise in vain, and whether counts are right, by group."""

import numpy as np
import pandas as pd
from scipy import stats

from analysis.stats.intervals import share_interval

AUDITED = ("sex", "home_language", "settlement", "low_income", "sen")
"""Attributes that are looked at here and nowhere else in this room; ``sen`` alone is a sign too."""
SMALLEST_GROUP = 100
FEWEST = 30


def audit(judged: pd.DataFrame, flagged: np.ndarray, confidence: float) -> pd.DataFrame:
    """Compare groups of held-out pupils.

    Parameters
    ----------
    judged : pd.DataFrame
        Held-out pupils with ``event``, ``probability`` and attributes as they were at the stage.
    flagged : np.ndarray
        Shape (n,), whether a pupil is in the highest band.
    confidence : float
        Level of the intervals.

    Returns
    -------
    pd.DataFrame
        ``group, part, n, estimate, low, high`` in percent for groups of at least 100 pupils. ``recall``: of those with a low
        result, how many were flagged. ``false_alarms``: of those without one. ``precision``: of the flagged, how many had a
        low result. ``calibration``: expected over observed low results. Shares of fewer than 30 pupils are left out.
    """
    rows = []
    pupils = judged[["event", "probability"]].assign(flagged=flagged.astype("float64"))
    for attribute in (a for a in AUDITED if a in judged):
        for value, group in pupils.groupby(judged[attribute].astype("str").where(judged[attribute].notna()), sort=True):
            if len(group) >= SMALLEST_GROUP:
                rows += [{"group": f"{attribute}={value}", **row} for row in _measures(group)]
    if not rows:
        return pd.DataFrame(columns=["group", "part", "n", "estimate", "low", "high"])
    found = pd.DataFrame(rows)
    low, high = share_interval(found["count"], found["n"], confidence)
    counted = found["part"] != "calibration"
    # Expected over observed: the observed number has Poisson's error.
    half = stats.norm.ppf((1 + confidence) / 2) * np.sqrt(found["count"])
    ratio = 100 * found["expected"]
    return found.assign(
        estimate=(100 * found["count"] / found["n"]).where(counted, ratio / found["count"]),
        low=low.where(counted, ratio / (found["count"] + half)),
        high=high.where(counted, ratio / (found["count"] - half)),
    )[["group", "part", "n", "estimate", "low", "high"]]


def _measures(group: pd.DataFrame) -> list[dict[str, float | str]]:
    event, flagged = group["event"], group["flagged"]
    right = float((event * flagged).sum())
    shares = {
        "recall": (right, event.sum()),
        "false_alarms": (flagged.sum() - right, len(group) - event.sum()),
        "precision": (right, flagged.sum()),
    }
    rows: list[dict[str, float | str]] = [
        {"part": part, "count": count, "n": int(n), "expected": 0.0}
        for part, (count, n) in shares.items()
        if n >= FEWEST
    ]
    if event.sum() >= FEWEST:
        expected = float(group["probability"].sum())
        rows.append({"part": "calibration", "count": float(event.sum()), "n": len(group), "expected": expected})
    return rows
