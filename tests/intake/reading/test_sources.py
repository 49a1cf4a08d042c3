"""Whatever the container, delimiter and encoding: the same cells come out, each with the line an analyst sees."""

import csv
import datetime
import gzip
import io
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.faults import InputFaults
from analysis.intake.reading.rawtable import RawTable, ReadOptions
from analysis.intake.reading.sources import read_source

LATVIAN = "aābcčdeēfgģhiījkķlļmnņoprsštuūvzžAĀCČEĒGĢIĪKĶLĻNŅSŠUŪZŽ0123456789 .,;|\"'„”–-()"


def read(
    tmp_path: Path, content: str | bytes, name: str = "a.csv", expected: tuple[str, ...] = (), **options: object
) -> RawTable:
    path = tmp_path / name
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    return read_source(path, name, ReadOptions.model_validate(options), expected)


def codes(raw: RawTable) -> list[str]:
    return [note.code for note in raw.notes]


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[list[str]], str, str, str]:
    """Rows of Latvian text with newlines inside cells, a delimiter, an encoding and line ends."""
    width = draw(st.integers(2, 4))
    cell = st.text(LATVIAN + "\n", max_size=8)
    row = st.lists(cell, min_size=width, max_size=width).filter(lambda cells: any(c.strip() for c in cells))
    rows = draw(st.lists(row, min_size=1, max_size=6))
    delimiter = draw(st.sampled_from([",", ";", "\t", "|"]))
    return (
        rows,
        delimiter,
        draw(st.sampled_from(["utf-8", "utf-8-sig", "cp1257", "utf-16"])),
        draw(st.sampled_from(["\n", "\r\n"])),
    )


@given(tables())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_cells_and_lines_survive_every_delimiter_and_encoding(
    tmp_path: Path, table: tuple[list[list[str]], str, str, str]
) -> None:
    rows, delimiter, encoding, end = table
    stream, lines, at = io.StringIO(), [], 2
    writer = csv.writer(stream, delimiter=delimiter, lineterminator=end)
    writer.writerow([f"kolonna{i}" for i in range(len(rows[0]))])
    for row in rows:
        writer.writerow(row)
        lines.append(at)
        at += 1 + sum(cell.count("\n") for cell in row)
    raw = read(tmp_path, stream.getvalue().encode(encoding))
    assert raw.frame.to_numpy().tolist() == rows
    assert raw.lines.tolist() == lines
    assert list(raw.frame.columns) == [f"kolonna{i}" for i in range(len(rows[0]))]
    assert set(raw.frame.dtypes.astype(str)) == {"str"}


def test_blank_lines_are_no_rows_and_still_count_as_lines(tmp_path: Path) -> None:
    raw = read(tmp_path, "\n\na,b\n\n1,2\n,\n   \n3,4\n\n")
    assert raw.frame.to_numpy().tolist() == [["1", "2"], ["3", "4"]]
    assert raw.lines.tolist() == [5, 8]


def test_leading_zeros_and_words_for_nothing_stay_as_they_are(tmp_path: Path) -> None:
    raw = read(tmp_path, "a,b\n007,NA\nnan,\n")
    assert raw.frame.to_numpy().tolist() == [["007", "NA"], ["nan", ""]]


def test_an_old_mac_and_a_missing_last_line_end(tmp_path: Path) -> None:
    assert read(tmp_path, "a,b\r1,2\r3,4").frame.to_numpy().tolist() == [["1", "2"], ["3", "4"]]


def test_the_header_may_stand_lower_or_not_at_all(tmp_path: Path) -> None:
    below = read(tmp_path, "Virsraksts\n\na;b\n1;2\n", header=3)
    assert (list(below.frame.columns), below.lines.tolist()) == (["a", "b"], [4])
    none = read(tmp_path, '"","Aglona","5"\n', header=0, columns=("rank", "name", "mean"))
    assert none.frame.iloc[0].to_dict() == {"rank": "", "name": "Aglona", "mean": "5"}
    assert none.lines.tolist() == [1]


def test_a_decimal_comma_is_told_with_the_delimiter(tmp_path: Path) -> None:
    (note,) = read(tmp_path, 'a,b\n1,"64,5"\n2,"7"\n').notes
    assert (note.code, note.facts) == ("S08", {"delimiter": ",", "decimal": ","})
    (note,) = read(tmp_path, "a\tb\n1\t2\n").notes
    assert (note.code, note.facts) == ("S11", {"decimal": "."})
    assert not read(tmp_path, 'a,b\n1,"Rīga, Brīvības 1"\n').notes


def test_names_are_put_in_order_only_where_they_differ_from_what_is_expected(tmp_path: Path) -> None:
    raw = read(tmp_path, "PUPIL_ID, Mācību\u00a0gads,Sko\u0304la,X\n1,2,3,4\n", expected=("pupil_id", "Mācību gads"))
    assert list(raw.frame.columns) == ["pupil_id", "Mācību gads", "Skōla", "X"]
    assert [(note.code, note.facts["names"]) for note in raw.notes] == [
        ("E05", "Skōla"), ("S06", "pupil_id"), ("S07", "Mācību gads"),
    ]  # fmt: skip
    kept = read(tmp_path, "A,a\n1,2\n", expected=("a",))
    assert codes(kept) == []


def test_a_nameless_column_is_called_by_its_position(tmp_path: Path) -> None:
    assert list(read(tmp_path, ",b\n1,2\n").frame.columns) == ["#1", "b"]


def test_a_row_of_data_is_no_header_and_is_not_repeated(tmp_path: Path) -> None:
    for expected in ((), ("pupil_id", "score")):
        with pytest.raises(InputFaults) as refused:
            read(tmp_path, "17,Ilze,2024,9\n18,Jānis,2024,9\n", expected=expected)
        assert refused.value.faults[0].code == "S03"
        assert "Ilze" not in str(refused.value.faults)


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "a.csv", "S01"), (b" \n ", "a.csv", "S01"), (b"\xef\xbb\xbf", "a.csv", "S01"), (b"a,b\n", "a.csv", "S02"),
        (b"a,a\n1,2\n", "a.csv", "S05"), (b"a,b\n1\n", "a.csv", "S12"), (b'a,b\n1,"2\n', "a.csv", "S13"),
        (b'a,b\n1,"' + b"x\n" * 6_000_000 + b"\n", "a.csv", "S13"), (b"a,b\n1,\x00\n", "a.csv", "E07"),
        (b"\xef\xbb\xbfa,b\n\xff,1\n", "a.csv", "E07"), (b"a,b\n\xa1\x81,1\n", "a.csv", "E07"), (b"\xff\xfea", "a.csv", "E07"),
        (b"PK\x03\x04rest", "a.csv", "C02"), (b"\xd0\xcf\x11\xe0rest", "a.xlsx", "C13"), (b"text", "a.xlsx", "C11"),
        (b"text", "a.parquet", "C11"), (b"PAR1rest", "a.parquet", "C07"), (b"\x80\x04rest", "a.csv", "C12"),
        (gzip.compress(b"a,b\n1,2\n" * 99, mtime=0)[:30], "a.csv.gz", "C02"), (b"x", "a.joblib", "C12"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_by_its_content(content: bytes, name: str, code: str, tmp_path: Path) -> None:
    with pytest.raises(InputFaults) as refused:
        read(tmp_path, content, name)
    assert {fault.code for fault in refused.value.faults} == {code}
    assert {fault.file for fault in refused.value.faults} == {name}


def test_every_line_of_another_width_is_named(tmp_path: Path) -> None:
    raw = read(tmp_path, 'a,b\n1,2\n1,2,5\n"x\ny",1\n3\n')
    assert [(f.code, f.line, f.facts["found"]) for f in raw.notes] == [("S09", 3, 3), ("S12", 6, 1)]
    assert {f.answer for f in raw.notes} == {"reject"}
    assert raw.frame["a"].tolist() == ["1", "x\ny"]  # so that what else is wrong comes in the same run


def test_a_compressed_file_is_read_by_its_content(tmp_path: Path) -> None:
    assert read(tmp_path, gzip.compress("a,b\nā,2\n".encode()), "a.csv").frame.loc[0, "a"] == "ā"


def test_an_encoding_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="utf-8, cp1257"):
        ReadOptions(encoding="utf-9")


# Workbooks


def book(tmp_path: Path, *rows: list[object], first: int = 1, sheets: tuple[str, ...] = ("Dati",)) -> Path:
    workbook = openpyxl.Workbook()
    workbook.active.title = sheets[0]
    for name in sheets[1:]:
        workbook.create_sheet(name).append([name])
    for number, row in enumerate(rows, first):
        for column, value in enumerate(row, 1):
            workbook.active.cell(number, column, value)
    workbook.save(tmp_path / "a.xlsx")
    return tmp_path / "a.xlsx"


def test_a_workbook_gives_numbers_dates_and_text_as_an_analyst_sees_them(tmp_path: Path) -> None:
    path = book(
        tmp_path,
        ["a", "b", "c", "d", "e"],
        ["007", 64.5, 64, datetime.date(2023, 5, 1), None],
        [None, 1e-7, 12345678901, True, "ā"],
    )
    raw = read_source(path, "a.xlsx")
    assert raw.frame.to_numpy().tolist() == [
        ["007", "64.5", "64", "2023-05-01", ""],
        ["", "0.0000001", "12345678901", "True", "ā"],
    ]
    assert (raw.lines.tolist(), raw.sheet, raw.notes) == ([2, 3], "Dati", ())


def test_the_header_of_a_workbook_is_its_first_filled_row(tmp_path: Path) -> None:
    raw = read_source(book(tmp_path, ["a", "b"], [1, 2], [None, None], [3, 4], first=3), "a.xlsx")
    assert (list(raw.frame.columns), raw.lines.tolist()) == (["a", "b"], [4, 6])
    below = read_source(book(tmp_path, ["Virsraksts", None], ["a", "b"], [1, 2]), "a.xlsx", ReadOptions(header=2))
    assert (list(below.frame.columns), below.lines.tolist()) == (["a", "b"], [3])


def test_a_sheet_is_chosen_and_told_or_refused(tmp_path: Path) -> None:
    path = book(tmp_path, ["a"], [1], sheets=("Dati", "Cita"))
    assert [note.code for note in read_source(path, "a.xlsx").notes] == ["D11"]
    with pytest.raises(InputFaults, match="S02"):
        read_source(path, "a.xlsx", ReadOptions(sheet="Cita"))
    with pytest.raises(InputFaults, match="C16"):
        read_source(path, "a.xlsx", ReadOptions(sheet="Nav"))


def test_an_empty_sheet_is_an_empty_file(tmp_path: Path) -> None:
    with pytest.raises(InputFaults, match="S01"):
        read_source(book(tmp_path), "a.xlsx")


# Parquet


def test_parquet_gives_whole_numbers_categories_and_dates_as_text(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "category": pd.Categorical(["a", None]),
            "whole": pd.array([12345678901234567, None], dtype="Int64"),
            "decimal": [64.5, 5.0],
            "small": [1e-7, None],
            "flag": [True, False],
        }
    ).assign(day=pd.Series([datetime.date(2023, 5, 1), None]))
    frame.to_parquet(tmp_path / "a.parquet")
    raw = read_source(tmp_path / "a.parquet", "a.parquet")
    assert raw.frame.to_numpy().tolist() == [
        ["a", "12345678901234567", "64.5", "0.0000001", "true", "2023-05-01"], ["", "", "5", "", "false", ""],
    ]  # fmt: skip
    assert raw.lines.tolist() == [2, 3]


def test_a_folders_name_adds_no_column_to_parquet(tmp_path: Path) -> None:
    folder = tmp_path / "school_year=2024"
    folder.mkdir()
    pd.DataFrame({"a": [1]}).to_parquet(folder / "a.parquet")
    assert list(read_source(folder / "a.parquet", "a.parquet").frame.columns) == ["a"]


def test_nested_parquet_is_refused(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": [[1, 2]]}), tmp_path / "a.parquet")
    with pytest.raises(InputFaults, match="C02"):
        read_source(tmp_path / "a.parquet", "a.parquet")
