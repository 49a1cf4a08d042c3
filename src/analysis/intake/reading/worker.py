"""Parses one workbook or Parquet file in a process of its own, within limits of time and memory.

A program, not a module: it is started by ``child.py``, takes its task as JSON from standard input, and imports nothing
of the project, so that it starts in a blink. It ends with 0 and the cells on standard output, with 3 and a fault, or not
at all; what that means, ``child.py`` says.
"""

import contextlib
import io
import json
import re
import sys
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NoReturn
from xml.etree import ElementTree
from xml.parsers import expat

MOST_ROWS = 500_000  # of a sheet: a workbook of 100 MB unpacked has fewer
MOST_CELLS = 300_000_000  # of a Parquet file
_REFUSED, _OUT_OF_MEMORY = 3, 4
_MOST_TOLD, _BATCH = 20, 1 << 16
_HEAD = 1 << 23
_FORMULA = re.compile(
    rb"<(?:\w+:)?c\b([^>]*)>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)"
    rb"\s*(<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_CELL, _MERGED = re.compile(rb'\br="([A-Z]+)(\d+)"'), re.compile(rb'mergeCell ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')
_ROW_END = re.compile(rb"</(\w+:)?row>")


def main() -> int:
    """Do the task."""
    task = json.loads(sys.stdin.buffer.read())
    _limit(task["memory"], task["seconds"])
    try:
        _TASKS[task["kind"]](task)
    except SystemExit as refused:
        return int(str(refused.code))
    except MemoryError:
        return _OUT_OF_MEMORY
    sys.stdout.buffer.flush()
    return 0


def _limit(memory: int, seconds: int) -> None:
    with contextlib.suppress(
        ImportError, ValueError, OSError
    ):  # Windows has no such limits; a lower one may hold already
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def _refuse(code: str, **facts: object) -> NoReturn:
    sys.stdout.write(json.dumps({"code": code, **facts}))
    sys.stdout.flush()
    raise SystemExit(_REFUSED)


def workbook(task: dict[str, Any]) -> None:
    """Write what the sheets are, then the filled rows of each sheet: a line of JSON a sheet."""
    import python_calamine

    try:
        with zipfile.ZipFile(task["path"]) as archive:
            source, parts = (task["path"], _checked(archive)) if not task["head"] else _cut(archive, task["head"])
        book = python_calamine.CalamineWorkbook.from_object(source)
        sheets = [_sheet(sheet, parts.get(sheet.name, {})) for sheet in book.sheets_metadata if _has_cells(sheet)]
    except (SystemExit, MemoryError):
        raise
    except Exception:  # zipfile, zlib, expat and calamine raise a dozen kinds for a damaged workbook
        _refuse("C02", found="xlsx")
    sys.stdout.write(json.dumps(sheets) + "\n")
    for sheet in sheets:
        wanted = task["sheet"] in (None, sheet["name"])
        _write_rows(_rows(book.get_sheet_by_name(sheet["name"])) if wanted else iter(()))


def _has_cells(sheet: Any) -> bool:
    return str(sheet.typ).endswith("WorkSheet")


def _sheet(sheet: Any, part: dict[str, Any]) -> dict[str, Any]:
    return {"name": sheet.name, "visible": str(sheet.visible).endswith("Visible"), "merged": [], "formulas": []} | part


def _checked(archive: zipfile.ZipFile) -> dict[str, dict[str, Any]]:
    """Read every part once, before any parser does: entities, far rows, formulas without a value, merged cells."""
    names = _sheet_names(archive)
    found = {}
    for member in archive.namelist():
        data = _plain(archive.read(member), member)
        if member in names:
            found[names[member]] = _part(data, names[member])
    return found


def _plain(data: bytes, member: str, *, whole: bool = True) -> bytes:
    """Refuse a part that declares entities: they can grow without end, and name other files; and one that is cut off."""
    if member.endswith((".xml", ".rels")):
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = lambda *declared: _refuse("C06")
        parser.Parse(data, whole)
    return data


def _sheet_names(archive: zipfile.ZipFile) -> dict[str, str]:
    """Part → name of the sheet."""
    book = ElementTree.fromstring(_plain(archive.read("xl/workbook.xml"), "workbook.xml"))
    links = ElementTree.fromstring(_plain(archive.read("xl/_rels/workbook.xml.rels"), "workbook.xml.rels"))
    targets = {link.get("Id"): str(link.get("Target")) for link in links}
    names = {}
    for sheet in (element for element in book.iter() if element.tag.endswith("}sheet")):
        link = next((value for key, value in sheet.items() if key.endswith("}id")), None)
        target = targets.get(link, "")
        names[target.lstrip("/") if target.startswith("/") else f"xl/{target}"] = str(sheet.get("name"))
    return names


def _part(data: bytes, name: str) -> dict[str, Any]:
    last = max(data.rfind(b"<v>"), data.rfind(b"<is>"), data.rfind(b"<v "))
    cell = _CELL.search(data, max(data.rfind(b"<c ", 0, max(last, 0)), 0)) if last >= 0 else None
    rows = max(int(cell.group(2)) if cell else 0, 0)
    if rows > MOST_ROWS:
        _refuse("C04", sheet=name, rows=rows, limit=MOST_ROWS)
    formulas = []
    for found in _FORMULA.finditer(data) if b"<f" in data or b":f" in data else ():
        address = _CELL.search(found.group(1))
        if address and not (found.group(2) and b't="str"' in found.group(1)):  # the empty text is a value
            formulas.append([_number(address.group(1)), int(address.group(2))])
    merged = [
        [int(b), _number(a), int(d), _number(c)]
        for a, b, c, d in _MERGED.findall(data, max(data.rfind(b"</sheetData>"), 0))
    ]
    return {"formulas": formulas[:1000], "merged": merged[:1000]}


def _number(letters: bytes) -> int:
    """``B`` → 2."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _cut(archive: zipfile.ZipFile, rows: int) -> tuple[Any, dict[str, dict[str, Any]]]:
    """Make a workbook of the first rows of every sheet: a glance must not wait for a hundred thousand rows."""
    names = _sheet_names(archive)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as small:
        for member in archive.namelist():
            data = _head(archive, member, rows) if member in names else archive.read(member)
            small.writestr(member, _plain(data, member, whole=member not in names))
    stream.seek(0)
    return stream, {}


def _head(archive: zipfile.ZipFile, member: str, rows: int) -> bytes:
    data = b""
    with archive.open(member) as part:
        while len(ends := list(_ROW_END.finditer(data))) < rows and len(data) < _HEAD:
            block = part.read(1 << 17)
            if not block:
                return data
            data += block
    prefix = ends[-1].group(1) or b"" if ends else b""
    return data[: ends[-1].end()] + b"</%bsheetData></%bworksheet>" % (prefix, prefix) if ends else data


def _rows(sheet: Any) -> Iterator[list[Any]]:
    """Filled rows with their line."""
    left = sheet.start[1] if sheet.start else 0  # the columns before are left out, the rows above are not
    for line, row in enumerate(sheet.iter_rows() if sheet.start else (), 1):
        cells = [cell if cell.__class__ is str else cell_text(cell) for cell in row]
        if any(cells):
            yield [line, [""] * left + cells]


def _write_rows(rows: Iterator[list[Any]]) -> None:
    encode = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode
    sys.stdout.write("[")
    for number, row in enumerate(rows):
        sys.stdout.write(("," if number else "") + encode(row))
    sys.stdout.write("]\n")


def cell_text(value: Any) -> str:
    """Say a cell as an analyst sees it: 64 and not 64.0, 0.0000001 and not 1e-07."""
    if not isinstance(value, float):
        return str(value)
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else decimal_text(repr(value))


def decimal_text(text: str) -> str:
    """Write a number without an exponent and without zeros at its end."""
    if "e" in text or "E" in text:
        text = format(Decimal(text), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def parquet(task: dict[str, Any]) -> None:
    """Write the columns as text, as an Arrow stream; page checksums, where the file has them, are compared."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    pa.set_cpu_count(1)
    with open(task["path"], "rb") as file:
        file.seek(-4, io.SEEK_END)
        whole = file.read() == b"PAR1"
    try:
        opened = pq.ParquetFile(task["path"], page_checksum_verification=True)
        schema = opened.schema_arrow
    except (pa.ArrowException, OSError):
        _refuse("C08" if whole else "C07")
    if any(pa.types.is_nested(field.type) for field in schema):
        _refuse("C02", found="nested")
    _check_pandas((schema.metadata or {}).get(b"pandas"), schema.names)
    rows, limit = opened.metadata.num_rows, MOST_CELLS // max(len(schema.names), 1)
    if rows > limit:
        _refuse("C04", rows=rows, limit=limit)
    text = pa.schema([pa.field(name, pa.large_string()) for name in schema.names])
    batches = opened.iter_batches(_BATCH if not task["head"] else task["head"], use_threads=False)
    try:
        with pa.ipc.new_stream(sys.stdout.buffer, text) as stream:
            for batch in batches:
                columns = [_column_text(column) for column in batch.columns]
                stream.write_batch(pa.RecordBatch.from_arrays(columns, schema=text))
                if task["head"]:
                    break
    except (pa.ArrowException, OSError):
        sys.stdout.flush()
        raise SystemExit(5) from None


def _check_pandas(metadata: bytes | None, names: list[str]) -> None:
    """Refuse what pandas wrote about the columns where it cannot be read, or speaks of other columns (C09)."""
    if metadata is None:
        return
    try:
        said = json.loads(metadata)
        columns = {column["field_name"] or column["name"] for column in said["columns"]}
    except (ValueError, TypeError, KeyError):
        _refuse("C09")
    if not columns <= set(names) | {None}:
        _refuse("C09")


def _column_text(column: Any) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    text = pc.fill_null(column.cast(pa.large_string()), "")
    if pa.types.is_floating(column.type):
        text = pa.array([decimal_text(one) for one in text.to_pylist()], pa.large_string())
    return text


_TASKS = {"workbook": workbook, "parquet": parquet}

if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
    sys.exit(main())
