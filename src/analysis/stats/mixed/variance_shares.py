"""What part of the spread lies between groups, with intervals that the few groups deserve."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy import stats
from scipy.optimize import brentq, minimize_scalar

from analysis.stats.mixed.nested import LEVELS, best_ratio, profile
from analysis.stats.mixed.sums import Sums

_ALL = 0.999  # a share counts as everything from here
_FINE = 1e-4  # of a share


def variance_shares(found: Sums, confidence: float) -> pd.DataFrame:
    """Share of each level in the sum of all variances, the columns given (intraclass correlation).

    Intervals by the profile of the restricted likelihood: shares that are less likely than the best by no more than the
    quantile of χ² with one degree of freedom, the other level at its best for each. They end at 0 where chance alone would
    do, and reach far up where groups are few.

    Parameters
    ----------
    found : Sums
        Sums of the rows.
    confidence : float
        Level of the intervals.

    Returns
    -------
    pd.DataFrame
        Index ``inner`` and, with an outer level, ``outer``; ``estimate``, ``low``, ``high`` between 0 and 1.

    Raises
    ------
    UnfitDesign
        Where almost nothing varies inside the groups.
    """
    ratio, _ = best_ratio(found, "reml")
    best = ratio / (1 + ratio.sum())
    far = profile(found, ratio, "reml").deviance + stats.chi2.ppf(confidence, 1)
    rows = {}
    for i, level in enumerate(LEVELS[: 1 + (len(found.outer) > 0)]):
        beyond = _beyond(found, i, far)
        low = 0.0 if beyond(0.0) <= 0 else brentq(beyond, 0.0, best[i], xtol=_FINE)
        high = 1.0 if best[i] >= _ALL or beyond(_ALL) <= 0 else brentq(beyond, best[i], _ALL, xtol=_FINE)
        rows[level] = {"estimate": best[i], "low": min(low, best[i]), "high": max(high, best[i])}
    return pd.DataFrame.from_dict(rows, orient="index")


def _beyond(found: Sums, level: int, far: float) -> Callable[[float], float]:
    """Return how far the best deviance at a share of one level lies beyond the limit."""

    def at(share: float, other: float = 0.0) -> float:
        shares = np.array([share, other] if level == 0 else [other, share])
        return profile(found, shares / (1 - share - other), "reml").deviance - far

    def over_other(share: float) -> float:
        def given(other: float) -> float:
            return at(share, other)

        inside = minimize_scalar(given, bounds=(0.0, (1 - share) * _ALL), method="bounded", options={"xatol": _FINE})
        return min(float(inside.fun), at(share))

    return over_other if len(found.outer) else at
