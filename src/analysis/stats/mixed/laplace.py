"""Laplace's approximation of a nested logit at given coefficients and variances: modes, deviance, exact slope.

``I + WT`` of a municipality, W the weights of its schools and T = τ₁²I + τ₂²11', is a diagonal and one rank more; so Newton's
steps to the modes and the implicit derivative through them are closed forms. The modes are kept as ``b = Tα`` (Rasmussen &
Williams 2006, algorithm 3.1), which stays sound where a variance is 0.
"""

from dataclasses import dataclass

import numpy as np

_STEPS, _SETTLED = 100, 1e-8  # Newton's steps, and the last one's size (each doubles the digits)
_ROUNDING = 1e-9  # of a likelihood: a step that loses less has not gone too far


@dataclass(frozen=True)
class Cells:
    """Counts by cell, columns turned so that the fit without groups has unit errors, and the groups of the cells."""

    count: np.ndarray
    size: np.ndarray
    x: np.ndarray
    codes: np.ndarray
    first: np.ndarray
    outer_of: np.ndarray

    def by_inner(self, values: np.ndarray) -> np.ndarray:
        """Sum by inner group."""
        return np.bincount(self.codes, values, len(self.outer_of))

    def by_outer(self, values: np.ndarray) -> np.ndarray:
        """Sum inner groups by outer one."""
        return np.asarray(np.add.reduceat(values, self.first))


@dataclass(frozen=True)
class Modes:
    """Where the effects of the inner groups are likeliest, and the slope and weight of the likelihood there."""

    effect: np.ndarray
    alpha: np.ndarray
    likelihood: float
    share: np.ndarray
    slope: np.ndarray
    weight: np.ndarray


@dataclass(frozen=True)
class Blocks:
    """``I + WT`` by municipality, inverted: 1/(1 + wτ₁²), and 1/(1 + τ₂²Σw/(1 + wτ₁²))."""

    keep: np.ndarray
    outer_keep: np.ndarray


def modes(cells: Cells, offset: np.ndarray, variance: np.ndarray, alpha: np.ndarray) -> Modes:
    """Climb to the likeliest effects by Newton's steps, halved where one goes too far."""
    here = _at(cells, offset, alpha, variance)
    for _ in range(_STEPS):
        aim = _newton(cells, here, variance)
        there = _at(cells, offset, aim, variance)
        while there.likelihood < here.likelihood - _ROUNDING * abs(here.likelihood):
            aim = (aim + here.alpha) / 2
            there = _at(cells, offset, aim, variance)
        moved = np.abs(there.effect - here.effect).max()
        here = there
        if moved < _SETTLED:
            break
    return here


def _at(cells: Cells, offset: np.ndarray, alpha: np.ndarray, variance: np.ndarray) -> Modes:
    effect = variance[0] * alpha + variance[1] * cells.by_outer(alpha)[cells.outer_of]
    line = offset + effect[cells.codes]
    small = np.exp(-np.abs(line))
    share = np.where(line > 0, 1.0, small) / (1 + small)
    likelihood = cells.count @ line - cells.size @ (np.maximum(line, 0) + np.log1p(small)) - alpha @ effect / 2
    slope, weight = cells.by_inner(cells.count - cells.size * share), cells.by_inner(cells.size * share * (1 - share))
    return Modes(effect, alpha, float(likelihood), share, slope, weight)


def inverted(cells: Cells, weight: np.ndarray, variance: np.ndarray) -> Blocks:
    """Invert ``I + WT``."""
    keep = 1 / (1 + weight * variance[0])
    return Blocks(keep, 1 / (1 + variance[1] * cells.by_outer(weight * keep)))


def _newton(cells: Cells, here: Modes, variance: np.ndarray) -> np.ndarray:
    """Solve ``(I + WT)α = Wb + slope``."""
    blocks, right = inverted(cells, here.weight, variance), here.weight * here.effect + here.slope
    return _solve(cells, blocks, here.weight, variance, right)


def _solve(cells: Cells, blocks: Blocks, weight: np.ndarray, variance: np.ndarray, right: np.ndarray) -> np.ndarray:
    kept = blocks.keep * right
    common = variance[1] * blocks.outer_keep * cells.by_outer(kept)
    return np.asarray(kept - weight * blocks.keep * common[cells.outer_of])


def laplace(cells: Cells, here: Modes, variance: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the deviance at the modes and its slope in β, τ₁², τ₂²; the modes move along (implicit derivative)."""
    blocks = inverted(cells, here.weight, variance)
    outer_keep = blocks.outer_keep[cells.outer_of]
    deviance = -2 * here.likelihood - np.log(blocks.keep).sum() - np.log(blocks.outer_keep).sum()
    spread = variance[0] * blocks.keep + variance[1] * outer_keep * blocks.keep**2
    weight = cells.size * here.share * (1 - here.share)
    bend = weight * (1 - 2 * here.share)
    moved = _solve(cells, blocks, here.weight, variance, spread * cells.by_inner(bend))
    moved_outer, slope_outer = cells.by_outer(moved), cells.by_outer(here.slope)
    pulled = variance[0] * moved + variance[1] * moved_outer[cells.outer_of]
    rest = 2 * (cells.count - cells.size * here.share) + weight * pulled[cells.codes] - bend * spread[cells.codes]
    own = here.weight * blocks.keep
    inner = (own - variance[1] * outer_keep * own**2).sum() - here.slope @ here.slope + moved @ here.slope
    outer = (cells.by_outer(own) * blocks.outer_keep).sum() - slope_outer @ slope_outer + moved_outer @ slope_outer
    return float(deviance), np.append(-cells.x.T @ rest, [inner, outer])
