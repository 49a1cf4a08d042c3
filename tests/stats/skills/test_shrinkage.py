"""Shrunken means: their error and coverage on simulated truth, beside one spread by moments; and who is named."""

import numpy as np
import pytest
from scipy import stats

from analysis.stats.skills.shrinkage import discoveries, shrunken

Z = stats.norm.ppf(0.975)


def by_moments(mean: np.ndarray, error: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """methods.md §4: one τ² by moments, taken as known."""
    w = 1 / error**2
    tau2 = max(1e-6, ((w * mean**2).sum() - len(mean)) / w.sum())
    kept = tau2 / (tau2 + error**2)
    return kept * mean, np.sqrt(tau2 * (1 - kept))


def coverage(rule, units: int, spread: float, families: int = 300) -> tuple[float, float]:
    """Share of truths that 95 % intervals hold, and root mean square error."""
    rng = np.random.default_rng(round(1e6 * spread) + units)
    held, errors = [], []
    for _ in range(families):
        error = 0.12 / np.sqrt(np.exp(rng.normal(np.log(200), 0.9, units)).clip(15))
        truth = rng.normal(0, spread, units)
        drawn, sd = rule(truth + rng.normal(0, error), error)
        held.append(np.abs(drawn - truth) <= Z * sd)
        errors.append((drawn - truth) ** 2)
    return float(np.mean(held)), float(np.sqrt(np.mean(errors)))


def ours(mean: np.ndarray, error: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return shrunken(mean, error, np.ones(len(mean), dtype=bool))


@pytest.mark.parametrize("spread", [0.005, 0.01, 0.02, 0.05])
@pytest.mark.parametrize("units", [1, 5, 42])
def test_intervals_cover_also_where_units_are_few_or_hardly_differ(units: int, spread: float) -> None:
    held, error = coverage(ours, units, spread)
    assert 0.91 <= held <= 1
    held_by_moments, error_by_moments = coverage(by_moments, units, spread)
    assert held >= held_by_moments - 0.01
    assert error <= 1.1 * error_by_moments


def test_one_spread_by_moments_would_not_cover() -> None:
    assert coverage(by_moments, 1, 0.01)[0] < 0.75
    assert coverage(by_moments, 5, 0.005)[0] < 0.85


def test_many_units_that_differ_are_drawn_as_by_moments() -> None:
    rng = np.random.default_rng(3)
    error = np.full(600, 0.01)
    mean = rng.normal(0, 0.03, 600) + rng.normal(0, error)
    assert ours(mean, error)[0] == pytest.approx(by_moments(mean, error)[0], abs=5e-4)


def test_what_no_unit_can_judge_is_left_to_the_usual_spread() -> None:
    drawn, sd = shrunken(np.array([0.3]), np.array([0.2]), np.array([False]))
    assert 0 < drawn[0] < 0.05
    assert Z * sd[0] > 0.03


def test_named_are_those_of_benjamini_and_hochberg() -> None:
    z = np.array([5.0, -4.0, 2.2, 0.1, -0.3, 1.0, 0.4, 0.2])
    p = 2 * stats.norm.sf(np.abs(z))
    order, m = np.sort(p), len(p)
    cut = max(order[k] for k in range(m) if order[k] <= 0.05 * (k + 1) / m)
    assert discoveries(z, 0.05).tolist() == (p <= cut).tolist()
    assert discoveries(np.zeros(0), 0.05).tolist() == []
