"""Effects of groups, shrunken towards their mean, with intervals that hold for many groups and for few."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.stats.mixed import NestedFit, Sums, UnfitDesign, fit_nested, sums
from analysis.stats.mixed.nested import profile

MANY = 40  # groups from which the best variances may be taken as the true ones
_NODES = 14
_NOTHING_NEW = 1e-7  # what a column adds to those before it, against its length, when that is rounding


def fit_groups(
    y: np.ndarray, x: np.ndarray, inner: np.ndarray, outer: np.ndarray | None = None
) -> tuple[NestedFit, pd.DataFrame, pd.DataFrame]:
    """Fit groups, in one level or two, and return their shrunken effects.

    With :data:`MANY` groups whose variances are not 0 these are the conditional modes and SDs of the REML fit. With fewer,
    or where the best variance is 0, the variances themselves are too unsure to be taken as known (a variance of 0 would
    give intervals without width): effects and SDs are averaged over a grid of both standard deviations, weighted by the
    restricted likelihood with a flat prior on the standard deviations (Gelman 2006, Bayesian Analysis 1, 515–534).

    Parameters
    ----------
    y : (n,) array
        Outcome.
    x : (n, p) array
        Independent columns with the intercept.
    inner, outer : (n,) arrays of labels
        Groups, and groups of groups.

    Returns
    -------
    tuple
        The REML fit; inner and outer groups by label with ``effect``, ``sd``, ``n``.

    Raises
    ------
    UnfitDesign
        Where the data cannot carry the model.
    """
    fit = fit_nested(y, x, inner, outer)
    frames = [f.rename(columns={"conditional_sd": "sd"}) for f in (fit.inner, fit.outer)]
    levels = [fit.inner] if outer is None else [fit.inner, fit.outer]
    if fit.boundary or min(map(len, levels)) < MANY:
        averaged = _averaged(sums(y, x, inner, outer), two_levels=outer is not None)
        for frame, (effect, sd) in zip(frames, averaged, strict=False):
            frame["effect"], frame["sd"] = effect, sd
    return fit, frames[0], frames[1]


@dataclass(frozen=True)
class Schools:
    """Shrunken effects of schools.

    Attributes
    ----------
    fit : NestedFit
        The REML fit.
    schools : pd.DataFrame
        By ``school_id``: ``effect``, ``sd``, ``n``.
    variance : float
        Between schools.
    many_years : bool
        Whether school years could be told from schools; of one year alone the effect is the school's in that year.
    """

    fit: NestedFit
    schools: pd.DataFrame
    variance: float
    many_years: bool


def fit_schools(y: np.ndarray, x: np.ndarray, school: "pd.Series[str]", year: "pd.Series[int]") -> Schools:
    """Fit schools with their school years as a level of their own: what a school is, apart from how one year went.

    Raises
    ------
    UnfitDesign
        Where the data cannot carry the model.
    """
    many_years = bool(year.groupby(school.to_numpy()).nunique().max() > 1)
    of_year = pd.factorize(school.astype("str") + "|" + year.astype("str"), sort=True)[0]
    labels = school.astype("str").to_numpy()
    fit, inner, outer = fit_groups(y, x, of_year if many_years else labels, labels if many_years else None)
    schools = (outer if many_years else inner).rename_axis("school_id")
    return Schools(fit, schools, fit.variance_outer if many_years else fit.variance_inner, many_years)


def _averaged(found: Sums, *, two_levels: bool) -> list[tuple[np.ndarray, np.ndarray]]:
    """Average effects and variances over the grid; one pair a level."""
    axes = [_grid(found, np.arange(len(found.size))), _grid(found, found.first) if two_levels else np.zeros(1)]
    nodes = [np.array([a**2, b**2]) for a in axes[0] for b in axes[1]]
    at = [profile(found, ratio, "reml") for ratio in nodes]
    weight = np.exp(-(np.array([here.deviance for here in at]) - min(here.deviance for here in at)) / 2)
    weight /= weight.sum()
    pairs = []
    for level in range(1 + two_levels):
        score = [(here.inner, here.outer)[level] for here in at]
        own = [(here.inner_weight, here.outer_weight)[level] for here in at]
        modes = np.array([ratio[level] * s for ratio, s in zip(nodes, score, strict=True)])
        spread = [
            here.residual * ratio[level] * np.maximum(1 - ratio[level] * w, 0)
            for here, ratio, w in zip(at, nodes, own, strict=True)
        ]
        mean = weight @ modes
        pairs.append((mean, np.sqrt(weight @ (np.array(spread) + modes**2) - mean**2)))
    return pairs


def _grid(found: Sums, first: np.ndarray) -> np.ndarray:
    """Even steps of a standard deviation, in residual SDs, up to three times that of the groups' raw means."""
    size, total = np.add.reduceat(found.size, first), np.add.reduceat(found.total[:, -1], first)
    means, freedom = total / size, found.n - len(found.size)
    raw = np.sqrt(np.average((means - means.mean()) ** 2, weights=size) * freedom / found.within[-1, -1])
    return np.asarray(np.linspace(0, 3 * raw, _NODES))


def independent(x: np.ndarray) -> np.ndarray:
    """Return the columns that are not made of those before them; the first one is the intercept."""
    return np.asarray(x[:, which_independent(x)])


def which_independent(x: np.ndarray) -> np.ndarray:
    """Tell which columns are not made of those before them."""
    scaled = x / np.maximum(np.linalg.norm(x, axis=0), np.finfo(float).tiny)
    return np.asarray(np.abs(np.diag(np.linalg.qr(scaled, mode="r"))) > _NOTHING_NEW)


__all__ = ["MANY", "Schools", "UnfitDesign", "fit_groups", "fit_schools", "independent", "which_independent"]
