"""What is known of the cells' means once they are seen: the prior's variances fitted, and how unsure they stay."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import linalg, optimize

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

INTERCEPT = 0.05  # prior variance of what all cells share
_MU = np.log([0.02, 0.003, 0.01])  # prior of the logarithms of the variances: main effects, pairs, cells
_TAU = 1.2
_LEAST_CURVATURE = 0.3  # the prior alone has 1; along a flat ridge no point goes farther than √(d/0.3)


@dataclass(frozen=True)
class Fitted:
    """Posterior mean and covariance of the cells' means, the variances at their peak, and minus the log posterior there."""

    mean: Floats
    covariance: Floats
    theta: Floats
    objective: float


def posterior(codes: Integers, noise: Floats, r: Floats) -> Fitted:
    """Fit the variances and mix the cells' posterior over what the data leave open of them.

    Parameters
    ----------
    codes : (C, K) array of int
        Levels of the attributes of each cell.
    noise : (C,) array
        Error variance of each cell's mean.
    r : (C,) array
        Cells' means less the prior mean.
    """
    kernels = _kernels(codes)
    start = np.zeros(3)
    found = optimize.minimize(
        _objective, start, args=(kernels, noise, r), jac=True, method="L-BFGS-B", options={"gtol": 1e-6, "ftol": 1e-13}
    )
    points = _around(found.x, kernels, noise, r)
    parts = [_given(x, kernels, noise, r) for x in points]
    # Points lie where the normal curve through the peak has exp(-d/2) of its height; weights say what is really there.
    weights = np.exp(found.fun - np.array([value for _, _, value in parts]) + len(found.x) / 2)
    weights /= weights.sum()
    mean = sum(w * part for w, (part, _, _) in zip(weights, parts, strict=True))
    spread = sum(
        w * (covariance + np.outer(part - mean, part - mean))
        for w, (part, covariance, _) in zip(weights, parts, strict=True)
    )
    return Fitted(np.asarray(mean), np.asarray(spread), np.exp(_MU + _TAU * found.x), float(found.fun))


def _around(peak: Floats, kernels: tuple[Floats, Floats], noise: Floats, r: Floats) -> list[Floats]:
    """Place two points an axis of the variances' posterior, √d SDs from its peak: exact for cubics if it were normal."""
    step = 1e-3
    rows = [
        _objective(peak + step * axis, kernels, noise, r)[1] - _objective(peak - step * axis, kernels, noise, r)[1]
        for axis in np.eye(len(peak))
    ]
    curvature = np.array(rows) / (2 * step)
    values, vectors = np.linalg.eigh((curvature + curvature.T) / 2)
    spread = (vectors / np.maximum(values, _LEAST_CURVATURE)) @ vectors.T
    axes = np.sqrt(len(peak)) * np.linalg.cholesky(spread)  # any root will do; this one does not turn with rounding
    return [peak + sign * axis for axis in axes.T for sign in (1, -1)]


def _given(x: Floats, kernels: tuple[Floats, Floats], noise: Floats, r: Floats) -> tuple[Floats, Floats, float]:
    """Posterior mean and covariance of the cells' means given the variances, and the objective there."""
    theta = np.exp(_MU + _TAU * x)
    prior = INTERCEPT + theta[0] * kernels[0] + theta[1] * kernels[1]
    prior.flat[:: len(r) + 1] += theta[2]
    factor = linalg.cholesky(prior + np.diag(noise), lower=True, check_finite=False)
    half = linalg.solve_triangular(factor, np.column_stack([prior, r]), lower=True, check_finite=False)
    across, along = half[:, :-1], half[:, -1]
    value = 0.5 * along @ along + np.log(np.diag(factor)).sum() + 0.5 * x @ x
    return across.T @ along, prior - across.T @ across, float(value)


def _kernels(codes: Integers) -> tuple[Floats, Floats]:
    """Count the attributes on which cells agree, and the pairs of such attributes."""
    agree = np.zeros((len(codes), len(codes)))
    for column in codes.T:
        agree += column[:, None] == column[None, :]
    return agree, agree * (agree - 1) / 2


def _objective(x: Floats, kernels: tuple[Floats, Floats], noise: Floats, r: Floats) -> tuple[float, Floats]:
    """Minus the log posterior of the variances (x = their logarithms, standardised by the prior), and its gradient."""
    theta = np.exp(_MU + _TAU * x)
    total = INTERCEPT + theta[0] * kernels[0] + theta[1] * kernels[1]
    total.flat[:: len(r) + 1] += theta[2] + noise
    factor, failed = linalg.lapack.dpotrf(total, lower=1, clean=1)
    if failed:
        return np.inf, np.zeros(3)
    alpha, _ = linalg.lapack.dpotrs(factor, r, lower=1)
    value = 0.5 * r @ alpha + np.log(np.diag(factor)).sum() + 0.5 * x @ x
    inverse: Any = linalg.lapack.dpotri(factor, lower=1)[0]
    diagonal = np.diag(inverse)
    traces = [2 * np.vdot(inverse, k) - diagonal @ np.diag(k) for k in kernels] + [diagonal.sum()]
    fits = [alpha @ k @ alpha for k in kernels] + [alpha @ alpha]
    gradient = 0.5 * theta * (np.array(traces) - np.array(fits)) * _TAU + x
    return float(value), gradient
