"""A first look at a file: its rows as they stand, how they are separated, where the header seems to be."""

import io
import time
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.faults import InputFaults
from analysis.intake.reading.preview import Preview, preview, sheets
from analysis.intake.reading.rawtable import ReadOptions

EXPORT = (
    "Pārskats, 2024. gads\n\nSkolēns;Gads;Matemātika;\n;;punkti;%\n"
    'p1;2024;64,5;70\n"p2";2024;"7,25";8\n'
)  # fmt: skip


def look(tmp_path: Path, content: str | bytes, name: str = "a.csv", rows: int = 20, **options: object) -> Preview:
    (tmp_path / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return preview(tmp_path / name, name, ReadOptions.model_validate(options), rows)


def test_an_export_of_unknown_layout_is_shown_as_it_stands(tmp_path: Path) -> None:
    seen = look(tmp_path, EXPORT.encode("cp1257"))
    assert seen.rows == [
        ["Pārskats, 2024. gads"], ["Skolēns", "Gads", "Matemātika", ""], ["", "", "punkti", "%"],
        ["p1", "2024", "64,5", "70"], ["p2", "2024", "7,25", "8"],
    ]  # fmt: skip
    assert seen.lines == [1, 3, 4, 5, 6]
    assert (seen.delimiter, seen.decimal, seen.encoding) == (";", ",", "cp1257")
    assert (seen.sheets, seen.sheet, seen.header_guess) == ((), None, (3, 4))
    assert [note.code for note in seen.notes] == ["E01"]


def test_what_a_person_says_takes_the_place_of_what_is_found(tmp_path: Path) -> None:
    assert look(tmp_path, "a;b,c\n1;2,3\n", delimiter=",").rows[0] == ["a;b", "c"]
    assert look(tmp_path, "ā;b\n1;2\n".encode("cp1257"), encoding="latin-1").encoding == "latin-1"


def test_no_more_rows_are_shown_than_asked_for(tmp_path: Path) -> None:
    assert look(tmp_path, "a,b\n" + "1,2\n" * 99, rows=3).lines == [1, 2, 3]


def test_faults_are_noted_and_the_rows_before_them_shown(tmp_path: Path) -> None:
    seen = look(tmp_path, 'a,b\n1,2\n\x1b3,"4\n')
    assert seen.rows == [["a", "b"], ["1", "2"]]
    assert [note.code for note in seen.notes] == ["S13"]
    assert [note.code for note in look(tmp_path, "a,b\n\x1b1,2\n").notes] == ["E08"]


def book(path: Path, rows: int = 3, second: bool = False) -> Path:
    made = openpyxl.Workbook(write_only=True)
    for title in ("Dati", "Vēl") if second else ("Dati",):
        sheet = made.create_sheet(title)
        sheet.append(["Rezultāti"])
        sheet.append(["Kods", "Gads", "Punkti"])
        for i in range(rows):
            sheet.append([f"p{title}{i}", 2024, i + 0.5])
    made.save(path)
    return path


def test_a_workbook_shows_its_sheets_and_the_one_chosen(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", second=True)
    seen = preview(path, "a.xlsx")
    assert (seen.sheets, seen.sheet, seen.header_guess) == (("Dati", "Vēl"), "Dati", (2,))
    assert [note.code for note in seen.notes] == ["C03"]  # two sheets with data: a person chooses
    chosen = preview(path, "a.xlsx", ReadOptions(sheet="Vēl"))
    assert (chosen.sheet, chosen.rows[2], chosen.notes) == ("Vēl", ["pVēl0", "2024", "0.5"], ())
    assert preview(path, "a.xlsx", ReadOptions(sheet="Nav")).notes[0].code == "C16"
    assert sheets(path) == ("Dati", "Vēl")


def test_other_files_have_no_sheets(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n1,2\n", "utf-8")
    assert sheets(tmp_path / "a.csv") == ()


def test_parquet_shows_its_columns_as_the_header(tmp_path: Path) -> None:
    pd.DataFrame({"Kods": ["a", "b"], "Punkti": [64.5, None]}).to_parquet(tmp_path / "a.parquet")
    seen = preview(tmp_path / "a.parquet", "a.parquet")
    assert seen.rows == [["Kods", "Punkti"], ["a", "64.5"], ["b", ""]]
    assert (seen.lines, seen.header_guess, seen.delimiter, seen.encoding) == ([1, 2, 3], (1,), None, None)


@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet"])
def test_a_hundred_thousand_rows_are_looked_at_within_a_second(kind: str, tmp_path: Path) -> None:
    """In computing time of this process; the worker's share of a workbook is about as small."""
    rows = 100_000
    frame = pd.DataFrame({"Kods": [f"p{i}" for i in range(rows)], "Gads": 2024, "Punkti": range(rows)})
    path = tmp_path / f"a.{kind}"
    if kind == "csv":
        frame.to_csv(path, index=False)
    elif kind == "parquet":
        frame.to_parquet(path)
    else:
        book(path, rows)
    started = time.process_time()
    assert preview(path, path.name).rows[-1]
    assert time.process_time() - started < 1


@given(st.binary(max_size=200))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_bytes_of_any_kind_are_shown_or_refused_in_words(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(raw if raw[:2] != b"PK" else b"x" + raw)  # archives have their own tests, and a process each
    try:
        seen = preview(path, "a.csv")
    except InputFaults as refused:
        seen = None
        codes = {fault.code for fault in refused.faults}
    assert codes if seen is None else len(seen.rows) == len(seen.lines) > 0


def test_an_empty_workbook_is_refused(tmp_path: Path) -> None:
    stream = io.BytesIO()
    openpyxl.Workbook().save(stream)
    with pytest.raises(InputFaults, match="S01"):
        look(tmp_path, stream.getvalue(), "a.xlsx")
