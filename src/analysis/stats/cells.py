"""A hierarchical Gaussian model of one test's results over the cells that all attributes of pupils make together."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.stats.cell_posterior import Floats, Integers, posterior

MISSING = ""
"""Name of the level of pupils of whom an attribute is unknown: part of the model, never a group."""
MOST_LEVELS, MOST_CELLS, LEAST_FREEDOM = 20, 400, 20
_FLOOR = 1e-9  # least variance of a group's mean
_NO_SCATTER = 1e-12
_WIDEST = 2**40  # numbers of combinations are kept below it


@dataclass(frozen=True)
class CellModel:
    """Cells of one test with the posterior of their means.

    Attributes
    ----------
    attributes : tuple of str
        Attributes that make the cells, in the order given.
    left_out : tuple of str
        Attributes that the model could not carry: too many levels, or too many cells with them.
    levels : tuple of tuple of str
        Values of each attribute in the order of their names, ``MISSING`` last where it occurs.
    codes : (C, K) array of int
        Level of each attribute in each cell.
    n, raw, within : (C,) arrays
        Pupils, mean and sum of squares around it.
    cell : (N,) array of int
        Cell of each pupil, in the order of the input.
    mean, covariance : (C,) and (C, C) arrays
        Posterior of the cells' means, in the unit of the input.
    prior_mean, sigma : float
        Mean of all pupils; SD of pupils within cells.
    theta : (3,) array
        Variances of main effects, of pairs of attributes and of single cells at the peak of their posterior.
    objective : float
        What was minimised to find them.
    """

    attributes: tuple[str, ...]
    left_out: tuple[str, ...]
    levels: tuple[tuple[str, ...], ...]
    codes: Integers
    n: Integers
    raw: Floats
    within: Floats
    cell: Integers = field(repr=False)
    mean: Floats = field(repr=False)
    covariance: Floats = field(repr=False)
    prior_mean: float
    sigma: float
    theta: Floats
    objective: float

    @property
    def pupils(self) -> int:
        """Number of pupils."""
        return int(self.n.sum())

    @property
    def table(self) -> pd.DataFrame:
        """Cells as a table: a column an attribute, ``n``, raw mean, posterior ``mean`` and ``sd``."""
        values = {
            name: np.asarray(levels)[self.codes[:, k]]
            for k, (name, levels) in enumerate(zip(self.attributes, self.levels, strict=True))
        }
        sd = np.sqrt(np.maximum(np.diag(self.covariance), _FLOOR))
        return pd.DataFrame(values | {"n": self.n, "raw": self.raw, "mean": self.mean, "sd": sd})


class NothingToModel(ValueError):
    """No cell model can be fitted: fewer than two results, or no spread among them."""


def fit_cells(standing: npt.ArrayLike, attributes: pd.DataFrame, *, most_cells: int = MOST_CELLS) -> CellModel:
    """Fit the hierarchical cell model.

    Cells are the observed combinations of all attributes. Their means have the prior
    ``0.05·11ᵀ + θ₁·K₁ + θ₂·K₂ + θ₃·I`` around the mean of all pupils, where ``K₁`` counts the attributes on which two
    cells agree and ``K₂`` the pairs of such attributes; pupils scatter around their cell with the pooled variance
    within cells. The variances θ maximise the marginal likelihood times a weak log-normal prior around
    (0.02, 0.003, 0.01), which keeps those of small municipalities off zero. How unsure they are is in the posterior of the
    means: it is a mixture over six points around the peak, by a spherical rule of degree three (Arasaratnam and Haykin
    2009) with the weights that the posterior has there, as integrated nested Laplace approximations do (Rue et al. 2009).

    Parameters
    ----------
    standing : array-like of float, shape (N,)
        Results in standard deviations; the prior's sizes are meant for that unit.
    attributes : pd.DataFrame
        One column an attribute, one row a pupil; missing values are a level of their own. Attributes with one value
        do not count; those with more than 20 values are left out, and the rarest (fewest pupils outside the commonest
        value) while there are more than ``most_cells`` cells or fewer than 20 degrees of freedom within them.
    most_cells : int
        How many cells at most; time and memory grow with its cube and square.

    Returns
    -------
    CellModel
        The same, to the last bit, for any order of the pupils.

    Raises
    ------
    NothingToModel
        Fewer than two results, or no spread, in all or within the cells.
    ValueError
        Lengths differ, or a result is missing.
    """
    values = np.asarray(standing, dtype="float64")
    if len(values) != len(attributes):
        raise ValueError(f"{len(values)} results, but {len(attributes)} rows of attributes")
    if not np.isfinite(values).all():
        raise ValueError("a result is missing or no number")
    if len(values) < 2 or not np.ptp(values) > 0:
        raise NothingToModel("fewer than two results, or all of them alike")
    coded, left_out = _coded(attributes)
    names, codes, cell = _carried(coded, len(values), most_cells)
    left_out += [name for name in coded if name not in names]
    n, raw, within = _summed(values, cell)
    prior_mean = float(n @ raw / n.sum())
    sigma2 = float(within.sum() / max(1, len(values) - len(n)))
    if not sigma2 > _NO_SCATTER * np.ptp(values) ** 2:
        raise NothingToModel("pupils of one cell all have the same result: the attributes are the result")
    fitted = posterior(codes, sigma2 / n, raw - prior_mean)
    return CellModel(
        attributes=tuple(names),
        left_out=tuple(name for name in attributes.columns if name in left_out),
        levels=tuple(coded[name][1] for name in names),
        codes=codes, n=n, raw=raw, within=within, cell=cell,
        mean=prior_mean + fitted.mean, covariance=fitted.covariance,
        prior_mean=prior_mean, sigma=float(np.sqrt(sigma2)), theta=fitted.theta, objective=fitted.objective,
    )  # fmt: skip


def group_posterior(model: CellModel, weights: Floats, others: Floats | None = None) -> tuple[Floats, Floats, Floats]:
    """Posterior of weighted sums of cell means.

    Parameters
    ----------
    model : CellModel
        A fitted model.
    weights : (G, C) array
        One row a group; shares of its pupils in the cells, or contrasts.
    others : (G, C) array, optional
        A second sum for each group.

    Returns
    -------
    tuple of (G,) arrays
        Means and standard deviations of the first sums, and their covariances with the second (with themselves where
        there is none).
    """
    spread = weights @ model.covariance
    variance = np.maximum((spread * weights).sum(axis=1), _FLOOR)
    covariance = variance if others is None else (spread * others).sum(axis=1)
    return weights @ model.mean, np.sqrt(variance), covariance


def _coded(attributes: pd.DataFrame) -> tuple[dict[str, tuple[Integers, tuple[str, ...]]], list[str]]:
    """Code the values of each attribute in the order of their names; say which have too many to be groups."""
    coded: dict[str, tuple[Integers, tuple[str, ...]]] = {}
    too_many: list[str] = []
    for name in attributes.columns:
        found, values = pd.factorize(attributes[name])
        text = [str(value) for value in values]
        order = sorted(range(len(text)), key=text.__getitem__)
        place = np.empty(len(text) + 1, dtype="int64")
        place[order] = np.arange(len(text))
        place[-1] = len(text)  # code −1, the unknown, comes last
        levels = tuple(text[i] for i in order) + ((MISSING,) if (found < 0).any() else ())
        if len(text) > MOST_LEVELS:
            too_many.append(str(name))
        elif len(levels) > 1:
            coded[str(name)] = (place[found], levels)
    return coded, too_many


def _carried(
    coded: dict[str, tuple[Integers, tuple[str, ...]]], pupils: int, most_cells: int
) -> tuple[list[str], Integers, Integers]:
    """Choose the attributes: the rarest leave until cells are few enough, and leave enough pupils to measure the noise."""
    rarity = {name: pupils - int(np.bincount(codes).max()) for name, (codes, _) in coded.items()}
    names = list(coded)
    freedom = min(LEAST_FREEDOM, pupils - 1)
    while True:
        cell, first = _cells([coded[name] for name in names], pupils)
        cells = len(first)
        if not names or (cells <= most_cells and pupils - cells >= freedom):
            codes = np.array([coded[name][0][first] for name in names], dtype="int64").reshape(len(names), cells).T
            return names, codes, cell
        names.remove(min(names, key=lambda name: (rarity[name], name)))


def _cells(coded: Sequence[tuple[Integers, tuple[str, ...]]], pupils: int) -> tuple[Integers, Integers]:
    """Number the observed combinations in the order of their levels; returns each pupil's cell and each cell's first pupil."""
    key = np.zeros(pupils, dtype="int64")
    widest = 1
    for codes, levels in coded:
        if widest * len(levels) > _WIDEST:
            key = np.unique(key, return_inverse=True)[1].astype("int64")
            widest = int(key.max()) + 1
        key = key * len(levels) + codes
        widest *= len(levels)
    _, first, cell = np.unique(key, return_index=True, return_inverse=True)
    return cell.astype("int64"), first.astype("int64")


def _summed(values: Floats, cell: Integers) -> tuple[Integers, Floats, Floats]:
    """Number, mean and sum of squares of each cell; values are sorted first, so that the order of rows decides nothing."""
    order = np.lexsort((values, cell))
    values, cell = values[order], cell[order]
    n = np.bincount(cell)
    starts = np.concatenate([[0], np.cumsum(n)[:-1]])
    raw = np.add.reduceat(values, starts) / n
    within = np.add.reduceat((values - raw[cell]) ** 2, starts)
    return n.astype("int64"), raw, within
