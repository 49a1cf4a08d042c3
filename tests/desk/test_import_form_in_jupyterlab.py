"""Two exports of unknown layout become a sound delivery in a real JupyterLab, by keyboard alone; the notebook keeps no row."""

import json
import time
from collections.abc import Callable

import nbformat
import pytest
from tests.jupyterlab import errors, opened, run_all, server

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NOTEBOOK = "forma.ipynb"
_FOCUSED = """() => {
  const at = document.activeElement;
  const label = at.labels && at.labels.length ? at.labels[0].textContent : at.getAttribute('aria-label') || at.textContent;
  return [at.tagName, (label || '').trim()];
}"""
#: Every field that a person can reach, and whether it has words for those who do not see it.
_NAMELESS = """() => [...document.querySelectorAll('.b-form input, .b-form select, .b-form button')]
  .filter(e => e.offsetParent && e.type !== 'file')
  .filter(e => !((e.labels?.[0]?.textContent || e.getAttribute('aria-label') || e.textContent).trim()))
  .map(e => e.outerHTML.slice(0, 120))"""
_CUT_OFF = """() => [...document.querySelectorAll('.b-form .widget-label, .b-form button')]
  .filter(e => e.offsetParent && e.scrollWidth > e.clientWidth + 1).map(e => e.textContent)"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A JupyterLab that serves nothing but a scratch notebook."""
    root = tmp_path_factory.mktemp("lab")
    with server(root) as address:
        yield root, address


@pytest.fixture(scope="module")
def page(chromium):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser.new_page(viewport={"width": 1400, "height": 1000})
        browser.close()


def show_form(page, lab, folder) -> None:
    """Open the form on a folder, in a notebook that holds its one line and nothing else."""
    root, address = lab
    call = f"from analysis.desk.import_form import import_form\nimport_form({str(folder)!r})"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(call)])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, root / NOTEBOOK)
    opened(page, address, NOTEBOOK)
    assert errors(run_all(page, 60)) == []
    page.wait_for_selector(".b-form select", timeout=30_000)
    page.keyboard.press("Escape")


def tab_to(page, kind: str, name: str | Callable[[str], bool], key: str = "Tab", most: int = 160) -> None:
    """Press Tab, or Shift+Tab, until a field of this kind and label has the focus."""
    fits = name if callable(name) else lambda label: label == name
    seen = []
    for _ in range(most):
        page.keyboard.press(key)
        tag, label = page.evaluate(_FOCUSED)
        if tag == kind and fits(label):
            return
        seen.append((tag, label[:40]))
    raise AssertionError(f"Tab never reached {name}; it went over {seen}")


def accept_all(page) -> None:
    page.wait_for_selector("button:has-text('Pieņemt visus'):not(:has-text('(0)'))", timeout=30_000)
    tab_to(page, "BUTTON", lambda label: label.startswith("Pieņemt visus"))
    page.keyboard.press("Enter")
    page.wait_for_selector("button:has-text('(0)')", timeout=30_000)


def save(page, file: str) -> None:
    page.wait_for_selector("text=Viss vajadzīgais ir izlemts", timeout=30_000)
    tab_to(page, "BUTTON", "Saglabāt")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"text={file}", timeout=60_000)


def test_two_exports_become_a_sound_delivery_by_keyboard_alone(page, lab, export, command, canaries):
    folder = export("csv", "xlsx")
    show_form(page, lab, folder)

    tab_to(page, "SELECT", "Fails")  # Windows-1257, semicolons, a lone M, a row of totals
    page.keyboard.press("ArrowDown")
    page.wait_for_selector("td:text-is('Izdomātā 2. pamatskola')", timeout=30_000)
    accept_all(page)
    tab_to(page, "SELECT", "M")
    page.keyboard.press("n")
    tab_to(page, "SELECT", "Piegādē ir")
    page.keyboard.press("ArrowDown")
    page.wait_for_selector("label:text-is('Pašvaldība')", timeout=30_000)
    tab_to(page, "SELECT", "Pašvaldība")
    page.keyboard.press("c")
    save(page, "ce rezultati 2023_2024.map.yml un delivery.yml")
    assert page.evaluate(_NAMELESS) == []
    assert page.evaluate(_CUT_OFF) == []
    assert "burtnica reports" in page.locator(".b-form").inner_text()

    tab_to(
        page, "SELECT", "Fails", "Shift+Tab"
    )  # titles, a merged header of two lines, subjects side by side, a footnote
    page.keyboard.press("ArrowDown")
    page.wait_for_selector("td:text-is('9. klases eksāmeni, 2023./2024. mācību …')", timeout=30_000)
    accept_all(page)
    tab_to(page, "SELECT", "Tukša šūna nozīmē")
    page.keyboard.press("End")
    save(page, "eksāmeni 2024.map.yml un delivery.yml")

    ended = command("check", folder)
    assert ended.returncode == 0, ended.stdout
    assert_the_saved_notebook_keeps_no_row(page, lab, canaries)


def assert_the_saved_notebook_keeps_no_row(page, lab, canaries) -> None:
    saved = lab[0] / NOTEBOOK
    before = saved.stat().st_mtime_ns
    page.evaluate("() => jupyterapp.commands.execute('docmanager:save')")
    until = time.monotonic() + 20
    while saved.stat().st_mtime_ns == before and time.monotonic() < until:
        time.sleep(0.2)
    notebook = json.loads(saved.read_text("utf-8"))
    assert notebook["cells"][0]["outputs"]
    assert "widgets" not in notebook["metadata"]
    assert [canary for canary in canaries if canary in saved.read_text("utf-8")] == []
