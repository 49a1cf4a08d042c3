"""One fault a file, named after its fault: shape (S), encoding (E) and container (C); what is answered and said."""

import gzip
import io
import re
import struct
import time
import unicodedata
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analysis.faults import Fault, InputFaults, registry, rejected, render, tell
from analysis.intake.delivery import read_delivery
from analysis.intake.reading import child

Files = dict[str, str | bytes]
Make = Callable[[str], str | bytes]
HEADER = "pupil_id,school_year,grade,test,domain,school_id,score,score_max,status"
LONGEST_SECONDS = 10


@dataclass
class Case:
    """A file, the table whose sound text it is made of, and where and in which words its fault is told."""

    name: str
    make: Make
    line: int | None = None
    column: str | None = None
    sheet: str | None = None
    named: str = ""
    table: str = "results"

    def __str__(self) -> str:
        return self.name

    @property
    def code(self) -> str:
        return self.name[:3]

    @property
    def file(self) -> str:
        return f"{self.table}/{self.name}"


def swap(old: str, new: str, times: int = 1) -> Make:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, times)

    return change


def put(content: str | bytes) -> Make:
    return lambda text: content


def cells(text: str) -> list[list[object]]:
    """The sound rows with numbers as numbers."""
    rows: list[list[object]] = [list(line.split(",")) for line in text.splitlines()]
    return [[float(c) if re.fullmatch(r"\d+(\.\d+)?", str(c)) and i != 2 else c for i, c in enumerate(r)] for r in rows]


def book(text: str, change: Callable[[openpyxl.Workbook], object] = lambda made: None) -> bytes:
    made = openpyxl.Workbook()
    made.active.title = "Rezultāti"
    for row in cells(text):
        made.active.append(row)
    change(made)
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def changed_book(change: Callable[[openpyxl.Workbook], object]) -> Make:
    return lambda text: book(text, change)


def sheet_of(year: int | None, title: str) -> Callable[[openpyxl.Workbook], object]:
    def change(made: openpyxl.Workbook) -> None:
        first = made.active
        second = made.create_sheet(title)
        for row in first.iter_rows(values_only=True):
            second.append([year if cell == 2024 and year else cell for cell in row])

    return change


def years_in_names(made: openpyxl.Workbook) -> None:
    sheet_of(None, "2022.–23. m. g.")(made)
    made.active.title = "2023.–24. m. g."


def merged_header(made: openpyxl.Workbook) -> None:
    made.active.merge_cells("G1:H1")


def formula(made: openpyxl.Workbook) -> None:
    made.active["G3"] = "=G2+1"


def patched(text: str, member: str, old: bytes, new: bytes) -> bytes:
    """A workbook with a part of its XML exchanged."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book(text))) as source, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name in source.namelist():
            data = source.read(name)
            assert name != member or old in data
            made.writestr(name, data.replace(old, new, 1) if name == member else data)
    return stream.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def last_row(text: str) -> bytes:
    return patched(text, SHEET, b"</sheetData>", b'<row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData>')


def entities(text: str) -> bytes:
    lol = b'<!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><worksheet'
    return patched(text, SHEET, b"<worksheet", lol)


def entities_in_utf16(text: str) -> bytes:
    made = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY a "lol">]><styleSheet/>'.encode("utf-16")
    stream = io.BytesIO(book(text))
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr("xl/extra.xml", made)
    return stream.getvalue()


def bomb(text: str) -> bytes:
    """About 200 kB that unpack to 200 MB."""
    stream = io.BytesIO(book(text))
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/media/a.bin", "w") as part:
        for _ in range(200):
            part.write(b" " * 1_000_000)
    return stream.getvalue()


def parts(*names: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return stream.getvalue()


def ole(stream: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + stream.encode("utf-16-le") + bytes(480)


def parquet(text: str, *, metadata: bytes | None = None) -> bytes:
    frame = pd.read_csv(io.StringIO(text), dtype={"grade": str})
    table = pa.Table.from_pandas(frame, preserve_index=False)
    if metadata is not None:
        table = table.replace_schema_metadata({b"pandas": metadata})
    stream = io.BytesIO()
    pq.write_table(table, stream, write_page_checksum=True, compression="none", use_dictionary=False)
    return stream.getvalue()


def flipped(text: str) -> bytes:
    raw = parquet(text)
    at = raw.index(struct.pack("<d", 64.5))
    return raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]


def half_bytes(text: str) -> bytes:
    return book(text)[:3000]


def only_header(text: str) -> str:
    return HEADER + "\n"


def without_header(text: str) -> str:
    return text.split("\n", 1)[1]


# fmt: off
CASES = [
    Case("S01.csv", put(b"")),
    Case("S01-blank.csv", put("\n \n\t\n")),
    Case("S02.csv", only_header, named="0"),
    Case("S03.csv", without_header, named="pupil_id, school_year|9"),
    Case("S04.csv", swap(",status\n", ",stats\n"), named="status|results|stats"),
    Case("S05.csv", swap("score_max", "score"), column="score", named="7, 8"),
    Case("S06.csv", swap(",grade", ",  GRADE"), named="1|grade"),
    Case("S07.csv", swap(",grade", ",\u00a0grade"), named="1|grade"),
    Case("S08.csv", lambda t: t.replace(",", ";").replace("64.5", "64,5"), named=";|,"),
    Case("S09.csv", swap("64.5", "64,5"), line=2, named="9|10"),
    Case("S10.csv", lambda t: t.replace("64.5", '"64,5"').replace(",77,", ",77.5,"), line=4, column="score", named="2"),
    Case("S11.csv", lambda t: t.replace(",", "\t"), named="tabul|."),
    Case("S12.csv", swap(",31,", ","), line=3, named="9|8"),
    Case("S12-cut-off.csv", lambda t: t[:-40], line=5, named="9"),
    Case("S13.csv", swap("zq7-2,", '"zq7-2,'), line=3),
    Case("S14.csv", lambda t: t.replace("\n", "\r")),
    Case("S15.csv", swap("\n", "\r\n", 2), named="CRLF 2, LF 3"),
    Case("S16.csv", lambda t: t + "Kopā,,,,,,172.5,,\n", line=6),
    Case("S17.csv", lambda t: t + "Dati uz 2024. gada 1. septembri\n", line=6),
    Case("S17-with-delimiters.csv", lambda t: t + "* bez ārzemēm dzīvojošiem skolēniem,,,,,,,,\n", line=6),
    Case("S17.xlsx", changed_book(lambda b: b.active.append(["Piezīme: bez eksterniem"])), line=6, sheet="Rezultāti"),
    Case("S18.csv", lambda t: "Eksāmenu rezultāti\n\nSagatavots 2024. gadā, rudenī\n" + t, named="pupil_id, school_year|4"),
    Case("S18.xlsx", changed_book(lambda b: b.active.insert_rows(1, 2) or b.active.__setitem__("A1", "Rezultāti")),
         named="pupil_id, school_year|3"),
    Case("S19.csv", swap("mathematics", "m" * 40_000), line=2, column="domain", named="40000|32767"),
    Case("S19-of-twelve-million.csv", swap("mathematics", "m" * 12_000_000), line=2, column="#5", named="12000000"),
    Case("S20.csv", lambda t: "\n".join(
        line + "".join(f",x{i}" if not n else "," for i in range(5000)) for n, line in enumerate(t.splitlines())),
        named="5000|9"),
    Case("E01.csv", lambda t: t.encode("cp1257"), table="schools", named="1257"),
    Case("E02.csv", lambda t: t.encode("utf-16"), table="schools", named="UTF-16"),
    Case("E02-big-endian.csv", lambda t: b"\xfe\xff" + t.encode("utf-16-be"), table="schools", named="UTF-16"),
    Case("E03.csv", lambda t: t.encode("utf-8-sig"), table="schools", named="BOM"),
    Case("E04.csv", swap("Ģimnāzija", "Ģimnāzija".encode().decode("latin-1")), line=3, column="name", table="schools",
         named="Ezerlejas Ģimnāzija"),
    Case("E05.csv", lambda t: unicodedata.normalize("NFD", t), table="schools", named="1"),
    Case("E06.csv", swap("Sauleskalna v", "Sauleskаlna v"), line=2, column="name", table="schools",
         named="U+0430|Sauleskalna vidusskola"),
    Case("E06-header.csv", swap("school_id", "sсhool_id"), table="results", named="U+0441|school_id"),
    Case("E06-code.csv", swap("S1,", "\u0405\u0406,"), line=2,
         column="school_id", table="schools", named="U+0405"),
    Case("E07.csv", swap("pupil_id", "pupil\x00id"), named="5"),
    Case("E07-picture.csv", put(b"\xfe\xfd\x00\x01\x02" * 99)),
    Case("E08.csv", swap("Sauleskalna", "\x1b[31mSauleskalna"), line=2, column="name", table="schools"),
    Case("E09.csv", swap("Sauleskalna", "Saules\u202ekalna"), line=2, column="name", table="schools"),
    Case("E09.xlsx", changed_book(lambda b: b.active.__setitem__("E3", "mathe\u2066matics")), line=3, column="domain",
         sheet="Rezultāti"),
    Case("C01.xlsx", put(b"\x01\x02\x03\x00\xff" * 99)),
    Case("C01-pdf.csv", put(b"%PDF-1.7 ..."), named="PDF"),
    Case("C01-docx.xlsx", put(parts("word/document.xml")), named="zip"),
    Case("C02.xlsx", half_bytes, named="xlsx"),
    Case("C02.csv.gz", lambda t: gzip.compress((t * 50).encode(), mtime=0)[:200], named="gzip"),
    Case("C02-broken-xml.xlsx", lambda t: patched(t, SHEET, b"</row>", b"</rot>"), named="xlsx"),
    Case("C03-merged.xlsx", changed_book(merged_header), sheet="Rezultāti", named="G1"),
    Case("C03-formula.xlsx", changed_book(formula), line=3, column="score", sheet="Rezultāti", named="G3"),
    Case("C03-second-sheet.xlsx", changed_book(sheet_of(None, "Vēl")), sheet="Vēl", named="A1"),
    Case("C04.xlsx", last_row, sheet="Rezultāti", named="1048576|500000"),
    Case("C05.xlsx", bomb, named="200 MB"),
    Case("C05.csv.gz", lambda t: gzip.compress(t.encode() + b"\n" * 30_000_000, mtime=0), named="MB"),
    Case("C06.xlsx", entities, named="XML"),
    Case("C06-utf-16.xlsx", entities_in_utf16, named="XML"),
    Case("C07.parquet", lambda t: parquet(t)[:-300], named="sha256"),
    Case("C08.parquet", flipped, named="sha256"),
    Case("C08-footer.parquet", lambda t: parquet(t)[:-200] + b"\xff" * 100 + parquet(t)[-100:], named="sha256"),
    Case("C09.parquet", lambda t: parquet(t, metadata=b"{broken"), named="pandas|sha256"),
    Case("C09-other-columns.parquet", lambda t: parquet(
        t, metadata=b'{"columns": [{"name": "x", "field_name": "x"}], "index_columns": []}'), named="pandas"),
    Case("C10.xls", put("<html><table><tr><td>pupil_id</td></tr></table></html>"), named="HTML"),
    Case("C10-mhtml.xls", put("MIME-Version: 1.0\nContent-Type: multipart/related\n"), named="HTML"),
    Case("C10-spreadsheet-2003.xls", put('\ufeff<?xml version="1.0"?><Workbook/>'), named="XML"),
    Case("C11.xlsx", lambda t: t, named="CSV|.xlsx"),
    Case("C11-utf-16.xls", lambda t: t.replace(",", "\t").encode("utf-16"), named="CSV|.xls"),
    Case("C12.pkl", put(b"cos\nsystem\n(S'echo'\ntR."), named="Python"),
    Case("C12.csv", put(b"\x80\x04\x95\x00"), named="Python"),
    Case("C13-password.xlsx", put(ole("EncryptedPackage")), named="ar paroli slēgta"),
    Case("C13.xls", put(ole("Workbook\0")), named=".xls"),
    Case("C13.xlsb", put(parts("xl/workbook.bin")), named=".xlsb"),
    Case("C13.ods", put(parts("mimetype", "content.xml")), named=".ods"),
    Case("C15.xlsx", changed_book(sheet_of(2023, "Vecie")), named="Rezultāti, Vecie|2023, 2024"),
    Case("C15-by-name.xlsx", changed_book(years_in_names), named="2022|2023"),
    Case("C19.parquet", parquet),
    Case("C20.csv.gz", lambda t: gzip.compress(t.encode(), mtime=0)),
]
# fmt: on


def delivered(one: Case, sound: Files, written: Callable[[Files], Path]) -> tuple[Path, tuple[Fault, ...]]:
    sound[one.file] = one.make(str(sound.pop(f"{one.table}.csv")))
    folder = written(sound)
    return folder, read_delivery(folder).faults


def safe(faults: Sequence[Fault], canaries: Sequence[str], folder: Path) -> bool:
    said = "\n".join([*tell(faults, "lv"), *tell(faults, "en")])
    planted = (*canaries, str(folder), "Traceback", "Error", "calamine", "arrow", "\x1b", "\u202e", "\u2066", "{")
    return not [word for word in planted if word in said] and "?" not in said


@pytest.mark.parametrize("one", CASES, ids=str)
def test_a_file_with_one_fault(
    one: Case, sound: Files, canaries: tuple[str, ...], written: Callable[[Files], Path]
) -> None:
    started = time.monotonic()
    folder, faults = delivered(one, sound, written)
    assert time.monotonic() - started < LONGEST_SECONDS
    mine = [fault for fault in faults if fault.code == one.code and fault.file == one.file]
    assert [(fault.line, fault.column) for fault in mine] == [(one.line, one.column)]
    assert one.sheet is None or mine[0].sheet == one.sheet
    refused = {fault.code for fault in rejected(faults)}
    assert refused == ({one.code} if registry()[one.code]["answer"] == "reject" else set())
    for language in ("lv", "en"):
        message = render(mine[0], language).removeprefix(f"{one.code} {one.file}")
        assert [name for name in one.named.split("|") if name not in message and language == "lv"] == []
    assert safe(faults, canaries, folder)


def test_every_class_of_the_three_letters_has_a_file_or_a_test_of_its_own() -> None:
    elsewhere = {"C14", "C16", "C17", "C18", "S21"}
    assert {code for code in registry() if code[0] in "SEC"} == {one.code for one in CASES} | elsewhere


def test_what_is_accepted_or_repaired_gives_the_same_numbers(sound: Files, written: Callable[[Files], Path]) -> None:
    """The rows of a changed file are those of the sound one."""
    fine = [one for one in CASES if registry()[one.code]["answer"] != "reject"]
    assert len(fine) > 12
    expected = read_delivery(written(dict(sound))).tables
    for one in fine:
        files = dict(sound)
        files[one.file] = one.make(str(files.pop(f"{one.table}.csv")))
        folder = written({f"{one.name}/{name}": content for name, content in files.items()}) / one.name
        tables = read_delivery(folder).tables
        for table in ("results", "schools"):
            own = [c for c in expected[table] if not c.startswith("_") and c in tables[table]]
            pd.testing.assert_frame_equal(tables[table][own], expected[table][own], obj=one.name)


# Several faults in one file


def test_rows_of_another_width_do_not_hide_what_else_is_wrong(sound: Files, written: Callable[[Files], Path]) -> None:
    text = str(sound["results.csv"]).replace(",64.5,", ",64,5,").replace(",77,", ",104,")
    sound["results.csv"] = text.replace("mathematics,S1,31", "mathe\u202ematics,S1,5x") + "zq7-9,2024\n"
    codes = {(fault.code, fault.line) for fault in rejected(read_delivery(written(sound)).faults)}
    assert codes == {("S09", 2), ("E09", 3), ("V05", 3), ("V02", 4), ("S12", 6)}


def test_a_file_that_is_half_read_says_nothing_of_what_others_miss_in_it(
    sound: Files, written: Callable[[Files], Path]
) -> None:
    sound["schools.csv"] = str(sound["schools.csv"]).replace("S2,", "S2,,")
    assert {(f.code, f.file) for f in rejected(read_delivery(written(sound)).faults)} == {("S09", "schools.csv")}


def test_faults_of_every_file_come_in_one_run(sound: Files, written: Callable[[Files], Path]) -> None:
    sound["results.csv"] = b"PK\x03\x04cut"
    sound["pupils.csv"] = "<html>"
    sound["enrolments.csv"] = str(sound["enrolments.csv"]) + "Avots: VIIS\n"
    assert {(f.code, f.file) for f in rejected(read_delivery(written(sound)).faults)} == {
        ("C02", "results.csv"), ("C10", "pupils.csv"), ("S17", "enrolments.csv"),
    }  # fmt: skip


# Sound files of the same size


def test_sound_files_of_the_same_size_pass_without_a_warning(
    sound: Files, written: Callable[[Files], Path], tmp_path: Path
) -> None:
    """As many rows as the largest of the faulty ones, as text, workbook, Parquet and packed."""
    rows = [f"p{i},{2010 + i % 15},9,CE,mathematics,S{1 + i % 3},{i % 100},100,present" for i in range(30_000)]
    text = "\n".join([HEADER, *rows]) + "\n"
    for name, content in {
        "results.csv": text,
        "results.csv.gz": gzip.compress(text.encode(), mtime=0),
        "results.parquet": parquet(text),
        "results.xlsx": book("\n".join(text.splitlines()[:12_000]), lambda b: b.create_sheet("Tukša")),
    }.items():
        files = {
            key: value for key, value in sound.items() if key in ("delivery.yml", "municipalities.csv", "schools.csv")
        }
        folder = written({f"{name}.d/{key}": value for key, value in (files | {name: content}).items()}) / f"{name}.d"
        started = time.monotonic()
        delivery = read_delivery(folder)
        assert time.monotonic() - started < LONGEST_SECONDS
        assert {f.code for f in delivery.faults} <= {"C19", "C20", "D06", "D08", "D11"}, name
        assert not [f for f in delivery.faults if f.answer != "accept"]


# The worker


def test_a_parser_that_takes_too_long_is_ended(sound: Files, written: Callable[[Files], Path], monkeypatch) -> None:
    monkeypatch.setattr(child, "PATIENCE", 0.01)
    faults = delivered(Case("C17.xlsx", book), sound, written)[1]
    assert [(f.code, f.file) for f in rejected(faults)] == [("C17", "results/C17.xlsx")]


def test_a_parser_that_computes_too_long_is_ended(sound, written, monkeypatch, tmp_path) -> None:
    worker = tmp_path / "worker.py"
    text = child.WORKER.read_text("utf-8").replace(
        "    _TASKS[", "    while True:\n            pass\n        _TASKS[", 1
    )
    worker.write_text(text, "utf-8")
    monkeypatch.setattr(child, "WORKER", worker)
    monkeypatch.setattr(child, "SECONDS", 1)
    faults = delivered(Case("C17.xlsx", book), sound, written)[1]
    assert [(f.code, dict(f.facts)) for f in rejected(faults)] == [("C17", {"seconds": 1})]


def test_a_parser_that_eats_memory_is_ended(sound, written, monkeypatch, tmp_path) -> None:
    worker = tmp_path / "worker.py"
    text = child.WORKER.read_text("utf-8")
    worker.write_text(text.replace("    _TASKS[", "    eaten = bytearray(10**10)\n        _TASKS[", 1), "utf-8")
    monkeypatch.setattr(child, "WORKER", worker)
    faults = delivered(Case("C18.parquet", parquet), sound, written)[1]
    assert [f.code for f in rejected(faults)] == ["C18"]


def test_a_parser_that_dies_is_a_damaged_file(sound, written, monkeypatch, tmp_path) -> None:
    worker = tmp_path / "worker.py"
    worker.write_text("import os\nos.abort()\n", "utf-8")
    monkeypatch.setattr(child, "WORKER", worker)
    faults = delivered(Case("C02.xlsx", book), sound, written)[1]
    assert [f.code for f in rejected(faults)] == ["C02"]


def test_a_sheet_of_half_a_million_far_columns_needs_no_memory(sound, written) -> None:
    """Two cells in opposite corners: nothing may be as large as the rectangle between them."""
    far = Case("C18.xlsx", lambda t: patched(t, SHEET, b"</sheetData>",
               b'<row r="400000"><c r="XFD400000"><v>1</v></c></row></sheetData>'))  # fmt: skip
    started = time.monotonic()
    faults = delivered(far, sound, written)[1]
    assert time.monotonic() - started < LONGEST_SECONDS
    assert {f.code for f in rejected(faults)} == {"C18"}


def test_a_library_says_nothing_when_a_workbook_is_broken(capfd, sound, written) -> None:
    delivered(Case("C02.xlsx", half_bytes), sound, written)
    assert capfd.readouterr() == ("", "")


def test_an_input_that_cannot_be_read_raises_nothing_else(tmp_path: Path) -> None:
    """Bytes cut or exchanged anywhere in a workbook or a Parquet file end in a fault, or are read."""
    from analysis.intake.reading.sources import read_source

    text = f"{HEADER}\n" + "p,2024,9,CE,mathematics,S1,64.5,100,present\n" * 4
    for name, raw in (("a.xlsx", book(text)), ("a.parquet", parquet(text))):
        for at in range(4, len(raw), len(raw) // 6):
            (tmp_path / name).write_bytes(raw[:at] + b"\xff" + raw[at + 1 :])
            codes = set()
            try:
                assert len(read_source(tmp_path / name, name).frame) > 0
            except InputFaults as found:
                codes = {fault.code for fault in found.faults}
            assert codes <= {"C01", "C02", "C05", "C07", "C08", "C09", "C18", "S03"}
