"""The batch refuses a notebook that names the pupil list, in whatever form, before anything starts."""

import nbformat
import pytest

from analysis.batch.forbidden import forbidden_calls

NAMED = [
    "pupil_list(unit, grade='9')",
    "from analysis.desk.pupil_list import pupil_list",
    "from analysis.desk.pupil_list import pupil_list as harmless",
    "from analysis.desk import pupil_list as harmless",
    "from analysis.desk.pupil_list import *",
    "import analysis.desk.pupil_list",
    "import analysis.desk.pupil_list as harmless\nharmless",
    "desk.pupil_list.pupil_list(unit)",
    "getattr(desk, 'pupil_list')(unit)",
    "importlib.import_module('analysis.desk.pupil_list')",
    "desk.__dict__['pupil_list']",
    "exec('from analysis.desk.pupil_list import pupil_list as a; a(unit)')",
    "f'{pupil_list(unit)}'",
    "x = [pupil_list for _ in range(3)]",
    "@pupil_list\ndef f(): ...",
    "show(pupil_list=1)",
    "%time pupil_list(unit)",
    "%%time\npupil_list(unit)",
    "!python -c 'import analysis.desk.pupil_list'",
    "this is no python: pupil_list",
]
HARMLESS = [
    "# pupil_list(unit) is for JupyterLab only\n1",
    "pupils = list(unit.schools)",
    "from analysis import report",
]


def notebook(*sources):
    cells = [nbformat.v4.new_code_cell(source, id=f"cell-{i}") for i, source in enumerate(sources)]
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("pupil_list"), *cells])


@pytest.mark.parametrize("source", NAMED)
def test_every_form_of_the_name_is_found(source):
    (fault,) = forbidden_calls(notebook("1", source), "n.ipynb")
    assert (fault.code, fault.answer, fault.facts["cell"]) == ("P08", "reject", "cell-1")


@pytest.mark.parametrize("source", HARMLESS)
def test_what_does_not_name_it_passes(source):
    assert forbidden_calls(notebook(source), "n.ipynb") == []


def test_no_notebook_of_the_project_names_it():
    from analysis.params import ROOT

    for path in (ROOT / "notebooks").glob("[0-9]*.ipynb"):
        assert forbidden_calls(nbformat.read(path, as_version=4), path.name) == []


def test_the_batch_ends_with_two_before_it_starts(demo_store, tmp_path, small_notebook, command):
    path = small_notebook(tmp_path / "n.ipynb", {"sly": "from analysis.desk.pupil_list import pupil_list as p"})
    done = command("reports", "--store", demo_store, "--notebook", path, "--out", tmp_path / "out")
    assert done.returncode == 2
    assert "P08 n.ipynb" in done.stdout
    assert "„sly”" in done.stdout
    assert not (tmp_path / "out").exists()
