"""The even plan among plans of equal or nearly equal worth, and what evenness costs."""

import numpy as np
import pandas as pd
import pytest
from tests.plan.test_matching import brute_force

from analysis.plan import even
from analysis.plan.floors import SHARES, STEP, floor_prices
from analysis.plan.matching import by_unit, effects, match
from analysis.plan.model import build
from analysis.plan.task import Task, task
from analysis.plan_limits import Floors, Limits, Travel

CASES = 70


def test_with_many_units_the_plan_is_nearly_as_even_and_worth_as_much(drawn, monkeypatch):
    """Beyond forty units the search stays near the relaxation; the full search may end 5 % below it at most."""
    told, seen = [], 0
    for seed in range(12):
        need, capacity, schools, limits = drawn(seed, schools=20, most=8)
        t = task(need, capacity, schools, limits)
        central = t.units["central"].to_numpy()
        model = build(t, central, effects(t))
        found = []
        for small in (0, 10_000):
            monkeypatch.setattr(even, "SMALL", small)
            found.append(even.chosen(t, model, central))
        if found[0] is None or found[1] is None:
            assert found == [None, None]
            continue
        near, full = (by_unit(t, children) for children, _ in found)
        worths = [float(model.worth[: model.children] @ children) for children, _ in found]
        assert worths[0] == pytest.approx(worths[1])
        least = even.unevenness(central, full)
        told.append(even.unevenness(central, near) / least if least else 1.0)
        seen += 1
    print(f"as uneven as the full search's: {max(told):.3f} at most, n={seen}")
    assert seen > 6
    assert max(told) < 1.05


def test_what_may_be_given_up_buys_the_most_even_plan_within_it(drawn):
    """Against every plan that is worth at least 70 % of the best."""
    seen = gave = 0
    for seed in range(CASES):
        need, capacity, schools, limits = drawn(seed)
        limits = limits.model_copy(update={"give_up_percent": 30.0})
        expected = brute_force(need, capacity, limits)
        t = task(need, capacity, schools, limits)
        central = t.units["central"].to_numpy()
        model = build(t, central, effects(t))
        found = even.chosen(t, model, central)
        assert (found is None) == (expected is None), seed
        if found is None:
            continue
        worth = float(model.worth[: model.children] @ found[0])
        assert worth >= 0.7 * expected[0] - 1e-6, seed
        assert found[1] == pytest.approx(expected[0]), seed
        assert even.unevenness(central, by_unit(t, found[0])) == pytest.approx(expected[1]), seed
        seen, gave = seen + 1, gave + (worth < expected[0] - 1e-6)
    assert seen > 50
    assert gave >= 3


def far_and_near(**limits: object) -> Task:
    """A specialist of the municipality with 600 minutes; 20 children in need in each of two schools, 20 minutes a child.

    With the way a child of the far school takes 60 minutes. Twenty near ones and three far ones are 23, the most there is.
    """
    need = pd.DataFrame({"school_id": ["S0", "S1"], "grade": "5", "part": "counselling/psychologist", "n": 100,
                         "estimate": 20.0, "low": 20.0, "high": 20.0})  # fmt: skip
    capacity = pd.DataFrame({"programme": ["counselling"], "school_id": "", "specialist": "psychologist", "places": 40.0,
                             "minutes_per_week": 600.0, "cost_per_hour": 12.0, "school_year": 2026})  # fmt: skip
    given = {"minutes_per_child": {"psychologist": 20.0},
             "travel": Travel(minutes_between_schools=60.0, minutes_per_visit=60.0, base="S0")}  # fmt: skip
    schools = pd.DataFrame({"school_id": ["S0", "S1"], "lat": np.nan, "lon": np.nan})
    return task(need, capacity, schools, Limits(**(given | limits)))


@pytest.mark.parametrize(("percent", "served"), [(0.0, [20, 3]), (5.0, [18, 4]), (100.0, [15, 5])])
def test_a_far_school_gets_more_for_what_may_be_given_up(percent, served):
    """95 % of 23 are 22, of which (18, 4) is the most even; 5² + 15² is the least of all plans that use 600 minutes."""
    assert match(far_and_near(give_up_percent=percent)).units["served"].tolist() == served


def test_the_price_of_a_floor_worked_out_by_hand():
    """A quarter: 5 far children take 300 minutes, 15 near ones 300. 35 %: 7 take 420, 9 near ones 180. 40 %: 8 and 6 < 8."""
    told = floor_prices(match(far_and_near(give_up_percent=5.0))).set_index("part")["estimate"]
    assert told["most"] == 35
    served = {"0": 23, "25": 20, "35": 16, "even": 20, "plan": 22}
    assert {key: told[f"served|{key}"] for key in served} == served
    assert {key: told[f"fewer|{key}"] for key in served} == {key: 23 - n for key, n in served.items()}
    below = {key: told[f"below|{key}"] for key in served}
    assert below == {"0": 1, "25": 0, "35": 0, "even": 0, "plan": 1}  # 3 of 20 < 23 of 80, 4 of 20 < 22 of 80
    assert "served|50" not in told


def test_prices_of_floors_are_those_of_trying_every_plan(drawn):
    seen = impossible = 0
    for seed in range(8):
        need, capacity, schools, limits = drawn(seed, most=2)
        limits = limits.model_copy(update={"effects": {}, "floor_percent": Floors()})
        plan = match(task(need, capacity, schools, limits))
        told = floor_prices(plan).set_index("part")
        for share in SHARES:
            own = limits.model_copy(update={"floor_percent": Floors(school=float(share))})
            kept = [
                brute_force(need.assign(estimate=need[name]), capacity, own) for name in ("low", "estimate", "high")
            ]
            if kept[1] is None:
                assert f"served|{share}" not in told.index, (seed, share)
                impossible += 1
                continue
            row = told.loc[f"served|{share}"]
            ends = [found[0] for found in kept if found is not None]
            assert row[["estimate", "low", "high"]].tolist() == [kept[1][0], min(ends), max(ends)], (seed, share)
            seen += 1
        highest = limits.model_copy(update={"floor_percent": Floors(school=told.loc["most", "estimate"])})
        higher = limits.model_copy(update={"floor_percent": Floors(school=told.loc["most", "estimate"] + STEP)})
        assert brute_force(need, capacity, highest) is not None, seed
        assert told.loc["most", "estimate"] == 100 or brute_force(need, capacity, higher) is None, seed
    assert seen > 10
    assert impossible > 5


def test_children_of_unequal_worth_have_no_price_in_children(drawn):
    need, capacity, schools, limits = next(
        found for found in map(drawn, range(40)) if found[3].effects and not found[3].floor_percent.school
    )
    assert floor_prices(match(task(need, capacity, schools, limits))).empty
