"""What municipalities and schools had beyond the signs of their earlier pupils, shrunken: a shift of the logit."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.special import expit

PLACES = ("municipality_id", "school_id")
"""Largest first: a school's shift is what its municipality's leaves."""
Shifts = Mapping[str, "pd.Series[float]"]


def shifts(learn: pd.DataFrame, logit: np.ndarray) -> Shifts:
    """Learn by how much the logits of each place were too low or too high.

    One Newton step a place, ``d = Σ(y − p)/Σv`` with ``v = p(1 − p)`` and error variance ``1/Σv``; the variance between
    places by weighted moments (DerSimonian and Laird 1986); each ``d`` shrunken by it. Where places do not differ more
    than chance would have it, or there is only one, nothing is shifted.

    Parameters
    ----------
    learn : pd.DataFrame
        Pupils that are learnt from: ``event`` and the places where they were at the stage.
    logit : np.ndarray
        Shape (n,), of the signs.

    Returns
    -------
    mapping of str to Series
        By column of :data:`PLACES`: the shift of each place.
    """
    found: dict[str, pd.Series[float]] = {}
    for place in PLACES:
        p = expit(logit + shift_of(learn, found))
        sums = pd.DataFrame({"r": learn["event"] - p, "v": p * (1 - p)}).groupby(learn[place].astype("str")).sum()
        v, d = sums["v"], sums["r"] / sums["v"]
        freedom = float(v.sum() - (v**2).sum() / v.sum())
        between = max(0.0, (float((v * d**2).sum()) - (len(d) - 1)) / freedom) if len(d) > 1 else 0.0
        found[place] = d * between / (between + 1 / v)
    return found


def shift_of(pupils: pd.DataFrame, learnt: Shifts) -> np.ndarray:
    """Return the shift of each pupil, shape (n,); none from a place that was not learnt from."""
    total = np.zeros(len(pupils))
    for place, shift in learnt.items():
        total += pupils[place].astype("str").map(shift).fillna(0.0).to_numpy(dtype="float64")
    return total
