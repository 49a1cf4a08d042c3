"""A municipality's plan: faults of its file before anything starts, evidence for pages, and what it says of the demo."""

import pytest

from analysis.batch import open_unit
from analysis.batch import planned as planning
from analysis.batch.asked import check_asked
from analysis.batch.planned import check_plans, planned
from analysis.faults import InputFaults
from analysis.intake.store import open_store
from analysis.plan_limits import Floors, Limits


@pytest.fixture(scope="module")
def made(demo_store):
    return planned(open_unit("D003", store=str(demo_store)))


def test_faulty_limits_are_told_before_a_batch_starts(monkeypatch, tmp_path, demo_store):
    (tmp_path / "D001.yml").write_text("budget_eur_per_year: -5")
    (tmp_path / "D003.yml").write_text("programmes: [{code: reading, colour: blue}]")
    monkeypatch.setattr(planning, "PLANS", tmp_path)
    with pytest.raises(InputFaults) as found:
        check_asked(open_store(demo_store))
    assert [(fault.code, fault.file) for fault in found.value.faults] == [("P30", "D001.yml"), ("P04", "D003.yml")]


def test_sound_limits_are_no_fault():
    assert check_plans(["D001", "D002"]) == []


def test_pages_get_municipality_and_schools_without_grades_and_prices(made):
    assert set(made.shown["grade"]) == {""}
    assert not made.shown["part"].str.contains("price").any()
    assert {"support_need", "support_served", "plan_served", "plan_unserved", "support_places"} <= set(
        made.shown["indicator"]
    )


def test_need_is_who_is_served_and_who_is_left_in_each_school(made):
    rows = made.shown[made.shown["part"] == "reading"].set_index(["indicator", "school_id"])["estimate"]
    need, served, left = (rows[name] for name in ("support_need", "plan_served", "plan_unserved"))
    assert ((served + left) - need.reindex(served.index)).abs().max() <= 1


def test_places_of_the_newest_year_are_those_of_the_delivery(made, demo_store):
    capacity = open_unit("D003", store=str(demo_store)).table("support_capacity")
    newest = capacity[capacity["school_year"] == capacity["school_year"].max()]
    own = made.shown[(made.shown["indicator"] == "support_places") & (made.shown["school_id"] == "")]
    assert own.set_index("part")["estimate"]["reading"] == newest[newest["programme"] == "reading"]["places"].sum()


def test_limits_that_clash_leave_need_and_places_and_a_note(demo_store):
    unit = open_unit("D003", store=str(demo_store))
    found = planned(unit, Limits(floor_percent=Floors(programme=100)))
    assert found.plan is None
    assert "P36" in {fault.code for fault in found.faults}
    assert "plan:clash" in set(found.shown["part"])
    assert {"support_need", "support_places"} <= set(found.shown["indicator"])
