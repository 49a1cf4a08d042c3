"""The rule by which a group is named: how far behind it is surely, how many pupils that is, what a short list leaves out."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from analysis.params import Params
from analysis.stats.candidates import Groups
from analysis.stats.cell_posterior import Floats, Integers
from analysis.stats.cells import CellModel, group_posterior

Flags = npt.NDArray[np.bool_]
OVERLAP, DISTANCE = 0.6, 0.15
"""A shown list leaves out what shares more than that with a group above it, or is no more than that behind its parent."""
OWN_MARGIN = 0.02
"""How many SDs behind its municipality a group has to be; without it, chance names groups where all are behind alike."""
_TINY = 1e-300


@dataclass(frozen=True)
class Gaps:
    """Posterior of every group of one test, in standard deviations.

    Attributes
    ----------
    country, country_sd : (G,) arrays
        Mean and SD of the gap to the scale's zero: the country where its mean is known.
    own, own_sd : (G,) arrays
        Those of the gap to the municipality's mean, the group included.
    covariance : (G,) array
        Of both gaps.
    """

    country: Floats
    country_sd: Floats
    own: Floats
    own_sd: Floats
    covariance: Floats


def gaps_of(model: CellModel, groups: Groups) -> Gaps:
    """Return the posterior of the gaps of groups to the country and to their municipality."""
    weights, contrast = groups.weights(model), groups.against_all(model)
    country, country_sd, covariance = group_posterior(model, weights, contrast)
    own, own_sd, _ = group_posterior(model, contrast)
    return Gaps(country, country_sd, own, own_sd, covariance)


def joint_probability(h: Floats, k: Floats, rho: Floats) -> Floats:
    """Probability that two standard normal variables of correlation rho lie below h and k (Owen 1956).

    Exact to about 1e-15 by Owen's T function.
    """
    rho = np.clip(rho, -1 + 1e-12, 1 - 1e-12)
    h, k = np.where(h == 0, _TINY, h), np.where(k == 0, _TINY, k)
    root = np.sqrt(1 - rho**2)
    with np.errstate(over="ignore"):  # a slope beyond all numbers is the limit meant
        parts = special.owens_t(h, (k / h - rho) / root) + special.owens_t(k, (h / k - rho) / root)
    apart = np.where((h > 0) == (k > 0), 0.0, 0.5)
    return np.clip((special.ndtr(h) + special.ndtr(k)) / 2 - parts - apart, 0.0, 1.0)


def probability_to_need(gaps: Gaps, material: float, *, national: bool, own_margin: float = OWN_MARGIN) -> Floats:
    """Probability that a group is materially behind.

    Parameters
    ----------
    gaps : Gaps
        Posterior.
    material : float
        How many standard deviations behind are material, e.g. 0.10.
    national : bool
        True: more than that behind the country *and* behind its own municipality (a municipality that is behind as a
        whole must not have all its groups listed). False, where nothing is known of the country: more than that behind
        its municipality.
    own_margin : float
        How many standard deviations behind the municipality count as behind, where something is known of the country.
    """
    if not national:
        return np.asarray(special.ndtr((-material - gaps.own) / gaps.own_sd), dtype="float64")
    rho = gaps.covariance / (gaps.country_sd * gaps.own_sd)
    return joint_probability((-material - gaps.country) / gaps.country_sd, (-own_margin - gaps.own) / gaps.own_sd, rho)


def named(probability: Floats, allowed: Flags, params: Params) -> Flags:
    """Tell which groups are named.

    Those allowed with a probability of at least ``named_probability``, as long as the running mean of one minus the
    probability, from the surest on, is at most ``named_error``: the expected share of false names in the list.
    """
    doubt = 1 - probability
    order = np.flatnonzero(allowed)[np.argsort(doubt[allowed], kind="stable")]
    running = np.cumsum(doubt[order]) / np.arange(1, len(order) + 1)
    keep = (running <= params.named_error) & (probability[order] >= params.named_probability)
    flags = np.zeros(len(doubt), dtype="bool")
    flags[order[keep]] = True
    return flags


def extra_pupils(gap: Floats, n: Integers, spread: Floats, level: float) -> Floats:
    """Pupils below a level beyond those expected of as many pupils of the country.

    ``n·{Φ((level − gap)/spread) − Φ(level)}``, with the SD of results within the group.
    """
    return np.asarray(n * (special.ndtr((level - gap) / spread) - special.ndtr(level)), dtype="float64")


def spread_within(model: CellModel, groups: Groups) -> Floats:
    """SD of results within each group: that within cells and that of the group's cells' posterior means."""
    weights = groups.weights(model)
    between = weights @ model.mean**2 - (weights @ model.mean) ** 2
    return np.sqrt(np.maximum(model.sigma**2 + between, 1e-12))


def pruned(groups: Groups, chosen: Integers, gap: Floats, model: CellModel) -> list[int]:
    """Shorten a ranked list for the eye; all that is named stays in the evidence.

    What overlaps (Jaccard) more than 0.6 with a group kept before goes. So does a part of a named group that is not at
    least 0.15 SD further behind than it: the plainer name stands for both, whichever comes first in rank (low income
    rather than low income and never moved).

    Parameters
    ----------
    groups : Groups
        All groups.
    chosen : array of int
        Positions of those named, the first in rank first.
    gap : (G,) array
        Gap of every group.
    model : CellModel
        Pupils of the cells.

    Returns
    -------
    list of int
        Positions kept, in rank.
    """
    overlap = groups.overlap(model)
    parts = [frozenset(name.split("&")) for name in groups.names]
    kept: list[int] = []
    for g in chosen:
        child = any(parts[k] < parts[g] and gap[g] > gap[k] - DISTANCE for k in chosen)
        if not child and all(overlap[g, k] <= OVERLAP for k in kept):
            kept.append(int(g))
    return kept
