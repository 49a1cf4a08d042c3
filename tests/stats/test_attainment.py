"""Where results stand: against hand-made frames, other libraries, and a truth that was put in."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.weightstats import DescrStatsW

from analysis.stats import attainment, school_attainment

REPLICATIONS = 600
COVERAGE = 0.03  # three standard errors of a share of 95 % in 600 replications


def test_five_pupils_by_hand(results, params) -> None:
    found = attainment(results(position=[-1.0, -0.5, 0.0, 0.5, 1.0], value=[30.0, 40, 50, 60, 70]), params)
    place, percent = (found[found["unit"] == unit].iloc[0] for unit in ("sd", "percent"))
    assert (place["n"], place["estimate"], place["reference"], place["verdict"]) == (5, 0.0, "country", "too_few")
    # SD 0.790569, error 0.353553, t(4) = 2.776445
    assert (place["low"], place["high"]) == pytest.approx((-0.981621, 0.981621), abs=1e-5)
    assert (percent["estimate"], percent["reference"], percent["verdict"]) == (50.0, "", "")


def test_means_of_a_test_are_those_of_pandas_and_statsmodels(results, params) -> None:
    rng = np.random.default_rng(1)
    rows = results(position=rng.normal(-0.2, 1, 200), school_year=rng.integers(2024, 2027, 200))
    found = attainment(rows, params)
    found = found[found["unit"] == "sd"].set_index("school_year")
    for year, own in rows.groupby("school_year"):
        low, high = DescrStatsW(own["position"]).tconfint_mean(0.05)
        expected = [own["position"].mean(), low, high]
        assert found.loc[year, ["estimate", "low", "high"]].tolist() == pytest.approx(expected)
        assert found.loc[year, "n"] == len(own)


def test_intervals_hold_the_true_mean_as_often_as_they_say(results, params) -> None:
    rng = np.random.default_rng(2)
    truth = rng.normal(0, 0.3, REPLICATIONS)
    places = np.repeat([f"M{i:03}" for i in range(REPLICATIONS)], 25)
    rows = results(municipality_id=places, position=np.repeat(truth, 25) + rng.normal(0, 0.9, len(places)))
    found = attainment(rows, params)
    found = found[found["unit"] == "sd"]
    held = (found["low"].to_numpy() <= truth) & (truth <= found["high"].to_numpy())
    assert held.mean() == pytest.approx(0.95, abs=COVERAGE)


def test_where_nothing_differs_one_verdict_in_twenty_says_so(results, params) -> None:
    rng = np.random.default_rng(4)
    places = np.repeat([f"M{i:03}" for i in range(REPLICATIONS)], 25)
    found = attainment(results(municipality_id=places, position=rng.normal(0, 1, len(places))), params)
    found = found[found["unit"] == "sd"]
    assert (found["verdict"] == "differs").mean() == pytest.approx(0.05, abs=COVERAGE)


def test_points_stand_only_where_no_position_is_known(results, params) -> None:
    rows = results(
        domain=["numeracy"] * 3 + ["science"] * 3,
        position=[0.1, 0.2, 0.3] + [np.nan] * 3,
        points=[2.0, 4, 6, -1, -2, -3],
    )
    found = attainment(rows, params)
    against = found[found["reference"] == "country"].set_index("unit")
    assert against.loc["sd", "domain"] == "numeracy"
    assert against.loc["points", "domain"] == "science"
    assert against.loc["points", "estimate"] == -2.0


def test_without_a_country_there_are_percents_and_nothing_else(results, params) -> None:
    found = attainment(results(value=[40.0, 60.0]), params)
    assert found[["unit", "reference"]].to_numpy().tolist() == [["percent", ""]]


def test_scores_without_an_attainable_one_have_no_percent(results, params) -> None:
    found = attainment(results(value=[400.0, 420.0], scale="score", position=[0.1, 0.2]), params)
    assert found["unit"].tolist() == ["sd"]


def test_one_pupil_and_none(results, params) -> None:
    one = attainment(results(position=[0.4]), params)
    assert one.loc[one["unit"] == "sd", "verdict"].tolist() == ["too_few"]
    assert one[["low", "high"]].isna().all(axis=None)
    assert attainment(results(position=[0.4], status="absent"), params).empty
    assert attainment(pd.DataFrame(), params).empty


def test_a_school_against_its_municipality_by_hand(results, params) -> None:
    rows = results(school_id=["A"] * 2 + ["B"] * 4, position=[0.0, 2.0, 1.0, 2.0, 3.0, 4.0])
    found = school_attainment(rows, params).set_index("school_id")
    # All: mean 2. A: mean 1, squares 2. B: mean 2.5, squares 5. s² = 7 / 4. A: 1.96·sqrt(1.75·(1/2 − 1/6)).
    assert found["estimate"].to_dict() == {"A": -1.0, "B": 0.5}
    assert found.loc["A", "high"] - found.loc["A", "estimate"] == pytest.approx(1.959964 * np.sqrt(1.75 / 3))
    assert found["n"].to_dict() == {"A": 2, "B": 4}


def test_schools_without_a_country_are_compared_in_percent_of_one_year(results, params) -> None:
    rows = results(
        school_id=["A", "A", "B", "B"] * 3, value=[40.0, 50, 60, 70] * 3, school_year=[2025] * 8 + [2026] * 4
    )
    assert school_attainment(rows, params).empty  # four pupils of the newest year are too few to stand alone
    found = school_attainment(rows.assign(school_year=[2024] * 4 + [2026] * 8), params).set_index("school_id")
    assert set(found["unit"]) == {"percent"}
    assert found["estimate"].to_dict() == {"A": -10.0, "B": 10.0}
    assert found["n"].to_dict() == {"A": 4, "B": 4}


def test_the_only_school_is_its_municipality(results, params) -> None:
    found = school_attainment(results(position=np.linspace(-1, 1, 12)), params)
    assert found["estimate"].tolist() == pytest.approx([0.0])
    assert found[["low", "high"]].isna().all(axis=None)
    assert found["verdict"].tolist() == [""]


def test_a_schools_category_without_pupils_makes_no_row(results, params) -> None:
    rows = results(school_id=["A"] * 6 + ["B"] * 6 + ["C"], position=np.linspace(-1, 1, 13))
    assert set(school_attainment(rows[rows["school_id"] != "C"], params)["school_id"]) == {"A", "B"}


def test_school_intervals_hold_the_true_gap_as_often_as_they_say(results, params) -> None:
    rng = np.random.default_rng(5)
    sizes = np.array([8, 15, 30, 60])
    schools = np.repeat(list("ABCD"), sizes)
    places = np.repeat([f"M{i:03}" for i in range(REPLICATIONS)], sizes.sum())
    effects = rng.normal(0, 0.4, (REPLICATIONS, 4))
    position = np.repeat(effects, sizes, axis=1).ravel() + rng.normal(0, 0.9, len(places))
    found = school_attainment(
        results(municipality_id=places, school_id=np.tile(schools, REPLICATIONS), position=position), params
    )
    truth = effects - (effects * sizes / sizes.sum()).sum(axis=1, keepdims=True)
    low, high = (found[end].to_numpy().reshape(REPLICATIONS, 4) for end in ("low", "high"))
    assert ((low <= truth) & (truth <= high)).mean(axis=0) == pytest.approx(0.95, abs=COVERAGE)
