"""The nested Gaussian model: pupils in schools, schools in municipalities, exact from sums by group.

``y = Xβ + u[outer] + v[inner] + e`` with variances τ₂², τ₁², σ². With the ratios ρ₁ = τ₁²/σ², ρ₂ = τ₂²/σ² the inverse
of ``V = I + ρ₁Z₁Z₁' + ρ₂Z₂Z₂'`` needs of each group no more than its size and sums, so that a step of the search is
one pass over the groups and one matrix of the columns' size inverted (the profiled criterion of Bates et al. 2015,
J. Stat. Softw. 67(1), section 3.4, with the sparse factor written out for nested groups).
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from analysis.stats.mixed.design import Column, Columns, UnfitDesign
from analysis.stats.mixed.search import lowest
from analysis.stats.mixed.sums import Sums, sums

Method = Literal["reml", "ml"]
LEVELS = ("inner", "outer")
#: Largest share of a group mean's variance that lies between groups; beyond it nothing varies inside them.
LARGEST_SHARE = 1 - 1e-9
#: Slope of the deviance, per unit of a share, that counts as none.
LEVEL_ENOUGH = 1e-3


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
    inverse: np.ndarray
    inner: np.ndarray
    outer: np.ndarray
    inner_weight: np.ndarray
    outer_weight: np.ndarray


def fit_nested(
    y: Column, x: Columns, inner: Column, outer: Column | None = None, *, method: Method = "reml"
) -> NestedFit:
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
    ratio, curvature = best_ratio(found, method)
    best = profile(found, ratio, method)
    back = np.linalg.inv(found.triangle)
    covariance = best.residual * back @ best.inverse @ back.T
    inner, outer = _effects(found, ratio, best)
    return NestedFit(
        coefficients=found.ols + back @ best.solved,
        errors=np.sqrt(np.diag(covariance)),
        covariance=covariance,
        variance_outer=float(ratio[1] * best.residual),
        variance_inner=float(ratio[0] * best.residual),
        variance_residual=best.residual,
        variance_errors=_variance_errors(found, ratio, curvature, best, method),
        boundary=tuple(level for level, part in zip(_levels(found), ratio, strict=False) if part == 0),
        log_likelihood=-best.deviance / 2,
        method=method,
        n=found.n,
        inner=inner,
        outer=outer,
    )


def _levels(found: Sums) -> tuple[str, ...]:
    return LEVELS if len(found.outer) else LEVELS[:1]


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
    inverse = np.linalg.inv(cross[:-1, :-1])
    solved = inverse @ cross[:-1, -1]
    rest, freedom = cross[-1, -1] - solved @ cross[:-1, -1], found.n - (found.p if method == "reml" else 0)
    residual = float(rest / freedom)
    deviance = freedom * (np.log(2 * np.pi * residual) + 1) - np.log(keep).sum() - np.log(outer_keep).sum()
    turned = np.append(-solved, 1.0)
    rest_slope = -np.array([((part @ turned) ** 2).sum() for part in (inner, outer)])
    slope = freedom * rest_slope / rest + np.array([inner_weight.sum(), outer_weight.sum()])
    if method == "reml":
        deviance += np.linalg.slogdet(cross[:-1, :-1])[1] + 2 * np.log(np.abs(np.diag(found.triangle))).sum()
        slope -= [(inverse * (part[:, :-1].T @ part[:, :-1])).sum() for part in (inner, outer)]
    return Profile(
        float(deviance), slope, residual, rest_slope / residual, solved, inverse, inner @ turned, outer @ turned,
        inner_weight, outer_weight,
    )  # fmt: skip


def best_ratio(found: Sums, method: Method) -> tuple[np.ndarray, np.ndarray]:
    """Find the likeliest ratios (ρ₁, ρ₂), searched as shares ρ/(ρ + scale): from 0, which is found as such, to 1, smoothly.

    Returns
    -------
    tuple
        The ratios, and the second derivatives of the profiled deviance in those that are not 0.
    """
    scale = np.array([len(found.size), len(found.first)]) / found.n

    def at(share: np.ndarray) -> tuple[float, np.ndarray]:
        here = profile(found, scale * share / (1 - share), method)
        return here.deviance, here.slope * scale / (1 - share) ** 2

    free = np.array([True, len(found.outer) > 0])
    best = lowest(at, free / 2, np.zeros(2), free * LARGEST_SHARE)
    if best.point.max() >= LARGEST_SHARE or best.left > LEVEL_ENOUGH:
        raise UnfitDesign("almost nothing varies inside the groups: compare the groups' own values")
    to_ratio = ((1 - best.point) ** 2 / scale)[best.inside]
    return scale * best.point / (1 - best.point), best.curvature * np.outer(to_ratio, to_ratio)


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
