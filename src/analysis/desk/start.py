"""The start page's second step: one button that checks, prepares and makes the pages, and says what came of it."""

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets as widgets
from markupsafe import Markup

from analysis.params import ROOT
from analysis.words.catalogue import say

_LINK = "text-decoration: underline; color: var(--jp-content-link-color)"
_CODES = {0: "start_done", 1: "start_some_failed", 2: "start_bad_input", 75: "start_locked"}


def make_report(language: str = "lv", data: str = "", out: str = "") -> widgets.Widget:
    """Show the button that makes the pages of the board's own delivery, or of the sample where there is none.

    Parameters
    ----------
    language : {"lv", "en"}
        Of the button's words; the pages' own language is chosen beside it.
    data : str
        Folder of the delivery; empty: ``data/raw`` if it is filled, otherwise the sample.
    out : str
        Folder of the pages; empty: ``reports/``.

    Returns
    -------
    ipywidgets.Widget
        Runs the command ``burtnica reports`` in a process of its own: a fault there cannot stop the notebook, and what it
        says is shown in its own words.
    """
    pages = widgets.Dropdown(
        options=[(str(say(f"start_language_{code}", language)), code) for code in ("lv", "en", "both")],
        description=str(say("start_language", language)), style={"description_width": "initial"},
    )  # fmt: skip
    button = widgets.Button(
        description=str(say("start_make", language)), tooltip=str(say("start_make_tip", language)),
        button_style="primary", icon="file-text-o", layout={"width": "auto"},
    )  # fmt: skip
    told = widgets.HTML(_status(say("start_ready", language)))
    folder = Path(out) if out else ROOT / "reports"

    def run(_: Any) -> None:
        button.disabled = True
        told.value = _status(say("start_running", language))
        arguments = ["reports", "--language", str(pages.value), "--out", str(folder)]
        arguments += ["--data", data] if data else []
        _in_background(arguments, lambda code, words: _tell(told, button, folder, language, code, words))

    button.on_click(run)
    return widgets.VBox([widgets.HBox([pages, button]), told])


def _in_background(arguments: list[str], then: Callable[[int, str], None]) -> None:
    def work() -> None:
        command = [sys.executable, "-m", "analysis", *arguments]
        ended = subprocess.run(command, capture_output=True, encoding="utf-8", cwd=ROOT, check=False)
        then(ended.returncode, ended.stdout + ended.stderr)

    threading.Thread(target=work, daemon=True).start()


def _tell(told: widgets.HTML, button: widgets.Button, out: Path, language: str, code: int, words: str) -> None:
    button.disabled = False
    sentence = say(_CODES.get(code, "start_failed"), language)
    index = out / "public" / "index.html"
    if code in (0, 1) and index.is_file() and index.is_relative_to(ROOT):
        href = f"/files/{index.relative_to(ROOT).as_posix()}"
        sentence += Markup(' <a href="{}" target="_blank" style="{}">{}</a>').format(
            href, _LINK, say("start_open", language)
        )
    lines = [line for line in words.splitlines() if line.strip() and "%|" not in line]
    details = Markup("<details><summary>{}</summary><pre>{}</pre></details>").format(
        say("start_log", language), "\n".join(lines)
    )
    told.value = _status(sentence, details if lines else Markup())


def _status(sentence: Markup, more: Markup = Markup()) -> str:  # noqa: B008 - immutable
    return str(Markup('<div role="status" aria-live="polite">{}</div>{}').format(sentence, more))
