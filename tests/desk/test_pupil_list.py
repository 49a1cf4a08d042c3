"""The pupil list is for a person in the board's own JupyterLab; everywhere else it is refused, and it leaves no row behind."""

import json
import pickle
from types import SimpleNamespace

import nbformat
import pytest

from analysis.batch.engine import BATCH_MARK
from analysis.batch.open import open_unit
from analysis.desk import live
from analysis.desk.pupil_list import ListRefused, pupil_list
from analysis.report.export import ListInside, PageExporter, page_of
from analysis.report.html import PUPILS_MARK, PUPILS_TYPE

CELL = {"grade": "9", "test": "CE", "domain": "mathematics"}


@pytest.fixture(scope="module")
def board(demo_store):
    return open_unit("D001", "", str(demo_store), "board")


@pytest.fixture
def person(monkeypatch):
    """A person at JupyterLab, as the kernel sees it."""
    shell = SimpleNamespace(kernel=SimpleNamespace(_allow_stdin=True))
    monkeypatch.setattr(live, "_shell", lambda: shell)
    monkeypatch.setenv("JPY_SESSION_NAME", "notebooks/60_explore.ipynb")
    monkeypatch.delenv(BATCH_MARK, raising=False)
    return shell


def test_in_the_boards_own_lab_it_warns_and_then_lists_pseudonyms_with_results(board, person):
    html = str(pupil_list(board, **CELL, group="sex=girl")._html)
    results = board.results
    cell = results[(results["grade"] == "9") & (results["test"] == "CE") & (results["domain"] == "mathematics")]
    cell = cell[(cell["school_year"] == cell["school_year"].max()) & (cell["sex"] == "girl")]
    cell = cell[(cell["status"] == "present") & (cell["session"] == "")]
    assert html.count("<tr>") == len(cell) + 1
    assert all(pupil[:12] in html for pupil in cell["pupil"])
    assert html.index("nedrīkst izsūtīt") < html.index("<table")


def test_a_cell_without_results_says_so(board, person):
    assert "nav neviena rezultāta" in pupil_list(board, grade="9", test="x", domain="y")._html
    assert "nav neviena rezultāta" in pupil_list(board, **CELL, group="unheard=of")._html


def test_the_public_edition_has_none(demo_store, person):
    with pytest.raises(ListRefused, match="publiskajā izdevumā"):
        pupil_list(open_unit("D001", "", str(demo_store), "public"), **CELL)


@pytest.mark.parametrize("missing", ["front end", "session", "kernel", "not batch"])
def test_every_sign_of_a_person_is_needed(missing, board, person, monkeypatch):
    pupil_list(board, **CELL)
    if missing == "front end":
        person.kernel._allow_stdin = False
    elif missing == "session":
        monkeypatch.delenv("JPY_SESSION_NAME")
    elif missing == "kernel":
        monkeypatch.setattr(live, "_shell", lambda: None)
    else:
        monkeypatch.setenv(BATCH_MARK, "1")
    with pytest.raises(ListRefused, match="JupyterLab"):
        pupil_list(board, **CELL)


def test_a_list_made_by_a_person_is_not_shown_to_a_machine(board, person):
    made = pupil_list(board, **CELL)
    person.kernel._allow_stdin = False
    with pytest.raises(ListRefused):
        made._repr_mimebundle_()


def test_a_refusal_is_words_and_no_traceback():
    assert "analysis" not in "".join(ListRefused("pupils_refused_public")._render_traceback_())


def test_what_a_notebook_stores_of_it_is_a_mark_and_no_pupil(board, person):
    made = pupil_list(board, **CELL)
    stored = json.dumps(made._repr_mimebundle_())
    assert PUPILS_TYPE in stored
    assert not any(pupil[:8] in stored + repr(made) + str(made) for pupil in board.results["pupil"].unique())


def test_it_cannot_be_written_away(board, person):
    made = pupil_list(board, **CELL)
    assert not hasattr(made, "to_csv")
    with pytest.raises(TypeError):
        pickle.dumps(made)


def executed(output, tags=("publish",)):
    cell = nbformat.v4.new_code_cell("1", id="a", metadata={"tags": list(tags)}, execution_count=1, outputs=[output])
    return nbformat.v4.new_notebook(cells=[cell])


@pytest.mark.parametrize("tags", [("publish",), ()])
def test_no_page_is_made_of_a_notebook_that_holds_one(tags, board, person):
    bundle = pupil_list(board, **CELL)._repr_mimebundle_()
    notebook = executed(nbformat.v4.new_output("execute_result", bundle, execution_count=1), tags)
    with pytest.raises(ListInside):
        page_of(notebook)
    with pytest.raises(ListInside):
        PageExporter().from_notebook_node(notebook)


def test_nor_of_one_where_its_html_was_shown_by_other_means_or_saved_with_the_widgets(board, person):
    html = str(pupil_list(board, **CELL)._html)
    assert PUPILS_MARK in html
    shown = executed(nbformat.v4.new_output("display_data", {"text/html": html}))
    saved = nbformat.v4.new_notebook(metadata={"widgets": {"state": {"x": {"state": {"value": html}}}}})
    for notebook in (shown, saved):
        with pytest.raises(ListInside):
            page_of(notebook)


def test_the_command_refuses_with_the_code_of_privacy(board, person, command, tmp_path):
    bundle = pupil_list(board, **CELL)._repr_mimebundle_()
    path = tmp_path / "out.ipynb"
    nbformat.write(executed(nbformat.v4.new_output("execute_result", bundle, execution_count=1)), path)
    done = command("page", path)
    assert done.returncode == 3
    assert "skolēnu saraksts" in done.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["out.ipynb"]


CALLING = """from analysis.batch import open_unit
import analysis.desk as desk, importlib
made = getattr(importlib.import_module("analysis.desk." + "pupil" + "_list"), "pupil" + "_list")
made(open_unit(municipality, params_file, store, "board"), grade="9", test="CE", domain="mathematics")"""


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_a_call_that_the_scan_cannot_see_is_refused_in_the_kernel_of_the_batch(demo_store, tmp_path, monkeypatch):
    """Also when the batch runs inside a kernel of a person's session, whose environment it inherits."""
    from analysis.batch.engine import Item, run_item
    from analysis.batch.forbidden import forbidden_calls

    cells = [nbformat.v4.new_code_cell("municipality = ''", id="parameters", metadata={"tags": ["parameters"]}),
             nbformat.v4.new_code_cell(CALLING, id="list")]  # fmt: skip
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=kernel)
    assert forbidden_calls(notebook, "n.ipynb") == []
    nbformat.write(notebook, tmp_path / "n.ipynb")
    monkeypatch.setenv("JPY_SESSION_NAME", "x.ipynb")
    monkeypatch.setenv(BATCH_MARK, "")
    item = Item("D001", "D001", "V", tmp_path / "n.ipynb", "board", "lv", str(demo_store), "", "k", "u")
    outcome = run_item(item, tmp_path / "private", tmp_path)
    assert (outcome.reason, outcome.cell, outcome.error) == ("cell_error", "list", "ListRefused")
    kept = next((tmp_path / "private").iterdir()).read_text("utf-8")
    assert "Pseidonīms" not in kept
