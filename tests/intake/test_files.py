"""A file may have several rules, and a workbook several sheets; everything is read once, counted once and told by its sheet."""

import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from analysis.batch.prepare import prepare
from analysis.faults import render
from analysis.intake.delivery import read_delivery

Write = Callable[[dict[str, str | bytes]], Path]

BOARD = "scope: board\nmunicipality: Jūrmala\n"
SCHOOLS = "schools: {school_id: Skola, name: Skola, municipality_id: {delivery: municipality}}"
RESULTS = (
    "results: {pupil_id: Kods, school_year: {constant: 2024}, grade: {constant: '9'}, test: {constant: CE}, "
    "domain: {constant: %s}, school_id: Skola, score: Punkti, status: {from: Punkti, filled: present, default: absent}}"
)


def workbook(**sheets: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def two_sheets(last: object = 40) -> dict[str, str | bytes]:
    rules = "".join(
        f"  - pattern: ce.xlsx\n    read: {{sheet: {sheet}}}\n    tables:\n      {SCHOOLS}\n      {RESULTS % domain}\n"
        for sheet, domain in (("Matemātika", "mathematics"), ("Latviešu", "latvian"))
    )
    head = ["Kods", "Skola", "Punkti"]
    book = workbook(Matemātika=[head, ["a", "S", 51]], Latviešu=[head, ["a", "S", 60], ["b", "S", last]])
    return {"delivery.yml": BOARD + "files:\n" + rules, "ce.xlsx": book}


def test_one_rule_a_sheet_of_one_workbook(written: Write) -> None:
    delivery = read_delivery(written(two_sheets()))
    assert not delivery.rejected, [render(fault) for fault in delivery.rejected]
    assert delivery.tables["results"][["pupil_id", "domain", "score"]].to_numpy().tolist() == [
        ["a", "mathematics", 51.0], ["a", "latvian", 60.0], ["b", "latvian", 40.0],
    ]  # fmt: skip
    assert len(delivery.tables["schools"]) == 1
    assert list(delivery.files) == ["ce.xlsx"]


def test_a_fault_names_the_sheet_it_is_on(written: Write) -> None:
    (fault,) = read_delivery(written(two_sheets("daudz"))).rejected
    assert (fault.code, fault.file, fault.sheet, fault.line, fault.column) == (
        "V05",
        "ce.xlsx",
        "Latviešu",
        3,
        "Punkti",
    )
    assert "ce.xlsx, lapa „Latviešu”, 3. rinda" in render(fault)


def test_a_sheet_that_is_not_there_is_told_and_the_other_ones_faults_too(written: Write) -> None:
    files = two_sheets("daudz")
    files["delivery.yml"] = str(files["delivery.yml"]).replace("sheet: Matemātika", "sheet: Matematika")
    faults = read_delivery(written(files)).rejected
    assert {(f.code, f.file) for f in faults} >= {("C16", "ce.xlsx"), ("V05", "ce.xlsx")}


TYPES = f"""
  - pattern: darbi.csv
    when: {{Tips: [CE]}}
    exclude: [{{column: Tips, in: [Kopā], reason: {{lv: kopsumma, en: total}}}}]
    tables:
      {SCHOOLS}
      {RESULTS % "mathematics"}
  - pattern: darbi.csv
    when: {{Tips: [Atzīme]}}
    tables:
      marks:
        pupil_id: Kods
        school_year: {{constant: 2024}}
        term: {{constant: year}}
        domain: {{constant: mathematics}}
        mark: Punkti
"""
ROWS = "Tips,Kods,Skola,Punkti\nCE,a,S,51\nAtzīme,a,S,7\nKopā,,,58\n"


def test_the_value_of_a_column_decides_the_table(written: Write, tmp_path: Path) -> None:
    folder = written({"delivery.yml": BOARD + "files:" + TYPES, "darbi.csv": ROWS})
    delivery = read_delivery(folder)
    assert not delivery.rejected, [render(fault) for fault in delivery.rejected]
    assert delivery.tables["results"]["score"].tolist() == [51]
    assert delivery.tables["marks"]["mark"].tolist() == [7]
    assert [(e.count, e.reason["lv"]) for e in delivery.excluded] == [(1, "kopsumma")]
    assert prepare(folder, (), tmp_path / "store").store.facts["excluded"][0]["count"] == 1


def test_a_type_that_no_rule_names_is_a_fault(written: Write) -> None:
    files = {"delivery.yml": BOARD + "files:" + TYPES, "darbi.csv": ROWS + "DD,b,S,40\n"}
    (fault,) = read_delivery(written(files)).rejected
    assert (fault.code, fault.line, fault.column) == ("M03", 5, "Tips")
    assert "CE, Atzīme" in render(fault)


@pytest.mark.parametrize(("flags", "public"), [(("true", "true"), ["school_results"]), (("true", "false"), [])])
def test_a_table_is_public_where_all_its_files_are(
    written: Write, tmp_path: Path, flags: tuple[str, str], public: list[str]
) -> None:
    rule = (
        "  - pattern: {year}.csv\n    public: {flag}\n    tables:\n      schools: {{school_id: Skola, name: Skola, "
        "municipality_id: {{delivery: municipality}}}}\n      school_results: {{school_id: Skola, "
        "school_year: {{constant: {year}}}, grade: {{constant: '9'}}, test: {{constant: CE}}, "
        "domain: {{constant: x}}, mean_score: Vid}}\n"
    )
    rules = "".join(rule.format(year=year, flag=flag) for year, flag in zip((2023, 2024), flags, strict=True))
    files = {"delivery.yml": BOARD + "files:\n" + rules, "2023.csv": "Skola,Vid\nS,5\n", "2024.csv": "Skola,Vid\nS,6\n"}
    store = prepare(written(files), (), tmp_path / "store").store
    assert [table for table in store.facts["public"] if table != "schools"] == public


def test_the_marks_of_a_class_register_are_read_by_the_template(written: Write) -> None:
    rows = (
        "Skolēna kods;Vārds, uzvārds;Mācību gads;Semestris;Mācību priekšmets;Vērtējums\n"
        "zq7-1;Ilze Kanārijputniņa;2023./2024.;1. semestris;Matemātika;8\n"
        "zq7-1;Ilze Kanārijputniņa;2023./2024.;Gada vērtējums;Matemātika;nv\n"
    )
    files = {"delivery.yml": BOARD + "maps: {'*eklase*': eklase_marks}\n", "eklase_2024.csv": rows}
    delivery = read_delivery(written(files))
    assert {fault.code for fault in delivery.rejected} == {"D01"}  # marks alone are no delivery
    marks = delivery.tables["marks"]
    assert marks[["pupil_id", "school_year", "term", "domain"]].to_numpy().tolist() == [
        ["zq7-1", 2024, "1", "mathematics"], ["zq7-1", 2024, "year", "mathematics"],
    ]  # fmt: skip
    assert marks["mark"].fillna(-1).tolist() == [8, -1]
    assert not any("Kanārijputniņa" in render(fault) for fault in delivery.faults)


def test_names_joined_of_two_header_rows_are_columns_like_others(written: Write) -> None:
    rows = "Eksāmeni 2024;;;\n;;Matemātika;\nKods;Skola;Punkti;Vērtējums\na;S;51;7\nb;S;;\n"
    rule = (
        (
            f"  - pattern: ce.csv\n    read: {{header: [2, 3]}}\n    unread: [Matemātika Vērtējums]\n"
            f"    tables:\n      {SCHOOLS}\n      {RESULTS % 'mathematics'}\n"
        )
        .replace("score: Punkti", "score: Matemātika Punkti")
        .replace("from: Punkti", "from: Matemātika Punkti")
    )
    delivery = read_delivery(written({"delivery.yml": BOARD + "files:\n" + rule, "ce.csv": rows}))
    assert not delivery.rejected, [render(fault) for fault in delivery.rejected]
    assert delivery.tables["results"]["score"].fillna(-1).tolist() == [51, -1]
    assert "D10" not in {fault.code for fault in delivery.faults}
