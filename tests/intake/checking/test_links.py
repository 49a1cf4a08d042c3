"""One row a key, every key known, no personal code, no total among the rows."""

import numpy as np
import pandas as pd
import pytest

from analysis.intake.checking.links import of_others, one_row_a_key, personal_codes, totals_rows, unknown_keys
from analysis.intake.reading.rawtable import RawTable


def pupils(*sexes: tuple[str, str | None], files: list[str] | None = None) -> pd.DataFrame:
    frame = pd.DataFrame(sexes, columns=["pupil_id", "sex"], dtype="str")
    return frame.assign(_file=files or "a.csv", _line=range(2, 2 + len(frame)))


def raw(**columns: list[str]) -> RawTable:
    frame = pd.DataFrame(columns, dtype="str")
    return RawTable("a.csv", frame, np.arange(len(frame)) + 2)


def test_single_keys_pass() -> None:
    table = pupils(("a", "girl"), ("b", None))
    assert one_row_a_key("pupils", table, "refuse") == (table, [])


def test_equal_and_different_rows_of_a_key_are_told_with_both_lines() -> None:
    _, faults = one_row_a_key("pupils", pupils(("a", None), ("b", "boy"), ("a", None), ("b", "girl")), "refuse")
    assert [(f.code, f.line, f.facts["first"]) for f in faults] == [("I03", 4, "2"), ("I04", 5, "3")]
    assert faults[1].facts["columns"] == "sex"


def test_the_first_row_of_a_key_is_named_with_its_file_where_that_is_another() -> None:
    """Lines repeat between files: line 2 of one is not line 2 of the other."""
    table = pupils(("a", "boy"), ("b", "boy"), ("b", "girl"), ("a", "girl"), files=["x.csv", "x.csv", "y.csv", "y.csv"])
    table["_line"] = [2, 3, 2, 3]
    _, faults = one_row_a_key("pupils", table, "refuse")
    assert [(f.file, f.line, f.facts["first"]) for f in faults] == [("y.csv", 2, "x.csv: 3"), ("y.csv", 3, "x.csv: 2")]


def test_the_last_row_is_kept_where_the_map_says_so_and_the_rest_counted() -> None:
    kept, (fault,) = one_row_a_key(
        "pupils", pupils(("a", "boy"), ("b", "boy"), ("a", "girl"), ("a", "boy")), "keep_last"
    )
    assert kept["_line"].tolist() == [3, 5]
    assert (fault.code, fault.answer, fault.facts["count"]) == ("D05", "repair", 2)


def test_rows_without_a_key_are_not_the_same_pupil() -> None:
    """An empty id is told as V09; two of them are not one pupil twice."""
    kept, faults = one_row_a_key("pupils", pupils((None, "boy"), (None, "girl")), "keep_last")  # type: ignore[arg-type]
    assert (len(kept), faults) == (2, [])


def test_an_empty_level_is_a_level_of_its_own() -> None:
    base = {
        "pupil_id": "a",
        "school_year": 2024.0,
        "grade": "9",
        "test": "CE",
        "domain": "x",
        "session": None,
        "school_id": "S",
        "_file": "f",
    }
    table = pd.DataFrame(
        [
            base | {"level": None, "_line": 2},
            base | {"level": "optimal", "_line": 3},
            base | {"level": None, "_line": 4},
        ]
    )
    assert [(f.code, f.line) for f in one_row_a_key("results", table, "refuse")[1]] == [("I03", 4)]


def test_a_column_of_codes_is_told_once_and_single_cells_by_line() -> None:
    whole = personal_codes(raw(a=["010203-12345", "321234-56789", ""], b=["x", "y", "z"]))
    assert [(f.code, f.line, f.column, f.facts["count"]) for f in whole] == [("I05", None, "a", 2)]
    single = personal_codes(raw(a=["x", "y 01020312345", "z"]))
    assert [(f.code, f.line, f.column) for f in single] == [("I06", 3, "a")]
    assert "010203" not in str([*whole, *single])


def test_mostly_empty_columns_of_codes_are_columns_of_codes() -> None:
    assert [f.code for f in personal_codes(raw(a=["", "", "", "", "010203-12345"]))] == ["I05"]


@pytest.mark.parametrize("word", ["Kopā", "KOPĀ:", " total ", "Pavisam", "Grand total"])
def test_a_cell_that_says_total_makes_a_total(word: str) -> None:
    assert [(f.code, f.line) for f in totals_rows(raw(a=["x", word], b=["1", "2"]))] == [("S16", 3)]


@pytest.mark.parametrize("word", ["Kopā mācāmies", "Kopābūšanas skola", "", "summa"])
def test_names_with_the_word_in_them_are_no_totals(word: str) -> None:
    assert totals_rows(raw(a=["x", word])) == []


def results(*pairs: tuple[str, str]) -> pd.DataFrame:
    frame = pd.DataFrame(pairs, columns=["pupil_id", "school_id"], dtype="str")
    return frame.assign(_file="r.csv", _line=range(2, 2 + len(frame)))


def test_each_unknown_key_is_told_at_its_first_line_with_its_count() -> None:
    schools = pd.DataFrame({"school_id": ["S1"]}, dtype="str")
    faults = unknown_keys(
        "results", {"results": results(("a", "S1"), ("b", "S8"), ("c", "S9"), ("d", "S8")), "schools": schools}
    )
    assert [(f.line, f.column, f.facts) for f in faults] == [
        (3, "school_id", {"other": "schools", "count": 2}), (4, "school_id", {"other": "schools", "count": 1}),
    ]  # fmt: skip


def test_an_optional_table_that_is_missing_makes_no_key_unknown() -> None:
    assert unknown_keys("results", {"results": results(("a", "S1"))}) == []
    assert (
        unknown_keys("results", {"results": results(("a", "S1")), "schools": pd.DataFrame({"school_id": ["S1"]})}) == []
    )


def test_an_unknown_pupil_is_not_looked_for() -> None:
    known = pd.DataFrame({"pupil_id": ["a"]}, dtype="str")
    assert unknown_keys("results", {"results": results(("?r.csv:2", "S1")), "pupils": known}) == []


def test_rows_of_another_municipality_are_told_and_unknown_ones_are_not_theirs() -> None:
    table = results(("a", "S1"), ("b", "S2"), ("c", "S3"))
    place = pd.Series(["D1", "D2", None], dtype="str")
    (fault,) = of_others("results", table, place, "D1", {"D1": "Sauleskalna novads"})
    assert (fault.code, fault.line, fault.column) == ("N08", 3, "school_id")
    assert fault.facts == {"value": "D2", "own": "Sauleskalna novads"}
