"""What simpler rules would say of the same groups: the most striking, tests one by one, tests corrected for their number.

They stand beside the naming rule in the notebook on methods and in the measured evidence, and nowhere on a page.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

Flags = npt.NDArray[np.bool_]
LEVEL, FALSE_SHARE, LONGEST = 0.05, 0.10, 10


def rivals(groups: pd.DataFrame, material: float) -> dict[str, Flags]:
    """Tell which groups each simpler rule would name.

    Parameters
    ----------
    groups : pd.DataFrame
        Groups large enough to be named: ``n``, ``raw`` (mean in SDs from the country), ``raw_se``, ``own_raw`` (from the
        municipality's mean) and ``own_se``.
    material : float
        SDs behind the country that matter; one rule tests against them, the others against zero.

    Returns
    -------
    dict of str to array of bool
        Rules by name: the ten most striking by ``√n·gap``; p below 0.05 one by one; Benjamini & Hochberg (1995) at 10 %,
        against zero and against the material gap. Each also as ``…_both``, which asks for the same of the gap to the
        municipality: listed only what is below both, tested by the larger p (two-sided, and behind).
    """
    country = _p(groups["raw"], groups["raw_se"])
    far = _p(groups["raw"] + material, groups["raw_se"])
    own = _p(groups["own_raw"], groups["own_se"])
    striking = (-groups["raw"] * np.sqrt(groups["n"])).to_numpy()
    behind = (groups["own_raw"] < 0).to_numpy()
    found = {
        "top": _highest(striking, np.ones(len(groups), dtype="bool")),
        "top_both": _highest(striking, behind),
        "each": country < LEVEL,
        "each_both": np.maximum(country, own) < LEVEL,
        "bh": false_discovery(country),
        "bh_both": false_discovery(np.maximum(country, own)),
        "bh_far": false_discovery(far),
        "bh_far_both": false_discovery(np.maximum(far, own)),
    }
    return {name: np.asarray(flags, dtype="bool") for name, flags in found.items()}


def false_discovery(p: npt.NDArray[np.float64], share: float = FALSE_SHARE) -> Flags:
    """Reject by Benjamini & Hochberg; only what lies behind has a p below one."""
    return np.asarray(stats.false_discovery_control(p) <= share) if len(p) else np.zeros(0, dtype="bool")


def _p(gap: "pd.Series[float]", se: "pd.Series[float]") -> npt.NDArray[np.float64]:
    """Two-sided p of a gap, one where it points upwards."""
    z = (gap / se.where(se > 0)).fillna(0.0).to_numpy(dtype="float64")
    return np.where(z < 0, 2 * stats.norm.sf(np.abs(z)), 1.0)


def _highest(score: Any, allowed: Flags) -> Flags:
    flags = np.zeros(len(score), dtype="bool")
    order = np.argsort(np.where(allowed, -score, np.inf), kind="stable")[:LONGEST]
    flags[order[allowed[order]]] = True
    return flags
