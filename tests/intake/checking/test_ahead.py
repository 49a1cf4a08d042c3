"""What was done cannot be dated after the day of the data; ends and validity may lie ahead, within reason."""

from datetime import date

import pandas as pd
import pytest

from analysis.intake.checking.ahead import future_dates

TODAY = date(2026, 1, 15)


def given(**dates: str) -> pd.DataFrame:
    row: dict[str, object] = {
        "school_year": 2026.0,
        "from": pd.NaT,
        "to": pd.NaT,
        "valid_from": pd.NaT,
        "valid_to": pd.NaT,
    }
    frame = pd.DataFrame([row | {name: pd.Timestamp(day) for name, day in dates.items()}])
    return frame.astype(dict.fromkeys(list(row)[1:], "datetime64[ns]")).assign(_file="a.csv", _line=2)


@pytest.mark.parametrize(
    ("table", "column", "day", "limit"),
    [
        ("support_given", "from", "2026-01-15", None), ("support_given", "from", "2026-01-16", "2026-01-15"),
        ("support_given", "to", "2026-08-31", None), ("support_given", "to", "2026-09-01", "2026-08-31"),
        ("support_capacity", "valid_from", "2026-05-01", None), ("support_capacity", "valid_from", "2026-09-01", "2026-08-31"),
        ("support_capacity", "valid_to", "2036-08-31", None), ("support_capacity", "valid_to", "2206-08-31", "2036-08-31"),
    ],
)  # fmt: skip
def test_how_far_ahead_a_date_may_lie(table: str, column: str, day: str, limit: str | None) -> None:
    rows = given(**{column: day})
    faults = future_dates(table, rows, TODAY)
    assert [(f.code, f.column, f.facts["limit"]) for f in faults] == ([("V13", column, limit)] if limit else [])


def test_without_a_day_nothing_is_too_late() -> None:
    assert future_dates("support_given", given(**{"from": "2199-01-01"}), None) == []


def test_an_old_school_year_does_not_shorten_the_time_until_today() -> None:
    rows = given(to="2025-12-01").assign(school_year=2020.0)
    assert future_dates("support_given", rows, TODAY) == []
    assert [
        f.code for f in future_dates("support_given", given(to="2026-12-01").assign(school_year=float("nan")), TODAY)
    ] == ["V13"]
