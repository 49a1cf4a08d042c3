"""Letters that are not what they seem."""

import unicodedata

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.intake.reading.letters import (
    LONGEST_CELL,
    giant_cells,
    is_composed,
    is_marked,
    latin,
    lookalike,
    tidy_cells,
    with_plain_blanks,
)
from analysis.intake.reading.rawtable import RawTable

LATVIAN = "aābcčdeēfgģhiījkķlļmnņoprsštuūvzžAĀCČEĒGĢIĪKĶLĻNŅSŠUŪZŽ0123456789 .„”–µ№€"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Ezеrleja", "Ezerleja"),
        ("Rīgas А klase", "Rīgas A klase"),
        ("СОМА", "COMA"),
        ("Ѕ1", "S1"),
        ("ΑΒ skola", "AB skola"),
    ],
)
def test_a_letter_of_another_script_in_a_latin_word_is_a_look_alike(text: str, meant: str) -> None:
    assert lookalike(text)
    assert latin(text) == meant
    assert not lookalike(meant)


@pytest.mark.parametrize("text", ["Школа", "Rīgas skola „Школа”", "Средняя школа № 5", "Ω skola", "Αθήνα μου", ""])
def test_a_word_that_only_another_script_writes_is_none(text: str) -> None:
    assert not lookalike(text)


@given(st.text(LATVIAN))
def test_latvian_is_never_a_look_alike_nor_marked(text: str) -> None:
    assert not lookalike(text)
    assert not is_marked(text)
    assert not text or is_composed(text)


@given(st.text(min_size=1))
def test_what_is_not_composed_is_found_by_its_own_rule(text: str) -> None:
    assert not (unicodedata.normalize("NFC", text) != text and is_composed(text))


@pytest.mark.parametrize("mark", ["\x1b", "\x07", "\x7f", "\x9b", "\u202e", "\u2066", "\u200f"])
def test_marks_are_found_among_latin_and_other_letters(mark: str) -> None:
    assert is_marked(f"a{mark}b")
    assert is_marked(f"ā{mark}b")


def test_blanks_of_every_kind_become_one() -> None:
    assert with_plain_blanks("\ufeff Kods\u00a0\u202f un\tgads\u200b ") == "Kods un gads"


def test_cells_are_composed_counted_and_marks_told_by_line_and_column() -> None:
    apart = unicodedata.normalize("NFD", "Ādaži")
    frame = pd.DataFrame({"a": [apart, "b", apart], "b": ["x\x1b[2J", "", "\u202ey"]}, dtype="str")
    raw = tidy_cells(RawTable("f.csv", frame, np.array([2, 3, 5])))
    assert raw.frame["a"].tolist() == ["Ādaži", "b", "Ādaži"]
    assert {(note.code, note.line, note.column) for note in raw.notes} == {
        ("E05", None, None), ("E08", 2, "b"), ("E09", 5, "b"),
    }  # fmt: skip
    assert [note.facts["count"] for note in raw.notes if note.code == "E05"] == [2]


def test_a_cell_as_long_as_a_spreadsheet_takes_is_none_of_the_giants() -> None:
    frame = pd.DataFrame({"a": ["x" * LONGEST_CELL, "x" * (LONGEST_CELL + 1)]}, dtype="str")
    (fault,) = giant_cells(RawTable("f.csv", frame, np.array([2, 3])))
    assert (fault.line, fault.facts["length"]) == (3, LONGEST_CELL + 1)
