"""More never serves fewer; the relaxation's steps shrink; a case worked out by hand."""

import numpy as np
import pandas as pd
import pytest

from analysis.plan.curves import curves
from analysis.plan.task import Task, task
from analysis.plan_limits import Limits


def case(**limits: object) -> Task:
    """Reading places in two schools: S1 needs 6 and has 4 places, S2 needs 3 and has 5; 30 minutes and 10 euro a child."""
    need = pd.DataFrame({"school_id": ["S1", "S2"], "grade": "2", "part": "reading", "n": 40, "estimate": [6.0, 3.0],
                         "low": [5.0, 3.0], "high": [8.0, 4.0]})  # fmt: skip
    capacity = pd.DataFrame({"programme": "reading", "school_id": ["S1", "S2"], "specialist": "teacher", "places": [4.0, 5.0],
                             "minutes_per_week": [120.0, 150.0], "cost_per_hour": 20.0, "school_year": 2026})  # fmt: skip
    schools = pd.DataFrame({"school_id": ["S1", "S2"], "lat": np.nan, "lon": np.nan})
    return task(need, capacity, schools, Limits(**({"curve_places": (1, 2, 5), "weeks_per_year": 1.0} | limits)))


def test_a_case_worked_out_by_hand():
    """Today 4 + 3. One place more goes to S1 (8), two fill it (9), five cannot add a child. Two places of S2 are idle, so
    a cut of one or two costs nobody, one of five costs three. With need 5 and 3 only one child is left to gain, with
    8 and 4 (today 8) four in S1: one, two and, the fifth place idle, four.
    """
    found = curves(case(minutes_per_specialist={"teacher": 60.0}))
    told = found.points.set_index("step")[["gain", "low", "high", "relaxed", "level", "specialist"]]
    print(told.to_string())
    assert told["gain"].to_dict() == {-5: -3, -2: 0, -1: 0, 0: 0, 1: 1, 2: 2, 5: 2}
    assert told["low"].to_dict() == {-5: -4, -2: -1, -1: 0, 0: 0, 1: 1, 2: 1, 5: 1}
    assert told["high"].to_dict() == {-5: -3, -2: 0, -1: 0, 0: 0, 1: 1, 2: 2, 5: 4}
    assert told["relaxed"].tolist() == told["gain"].tolist()
    assert told["level"].tolist() == [4, 7, 8, 9, 10, 11, 14]
    assert told.index[told["specialist"]].tolist() == [-2, 2]  # 60 minutes are two children
    assert found.prices.set_index("part")["price"].to_dict() == {"reading/teacher": 1.0}


def test_a_euro_worked_out_by_hand():
    """A child costs 10 euro a year; with 50 euro five are served; five euro more serve nobody whole, half a child relaxed."""
    found = curves(case(budget_eur_per_year=50.0, curve_budget_percent=(10, 20)))
    euro = found.points[found.points["kind"] == "budget"].set_index("step")
    assert euro["gain"].to_dict() == {-10: -1, -5: -1, 0: 0, 5: 0, 10: 1}
    assert euro["relaxed"].to_dict() == {-10: -1, -5: -0.5, 0: 0, 5: 0.5, 10: 1}
    assert found.prices.set_index("kind")["price"]["budget"] == pytest.approx(0.1)
    assert (
        found.points.loc[found.points["kind"] == "places", "gain"].loc[lambda g: g > 0]
    ).empty  # money is what limits


def test_curves_rise_and_the_relaxation_bends_down(drawn):
    seen = 0
    for seed in range(25):
        need, capacity, schools, limits = drawn(seed, schools=3, most=6)
        t = task(need, capacity, schools, limits.model_copy(update={"curve_places": (1, 2, 3, 4)}))
        for (_, _), points in curves(t).points.groupby(["kind", "part"]):
            for column in ("gain", "relaxed"):
                assert (points[column].diff().dropna() >= -1e-6).all(), (seed, column)
            slope = points["relaxed"].diff() / points["step"].diff()
            for side in (points["step"] > 0, points["step"] <= 0):
                assert (slope[side].diff().dropna() <= 1e-6).all(), (seed, points)
                seen += int(side.sum() > 2)
    assert seen > 80


def test_the_dual_price_is_the_slope_of_the_relaxation():
    found = curves(case(curve_places=(1,)))
    step = found.points.set_index("step")["relaxed"]
    assert found.prices["price"].iloc[0] == pytest.approx(step[1])
