"""Every class of fault: a small delivery sound but for one thing, and what is done and said about it."""

import io
import os
import pickle
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from analysis.batch.prepare import prepare
from analysis.faults import Fault, InputFaults, registry, rejected, render, tell
from analysis.intake.delivery import Delivery, read_delivery
from analysis.intake.store import open_store
from analysis.params import load_params

Files = dict[str, str | bytes]
Change = Callable[[Files], Any]
RESULTS, SCHOOLS, PUPILS, PLACES = "results.csv", "schools.csv", "pupils.csv", "municipalities.csv"
ENROLMENTS, DELIVERY, VPS_FILE = "enrolments.csv", "delivery.yml", "vps_ce_rezultati_vsk_2022_2023.csv"


@dataclass
class Case:
    """One change of the sound delivery, and the fault that must come of it: where, and what its message names."""

    title: str
    file: str
    line: int | tuple[int, ...] | None
    column: str | None
    named: str
    changes: tuple[Change, ...]
    maps: tuple[str, ...] = ()
    sheet: str | None = None
    also: set[str] = field(default_factory=set)

    def __str__(self) -> str:
        return self.title

    @property
    def code(self) -> str:
        return self.title.split()[0]

    @property
    def lines(self) -> list[int | None]:
        return list(self.line) if isinstance(self.line, tuple) else [self.line]


def case(title: str, file: str, line: Any, column: str | None, named: str, *changes: Change, **rest: Any) -> Case:
    return Case(title, file, line, column, named, changes, **rest)


def put(name: str, content: str | bytes) -> Change:
    return lambda files: files.__setitem__(name, content)


def add(name: str, row: str) -> Change:
    return lambda files: files.__setitem__(name, str(files[name]) + row + "\n")


def swap(name: str, old: str, new: str, times: int = 1) -> Change:
    def change(files: Files) -> None:
        text = str(files[name])
        assert old in text
        files[name] = text.replace(old, new, times)

    return change


def without(name: str) -> Change:
    return lambda files: files.pop(name)


def encoded(name: str, encoding: str) -> Change:
    return lambda files: files.__setitem__(name, str(files[name]).encode(encoding))


def workbook(rows: Sequence[Sequence[object]], *sheets: str) -> bytes:
    book = openpyxl.Workbook()
    book.active.title = sheets[0] if sheets else "Rezultāti"
    for row in rows:
        book.active.append(list(row))
    for sheet in sheets[1:]:
        book.create_sheet(sheet)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def bomb() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 5_000_000)
    return stream.getvalue()


def as_workbook(files: Files, *, cut: int | None = None, score: object = 64.5) -> None:
    rows: list[list[object]] = [line.split(",") for line in str(files.pop("results.csv")).splitlines()]
    rows[1][6] = score
    files["results.xlsx"] = workbook(rows, "Rezultāti", "Piezīmes")[:cut]


def semicolons(files: Files) -> None:
    files["results.csv"] = str(files["results.csv"]).replace(",", ";").replace("64.5", "64,5")


def of_register(place: str) -> Change:
    """Take the delivery's own municipalities away and put its first school into a place of the register."""

    def change(files: Files) -> None:
        files.pop(PLACES)
        files[SCHOOLS] = str(files[SCHOOLS]).replace("D901", place).replace("D902", "0004000")

    return change


def header_only(files: Files) -> None:
    files[RESULTS] = str(files[RESULTS]).split("\n")[0] + "\n"


def no_header(files: Files) -> None:
    files[PUPILS] = str(files[PUPILS]).split("\n", 1)[1]


def codes_in_the_remarks(files: Files) -> None:
    files[PUPILS] = re.sub(r"Kanārijputniņa,.*", "Kanārijputniņa,010203-12345", str(files[PUPILS]))


def code_as_id(files: Files) -> None:
    for name in (PUPILS, ENROLMENTS, RESULTS):
        files[name] = str(files[name]).replace("zq7-2", "321234-56789")


def board(place: str) -> Change:
    return put(DELIVERY, f"scope: board\nmunicipality: {place}\n")


FIRST_ROW = "zq7-1,2024,9,CE,mathematics,S1,64.5,100,present"
LAST_ROW = "zq7-4,2024,9,CE,mathematics,S3,,100,absent"
VPS = (
    "Gads;Pārbaudījums;Izglītības iestādes nosaukums;Kopvērtējums, procentos\n"
    "2023;Matemātika;Ezerlejas Ģimnāzija;51,5\n2023;Matemātika;Cita vidusskola;40,1\n"
)
MAP = """scope: country
files:
  - pattern: ce.csv
    exclude: [{column: Skola, in: [S3], reason: {lv: slēgta, en: closed}}]
    tables:
      results:
        {pupil_id: Kods, school_year: Gads, grade: Klase, test: {constant: CE}, domain: Joma, school_id: Skola, score: Punkti,
         status: {constant: present}}
"""
CE = "Kods,Gads,Klase,Joma,Skola,Punkti\nzq7-1,2023,9,latvian,S1,5\nzq7-4,2023,9,latvian,S3,7\n"

# title, file, line, column, what the message names, what is changed
# fmt: off
CASES = [
    case("S01", RESULTS, None, None, "", put(RESULTS, b"")),
    case("S01 blank lines only", RESULTS, None, None, "", put(RESULTS, "\n\n")),
    case("S02", RESULTS, None, None, "0", header_only),
    case("S03", PUPILS, None, None, "pupil_id, birth_year", no_header),
    case("S18", RESULTS, None, None, "school_year|2", swap(RESULTS, "pupil_id", "2024. gads\npupil_id")),
    case("S04", RESULTS, None, None, "status|results|stats", swap(RESULTS, ",status\n", ",stats\n")),
    case("S05", RESULTS, None, "score", "7, 8", swap(RESULTS, "score_max", "score")),
    case("S06 other case, blanks", RESULTS, None, None, "1|grade", swap(RESULTS, ",grade", ", Grade ")),
    case("S07", RESULTS, None, None, "1|grade", swap(RESULTS, ",grade", ",Grade\u00a0")),
    case("S08", RESULTS, None, None, ";|,", semicolons),
    case("S09 an unquoted decimal comma", RESULTS, (2, 3), None, "9|10",
         swap(RESULTS, "64.5", "64,5"), swap(RESULTS, ",31,", ",31,0,")),
    case("S12", RESULTS, 3, None, "9|8", swap(RESULTS, ",31,", ",")),
    case("S10", RESULTS, 4, "score", "2", swap(RESULTS, "64.5", '"64,5"'), swap(RESULTS, ",77,", ",77.5,"), also={"S08"}),
    case("S13", RESULTS, 3, None, "", swap(RESULTS, "zq7-2,", '"zq7-2,')),
    case("S16", RESULTS, 6, None, "", add(RESULTS, LAST_ROW.replace("zq7-4", "Kopā")), also={"I08"}),
    case("E01", SCHOOLS, None, None, "1257", encoded(SCHOOLS, "cp1257")),
    case("E02", SCHOOLS, None, None, "UTF-16", encoded(SCHOOLS, "utf-16")),
    case("E03", RESULTS, None, None, "BOM", encoded(RESULTS, "utf-8-sig")),
    case("E04", SCHOOLS, 3, "name", "Ezerlejas Ä¢imnÄ\\u0081zija|Ezerlejas Ģimnāzija",
         swap(SCHOOLS, "Ģimnāzija", "Ģimnāzija".encode().decode("latin-1"))),
    case("E04 by way of cp1257", SCHOOLS, 4, "name", "Ezerlejas Ūdrskola", swap(SCHOOLS, "pamatskola", "ÅŖdrskola")),
    case("E07", RESULTS, None, None, "8", put(RESULTS, b"pupil_id\x00,score\n")),
    case("V01", RESULTS, 3, "score", "-1|0", swap(RESULTS, ",31,", ",-1,")),
    case("V02", RESULTS, 3, "score", "104|100", swap(RESULTS, ",31,", ",104,")),
    case("V02 by a hair", RESULTS, 3, "score", "100.00001", swap(RESULTS, ",31,", ",100.00001,")),
    case("V02 in a workbook", "results.xlsx", 2, "score", "101.25", partial(as_workbook, score=101.25), sheet="Rezultāti"),
    case("V05", RESULTS, 3, "score", "5x", swap(RESULTS, ",31,", ",5x,")),
    case("V05 a word, which may be a name", RESULTS, 3, "score", "[14 ✱]", swap(RESULTS, ",31,", ",Kanārijputniņa,")),
    case("V08 digits of another script", RESULTS, 3, "score", "", swap(RESULTS, ",31,", ",٣١,")),
    case("V07 a form of programs", RESULTS, 3, "score", "", swap(RESULTS, ",31,", ",1_000,")),
    case("V09", RESULTS, 2, "grade", "3|4", swap(RESULTS, "2024,9,CE", "2024,,CE")),
    case("V09 the whole column", RESULTS, None, "grade", "0|4", swap(RESULTS, "2024,9,CE", "2024,,CE", 4)),
    case("V15", RESULTS, 3, "status", "present, absent, exempt, certificate", swap(RESULTS, "31,100,present", "31,100,klāt")),
    case("V15 M is male or meitene", PUPILS, 2, "sex", "girl, boy", swap(PUPILS, "2008,girl", "2008,M")),
    case("V17", RESULTS, 5, "status", "present", swap(RESULTS, "S3,,100", "S3,12,100")),
    case("I03", RESULTS, 6, None, "2|results", add(RESULTS, FIRST_ROW)),
    case("I04", RESULTS, 6, None, "2|score", add(RESULTS, FIRST_ROW.replace("64.5", "65"))),
    case("I04 a pupil of two sexes", PUPILS, 6, None, "2|sex", add(PUPILS, "zq7-1,2008,boy,,")),
    case("I04 a school in two places", SCHOOLS, 5, None, "2|municipality_id",
         add(SCHOOLS, "S1,Sauleskalna vidusskola,D902,rural")),
    case("I05", PUPILS, None, "piezime", "4", codes_in_the_remarks),
    case("I06", PUPILS, 3, "pupil_id", "", code_as_id),
    case("I08", RESULTS, 4, "school_id", "schools|1", swap(RESULTS, "mathematics,S2", "mathematics,S9")),
    case("I08 a pupil", RESULTS, 4, "pupil_id", "pupils|1", swap(RESULTS, "zq7-3", "zq7-9")),
    case("I08 a place of one's own", SCHOOLS, 2, "municipality_id", "municipalities", swap(SCHOOLS, "D901", "D999")),
    case("N01", SCHOOLS, 2, "name", "<b>", swap(SCHOOLS, "Sauleskalna", "<b>Sauleskalna</b>")),
    case("N05", PLACES, 2, "municipality_id", "../D901", swap(PLACES, "D901", "../D901"), swap(SCHOOLS, "D901", "../D901")),
    case("N05 the board's own", DELIVERY, None, "municipality", "../../etc", board("../../etc")),
    case("N06", PLACES, 3, "municipality_id", "D.901|D 901|2", swap(PLACES, "D902", "D 901"), swap(PLACES, "D901", "D.901"),
         swap(SCHOOLS, "D901", "D.901"), swap(SCHOOLS, "D902", "D 901", 2)),
    case("N07", SCHOOLS, 2, "municipality_id", "0055000|Madonas novads", of_register("0055000")),
    case("N07 Madona before 2025", SCHOOLS, 2, "municipality_id", "0038000|Madonas novads", of_register("0038000")),
    case("N07 a code of before 2021", SCHOOLS, 2, "municipality_id", "0050000|Daugavpils", of_register("0050000")),
    case("N07 the board's own", DELIVERY, None, "municipality", "Varakļānu novads|Madonas novads", board("Varakļānu novads")),
    case("N08", SCHOOLS, (3, 4), "municipality_id", "Ezerleja|Sauleskalna novads", board("D901")),
    case("N09", SCHOOLS, 2, "municipality_id", "D901", of_register("D901")),
    case("I01 zeros lost", SCHOOLS, 2, "municipality_id", "5|7", of_register("23000")),
    case("N09 the board's own", DELIVERY, None, "municipality", "Madonas novds|Madonas novads", board("Madonas novds")),
    case("N10", DELIVERY, None, None, "schools|VIIS", dict.clear, board("Jūrmala"), put(VPS_FILE, VPS), maps=("vps_school",)),
    case("N11", VPS_FILE, None, None, "1|3", put(VPS_FILE, VPS), maps=("vps_school",)),
    case("N12", VPS_FILE, 2, "Izglītības iestādes nosaukums", "ezerlejas ģimnāzija", put(VPS_FILE, VPS),
         swap(SCHOOLS, "Ezerlejas pamatskola", "Ezerlejas „Ģimnāzija”"), maps=("vps_school",)),
    case("C11", "results.xlsx", None, None, "CSV", without(RESULTS), put("results.xlsx", "pupil_id,score\nzq7-1,5\n")),
    case("C10", "results.xlsx", None, None, "HTML", without(RESULTS), put("results.xlsx", "<html></html>")),
    case("C02", "results.xlsx", None, None, "xlsx", partial(as_workbook, cut=1500)),
    case("C02 gzip", "results.csv.gz", None, None, "gzip", without(RESULTS), put("results.csv.gz", b"\x1f\x8b\x08\x00cut off")),
    case("C07", "results.parquet", None, None, "Parquet", without(RESULTS), put("results.parquet", b"PAR1cut off")),
    case("C05", "results.xlsx", None, None, "MB", without(RESULTS), put("results.xlsx", bomb())),
    case("C12", "results.pkl", None, None, "Python", without(RESULTS), put("results.pkl", pickle.dumps({"a": 1}))),
    case("C12 under another name", RESULTS, None, None, "Python", put(RESULTS, pickle.dumps({"a": 1}))),
    case("C16", "results.xlsx", None, None, "Cita|Rezultāti", as_workbook,
         put(DELIVERY, MAP.replace("ce.csv", "results.xlsx\n    read: {sheet: Cita}"))),
    case("D01", DELIVERY, None, None, "scope: country | board", put(DELIVERY, "municipality: D901\n")),
    case("D01 no delivery.yml", DELIVERY, None, None, "scope", without(DELIVERY)),
    case("D01 a board without a name", DELIVERY, None, None, "municipality", put(DELIVERY, "scope: board\n")),
    case("D01 schools", DELIVERY, None, None, "schools", without(SCHOOLS)),
    case("D01 results", DELIVERY, None, None, "results, school_results", without(RESULTS)),
    case("D02", "piezimes.txt", None, None, "", put("piezimes.txt", "slepena piezīme")),
    case("D03", DELIVERY, None, None, "scope", board("D901"), maps=("chem97",)),
    case("D04", "ce.csv", None, None, "1", put(DELIVERY, MAP), put("ce.csv", CE)),
    case("D05", PUPILS, None, None, "1|pupils", put(DELIVERY, "scope: country\nduplicates: {pupils: keep_last}\n"),
         add(PUPILS, "zq7-1,2008,boy,,")),
    case("D06", RESULTS, None, None, "1", swap(ENROLMENTS, "zq7-4,2024,9,S3,no\n", "")),
    case("D08", RESULTS, None, None, "1", swap(RESULTS, ",31,", ",0,")),
    case("D11", "results.xlsx", None, None, "Rezultāti|2", as_workbook, sheet="Rezultāti"),
    case("M01", "ce.csv", None, None, "Punkti|Punktii", put(DELIVERY, MAP), put("ce.csv", CE.replace("Punkti", "Punktii"))),
    case("M02", "chem98", None, None, "chem97|viis_ce", maps=("chem98",)),
]
# fmt: on


def found(folder: Path, maps: Sequence[str] = ()) -> tuple[Fault, ...]:
    try:
        return read_delivery(folder, maps).faults
    except InputFaults as faults:
        return faults.faults


def answered(one: Case, folder: Path, store: Path) -> tuple[Fault, ...]:
    """Prepare the changed delivery: what is refused writes nothing, what is accepted or repaired goes on."""
    if registry()[one.code]["answer"] != "reject":
        faults = prepare(folder, one.maps, store).delivery.faults
        assert "Ezerlejas Ģimnāzija" in set(open_store(store).table("schools")["name"])
        return faults
    with pytest.raises(InputFaults) as refused:
        prepare(folder, one.maps, store)
    assert not store.exists()
    return refused.value.faults


def assert_clean(texts: Sequence[str], canaries: Sequence[str], folder: Path) -> None:
    """No message repeats what nobody may see, nor a path of this machine, nor a library's words."""
    together = "\n".join(texts)
    for forbidden in (
        *canaries,
        str(folder),
        str(Path.home()),
        "Traceback",
        "Error",
        "pandas",
        "pandera",
        "pydantic",
        "{",
    ):
        assert forbidden not in together
    assert "?" not in re.sub(r"“[^”]*”|„[^”]*”", "", together)  # no gap left unfilled


@pytest.mark.parametrize("one", CASES, ids=str)
def test_a_fault_is_answered_placed_and_said(
    one: Case, sound: Files, canaries: tuple[str, ...], written: Callable[[Files], Path], tmp_path: Path
) -> None:
    for change in one.changes:
        change(sound)
    folder = written(sound)
    faults = answered(one, folder, tmp_path / "store")
    mine = [fault for fault in faults if fault.code == one.code and fault.file == one.file]
    assert [fault.line for fault in mine] == one.lines
    assert {fault.column for fault in mine} == {one.column}
    assert one.sheet is None or {fault.sheet for fault in mine} == {one.sheet}
    assert {fault.code for fault in rejected(faults)} - {one.code} <= one.also
    for language in ("lv", "en"):
        message = render(mine[0], language)
        assert message.startswith(f"{one.code} {one.file}")
        for name in one.named.split("|"):
            assert name in message.removeprefix(f"{one.code} {one.file}")
        assert one.column is None or f'"{one.column}"' in message
    assert render(mine[0], "lv") != render(mine[0], "en")
    assert_clean([*tell(faults, "lv"), *tell(faults, "en")], canaries, folder)


ANSWERS = {
    "reject": "S01 S02 S03 S04 S05 S09 S16 E04 V01 V02 V05 V09 V15 V17 I03 I04 I05 I06 I08 N01 N05 N07 N09 N10 C01 C02 C12 C14"
    " D01 D03 M01 M02 P01 P02 P03 P04 P05 P06",
    "repair": "S06 D05",
    "accept": "S08 E01 E03 N11 D02 D04 D06 D07 D08",
}  # fmt: skip


def test_each_class_has_its_answer_and_words_in_both_languages() -> None:
    given = {code: answer for answer, codes in ANSWERS.items() for code in codes.split()}
    assert {code: registry()[code]["answer"] for code in given} == given
    for code, words in registry().items():
        gaps = [sorted(re.findall(r"{(\w+)}", words[language])) for language in ("lv", "en")]
        assert gaps[0] == gaps[1], code
        assert len(words["lv"]) > 15 < len(words["en"])
        assert words["answer"] != "reject" or re.search(r"[.]", words["lv"][:-1])  # what is wrong, and what to do


def test_a_sound_delivery_has_nothing_to_reject_or_repair(
    sound: Files, written: Callable[[Files], Path], tmp_path: Path
) -> None:
    delivery = prepare(written(sound), (), tmp_path / "store").delivery
    assert {fault.code for fault in delivery.faults} == {"I07"}  # the names and remarks that nobody reads


@pytest.mark.parametrize(
    "change", [semicolons, as_workbook, encoded(RESULTS, "utf-8-sig")], ids=["text", "xlsx", "BOM"]
)
def test_the_same_numbers_come_out_of_every_container(
    change: Callable[[Files], None], sound: Files, written: Callable[[Files], Path]
) -> None:
    change(sound)
    delivery = read_delivery(written(sound))
    assert not [fault for fault in delivery.faults if fault.answer != "accept"]
    assert delivery.tables["results"]["score"].fillna(-1).tolist() == [64.5, 31, 77, -1]


def test_several_faults_of_one_file_come_in_one_run(sound: Files, written: Callable[[Files], Path]) -> None:
    text = str(sound[RESULTS]).replace(",31,", ",104,").replace(",77,", ",5x,").replace("2024,9,CE", "2024,,CE", 1)
    sound[RESULTS] = text + "zq7-4,2024,9,CE,010203-12345,S9,,100,absent\n"
    assert {"V02", "V05", "V09", "I06", "I08"} <= {fault.code for fault in found(written(sound))}


def test_faults_of_several_files_come_in_one_run(sound: Files, written: Callable[[Files], Path]) -> None:
    swap(PUPILS, "2008,girl", "2008,M")(sound)
    swap(SCHOOLS, "S1,Sauleskalna", "S1,<i>Sauleskalna")(sound)
    sound[ENROLMENTS] = b""
    assert {(f.code, f.file) for f in rejected(found(written(sound)))} == {
        ("V15", PUPILS), ("N01", SCHOOLS), ("S01", ENROLMENTS),
    }  # fmt: skip


def test_an_unreadable_table_is_not_told_a_second_time_as_missing(
    sound: Files, written: Callable[[Files], Path]
) -> None:
    sound[SCHOOLS] = str(sound[SCHOOLS]).replace("rural", "rural,x")
    assert {fault.code for fault in rejected(found(written(sound)))} == {"S09"}


def test_of_25_faults_of_a_class_twenty_are_told_and_the_rest_counted(
    sound: Files, written: Callable[[Files], Path]
) -> None:
    rows = [f"zq7-{i},2024,9,CE,latvian,S1,104,100,present" for i in (1, 2, 3, 4)]
    rows += [f"zq7-1,{2000 + i},9,CE,latvian,S1,104,100,present" for i in range(21)]
    sound[RESULTS] = str(sound[RESULTS]) + "\n".join(rows) + "\n"
    faults = [fault for fault in found(written(sound)) if fault.code == "V02"]
    assert [fault.line for fault in faults] == list(range(6, 31))
    for language in ("lv", "en"):
        told = tell(faults, language)
        assert len(told) == 21
        assert told[-1].startswith("V02 results.csv: …")
        assert told[-1].endswith(" 5")


@pytest.mark.parametrize("kind", ["link", "pipe"])
def test_what_is_no_ordinary_file_is_refused_without_waiting(
    kind: str, sound: Files, written: Callable[[Files], Path], tmp_path: Path
) -> None:
    sound.pop(RESULTS)
    folder = written(sound)
    if kind == "link":
        (tmp_path / "elsewhere.csv").write_text("pupil_id\n", "utf-8")
        (folder / RESULTS).symlink_to(tmp_path / "elsewhere.csv")
    else:
        os.mkfifo(folder / RESULTS)
    (fault,) = rejected(read_delivery(folder).faults)
    assert (fault.code, fault.file) == ("C14", RESULTS)
    assert {"link": "saite", "pipe": "cauruļvads"}[kind] in render(fault)
    assert {"link": "a link", "pipe": "a pipe"}[kind] in render(fault, "en")


def test_a_folder_that_is_not_there_is_said_without_its_path(tmp_path: Path) -> None:
    with pytest.raises(InputFaults) as missing:
        read_delivery(tmp_path / "nav-tādas")
    (fault,) = missing.value.faults
    assert (fault.code, fault.file) == ("C14", "nav-tādas")
    assert str(tmp_path) not in render(fault)


# Files of one municipality


def apart(sound: Files) -> Files:
    """The sound delivery with a file of results for each municipality."""
    header, *rows = str(sound.pop(RESULTS)).splitlines()
    sound["results/D901.csv"] = "\n".join([header, *rows[:2]]) + "\n"
    sound["results/D902.csv"] = "\n".join([header, *rows[2:]]) + "\n"
    return sound


def test_a_table_may_be_a_folder(sound: Files, written: Callable[[Files], Path]) -> None:
    delivery = read_delivery(written(apart(sound)))
    assert not rejected(delivery.faults)
    assert delivery.tables["results"]["municipality_id"].tolist() == ["D901", "D901", "D902", "D902"]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (",77,", ",104,", "V02"),
        (",77,", ",7,7,", "S09"),
        (",S3,", ",S1,", "N08"),
        (",status\n", "\n", "S09"),
        ("S3,,100", "S3,5,100", "V17"),
        ("zq7-3", "321234-56789", "I06"),
    ],
)
def test_a_fault_in_its_own_file_fails_one_municipality_alone(
    old: str, new: str, code: str, sound: Files, written: Callable[[Files], Path], tmp_path: Path
) -> None:
    swap("results/D902.csv", old, new)(apart(sound))
    prepared = prepare(written(sound), (), tmp_path / "store")
    failed = prepared.delivery.failed_municipalities
    assert {m: {f.code for f in faults} - {"I08"} for m, faults in failed.items()} == {"D902": {code}}
    assert not prepared.delivery.rejected
    assert len(prepared.store.slice("results", "D901")) == 2
    assert prepared.store.slice("results", "D902").empty


def test_a_file_named_after_no_municipality_fails_the_whole_delivery(
    sound: Files, written: Callable[[Files], Path]
) -> None:
    apart(sound)
    sound["results/2024.csv"] = str(sound.pop("results/D902.csv")).replace(",77,", ",104,")
    delivery: Delivery = read_delivery(written(sound))
    assert [fault.code for fault in delivery.rejected] == ["V02"]
    assert not delivery.failed_municipalities


# Parameter files


@pytest.mark.parametrize(
    ("code", "text", "line", "named"),
    [
        ("P01", "contact: !!python/object:os.system {}\n", 1, ["objekta zīme"]),
        ("P01", "contact: [\n", 2, ["YAML"]),
        ("P01", "? [a, b]\n: 1\n", 1, ["salikta atslēga"]),
        ("P02", "contact: a\npooled_years: 2\ncontact: b\n", 3, ["contact", "1. rindā"]),
        ("P02", "comments:\n  where: a\n  where: b\n", 3, ["where", "2. rindā"]),
        ("P03", "contact: no\n", None, ["contact", "true, false", "teksts"]),
        ("P03", "confidence: 1e3\n", None, ["confidence", "teksts", "skaitlis"]),
        ("P03", "pooled_years: 2.5\n", None, ["pooled_years", "skaitlis", "vesels skaitlis"]),
        ("P03", "- a\n", None, ["saraksts", "atslēgas ar vērtībām"]),
        ("P04", "smalest_group: 10\n", None, ["smalest_group", "smallest_group"]),
        ("P06", "smallest_group: 3\n", None, ["smallest_group", "5–30"]),
        ("P06", "confidence: 0.93\n", None, ["confidence", "0.9; 0.95"]),
        ("P06", "low_result_percent: .nan\n", None, ["low_result_percent"]),
    ],
)
def test_a_parameter_file_is_refused_by_line_key_and_type(
    code: str, text: str, line: int | None, named: list[str], tmp_path: Path
) -> None:
    own = tmp_path / "D901.yml"
    own.write_text(text, "utf-8")
    with pytest.raises(InputFaults) as refused:
        load_params(own)
    (fault,) = refused.value.faults
    assert (fault.code, fault.file, fault.line) == (code, "D901.yml", line)
    assert all(name in render(fault) for name in named)
    assert_clean([render(fault, "lv"), render(fault, "en")], (), tmp_path)


def test_all_faults_of_a_parameter_file_come_in_one_run(tmp_path: Path) -> None:
    own = tmp_path / "D901.yml"
    own.write_text("smalest_group: 10\ncontact: no\npooled_years: 9\n", "utf-8")
    with pytest.raises(InputFaults) as refused:
        load_params(own)
    assert {fault.code for fault in refused.value.faults} == {"P03", "P04", "P06"}
