"""The first rows of a file as they stand, before anything is decided about it: for a person who makes a map."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.faults import Fault, InputFaults
from analysis.intake.reading.encoding import look_at
from analysis.intake.reading.header import LOOKED_AT, header_guess
from analysis.intake.reading.kinds import kind_of
from analysis.intake.reading.letters import tidy_cells
from analysis.intake.reading.parquetfile import parquet_cells
from analysis.intake.reading.rawtable import RawTable, ReadOptions
from analysis.intake.reading.textfile import all_records, found_delimiter, has_decimal_comma, line_ends
from analysis.intake.reading.workbook import Sheet, chosen, read_sheets

_Rows = list[tuple[int, list[str]]]


@dataclass(frozen=True)
class Preview:
    """What the first look at a file shows.

    Attributes
    ----------
    rows : list of list of str
        First filled rows, the header among them, every cell text.
    lines : list of int
        Line of each row as an analyst sees it.
    delimiter : str or None
        Sign between cells; none for workbooks and Parquet.
    decimal : str
        ``","`` or ``"."``.
    encoding : str or None
        Encoding of a text file (``utf-8``, ``utf-8-sig``, ``utf-16``, ``cp1257``, or what the map names).
    sheets : tuple of str
        Sheets of a workbook.
    sheet : str or None
        The sheet shown.
    header_guess : tuple of int
        Lines where the header most likely stands; empty where there seems to be none.
    notes : tuple of Fault
        What was found on the way, faults that would be refused among them.
    """

    rows: list[list[str]]
    lines: list[int]
    delimiter: str | None
    decimal: str
    encoding: str | None
    sheets: tuple[str, ...]
    sheet: str | None
    header_guess: tuple[int, ...]
    notes: tuple[Fault, ...]


def sheets(path: Path, file: str = "") -> tuple[str, ...]:
    """List the sheets of a workbook; none for any other file.

    Raises
    ------
    InputFaults
        The file cannot be opened.
    """
    name = file or path.name
    return tuple(sheet.name for sheet in read_sheets(path, name, head=1)) if kind_of(path, name) == "workbook" else ()


def preview(path: Path, file: str, options: ReadOptions | None = None, rows: int = 20) -> Preview:
    """Look at the first rows of a file; of a large one no more than these is parsed.

    Parameters
    ----------
    path : Path
        Where it lies.
    file : str
        Its name as the analyst knows it.
    options : ReadOptions, optional
        What is said of it already: sheet, delimiter, encoding.
    rows : int
        How many rows to show.

    Raises
    ------
    InputFaults
        The file cannot be opened as a table at all.
    """
    options = options or ReadOptions()
    look = {"text": _text, "workbook": _workbook, "parquet": _parquet}[kind_of(path, file)]
    return look(path, file, options, max(rows, 1))


def _text(path: Path, file: str, options: ReadOptions, rows: int) -> Preview:
    text = look_at(path, file, options.encoding)
    delimiter = options.delimiter or found_delimiter(text)
    notes = [*text.notes, *line_ends(text, delimiter, file)]
    first: _Rows = []
    try:
        first += islice(all_records(text, delimiter, file), max(rows, LOOKED_AT))
    except InputFaults as found:
        notes += found.faults
    if not first:
        raise InputFaults([*notes, Fault("S01", file)])
    raw = _sample(first, file)
    notes += tidy_cells(raw).notes if text.careful else ()
    return _seen(first, rows, notes, file, delimiter=delimiter, encoding=text.encoding)


def _workbook(path: Path, file: str, options: ReadOptions, rows: int) -> Preview:
    found = read_sheets(path, file, head=max(rows, LOOKED_AT))
    notes: list[Fault] = []
    try:
        sheet = chosen(found, file, options, ())
    except InputFaults as faults:
        notes += faults.faults
        sheet = next((s for s in found if s.visible and s.rows), Sheet("", True, []))
        if not sheet.rows:
            raise
    names = tuple(sheet.name for sheet in found)
    notes += tidy_cells(_sample(sheet.rows, file)).notes
    return _seen(sheet.rows, rows, notes, file, sheets=names, sheet=sheet.name)


def _parquet(path: Path, file: str, options: ReadOptions, rows: int) -> Preview:
    table = parquet_cells(path, file, head=max(rows, LOOKED_AT))
    cells = zip(*(column.to_pylist() for column in table.columns), strict=True)
    first: _Rows = [(1, list(table.column_names)), *((i, list(row)) for i, row in enumerate(cells, 2))]
    return _seen(first, rows, [Fault("C19", file)], file, guess=(1,))


def _sample(rows: Sequence[tuple[int, list[str]]], file: str) -> RawTable:
    """Put rows of any width side by side, under the positions of their columns; the first may be the header."""
    width = max(len(cells) for _, cells in rows)
    even = [[*cells, *[""] * (width - len(cells))] for _, cells in rows]
    frame = pd.DataFrame(even, columns=[f"#{i + 1}" for i in range(width)], dtype="str")
    return RawTable(file, frame, np.array([line for line, _ in rows]))


def _seen(
    first: _Rows,
    rows: int,
    notes: Sequence[Fault],
    file: str,
    *,
    delimiter: str | None = None,
    encoding: str | None = None,
    sheets: tuple[str, ...] = (),
    sheet: str | None = None,
    guess: tuple[int, ...] | None = None,
) -> Preview:
    shown = first[:rows]
    guess = header_guess(first) if guess is None else guess
    body = [row for row in first if not guess or row[0] > guess[-1]]
    comma = bool(body) and has_decimal_comma(_sample(body, file).frame)
    return Preview(
        rows=[cells for _, cells in shown],
        lines=[line for line, _ in shown],
        delimiter=delimiter,
        decimal="," if comma else ".",
        encoding=encoding,
        sheets=sheets,
        sheet=sheet,
        header_guess=guess,
        notes=tuple(notes),
    )
