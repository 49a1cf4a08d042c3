"""Reading one file as text, whatever its container, delimiter and encoding, and saying what was found."""

import csv
import gzip
import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import python_calamine
from pydantic import BaseModel, ConfigDict

from analysis.faults import Fault, InputFaults

SUFFIXES = (".csv", ".csv.gz", ".xlsx", ".parquet")
_DELIMITERS = (";", "\t", "|", ",")
_DECIMAL_COMMA = r"^\s*[-−+]?\d{1,3}(?:[ \u00a0]?\d{3})*,\d+\s*%?\s*$"


class ReadOptions(BaseModel):
    """What a map may say about reading a file; what it does not say is found out.

    ``header`` is the line of the column names (1 is the first line of the file); 0 means that there is none,
    and ``columns`` then names them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    delimiter: str | None = None
    encoding: str | None = None
    decimal: str | None = None
    sheet: str | None = None
    header: int = 1
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class RawTable:
    """A file as it was read: every cell text, empty cells the empty string.

    Attributes
    ----------
    file : str
        Name as the analyst knows it.
    frame : pd.DataFrame
        Text columns under the names of the file.
    lines : np.ndarray of int, shape (rows,)
        Line of each row as an analyst sees it.
    decimal : {".", ","}
        Decimal mark of the numbers in it.
    notes : tuple of Fault
        What was found or repaired.
    """

    file: str
    frame: pd.DataFrame
    lines: np.ndarray
    decimal: str = "."
    sheet: str | None = None
    notes: tuple[Fault, ...] = field(default=())


def read_source(path: Path, name: str, options: ReadOptions | None = None) -> RawTable:
    """Read one file by its content, not by its name.

    Raises
    ------
    InputFaults
        S01–S03, S05, S09, E07, C01, C02, C12, C14: the file cannot be read as a table.
    """
    options = options or ReadOptions()
    if path.is_symlink() or not path.is_file():
        raise InputFaults([Fault("C14", name, facts={"kind": "link" if path.is_symlink() else "not a file"})])
    with path.open("rb") as file:
        head = file.read(8)
    if not head:
        raise InputFaults([Fault("S01", name)])
    if path.suffix in (".pkl", ".pickle", ".joblib") or (head[0] == 0x80 and head[1] in range(2, 6)):
        raise InputFaults([Fault("C12", name)])
    if head.startswith(b"PAR1"):
        return _read_parquet(path, name)
    if head.startswith(b"PK"):
        return _read_workbook(path, name, options)
    if path.suffix == ".xlsx":
        raise InputFaults([Fault("C01", name, facts={"found": "CSV" if head.isascii() else "?"})])
    if path.suffix == ".parquet":
        raise InputFaults([Fault("C02", name, facts={"found": "Parquet"})])
    return _read_text(_unpacked(path, name, head), name, options)


def _unpacked(path: Path, name: str, head: bytes) -> bytes:
    if not head.startswith(b"\x1f\x8b"):
        return path.read_bytes()
    try:
        with gzip.open(path) as file:
            return file.read()
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise InputFaults([Fault("C02", name, facts={"found": "gzip"})]) from None


def _decoded(raw: bytes, name: str, encoding: str | None) -> tuple[str, list[Fault]]:
    if b"\x00" in raw:
        raise InputFaults([Fault("E07", name, facts={"offset": raw.index(b"\x00")})])
    if raw.startswith(b"\xef\xbb\xbf"):
        return raw[3:].decode("utf-8", errors="strict"), [Fault("E03", name)]
    try:
        return raw.decode(encoding or "utf-8"), []
    except (UnicodeDecodeError, LookupError):
        pass
    try:
        return raw.decode("cp1257"), [Fault("E01", name)]
    except UnicodeDecodeError as error:
        raise InputFaults([Fault("E07", name, facts={"offset": error.start})]) from None


def _read_text(raw: bytes, name: str, options: ReadOptions) -> RawTable:
    text, notes = _decoded(raw, name, options.encoding)
    del raw
    if not text.strip():
        raise InputFaults([Fault("S01", name)])
    delimiter = options.delimiter or _delimiter(text, options.header)
    widths, lines = _shape(text, delimiter)
    header_at = int(np.searchsorted(lines, options.header)) if options.header else -1
    header = _row(text, delimiter, header_at) if options.header else list(options.columns)
    names, header_notes = _column_names(header, name, options)
    _check_widths(widths[header_at + 1 :], lines[header_at + 1 :], len(names), name)
    frame = pd.read_csv(
        io.StringIO(text), sep=delimiter, header=None, names=list(names), index_col=False, dtype="str",
        keep_default_na=False, skiprows=options.header, skip_blank_lines=True,
    )  # fmt: skip
    decimal = options.decimal or _decimal_mark(frame, delimiter)
    if delimiter != "," or decimal == ",":
        notes.append(Fault("S08", name, facts={"delimiter": delimiter.replace("\t", "TAB"), "decimal": decimal}))
    return _table(name, frame, lines[header_at + 1 :], decimal, None, [*notes, *header_notes])


def _delimiter(text: str, header: int) -> str:
    line = next(iter(text.split("\n", max(header, 1))[max(header, 1) - 1 :]), "")
    bare = re.sub(r'"[^"]*"', "", line)
    counts = {mark: bare.count(mark) for mark in _DELIMITERS}
    best = max(counts, key=lambda mark: counts[mark])
    return best if counts[best] else ","


def _shape(text: str, delimiter: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the number of fields and the first line of every record; blank lines are no records."""
    widths, lines, start = [], [], 1
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    for record in reader:
        if record:
            widths.append(len(record))
            lines.append(start)
        start = reader.line_num + 1
    return np.array(widths, dtype=int), np.array(lines, dtype=int)


def _row(text: str, delimiter: str, position: int) -> list[str]:
    records = (record for record in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if record)
    for index, record in enumerate(records):
        if index == position:
            return record
    return []


def _column_names(header: Sequence[str], name: str, options: ReadOptions) -> tuple[tuple[str, ...], list[Fault]]:
    clean = tuple(unicodedata.normalize("NFC", cell).strip().strip("\ufeff") for cell in header)
    if options.header:
        numeric = [cell for cell in clean if re.fullmatch(r"[-−]?\d+([.,]\d+)?", cell)]
        if len(numeric) > len(clean) / 3 or not any(clean):
            raise InputFaults([Fault("S03", name, facts={"expected": ", ".join(options.columns) or "–"})])
    faults = []
    for column in dict.fromkeys(clean):
        positions = [str(i + 1) for i, cell in enumerate(clean) if cell == column]
        if len(positions) > 1 and column:
            faults.append(Fault("S05", name, column=column, facts={"positions": "., ".join(positions)}))
    if faults:
        raise InputFaults(faults)
    changed = sum(cell != given for cell, given in zip(clean, header, strict=True))
    notes = [Fault("S06", name, facts={"count": changed})] if changed else []
    return tuple(cell or f"#{i + 1}" for i, cell in enumerate(clean)), notes


def _check_widths(widths: np.ndarray, lines: np.ndarray, expected: int, name: str) -> None:
    if len(widths) == 0:
        raise InputFaults([Fault("S02", name)])
    wrong = np.flatnonzero(widths != expected)
    if len(wrong):
        raise InputFaults(
            Fault("S09", name, int(lines[i]), facts={"expected": expected, "found": int(widths[i])}) for i in wrong
        )


def _decimal_mark(frame: pd.DataFrame, delimiter: str) -> str:
    """A column of the first thousand rows whose filled cells are all numbers, some with a comma, has a decimal comma."""
    for column in frame.columns:
        cells = frame[column].head(1000)
        cells = cells[cells.str.strip() != ""]
        comma = cells.str.match(_DECIMAL_COMMA)
        if comma.any() and (comma | cells.str.match(r"^\s*[-−+]?\d+\s*%?\s*$")).mean() > 0.8:
            return ","
    return "."


def _read_workbook(path: Path, name: str, options: ReadOptions) -> RawTable:
    try:
        members = zipfile.ZipFile(path).namelist()
    except zipfile.BadZipFile:
        raise InputFaults([Fault("C02", name, facts={"found": "xlsx"})]) from None
    if "xl/workbook.xml" not in members:
        raise InputFaults([Fault("C01", name, facts={"found": "zip"})])
    try:
        workbook = python_calamine.CalamineWorkbook.from_path(str(path))
        sheet = options.sheet or workbook.sheet_names[0]
        rows = workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    except Exception as error:  # calamine raises several unrelated kinds for a damaged workbook
        raise InputFaults([Fault("C02", name, facts={"found": type(error).__name__})]) from None
    filled = [(i + 1, [_cell(cell) for cell in row]) for i, row in enumerate(rows) if any(cell != "" for cell in row)]
    if not filled:
        raise InputFaults([Fault("S01", name)])
    body = [(line, row) for line, row in filled if line > options.header]
    header = (
        next((row for line, row in filled if line == options.header), []) if options.header else list(options.columns)
    )
    names, notes = _column_names(header, name, options)
    if not body:
        raise InputFaults([Fault("S02", name)])
    frame = pd.DataFrame([row for _, row in body], columns=list(names), dtype="str")
    if len(workbook.sheet_names) > 1:
        notes.append(Fault("D11", name, facts={"name": sheet, "count": len(workbook.sheet_names)}))
    return _table(name, frame, np.array([line for line, _ in body]), ".", sheet, notes)


def _cell(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _read_parquet(path: Path, name: str) -> RawTable:
    try:
        table = pq.read_table(path)
    except (pa.ArrowException, OSError):
        raise InputFaults([Fault("C02", name, facts={"found": "Parquet"})]) from None
    names, notes = _column_names(table.column_names, name, ReadOptions())
    if table.num_rows == 0:
        raise InputFaults([Fault("S02", name)])
    frame = table.to_pandas(ignore_metadata=True)
    frame = pd.DataFrame({new: _as_text(frame[old]) for new, old in zip(names, table.column_names, strict=True)})
    return _table(name, frame, np.arange(len(frame)) + 2, ".", None, notes)


def _as_text(column: "pd.Series[Any]") -> "pd.Series[str]":
    if pd.api.types.is_float_dtype(column) and (column.dropna() % 1 == 0).all():
        column = column.astype("Int64")
    return column.astype("str").where(column.notna(), "")


def _table(
    name: str, frame: pd.DataFrame, lines: np.ndarray, decimal: str, sheet: str | None, notes: list[Fault]
) -> RawTable:
    return RawTable(name, frame, lines, decimal, sheet, tuple(notes))
