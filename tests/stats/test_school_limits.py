"""Limits of the funnel: chance, and what schools usually differ by."""

import numpy as np
import pytest
from scipy import stats

from analysis.stats.school_limits import READING_PAIRS, funnel_spread, overdispersion


def test_the_formula_by_hand() -> None:
    effect, n, variance = np.array([-1.0, 0.0, 0.5, 2.0]), np.array([4.0, 4.0, 4.0, 4.0]), 1.0
    q = np.clip(2 * effect, *np.quantile(2 * effect, [0.1, 0.9]))
    phi, w = (q**2).mean(), n / variance
    by_hand = (4 * phi - 3) / (w.sum() - (w**2).sum() / w.sum())
    assert overdispersion(effect, n, variance) == pytest.approx(by_hand)
    assert funnel_spread(effect, n, variance) == pytest.approx(np.sqrt(1 / 4 + by_hand))


def test_schools_that_differ_by_chance_alone_show_little_more() -> None:
    rng = np.random.default_rng(0)
    n = rng.integers(10, 200, 400).astype(float)
    chance = rng.normal(0, 1 / np.sqrt(n))
    assert overdispersion(chance, n, 1.0) < 0.002
    outside = np.abs(chance) > stats.norm.ppf(0.975) * funnel_spread(chance, n, 1.0)
    assert 0.02 < outside.mean() < 0.08


def test_with_real_differences_only_the_unusual_are_outside() -> None:
    """451 schools, SD 0.23 between them, and 18 that lie off by 0.9: chance alone would put a third outside 99.8 %."""
    rng = np.random.default_rng(1)
    n, odd = rng.integers(30, 200, 451).astype(float), np.arange(451) < 18
    effect = rng.normal(0, 0.23, 451) + 0.9 * odd + rng.normal(0, 1 / np.sqrt(n))
    z = stats.norm.ppf(0.999)
    without = np.abs(effect) > z / np.sqrt(n)
    within = np.abs(effect) > z * funnel_spread(effect, n, 1.0)
    assert without.sum() > 80
    assert within.sum() < 25
    assert (within & odd).sum() >= 9


def test_one_school_has_the_limits_of_chance() -> None:
    assert overdispersion(np.array([3.0]), np.array([10.0]), 1.0) == 0


def test_bars_for_pairs_are_those_of_goldstein_and_healy() -> None:
    """Two independent bars of ±1.39 SE just touch where the difference is 1.96 of its own standard error."""
    assert 2 * READING_PAIRS / np.sqrt(2) == pytest.approx(stats.norm.ppf(0.975), abs=0.01)
