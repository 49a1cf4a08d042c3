"""Reading a text table: its delimiter, its header, and every record with the line on which it starts."""

import csv
import itertools
from collections.abc import Callable, Iterator, Sequence
from operator import itemgetter

import numpy as np
import pandas as pd
import pyarrow as pa

from analysis.faults import Fault, InputFaults
from analysis.intake.reading.encoding import TextFile
from analysis.intake.reading.header import LOOKED_AT, column_names, joined_header
from analysis.intake.reading.letters import LONGEST_CELL, giant_cells, tidy_cells
from analysis.intake.reading.rawtable import RawTable, ReadOptions, header_note
from analysis.intake.reading.shape import is_footnote, wanted_columns

_DELIMITERS = (";", "\t", "|", ",")
_DECIMAL_COMMA = r"^\s*[-−+]?\d{1,3}(?:[ \u00a0]?\d{3})*,\d+\s*$"
_END = "\ue000"  # a line of our own after the last one: a quotation mark that is never closed would swallow it
_CHUNK = 20_000
_SAMPLE = 50
_LONGEST = 10_000_000  # a cell that the parser takes; those longer than a spreadsheet holds are refused by name
csv.field_size_limit(_LONGEST)

Record = tuple[int, list[str]]


def read_text(text: TextFile, file: str, options: ReadOptions, expected: Sequence[str]) -> RawTable:
    """Read a delimited text file.

    Raises
    ------
    InputFaults
        S01 empty, S02 no rows, S03 no header, S05 one name twice, S18 a title above the header, S13 a quotation mark
        never closed; S09 and S12 where no row has the header's width.
    """
    delimiter = options.delimiter or found_delimiter(text, options.first_line)
    records = all_records(text, delimiter, file, options.first_line)
    header, records = _header(records, options)
    if not header:
        raise InputFaults([Fault("S01", file)])
    below = list(itertools.islice(records, LOOKED_AT))
    names, found = column_names(header, file, expected, below=below, given=not options.header)
    raw = _rows(itertools.chain(below, records), names, file, expected)
    raw = tidy_cells(raw) if text.careful else raw
    found = [*header_note(file, options), *found]
    notes = [*text.notes, *line_ends(text, delimiter, file), *_separators(raw.frame, delimiter, file), *found]
    return RawTable(file, raw.frame, raw.lines, notes=(*notes, *raw.notes, *giant_cells(raw)))


def found_delimiter(text: TextFile, first_line: int = 1) -> str:
    """Find the delimiter: the one by which most of the first records are equally wide, the wider the better."""
    lines = (line for number, line in enumerate(text.lines(), 1) if number >= first_line and line.strip())
    sample = [line for line in itertools.islice(lines, _SAMPLE) if len(line) < _LONGEST]
    return max(_DELIMITERS, key=lambda delimiter: _fit(sample, delimiter)) if sample else ","


def _fit(sample: list[str], delimiter: str) -> tuple[float, int]:
    try:
        widths = [len(record) for record in csv.reader(sample, delimiter=delimiter) if record]
    except csv.Error:
        return 0.0, 0
    widths = widths[:-1] if len(sample) == _SAMPLE else widths  # the last one may go on below
    width = max(set(widths), key=lambda w: (widths.count(w), w), default=1)
    return (widths.count(width) / len(widths), width) if width > 1 else (0.0, 0)


def _header(records: Iterator[Record], options: ReadOptions) -> tuple[list[str], Iterator[Record]]:
    """Take the header off: the first filled record, or those on the lines that a map names."""
    if not options.header:
        return list(options.columns), records
    if isinstance(options.header, int):
        return next(records, (0, []))[1], records
    parts, last = [], options.header[-1]
    for line, cells in records:
        parts += [cells] if line in options.header else []
        if line >= last:
            return joined_header(parts), (records if line == last else itertools.chain([(line, cells)], records))
    return joined_header(parts), records


def all_records(text: TextFile, delimiter: str, file: str, first_line: int = 1) -> Iterator[Record]:
    """Give every record from a line on with the line it starts on; lines with nothing in any cell are no records.

    Raises
    ------
    InputFaults
        S13 a quotation mark never closed, S19 a cell that the parser does not take.
    """
    reader = csv.reader(itertools.chain(text.lines(), [_END]), delimiter=delimiter)
    start = 1
    try:
        for record in reader:
            if record and record[-1].endswith(_END):
                if record != [_END]:
                    raise InputFaults([Fault("S13", file, start)])
            elif start >= first_line and ((record and record[0].strip()) or any(cell.strip() for cell in record)):
                yield start, record
            start = reader.line_num + 1
    except csv.Error:
        line = next(itertools.islice(text.lines(), reader.line_num - 1, None), "")
        raise InputFaults([_too_long(line, start, delimiter, file)]) from None


def _too_long(line: str, start: int, delimiter: str, file: str) -> Fault:
    """Tell a cell that is too long for the parser from quotation marks that are never closed: it fills a line alone."""
    if len(line) <= _LONGEST:
        return Fault("S13", file, start)
    before = len(next(csv.reader([line[: _LONGEST - 1]], delimiter=delimiter)))
    length = len(line.rstrip("\r\n").split(delimiter, before - 1)[-1].split(delimiter, 1)[0].strip('"'))
    return Fault("S19", file, start, column=f"#{before}", facts={"length": length, "limit": LONGEST_CELL})


def _rows(records: Iterator[Record], names: Sequence[str], file: str, expected: Sequence[str]) -> RawTable:
    """Put the rows of the header's width together; the others are told (S09, S12, S17), and refuse the file."""
    kept, notes = wanted_columns(names, expected, file)
    positions = [names.index(name) for name in kept]
    parts: list[pa.Table] = []
    lines: list[int] = []
    wrong: list[Fault] = []
    while chunk := list(itertools.islice(records, _CHUNK)):
        bad = [record for record in chunk if len(record[1]) != len(names)]
        if bad:
            wrong += [_wrong_width(line, cells, len(names), file) for line, cells in bad]
            chunk = [record for record in chunk if len(record[1]) == len(names)]
        if chunk:
            lines += [line for line, _ in chunk]
            all_cells = (cells for _, cells in chunk)
            rows = all_cells if len(kept) == len(names) else map(_taken(positions), all_cells)
            columns = [pa.array(cells, pa.large_string()) for cells in zip(*rows, strict=True)]
            parts.append(pa.table(columns, names=list(kept)))
    if not parts:
        raise InputFaults(wrong or [Fault("S02", file)])
    frame: pd.DataFrame = pa.concat_tables(parts).combine_chunks().to_pandas()
    return RawTable(file, frame, np.array(lines, dtype=int), notes=(*notes, *wrong))


def _taken(positions: Sequence[int]) -> Callable[[Sequence[str]], Sequence[str]]:
    take = itemgetter(*positions)
    return take if len(positions) > 1 else lambda row: (take(row),)


def _wrong_width(line: int, cells: Sequence[str], width: int, file: str) -> Fault:
    if is_footnote(cells, width):
        return Fault("S17", file, line)
    code = "S12" if len(cells) < width else "S09"
    return Fault(code, file, line, facts={"expected": width, "found": len(cells)})


def _separators(frame: pd.DataFrame, delimiter: str, file: str) -> list[Fault]:
    """Say how cells and decimals are separated, where it is not by comma and point."""
    decimal = "," if has_decimal_comma(frame) else "."
    if delimiter == "\t":
        return [Fault("S11", file, facts={"decimal": decimal})]
    if delimiter == "," and decimal == ".":
        return []
    return [Fault("S08", file, facts={"delimiter": delimiter, "decimal": decimal})]


def has_decimal_comma(frame: pd.DataFrame) -> bool:
    """A column of the first thousand rows whose filled cells are all numbers, some with a comma, has a decimal comma."""
    for column in frame.columns:
        cells = frame[column].head(1000)
        cells = cells[cells.str.strip() != ""]
        comma = cells.str.match(_DECIMAL_COMMA)
        if comma.any() and (comma | cells.str.match(r"^\s*[-−+]?\d+\s*$")).mean() > 0.8:
            return True
    return False


def line_ends(text: TextFile, delimiter: str, file: str) -> list[Fault]:
    """Say which line ends a file has: those of an old Mac (S14), or several kinds (S15); those inside cells do not count."""
    kinds = {kind for kind, count in text.ends.items() if count}
    if len(kinds) < 2:
        return [Fault("S14", file)] if kinds == {"CR"} else []
    last = ""

    def remembered() -> Iterator[str]:
        nonlocal last
        for line in text.lines():
            last = line
            yield line

    ends = {"CRLF": 0, "LF": 0, "CR": 0}
    for _ in csv.reader(remembered(), delimiter=delimiter):
        kind = "CRLF" if last.endswith("\r\n") else "LF" if last.endswith("\n") else "CR" if last.endswith("\r") else ""
        if kind:
            ends[kind] += 1
    used = {kind: count for kind, count in ends.items() if count}
    found = ", ".join(f"{kind} {count}" for kind, count in used.items())
    return [Fault("S15", file, facts={"found": found})] if len(used) > 1 else []
