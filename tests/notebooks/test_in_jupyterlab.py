"""*Run → Run All Cells* in a real JupyterLab: no error, and something to see under each displaying cell."""

import shutil
from pathlib import Path

import pytest
from tests.jupyterlab import errors, opened, run_all, server

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Serve copies: JupyterLab saves what it shows, and the project's own notebooks stay without outputs."""
    root = tmp_path_factory.mktemp("lab")
    shutil.copytree(ROOT / "notebooks", root / "notebooks", ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    with server(root) as at:
        yield at


@pytest.fixture(scope="module")
def page(chromium):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser.new_page(viewport={"width": 1400, "height": 1600})
        browser.close()


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_run_all_shows_no_error(page, address, name):
    opened(page, address, f"notebooks/{name}")
    found = run_all(page)
    assert errors(found) == []
    assert any(cell["outputs"] for cell in found)
