"""Hours and participations by hand: two schools that reported, one that did not, grades, groups, aims."""

import pandas as pd
import pytest
from tests.stats.activities.conftest import SCHOOLS, activities_table, enrolments_table

from analysis.params import load_params
from analysis.stats.activities import activities

GIVEN = activities_table(
    ("S1", 2026, "5", "stem", 10, 20), ("S1", 2026, None, "stem", 20, 10), ("S1", 2026, None, "culture", 8, 5),
    ("S2", 2026, "6", "stem", 6, 10), ("S2", 2026, "7", "talent", 5, 4), ("S1", 2025, None, "stem", 5, 8),
    ("S9", 2024, None, "civic", 7, 3),
)  # fmt: skip
PUPILS = enrolments_table(
    ("S1", 2026, "5", 20, {"sex": "girl"}), ("S1", 2026, "6", 30, {"sex": "boy"}), ("S2", 2026, "6", 10, {"sex": "girl"}),
    ("S3", 2026, "5", 40, {"sex": "boy"}), ("S1", 2025, "5", 40, {"sex": "boy"}), ("S9", 2024, "1", 70, {"sex": "boy"}),
)  # fmt: skip


@pytest.fixture(scope="module")
def found(rules) -> pd.DataFrame:
    tables = {"activities": GIVEN, "schools": SCHOOLS, "enrolments": PUPILS}
    return activities(tables, ["sex", "low_income"], "country", rules, load_params())


def value(found: pd.DataFrame, indicator: str, **keys: object) -> float:
    return float(row(found, indicator, **keys)["estimate"])


def row(found: pd.DataFrame, indicator: str, **keys: object) -> pd.Series:
    wanted = {
        "municipality_id": "M",
        "school_id": "",
        "school_year": 2026,
        "grade": "",
        "group": "",
        "part": "stem",
    } | keys
    rows = found[found["indicator"] == indicator]
    for column, key in wanted.items():
        rows = rows[rows[column] == key]
    assert len(rows) == 1, (indicator, keys, len(rows))
    return rows.iloc[0]


def test_participants_hours_and_offers_of_a_school_are_sums(found) -> None:
    assert value(found, "activity_participations", school_id="S1") == 30
    assert value(found, "activity_hours", school_id="S1") == pytest.approx((10 * 20 + 20 * 10) / 50)
    assert value(found, "activity_hours", school_id="S2", part="culture") == 0
    offer = row(found, "activity_offer", school_id="S1")
    assert (offer["n"], offer["estimate"], offer["population"]) == (2, 30, "schools")
    assert row(found, "activity_offer", school_id="S2", part="civic")["n"] == 0


def test_a_municipality_is_its_schools_that_reported_in_each_year(found) -> None:
    assert row(found, "activity_hours")["n"] == 60  # not the forty of S3
    assert value(found, "activity_hours") == pytest.approx((200 + 200 + 60) / 60)
    assert value(found, "activity_hours", school_year=2025) == pytest.approx(1.0)
    assert value(found, "activity_hours", municipality_id="N", school_year=2024, part="civic") == pytest.approx(0.3)
    assert "S3" not in set(found["school_id"])


def test_a_grade_meets_its_own_activities_and_its_share_of_the_others(found) -> None:
    assert value(found, "activity_hours", grade="5") == pytest.approx(200 / 20 + 200 / 50)
    assert value(found, "activity_hours", grade="6") == pytest.approx((30 * 4 + 10 * 6) / 40)
    assert value(found, "activity_participations", grade="5") == 10
    assert value(found, "activity_participations", grade="any") == 20
    assert value(found, "activity_participations", grade="any", part="talent") == 5  # of a grade that S2 does not have


def test_a_group_meets_what_its_schools_and_grades_give_and_all_groups_add_up(found) -> None:
    girls, boys = (row(found, "activity_exposure", group=f"sex={sex}") for sex in ("girl", "boy"))
    assert (girls["n"], boys["n"]) == (30, 30)
    assert girls["estimate"] == pytest.approx((20 * 14 + 10 * 6) / 30)
    assert boys["estimate"] == pytest.approx(4.0)
    assert girls["n"] * girls["estimate"] + boys["n"] * boys["estimate"] == pytest.approx(460)
    assert not found["group"].str.startswith("low_income").any()


def test_small_schools_are_a_group_where_there_are_others(found, rules) -> None:
    assert not found["group"].str.startswith("school_size").any()  # both schools are small
    given = activities_table(("S1", 2026, None, "stem", 10, 5), ("S2", 2026, None, "stem", 15, 4))
    of_forty = rules.model_copy(update={"small_school": 40})

    def rows(small: int) -> pd.DataFrame:
        pupils = enrolments_table(("S1", 2026, "5", 50, {}), ("S2", 2026, "5", small, {}))
        tables = {"activities": given, "schools": SCHOOLS, "enrolments": pupils}
        return activities(tables, [], "country", of_forty, load_params())

    assert value(rows(30), "activity_exposure", group="school_size=small", part="stem") == pytest.approx(60 / 30)
    assert value(rows(30), "activity_exposure", group="school_size=other", part="stem") == pytest.approx(50 / 50)
    assert not rows(29)["indicator"].eq("activity_exposure").any()  # where fewer than thirty learn could be guessed


def test_an_aim_adds_up_the_fields_that_have_it_and_a_prefix_goes_before(found, rules) -> None:
    assert value(found, "activity_hours", part="aim|practice") == pytest.approx((460 + 20) / 60)
    assert value(found, "activity_hours", part="aim|civic_practice") == 0
    tables = {"activities": GIVEN, "schools": SCHOOLS, "enrolments": PUPILS}
    named = rules.model_copy(update={"prefixes": {"A2": ("civic_practice",)}})
    other = activities(tables, [], "country", named, load_params())
    assert value(other, "activity_hours", part="aim|civic_practice") == pytest.approx(40 / 60)


def test_hours_that_were_not_given_make_the_rest_a_lower_bound(rules) -> None:
    given = activities_table(("S1", 2026, None, "stem", 10, 5), ("S1", 2026, None, "stem", 10, float("nan")))
    pupils = enrolments_table(("S1", 2026, "5", 50, {}))
    rows = activities(
        {"activities": given, "schools": SCHOOLS, "enrolments": pupils}, [], "country", rules, load_params()
    )
    hours = row(rows, "activity_hours", school_id="S1")
    assert pd.isna(hours["estimate"])
    assert (hours["low"], row(rows, "activity_participations", school_id="S1")["estimate"]) == (1.0, 20)


def test_without_enrolments_offers_and_participations_are_told_and_without_activities_nothing(rules) -> None:
    alone = activities({"activities": GIVEN, "schools": SCHOOLS}, [], "country", rules, load_params())
    assert set(alone["indicator"]) == {"activity_offer", "activity_participations"}
    assert value(alone, "activity_participations") == 36
    assert activities({"schools": SCHOOLS}, [], "country", rules, load_params()).empty
