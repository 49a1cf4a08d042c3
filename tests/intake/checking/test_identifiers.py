"""Ids keep their digits and name nobody; columns that may hold names are dropped and told."""

import pandas as pd
import pytest

from analysis.intake.checking.identifiers import id_faults, may_hold_names, unread_columns


def rows(*ids: str, column: str = "pupil_id") -> pd.DataFrame:
    frame = pd.DataFrame({column: pd.Series(ids, dtype="str")})
    return frame.assign(_file="a.csv", _line=range(2, 2 + len(frame)))


def codes(frame: pd.DataFrame) -> list[tuple[str, int | None]]:
    return [(fault.code, fault.line) for fault in id_faults(frame)]


@pytest.mark.parametrize("text", ["1,23457E+11", "1.23457e+11", "3E+05", " 4,0E+12 "])
def test_what_a_spreadsheet_made_of_a_long_id(text: str) -> None:
    assert codes(rows("a", text)) == [("I02", 3)]
    assert codes(rows(text, column="school_id")) == [("I02", 2)]


@pytest.mark.parametrize("text", ["1E5", "E+12", "A1E+11", "12E+11x", "3e", "0023000", "1-E+2"])
def test_ids_with_an_e_of_their_own(text: str) -> None:
    assert codes(rows(text)) == []


@pytest.mark.parametrize(
    "text", ["Anna Bērziņa", "BĒRZIŅA ANNA", "Bērziņa, Anna", "Anna Marija Kalniņa-Bērziņa", "anna bērziņa"]
)
def test_names_in_place_of_ids_are_refused(text: str) -> None:
    faults = id_faults(rows("x1", text, text))
    assert [(f.code, f.line, f.facts["count"]) for f in faults] == [("I09", 3, 2)]
    assert text not in str(faults)


@pytest.mark.parametrize("text", ["zq7-1", "Skolēns 17", "A B", "9a 12", "?viis.csv:12", "Anna", "pupil one2"])
def test_ids_of_words_and_digits_are_ids(text: str) -> None:
    assert codes(rows(text)) == []


def test_a_school_may_have_words_for_its_id() -> None:
    assert codes(rows("ozolu vidusskola", column="school_id")) == []


@pytest.mark.parametrize(
    "name",
    ["Vārds", "UZVĀRDS", "vards_uzvards", "Skolēna vārds, uzvārds", "Piezīmes", "komentārs", "Manager", "FIRST_NAME",
     "Last name", "Direktors", "E-pasts", "Tālrunis", "Vecāku kontakti", "piezime", "Remarks"],
)  # fmt: skip
def test_columns_that_say_by_their_name_that_they_may_hold_names(name: str) -> None:
    assert may_hold_names(name, pd.Series(["", "x"], dtype="str"))


@pytest.mark.parametrize(
    "name",
    [
        "Iestādes nosaukums",
        "SCHOOL_NAME",
        "Gads",
        "Kods",
        "Mācību priekšmets",
        "Pašvaldība",
        "rank",
        "Punkti",
        "notation",
    ],
)
def test_columns_of_other_things(name: str) -> None:
    assert not may_hold_names(name, pd.Series(["Latviešu valoda", "Latviešu valoda", "Angļu valoda"], dtype="str"))


def test_a_column_without_a_telling_name_is_known_by_its_cells() -> None:
    names = pd.Series(["Anna Bērziņa", "Juris Kalniņš", "Ilze Ozola", "Ieva Liepa"], dtype="str")
    assert may_hold_names("X1", names)
    assert may_hold_names(
        "X1", pd.Series([f"šis ir garš teksts par bērnu, {i} teikumi un vēl" for i in range(4)], dtype="str")
    )
    assert not may_hold_names("X1", pd.Series(["Latviešu valoda", "Angļu valoda"] * 9, dtype="str"))
    assert not may_hold_names(
        "parish", pd.Series(["Šķeltovas pagasts", "Aglonas pagasts", "Vangažu pilsēta"], dtype="str")
    )


def test_each_column_of_names_is_told_by_itself_and_the_others_together() -> None:
    frame = pd.DataFrame({"Kods": ["1"], "Vārds": ["Anna"], "a": ["1"], "b": ["2"]}, dtype="str")
    faults = unread_columns("a.csv", frame, ["Kods"])
    assert [(f.code, f.column, dict(f.facts)) for f in faults] == [
        ("I07", "Vārds", {}),
        ("D10", None, {"names": "a, b"}),
    ]
    assert unread_columns("a.csv", frame[["Kods", "Vārds"]], ["Kods", "Vārds"]) == []
    assert [f.code for f in unread_columns("a.csv", frame[["Vārds"]], [])] == ["I07"]
