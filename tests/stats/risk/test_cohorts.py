"""Who is followed, what is known when the signs are read, and which tests can be foretold."""

import numpy as np
import pandas as pd
import pytest

from analysis.stats.risk import Pair, followed, pairs
from analysis.stats.scale import with_standing

PAIR = Pair("6", "9", "CE", "mathematics")


def row(pupil: str, year: int, grade: str, domain: str, value: float | None, **more: object) -> dict[str, object]:
    test = "CE" if grade == "9" else "diagnostic"
    return {
        "pupil": pupil, "school_year": year, "grade": grade, "test": test, "domain": domain, "level": "", "session": "",
        "value": value, "position": None if value is None else (value - 50) / 20, "points": np.nan, "scale": "percent",
        "status": "absent" if value is None else "present", "known": True, "low_cut": np.nan, "sen": "no",
        "school_id": "S1", "municipality_id": "M1",
    } | more  # fmt: skip


@pytest.fixture
def results() -> pd.DataFrame:
    rows = [
        row("straight", 2023, "6", "numeracy", 30.0), row("straight", 2026, "9", "mathematics", 35.0, sen="yes"),
        row("repeats", 2022, "6", "numeracy", 20.0), row("repeats", 2023, "6", "numeracy", 45.0, school_id="S2"),
        row("repeats", 2026, "9", "mathematics", 9.0),
        row("skips", 2024, "6", "numeracy", 90.0), row("skips", 2026, "9", "mathematics", 95.0),
        row("new", 2026, "9", "mathematics", 50.0),
        row("away", 2023, "6", "numeracy", None), row("away", 2026, "9", "mathematics", 60.0),
        row("gone", 2023, "6", "numeracy", 60.0), row("gone", 2026, "9", "mathematics", None),
        row("twice", 2022, "6", "numeracy", 40.0), row("twice", 2025, "9", "mathematics", 20.0),
        row("twice", 2026, "9", "mathematics", 70.0),
        row("late", 2023, "6", "numeracy", 50.0), row("late", 2026, "9", "mathematics", 41.0, session="additional"),
        row("?1", 2023, "6", "numeracy", 50.0, known=False), row("?1", 2026, "9", "mathematics", 41.0, known=False),
        row("today", 2026, "6", "numeracy", 55.0), row("today too", 2026, "6", "numeracy", None),
    ]  # fmt: skip
    return with_standing(pd.DataFrame(rows))


def test_pupils_are_followed_from_the_stage_to_their_first_outcome(results):
    found = followed(results, PAIR, 40.0).set_index("pupil")
    assert set(found.index) == {"straight", "repeats", "away", "twice", "today", "today too"}
    assert found["event"].to_dict() | {"today": 0, "today too": 0} == {
        "straight": 1, "repeats": 1, "away": 0, "twice": 1, "today": 0, "today too": 0
    }  # fmt: skip
    assert found.loc[["today", "today too"], "event"].isna().all()
    assert found.loc["today", "school_year"] == 2029
    assert found.loc["repeats", ["since", "school_id"]].tolist() == [2023, "S2"]
    assert found.loc["repeats", "earlier_6_numeracy"] == pytest.approx(-0.25)
    assert np.isnan(found.loc["away", "earlier_6_numeracy"])  # absent is not zero


def test_what_is_known_of_a_pupil_is_what_was_known_at_the_stage(results):
    assert followed(results, PAIR, 40.0).set_index("pupil").loc["straight", "sen"] == "no"


def test_failing_goes_by_the_years_threshold(results):
    found = followed(results, PAIR, 40.0).set_index("pupil")["failed"]
    assert found[["straight", "repeats"]].tolist() == [0, 1]  # 15 % in 2026


def test_without_percents_a_result_is_low_below_the_countrys_cut(results):
    scores = results.assign(scale="score", low_cut=np.where(results["grade"] == "9", 50.0, np.nan))
    found = followed(scores, PAIR, 40.0).set_index("pupil")
    assert found.loc[["straight", "repeats", "away"], "event"].tolist() == [1, 1, 0]
    assert found["failed"].isna().all()


def test_the_order_of_rows_changes_nothing(results):
    other = followed(results.sample(frac=1, random_state=3), PAIR, 40.0)
    pd.testing.assert_frame_equal(
        followed(results, PAIR, 40.0).sort_values("pupil", ignore_index=True),
        other.sort_values("pupil", ignore_index=True),
    )


def test_the_farthest_outcome_comes_first_and_two_cohorts_are_needed(world):
    found = pairs(world(60))
    assert [[(p.stage, p.grade, p.domain) for p in options] for options in found] == [
        [("3", "9", "mathematics"), ("3", "6", "numeracy")], [("6", "9", "mathematics")]
    ]  # fmt: skip
    assert pairs(world(60, cohorts=1, today=0)) == []
    assert pairs(world(60).head(0)) == []
