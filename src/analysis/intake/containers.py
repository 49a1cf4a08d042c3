"""Reading tables that are not text: workbooks (XLSX) and Parquet, every cell as the text an analyst would see."""

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import python_calamine

from analysis.faults import Fault, InputFaults
from analysis.intake.rawtable import RawTable, ReadOptions, column_names

LARGEST_UNPACKED = 100_000_000
_HIGHEST_RATIO, _SMALL = 100, 1_000_000
_NO_WORKBOOK = {"lv": "cits zip arhīvs", "en": "another zip archive"}


def read_workbook(path: Path, file: str, options: ReadOptions, expected: Sequence[str]) -> RawTable:
    """Read one sheet of a workbook; the header is the first filled row from ``options.header`` on.

    Raises
    ------
    InputFaults
        C01, C02, C05, C16, S01, S02, S03, S05.
    """
    _check_archive(path, file)
    try:
        workbook = python_calamine.CalamineWorkbook.from_path(str(path))
        sheet = options.sheet or workbook.sheet_names[0]
        rows = (
            workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
            if sheet in workbook.sheet_names
            else None
        )
    except Exception:  # calamine raises several unrelated kinds for a damaged workbook
        raise InputFaults([Fault("C02", file, facts={"found": "xlsx"})]) from None
    if rows is None:
        facts = {"name": sheet, "found": ", ".join(workbook.sheet_names)}
        raise InputFaults([Fault("C16", file, facts=facts)])
    filled = [
        (i, [_cell(c) for c in row])
        for i, row in enumerate(rows, 1)
        if i >= options.header and any(c != "" for c in row)
    ]
    if not filled:
        raise InputFaults([Fault("S01", file, sheet=sheet)])
    header, body = (filled[0][1], filled[1:]) if options.header else (list(options.columns), filled)
    names, notes = column_names(header, file, expected, given=not options.header)
    if not body:
        raise InputFaults([Fault("S02", file, sheet=sheet)])
    frame = pd.DataFrame([row for _, row in body], columns=list(names), dtype="str")
    if len(workbook.sheet_names) > 1:
        notes.append(Fault("D11", file, facts={"name": sheet, "count": len(workbook.sheet_names)}))
    return RawTable(file, frame, np.array([line for line, _ in body]), sheet, tuple(notes))


def _check_archive(path: Path, file: str) -> None:
    """Look at the directory of the archive before anything is unpacked: is it a workbook, and no zip bomb."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except zipfile.BadZipFile:
        raise InputFaults([Fault("C02", file, facts={"found": "xlsx"})]) from None
    if "xl/workbook.xml" not in {member.filename for member in members}:
        raise InputFaults([Fault("C01", file, facts={"found": _NO_WORKBOOK})])
    size = sum(member.file_size for member in members)
    ratio = size / max(path.stat().st_size, 1)
    if size > LARGEST_UNPACKED or (size > _SMALL and ratio > _HIGHEST_RATIO):
        raise InputFaults([Fault("C05", file, facts={"ratio": round(ratio), "size": size // 1_000_000})])


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return np.format_float_positional(value, trim="-")
    return str(value)


def read_parquet(path: Path, file: str, expected: Sequence[str]) -> RawTable:
    """Read a Parquet file; only its own columns, whatever its folder is called.

    Raises
    ------
    InputFaults
        C02, S02, S03, S05.
    """
    try:
        table = pq.ParquetFile(path).read()
        columns = [_as_text(column) for column in table.columns]
    except (pa.ArrowException, OSError):
        raise InputFaults([Fault("C02", file, facts={"found": "Parquet"})]) from None
    names, notes = column_names(table.column_names, file, expected)
    if table.num_rows == 0:
        raise InputFaults([Fault("S02", file)])
    frame = pd.DataFrame(dict(zip(names, columns, strict=True)))
    return RawTable(file, frame, np.arange(len(frame)) + 2, notes=tuple(notes))


def _as_text(column: pa.ChunkedArray) -> "pd.Series[str]":
    text: pd.Series[str] = column.cast(pa.string()).to_pandas().astype("str")
    if pa.types.is_floating(column.type):  # without an exponent
        numbers = column.to_pandas()
        text = numbers.map({n: _cell(float(n)) for n in numbers.dropna().unique()}).astype("str")
    return text.fillna("")
