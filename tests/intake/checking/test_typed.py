"""Text becomes the contract's types, missing columns appear empty, and what breaks a rule keeps its file and line."""

import math

import pandas as pd
import pytest

from analysis.faults import Fault
from analysis.intake.checking.typed import typed

RESULT = {
    "pupil_id": "zq7", "school_year": "2024", "grade": "9", "test": "CE", "domain": "mathematics", "school_id": "S1",
    "score": "64,5", "score_max": "100", "status": "present",
}  # fmt: skip


def rows(*changes: dict[str, str], base: dict[str, str] = RESULT, file: str = "a.csv") -> pd.DataFrame:
    frame = pd.DataFrame([base | change for change in changes], dtype="str")
    return frame.assign(_file=file, _line=range(2, 2 + len(frame)))


def of(faults: list[Fault]) -> list[tuple[str, int | None, str | None]]:
    return [(fault.code, fault.line, fault.column) for fault in faults]


def test_numbers_are_numbers_text_is_text_and_every_column_is_there() -> None:
    table, faults = typed("results", rows({}, {"score": "", "status": "absent", "level": " optimal "}))
    assert faults == []
    assert table["score"].tolist()[0] == 64.5
    assert math.isnan(table["score"].tolist()[1])
    assert table["score_min"].tolist() == [0, 0]  # 0 where only the maximum is given
    assert table["level"].fillna("–").tolist() == ["–", "optimal"]
    assert str(table["session"].dtype) == "str"
    assert table["session"].isna().all()


def test_without_a_range_there_is_no_minimum() -> None:
    table, faults = typed("results", rows({"score": "-3", "score_max": ""}))
    assert faults == []
    assert table["score_min"].isna().all()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"score": "-1"}, [("V01", 2, "score")]),
        ({"score": "-1", "score_min": "-5"}, []),
        ({"score": "100.5"}, [("V02", 2, "score")]),
        ({"score": "x"}, [("V05", 2, "score")]),
        ({"grade": ""}, [("V09", None, "grade")]),
        ({"grade": "13"}, [("V15", 2, "grade")]),
        ({"grade": "09"}, [("V15", 2, "grade")]),
        ({"status": "here"}, [("V15", 2, "status")]),
        ({"status": "absent"}, [("V17", 2, "status")]),
        ({"score": ""}, [("V17", 2, "status")]),
        ({"session": "extra"}, [("V15", 2, "session")]),
        ({"school_year": "1024"}, [("V01", 2, "school_year")]),
        ({"school_year": "2022./2023."}, [("V16", 2, "school_year")]),
        ({"school_year": "2022.5"}, [("V16", 2, "school_year")]),
        ({"score": "NaN"}, [("V06", 2, "score")]),
        ({"status": "NULL"}, [("V06", 2, "status")]),
        ({"domain": "N/D"}, [("V06", 2, "domain")]),
    ],
)
def test_each_rule_has_its_class_line_and_column(change: dict[str, str], expected: list[object]) -> None:
    assert of(typed("results", rows(change))[1]) == expected


def test_all_broken_rules_of_a_table_are_told_at_once() -> None:
    faults = typed("results", rows({"score": "x"}, {"score": "101"}, {"grade": ""}, {"status": "absent"}, {}))[1]
    assert sorted(of(faults)) == [("V02", 3, "score"), ("V05", 2, "score"), ("V09", 4, "grade"), ("V17", 5, "status")]


def test_one_decimal_mark_a_column_and_file() -> None:
    mixed = rows({"score": "64,5"}, {"score": "7"}, {"score": "64.5"})
    (fault,) = typed("results", mixed)[1]
    assert (fault.code, fault.line, fault.column, fault.facts["other"]) == ("S10", 4, "score", 2)
    other_file = pd.concat([rows({"score": "64,5"}), rows({"score": "64.5"}, file="b.csv")], ignore_index=True)
    table, faults = typed("results", other_file)
    assert (faults, table["score"].tolist()) == ([], [64.5, 64.5])


def test_a_covariate_is_a_number_and_an_attribute_is_text() -> None:
    base = {"pupil_id": "zq7", "gcse": "6,5", "club": "7"}
    table, faults = typed("pupils", rows({}, {"gcse": "x"}, base=base), ("gcse",))
    assert of(faults) == [("V05", 3, "gcse")]
    assert table["gcse"].tolist()[0] == 6.5
    assert table["club"].tolist() == ["7", "7"]


def test_a_column_that_the_file_lacks_is_not_told_row_by_row() -> None:
    table, faults = typed("results", rows({}, {}).drop(columns="status"), (), {("a.csv", "status")})
    assert faults == []
    assert table["status"].isna().all()


def test_a_table_without_rows_is_typed_all_the_same() -> None:
    table, faults = typed("results", rows({}).iloc[:0])
    assert faults == []
    assert (len(table), str(table["score"].dtype)) == (0, "float64")


SCHOOL = {"school_id": "S1", "name": "Sauleskalna skola", "municipality_id": "D1"}


@pytest.mark.parametrize(
    "name",
    [
        "Rīgas Valsts 1. ģimnāzija", "Zemgales „Ž”", "A. Upīša Skrīveru vidusskola", "Šķeltovas pamatskola – ŪŅĢ",
        "Ādažu Brīvā Valdorfa skola",
        "Privātā vidusskola „Ä”", "5 < 6",
    ],
)  # fmt: skip
def test_latvian_names_are_sound(name: str) -> None:
    assert typed("schools", rows({"name": name}, base=SCHOOL))[1] == []


@pytest.mark.parametrize("encoding", ["cp1252", "cp1257", "latin-1"])
def test_letters_encoded_twice_are_found_and_their_origin_told(encoding: str) -> None:
    name = "Šķūņu Ģimnāzija"
    bytes_ = name.encode()
    broken = "".join(bytes([b]).decode(encoding, "ignore") or chr(b) for b in bytes_)
    (fault,) = typed("schools", rows({"name": broken}, base=SCHOOL))[1]
    assert (fault.code, fault.column, fault.facts["nearest"]) == ("E04", "name", name)


@pytest.mark.parametrize(("name", "code"), [("<b>x</b>", "N01"), ("a&#60;", "N01"), ("javascript:x", "N01")])
def test_markup_in_a_name_is_refused(name: str, code: str) -> None:
    assert of(typed("schools", rows({"name": name}, base=SCHOOL))[1]) == [(code, 2, "name")]


def test_a_path_is_no_code_or_name_of_a_municipality() -> None:
    place = {"municipality_id": "a/b", "name": "x\\y"}
    assert of(typed("municipalities", rows({}, base=place))[1]) == [("N05", 2, "municipality_id"), ("N05", 2, "name")]
    assert typed("schools", rows({"name": "Skola A/B"}, base=SCHOOL))[1] == []
