"""The plan panel in a real JupyterLab: a field moved by keyboard changes the numbers, all have labels, axe finds nothing."""

from pathlib import Path

import nbformat
import pytest
from tests.jupyterlab import errors, opened, run_all, server

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.browser, pytest.mark.slow]
_FIELDS = "[...document.querySelectorAll('.bp-controls select, .bp-controls input')]"


def test_the_panel_loads_moves_by_keyboard_and_is_readable(tmp_path, demo_store, chromium):
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import sync_playwright

    notebook = nbformat.read(ROOT / "notebooks" / "60_explore.ipynb", as_version=4)
    by_id = {cell.id: cell for cell in notebook.cells}
    by_id["parameters"].source = by_id["parameters"].source.replace('store = ""', f'store = "{demo_store}"')
    notebook.cells = [by_id["parameters"], by_id["plan"]]
    nbformat.write(notebook, tmp_path / "plan.ipynb")
    with server(tmp_path) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1400, "height": 2400})
        opened(page, address, "plan.ipynb")
        assert errors(run_all(page)) == []
        page.wait_for_selector(".bp-curve table", timeout=60_000)
        assert all(page.evaluate(f"{_FIELDS}.map(field => field.labels?.[0]?.textContent.trim())"))
        before = page.inner_text(".bp-plan")
        page.locator(".bp-controls select").first.focus()
        page.keyboard.press("Tab")
        page.keyboard.press("ArrowDown")
        page.wait_for_function(
            "before => document.querySelector('.bp-plan').innerText !== before", arg=before, timeout=60_000
        )
        assert page.evaluate(f"document.activeElement === {_FIELDS}[1]")
        assert page.evaluate(f"{_FIELDS}[1].value") == "-1"
        assert "Parādīts" in page.inner_text(".bp-status [role=status]")
        page.wait_for_selector(".bp-curve table", timeout=60_000)
        found = Axe().run(page, context=".bp").response["violations"]
        assert [(one["id"], [node["html"][:120] for node in one["nodes"]][:3]) for one in found] == []
        browser.close()
