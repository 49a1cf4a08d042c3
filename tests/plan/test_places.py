"""Places of the newest school year, by programme and by specialist; what knows no places is not counted as none."""

import pandas as pd

from analysis.plan.places import offered


def capacity(*rows: tuple[object, ...]) -> pd.DataFrame:
    columns = ["programme", "school_id", "school_year", "specialist", "places"]
    return pd.DataFrame(rows, columns=columns).assign(municipality_id="D001")


def told(frame: pd.DataFrame) -> dict[tuple[str, str], float]:
    return {(row.part, row.school_id): row.estimate for row in frame.itertuples()}


def test_places_are_added_up_by_programme_specialist_and_school():
    rows = capacity(
        ("reading", "S1", 2026, "teacher", 8.0), ("reading", "S2", 2026, "teacher", 5.0),
        ("reading", "S1", 2025, "teacher", 90.0),
        ("counselling", None, 2026, "psychologist", 30.0), ("counselling", None, 2026, "librarian", 4.0),
        ("mentor", None, 2026, None, 7.0),
    )  # fmt: skip
    found = offered(rows, "D001")
    assert told(found) == {
        ("reading", ""): 13, ("reading/teacher", ""): 13, ("reading", "S1"): 8, ("reading", "S2"): 5,
        ("reading/teacher", "S1"): 8, ("reading/teacher", "S2"): 5, ("counselling", ""): 34,
        ("counselling/psychologist", ""): 30, ("counselling/librarian", ""): 4, ("mentor", ""): 7,
    }  # fmt: skip
    assert set(found["school_year"]) == {2026}


def test_an_entry_without_places_leaves_its_sum_open():
    found = offered(capacity(("reading", "S1", 2026, "teacher", 8.0), ("reading", "S2", 2026, "teacher", None)), "D001")
    places = told(found)
    assert places["reading", "S1"] == 8
    assert pd.isna(places["reading", ""])


def test_without_capacity_there_is_nothing():
    assert offered(capacity(), "D001").empty
