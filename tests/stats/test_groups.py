"""Gaps of groups: against other libraries, against a truth that was put in, and what no group is."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.stats import group_gaps

REPLICATIONS = 400
COVERAGE = 0.035  # three standard errors of a share of 95 % in 400 replications


def gaps(found: pd.DataFrame, reference: str) -> pd.DataFrame:
    return found[found["reference"] == reference].set_index("group")


def test_both_gaps_are_those_of_scipy_on_pupil_rows(results, params) -> None:
    rng = np.random.default_rng(1)
    sex = rng.choice(["boy", "girl"], 300, p=[0.3, 0.7])
    position = rng.normal(0, 1, 300) - 0.4 * (sex == "boy")
    found = group_gaps(results(position=position, sex=sex), ["sex"], params)
    boys, girls = position[sex == "boy"], position[sex == "girl"]
    country, own = gaps(found, "country").loc["sex=boy"], gaps(found, "municipality").loc["sex=boy"]
    t = stats.ttest_1samp(boys, 0).confidence_interval(0.95)
    assert country[["estimate", "low", "high"]].tolist() == pytest.approx([boys.mean(), t.low, t.high])
    welch = stats.ttest_ind(boys, girls, equal_var=False).confidence_interval(0.95)
    rest = len(girls) / 300
    expected = [boys.mean() - position.mean(), rest * welch.low, rest * welch.high]
    assert own[["estimate", "low", "high"]].tolist() == pytest.approx(expected)
    assert (own["n"], own["unit"], own["indicator"]) == (len(boys), "sd", "group_gap")


def test_intervals_hold_the_true_gap_to_the_municipality_as_often_as_they_say(results, params) -> None:
    rng = np.random.default_rng(2)
    sizes, means, spread = np.array([35, 90]), np.array([-0.3, 0.1]), np.array([1.4, 0.7])
    places = np.repeat([f"M{i:03}" for i in range(REPLICATIONS)], sizes.sum())
    position = np.tile(np.repeat(means, sizes), REPLICATIONS) + rng.normal(
        0, np.tile(np.repeat(spread, sizes), REPLICATIONS)
    )
    low_income = np.tile(np.repeat(["yes", "no"], sizes), REPLICATIONS)
    rows = results(municipality_id=places, position=position, low_income=low_income)
    own = gaps(group_gaps(rows, ["low_income"], params), "municipality").loc["low_income=yes"]
    truth = means[0] - (means * sizes).sum() / sizes.sum()
    assert ((own["low"] <= truth) & (truth <= own["high"])).mean() == pytest.approx(0.95, abs=COVERAGE)


def test_where_groups_do_not_differ_one_verdict_in_twenty_says_so(results, params) -> None:
    rng = np.random.default_rng(3)
    places = np.repeat([f"M{i:03}" for i in range(REPLICATIONS)], 100)
    rows = results(
        municipality_id=places, position=rng.normal(0, 1, len(places)), sen=rng.choice(["yes", "no"], len(places))
    )
    own = gaps(group_gaps(rows, ["sen"], params), "municipality").loc["sen=yes"]
    assert (own["verdict"] == "differs").mean() == pytest.approx(0.05, abs=COVERAGE)


def test_pupils_without_a_value_are_in_the_whole_and_in_no_group(results, params) -> None:
    rows = results(position=[0.0, 1, 2, 3, 14.0], sex=["boy", "boy", "girl", "girl", None])
    own = gaps(group_gaps(rows, ["sex"], params), "municipality")
    assert own.index.tolist() == ["sex=boy", "sex=girl"]
    assert own["estimate"].tolist() == [0.5 - 4, 2.5 - 4]


def test_a_value_that_all_share_and_a_category_nobody_has_make_no_group(results, params) -> None:
    rows = results(
        position=[0.0, 1, 2, 3, 4], sex="girl", moved=pd.Categorical(["no"] * 4 + ["yes"], ["no", "yes", "x"])
    )
    assert set(group_gaps(rows, ["sex", "moved"], params)["group"]) == {"moved=no", "moved=yes"}


def test_groups_of_years_are_pooled_and_the_pool_is_named(results, params) -> None:
    rows = results(
        position=np.arange(40.0), school_year=np.repeat([2023, 2024, 2025, 2026], 10), sex=["boy", "girl"] * 20
    )
    own = gaps(group_gaps(rows, ["sex"], params), "municipality")
    assert own[["n", "year_from", "school_year"]].to_numpy().tolist() == [[15, 2024, 2026]] * 2


def test_raw_percents_are_never_pooled_nor_held_against_a_country(results, params) -> None:
    rows = results(value=np.arange(40.0), school_year=np.repeat([2025, 2026], 20), sex=["boy", "girl"] * 20)
    found = group_gaps(rows, ["sex"], params)
    assert set(found["reference"]) == {"municipality"}
    assert set(found["unit"]) == {"percent"}
    assert found["n"].tolist() == [10, 10]
    assert found["year_from"].isna().all()


def test_each_result_is_measured_once(results, params) -> None:
    rows = results(position=[0.0, 1, 2, 3] * 3, points=[0.0, 10, 20, 30] * 3, sex=["boy", "girl"] * 6)
    assert set(group_gaps(rows, ["sex"], params)["unit"]) == {"sd"}


def test_one_pupil_and_none(results, params) -> None:
    assert group_gaps(results(position=[0.1], sex=["boy"]), ["sex"], params).empty
    assert group_gaps(pd.DataFrame(), [], params).empty
    assert group_gaps(results(position=np.zeros(9), sex=[None] * 9), ["sex"], params).empty
