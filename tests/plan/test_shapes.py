"""The country's shape, moved: marks between tens, the shift of a place, and counts to come, against brute force and truth."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.special import expit, logit

from analysis.plan.shapes import DRIFT_SD, PLACE_SD, PLACE_YEAR_SD, at_marks, drift, foretold, moved

MARKS = (10.0, 15.0, 20.0)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(0, 3000), min_size=10, max_size=10).filter(lambda c: sum(c) > 50))
def test_marks_at_tens_are_counts_and_more_lie_below_a_higher_mark(counts: list[int]) -> None:
    shares = at_marks(counts, [10, 12, 15, 18, 20, 30])
    assert (np.diff(shares) >= -1e-12).all()
    exact = (np.cumsum(counts)[[0, 1, 2]] + 0.5) / (sum(counts) + 1)
    assert np.allclose(shares[[0, 4, 5]], exact)


def test_between_tens_a_known_spread_is_met_within_a_tenth() -> None:
    """A beta spread with the mean and the lowest band of the grade 9 exam of 2025."""
    spread = stats.beta(2.16, 1.85)
    bands = 17_200 * np.diff(spread.cdf(np.linspace(0, 1, 11)))
    assert at_marks(bands, [15])[0] == pytest.approx(spread.cdf(0.15), rel=0.10)


def test_the_shift_and_its_error_are_those_of_a_posterior_on_a_grid() -> None:
    nation = np.array([[0.04, 0.09, 0.15], [0.02, 0.05, 0.10]])
    counts = np.array([[18, 35, 52, 300], [9, 22, 41, 310]])
    shift, sd = moved(counts, nation)
    grid = np.linspace(-2, 2, 8001)
    cells = np.diff(counts, axis=1, prepend=0)
    inside = np.diff(expit(logit(nation)[None] + grid[:, None, None]), axis=2, prepend=0, append=1)
    log = (cells * np.log(inside)).sum(axis=(1, 2)) + stats.norm.logpdf(grid, 0, PLACE_SD)
    weight = np.exp(log - log.max())
    weight /= weight.sum()
    assert shift == pytest.approx(grid[log.argmax()], abs=1e-3)
    spread = np.sqrt(weight @ grid**2 - (weight @ grid) ** 2)
    assert sd == pytest.approx(np.sqrt(spread**2 + PLACE_YEAR_SD**2 / 2), rel=0.03)


def test_nobody_below_any_mark_is_no_certainty() -> None:
    shift, sd = moved(np.array([[0, 0, 0, 40]]), np.array([[0.02, 0.04, 0.08]]))
    assert -0.6 < shift < 0
    assert sd > 0.2


def test_the_drift_of_a_test_by_hand() -> None:
    middle, wide = drift(pd.Series([0.02, 0.04]))
    logits = np.array([np.log(0.02 / 0.98), np.log(0.04 / 0.96)])
    assert middle == pytest.approx(logits.mean())
    between = (((logits - logits.mean()) ** 2).sum() + 4 * DRIFT_SD**2) / 5
    assert wide == pytest.approx(stats.t.ppf(0.95, 5) / 1.6448536 * np.sqrt(between * 1.5), rel=1e-6)


def test_the_prior_of_the_drift_is_that_of_the_published_counts() -> None:
    shares = np.array([826 / 18_090, 592 / 18_451, 310 / 17_171])
    assert logit(shares).std(ddof=1) == pytest.approx(DRIFT_SD, abs=0.01)


def test_a_count_to_come_is_a_binomial_mixed_over_its_share() -> None:
    rng = np.random.default_rng(4)
    mean, low, high = foretold(-2.8, 0.5, 320, 0.95)
    drawn = rng.binomial(320, expit(rng.normal(-2.8, 0.5, 400_000)))
    assert mean == pytest.approx(drawn.mean(), rel=0.01)
    assert (low, high) == pytest.approx(np.quantile(drawn, [0.025, 0.975]), abs=1.01)


def test_a_year_to_come_lies_in_the_interval_as_often_as_it_says_and_counts_alone_are_too_sure() -> None:
    """Places 0.2 logits apart, cohorts 0.1; three years, then a fourth with another test. Rivals: own shares pooled."""
    rng = np.random.default_rng(7)
    inside = {"hard": 0, "coming": 0, "pooled": 0}
    worlds, places, n = 60, 20, 300
    for _ in range(worlds):
        base = np.array([-3.1, -2.4, -1.9])
        hard = rng.normal(0, DRIFT_SD, 4)
        nation = expit(base[None] + hard[:, None])
        for _ in range(places):
            own = rng.normal(0, 0.2) + rng.normal(0, 0.1, 4)
            share = expit(base[None] + hard[:, None] + own[:, None])
            cells = np.diff(np.hstack([np.zeros((4, 1)), share, np.ones((4, 1))]))
            counts = np.array([rng.multinomial(n, c) for c in cells]).cumsum(axis=1)
            shift, sd = moved(counts[:3], nation[:3])
            middle, wide = drift(pd.Series(nation[:3, 1]))
            true = counts[3, 1]
            _, low, high = foretold(logit(nation[3, 1]) + shift, float(np.hypot(sd, PLACE_YEAR_SD)), n, 0.95)
            inside["hard"] += low <= true <= high
            _, low, high = foretold(middle + shift, float(np.sqrt(sd**2 + wide**2 + PLACE_YEAR_SD**2)), n, 0.95)
            inside["coming"] += low <= true <= high
            pooled = counts[:3, 1].sum()
            low, high = stats.betabinom.ppf([0.025, 0.975], n, pooled + 0.5, 3 * n - pooled + 0.5)
            inside["pooled"] += low <= true <= high
    share_of = {name: count / (worlds * places) for name, count in inside.items()}
    assert 0.94 <= share_of["hard"] <= 0.99
    assert 0.93 <= share_of["coming"] <= 1.0
    assert share_of["pooled"] < 0.80
