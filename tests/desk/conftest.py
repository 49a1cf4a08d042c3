"""A shelf on the demo store, and what the page's own notebook publishes beside it."""

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "notebooks" / "20_municipality.ipynb"


@pytest.fixture(scope="session")
def shelf(demo_store: Path, once: Callable[..., Path]) -> Any:
    """The municipalities of the demo store in a store of their own, so that what is kept beside it is seen."""
    import shutil

    from analysis.desk.shelf import open_shelf

    own = once("desk-store", lambda folder: shutil.copytree(demo_store, folder))
    return open_shelf(str(own), "board", "lv")


@pytest.fixture(scope="session")
def page_csv(demo_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], pd.DataFrame]:
    """The CSV beside a municipality's page, made by the cells of the page's notebook."""
    read: dict[str, pd.DataFrame] = {}

    def make(municipality_id: str) -> pd.DataFrame:
        if municipality_id not in read:
            cells = [cell for cell in nbformat.read(PAGE, as_version=4).cells if cell.cell_type == "code"]
            names: dict[str, Any] = {}
            for cell in cells[: [cell.id for cell in cells].index("release") + 1]:
                exec(compile(ast.parse(cell.source), cell.id, "exec"), names)
                if cell.id == "parameters":
                    names |= {"municipality": municipality_id, "params_file": "", "store": str(demo_store)}
            from analysis.report.frame import evidence_csv

            path = tmp_path_factory.mktemp("page") / "page.csv"
            path.write_text(evidence_csv(names["released"]), "utf-8")
            read[municipality_id] = read_csv(path)
        return read[municipality_id]

    return make


def read_csv(path: Path) -> pd.DataFrame:
    """Read a file of evidence as a reader does: text as it stands."""
    return pd.read_csv(path, dtype="str", keep_default_na=False)
