"""How far units really differ, judged from all of them together, and which of them can be named."""

import numpy as np
from scipy import stats

_SPREADS = np.concatenate([[0.001], np.geomspace(0.002, 0.15, 96)])
_USUAL = 0.03
"""True spread of units that is taken as usual before the data speak: three percentage points (half normal)."""


def shrunken(mean: np.ndarray, error: np.ndarray, judged: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Draw means towards zero by as much as all units together say that they are noise.

    The means are normal around zero with variance τ² + error². How sure the data are of τ goes into the result: it is
    averaged over a grid of τ with its likelihood, instead of one τ² by moments, whose intervals are far too narrow where
    units are few or hardly differ (decision 0018).

    Parameters
    ----------
    mean, error : ndarray, shape (units,)
        Mean of each unit and its standard error, as shares (0.01 is a percentage point).
    judged : ndarray of bool, shape (units,)
        Units that have enough pupils to tell how far units differ; the others are only drawn.

    Returns
    -------
    tuple of ndarray
        Posterior mean and standard deviation of each unit.
    """
    variance = _SPREADS[:, None] ** 2 + error[None, :] ** 2
    fit = -0.5 * (np.log(variance) + mean**2 / variance)[:, judged].sum(axis=1)
    fit += np.log(np.gradient(_SPREADS)) - 0.5 * (_SPREADS / _USUAL) ** 2
    weight = np.exp(fit - fit.max())
    weight = (weight / weight.sum())[:, None]
    kept = _SPREADS[:, None] ** 2 / variance
    drawn = (weight * kept * mean).sum(axis=0)
    square = (weight * (kept * error**2 + (kept * mean) ** 2)).sum(axis=0)
    return drawn, np.sqrt(np.maximum(square - drawn**2, 1e-12))


def discoveries(z: np.ndarray, level: float) -> np.ndarray:
    """Benjamini and Hochberg (1995): which two-sided tests stand when a share ``level`` of those named may be chance."""
    if not len(z):
        return np.zeros(0, dtype=bool)
    p = 2 * stats.norm.sf(np.abs(z))
    found: np.ndarray = stats.false_discovery_control(p, method="bh") <= level
    return found
