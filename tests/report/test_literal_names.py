"""Names that a spreadsheet, a formula of mathematics or a template would act on are shown as they are (N02, N03, N04)."""

import csv
import io
from dataclasses import replace
from html import unescape
from pathlib import Path

import pandas as pd
import pytest

from analysis import report
from analysis.evidence import evidence
from analysis.release import release
from analysis.report.figures import published_dots
from analysis.report.html import EVIDENCE_TYPE

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "20_municipality.ipynb"
NAMES = [
    "=SUM(A1)",
    "+1 skola",
    "-attīstības centrs",
    "@skola",
    "$x^2$ skola",
    "$\\frac{",
    "{oops}",
    "{0}",
    "{{ x }}",
    "{% if %}",
    "%s",
]
ROW = {
    "indicator": "attainment", "municipality_id": "D001", "school_year": 2026, "grade": "9", "test": "CE", "n": 40,
    "domain": "mathematics", "estimate": 50.0, "low": 45.0, "high": 55.0, "confidence": 0.95, "unit": "percent",
    "reference": "country", "verdict": "differs",
}  # fmt: skip


def let_out(params, **changes):
    return release(evidence(pd.DataFrame([ROW | changes])), params)


@pytest.mark.parametrize("name", NAMES)
def test_the_header_of_a_page_shows_the_name_as_it_is(name, large):
    unit = replace(large, name=name, genitive=None, locative=None)
    html = report.header(unit, let_out(large.params)).html
    assert name in unescape(str(html))


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_draws_the_name_as_text(name, large):
    rows = let_out(large.params)
    drawing = published_dots(rows, rows, {"mathematics": name}, "lv", "key", name)
    assert name in unescape(str(drawing))


@pytest.mark.parametrize("name", NAMES)
def test_the_file_beside_the_page_holds_the_name_and_no_formula(name, large):
    text = report.evidence_file(let_out(large.params, domain=name))._repr_mimebundle_()[EVIDENCE_TYPE]
    (row,) = csv.DictReader(io.StringIO(text))
    assert row["domain"] == ("'" + name if name[0] in "=+-@" else name)


@pytest.mark.parametrize("name", NAMES)
def test_papermill_hands_the_name_over_as_it_is(name):
    from papermill.iorw import load_notebook_node
    from papermill.parameterize import parameterize_notebook

    given = {"municipality": name, "params_file": name}
    notebook = parameterize_notebook(load_notebook_node(str(NOTEBOOK)), given)
    (cell,) = (c for c in notebook.cells if "injected-parameters" in c.metadata.get("tags", []))
    received: dict[str, str] = {}
    exec(compile(cell.source, "parameters", "exec"), received)
    assert (received["municipality"], received["params_file"]) == (name, name)
