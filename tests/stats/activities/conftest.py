"""Small deliveries of activities, made of rows."""

from typing import Any

import pandas as pd
import pytest

from analysis.activity_rules import ActivityRules, load_activity_rules

SCHOOLS = pd.DataFrame({"school_id": ["S1", "S2", "S3", "S9"], "municipality_id": ["M", "M", "M", "N"]})


@pytest.fixture(scope="session")
def rules() -> ActivityRules:
    return load_activity_rules()


def activities_table(*rows: tuple[str, int, str | None, str, float, float]) -> pd.DataFrame:
    """School, year, grade, field, pupils, hours; ids follow the order."""
    found = pd.DataFrame(rows, columns=["school_id", "school_year", "grade", "field", "pupils", "hours"])
    return found.assign(activity_id=[f"A{i}" for i in range(len(found))])


def enrolments_table(*cells: tuple[str, int, str, int, dict[str, Any]]) -> pd.DataFrame:
    """School, year, grade, number of pupils, attributes."""
    rows = [
        {"pupil_id": f"{s}{y}{g}{i}{sorted(a.items())}", "school_id": s, "school_year": y, "grade": g, **a}
        for s, y, g, n, a in cells
        for i in range(n)
    ]
    return pd.DataFrame(rows)
