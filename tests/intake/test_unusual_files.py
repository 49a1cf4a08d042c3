"""Sound but unusual files: nine kinds are read without a question, and the log says how each was read."""

import gzip
import io
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from analysis.faults import tell
from analysis.intake.delivery import read_delivery

Files = dict[str, str | bytes]
HEADER = ["pupil_id", "school_year", "grade", "test", "domain", "school_id", "score", "score_max", "status"]
SCHOOLS = (
    "school_id;name;municipality_id;lat\nS1;Sauleskalna vidusskola;D901;56,9\nS2;Ezerlejas Ģimnāzija;D902;57,1\n"
    "S3;Ezerlejas pamatskola;D902;57\n"
)
TWO_ROWS_MAP = """scope: country
files:
  - pattern: eksports.csv
    read: {header: [2, 3]}
    tables:
      results: {pupil_id: Kods, school_year: Gads, grade: Klase, test: {constant: CE}, domain: {constant: mathematics},
                school_id: Skola, score: Matemātika Punkti, score_max: Matemātika No, status: Matemātika Statuss}
"""
TWO_ROWS = (
    "Eksports 2024. gadā\nKods,Gads,Klase,Skola,Matemātika,,\n,,,,Punkti,No,Statuss\n"
    "zq7-1,2024,9,S1,64.5,100,present\nzq7-2,2024,9,S1,31,100,present\n"
    "zq7-3,2024,9,S2,77,100,present\nzq7-4,2024,9,S3,,100,absent\n"
)


@dataclass
class Unusual:
    """What a file is called and holds, the table whose own file it takes the place of, and what the log says."""

    kind: str
    file: str
    table: str
    make: Callable[[str], str | bytes]
    said: tuple[str, ...]
    delivery: str = "scope: country\n"

    def __str__(self) -> str:
        return self.kind


def parquet(text: str) -> bytes:
    stream = io.BytesIO()
    pd.read_csv(io.StringIO(text), dtype={"grade": str}).to_parquet(stream)
    return stream.getvalue()


def workbook(text: str) -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "Dati"
    for row in (line.split(",") for line in text.splitlines()):
        book.active.append(row)
    book.create_sheet("Tukša")
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


NINE = [
    Unusual("Windows-1257, semicolons, decimal commas", "schools.csv", "schools", lambda t: SCHOOLS.encode("cp1257"),
            ("E01 schools.csv: kodējums ir Windows-1257; burti pārveidoti.",
             "S08 schools.csv: atdalītājs „;”, decimālzīme „,”.")),
    Unusual("UTF-16 with tabs", "schools.csv", "schools", lambda t: t.replace(",", "\t").encode("utf-16"),
            ("E02 schools.csv: kodējums ir UTF-16; burti pārveidoti.",
             "S11 schools.csv: atdalītājs ir tabulators, decimālzīme „.”.")),
    Unusual("UTF-8 with a mark", "schools.csv", "schools", lambda t: t.encode("utf-8-sig"),
            ("E03 schools.csv: fails sākas ar UTF-8 zīmi (BOM); tā nav daļa no datiem.",)),
    Unusual("old Mac", "schools.csv", "schools", lambda t: t.replace("\n", "\r"),
            ("S14 schools.csv: rindas beidzas kā vecā Mac failā (CR); tās nolasītas.",)),
    Unusual("mixed line ends", "schools.csv", "schools", lambda t: t.replace("\n", "\r\n", 2),
            ("S15 schools.csv: failā ir dažādi rindu beigu veidi (CRLF 2, LF 2); visas rindas nolasītas.",)),
    Unusual("packed", "results.csv.gz", "results", lambda t: gzip.compress(t.encode(), mtime=0),
            ("C20 results.csv.gz: fails bija sapakots (gzip); tas izpakots lasīšanas laikā.",)),
    Unusual("Parquet", "results.parquet", "results", parquet,
            ("C19 results.parquet: fails nolasīts kā Parquet; rindas numurētas tā, it kā virsraksts būtu 1. rinda.",)),
    Unusual("a workbook with a second, empty sheet", "results.xlsx", "results", workbook,
            ("D11 results.xlsx, lapa „Dati”: lasīta lapa „Dati”; lapu skaits darbgrāmatā: 2.",)),
    Unusual("several header rows", "eksports.csv", "results", lambda t: TWO_ROWS,
            ("S21 eksports.csv: virsraksts salikts no vairākām rindām (2, 3).",), TWO_ROWS_MAP),
    Unusual("cells of several lines", "schools.csv", "schools",
            lambda t: t.replace("\n", "\r\n").replace("name,", "name,adrese,").replace("skola,", 'skola,"Ielas iela 1\nPagasts",')
            .replace("Ģimnāzija,", "Ģimnāzija,,"), ()),
    Unusual("decomposed letters", "schools.csv", "schools", lambda t: unicodedata.normalize("NFD", t),
            ("E05 schools.csv: burti, kas bija sadalīti pamatburtā un zīmē (kā Mac failos), salikti kopā (vietas: 1).",)),
]  # fmt: skip


@pytest.mark.parametrize("one", NINE, ids=str)
def test_an_unusual_file_gives_the_numbers_of_a_sound_one_and_says_how_it_was_read(
    one: Unusual, sound: Files, written: Callable[[Files], Path]
) -> None:
    expected = read_delivery(written({f"a/{name}": text for name, text in sound.items()}) / "a").tables
    changed = dict(sound) | {"delivery.yml": one.delivery}
    changed[one.file] = one.make(str(changed.pop(f"{one.table}.csv")))
    delivery = read_delivery(written({f"b/{name}": text for name, text in changed.items()}) / "b")
    assert [fault for fault in delivery.faults if fault.answer == "reject"] == []
    assert {fault.code for fault in delivery.faults if fault.answer == "repair"} <= {"E05"}
    own = [line for line in tell(delivery.faults, "lv") if f" {one.file}" in line and not line.startswith("D10")]
    assert own == list(one.said)
    known = [c for c in ("pupil_id", "school_id", "name", "score", "status") if c in expected[one.table]]
    pd.testing.assert_frame_equal(delivery.tables[one.table][known], expected[one.table][known])


def test_the_tenth_is_a_repair_and_joins_with_what_others_call_the_school(
    sound: Files, written: Callable[[Files], Path]
) -> None:
    """Ids with decomposed letters in one file and composed ones in the other are the same ids."""
    apart = unicodedata.normalize("NFD", "Š")
    sound["schools.csv"] = str(sound["schools.csv"]).replace("S3,", f"{apart}3,")
    for table in ("enrolments.csv", "results.csv"):
        sound[table] = str(sound[table]).replace("S3,", "Š3,")
    assert not [f for f in read_delivery(written(sound)).faults if f.answer == "reject"]
