"""Take the tutorial's pictures from the real thing: JupyterLab in Chromium, the sample export, the form, the pages.

    python tools/pictures.py [lv|en …]

Works in a copy of the project, so that nobody's data, reports or notebooks are touched; writes docs/tutorial/<language>/*.png.
The steps are those of the tutorial, in its order: where one of them stops working, this stops too.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
OUT = ROOT / "docs" / "tutorial"
COPIED = ("src", "notebooks", "params", "data/maps", "data/reference", "tools", "docs/tutorial", "pyproject.toml")
EXPORT = "eksamenu_rezultati.xlsx"
WIDTH = 1400


def copy_of_project(folder: Path) -> Path:
    """Copy what the workbook needs to run, and put the sample export where a board puts its own files."""
    project = folder / "burtnica"
    for name in COPIED:
        source, target = ROOT / name, project / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints"))
        elif source.exists():
            shutil.copy2(source, target)
    return project


@contextmanager
def desk(project: Path) -> Iterator[tuple[Any, str]]:
    """Open a browser on JupyterLab in the copy; gives the page and the address."""
    from playwright.sync_api import sync_playwright
    from tests.jupyterlab import server

    chromium = next(p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n)))
    with server(project, project) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser.new_page(viewport={"width": WIDTH, "height": 1000}, locale="lv-LV"), address
        browser.close()


def run(page: Any, address: str, notebook: str, **values: str) -> None:
    """Open a notebook, set values of its first cell as an analyst does, and run it."""
    from tests.jupyterlab import errors, opened, run_all

    opened(page, address, f"notebooks/{notebook}.ipynb")
    page.evaluate(
        """values => { for (const w of jupyterapp.shell.currentWidget.content.widgets) {
          const model = w.model.sharedModel;
          if (!(model.metadata?.tags || []).includes('parameters')) continue;
          let source = model.source;
          for (const [name, value] of Object.entries(values))
            source = source.replace(new RegExp(`^${name} = .*$`, 'm'), `${name} = "${value}"`);
          model.setSource(source); } }""",
        values,
    )
    found = run_all(page, 600)
    assert errors(found) == [], errors(found)
    page.evaluate("() => { jupyterapp.shell.collapseLeft(); jupyterapp.shell.collapseRight?.(); }")


class Album:
    """The pictures of one language, numbered in the order in which they are taken; says how long each step took."""

    def __init__(self, page: Any, language: str) -> None:
        self.page, self.folder, self.number, self.began = page, OUT / language, 0, time.monotonic()
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)

    def take(self, name: str, selector: str = "", top: bool = True, height: int = 1000) -> None:
        """Take one picture, of the window with an element at its top."""
        self.number += 1
        self.page.set_viewport_size({"width": WIDTH, "height": height})
        if selector:
            self.page.locator(selector).first.evaluate(
                f"e => e.scrollIntoView({{block: '{'start' if top else 'end'}'}})"
            )
        self.page.wait_for_timeout(700)
        path = self.folder / f"{self.number:02d}-{name}.png"
        self.page.screenshot(path=str(path))
        smaller(path)
        print(f"{path.relative_to(ROOT)}  {time.monotonic() - self.began:.0f} s", flush=True)


def smaller(path: Path) -> None:
    """Keep a picture with 128 colours: a third of the size, and nothing to be seen of it."""
    from PIL import Image

    with Image.open(path) as picture:
        picture.convert("RGB").quantize(128).save(path, optimize=True)


def words(key: str, language: str, **facts: object) -> str:
    """Return words of the catalogue as a reader sees them."""
    from analysis.words.catalogue import say

    return str(say(key, language, **facts).unescape())


def start(page: Any, address: str, language: str, album: Album) -> None:
    """The start page; then the export is mapped by the form, checked and saved."""
    run(page, address, "00_start", language=language)
    page.wait_for_selector(".b-form select", timeout=60_000)
    album.take("start", ".jp-Notebook h1")
    page.get_by_label(words("form_file", language), exact=True).select_option(EXPORT)
    page.wait_for_selector(f"text={words('form_step_check', language)}", timeout=60_000)
    album.take("file", f"text={words('form_step_reading', language)}")
    album.take("proposals", f"text={words('form_step_columns', language)}", height=1300)
    page.get_by_role("button", name=re.compile(re.escape(words("form_accept_all", language, n=0)[:18]))).click()
    page.wait_for_selector("button:has-text('(0)')", timeout=60_000)
    page.get_by_label(words("form_scope", language), exact=True).select_option(
        label=words("form_scope_board", language)
    )
    page.get_by_label(words("form_municipality", language), exact=True).select_option(index=1)
    page.wait_for_selector(f"text={words('form_no_gaps', language)}", timeout=60_000)
    page.get_by_role("button", name=words("form_check", language), exact=True).click()
    page.wait_for_selector(f"text={words('form_checked_sound', language)}", timeout=120_000)
    page.get_by_role("button", name=words("form_save", language), exact=True).click()
    page.wait_for_selector("text=.map.yml", timeout=60_000)
    album.take("saved", f"text={words('form_step_delivery', language)}", height=1300)


def report(page: Any, language: str, album: Album) -> None:
    """The button of the second step, and the page that it made."""
    pages = page.get_by_label(words("start_language", language), exact=True)
    pages.select_option(label=words(f"start_language_{language}", language))
    page.locator(f"button:has-text('{words('start_make', language)}')").click()
    page.wait_for_selector(f"text={words('start_open', language)}", timeout=600_000)
    album.take("made", f"button:has-text('{words('start_make', language)}')")


def finished(page: Any, project: Path, language: str, album: Album) -> None:
    """The finished page as a reader opens it."""
    ending = ".en.html" if language == "en" else ".html"
    made = next(p for p in (project / "reports" / "public").rglob(f"D003{ending}"))
    page.goto(made.as_uri())
    album.take("page", height=1300)


def main(languages: list[str]) -> None:
    """Take all pictures of the languages."""
    with tempfile.TemporaryDirectory() as scratch:
        for language in languages:
            project = copy_of_project(Path(scratch) / language)
            sys.path.insert(0, str(project / "src"))
            import runpy

            runpy.run_path(str(ROOT / "tools" / "sample_export.py"))["write"](project / "data" / "raw")
            with desk(project) as (page, address):
                album = Album(page, language)
                start(page, address, language, album)
                report(page, language, album)
                run(page, address, "10_data_check", language=language)
                album.take("data-check", ".jp-RenderedHTML header", height=1300)
                run(page, address, "60_explore", language=language, municipality="D003", store="data/store/raw")
                page.wait_for_selector(".bx .view", timeout=120_000)
                album.take("explore", ".bx")
                finished(page, project, language, album)


if __name__ == "__main__":
    main(sys.argv[1:] or ["lv", "en"])
