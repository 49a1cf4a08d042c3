"""Intervals of means, differences and shares, from sums that groupby gives."""

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

_CERTAIN = 0.999  # where Fisher's transformation ends
_NO_SPREAD = 1e-9  # the SD of equal values is zero but for the arithmetic


def mean_interval(n: pd.Series, mean: pd.Series, sd: pd.Series, confidence: float) -> tuple[pd.Series, pd.Series]:
    """Student's interval of a mean.

    Parameters
    ----------
    n, mean, sd : pd.Series
        Number, mean and standard deviation (n − 1 below it) of each group.
    confidence : float
        Level, 0.90 or 0.95.

    Returns
    -------
    tuple of pd.Series
        Low and high ends; missing where n < 2 or all values are equal, for they say nothing about their own error.
    """
    half = stats.t.ppf((1 + confidence) / 2, (n - 1).clip(lower=1)) * sd / np.sqrt(n.astype("float64"))
    half = half.where((n > 1) & (sd > _NO_SPREAD))
    return mean - half, mean + half


def part_against_whole(
    part_n: pd.Series, part_mean: pd.Series, part_sd: pd.Series, n: pd.Series, mean: pd.Series, sd: pd.Series,
    confidence: float,
) -> tuple[pd.Series, pd.Series, pd.Series]:  # fmt: skip
    """Difference of a part's mean to the mean of the whole that contains it, with a Welch interval.

    The part and the rest are independent, so the difference is ``(1 − p)·(part − rest)`` with p the part's share;
    its variance is ``(1 − p)²·(s₁²/n₁ + s₂²/n₂)``, degrees of freedom by Welch and Satterthwaite.

    Returns
    -------
    tuple of pd.Series
        Estimate, low, high; ends missing where the part or the rest has fewer than two members, or the part no spread.
    """
    part_n, n = part_n.astype("float64"), n.astype("float64")
    rest_n = n - part_n
    rest_mean = (n * mean - part_n * part_mean) / rest_n.where(rest_n > 0)
    total_ss = (n - 1) * sd**2 + n * mean**2
    part_ss = (part_n - 1) * part_sd**2 + part_n * part_mean**2
    rest_var = ((total_ss - part_ss - rest_n * rest_mean**2) / (rest_n - 1).where(rest_n > 1)).clip(lower=0)
    share = part_n / n
    v1, v2 = part_sd**2 / part_n, rest_var / rest_n
    df = (v1 + v2) ** 2 / (v1**2 / (part_n - 1).where(part_n > 1) + v2**2 / (rest_n - 1).where(rest_n > 1))
    half: pd.Series[float] = (
        pd.Series(stats.t.ppf((1 + confidence) / 2, df), index=part_n.index) * (1 - share) * np.sqrt(v1 + v2)
    )
    half = half.where(part_sd > _NO_SPREAD)
    estimate = part_mean - mean
    return estimate, estimate - half, estimate + half


def share_interval(count: pd.Series, n: pd.Series, confidence: float) -> tuple[pd.Series, pd.Series]:
    """Wilson's interval of a share, in percent."""
    low, high = proportion_confint(count.astype("float64"), n.astype("float64"), 1 - confidence, method="wilson")
    share = 100 * count / n
    return np.minimum(100 * low, share), np.maximum(100 * high, share)


def transformed_rank(rho: np.ndarray, n: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Fisher's transformation of Spearman's correlation and its error ``√((1 + ρ²/2)/(n − 3))`` (Bonett and Wright 2000).

    Parameters
    ----------
    rho, n : np.ndarray
        Correlations, and pairs behind each (4 at least).

    Returns
    -------
    tuple of np.ndarray
        ``atanh ρ`` and its error; correlations of nearly ±1 are taken as ±0.999.
    """
    inside = np.clip(rho, -_CERTAIN, _CERTAIN)
    return np.arctanh(inside), np.sqrt((1 + inside**2 / 2) / (n - 3))


def rank_interval(rho: np.ndarray, n: np.ndarray, confidence: float) -> tuple[np.ndarray, np.ndarray]:
    """Interval of Spearman's correlation, ``tanh(atanh ρ ± z·error)`` with :func:`transformed_rank`; ends hold ``rho``."""
    middle, error = transformed_rank(rho, n)
    half = stats.norm.ppf((1 + confidence) / 2) * error
    return np.minimum(np.tanh(middle - half), rho), np.maximum(np.tanh(middle + half), rho)
