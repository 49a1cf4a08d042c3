"""How much schools differ: against the analysis of variance, the exact interval of balanced data, and simulated truth."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.stats.mixed import sums
from analysis.stats.mixed.variance_shares import variance_shares
from analysis.stats.spread import school_spread

REPLICATIONS = 200
COVERAGE = 0.045  # three standard errors of a share of 95 % in 200 replications


def schools(seed: int, share: float, count: int = 12, pupils: int = 40) -> np.ndarray:
    """Results of ``count`` schools (rows) whose means hold the given share of the variance."""
    rng = np.random.default_rng(seed)
    return np.sqrt(share) * rng.normal(size=(count, 1)) + np.sqrt(1 - share) * rng.normal(size=(count, pupils))


def of_schools(results, values: np.ndarray, **columns) -> pd.DataFrame:
    names = np.repeat([f"S{i:02}" for i in range(len(values))], values.shape[1])
    return results(value=50 + 10 * values.ravel(), school_id=names, **columns)


def test_a_balanced_test_has_the_intraclass_correlation_of_the_analysis_of_variance(results, params) -> None:
    values = schools(1, 0.2)
    between, within = 40 * values.mean(axis=1).var(ddof=1), values.var(axis=1, ddof=1).mean()
    found = school_spread(of_schools(results, values), params)
    assert found["estimate"].tolist() == pytest.approx([100 * (between - within) / (between + 39 * within)])
    assert found[["part", "unit", "n", "municipality_id"]].iloc[0].tolist() == ["schools", "percent", 480, "M1"]
    f = between / within
    exact = [((f / stats.f.ppf(q, 11, 12 * 39)) - 1) / (f / stats.f.ppf(q, 11, 12 * 39) + 39) for q in (0.975, 0.025)]
    assert found[["low", "high"]].iloc[0].tolist() == pytest.approx(100 * np.array(exact), abs=4), "Fisher's interval"


@pytest.mark.parametrize("share", [0.0, 0.1])
def test_intervals_hold_the_true_share(share: float) -> None:
    inner, one = np.repeat(np.arange(12), 40), np.ones((480, 1))
    found = [variance_shares(sums(schools(seed, share).ravel(), one, inner), 0.95) for seed in range(REPLICATIONS)]
    held = np.mean([(each["low"] <= share).all() and (share <= each["high"]).all() for each in found])
    assert held >= 0.95 - COVERAGE
    if share:
        assert held <= 0.95 + COVERAGE
        assert np.mean([each["estimate"].iloc[0] for each in found]) == pytest.approx(share, abs=0.02)


def test_of_several_municipalities_both_shares_are_told(results, params) -> None:
    rng = np.random.default_rng(2)
    values = schools(3, 0.1, count=60) + 0.5 * np.repeat(rng.normal(size=12), 5)[:, None]
    places = np.repeat([f"M{i:02}" for i in range(12)], 5 * 40)
    found = school_spread(of_schools(results, values, municipality_id=places), params).set_index("part")
    assert found["municipality_id"].tolist() == ["", ""]
    assert found.loc["municipalities", "low"] < 100 * 0.25 / 1.25 < found.loc["municipalities", "high"]
    assert found.loc["schools", "low"] < 100 * 0.1 / 1.25 < found.loc["schools", "high"]


def test_each_test_is_told_by_its_newest_year(results, params) -> None:
    old, new = (of_schools(results, schools(s, 0.3), school_year=year) for s, year in ((4, 2025), (5, 2026)))
    other = of_schools(results, schools(6, 0.0), school_year=2025, domain="literacy")
    together = school_spread(pd.concat([old, new, other]), params)
    assert together["school_year"].tolist() == [2025, 2026]
    assert together["domain"].tolist() == ["literacy", "numeracy"]
    alone = school_spread(new, params)
    assert together["estimate"].iloc[1] == pytest.approx(alone["estimate"].iloc[0], abs=1e-6)


@pytest.mark.parametrize(
    "rows",
    {
        "one school": {"value": np.arange(40.0), "school_id": "S1"},
        "one pupil a school": {"value": np.arange(40.0), "school_id": [f"S{i}" for i in range(40)]},
        "equal results": {"value": np.full(40, 50.0), "school_id": ["S1", "S2"] * 20},
        "equal within schools": {"value": [40.0, 50.0] * 20, "school_id": ["S1", "S2"] * 20},
        "nine pupils": {"value": np.arange(9.0), "school_id": ["S1", "S2", "S3"] * 3},
        "nobody present": {"value": np.arange(40.0), "school_id": ["S1", "S2"] * 20, "status": "absent"},
    }.values(),
)
def test_where_schools_cannot_be_told_from_pupils_nothing_is_said(results, params, rows) -> None:
    assert school_spread(results(**rows), params).empty


def test_order_names_and_unit_do_not_matter(results, params) -> None:
    values = schools(7, 0.15)
    one = school_spread(of_schools(results, values), params)
    other = of_schools(results, 3 * values[::-1] + 20).sample(frac=1, random_state=0)
    again = school_spread(other, params)
    for column in ("estimate", "low", "high"):
        assert again[column].tolist() == pytest.approx(one[column].tolist(), abs=0.02), "the interval's own fineness"
    assert again["estimate"].tolist() == pytest.approx(one["estimate"].tolist(), abs=1e-7)
