"""Reading a text table: its encoding, its delimiter, and every record with the line on which it starts."""

import csv
import io
import itertools
import re
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa

from analysis.faults import Fault, InputFaults
from analysis.intake.rawtable import RawTable, ReadOptions, column_names

_DELIMITERS = (";", "\t", "|", ",")
_DECIMAL_COMMA = r"^\s*[-−+]?\d{1,3}(?:[ \u00a0]?\d{3})*,\d+\s*$"
_END = "\ue000"  # a line of our own after the last one: a quotation mark that is never closed would swallow it
_CHUNK = 20_000
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig", "E03"), (b"\xff\xfe", "utf-16", "E02"), (b"\xfe\xff", "utf-16", "E02"))

Record = tuple[int, list[str]]


def read_text(raw: bytes, file: str, options: ReadOptions, expected: Sequence[str]) -> RawTable:
    """Read a delimited text file.

    Raises
    ------
    InputFaults
        S01 empty, S02 no rows, S03 no header, S05 one name twice, S09 rows of another width, S13 a quotation mark never
        closed, E07 not text.
    """
    encoding, notes = text_encoding(raw, file, options.encoding)
    delimiter = options.delimiter or _delimiter(_lines(raw, encoding), options.header)
    records = _records(_lines(raw, encoding), delimiter, file, options.header)
    header = next(records, (0, []))[1] if options.header else options.columns
    if not header:
        raise InputFaults([Fault("S01", file)])
    names, found = column_names(header, file, expected, given=not options.header)
    frame, lines = _rows(records, names, file)
    decimal = "," if _has_decimal_comma(frame) else "."
    if delimiter != "," or decimal == ",":
        notes.append(Fault("S08", file, facts={"delimiter": delimiter.replace("\t", "TAB"), "decimal": decimal}))
    return RawTable(file, frame, lines, notes=(*notes, *found))


def text_encoding(raw: bytes, file: str, given: str | None = None) -> tuple[str, list[Fault]]:
    """Find the encoding: UTF-8 with (E03) or without a mark, UTF-16 with one (E02), else Windows-1257 (E01)."""
    for mark, encoding, code in _MARKS:
        if raw.startswith(mark):
            return _strictly(raw, file, encoding), [Fault(code, file)]
    if b"\x00" in raw:
        raise InputFaults([Fault("E07", file, facts={"offset": raw.index(b"\x00")})])
    try:
        raw.decode(given or "utf-8")
    except UnicodeDecodeError:
        return _strictly(raw, file, "cp1257"), [Fault("E01", file)]
    return given or "utf-8", []


def _strictly(raw: bytes, file: str, encoding: str) -> str:
    try:
        raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise InputFaults([Fault("E07", file, facts={"offset": error.start})]) from None
    return encoding


def _lines(raw: bytes, encoding: str) -> Iterator[str]:
    """Give the lines with their ends as they are; decoded on the way, which keeps memory small."""
    return io.TextIOWrapper(io.BytesIO(raw), encoding=encoding, newline="")


def _delimiter(lines: Iterator[str], header: int) -> str:
    """Count the marks outside quotes in the header's line: the most frequent one separates."""
    line = next((line for number, line in enumerate(lines, 1) if number >= header and line.strip()), "")
    bare = re.sub(r'"[^"]*"', "", line)
    best = max(_DELIMITERS, key=bare.count)
    return best if best in bare else ","


def _records(lines: Iterator[str], delimiter: str, file: str, first_line: int) -> Iterator[Record]:
    """Give every record from a line on with the line it starts on; lines with nothing in any cell are no records."""
    reader = csv.reader(itertools.chain(lines, [_END]), delimiter=delimiter)
    start = 1
    try:
        for record in reader:
            if record and record[-1].endswith(_END):
                if record != [_END]:
                    raise InputFaults([Fault("S13", file, start)])
            elif start >= first_line and any(cell and not cell.isspace() for cell in record):
                yield start, record
            start = reader.line_num + 1
    except csv.Error:
        raise InputFaults([Fault("S13", file, start)]) from None


def _rows(records: Iterator[Record], names: Sequence[str], file: str) -> tuple[pd.DataFrame, np.ndarray]:
    parts: list[pa.Table] = []
    lines: list[int] = []
    wrong: list[Fault] = []
    while chunk := list(itertools.islice(records, _CHUNK)):
        for line, cells in chunk:
            if len(cells) != len(names):
                wrong.append(Fault("S09", file, line, facts={"expected": len(names), "found": len(cells)}))
        if not wrong:
            lines += [line for line, _ in chunk]
            columns = zip(*(cells for _, cells in chunk), strict=True)
            parts.append(pa.table([pa.array(cells, pa.large_string()) for cells in columns], names=list(names)))
    if wrong:
        raise InputFaults(wrong)
    if not parts:
        raise InputFaults([Fault("S02", file)])
    frame: pd.DataFrame = pa.concat_tables(parts).combine_chunks().to_pandas()
    return frame, np.array(lines, dtype=int)


def _has_decimal_comma(frame: pd.DataFrame) -> bool:
    """A column of the first thousand rows whose filled cells are all numbers, some with a comma, has a decimal comma."""
    for column in frame.columns:
        cells = frame[column].head(1000)
        cells = cells[cells.str.strip() != ""]
        comma = cells.str.match(_DECIMAL_COMMA)
        if comma.any() and (comma | cells.str.match(r"^\s*[-−+]?\d+\s*$")).mean() > 0.8:
            return True
    return False
