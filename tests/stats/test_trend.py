"""Whether the national position moves: against other fits of the same line, and against a slope that was put in."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.stats import trend

REPLICATIONS = 400
COVERAGE = 0.035  # three standard errors of a share of 95 % in 400 replications
YEARS = np.arange(2021, 2027)


def yearly(results, means, n: int = 50, sd: float = 1.0, seed: int = 0, **columns):
    """Results whose yearly means and SDs are exactly those given."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(size=(len(means), n))
    noise = (noise - noise.mean(axis=1, keepdims=True)) / noise.std(axis=1, ddof=1, keepdims=True)
    position = (np.asarray(means)[:, None] + sd * noise).ravel()
    return results(position=position, school_year=np.repeat(YEARS[-len(means) :], n), **columns)


def test_the_slope_and_its_error_solve_the_normal_equations(results, params) -> None:
    rng = np.random.default_rng(1)
    n = np.array([12, 40, 90, 30, 60, 25])
    position = rng.normal(np.repeat([0, 0.3, -0.2, 0.4, 0.1, 0.5], n), np.repeat([1, 0.8, 1.2, 1, 0.9, 1.1], n))
    rows = results(position=position, school_year=np.repeat(YEARS, n))
    means = rows.groupby("school_year")["position"].mean().to_numpy()
    weights = n / rows.groupby("school_year")["position"].var().to_numpy()
    x = np.column_stack([np.ones(6), YEARS - 2021.0])
    covariance = np.linalg.inv(x.T @ (weights[:, None] * x))
    slope = (covariance @ x.T @ (weights * means))[1]
    chi2 = (weights * (means - x @ (covariance @ x.T @ (weights * means))) ** 2).sum()
    half = stats.t.ppf(0.975, 4) * np.sqrt(covariance[1, 1] * max(1, chi2 / 4))
    found = trend(rows, params).iloc[0]
    assert chi2 / 4 > 1, "the case has to show the inflation"
    assert found[["estimate", "low", "high"]].tolist() == pytest.approx([slope, slope - half, slope + half])
    assert slope == pytest.approx(np.polyfit(YEARS - 2021.0, means, 1, w=np.sqrt(weights))[0])
    assert (found["n"], found["year_from"], found["school_year"]) == (n.sum(), 2021, 2026)


def test_years_on_a_line_have_the_error_of_their_pupils_as_a_bootstrap_finds_it(results, params) -> None:
    found = trend(yearly(results, 0.1 * np.arange(6), n=50, sd=0.9), params).iloc[0]
    draws = 0.1 * np.arange(6) + np.random.default_rng(2).normal(0, 0.9 / np.sqrt(50), (20_000, 6))
    bootstrap = np.polyfit(np.arange(6.0), draws.T, 1)[0].std()
    assert found["estimate"] == pytest.approx(0.1)
    assert (found["high"] - found["estimate"]) / stats.t.ppf(0.975, 4) == pytest.approx(bootstrap, rel=0.02)
    assert found["verdict"] == "differs"


@pytest.mark.parametrize("slope", [0.0, 0.06])
def test_intervals_hold_the_true_slope_where_years_scatter(results, params, slope: float) -> None:
    rng = np.random.default_rng(3)
    means = slope * (YEARS - 2023.5) + rng.normal(0, 0.15, (REPLICATIONS, 6))
    position = np.repeat(means.ravel(), 60) + rng.normal(0, 1, REPLICATIONS * 360)
    places = np.repeat([f"M{i:03}" for i in range(REPLICATIONS)], 360)
    rows = results(municipality_id=places, school_year=np.tile(np.repeat(YEARS, 60), REPLICATIONS), position=position)
    found = trend(rows, params)
    assert len(found) == REPLICATIONS
    held = (found["low"] <= slope) & (slope <= found["high"])
    assert 0.95 - COVERAGE <= held.mean() <= 0.95 + COVERAGE
    if slope == 0:
        assert (found["verdict"] == "differs").mean() <= 0.05 + COVERAGE


def test_where_the_test_gets_harder_and_easier_the_place_in_the_country_does_not_move(results, params) -> None:
    """Series without a trend, eight years of which six are shown; a line through raw percent would follow the tests."""
    rng = np.random.default_rng(4)
    places = np.repeat([f"M{i:03}" for i in range(REPLICATIONS)], 6 * 40)
    year = np.tile(np.repeat(YEARS, 40), REPLICATIONS)
    position = rng.normal(0, 1, len(places))
    found = trend(results(municipality_id=places, school_year=year, position=position), params)
    assert len(found) == REPLICATIONS
    assert (found["verdict"] == "differs").mean() <= 0.05 + COVERAGE
    percent = (
        50 + 22 * position + np.repeat(np.array([-7.0, -5, -1, 0, 4, 6]), 40)[None, :].repeat(REPLICATIONS, 0).ravel()
    )
    means = pd.Series(percent).groupby([places, year]).mean().unstack().to_numpy()
    claims = [stats.linregress(np.arange(6.0), row).pvalue < 0.05 for row in means]
    assert np.mean(claims) > 0.5


def test_too_few_years_make_no_trend(results, params) -> None:
    assert trend(yearly(results, [0, 0.1, 0.2]), params).empty
    assert len(trend(yearly(results, [0, 0.1, 0.2, 0.3]), params)) == 1


def test_years_of_fewer_than_ten_pupils_and_without_spread_do_not_count(results, params) -> None:
    rows = yearly(results, [0, 0.1, 0.2, 0.3], n=50)
    few = yearly(results, [9.0], n=9).assign(school_year=2022)
    alike = results(position=np.full(20, 5.0), school_year=2021)
    found = trend(pd.concat([rows, few, alike]), params)
    assert (found["n"].tolist(), found["year_from"].tolist()) == ([200], [2023])


def test_only_the_years_shown_count(results, params) -> None:
    rows = yearly(results, 0.1 * np.arange(6))
    old = yearly(results, [-5.0]).assign(school_year=2020)
    assert trend(pd.concat([rows, old]), params)["estimate"].tolist() == pytest.approx([0.1])


def test_each_test_has_a_line_of_its_own(results, params) -> None:
    rows = [yearly(results, s * np.arange(6), domain=d) for s, d in ((0.1, "numeracy"), (-0.1, "science"))]
    rows = pd.concat(rows).astype({"domain": "category"})
    found = trend(rows, params).set_index("domain")["estimate"]
    assert found.to_dict() == pytest.approx({"numeracy": 0.1, "science": -0.1})


def test_without_positions_or_results_there_is_no_trend(results, params) -> None:
    assert trend(results(value=[1.0, 2.0]), params).empty
    assert trend(pd.DataFrame(), params).empty
