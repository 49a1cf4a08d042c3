"""How many pupils a page is about, and what a reader has to know of the data."""

import pandas as pd

from analysis.stats import data_notes, roster


def counted(found: pd.DataFrame, column: str) -> dict[str, int]:
    return found.set_index(column)["n"].to_dict()


def test_pupils_and_schools_with_a_result_in_the_newest_year(results) -> None:
    rows = results(
        pupil=["a", "a", "b", "c", "d", "e"],
        school_id=["S1", "S1", "S2", "S3", "S4", "S5"],
        school_year=[2026, 2026, 2026, 2026, 2026, 2025],
        status=["present", "present", "present", "absent", "present", "present"],
        session=["", "", "", "", "additional", ""],
    )
    found = roster(rows, pd.DataFrame())
    assert counted(found, "population") == {"schools": 2, "pupils": 2}
    assert set(found["school_year"]) == {2026}


def test_published_figures_alone_have_schools_and_no_pupils() -> None:
    rows = pd.DataFrame({"municipality_id": "M1", "school_id": ["A", "B"], "school_year": [2026, 2026]})
    assert counted(roster(pd.DataFrame(), rows), "population") == {"schools": 2}


def test_nothing_is_counted_where_nothing_is(results) -> None:
    assert roster(pd.DataFrame(), pd.DataFrame()).empty
    assert roster(results(status="absent"), pd.DataFrame()).empty
    assert data_notes(pd.DataFrame()).empty


def test_notes_count_what_was_kept_apart_and_say_zero_where_it_did_not_happen(results) -> None:
    rows = results(
        status=["present", "absent", "absent", "present", "certificate"],
        session=["additional", "", "", "", ""],
        value=[50.0, float("nan"), float("nan"), 0.0, float("nan")],
        known=[True, True, True, False, True],
        enrolled=[True, True, False, False, True],
    )
    expected = {
        "additional_session": 1,
        "absent": 2,
        "exempt": 0,
        "certificate": 1,
        "unknown_pupil": 1,
        "no_enrolment": 1,
        "zero": 1,
    }
    assert counted(data_notes(rows), "part") == expected


def test_a_delivery_without_enrolments_does_not_count_them_as_missing(results) -> None:
    assert "no_enrolment" not in counted(data_notes(results(value=[0.0, 1.0], enrolled=False)), "part")
