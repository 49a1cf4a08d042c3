"""Few participants are not told: not by hours, bounds, aims, other schools or grades; groups need more schools than fields."""

import itertools
from typing import Any

import pandas as pd
import pytest

from analysis.activity_rules import load_activity_rules
from analysis.evidence import evidence
from analysis.params import load_params
from analysis.release import release
from analysis.stats.activities import activities

PARAMS = load_params()


def told(rows: list[dict[str, Any]]) -> pd.DataFrame:
    full = [{"municipality_id": "M", "school_year": 2026, "part": "stem"} | row for row in rows]
    return release([evidence(pd.DataFrame([row])) for row in full], PARAMS).rows


def people(n: int, **more: Any) -> dict[str, Any]:
    return {"indicator": "activity_participations", "unit": "pupils", "n": n, "estimate": float(n), **more}


def hours(estimate: float, **more: Any) -> dict[str, Any]:
    return {"indicator": "activity_hours", "unit": "hours", "n": 80, "estimate": estimate, **more}


def reach(low: float, high: float, **more: Any) -> dict[str, Any]:
    return {"indicator": "activity_reach", "unit": "percent", "n": 100, "low": low, "high": high, **more}


def offer(n: int, **more: Any) -> dict[str, Any]:
    return {
        "indicator": "activity_offer",
        "unit": "hours",
        "n": n,
        "estimate": 8.0 * n,
        "population": "schools",
        **more,
    }


def test_hours_go_with_few_participants_and_the_offer_stays() -> None:
    rows = told([people(4, school_id="S1"), hours(0.4, school_id="S1"), offer(1, school_id="S1"), offer(0, school_id="S2"),
                 hours(0.0, school_id="S2")])  # fmt: skip
    assert rows["n"].isna().tolist() == [True, True, False, False, False]
    assert rows["estimate"].isna().tolist() == [True, True, False, False, False]


def test_a_second_school_goes_where_the_total_would_tell_the_first() -> None:
    schools = [people(n, school_id=f"S{i}") for i, n in enumerate((3, 20, 30))]
    rows = told([people(53), *schools, *(hours(1.0, school_id=f"S{i}") for i in range(3))])
    assert rows["n"].isna().tolist() == [False, True, True, False, True, True, False]


def test_grades_and_those_without_a_grade_are_a_set_too() -> None:
    rows = told([people(53), people(3, grade="5"), people(20, grade="6"), people(30, grade="any")])
    assert rows["n"].isna().tolist() == [False, True, True, False]


def test_bounds_and_aims_that_add_up_all_fields_go_with_any_of_them() -> None:
    aim = {"part": "aim|practice"}
    rows = told([people(3, part="civic"), people(40), reach(20, 43, part=""), reach(20, 40), reach(3, 3, part="civic"),
                 hours(2.0, **aim), people(43, **aim)])  # fmt: skip
    assert rows["low"].isna().tolist()[2:5] == [True, False, True]
    assert rows["n"].isna().tolist()[5:] == [True, True]


def test_bounds_of_a_largest_activity_below_the_smallest_group_are_not_told() -> None:
    rows = told([reach(4.0, 12.0, school_id="S1", part=""), reach(5.0, 12.0, school_id="S2", part="")])
    assert rows["low"].isna().tolist() == [True, False]


@pytest.mark.parametrize(("schools", "shown"), [(6, False), (7, True)])
def test_groups_need_more_schools_than_their_sizes_could_be_worked_out_from(schools, shown) -> None:
    met = {"indicator": "activity_exposure", "unit": "hours", "estimate": 1.0, "n": 60}
    given = [hours(1.0 + i, school_id=f"S{i}") for i in range(schools)]
    rows = told([*given, met | {"group": "sex=boy"}, met | {"group": "sex=girl"}])
    assert (rows["n"].notna().tail(2) == shown).all()


def test_a_group_that_is_too_small_takes_its_neighbour_along() -> None:
    met = {"indicator": "activity_exposure", "unit": "hours", "estimate": 1.0}
    given = [hours(1.0 + i, school_id=f"S{i}") for i in range(9)]
    rows = told([*given, met | {"group": "sen=yes", "n": 9}, met | {"group": "sen=no", "n": 700}])
    assert rows["n"].isna().tail(2).all()


def test_no_count_below_five_follows_from_what_is_told_of_schools_and_fields() -> None:
    """Whatever 1 to 9 take part where, sums and single cells leave each small cell at least two possible values."""
    schools = pd.DataFrame({"school_id": ["S0", "S1", "S2"], "municipality_id": "M"})
    pupils = pd.DataFrame({"pupil_id": [str(i) for i in range(90)], "school_year": 2026, "grade": "5",
                           "school_id": [f"S{i % 3}" for i in range(90)]})  # fmt: skip
    for counts in itertools.product((2, 4, 6, 9), repeat=3):
        given = pd.DataFrame({"activity_id": list("abc"), "school_year": 2026, "school_id": ["S0", "S1", "S2"],
                              "field": "stem", "pupils": counts, "hours": 10.0, "grade": None})  # fmt: skip
        tables = {"activities": given, "schools": schools, "enrolments": pupils}
        rows = release(activities(tables, [], "country", load_activity_rules(), PARAMS), PARAMS).rows
        cells = rows[
            (rows["indicator"] == "activity_participations") & (rows["part"] == "stem") & (rows["grade"] == "")
        ]
        total = cells.loc[cells["school_id"] == "", "estimate"].iloc[0]
        of_school = cells[cells["school_id"] != ""].set_index("school_id")["estimate"]
        assert not (of_school < 5).any()
        hidden = of_school.isna().sum()
        assert hidden != 1
        each = rows[(rows["indicator"] == "activity_hours") & (rows["school_id"] != "") & (rows["part"] == "stem")]
        assert each.set_index("school_id")["estimate"].isna().equals(of_school.isna())
        assert total == sum(counts)
