"""Notebooks stay thin: order, words, one call and one display a cell; everything with an ``if`` belongs in the package."""

import ast
from pathlib import Path
from typing import Any

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
MORE_PARAMETERS = {"30_school": ["school"], "10_data_check": ["data", "maps"]}
LONG_REPORT = "40_four_year_review"
PARAMETERS = ["municipality", "params_file", "store", "edition", "language"]
FORBIDDEN = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.For, ast.While, ast.If, ast.Try)
REPORTS = [path for path in NOTEBOOKS if path.stem.split("_")[0] in ("20", "30", "40", "45", "50", "55", "80")]


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def path(request) -> Path:
    return request.param


@pytest.fixture
def notebook(path) -> Any:
    return nbformat.read(path, as_version=4)


def code(notebook) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def lines(cell) -> list[str]:
    return [line for line in cell.source.splitlines() if line.strip() and not line.strip().startswith("#")]


def tags(cell) -> list[str]:
    return list(cell.metadata.get("tags", []))


def test_there_are_notebooks():
    assert {"00_start", "20_municipality"} <= {path.stem for path in NOTEBOOKS}


def test_a_notebook_is_valid(notebook):
    nbformat.validate(notebook)


def test_a_notebook_has_few_lines_of_code(path, notebook):
    assert sum(len(lines(cell)) for cell in code(notebook)) <= (120 if path.stem == LONG_REPORT else 60)


def test_a_cell_has_few_lines_of_code(notebook):
    assert {cell.id: len(lines(cell)) for cell in code(notebook) if len(lines(cell)) > 8} == {}


def test_a_notebook_defines_nothing_and_decides_nothing(notebook):
    found = {cell.id: type(node).__name__ for cell in code(notebook)
             for node in ast.walk(ast.parse(cell.source)) if isinstance(node, FORBIDDEN)}  # fmt: skip
    assert found == {}


def test_a_notebook_stores_no_output_and_no_trace_of_a_run(notebook):
    for cell in code(notebook):
        assert cell.outputs == []
        assert cell.execution_count is None
    assert "papermill" not in notebook.metadata
    assert not any("papermill" in cell.metadata or "injected-parameters" in tags(cell) for cell in notebook.cells)


def test_a_notebook_has_one_heading(notebook):
    text = [line for cell in notebook.cells if cell.cell_type == "markdown" for line in cell.source.splitlines()]
    assert len([line for line in text if line.startswith("# ")]) == 1


def test_a_notebook_has_one_cell_of_parameters_before_all_other_code(notebook):
    assert [i for i, cell in enumerate(code(notebook)) if "parameters" in tags(cell)] == [0]


def test_the_parameters_are_the_strings_of_the_design_with_defaults(path, notebook):
    statements = ast.parse(code(notebook)[0].source).body
    assert all(isinstance(statement, ast.Assign) for statement in statements)
    given = {statement.targets[0].id: ast.literal_eval(statement.value) for statement in statements}
    assert list(given) == PARAMETERS + MORE_PARAMETERS.get(path.stem, [])
    assert all(isinstance(value, str) for value in given.values())
    assert given["edition"] in ("public", "board")
    assert given["language"] == "lv"
    of_all = path.stem == "80_country"  # about all municipalities, by the defaults
    assert (
        (given["municipality"], given["params_file"]) == ("", "") if of_all else (ROOT / given["params_file"]).is_file()
    )


def test_a_notebook_runs_on_the_kernel_that_every_installation_has(notebook):
    assert notebook.metadata.kernelspec.name == "python3"
    assert set(notebook.metadata) == {"kernelspec", "language_info"}


def test_cells_have_names_that_a_failure_can_be_told_by(notebook):
    names = [cell.id for cell in notebook.cells]
    assert len(set(names)) == len(names)
    for name in names:
        assert all(word.isalpha() for word in name.split("-")), name


@pytest.mark.parametrize("report", REPORTS, ids=lambda path: path.stem)
def test_in_a_report_only_published_cells_the_evidence_the_mark_and_the_style_display(report):
    cells = code(nbformat.read(report, as_version=4))
    displaying = [cell.id for cell in cells if isinstance(ast.parse(cell.source).body[-1], ast.Expr)]
    published = [cell.id for cell in cells if "publish" in tags(cell)]
    documents = ["document"] if report.stem == LONG_REPORT else []
    assert [name for name in displaying if name != "style"] == [*published, "evidence-file", *documents, "done"]
    assert cells[-1].id == "done"


def test_no_reader_facing_sentence_stands_in_code(notebook):
    """The words of a page come from the catalogue; a text with a space in code is a sentence."""
    for cell in code(notebook):
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert " " not in node.value, (cell.id, node.value)


@pytest.mark.parametrize("path", [p for p in REPORTS if p.stem != "80_country"], ids=lambda path: path.stem)
def test_what_a_report_releases_of_a_municipality_is_released_by_its_pattern(path):
    """The country's page alone has none: it shows no figure of a group or school."""
    source = "\n".join(cell.source for cell in code(nbformat.read(path, as_version=4)))
    assert source.count("release(") == source.count(", unit.params, pattern_of(unit))") == 1
