"""A coming year's mean: against a posterior on a grid, against plain regression, and as often true as it says."""

import numpy as np
import pytest
from scipy import stats
from statsmodels.regression.linear_model import WLS
from tools.targets import calibration, places

from analysis.plan import forecasts
from analysis.plan.forecasts import SLOPE_SD, WOBBLE_SD, Series, forecast, outlook

SERIES = Series(np.array([2021.0, 2022, 2023, 2024]), np.array([0.02, -0.03, 0.05, 0.08]), np.full(4, 0.05))


def test_the_forecast_is_the_posterior_on_a_grid() -> None:
    """Level, slope and wobble on a grid, prior times likelihood, no formula of ours."""
    level = np.linspace(-0.4, 0.5, 181)[:, None, None]
    slope = np.linspace(-0.12, 0.12, 121)[None, :, None]
    prior = stats.chi2.ppf((np.arange(60) + 0.5) / 60, 4)
    wobble = (WOBBLE_SD * np.sqrt(4 / prior))[None, None, :]
    log = stats.norm.logpdf(slope, 0, SLOPE_SD)
    for year, mean, error in zip(SERIES.year, SERIES.mean, SERIES.error, strict=True):
        log = log + stats.norm.logpdf(mean, level + slope * (year - 2024), np.sqrt(error**2 + wobble**2))
    weight = np.exp(log - log.max())
    weight /= weight.sum()
    middle, sd = level + slope * 3, np.sqrt(0.05**2 + wobble**2)
    coming = forecast(SERIES, 2027)
    assert coming.mean == pytest.approx(float((weight * middle).sum()), abs=0.003)
    for aim in (-0.1, 0.05, 0.15, 0.3):
        assert coming.above(aim) == pytest.approx(float((weight * stats.norm.sf((aim - middle) / sd)).sum()), abs=0.01)


def test_without_priors_it_is_the_weighted_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forecasts, "SLOPE_SD", 1e4)
    monkeypatch.setattr(forecasts, "WOBBLE_SD", 1e-9)
    series = Series(SERIES.year, SERIES.mean, np.array([0.03, 0.06, 0.04, 0.05]))
    design = np.column_stack([np.ones(4), series.year - 2024])
    fit = WLS(series.mean, design, weights=1 / series.error**2).fit(cov_type="fixed scale")
    at = np.array([1.0, 2.0])
    coming = forecast(series, 2026)
    assert coming.mean == pytest.approx(float(at @ fit.params))
    variance = at @ np.linalg.inv((design.T / series.error**2) @ design) @ at + 0.05**2
    assert coming.interval(0.95) == pytest.approx(stats.norm.interval(0.95, coming.mean, np.sqrt(variance)), abs=1e-6)


def test_the_unit_does_not_matter() -> None:
    points = Series(SERIES.year, 20 * SERIES.mean, 20 * SERIES.error, 20.0)
    assert forecast(points, 2027).above(2.0) == pytest.approx(forecast(SERIES, 2027).above(0.1))


def test_more_and_farther_years_are_less_sure_and_measurements_make_them_surer() -> None:
    near, far = (np.ptp(forecast(SERIES, year).interval(0.95)) for year in (2025, 2029))
    assert far > near
    widths = [
        outlook(SERIES, 0.1, 2028, list(range(2025, last + 1)), 0.8, 0.95).half_width for last in range(2025, 2029)
    ]
    assert (np.diff(widths) < 0).all()
    assert widths[-1] == pytest.approx(1.96 * 0.05, rel=1e-3)  # the year itself: its pupils' error is left


def test_what_is_said_to_be_80_percent_happens_in_75_to_85_and_cannot_tell_is_as_frequent_as_the_truth_says() -> None:
    found = places(1500, 11)
    stated, reached = found["stated"], found["reached"]
    near = (stated >= 0.70) & (stated < 0.90)
    assert near.sum() > 150
    assert 0.75 <= reached[near].mean() <= 0.85
    told = calibration(found)
    assert told["on"] >= 0.8
    assert told["off"] <= 0.2
    assert 0.93 <= told["inside"] <= 0.99
    assert told["open"] == pytest.approx(told["truly"], abs=0.06)
    assert found["settled"].mean() == pytest.approx(found["then"].mean(), abs=0.06)
