"""Faults of many rows: each with its line, the first thousand of a file, the rest as a number."""

import pandas as pd

from analysis.faults import tell
from analysis.intake.checking.placed import SINGLY, at_rows


def rows(count: int, file: str = "a.csv") -> pd.DataFrame:
    return pd.DataFrame({"_file": pd.Series([file] * count, dtype="str"), "_line": range(2, 2 + count)})


def test_each_row_has_its_fault_and_facts() -> None:
    faults = at_rows("V20", rows(2), "n", lambda place: {"value": place})
    assert [(f.file, f.line, f.column, f.facts, f.times) for f in faults] == [
        ("a.csv", 2, "n", {"value": 0}, 1), ("a.csv", 3, "n", {"value": 1}, 1),
    ]  # fmt: skip


def test_no_rows_no_fault() -> None:
    assert at_rows("V20", rows(0), "n", {"value": "1"}) == []


def test_of_a_wrong_column_the_first_thousand_of_each_file_are_made_and_all_are_counted() -> None:
    many = pd.concat([rows(SINGLY + 500), rows(3, "b.csv")], ignore_index=True)
    faults = at_rows("V20", many, "n", {"value": "1"})
    assert len(faults) == SINGLY + 1 + 3
    assert sum(f.times for f in faults) == SINGLY + 503
    assert tell(faults)[-1] == f"V20 a.csv: … un vēl tādu pašu: {SINGLY + 500 - 20}"


def test_exactly_a_thousand_are_all_there() -> None:
    faults = at_rows("V20", rows(SINGLY), "n", {"value": "1"})
    assert (len(faults), {f.times for f in faults}) == (SINGLY, {1})
