"""The nested logit: how many fail, with schools in municipalities, by Laplace's approximation from counts by cell.

``count ~ Binomial(size, p)``, ``logit p = Xβ + b``, ``b = u[outer] + v[inner]`` with covariance T of blocks
``τ₁²I + τ₂²11'``. Of the cells a step needs, by school, the sums of ``count − size·p`` and of the weights ``size·p(1 − p)``:
the rest is closed form (:mod:`analysis.stats.mixed.laplace`). As R's ``glmer`` with ``nAGQ = 1``.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.special import expit

from analysis.stats.mixed.design import (
    Column,
    Columns,
    UnfitDesign,
    check_rows,
    names_of,
    nesting,
    numbers,
    orthonormal,
    parents,
)
from analysis.stats.mixed.laplace import Cells, Modes, inverted, laplace, modes
from analysis.stats.mixed.nested import LEVEL_ENOUGH, LEVELS
from analysis.stats.mixed.search import Lowest, lowest
from analysis.stats.mixed.sums import check_freedom

_STEPS, _SETTLED = 50, 1e-12  # Newton's steps without groups, and the size of the last one, squared, in errors
#: Mean weight p(1 − p) along a column below which the columns count as separating.
SEPARATED = 1e-6
#: Furthest from the fit without groups, in its standard errors, and largest variance: beyond, no estimate exists.
_FURTHEST, _LARGEST = 1e3, 100.0
_FIRST = 0.1  # variance to start from


@dataclass(frozen=True)
class SharesFit:
    """A fitted nested logit.

    Attributes
    ----------
    coefficients, errors, covariance : np.ndarray
        β on the logit scale, standard errors and covariance from the observed information, variances estimated with them.
    variance_outer, variance_inner : float
        τ₂² (0 where there is no outer level) and τ₁², logit scale.
    boundary : tuple of {"inner", "outer"}
        Levels whose best variance is exactly 0.
    log_likelihood : float
        Laplace's, of single pupils: without the binomial coefficients of cells, as R's ``logLik`` on rows of 0 and 1.
    n : int
        Pupils.
    inner, outer : pd.DataFrame
        By label: ``effect`` (conditional mode, logit scale), ``conditional_sd``, ``n``; inner groups also ``outer``.
    """

    coefficients: np.ndarray
    errors: np.ndarray
    covariance: np.ndarray
    variance_outer: float
    variance_inner: float
    boundary: tuple[str, ...]
    log_likelihood: float
    n: int
    inner: pd.DataFrame
    outer: pd.DataFrame


def fit_shares(count: Column, size: Column, x: Columns, inner: Column, outer: Column | None = None) -> SharesFit:
    """Fit one or two nested levels of groups to counts.

    Parameters
    ----------
    count, size : (c,) numbers
        Pupils of a cell who fail (or pass, or reach a level), and all of its pupils; rows of single pupils are cells of one.
    x : (c, p) numbers
        Columns with the intercept.
    inner, outer : (c,) labels
        Groups, and groups of groups where there are two levels.

    Raises
    ------
    UnfitDesign
        As :func:`analysis.stats.mixed.sums.sums`; and where nobody or everybody fails, or the columns or groups separate
        the two entirely.
    """
    labels = {"size": size, "inner": inner} | ({} if outer is None else {"outer": outer})
    counts, sizes, design = numbers(count, "count"), numbers(size, "size"), numbers(x, "x")
    check_rows(counts, design, labels, ["count", *names_of(x)])
    _check_counts(counts, sizes)
    codes, first, *names = nesting(inner, outer)
    q, triangle = orthonormal(design * np.sqrt(sizes)[:, None], names_of(x))
    cells = Cells(counts, sizes, q / np.sqrt(sizes)[:, None], codes, first, parents(first, len(names[0])))
    spanned = np.column_stack([cells.by_inner(sizes * column) for column in cells.x.T])
    check_freedom(cells.by_inner(sizes), spanned, first, outer is not None)
    cells, start, back, weight = _turned(cells)
    back = np.linalg.inv(triangle) @ back
    groups = np.array([len(names[0]), len(first)])
    measure = _Measure(groups / weight, np.sqrt(groups))
    best = _best(cells, start, measure, outer is not None)
    p = len(start)
    variance = measure.variance(best.point[p:])
    covariance = 2 * back @ np.linalg.inv(best.curvature)[:p, :p] @ back.T
    here = modes(cells, cells.x @ best.point[:p], variance, np.zeros(groups[0]))
    by_inner, by_outer = _effects(cells, here, variance, *names)
    return SharesFit(
        coefficients=back @ best.point[:p],
        errors=np.sqrt(np.diag(covariance)),
        covariance=covariance,
        variance_outer=float(variance[1]),
        variance_inner=float(variance[0]),
        boundary=tuple(level for level, part in zip(LEVELS[: len(labels) - 1], variance, strict=False) if part == 0),
        log_likelihood=-laplace(cells, here, variance)[0] / 2,
        n=int(sizes.sum()),
        inner=by_inner,
        outer=by_outer,
    )


def _check_counts(count: np.ndarray, size: np.ndarray) -> None:
    whole = (count == np.round(count)) & (size == np.round(size)) & (count >= 0) & (count <= size) & (size > 0)
    if not whole.all():
        raise UnfitDesign(
            "counts must be whole numbers from 0 to the size of their cell, sizes 1 or more: leave empty cells out"
        )
    if count.sum() in (0, size.sum()):
        raise UnfitDesign("nobody or everybody is counted: there is nothing to tell groups apart by")


def _turned(cells: Cells) -> tuple[Cells, np.ndarray, np.ndarray, float]:
    """Turn the columns so that the plain logit, without groups, has unit errors.

    Returns
    -------
    tuple
        The cells; the coefficients of the plain logit; the matrix that turns such back; the sum of its weights.
    """
    coefficients = np.zeros(cells.x.shape[1])
    for _ in range(_STEPS):
        share = expit(cells.x @ coefficients)
        weight = cells.size * share * (1 - share)
        information = cells.x.T @ (weight[:, None] * cells.x)
        if not np.linalg.eigvalsh(information)[0] > SEPARATED:
            break
        move = np.linalg.solve(information, cells.x.T @ (cells.count - cells.size * share))
        coefficients = coefficients + move
        if move @ information @ move < _SETTLED:
            factor = np.linalg.cholesky(information)
            turned = replace(cells, x=np.linalg.solve(factor, cells.x.T).T)
            return turned, factor.T @ coefficients, np.linalg.inv(factor.T), float(weight.sum())
    raise UnfitDesign("the columns tell entirely who is counted and who is not: leave out the one that does")


@dataclass(frozen=True)
class _Measure:
    """Variances as shares ρ/(ρ + scale) of a group's own logit, times √groups: from 0, smooth, curved about as β is."""

    scale: np.ndarray
    unit: np.ndarray

    def variance(self, part: np.ndarray) -> np.ndarray:
        share = part / self.unit
        return np.asarray(self.scale * share / (1 - share))

    def slope(self, part: np.ndarray) -> np.ndarray:
        return np.asarray(self.scale / (1 - part / self.unit) ** 2 / self.unit)

    def part(self, variance: float) -> np.ndarray:
        return np.asarray(self.unit * variance / (variance + self.scale))


def _best(cells: Cells, start: np.ndarray, measure: _Measure, nested: bool) -> Lowest:
    """Find β and the variances together."""
    p, alpha = len(start), np.zeros(len(cells.outer_of))

    def at(point: np.ndarray) -> tuple[float, np.ndarray]:
        nonlocal alpha
        variance = measure.variance(point[p:])
        here = modes(cells, cells.x @ point[:p], variance, alpha)
        alpha = here.alpha
        deviance, slope = laplace(cells, here, variance)
        slope[p:] *= measure.slope(point[p:])
        return deviance, slope

    free = np.array([1.0, float(nested)])
    high = np.append(start + _FURTHEST, free * measure.part(_LARGEST))
    best = lowest(at, np.append(start, free * measure.part(_FIRST)), np.append(start - _FURTHEST, [0.0, 0.0]), high)
    if best.left > LEVEL_ENOUGH or not best.inside[:p].all() or (free * (best.point >= high)[p:]).any():
        raise UnfitDesign("columns or groups tell entirely who is counted and who is not: no spread can be estimated")
    return best


def _effects(
    cells: Cells, here: Modes, variance: np.ndarray, inner_labels: pd.Index, outer_labels: pd.Index
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Conditional modes and SDs of the groups of both levels."""
    blocks = inverted(cells, here.weight, variance)
    own, n = here.weight * blocks.keep, cells.by_inner(cells.size)
    known = own - variance[1] * blocks.outer_keep[cells.outer_of] * own**2
    spread = np.sqrt(variance[0] * np.maximum(1 - variance[0] * known, 0))
    inner = pd.DataFrame(
        {"effect": variance[0] * here.alpha, "conditional_sd": spread, "n": n.astype("int64")}, inner_labels
    )
    if not len(outer_labels):
        return inner, inner.iloc[:0]
    columns = {
        "effect": variance[1] * cells.by_outer(here.alpha),
        "conditional_sd": np.sqrt(variance[1] * blocks.outer_keep),
        "n": cells.by_outer(n).astype("int64"),
    }
    return inner.assign(outer=outer_labels[cells.outer_of]), pd.DataFrame(columns, outer_labels)
