"""How consistent a scale is, how much schools differ on it, and how well a school's mean tells it from others."""

import warnings
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from statsmodels.multivariate.factor import Factor

from analysis.stats.climate.answers import Floats
from analysis.stats.skills.items import alpha

FEWEST = 30  # respondents with every item, below which neither alpha nor omega is given
_NO_SPREAD = 1e-12
_NOTHING_OWN = 1e-6  # an item that is the factor itself: the model does not fit (Heywood's case)


@dataclass(frozen=True)
class Consistency:
    """Alpha and omega of a scale, and the respondents with every item on whom they rest; missing where they cannot be told."""

    alpha: float
    omega: float
    n: int


def consistency(values: Floats) -> Consistency:
    """Cronbach's alpha and McDonald's omega of one common factor.

    ω = (Σλ)² / ((Σλ)² + Σ(1 − λ²)) with the loadings λ of a maximum-likelihood factor of the items' correlations
    (McDonald 1999). Both are of the respondents who answered every item.

    Parameters
    ----------
    values : (respondents, items) array
        Answers to the items of one scale, all in one direction.

    Returns
    -------
    Consistency
        Omega is missing with fewer than three items, for which a factor is not determined.
    """
    whole = values[~np.isnan(values).any(axis=1)]
    if len(whole) < FEWEST:
        return Consistency(float("nan"), float("nan"), len(whole))
    return Consistency(alpha(whole), _omega(whole), len(whole))


def _omega(whole: Floats) -> float:
    spread = whole.std(axis=0)
    if whole.shape[1] < 3 or (spread < _NO_SPREAD).any():
        return float("nan")
    correlations = np.corrcoef(whole, rowvar=False)
    k = len(correlations)
    start = np.full((k, 1), np.sqrt(np.clip((correlations.sum() - k) / (k * (k - 1)), 0.01, 0.99)))  # drawn otherwise
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # lost precision at the maximum, and a uniqueness of nothing, are judged below
        factor = Factor(corr=correlations, n_factor=1, method="ml", nobs=len(whole))
        loadings = factor.fit(start=(start, 1 - start[:, 0] ** 2)).loadings[:, 0]
    common, own = float(loadings.sum() ** 2), 1 - loadings**2
    return common / (common + float(own.sum())) if (own > _NOTHING_OWN).all() else float("nan")


@dataclass(frozen=True)
class Between:
    """Share of the variance between schools (ICC₁), reliability of the mean of schools as they are (ICC₂), variances."""

    icc: float
    icc2: float
    schools: int
    between: float
    within: float


def between_schools(score: Floats, school: npt.NDArray[np.int64]) -> Between:
    """Variance between schools, by one-way analysis of variance with unequal sizes.

    ICC₁ = (MSB − MSW) / (MSB + (n₀ − 1) MSW) with n₀ = (N − Σn²/N) / (G − 1); ICC₂ = (MSB − MSW) / MSB.

    Parameters
    ----------
    score : (n,) array
        Scores without missing values.
    school : (n,) array
        Number of each respondent's school.

    Returns
    -------
    Between
        All missing where fewer than two schools, or no school with two respondents, are there; never below zero.
    """
    size = np.bincount(school)
    size = size[size > 0]
    groups, n = len(size), len(score)
    if groups < 2 or n - groups < 1:
        return Between(float("nan"), float("nan"), groups, float("nan"), float("nan"))
    _, at = np.unique(school, return_inverse=True)
    means = np.bincount(at, weights=score) / size
    msb = float((size * (means - score.mean()) ** 2).sum()) / (groups - 1)
    msw = float(((score - means[at]) ** 2).sum()) / (n - groups)
    n0 = (n - (size**2).sum() / n) / (groups - 1)
    between = max((msb - msw) / n0, 0.0)
    total = between + msw
    return Between(
        between / total if total > _NO_SPREAD else 0.0, max(msb - msw, 0.0) / msb if msb > _NO_SPREAD else 0.0, groups,
        between, msw,
    )  # fmt: skip


def of_mean(icc: float | Floats, n: Floats) -> Floats:
    """Reliability of the mean of n respondents of one school: n·ICC / (1 + (n − 1)·ICC) (Spearman and Brown)."""
    found: Floats = n * icc / (1 + (n - 1) * icc)
    return found
