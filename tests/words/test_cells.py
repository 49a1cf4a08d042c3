"""Text in cells: what a spreadsheet would run is held, numbers never are, and everything reads back."""

import ast
import csv
import io
from pathlib import Path

import openpyxl
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from analysis.words.cells import as_it_was, held, held_column

SRC = Path(__file__).resolve().parents[2] / "src" / "analysis"
TEXTS = st.text(st.sampled_from("=+-@\t\r'ab1\n,;\"") | st.characters(exclude_categories=["Cs"]), max_size=8)
WRITERS = {
    "report/frame.py": "evidence beside a page, and of a view that is kept",
    "report/check/file.py": "questions to schools",
    "intake/issues.py": "frozen sums, in the store: nobody's download",
    "intake/templates.py": "templates of our own words",
    "intake/demo/write.py": "invented deliveries, read by the intake",
}


@given(TEXTS)
def test_no_text_begins_with_what_a_spreadsheet_runs(text):
    assert not held(text).startswith(("=", "+", "-", "@", "\t", "\r"))


@given(st.lists(TEXTS, min_size=1, max_size=5))
def test_a_column_is_held_like_its_texts_and_reads_back_as_it_was(texts):
    column = pd.Series(texts, dtype="str")
    assert list(held_column(column)) == [held(text) for text in texts]
    assert list(as_it_was(held_column(column))) == [text.replace("\r", "") for text in texts]


@given(st.text(st.characters(exclude_characters="=+-@\t\r'", exclude_categories=["Cs"]), min_size=1))
def test_what_is_harmless_stays_as_it_is(text):
    assert held(text) == text


def test_a_workbook_made_of_the_file_has_no_formula():
    texts = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "'=1", "Kalna skola"]
    buffer = io.StringIO()
    csv.writer(buffer).writerows([[held(text)] for text in texts])
    book = openpyxl.Workbook()
    for row in csv.reader(io.StringIO(buffer.getvalue())):
        book.active.append(row)
    saved = io.BytesIO()
    book.save(saved)
    cells = [row[0] for row in openpyxl.load_workbook(saved).active.iter_rows()]
    assert [cell.data_type for cell in cells] == ["s"] * len(texts)
    assert list(as_it_was(pd.Series([cell.value for cell in cells]))) == [text.replace("\r", "") for text in texts]


def test_nothing_else_writes_a_file_for_spreadsheets():
    """Whoever adds a writer holds its texts, and adds it here."""
    makers = {"to_csv", "to_excel", "writer", "DictWriter", "Workbook", "ExcelWriter", "write_csv", "CSVWriter"}
    found = {
        path.relative_to(SRC).as_posix()
        for path in SRC.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in makers
    }
    assert found == set(WRITERS)
