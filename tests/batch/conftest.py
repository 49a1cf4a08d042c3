"""A small notebook that a kernel runs in a few seconds, and cells that go wrong."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from analysis.batch.engine import Item, Outcome
from analysis.batch.gate import Asked

PARAMETERS = 'municipality = "D001"\nparams_file = ""\nstore = ""\nedition = "public"\nlanguage = "lv"'
OPEN = """from analysis import report, stats
from analysis.batch import open_unit
from analysis.release import release

unit = open_unit(municipality, params_file, store, edition, language)"""
RELEASE = "released = release([stats.roster(unit.results, unit.school_results)], unit.params)"
CELLS = {
    "open": OPEN,
    "release": RELEASE,
    "header": "report.header(unit, released)",
    "about-data": "report.about_data(unit, released)",
    "evidence-file": "report.evidence_file(released)",
    "done": "report.done(unit)",
}
Write = Callable[..., Path]


@pytest.fixture(scope="session")
def by_hand() -> Callable[..., Any]:
    """Stand in for :func:`analysis.batch.workers.outcomes`: pages made by hand, and a gate that lets everything through."""

    def made_by(make: Callable[[Item], Outcome], judge: Callable[[Asked], Outcome] = lambda _: Outcome()) -> Any:
        def outcomes(tasks: list[Item | Asked], *_: object) -> Iterator[tuple[Item | Asked, Outcome]]:
            while tasks:
                task = tasks.pop(0)
                yield task, make(task) if isinstance(task, Item) else judge(task)

        return outcomes

    return made_by


@pytest.fixture(scope="session")
def small_notebook() -> Write:
    """Write a notebook with header and data section alone; ``before`` puts cells (id → source) before the header."""

    def write(path: Path, before: dict[str, str] | None = None) -> Path:
        cells = [nbformat.v4.new_code_cell(PARAMETERS, id="parameters", metadata={"tags": ["parameters"]})]
        for name, source in CELLS.items():
            extra = (before or {}) if name == "header" else {}
            cells += [nbformat.v4.new_code_cell(text, id=key) for key, text in extra.items()]
            tags = {"tags": ["publish"]} if name in ("header", "about-data") else {}
            cells.append(nbformat.v4.new_code_cell(source, id=name, metadata=tags))
        kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), path)
        return path

    return write
