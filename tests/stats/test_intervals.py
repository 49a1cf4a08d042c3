"""Intervals agree with other libraries, with formulas written out, and with published examples."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.weightstats import DescrStatsW

from analysis.stats.intervals import mean_interval, part_against_whole, share_interval

EXACT = 1e-10

# Newcombe (1998), Statistics in Medicine 17, 857–872, table I, method 3 (Wilson, without continuity correction), which is
# also what R's prop.test(x, n, correct = FALSE) prints: events, n, low, high.
NEWCOMBE = [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0000, 0.1611), (1, 29, 0.0061, 0.1718)]


def summary(*samples: np.ndarray) -> tuple[pd.Series, pd.Series, pd.Series]:
    return (
        pd.Series([len(s) for s in samples]),
        pd.Series([s.mean() for s in samples]),
        pd.Series([pd.Series(s).std() for s in samples]),
    )


@pytest.mark.parametrize("confidence", [0.90, 0.95])
@pytest.mark.parametrize("size", [2, 5, 40, 3000])
def test_interval_of_a_mean_is_that_of_statsmodels(size: int, confidence: float) -> None:
    sample = np.random.default_rng(size).normal(0.3, 2, size)
    low, high = mean_interval(*summary(sample), confidence)
    expected = DescrStatsW(sample).tconfint_mean(1 - confidence)
    assert (low[0], high[0]) == pytest.approx(expected, rel=EXACT)


def test_five_values_by_hand() -> None:
    # mean 3, SD sqrt(2.5) = 1.5811, error 0.7071, t(4) = 2.7764: 3 ± 1.9632
    low, high = mean_interval(*summary(np.array([1.0, 2, 3, 4, 5])), 0.95)
    assert (low[0], high[0]) == pytest.approx((1.0368, 4.9632), abs=5e-5)


def test_one_value_and_equal_values_have_no_interval() -> None:
    n, mean, sd = pd.Series([1, 4]), pd.Series([2.0, 0.1]), pd.Series([np.nan, np.full(4, 0.1).std(ddof=1)])
    low, high = mean_interval(n, mean, sd, 0.95)
    assert low.isna().all()
    assert high.isna().all()


@pytest.mark.parametrize(("part_n", "rest_n"), [(2, 2), (5, 40), (300, 700)])
def test_a_part_against_the_whole_is_welch_between_part_and_rest_shrunk_by_the_rest(part_n: int, rest_n: int) -> None:
    rng = np.random.default_rng(part_n)
    part, rest = rng.normal(1, 1, part_n), rng.normal(0, 3, rest_n)
    whole = np.concatenate([part, rest])
    estimate, low, high = part_against_whole(*summary(part), *summary(whole), 0.95)
    welch = stats.ttest_ind(part, rest, equal_var=False).confidence_interval(0.95)
    share_of_rest = rest_n / (part_n + rest_n)
    assert estimate[0] == pytest.approx(part.mean() - whole.mean(), rel=EXACT)
    assert (low[0], high[0]) == pytest.approx((share_of_rest * welch.low, share_of_rest * welch.high), rel=1e-8)


@pytest.mark.parametrize(("part", "rest"), [([1.0], [2.0, 3.0]), ([1.0, 2.0], [3.0]), ([2.0, 2.0, 2.0], [1.0, 5.0])])
def test_a_part_or_rest_of_one_and_a_part_without_spread_have_no_interval(part: list[float], rest: list[float]) -> None:
    estimate, low, high = part_against_whole(*summary(np.array(part)), *summary(np.array(part + rest)), 0.95)
    assert estimate.notna().all()
    assert low.isna().all()
    assert high.isna().all()


@pytest.mark.parametrize(("events", "n", "expected_low", "expected_high"), NEWCOMBE)
def test_interval_of_a_share_is_the_published_one(
    events: int, n: int, expected_low: float, expected_high: float
) -> None:
    low, high = share_interval(pd.Series([events]), pd.Series([n]), 0.95)
    assert (low[0], high[0]) == pytest.approx((100 * expected_low, 100 * expected_high), abs=0.005)


def test_interval_of_a_share_by_wilsons_formula() -> None:
    events, n, z = 7, 40, stats.norm.ppf(0.95)
    p, middle = events / n, (events / n + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    low, high = share_interval(pd.Series([events]), pd.Series([n]), 0.90)
    assert (low[0], high[0]) == pytest.approx((100 * (middle - half), 100 * (middle + half)), rel=EXACT)


def test_an_interval_of_a_share_always_holds_the_share() -> None:
    n = pd.Series([1, 5, 400, 400])
    events = pd.Series([1, 0, 400, 0])
    low, high = share_interval(events, n, 0.95)
    assert ((low <= 100 * events / n) & (100 * events / n <= high)).all()
