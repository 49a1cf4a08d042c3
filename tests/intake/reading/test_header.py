"""The header: where it stands, what its columns are called, and what is said when it is not one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from analysis.faults import InputFaults
from analysis.intake.reading.header import column_names, expected_line, header_guess, joined_header
from analysis.intake.reading.rawtable import ReadOptions

ROWS = [["A", "2024", "9", "64,5"], ["B", "2024", "9", "7"]]


def numbered(*rows: list[str]) -> list[tuple[int, list[str]]]:
    return list(enumerate(rows, 1))


@pytest.mark.parametrize(
    ("rows", "lines"),
    [
        ([["Kods", "Gads", "Klase", "Punkti"], *ROWS], (1,)),
        ([["Rezultāti 2024"], ["Kods", "Gads", "Klase", "Punkti"], *ROWS], (2,)),
        ([["Rezultāti", "", "", ""], ["", "", "", ""], ["Kods", "Gads", "Klase", "Punkti"], *ROWS], (3,)),
        ([["Skolēns", "", "Matemātika", ""], ["Kods", "Gads", "Klase", "Punkti"], *ROWS], (1, 2)),
        ([["Kods", "Gads", "Matemātika", ""], ["", "", "Klase", "Punkti"], *ROWS], (1, 2)),
        ([["Kods", "2023", "2024", "2025"], ["A", "5", "6", "7"], ["B", "5", "6", "7"]], (1,)),
        (ROWS, ()),
        ([["Vārds", "Uzvārds"], ["Ilze", "Ozola"], ["Anna", "Liepa"]], (1,)),
        ([], ()),
    ],
)  # fmt: skip
def test_the_header_is_guessed(rows: list[list[str]], lines: tuple[int, ...]) -> None:
    assert header_guess(numbered(*rows)) == lines


@given(st.lists(st.lists(st.text(max_size=4), max_size=5), max_size=8))
def test_a_guess_never_fails_and_names_rows_that_are_there(rows: list[list[str]]) -> None:
    assert set(header_guess(numbered(*rows))) <= set(range(1, len(rows) + 1))


def test_several_rows_are_joined_from_the_top_and_carried_to_the_right() -> None:
    upper = ["Kods", "", "Matemātika", "", "Latviešu\u00a0valoda", ""]
    lower = ["", "Klase", "punkti", " % ", "punkti", "%"]
    assert joined_header([upper, lower]) == [
        "Kods", "Kods Klase", "Matemātika punkti", "Matemātika %", "Latviešu valoda punkti", "Latviešu valoda %",
    ]  # fmt: skip


def test_equal_parts_are_said_once_and_rows_may_be_of_any_width() -> None:
    assert joined_header([["Skola", "Tests"], ["Skola", "a", "b"]]) == ["Skola", "Tests a", "Tests b"]
    assert joined_header([]) == []


@pytest.mark.parametrize("header", [-1, [], [3, 3], [4, 3], [0, 1], [-1, 2]])
def test_lines_of_a_header_go_down(header: object) -> None:
    with pytest.raises(ValidationError):
        ReadOptions.model_validate({"header": header})


@pytest.mark.parametrize("delimiter", ["", ";;", '"', "\n"])
def test_a_delimiter_is_one_sign(delimiter: str) -> None:
    with pytest.raises(ValidationError):
        ReadOptions(delimiter=delimiter)


def test_the_line_with_most_of_the_expected_names_is_the_header() -> None:
    rows = numbered(["Kods un gads"], ["kods"], ["KODS", "Gads"], ["Kods", "2024"])
    assert expected_line(rows, ["Kods", "Gads"]) == 3
    assert expected_line(rows, ["Cits"]) is None


def test_a_look_alike_in_a_header_is_told_and_not_called_missing() -> None:
    names, notes = column_names(["Kоds", "Gads"], "a.csv", ["Kods", "Gads"])
    assert names == ("Kods", "Gads")
    assert [(note.code, note.facts["nearest"], note.facts["strange"]) for note in notes] == [("E06", "Kods", "U+043E")]


def test_nothing_of_a_missing_header_is_repeated() -> None:
    with pytest.raises(InputFaults) as refused:
        column_names(["Ilze", "010203-12345", "n"], "a.csv", ["Kods"], below=numbered(["Anna", "1", "n"]))
    assert [dict(fault.facts) for fault in refused.value.faults] == [{"expected": "Kods", "found": 3}]
