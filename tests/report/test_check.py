"""The page on the data: questions by school, faults in words, nothing about a child; of a rejected delivery faults alone."""

import base64
import csv
import io
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analysis.batch import open_check
from analysis.faults import Fault
from analysis.intake.findings.checked import Checked, lacking
from analysis.intake.findings.shape import shaped
from analysis.params import load_params
from analysis.release import release
from analysis.report.check.file import findings_csv, findings_table
from analysis.report.check.lines import blocks
from analysis.report.export import Page, page_of
from analysis.words.numbers import WITHHELD

Finding = dict[str, Any]
FEW = {"code": "no_enrolment", "table": "results", "file": "results.csv", "school_id": "S1", "school_year": 2026,
       "year_from": 2026, "count": 3, "of": 250, "population": "papers"}  # fmt: skip
MANY = FEW | {"school_id": "S2", "count": 37, "of": 251}
ONE_BOY = {
    "code": "kind_nearly_one_sex",
    "table": "schools",
    "column": "kind",
    "school_id": "S2",
    "group": "sex=boy",
    "count": 1,
    "of": 61,
}
EVERY_CODE = [
    "not_unique", "duplicates_decided", "two_schools", "two_grades", "grade_jump", "more_than_enrolled",
    "bands_not_n", "more_than_eligible", "no_answers", "no_enrolment", "unknown_pupils", "no_result", "no_items",
    "no_earlier_stage", "same_ratings", "few_earlier_stage", "status_missing", "status_often", "same_score",
    "placeholder", "same_answers", "spelled_twice", "kind_nearly_one_sex", "kind_other_sex", "subject_lacking",
    "year_lacking", "empty_in_school", "empty_in_municipality", "absent_values", "constant", "nobody_marked",
    "birth_year",
]  # fmt: skip


def checked(
    *found: Finding, language: str = "lv", names: tuple[str, ...] = ("Kalna skola", "Lejas skola"), **more: Any
) -> Checked:
    schools = pd.DataFrame({"school_id": [f"S{i + 1}" for i in range(len(names))], "name": names})
    facts = {
        "demo": False, "data_date": "2026-08-15", "labels": {}, "source": None, "files": {},
        "arrived": [{"table": "results", "files": ["results.csv"], "rows": 5012, "first": 2017, "last": 2026}],
        "lacking": {"tables": ["items"], "columns": ["results.score_max"]},
    }  # fmt: skip
    rows = shaped(pd.DataFrame(list(found))) if found else shaped(pd.DataFrame())
    rows["municipality_id"] = "D1"
    one = Checked("D1", "Kalnu novads", load_params(), "board", language, facts, (), rows, schools, "k")
    return replace(one, **more)


def csv_rows(one: Checked) -> list[dict[str, str]]:
    text = findings_csv(one, release(one.evidence, one.params))
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:]), delimiter=";"))


CheckPage = Callable[[Checked], Page]


def test_a_question_says_what_where_how_many_and_what_to_ask(check_page_for: CheckPage, read: Any) -> None:
    words = read(check_page_for(checked(MANY)).html).words
    for part in (
        "Lejas skola",
        "Rezultātiem nav ieraksta skolēnu uzskaitē",
        "37 no 251 rindas",
        "results.csv",
        "Papildiniet uzskaiti",
    ):
        assert part in words
    assert "2025./2026." in words


@pytest.mark.parametrize("language", ["lv", "en"])
@pytest.mark.parametrize(
    "small", [FEW, FEW | {"count": 248}, ONE_BOY, FEW | {"group": "sen=yes", "count": 9, "of": 61}]
)
def test_small_numbers_stand_nowhere(small: Finding, language: str, check_page_for: CheckPage, read: Any) -> None:
    """Neither on the page nor in its two files: no count, and nothing to subtract it from."""
    one = checked(small, language=language)
    page = check_page_for(one)
    questions = re.search(r'<ul class="asks">.*?</ul>', page.html, re.S)
    assert questions is not None
    listed = read(questions[0]).words
    for number in (small["count"], small["of"]):
        assert not re.search(rf"(?<![\d./]){number}(?![\d./])", listed.replace("2026", ""))
    assert WITHHELD in listed
    rows = pd.read_csv(io.StringIO(page.csv)).query("indicator == 'data_finding'")
    assert rows[["n", "estimate"]].isna().all(axis=None)
    for row in csv_rows(one):
        assert [value for value in row.values() if value in (str(small["count"]), str(small["of"]))] == []


def test_the_mixed_school_with_one_boy_is_said_in_words(check_page_for: CheckPage, read: Any) -> None:
    words = read(check_page_for(checked(ONE_BOY)).html).words
    assert "gandrīz visi skolēni ir meitenes" in words
    assert "61" not in words


@pytest.mark.parametrize("language", ["lv", "en"])
@pytest.mark.parametrize("code", EVERY_CODE)
def test_every_class_has_its_words(code: str, language: str) -> None:
    group = {"status": "status=absent", "placeholder": "score=50", "kind": "sex=boy"}.get(code.split("_")[0], "")
    columns = {"more_than_eligible": "pupil", "no_answers": "teacher", "same_ratings": "staff", "spelled_twice": "S2"}
    column = (columns | {"not_unique": "nr"}).get(code, "sen")
    one = checked(MANY | {"code": code, "group": group, "column": column, "table": "enrolments"}, language=language)
    (block,) = blocks(one, release(one.evidence, one.params))
    assert block.lines[0].found
    assert block.lines[0].ask.endswith(("?", "."))
    assert "{" not in block.lines[0].found + block.lines[0].ask


def test_the_most_important_comes_first_and_the_whole_municipality_before_schools() -> None:
    later, first, whole = (
        MANY | {"code": c, "school_id": s}
        for c, s in (("birth_year", "S1"), ("two_schools", "S2"), ("few_earlier_stage", ""))
    )
    one = checked(later, first, whole)
    assert [block.school_id for block in blocks(one, release(one.evidence, one.params))] == ["", "S2", "S1"]


def test_more_than_ten_questions_to_one_school_are_folded(check_page_for: CheckPage) -> None:
    many = [
        MANY | {"code": code, "column": "sen", "table": "enrolments"}
        for code in EVERY_CODE[2:6] + EVERY_CODE[9:14] + ["few_earlier_stage", "birth_year", "same_score"]
    ]
    html = check_page_for(checked(*many)).html
    assert "Vēl 2 jautājumi" in html
    assert html.index("Vēl 2 jautājumi") < html.index(
        "Dzimšanas gads" if "Dzimšanas gads" in html else "dzimšanas gads"
    )


def test_a_sound_delivery_with_nothing_odd_says_so(check_page_for: CheckPage, read: Any) -> None:
    words = read(check_page_for(checked()).html).words
    assert "Nekas neparasts nav atrasts" in words
    assert "Jāizlabo" not in words


def test_what_is_missing_says_what_it_costs(check_page_for: CheckPage, read: Any) -> None:
    words = read(check_page_for(checked()).html).words
    assert "Prasmju grupas" in words
    assert "results.score_max" in words


def test_lacking_are_tables_that_did_not_come_and_columns_that_are_empty() -> None:
    pupils = pd.DataFrame({"pupil_id": ["a"], "sex": ["girl"], "birth_year": [None], "_file": "pupils.csv"})
    found = lacking({"pupils": pupils})
    assert {"enrolments", "items"} <= set(found["tables"])
    assert found["columns"] == ["pupils.birth_year", "pupils.preschool"]


def test_the_file_opens_in_a_latvian_spreadsheet_and_runs_nothing() -> None:
    one = checked(MANY, names=("Kalna skola", '=HYPERLINK("x")'))
    (row,) = csv_rows(one)
    assert row["Skola"] == '\'=HYPERLINK("x")'
    assert (row["Skaits"], row["No cik"]) == ("37", "251")


def test_the_page_carries_the_file_itself(check_page_for: CheckPage) -> None:
    one = checked(MANY)
    found = re.search(r"base64,([A-Za-z0-9+/=]+)", check_page_for(one).html)
    assert found is not None
    assert base64.b64decode(found[1]).decode("utf-8") == findings_csv(one, release(one.evidence, one.params))


def test_exact_numbers_are_seen_on_an_explicit_call_and_reach_no_page(
    check_notebook_of: Callable[[Checked], Any],
) -> None:
    """Even where somebody tags the cell to be published: it displays plain text, and a page takes none."""
    one = checked(FEW | {"count": 3, "of": 9871})
    exact = findings_table(one, release(one.evidence, one.params), exact=True)
    assert "9871" in repr(exact)
    notebook = check_notebook_of(one)
    cell = next(cell for cell in notebook.cells if cell.id == "table")
    assert "9871" not in str(cell.outputs)
    cell.outputs[0].data["text/plain"] = repr(exact)
    cell.metadata["tags"] = ["publish"]
    page = page_of(notebook)
    assert "9871" not in page.html + page.csv


def test_findings_of_others_are_not_mistaken_for_ones_own() -> None:
    one, other = checked(MANY), checked(MANY, FEW)
    with pytest.raises(ValueError, match="do not match"):
        blocks(one, release(other.evidence, one.params))


def test_the_same_input_gives_the_same_bytes(check_page_for: CheckPage) -> None:
    pages = {check_page_for(checked(MANY, FEW, ONE_BOY)) for _ in range(2)}
    assert len(pages) == 1


def test_a_fault_of_a_cell_is_told_without_its_value(check_page_for: CheckPage, read: Any) -> None:
    fault = Fault("V02", "results.csv", 7, column="score", facts={"value": 104, "low": 0, "high": 100})
    words = read(check_page_for(checked(faults=(fault,))).html).words
    assert "results.csv, 7. rinda" in words
    assert "104" not in words


def delivery(folder: Path, **files: str) -> Path:
    folder.mkdir()
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text, encoding="utf-8")
    return folder


def test_a_rejected_delivery_shows_its_faults_and_no_page_of_results(
    tmp_path: Path, check_page_for: CheckPage, read: Any
) -> None:
    folder = delivery(
        tmp_path / "d", delivery__yml="scope: country\n", schools__csv="school_id,name,municipality_id\nS1,A skola,0001000\n",
        results__csv="pupil_id,school_year,grade,test,domain,school_id,score,score_max,status\nzq7-1,2024,9,CE,english,S1,140,100,present\n",
    )  # fmt: skip
    one = open_check("D001", data=str(folder))
    page = check_page_for(one)
    words = read(page.html).words
    assert "Piegāde vēl nav derīga" in words
    assert "V02 results.csv" in words
    assert not {"140", "zq7-1", "Traceback"} & set(re.split(r"[\s,–]+", page.html))
    assert '<section id="findings"' not in page.html
    assert '<section id="arrived"' not in page.html
    assert len(page.csv.splitlines()) == 1


def test_a_folder_with_one_unknown_file_names_it(tmp_path: Path, check_page_for: CheckPage, read: Any) -> None:
    one = open_check("", data=str(delivery(tmp_path / "d", eksports__csv="a;b\n1;2\n")))
    assert one.unread == ["eksports.csv"]
    assert "eksports.csv" in read(check_page_for(one).html).words


@pytest.mark.parametrize(
    ("name", "text", "code"), [("delivery.yml", "scpe: country\n", "P04"), ("delivery.yml", "a: [", "P01")]
)
def test_a_broken_delivery_file_is_told_like_any_fault(
    tmp_path: Path, name: str, text: str, code: str, check_page_for: CheckPage
) -> None:
    one = open_check("D001", data=str(delivery(tmp_path / "d", **{name.replace(".", "__"): text})))
    assert {fault.code for fault in one.faults} == {code}
    assert code in check_page_for(one).html


def test_a_missing_folder_is_told_like_any_fault(tmp_path: Path, check_page_for: CheckPage) -> None:
    page = check_page_for(open_check("D001", data=str(tmp_path / "nowhere")))
    assert "C14" in page.html
    assert str(tmp_path) not in page.html


def test_the_store_and_the_folder_tell_the_same(demo: Path, demo_store: Path, check_page_for: CheckPage) -> None:
    """But for the key: what was found when the store was prepared is what is found in the folder."""
    pages = [check_page_for(open_check("D002", **given)) for given in ({"store": str(demo_store)}, {"data": str(demo)})]
    assert pages[0].html == pages[1].html
    assert pages[0].csv == pages[1].csv


def test_no_id_of_a_pupil_is_kept_with_the_findings(demo_store: Path) -> None:
    one = open_check("D002", store=str(demo_store))
    assert "pupil_id" not in one.findings
    assert not re.search(r"P\d{7}", one.findings.to_csv() + str(one.facts["check"]))


def test_the_batch_makes_the_page_of_a_municipality(
    demo_store: Path, tmp_path: Path, command: Callable[..., Any]
) -> None:
    ended = command(
        "reports", "--store", demo_store, "--notebook", "10_data_check", "--only", "D005", "--out", tmp_path
    )
    assert ended.returncode == 0, ended.stderr
    page = (tmp_path / "public" / "10_data_check" / "D005.html").read_text("utf-8")
    assert "Datu pārbaude" in page
    assert (tmp_path / "public" / "10_data_check" / "D005.csv").read_text("utf-8").startswith("indicator,")
