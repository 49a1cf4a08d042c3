"""Groups that are not nested (pupils by school and by home area): statsmodels' mixed model behind guards.

It is slow, and its optimisers can return a variance of 0, or a wrong intercept, as converged. So every fit is held against two
independent computations, the moments of the analysis of variance and least squares; where it fails them, least squares
with errors that allow for the groups takes its place, or the fit is refused.
"""

import warnings
from dataclasses import dataclass

import numpy as np
from scipy import stats
from statsmodels.regression.linear_model import OLS
from statsmodels.regression.mixed_linear_model import MixedLM, VCSpec

from analysis.stats.mixed.design import Column, Columns, UnfitDesign, least_squares, numbered, numbers
from analysis.stats.mixed.nested import Method

#: A moment is clearly above 0 where chance alone gives its F so rarely.
CLEARLY = 0.001
#: A variance below this part of the residual one is 0.
NOTHING = 1e-4
#: A coefficient this many standard errors of least squares away from it is no mixed model's.
FAR = 5.0


@dataclass(frozen=True)
class CrossedFit:
    """A fit with groups of any design.

    Attributes
    ----------
    coefficients, errors : np.ndarray
        β and standard errors.
    variances : dict
        Level → variance between its groups; empty where least squares took over.
    variance_residual : float
        σ².
    moments : dict
        Level → the same variances by analysis of variance, the independent computation.
    engine : {"mixed model", "least squares, cluster-robust errors"}
        What gave the figures.
    reason : str
        Why not the mixed model; empty where it holds.
    n : int
        Rows.
    """

    coefficients: np.ndarray
    errors: np.ndarray
    variances: dict[str, float]
    variance_residual: float
    moments: dict[str, float]
    engine: str
    reason: str
    n: int


def fit_crossed(y: Column, x: Columns, groups: dict[str, Column], *, method: Method = "reml") -> CrossedFit:
    """Fit groups of several kinds at once.

    Parameters
    ----------
    y : (n,) numbers
        Outcome.
    x : (n, p) numbers
        Columns with the intercept.
    groups : dict
        Level → (n,) labels; the levels may cross.
    method : {"reml", "ml"}
        Restricted or full maximum likelihood.

    Raises
    ------
    UnfitDesign
        For rows as in :func:`analysis.stats.mixed.sums.sums`, and where the mixed model finds no variance that the moments
        clearly show.
    """
    flat = least_squares(y, x, groups)
    values, design = numbers(y, "y"), numbers(x, "x")
    codes = {level: numbered(labels, level)[0] for level, labels in groups.items()}
    tests = {level: _moment(flat.q, flat.rest, codes, level) for level in codes}
    moments = {level: moment for level, (moment, _) in tests.items()}
    plain = _cluster_robust(values, design, codes)
    fitted = _mixed_model(values, design, codes, method)
    if fitted is None:
        return _instead(plain, moments, "the mixed model did not converge")
    variances = dict(zip(sorted(codes), map(float, fitted.vcomp), strict=True))
    missed = [
        level
        for level, variance in variances.items()
        if variance < NOTHING * fitted.scale and tests[level][1] < CLEARLY
    ]
    if missed:
        raise UnfitDesign(
            f"no variance found between groups of {', '.join(missed)}, though they clearly differ: leave a level out"
        )
    coefficients = np.asarray(fitted.fe_params)
    if (np.abs(coefficients - plain.params) > FAR * plain.bse).any():
        return _instead(plain, moments, "the mixed model's coefficients lie far from those of least squares")
    errors = np.asarray(fitted.bse_fe)
    return CrossedFit(coefficients, errors, variances, float(fitted.scale), moments, "mixed model", "", len(values))


def _moment(q: np.ndarray, rest: np.ndarray, codes: dict[str, np.ndarray], level: str) -> tuple[float, float]:
    """Variance of a level by Henderson's method 3, given columns and other levels, and the p-value of its F.

    A level that others stand inside is judged by itself: given them nothing is left of it.
    """
    others = np.column_stack([q, *(_dummies(other) for name, other in codes.items() if name != level)])
    for fixed in (others, q):
        residual, freedom = _after(fixed, np.column_stack([rest, _dummies(codes[level])]))
        both, both_freedom = _after(np.column_stack([fixed, _dummies(codes[level])]), rest[:, None])
        gained, left = freedom - both_freedom, float((both**2).sum())
        if gained > 0 and both_freedom > 0:
            sigma, explained = left / both_freedom, float((residual[:, 0] ** 2).sum()) - left
            moment = (explained - gained * sigma) / (residual[:, 1:] ** 2).sum()
            return float(moment), float(stats.f.sf(explained / gained / sigma, gained, both_freedom))
    return float("nan"), 1.0


def _dummies(codes: np.ndarray) -> np.ndarray:
    return np.asarray(np.eye(codes.max() + 1)[codes])


def _after(fixed: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, int]:
    """Return what least squares on ``fixed`` leaves of the columns of ``values``, and its degrees of freedom."""
    solved, _, rank, _ = np.linalg.lstsq(fixed, values, rcond=1e-10)
    return values - fixed @ solved, len(fixed) - int(rank)


def _mixed_model(y: np.ndarray, x: np.ndarray, codes: dict[str, np.ndarray], method: Method):  # type: ignore[no-untyped-def]
    """Fit by Powell's method, the one that is right where the default is not; None where it fails."""
    names = sorted(codes)
    parts = [_dummies(codes[name]) for name in names]
    spec = VCSpec(names, [[list(map(str, range(part.shape[1])))] for part in parts], [[part] for part in parts])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            fitted = MixedLM(y, x, np.zeros(len(y)), exog_vc=spec).fit(reml=method == "reml", method="powell")
        except (np.linalg.LinAlgError, ValueError):
            return None
    return fitted if fitted.converged and np.isfinite(fitted.fe_params).all() else None


def _cluster_robust(y: np.ndarray, x: np.ndarray, codes: dict[str, np.ndarray]):  # type: ignore[no-untyped-def]
    """Least squares with errors by the level that has the fewest groups."""
    coarsest = min(codes, key=lambda level: (codes[level].max(), level))
    return OLS(y, x).fit(cov_type="cluster", cov_kwds={"groups": codes[coarsest]}, use_t=True)


def _instead(plain, moments: dict[str, float], reason: str) -> CrossedFit:  # type: ignore[no-untyped-def]
    engine = "least squares, cluster-robust errors"
    return CrossedFit(plain.params, plain.bse, {}, float(plain.scale), moments, engine, reason, int(plain.nobs))
