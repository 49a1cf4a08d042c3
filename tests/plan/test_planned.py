"""Evidence of a plan: of how many pupils, with which limit, and what of it is released."""

import pytest

from analysis.params import load_params
from analysis.plan.curves import curves
from analysis.plan.floors import floor_prices
from analysis.plan.matching import match
from analysis.plan.planned import plan_evidence
from analysis.plan.task import task
from analysis.plan_limits import Limits, audit_minutes
from analysis.release import release


def test_rows_of_a_plan_are_evidence_that_adds_up_and_leaves_by_the_door(drawn):
    need, capacity, schools, _ = drawn(5, schools=4, most=6, grades=2)
    t = task(need, capacity, schools, Limits(weeks_per_year=30.0))
    plan = match(t)
    rows = plan_evidence(plan, curves(t), audit_minutes(), municipality_id="D001", school_year=2027)
    served = rows[rows["indicator"] == "plan_served"]
    total = served[(served["school_id"] == "") & (served["grade"] == "")].set_index("part")["estimate"]
    assert total.sum() == plan.worth
    assert served[served["school_id"] != ""].groupby("part")["estimate"].sum().to_dict() == total.to_dict()
    assert served[served["grade"] != ""].groupby("part")["estimate"].sum().to_dict() == total.to_dict()
    assert (served["n"] >= served["high"]).all()
    left = rows[(rows["indicator"] == "plan_unserved") & (rows["school_id"] != "")]
    assert left.loc[left["estimate"] > 0, "method"].str.fullmatch(r"limit:[a-z_+]+").all()
    released = release(rows, load_params())
    audit = released.where(indicator="audit_minutes", part="psychologist").rows
    assert audit[["low", "high"]].to_numpy().tolist() == [[14.0, 18.0]]
    few = release(rows.assign(n=rows["n"].where(rows["school_id"] == "", 3)), load_params()).rows
    assert few.loc[few["school_id"] != "", ["n", "estimate", "low", "high"]].isna().all().all()
    assert (few.loc[few["school_id"] != "", "method"] == "").all()


def test_the_budget_stands_beside_what_all_the_time_costs_and_floors_leave_by_the_door(drawn):
    need, capacity, schools, _ = drawn(5, schools=4, most=6, grades=2)
    own = capacity.assign(places=10.0, minutes_per_week=200.0, cost_per_hour=12.0)
    t = task(need, own, schools, Limits(weeks_per_year=30.0, budget_eur_per_year=5000.0))
    plan = match(t)
    rows = plan_evidence(plan, None, {}, municipality_id="D001", school_year=2027, evener=floor_prices(plan))
    released = release(rows, load_params())
    euro = released.where(indicator="plan_budget").rows.set_index("part")["estimate"]
    assert euro.to_dict() == {"budget": 5000.0, "time": len(own) * 200 / 60 * 12 * 30}
    floors = released.where(indicator="plan_floor").rows.set_index("part")
    assert floors.loc["served|plan", "estimate"] == plan.worth
    assert floors.loc["served|0", "estimate"] == plan.worth + floors.loc["fewer|plan", "estimate"]
    assert (floors["n"] >= floors["high"].where(floors["unit"] == "pupils", 0)).all()
    assert set(released.where(indicator="plan_floor").rows["school_id"]) == {""}
    free = plan_evidence(match(task(need, own, schools, Limits())), None, {}, municipality_id="D001", school_year=2027)
    assert "plan_budget" not in set(free["indicator"])


def test_minutes_stand_by_child_served_and_by_child_in_need(drawn):
    need, capacity, schools, _ = drawn(5, schools=4, most=6, grades=2)
    own = capacity.assign(places=10.0, minutes_per_week=200.0)
    t = task(need, own, schools, Limits())
    rows = plan_evidence(match(t), curves(t), {}, municipality_id="D001", school_year=2027).set_index("part")
    wanted = need.loc[need["part"] == "counselling/psychologist", "estimate"].sum()
    assert rows.loc["counselling/psychologist|need", "estimate"] == 200.0 / wanted
    assert rows.loc["counselling/psychologist|served", "estimate"] == 20.0


def test_a_place_costs_a_childs_minutes_of_a_year(drawn):
    need, capacity, schools, _ = drawn(5, schools=4, most=6, grades=2)
    limits = Limits(weeks_per_year=34, minutes_per_child={"psychologist": 20})
    own = capacity.assign(places=10.0, minutes_per_week=200.0, cost_per_hour=30.0)
    rows = plan_evidence(match(task(need, own, schools, limits)), None, {}, municipality_id="D001", school_year=2027)
    costs = rows[rows["indicator"] == "plan_cost"].set_index("part")["estimate"]
    assert costs["counselling/psychologist|place"] == pytest.approx(34 * 20 / 60 * 30)
    unknown = plan_evidence(
        match(task(need, own.assign(cost_per_hour=float("nan")), schools, limits)), None, {}, municipality_id="D001",
        school_year=2027,
    )  # fmt: skip
    assert not unknown["part"].str.endswith("|place").any()
