"""Columns of one row become rows of their own, on its line; what they stand for is their name or a table of names."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.faults import InputFaults, render
from analysis.intake.mapping.applying import Mapped, apply_rule
from analysis.intake.mapping.reshaping import long
from analysis.intake.mapping.rules import FileRule, Wide
from analysis.intake.reading.rawtable import RawTable


def raw(columns: dict[str, list[str]]) -> RawTable:
    frame = pd.DataFrame(columns, dtype="str")
    return RawTable("a.csv", frame, np.arange(len(frame)) + 2)


def wide(**rest: object) -> Wide:
    return Wide.model_validate({"empty": "drop"} | rest)


SCORES = raw({"Kods": ["1", "2"], "mat_score": ["51", ""], "lat_score": ["40", "N/D"]})


def test_a_column_gives_its_name_and_its_cell_row_after_row() -> None:
    made, _ = long(SCORES, wide(columns=["mat_score", "lat_score"], empty="keep"), [])
    assert made.frame.to_numpy().tolist() == [
        ["1", "mat_score", "51"], ["1", "lat_score", "40"], ["2", "mat_score", ""], ["2", "lat_score", "N/D"],
    ]  # fmt: skip
    assert list(made.frame.columns) == ["Kods", "name", "value"]
    assert made.lines.tolist() == [2, 2, 3, 3]


def test_empty_cells_give_no_row_and_are_counted_or_are_kept_empty() -> None:
    dropped, notes = long(SCORES, wide(columns=["*_score"]), ["N/D"])
    assert dropped.lines.tolist() == [2, 2]
    assert [(n.code, n.facts["count"], n.facts["names"]) for n in notes] == [("M10", 2, "mat_score / lat_score")]
    kept, notes = long(SCORES, wide(columns=["*_score"], empty="keep"), ["N/D"])
    assert kept.frame["value"].tolist() == ["51", "40", "", ""]
    assert notes == []


def test_a_table_of_names_says_what_a_column_stands_for() -> None:
    made, _ = long(SCORES, wide(columns={"mat_score": "mathematics", "lat_score": "latvian"}, name="domain"), ["N/D"])
    assert made.frame["domain"].tolist() == ["mathematics", "latvian"]
    several = {"mat_score": {"domain": "mathematics", "max": 60}, "lat_score": {"domain": "latvian", "max": 40}}
    made, _ = long(SCORES, wide(columns=several), ["N/D"])
    assert made.frame[["name", "domain", "max"]].to_numpy().tolist() == [
        ["mat_score", "mathematics", "60"],
        ["lat_score", "latvian", "40"],
    ]


def test_sixty_items_by_one_pattern() -> None:
    columns = {"Kods": ["1", "2"]} | {f"item_{i:02}": [str(i % 3), ""] for i in range(1, 61)}
    items = {
        "pupil_id": "Kods", "school_year": {"constant": 2024}, "grade": {"constant": "9"}, "test": {"constant": "CE"},
        "domain": {"constant": "mathematics"}, "item": {"from": "name", "strip_prefix": "item_"}, "points": "value",
    }  # fmt: skip
    mapped = mapped_of(columns, {"columns": ["item_*"], "empty": "drop"}, {"items": items})
    made = mapped.tables["items"]
    assert len(made) == 60
    assert made.loc[[0, 59], ["pupil_id", "item", "points", "_line"]].to_numpy().tolist() == [
        ["1", "01", "1", 2],
        ["1", "60", "0", 2],
    ]
    assert mapped.columns["items"]["points"] == "item_01 … item_60"
    assert [f.code for f in mapped.faults] == ["M10"]


def mapped_of(
    columns: dict[str, list[str]], how: dict[str, object], tables: dict[str, object], **rest: object
) -> Mapped:
    rule = FileRule.model_validate({"pattern": "a.csv", "wide": how, "tables": tables} | rest)
    return apply_rule(raw(columns), rule, {})


def test_what_an_item_is_stands_once_however_many_pupils_did_it() -> None:
    facts = {"i1": {"skill": "a", "max": 1}, "i2": {"skill": "b", "max": 4}}
    same = {
        "school_year": {"constant": 2024},
        "grade": {"constant": "9"},
        "test": {"constant": "CE"},
        "domain": {"constant": "x"},
    }
    tables = {"item_map": same | {"item": "name", "skill": "skill", "max_points": "max"}}
    made = mapped_of({"i1": ["1", "0"], "i2": ["2", "3"]}, {"columns": facts, "empty": "drop"}, tables).tables[
        "item_map"
    ]
    assert made[["item", "skill", "max_points"]].to_numpy().tolist() == [["i1", "a", "1"], ["i2", "b", "4"]]


def test_the_number_of_the_row_is_that_of_the_file() -> None:
    tables = {"marks": {"pupil_id": {"row_number": True}, "mark": "value"}}
    out = [{"column": "Kods", "in": ["x"], "reason": {"lv": "a", "en": "b"}}]
    columns = {"Kods": ["x", "y", "z"], "a": ["1", "2", "3"], "b": ["4", "5", ""]}
    made = mapped_of(columns, {"columns": ["a", "b"], "empty": "drop"}, tables, exclude=out).tables["marks"]
    assert made["pupil_id"].tolist() == ["2", "2", "3"]


def test_an_unknown_pupil_is_one_pupil_in_all_rows_of_its_line() -> None:
    tables = {"marks": {"pupil_id": {"from": "Kods", "unknown": ["0"]}, "mark": "value"}}
    made = mapped_of(
        {"Kods": ["0", "0"], "a": ["1", "2"], "b": ["3", "4"]}, {"columns": ["a", "b"], "empty": "drop"}, tables
    )
    ids = made.tables["marks"]["pupil_id"].tolist()
    assert (ids[0] == ids[1], ids[2] == ids[3], ids[0] == ids[2]) == (True, True, False)


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"columns": ["mat_skore"]}, ["M01", "mat_skore", "mat_score"]),
        ({"columns": ["item_*"]}, ["M06", "item_*", "mat_score"]),
        ({"columns": ["mat_score"], "name": "Kods"}, ["M07", "Kods"]),
    ],
)
def test_a_mistake_in_the_columns_is_told(how: dict[str, object], said: list[str]) -> None:
    with pytest.raises(InputFaults) as found:
        long(SCORES, wide(**how), [])
    messages = [render(fault) for fault in found.value.faults]
    assert all(word in messages[0] for word in said), messages


def test_a_column_that_became_rows_is_not_there_any_more() -> None:
    tables = {"marks": {"pupil_id": "Kods", "mark": "a"}}
    with pytest.raises(InputFaults) as found:
        mapped_of({"Kods": ["1"], "a": ["2"]}, {"columns": ["a"], "empty": "drop"}, tables)
    message = render(found.value.faults[0])
    assert message.startswith("M08 a.csv")
    assert "name, value" in message


def test_a_table_of_names_of_which_one_says_less_is_refused() -> None:
    with pytest.raises(ValueError, match="domain / domain, max"):
        wide(columns={"a": {"domain": "x"}, "b": {"domain": "y", "max": 4}})


@given(st.lists(st.lists(st.text("ab1 ", max_size=3), min_size=3, max_size=3), min_size=1, max_size=6))
@settings(deadline=None)
def test_it_is_what_pandas_melts(rows: list[list[str]]) -> None:
    """The same cells as ``DataFrame.melt``, in the order of the rows."""
    frame = pd.DataFrame(rows, columns=["k", "x", "y"], dtype="str")
    made, _ = long(RawTable("a.csv", frame, np.arange(len(rows)) + 2), wide(columns=["x", "y"], empty="keep"), [])
    melted = frame.reset_index().melt(["index", "k"], ["x", "y"]).sort_values(["index", "variable"], kind="stable")
    assert made.frame[["k", "name"]].to_numpy().tolist() == melted[["k", "variable"]].to_numpy().tolist()
    assert made.frame["value"].tolist() == melted["value"].str.strip().tolist()
