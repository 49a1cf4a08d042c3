"""How likely a low result is among pupils who did not sit a test, by their attributes and their school."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import linalg

from analysis.stats.cell_posterior import INTERCEPT, Floats, Integers
from analysis.stats.cells import MISSING, CellModel, fit_cells
from analysis.stats.shrinking import UnfitDesign, fit_groups

_SMALLEST_STEP = 1e-10  # added to a covariance before its root is taken


@dataclass(frozen=True)
class Foreseen:
    """Chances of pupils, draw by draw of the posterior.

    Attributes
    ----------
    kind : (N,) array of int
        Which row of `chance` is a pupil's: pupils of one cell and one school share one.
    chance : (K, D) array
        Probability of a result below the level, in each of D draws.
    """

    kind: Integers
    chance: Floats


def cells_posterior(model: CellModel, attributes: pd.DataFrame) -> tuple[Integers, Floats, Floats]:
    """Posterior of the means of cells, whether or not anybody in them sat the test.

    The prior of the cell model ties every conceivable cell to those observed: with `A` = prior covariance of the new cells
    with the old times the inverse of the old ones', the mean is ``m₀ + A(f − m₀)`` and the covariance
    ``K** − A·K*ᵀ + A·V·Aᵀ``. For an observed cell that is its own posterior.

    Parameters
    ----------
    model : CellModel
        Of pupils who sat the test.
    attributes : pd.DataFrame
        One row a pupil, with the model's attributes as columns; one that is not there, or a value the model never met,
        agrees with nobody's.

    Returns
    -------
    tuple
        Cell of each pupil (N,), means (U,) and covariance (U, U) of these cells.
    """
    codes = np.zeros((len(attributes), len(model.attributes) + 1), dtype="int64")  # one column more, lest there be none
    for k, (name, levels) in enumerate(zip(model.attributes, model.levels, strict=True)):
        codes[:, k] = _codes(attributes, name, levels)
    cells, cell = np.unique(codes, axis=0, return_inverse=True)
    cells = cells[:, :-1]
    old = _prior(model, model.codes, model.codes)
    across = _prior(model, cells, model.codes)
    weights = linalg.solve(old, across.T, assume_a="pos").T
    mean = model.prior_mean + weights @ (model.mean - model.prior_mean)
    covariance = _prior(model, cells, cells) - weights @ (across.T - model.covariance @ weights.T)
    return cell.astype("int64").ravel(), mean, (covariance + covariance.T) / 2


def _codes(attributes: pd.DataFrame, name: str, levels: Sequence[str]) -> Integers:
    if name not in attributes:
        return np.full(len(attributes), levels.index(MISSING) if MISSING in levels else -1)
    values = attributes[name].astype("object")
    found = pd.Index(levels).get_indexer(pd.Index(values.astype("str").where(values.notna(), MISSING)))
    return np.asarray(found, dtype="int64")


def _prior(model: CellModel, one: Integers, other: Integers) -> Floats:
    agree = np.zeros((len(one), len(other)))
    for a, b in zip(one.T, other.T, strict=True):
        agree += (a[:, None] == b[None, :]) & (a[:, None] >= 0)
    same = np.all(one[:, None, :] == other[None, :, :], axis=2)
    agree[same] = one.shape[1]  # who shares every value, an unknown one as well, is one cell
    main, pairs, own = model.theta
    return np.asarray(INTERCEPT + main * agree + pairs * agree * (agree - 1) / 2 + own * same, dtype="float64")


def low_results(
    pool: pd.DataFrame, pupils: pd.DataFrame, attributes: Sequence[str], level: float, draws: int, rng: np.random.Generator
) -> Foreseen:  # fmt: skip
    """Draw the chances of a result below a level.

    A pupil's expected result is that of the cell of the pupil's attributes and the shrunken difference of the school;
    around it results lie as those of the test did (their residuals, as skew as they are). Both are drawn from their
    posteriors, so that pupils of one cell, of neighbouring cells and of one school go together.

    Parameters
    ----------
    pool : pd.DataFrame
        Results of the test, newest years pooled, with ``standing`` and ``school_id``
        (:func:`analysis.stats.pools.standing_pools`).
    pupils : pd.DataFrame
        Who is enrolled: ``school_id`` and the attributes.
    attributes : sequence of str
        Attributes in their fixed order.
    level : float
        In standard deviations.
    draws : int
        How many.
    rng : np.random.Generator
        Source of them.

    Raises
    ------
    analysis.stats.cells.NothingToModel
        Fewer than two results, or no spread.
    """
    model = fit_cells(pool["standing"], pool[[name for name in attributes if name in pool]])
    cell, mean, covariance = cells_posterior(model, pupils)
    left = pool["standing"].to_numpy(dtype="float64") - model.mean[model.cell]
    sat_at = pool["school_id"].astype("str").to_numpy()
    effect, error, new = _schools(left, sat_at)
    residuals = np.sort(left - effect.reindex(sat_at).to_numpy())
    school, places = pd.factorize(pupils["school_id"].astype("str"), sort=True)
    kinds, kind = np.unique(np.column_stack([cell, school]), axis=0, return_inverse=True)
    root = np.linalg.cholesky(covariance + _SMALLEST_STEP * np.eye(len(mean)))
    of_cell = mean[:, None] + root @ rng.standard_normal((len(mean), draws))
    middle = effect.reindex(places).fillna(new[0]).to_numpy()[:, None]
    spread = error.reindex(places).fillna(new[1]).to_numpy()[:, None]
    of_school = middle + spread * rng.standard_normal((len(places), draws))
    expected = of_cell[kinds[:, 0]] + of_school[kinds[:, 1]]
    below = np.searchsorted(residuals, level - expected, side="left")
    return Foreseen(kind.astype("int64").ravel(), below / len(residuals))


def _schools(left: Floats, school: "np.ndarray") -> tuple["pd.Series[float]", "pd.Series[float]", tuple[float, float]]:
    """Shrunken differences of schools and their SDs by ``school_id``; mean and SD of a school that is not among them."""
    try:
        fit, found, _ = fit_groups(left, np.ones((len(left), 1)), school)
    except UnfitDesign:
        nothing = pd.Series(0.0, index=np.unique(school))
        return nothing, nothing, (0.0, 0.0)
    mean = float(fit.coefficients[0])
    return found["effect"] + mean, found["sd"], (mean, float(np.sqrt(fit.variance_inner)))
