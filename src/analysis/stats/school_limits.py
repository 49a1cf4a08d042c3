"""Within which limits chance, and what schools usually differ by, leave a school's mean: funnel and caterpillar."""

import numpy as np

READING_PAIRS = 1.39
"""Half-width in standard errors at which two equally sure bars that do not touch differ at 95 % (Goldstein & Healy 1995)."""
_TAILS = (0.10, 0.90)


def overdispersion(effect: np.ndarray, n: np.ndarray, variance: float) -> float:
    """Return the variance that schools show beyond chance, by Spiegelhalter's additive rule.

    With q = r̄/√(σ²/n), winsorised at its 10 % and 90 % quantiles, φ = mean q², w = n/σ² and G schools,
    ``τ² = max(0, (Gφ − (G − 1)) / (Σw − Σw²/Σw))`` (Spiegelhalter 2005, Stat. Med. 24, 1185–1202).

    Parameters
    ----------
    effect : (G,) array
        Mean residual of each school.
    n : (G,) array
        Pupils behind it.
    variance : float
        σ² of pupils within schools.

    Returns
    -------
    float
        In the unit of the effects, squared; 0 where schools differ no more than chance, and with one school.
    """
    if len(effect) < 2:
        return 0.0
    q = effect / np.sqrt(variance / n)
    q = np.clip(q, *np.quantile(q, _TAILS))
    w = n / variance
    extra = (q**2).sum() - (len(q) - 1)
    return max(0.0, float(extra / (w.sum() - (w**2).sum() / w.sum())))


def funnel_spread(effect: np.ndarray, n: np.ndarray, variance: float) -> np.ndarray:
    """Return the standard deviation behind the funnel's limits at each school's size, ``√(σ²/n + τ²)``."""
    return np.asarray(np.sqrt(variance / n + overdispersion(effect, n, variance)))
