"""A line of its own for every school: random intercept and slope of one number, exact from sums by school.

``y = Xβ + b₀ + b₁w + e`` with (b₀, b₁) of covariance σ²LL'. With Z = (1, w) of a school and F = I + L'Z'ZL the inverse
``V⁻¹ = I − ZLF⁻¹L'Z'`` needs only Z'Z and Z'(X, y) of each school, and the slope of the deviance in L is ``2ML`` with M the
slope in the covariance itself: a best point on the edge (a variance of 0, a correlation of ±1) is known by M having
no direction downwards, which the factor alone does not show (Bates et al. 2015, J. Stat. Softw. 67(1)).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.stats.mixed.design import COLLINEAR, Column, Columns, LeastSquares, UnfitDesign, least_squares, numbered
from analysis.stats.mixed.nested import LEVEL_ENOUGH, Method
from analysis.stats.mixed.search import lowest

_LARGEST = 1e4  # of the factor, in units where 1 halves a mean school's own mean
_NUDGES = 4  # new starts where the search stopped at an edge that is no best point


@dataclass(frozen=True)
class SlopeFit:
    """A fitted model of lines.

    Attributes
    ----------
    coefficients, errors, covariance : np.ndarray
        β, standard errors and covariance, the variances taken as known.
    spread : np.ndarray
        Covariance (2, 2) of intercept and slope between groups.
    variance_residual : float
        σ².
    singular : bool
        Whether the best covariance lies on the edge: a variance of 0 or a correlation of ±1.
    log_likelihood : float
        With all constants, as R's ``logLik``.
    method : {"reml", "ml"}
        Which.
    n : int
        Rows.
    groups : pd.DataFrame
        By label: conditional modes ``intercept`` and ``slope`` (against β), ``intercept_sd``, ``slope_sd``, ``n``.
    """

    coefficients: np.ndarray
    errors: np.ndarray
    covariance: np.ndarray
    spread: np.ndarray
    variance_residual: float
    singular: bool
    log_likelihood: float
    method: Method
    n: int
    groups: pd.DataFrame


@dataclass(frozen=True)
class _Sums:
    """Of each group Z'Z (J, 2, 2) and Z'(Q, r) (J, 2, p + 1); of all rows the cross products of (Q, r), and log|R|."""

    own: np.ndarray
    with_columns: np.ndarray
    cross: np.ndarray
    n: int
    log_triangle: float


@dataclass(frozen=True)
class _Profile:
    deviance: float
    slope: np.ndarray
    residual: float
    solved: np.ndarray
    factor: np.ndarray
    modes: np.ndarray
    spreads: np.ndarray


def fit_slope(y: Column, x: Columns, group: Column, slope: Column, *, method: Method = "reml") -> SlopeFit:
    """Fit an intercept and a slope for every group.

    Parameters
    ----------
    y : (n,) numbers
        Outcome.
    x : (n, p) numbers
        Columns with the intercept, and with ``slope`` where the mean slope is not 0.
    group : (n,) labels
        For example schools.
    slope : (n,) numbers
        Whose slope varies, for example the earlier result.
    method : {"reml", "ml"}
        Restricted or full maximum likelihood.

    Raises
    ------
    UnfitDesign
        As :func:`analysis.stats.mixed.sums.sums`, and where fewer than two groups hold more than one value of ``slope``, or
        intercepts and slopes cannot be told from the columns or from the rows' own spread.
    """
    flat = least_squares(y, x, {"group": group, "slope": slope})
    codes, labels = numbered(group, "group")
    w = np.asarray(slope, dtype="float64")
    if not np.isfinite(w).all() or not w.std() > COLLINEAR * np.abs(w).max():
        raise UnfitDesign("slope is constant or not finite everywhere: leave those rows out, or fit intercepts alone")
    back = np.array([[1.0, -w.mean() / w.std()], [0.0, 1 / w.std()]])
    found = _sums(flat, codes, (w - w.mean()) / w.std())
    scale = np.sqrt(len(labels) / found.n)
    factor = _best_factor(found, scale, method)
    best = _profile(found, factor, method)
    turn = np.linalg.inv(flat.triangle)
    covariance = best.residual * turn @ np.linalg.solve(best.factor @ best.factor.T, turn.T)
    modes, sds = best.modes @ back.T, np.sqrt(np.einsum("ik,jkl,il->ji", back, best.spreads, back))
    columns = {"intercept": modes[:, 0], "slope": modes[:, 1], "intercept_sd": sds[:, 0], "slope_sd": sds[:, 1]}
    return SlopeFit(
        coefficients=flat.coefficients + turn @ best.solved,
        errors=np.sqrt(np.diag(covariance)),
        covariance=covariance,
        spread=best.residual * (back @ factor) @ (back @ factor).T,
        variance_residual=best.residual,
        singular=bool(np.diag(factor).min() < COLLINEAR * scale),
        log_likelihood=-best.deviance / 2,
        method=method,
        n=found.n,
        groups=pd.DataFrame(columns | {"n": found.own[:, 0, 0].astype("int64")}, labels),
    )


def _sums(flat: LeastSquares, codes: np.ndarray, w: np.ndarray) -> _Sums:
    """Sum by group and check that intercepts and slopes can be told from columns and chance."""
    z, rows = np.vstack([np.ones_like(w), w]), np.vstack([flat.q.T, flat.rest])
    own = np.array([[np.bincount(codes, a * b) for b in z] for a in z]).transpose(2, 0, 1)
    with_columns = np.array([[np.bincount(codes, a * b) for b in rows] for a in z]).transpose(2, 0, 1)
    n, p = flat.q.shape
    log_triangle = float(np.log(np.abs(np.diag(flat.triangle))).sum())
    inverse, rank = (
        np.linalg.pinv(own, rtol=COLLINEAR, hermitian=True),
        np.linalg.matrix_rank(own, rtol=COLLINEAR, hermitian=True),
    )
    columns = with_columns[:, :, :-1]
    spanned = (np.linalg.eigvalsh(np.einsum("jka,jkl,jlb->ab", columns, inverse, columns)) > 1 - COLLINEAR).sum()
    if (rank == 2).sum() < 2:
        raise UnfitDesign("fewer than two groups hold more than one value of slope: fit intercepts alone")
    if rank.sum() - spanned < 3 or n - p - rank.sum() + spanned < 1:
        raise UnfitDesign("too few groups, or too few rows in them, to tell intercepts, slopes and chance apart")
    return _Sums(own, with_columns, rows @ rows.T, n, log_triangle)


def _profile(found: _Sums, factor: np.ndarray, method: Method) -> _Profile:
    """Evaluate the deviance and its slope in the covariance LL' at a factor L, over β and σ² at their best."""
    core = np.linalg.inv(np.eye(2) + factor.T @ found.own @ factor)
    shrink = factor @ core @ factor.T
    left = found.with_columns - found.own @ shrink @ found.with_columns
    cross = found.cross - np.einsum("jka,jkl,jlb->ab", found.with_columns, shrink, found.with_columns)
    chol = np.linalg.cholesky(cross[:-1, :-1])
    solved = np.linalg.solve(cross[:-1, :-1], cross[:-1, -1])
    rest, freedom = cross[-1, -1] - solved @ cross[:-1, -1], found.n - (len(solved) if method == "reml" else 0)
    residual = float(rest / freedom)
    turned = left @ np.append(-solved, 1.0)
    deviance = freedom * (np.log(2 * np.pi * residual) + 1) - np.linalg.slogdet(core)[1].sum()
    slope = (found.own - found.own @ shrink @ found.own).sum(axis=0) - turned.T @ turned / residual
    if method == "reml":
        deviance += 2 * np.log(np.diag(chol)).sum() + 2 * found.log_triangle
        columns = np.linalg.solve(chol, left[:, :, :-1].transpose(0, 2, 1))
        slope -= np.einsum("jak,jal->kl", columns, columns)
    modes = turned @ (factor @ factor.T)
    return _Profile(float(deviance), slope, residual, solved, chol, modes, residual * shrink)


def _best_factor(found: _Sums, scale: float, method: Method) -> np.ndarray:
    """Find the lower triangular factor; leave an edge that is no best point along the steepest way down."""
    place = np.array([0, 1, 1]), np.array([0, 0, 1])

    def matrix(numbers: np.ndarray) -> np.ndarray:
        factor = np.zeros((2, 2))
        factor[place] = scale * numbers
        return factor

    def at(numbers: np.ndarray) -> tuple[float, np.ndarray]:
        here = _profile(found, matrix(numbers), method)
        return here.deviance, 2 * scale * (here.slope @ matrix(numbers))[place]

    start, high = np.array([1.0, 0.0, 1.0]), np.full(3, _LARGEST)
    for _ in range(_NUDGES):
        best = lowest(at, start, np.array([0.0, -_LARGEST, 0.0]), high)
        factor = matrix(best.point)
        downhill, directions = np.linalg.eigh(scale**2 * _profile(found, factor, method).slope)
        if best.left < LEVEL_ENOUGH and downhill[0] > -LEVEL_ENOUGH and np.abs(best.point).max() < _LARGEST:
            return np.where(np.abs(factor) < COLLINEAR * scale, 0.0, factor)
        nudged = factor @ factor.T + (0.3 * scale) ** 2 * np.outer(directions[:, 0], directions[:, 0])
        start = np.linalg.cholesky(nudged + (0.01 * scale) ** 2 * np.eye(2))[place] / scale
    raise UnfitDesign("almost nothing varies around the groups' own lines: compare the lines themselves")
