"""Workbooks that a board can fill in: one a table, with headings, allowed values, one example row and notes."""

import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.faults import Fault
from analysis.intake.contracts import KEYS, TABLES, codes, columns, dated, numeric, whole
from analysis.intake.reading.rawtable import RawTable
from analysis.intake.store import write_atomically
from analysis.words.catalogue import say
from analysis.words.columns import about_code, about_column, about_table, example

NOTES_SHEET = {"lv": "Paskaidrojumi", "en": "Notes"}
_ROWS = 20_000
_LONGEST_LIST = 255  # signs of a list that a spreadsheet takes


def write_templates(out: Path, tables: Iterable[str] = TABLES, language: str = "lv") -> list[Path]:
    """Write one workbook a table, ``<table>.xlsx``; same tables, same bytes.

    Parameters
    ----------
    out : Path
        Folder; made where it is missing. A workbook of that name is replaced.
    tables : iterable of str
        Tables of the contract.
    language : {"lv", "en"}
        Of the notes; headings and codes are those of the contract.

    Returns
    -------
    list of Path
        What was written.
    """
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for table in tables:
        path = out / f"{table}.xlsx"
        write_atomically(path, _workbook(table, language))
        written.append(path)
    return written


def _workbook(table: str, language: str) -> bytes:
    import xlsxwriter  # needed by this command alone

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"author": "", "created": pd.Timestamp("2000-01-01").to_pydatetime()})
    looks = {
        "must": book.add_format({"bold": True, "bg_color": "#d9e6f2", "border": 1}),
        "may": book.add_format({"bold": True, "bg_color": "#f2f2f2", "border": 1}),
        "example": book.add_format({"italic": True, "font_color": "#5f5f5f"}),
        "text": book.add_format({"num_format": "@"}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
    }
    _data_sheet(book.add_worksheet(table), table, language, looks)
    _notes_sheet(book.add_worksheet(NOTES_SHEET[language]), table, language, looks)
    book.close()
    return buffer.getvalue()


def _data_sheet(sheet: Any, table: str, language: str, looks: dict[str, Any]) -> None:
    sheet.freeze_panes(1, 0)
    for position, (column, must) in enumerate(columns(table).items()):
        is_text = column not in numeric(table)  # as text: leading zeros and dates stay as they are typed
        sheet.set_column(position, position, max(12, len(column) + 4), looks["text"] if is_text else None)
        sheet.write_string(0, position, column, looks["must" if must else "may"])
        sheet.write_comment(0, position, _note(table, column, must, language), {"author": "", "x_scale": 2})
        value = example(table, column)
        if value != "":
            (sheet.write_string if is_text else sheet.write_number)(1, position, value, looks["example"])
        rule = _allowed(table, column, language)
        if rule:
            sheet.data_validation(1, position, _ROWS, position, rule)


def _note(table: str, column: str, must: bool, language: str) -> str:
    need = say("template_must" if must else "template_may", language)
    return f"{about_column(table, column, language)}\n{need}"


def _allowed(table: str, column: str, language: str) -> dict[str, Any] | None:
    """Say which values a spreadsheet takes: a list to choose from, or whole numbers only."""
    known = codes(table).get(column)
    if known and len(",".join(known)) <= _LONGEST_LIST:
        meant = "; ".join(f"{c} – {about_code(column, c, language)}" for c in known)
        return {"validate": "list", "source": list(known), "input_title": column[:32], "input_message": meant[:255]}
    if column in whole(table):
        return {"validate": "integer", "criteria": ">=", "value": 0, "input_title": column[:32],
                "input_message": about_column(table, column, language)[:255]}  # fmt: skip
    return None


def _notes_sheet(sheet: Any, table: str, language: str, looks: dict[str, Any]) -> None:
    for position, width in enumerate((20, 60, 16, 60, 20)):
        sheet.set_column(position, position, width)
    sheet.write_string(0, 0, about_table(table, language))
    sheet.write_string(1, 0, str(say("template_howto", language, table=table).unescape()))
    heads = ("column", "meaning", "needed", "values", "example")
    for position, head in enumerate(heads):
        sheet.write_string(3, position, str(say(f"template_{head}", language)), looks["may"])
    for row, (column, must) in enumerate(columns(table).items(), 4):
        cells = (
            column + (" *" if column in KEYS[table] else ""),
            about_column(table, column, language),
            str(say("template_must" if must else "template_may", language)),
            _values(table, column, language),
            str(example(table, column)),
        )
        for position, cell in enumerate(cells):
            sheet.write_string(row, position, cell, looks["wrap"])


def _values(table: str, column: str, language: str) -> str:
    known = codes(table).get(column)
    if known:
        meant = [about_code(column, c, language) for c in known]
        return "; ".join(c if c == words else f"{c} – {words}" for c, words in zip(known, meant, strict=True))
    kind = "whole" if column in whole(table) else "number" if column in numeric(table) else "text"
    return str(say(f"template_{'date' if column in dated(table) else kind}", language))


def example_rows(raw: RawTable, table: str) -> list[Fault]:
    """Find the example row of a template that was left in the table (D12): it is nobody's data."""
    known = [c for c in columns(table) if c in raw.frame]
    if len(known) < len(columns(table)):
        return []
    same = pd.Series(True, index=raw.frame.index)
    for column in known:
        same &= raw.frame[column].str.strip() == str(example(table, column))
    return [Fault("D12", raw.file, int(line)) for line in raw.lines[same.to_numpy()]]
