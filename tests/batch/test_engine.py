"""One item: what a failure is called, which cell it names, and that nothing of it leaks or lingers."""

import errno
import os
import time
from pathlib import Path

import nbformat
import pytest
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.exceptions import PapermillExecutionError

from analysis.batch import engine
from analysis.batch.engine import Item, Outcome, run_item
from analysis.report.export import NotWhole, Page

CANARY = "Bērziņa 49.1234"


@pytest.fixture
def item(tmp_path):
    return Item("0023000", "0023000", "Ādaži", tmp_path / "n.ipynb", "public", "lv", "s", "p.yml", "key", "unit")


def in_cell(name: str) -> PapermillExecutionError:
    return PapermillExecutionError(1, 1, "source", name, CANARY, [CANARY])


@pytest.mark.parametrize(
    ("error", "reason", "said"),
    [
        (in_cell("ValueError"), "cell_error", "ValueError"),
        (in_cell("MemoryError"), "memory", "MemoryError"),
        (DeadKernelError(CANARY), "kernel_died", "DeadKernelError"),
        (CellTimeoutError(CANARY), "time", "CellTimeoutError"),
        (MemoryError(CANARY), "memory", "MemoryError"),
        (NotWhole("stopped_early"), "stopped_early", ""),
        (NotWhole("cell_error"), "stopped_early", ""),  # what `sys.exit(0)` leaves behind
        (NotWhole("h1: 2"), "incomplete", "h1: 2"),
        (OSError(errno.ENOSPC, CANARY), "disk", "OSError"),
        (OSError(errno.EFBIG, CANARY), "disk", "OSError"),
        (PermissionError(errno.EACCES, CANARY), "system", "PermissionError"),
        (KeyError(CANARY), "system", "KeyError"),
        (RuntimeError(CANARY), "system", "RuntimeError"),
    ],
)
def test_a_failure_has_a_class_and_no_text(item, error, reason, said, monkeypatch, tmp_path):
    def fail(*_):
        raise error

    monkeypatch.setattr(engine, "_execute", fail)
    assert run_item(item, tmp_path / "private", tmp_path) == Outcome(reason, "", said)


def test_a_page_that_vouches_for_other_data_is_not_published(item, monkeypatch, tmp_path):
    page = Page(html="<html>", csv="", title="", language="lv", key="another")
    monkeypatch.setattr(engine, "_execute", lambda *_: None)
    monkeypatch.setattr("analysis.report.export.page_of", lambda *_: page)
    assert run_item(item, tmp_path / "private", tmp_path) == Outcome("input_changed")


def test_a_page_that_vouches_for_its_own_data_is(item, monkeypatch, tmp_path):
    page = Page(html="<html>", csv="a,b", title="", language="lv", key="unit")
    monkeypatch.setattr(engine, "_execute", lambda *_: None)
    monkeypatch.setattr("analysis.report.export.page_of", lambda *_: page)
    assert run_item(item, tmp_path / "private", tmp_path) == Outcome(html="<html>", csv="a,b")


def executed(path: Path, *cells: tuple[str, str | None, list[str]]) -> Path:
    made = [nbformat.v4.new_code_cell("1", id=name, metadata={"tags": tags, "papermill": {"start_time": began}})
            for name, began, tags in cells]  # fmt: skip
    nbformat.write(nbformat.v4.new_notebook(cells=made), path)
    return path


@pytest.mark.parametrize(
    ("cells", "named"),
    [
        ([("open", "10:00", []), ("release", "10:01", []), ("done", None, [])], "release"),
        (
            [("parameters", "10:00", ["parameters"]), ("a1b2", "10:01", ["injected-parameters"]), ("open", None, [])],
            "parameters",
        ),
        ([("open", None, [])], ""),
    ],
)
def test_the_cell_named_is_the_last_that_began(cells, named, tmp_path):
    assert engine._last_cell(executed(tmp_path / "out.ipynb", *cells)) == named


def test_without_an_executed_notebook_no_cell_is_named(tmp_path):
    assert engine._last_cell(tmp_path / "out.ipynb") == ""


@pytest.mark.parametrize(("language", "file"), [("lv", "0023000.html"), ("en", "0023000.en.html")])
def test_a_page_is_named_after_the_slug_and_its_language(language, file):
    assert Item("0023000", "0023000", "Ādaži", Path("n.ipynb"), "public", language, "", "", "", "").file == file


SWALLOWS = """import time
while True:
    try:
        time.sleep(1)
    except KeyboardInterrupt:
        pass"""


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_an_endless_cell_is_ended_at_its_limit_even_if_it_swallows_interrupts(item, monkeypatch, tmp_path):
    cells = [nbformat.v4.new_code_cell("1", id="parameters", metadata={"tags": ["parameters"]}),
             nbformat.v4.new_code_cell(SWALLOWS, id="endless")]  # fmt: skip
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), item.notebook)
    monkeypatch.setattr(engine, "CELL_SECONDS", 2)
    began = time.monotonic()
    outcome = run_item(item, tmp_path / "private", tmp_path)
    assert (outcome.reason, outcome.cell) == ("time", "endless")
    assert time.monotonic() - began < 2 + 10 + 10  # the limit, the kill, and a kernel's start


def test_the_mark_of_the_batch_ends_with_the_kernel_it_is_for():
    """A JupyterLab started later from the same process must not inherit it: the pupil list would be refused there."""
    with engine._marked():
        assert engine.BATCH_MARK in os.environ
    assert engine.BATCH_MARK not in os.environ
