"""Reading a sheet of a workbook: which one, where its header stands, and what must not be guessed."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa

from analysis.faults import Fault, InputFaults
from analysis.intake.reading.archive import check_archive
from analysis.intake.reading.child import parsed
from analysis.intake.reading.header import LOOKED_AT, column_names, expected_line, joined_header
from analysis.intake.reading.letters import giant_cells, tidy_cells
from analysis.intake.reading.rawtable import RawTable, ReadOptions, header_note
from analysis.intake.reading.shape import wanted_columns

Row = tuple[int, list[str]]
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_YEAR_COLUMN = re.compile(r"gads|gadā|year", re.IGNORECASE)
_NUMBER = re.compile(r"-?\d+([.,]\d+)?")
_MERGED = {"lv": "virsraksta šūnas ir apvienotas", "en": "cells of the header are merged"}
_MERGED_TODO = {
    "lv": "Atceliet apvienošanu vai norādiet kartē virsraksta rindas (header)",
    "en": "Unmerge them, or give the header's lines in the map (header)",
}
_FORMULA = {"lv": "formulai nav saglabātas vērtības", "en": "a formula has no stored value"}
_FORMULA_TODO = {
    "lv": "Atveriet failu programmā Excel un saglabājiet to vēlreiz",
    "en": "Open the file in Excel and save it",
}
_SECOND = {"lv": "dati ir arī šajā lapā", "en": "this sheet holds data too"}
_SECOND_TODO = {"lv": "Norādiet kartē, kuru lapu lasīt (sheet)", "en": "Say in the map which sheet to read (sheet)"}


@dataclass(frozen=True)
class Sheet:
    """One sheet: its filled rows with their lines, merged cells (row, column, row, column), formulas without a value."""

    name: str
    visible: bool
    rows: list[Row]
    merged: list[list[int]] = field(default_factory=list)
    formulas: list[list[int]] = field(default_factory=list)


def read_sheets(path: Path, file: str, sheet: str | None = None, head: int = 0) -> list[Sheet]:
    """Read the sheets of a workbook, in a process of its own.

    Parameters
    ----------
    path, file : Path, str
        Where it lies, and its name as the analyst knows it.
    sheet : str, optional
        The only one whose rows are wanted.
    head : int
        Rows to read of each; 0 for all.

    Raises
    ------
    InputFaults
        C01, C02, C04, C05, C06, C13, C17, C18.
    """
    check_archive(path, file)
    first, *rows = parsed("workbook", path, file, sheet=sheet, head=head).decode("utf-8").splitlines()
    sheets = json.loads(first)
    return [Sheet(rows=[(n, cells) for n, cells in json.loads(r)], **s) for s, r in zip(sheets, rows, strict=True)]


def read_workbook(path: Path, file: str, options: ReadOptions, expected: Sequence[str]) -> RawTable:
    """Read one sheet of a workbook; the header is its first filled row, or where the map says.

    Raises
    ------
    InputFaults
        As ``read_sheets``, and C03, C15, C16, S01, S02, S03, S05, S18.
    """
    sheets = read_sheets(path, file, options.sheet)
    sheet = chosen(sheets, file, options, expected)
    rows = [row for row in sheet.rows if row[0] >= options.first_line]
    if not rows:
        raise InputFaults([Fault("S01", file, sheet=sheet.name)])
    header, lines, body = _header(rows, options)
    if "header" not in options.model_fields_set and expected_line(rows[1:], expected) is None:
        _refuse_merged(sheet, lines, file)
    below = [(n, cells) for n, cells in body[:LOOKED_AT]]
    names, notes = column_names(
        header, file, expected, below=below, given=not options.header, sheet=sheet.name if len(sheets) > 1 else None
    )
    if not body:
        raise InputFaults([Fault("S02", file, sheet=sheet.name)])
    if len(sheets) > 1:
        notes.append(Fault("D11", file, facts={"name": sheet.name, "count": len(sheets)}))
    notes += header_note(file, options)
    without_value = _without_value(sheet, names, expected, body[0][0], file)
    if without_value:
        raise InputFaults(without_value)
    return _table(file, sheet.name, names, body, notes, expected)


def _header(rows: list[Row], options: ReadOptions) -> tuple[list[str], list[int], list[Row]]:
    """Take the header off: its cells, its lines, the rows below."""
    if not options.header:
        return list(options.columns), [], rows
    if isinstance(options.header, int):
        return rows[0][1], [rows[0][0]], rows[1:]
    parts = [(line, cells) for line, cells in rows if line in options.header]
    body = [row for row in rows if row[0] > options.header[-1]]
    return joined_header([cells for _, cells in parts]), [line for line, _ in parts], body


def _table(
    file: str, sheet: str, names: Sequence[str], body: list[Row], notes: list[Fault], expected: Sequence[str]
) -> RawTable:
    width = max(len(names), *(len(cells) for _, cells in body))
    names = [*names, *(f"#{i + 1}" for i in range(len(names), width))]
    kept, extra = wanted_columns(names, expected, file)
    positions = [names.index(name) for name in kept]
    columns = {
        name: [cells[i] if i < len(cells) else "" for _, cells in body] for name, i in zip(kept, positions, strict=True)
    }
    filled = {name: cells for name, cells in columns.items() if not name.startswith("#") or any(cells)}
    frame = pa.table({name: pa.array(cells, pa.large_string()) for name, cells in filled.items()}).to_pandas()
    raw = RawTable(file, frame, np.array([line for line, _ in body]), sheet, (*notes, *extra))
    raw = tidy_cells(raw)
    return RawTable(file, raw.frame, raw.lines, sheet, (*raw.notes, *giant_cells(raw)))


def chosen(sheets: Sequence[Sheet], file: str, options: ReadOptions, expected: Sequence[str]) -> Sheet:
    """Choose the sheet: the one that the map names, or the only one with data; nobody guesses between two.

    Raises
    ------
    InputFaults
        C16 the named sheet is not there, C15 sheets of different years, C03 a second sheet with data, S01 none.
    """
    if options.sheet:
        named = [sheet for sheet in sheets if sheet.name == options.sheet]
        if not named:
            facts = {"name": options.sheet, "found": ", ".join(sheet.name for sheet in sheets)}
            raise InputFaults([Fault("C16", file, facts=facts)])
        return named[0]
    filled = [sheet for sheet in sheets if sheet.visible and sheet.rows]
    if not filled:
        raise InputFaults([Fault("S01", file, sheet=sheets[0].name if sheets else None)])
    asked = [sheet for sheet in filled if _has_header(sheet, expected)]
    first = asked[0] if asked else filled[0]
    others = [sheet for sheet in filled if sheet is not first and (sheet in asked or _has_numbers(sheet))]
    if others:
        raise InputFaults([_several([first, *others], file)])
    return first


def _has_header(sheet: Sheet, expected: Sequence[str]) -> bool:
    wanted = set(expected)
    hits = max((len(wanted & {cell.strip() for cell in cells}) for _, cells in sheet.rows[:LOOKED_AT]), default=0)
    return hits >= min(2, max(len(wanted), 1))


def _has_numbers(sheet: Sheet) -> bool:
    """Tell whether a sheet holds a table of figures, and not notes or lists of words."""
    numeric = [sum(bool(_NUMBER.fullmatch(cell)) for cell in cells) for _, cells in sheet.rows]
    return sum(count > 1 for count in numeric) > 1


def _several(sheets: list[Sheet], file: str) -> Fault:
    years = [_years(sheet) for sheet in sheets]
    if all(years) and len(set(years)) > 1:
        names = ", ".join(sheet.name for sheet in sheets)
        return Fault("C15", file, facts={"names": names, "years": ", ".join(sorted({y for of in years for y in of}))})
    second = sheets[1]
    line, cells = second.rows[0]
    cell = _address(line, 1 + next(i for i, text in enumerate(cells) if text))
    return Fault("C03", file, sheet=second.name, facts={"cell": cell, "what": _SECOND, "todo": _SECOND_TODO})


def _years(sheet: Sheet) -> tuple[str, ...]:
    """Find the years of a sheet: in its name, else in its column of years."""
    named = tuple(_YEAR.findall(sheet.name))
    for k, (_, cells) in enumerate(sheet.rows[:LOOKED_AT] if not named else ()):
        for i in (i for i, cell in enumerate(cells) if _YEAR_COLUMN.search(cell)):
            below = {year for _, row in sheet.rows[k + 1 :] if i < len(row) for year in _YEAR.findall(row[i])}
            if below:
                return tuple(sorted(below))
    return named


def _refuse_merged(sheet: Sheet, header: Sequence[int], file: str) -> None:
    for top, left, bottom, right in sheet.merged:
        if any(top <= line <= bottom for line in header) and (right > left or bottom > top):
            facts = {"cell": _address(top, left), "what": _MERGED, "todo": _MERGED_TODO}
            raise InputFaults([Fault("C03", file, sheet=sheet.name, facts=facts)])


def _without_value(sheet: Sheet, names: Sequence[str], expected: Sequence[str], first: int, file: str) -> list[Fault]:
    """Find formulas that were never calculated, in columns that are read."""
    read = [not expected or name in expected for name in names]
    return [
        Fault("C03", file, line, sheet.name, names[column - 1],
              facts={"cell": _address(line, column), "what": _FORMULA, "todo": _FORMULA_TODO})
        for column, line in sheet.formulas
        if line >= first and column <= len(read) and read[column - 1]
    ]  # fmt: skip


def _address(line: int, column: int) -> str:
    """Row 3, column 28 → ``AB3``."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{line}"
