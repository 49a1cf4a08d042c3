"""Pages made of the real notebook without a kernel: its cells run here, on a unit that a test has changed."""

import ast
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
import yaml
from tests.report.aims_rows import Told, text

from analysis.batch.open import open_unit
from analysis.release import release
from analysis.report.export import Page, page_of
from analysis.report.frame import header
from analysis.report.html import Section
from analysis.words import catalogue

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOK = ROOT / "notebooks" / "20_municipality.ipynb"
CHECK = ROOT / "notebooks" / "10_data_check.ipynb"


def displayed(value: Any) -> list[Any]:
    bundle = value._repr_mimebundle_() if hasattr(value, "_repr_mimebundle_") else {"text/plain": repr(value)}
    data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
    return [nbformat.v4.new_output("execute_result", data, metadata=metadata, execution_count=1)]


def executed(unit: Any, monkeypatch: pytest.MonkeyPatch, path: Path = NOTEBOOK) -> Any:
    """The notebook as a kernel would leave it, for a given unit (or delivery that was checked)."""
    monkeypatch.setattr("analysis.batch.open_unit", lambda *_: unit)
    monkeypatch.setattr("analysis.batch.open_check", lambda *_: unit)
    notebook, names = nbformat.read(path, as_version=4), dict[str, Any]()
    for count, cell in enumerate((c for c in notebook.cells if c.cell_type == "code"), start=1):
        body = ast.parse(cell.source)
        shown = ast.Expression(body.body.pop().value) if isinstance(body.body[-1], ast.Expr) else None
        exec(compile(body, cell.id, "exec"), names)
        cell.execution_count = count
        cell.outputs = displayed(eval(compile(shown, cell.id, "eval"), names)) if shown else []
    return notebook


@pytest.fixture
def notebook_of(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], Any]:
    """Make the executed notebook of a unit."""
    return lambda unit: executed(unit, monkeypatch)


@pytest.fixture
def page_for(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], Page]:
    """Make the page of a unit."""
    return lambda unit: page_of(executed(unit, monkeypatch))


@pytest.fixture
def check_notebook_of(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], Any]:
    """Make the executed notebook on the data of a delivery that was checked."""
    return lambda checked: executed(checked, monkeypatch, CHECK)


@pytest.fixture
def check_page_for(check_notebook_of: Callable[[Any], Any]) -> Callable[[Any], Page]:
    """Make the page on the data of a delivery that was checked."""
    return lambda checked: page_of(check_notebook_of(checked))


@pytest.fixture(scope="session")
def large(demo_store: Path) -> Any:
    """The largest municipality of the demo set."""
    return open_unit("D001", store=str(demo_store))


@pytest.fixture(scope="session")
def tiny(demo_store: Path) -> Any:
    """The smallest one."""
    return open_unit("D005", store=str(demo_store))


class Read(HTMLParser):
    """A page as a test asks for it: tags with attributes, text without style and code, rows of tables."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text: list[str] = []
        self.css: list[str] = []
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag in ("style", "code", "script"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1] == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if not self._open:
            self.text.append(data)
        elif self._open[-1] == "style":
            self.css.append(data)

    def all(self, tag: str) -> list[dict[str, str]]:
        """Attributes of every such tag."""
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def words(self) -> str:
        """All text a reader meets, also what a screen reader says."""
        said = [a["aria-label"] for _, a in self.tags if "aria-label" in a]
        return "\n".join([*self.text, *said])


@pytest.fixture(scope="session")
def read() -> Callable[[str], Read]:
    """Read a page's HTML."""
    return Read


@pytest.fixture
def says_all(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Check that some cases of evidence make a section say every sentence of its file, each without a slip."""

    def check(file: str, unit: Any, make: Callable[..., Section], *cases: tuple[pd.DataFrame, ...]) -> None:
        told = Told()
        monkeypatch.setattr(catalogue, "sentences", lambda: told)
        for frames in cases:
            shown = make(unit, *frames)
            header(unit, release(list(frames), unit.params), shown)
            assert ".." not in text(shown)
        words = yaml.safe_load((Path(catalogue.__file__).parent / file).read_text("utf-8"))
        assert set(words) - told.keys_told == set()

    return check
