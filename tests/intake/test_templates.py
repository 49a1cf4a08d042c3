"""Templates: what a board opens in its spreadsheet, fills in and hands back."""

import openpyxl
import pytest

from analysis.intake.contracts import TABLES, codes, columns
from analysis.intake.delivery import read_delivery
from analysis.intake.templates import write_templates


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("templates")
    write_templates(out)
    return out


@pytest.fixture(params=TABLES, ids=str)
def book(request, folder):
    return request.param, openpyxl.load_workbook(folder / f"{request.param}.xlsx")


def test_the_headings_are_the_contract_columns_and_one_example_row_follows(book):
    table, opened = book
    rows = list(opened[table].iter_rows(values_only=True))
    assert rows[0] == tuple(columns(table))
    assert len(rows) == 2
    required = [name for name, must in columns(table).items() if must]
    assert all(rows[1][list(columns(table)).index(name)] is not None for name in required)


def test_closed_lists_are_offered_to_choose_from(book):
    table, opened = book
    sheet = opened[table]
    offered = {}
    for rule in sheet.data_validations.dataValidation:
        if rule.type == "list":
            heading = sheet.cell(1, next(iter(rule.sqref.ranges)).min_col).value
            offered[heading] = tuple(rule.formula1.strip('"').split(","))
    assert offered == codes(table)


def test_every_heading_has_its_note_and_the_second_sheet_explains_all(book):
    table, opened = book
    assert all(cell.comment is not None for cell in opened[table][1])
    notes = list(opened["Paskaidrojumi"].iter_rows(min_row=5, values_only=True))
    assert [row[0].removesuffix(" *") for row in notes] == list(columns(table))
    assert all(row[1] and row[2] for row in notes)


def test_ids_and_dates_are_text_cells_so_that_zeros_and_days_stay(folder):
    sheet = openpyxl.load_workbook(folder / "support_given.xlsx")["support_given"]
    assert [
        sheet.cell(2, i + 1).value for i, c in enumerate(columns("support_given")) if c in ("from", "pupil_id")
    ] == [
        "p0001",
        "2025-09-15",
    ]
    municipality = openpyxl.load_workbook(folder / "municipalities.xlsx")["municipalities"]
    assert municipality["A2"].value == "0000001"
    assert municipality.column_dimensions["A"].width >= 12


def test_same_tables_same_bytes(tmp_path):
    first, second = write_templates(tmp_path / "a", ["results"]), write_templates(tmp_path / "b", ["results"])
    assert first[0].read_bytes() == second[0].read_bytes()


def test_nothing_in_a_template_says_who_made_it_or_when(folder):
    properties = openpyxl.load_workbook(folder / "pupils.xlsx").properties
    assert not properties.creator
    assert properties.created.year == 2000


def _filled(folder, out, table, rows):
    opened = openpyxl.load_workbook(folder / f"{table}.xlsx")
    for line, row in rows.items():
        for position, value in enumerate(row, 1):
            opened[table].cell(line, position).value = value
    opened.save(out / f"{table}.xlsx")


PLACES = ["0000001", "Paraugu novads", "county"]
SCHOOL = ["S9", "Otra skola", "0000001"]
RESULT = ["p9", 2026, "9", "CE", "mathematics", None, None, "S9", 41, 0, 60, "present"]


def test_a_filled_template_is_a_sound_delivery(folder, tmp_path):
    for table, row in (("municipalities", PLACES + [None] * 3), ("schools", SCHOOL + [None] * 6), ("results", RESULT)):
        _filled(folder, tmp_path, table, {2: row})
    (tmp_path / "delivery.yml").write_text("scope: country\n")
    delivery = read_delivery(tmp_path)
    assert delivery.rejected == []
    assert delivery.tables["results"]["score"].tolist() == [41]


def test_the_example_row_left_in_is_told(folder, tmp_path):
    _filled(folder, tmp_path, "municipalities", {2: PLACES + [None] * 3})
    _filled(folder, tmp_path, "schools", {3: SCHOOL + [None] * 6})
    _filled(folder, tmp_path, "results", {2: RESULT})
    (tmp_path / "delivery.yml").write_text("scope: country\n")
    assert [(f.code, f.file, f.line) for f in read_delivery(tmp_path).rejected] == [("D12", "schools.xlsx", 2)]


def test_no_cell_is_a_formula_and_the_workbook_names_nobody(book):
    _, opened = book
    cells = [cell for sheet in opened for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert not opened.properties.creator
    assert not opened.properties.lastModifiedBy
