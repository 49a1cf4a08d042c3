"""The nested Gaussian model: pupils in schools, schools in municipalities, exact from sums by group.

``y = Xβ + u[outer] + v[inner] + e`` with variances τ₂², τ₁², σ². With the ratios ρ₁ = τ₁²/σ², ρ₂ = τ₂²/σ² the inverse
of ``V = I + ρ₁Z₁Z₁' + ρ₂Z₂Z₂'`` needs of each group no more than its size and sums, so that a step of the search is
one pass over the groups and one small Cholesky factor (the profiled criterion of Bates et al. 2015, J. Stat. Softw.
67(1), section 3.4, with the sparse factor written out for nested groups).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy.optimize import minimize

from analysis.stats.mixed.sums import Column, Sums, UnfitDesign, sums

Method = Literal["reml", "ml"]
LEVELS = ("inner", "outer")
#: Largest share of a group mean's variance that lies between groups; beyond it nothing varies inside them.
LARGEST_SHARE = 1 - 1e-9
_STEP = 1e-5  # of the central difference of the exact slope
_LEVEL = 1e-3  # slope of the deviance, per unit of a share, that counts as none
_POLISH, _SETTLED = 10, 1e-9  # Newton steps after the search, and the move that ends them


@dataclass(frozen=True)
class NestedFit:
    """A fitted nested model.

    Attributes
    ----------
    coefficients, errors : np.ndarray
        β in the order of the columns, and standard errors, the variances taken as known.
    covariance : np.ndarray
        Of the coefficients.
    variance_outer, variance_inner, variance_residual : float
        τ₂² (0 where there is no outer level), τ₁², σ².
    variance_errors : np.ndarray
        Standard errors of the three variances, from the observed information; missing where a variance is 0.
    boundary : tuple of {"inner", "outer"}
        Levels whose best variance is exactly 0: the groups cannot be told from chance.
    log_likelihood : float
        Maximum of the restricted (REML) or full (ML) likelihood, with all constants, as R's ``logLik``.
    method : {"reml", "ml"}
        Which.
    n : int
        Rows.
    inner, outer : pd.DataFrame
        By label: ``effect`` (conditional mode), ``conditional_sd`` given variances and coefficients, ``n``; for inner
        groups also ``outer``, the label of the group they are in.
    """

    coefficients: np.ndarray
    errors: np.ndarray
    covariance: np.ndarray
    variance_outer: float
    variance_inner: float
    variance_residual: float
    variance_errors: np.ndarray
    boundary: tuple[str, ...]
    log_likelihood: float
    method: Method
    n: int
    inner: pd.DataFrame
    outer: pd.DataFrame


@dataclass(frozen=True)
class Profile:
    """The model at given ratios: best coefficients and residual variance, deviance, and its slope in the ratios."""

    deviance: float
    slope: np.ndarray
    residual: float
    residual_slope: np.ndarray
    solved: np.ndarray
    factor: np.ndarray
    inner: np.ndarray
    outer: np.ndarray
    inner_weight: np.ndarray
    outer_weight: np.ndarray


def fit_nested(
    y: Column, x: np.ndarray | pd.DataFrame, inner: Column,
    outer: Column | None = None, *, method: Method = "reml",
) -> NestedFit:  # fmt: skip
    """Fit one or two nested levels of groups to rows.

    Parameters
    ----------
    y : (n,) numbers
        Outcome.
    x : (n, p) numbers
        Columns with the intercept.
    inner, outer : (n,) labels
        Groups, and groups of groups where there are two levels.
    method : {"reml", "ml"}
        Restricted or full maximum likelihood.

    Returns
    -------
    NestedFit

    Raises
    ------
    UnfitDesign
        Where the data cannot carry the model (see :func:`analysis.stats.mixed.sums.sums`), or nothing varies inside groups.
    """
    return fit_sums(sums(y, x, inner, outer), method=method)


def fit_sums(found: Sums, *, method: Method = "reml") -> NestedFit:
    """Fit the model to sums that were made once; see :func:`fit_nested`."""
    scale = _ratio_scale(found)
    share, curvature = _best_share(found, scale, method)
    ratio = scale * share / (1 - share)
    best = profile(found, ratio, method)
    to_ratio = ((1 - share) ** 2 / scale)[share > 0]
    back = np.linalg.inv(found.triangle)
    half = back @ np.linalg.inv(best.factor).T
    covariance = best.residual * half @ half.T
    inner, outer = _effects(found, ratio, best)
    return NestedFit(
        coefficients=found.ols + back @ best.solved,
        errors=np.sqrt(np.diag(covariance)),
        covariance=covariance,
        variance_outer=float(ratio[1] * best.residual),
        variance_inner=float(ratio[0] * best.residual),
        variance_residual=best.residual,
        variance_errors=_variance_errors(found, ratio, curvature * np.outer(to_ratio, to_ratio), best, method),
        boundary=tuple(level for level, part in zip(_levels(found), ratio, strict=False) if part == 0),
        log_likelihood=-best.deviance / 2,
        method=method,
        n=found.n,
        inner=inner,
        outer=outer,
    )


def profile(found: Sums, ratio: np.ndarray, method: Method) -> Profile:
    """Evaluate the deviance, −2 log likelihood, at ratios (ρ₁, ρ₂), over β and σ² at their best.

    With d = 1/(1 + nρ₁), m = nd, M = Σm, t = Σds over the inner groups of an outer one:
    ``Z'V⁻¹Z = within + Σ(d/n)ss' − Σρ₂/(1 + ρ₂M)·tt'`` and ``log|V| = −Σlog d + Σlog(1 + ρ₂M)``. Its slopes are minus
    the cross products of ``1'V⁻¹Z`` over the groups of a level, which also give the conditional modes.
    """
    keep = 1 / (1 + found.size * ratio[0])
    weight, sums_kept = found.size * keep, found.total * keep[:, None]
    outer_weight, outer_sums = np.add.reduceat(weight, found.first), np.add.reduceat(sums_kept, found.first)
    outer_keep = 1 / (1 + ratio[1] * outer_weight)
    outer = outer_sums * outer_keep[:, None]
    cross = found.within + found.total.T @ (sums_kept / found.size[:, None]) - ratio[1] * outer_sums.T @ outer
    of = found.outer_of
    inner = sums_kept - ratio[1] * weight[:, None] * outer[of]
    inner_weight = weight - ratio[1] * weight**2 * outer_keep[of]
    outer_weight = outer_weight * outer_keep
    factor = np.linalg.cholesky(cross[:-1, :-1])
    solved = np.linalg.solve(cross[:-1, :-1], cross[:-1, -1])
    rest, freedom = cross[-1, -1] - solved @ cross[:-1, -1], found.n - (found.p if method == "reml" else 0)
    residual = float(rest / freedom)
    deviance = freedom * (np.log(2 * np.pi * residual) + 1) - np.log(keep).sum() - np.log(outer_keep).sum()
    turned = np.append(-solved, 1.0)
    rest_slope = -np.array([((part @ turned) ** 2).sum() for part in (inner, outer)])
    slope = freedom * rest_slope / rest + np.array([inner_weight.sum(), outer_weight.sum()])
    if method == "reml":
        deviance += 2 * np.log(np.diag(factor)).sum() + 2 * np.log(np.abs(np.diag(found.triangle))).sum()
        slope -= [(np.linalg.solve(factor, part[:, :-1].T) ** 2).sum() for part in (inner, outer)]
    return Profile(
        float(deviance), slope, residual, rest_slope / residual, solved, factor, inner @ turned, outer @ turned,
        inner_weight, outer_weight,
    )  # fmt: skip


def _levels(found: Sums) -> tuple[str, ...]:
    return LEVELS if len(found.outer) else LEVELS[:1]


def _ratio_scale(found: Sums) -> np.ndarray:
    """One over the mean size of the groups of each level: shares of a group mean's variance are then between 0 and 1."""
    return np.array([len(found.size), len(found.first)]) / found.n


def _best_share(found: Sums, scale: np.ndarray, method: Method) -> tuple[np.ndarray, np.ndarray]:
    """Find the ratios as shares ρ/(ρ + scale): a closed interval, smooth at 0, so that a variance of 0 is found as such.

    Returns the shares and the second derivatives of the deviance in those that are not 0.
    """

    def at(share: np.ndarray) -> tuple[float, np.ndarray]:
        here = profile(found, scale * share / (1 - share), method)
        return here.deviance, here.slope * scale / (1 - share) ** 2

    free = np.arange(2) < len(_levels(found))
    bounds = [(0.0, LARGEST_SHARE if level else 0.0) for level in free]
    found_ = minimize(at, free / 2, jac=True, method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-12, "gtol": 1e-5})
    share = found_.x
    for _ in range(_POLISH):
        inside, slope = share > 0, at(share)[1]
        curvature = _curvature(at, share)
        move = np.linalg.solve(curvature, slope[inside])
        if not np.abs(move).max(initial=0) < (1 - share).min() / 2:
            break
        share[inside] = np.maximum(share[inside] - move, 0)
        if np.abs(move).max(initial=0) < _SETTLED:
            break
    slope = at(share)[1]
    if (
        share.max() >= LARGEST_SHARE
        or np.abs(slope[share > 0]).max(initial=0) > _LEVEL
        or (slope[free] < -_LEVEL).any()
    ):
        raise UnfitDesign("almost nothing varies inside the groups: compare the groups' own values")
    return share, _curvature(at, share)


def _curvature(at: Callable[[np.ndarray], tuple[float, np.ndarray]], share: np.ndarray) -> np.ndarray:
    """Second derivatives by central differences of the exact slope."""
    inside = np.flatnonzero(share)
    steps = np.minimum(_STEP, np.minimum(share, 1 - share) / 2)
    rows = [
        (at(share + h)[1] - at(share - h)[1])[inside] / (2 * h[i])
        for i in inside
        for h in [steps * (np.arange(2) == i)]
    ]
    return np.reshape(rows, (len(inside), len(inside)))


def _variance_errors(
    found: Sums, ratio: np.ndarray, curvature: np.ndarray, best: Profile, method: Method
) -> np.ndarray:
    """Standard errors of (outer, inner, residual) from the observed information in (ρ, log σ²), by the delta method.

    Parameters
    ----------
    curvature : (k, k)
        Second derivatives of the profiled deviance in the ratios that are not 0.
    """
    inside = np.flatnonzero(ratio)
    freedom = found.n - (found.p if method == "reml" else 0)
    mixed = -best.residual_slope[inside]
    information = (
        np.block([[curvature + np.outer(mixed, mixed) / freedom, mixed[:, None]], [mixed[None, :], freedom]]) / 2
    )
    turn = np.zeros((3, len(inside) + 1))
    turn[1 - inside, np.arange(len(inside))] = best.residual
    turn[:, -1] = best.residual * np.array([ratio[1], ratio[0], 1.0])
    errors: np.ndarray = np.sqrt(np.diag(turn @ np.linalg.solve(information, turn.T)))
    errors[1 - np.flatnonzero(ratio == 0)] = np.nan
    return errors


def _effects(found: Sums, ratio: np.ndarray, best: Profile) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Conditional modes ρ·1'V⁻¹(y − Xβ) and SDs, σ²ρ(1 − ρ·1'V⁻¹1), of the groups of both levels."""
    modes = [ratio[0] * best.inner, ratio[1] * best.outer]
    spreads = [
        np.sqrt(best.residual * part * np.maximum(1 - part * weight, 0))
        for part, weight in zip(ratio, (best.inner_weight, best.outer_weight), strict=True)
    ]
    inner = pd.DataFrame(
        {"effect": modes[0], "conditional_sd": spreads[0], "n": found.size.astype("int64")}, found.inner
    )
    if not len(found.outer):
        return inner, inner.iloc[:0]
    n = np.add.reduceat(found.size, found.first).astype("int64")
    outer = pd.DataFrame({"effect": modes[1], "conditional_sd": spreads[1], "n": n}, found.outer)
    return inner.assign(outer=found.outer[found.outer_of]), outer
