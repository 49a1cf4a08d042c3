"""A real JupyterLab in Chromium: start it, open a notebook, run it, ask what its cells hold."""

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TOKEN = "test"
_CELLS = """() => {
  const found = jupyterapp.shell.currentWidget.content.widgets;
  return found.map(w => ({
    id: w.model.id, type: w.model.type, source: w.model.sharedModel.source,
    count: w.model.executionCount ?? null, state: w.model.executionState ?? '',
    outputs: w.model.outputs ? w.model.outputs.toJSON() : [] }));
}"""


@contextmanager
def server(root: Path, project: Path = ROOT) -> Iterator[str]:
    """Serve a folder by JupyterLab with the package of a project's checkout importable; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}", "--expose-app-in-browser",
        f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={root}",
        f"--LabApp.app_settings_dir={project / 'tools' / 'lab' / 'settings'}",
        "--LabApp.extension_manager=readonly",
    ]  # fmt: skip
    environment = os.environ | {"PYTHONPATH": str(project / "src")}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_for(address: str, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 90
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError("JupyterLab did not start")
        try:
            with urllib.request.urlopen(f"{address}/api/status?token={TOKEN}", timeout=2):
                return
        except OSError:
            time.sleep(0.3)
    raise RuntimeError("JupyterLab did not answer")


def opened(page: Any, address: str, notebook: str) -> None:
    """Open a notebook and wait until its kernel is ready."""
    page.goto(f"{address}/lab/tree/{notebook}?token={TOKEN}&reset")
    page.wait_for_function(
        "window.jupyterapp && jupyterapp.shell.currentWidget?.sessionContext?.isReady", timeout=90_000
    )
    page.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.ready")


def run_all(page: Any, seconds: int = 240) -> list[dict[str, Any]]:
    """Run all cells as *Run → Run All Cells* does and return them with their outputs."""
    page.evaluate("() => { jupyterapp.commands.execute('notebook:run-all-cells'); }")
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        code = [cell for cell in cells(page) if cell["type"] == "code" and cell["source"].strip()]
        failed = any(output["output_type"] == "error" for cell in code for output in cell["outputs"])
        if code and (failed or all(cell["count"] and cell["state"] != "running" for cell in code)):
            return cells(page)
        time.sleep(0.5)
    raise TimeoutError("not all cells ran")


def cells(page: Any) -> list[dict[str, Any]]:
    """Return the notebook's cells as the page holds them."""
    found: list[dict[str, Any]] = page.evaluate(_CELLS)
    return found


def errors(found: list[dict[str, Any]]) -> list[str]:
    """Return what a reader must never meet: errors of cells, and tracebacks in words."""
    said = [json.dumps(output) for cell in found for output in cell["outputs"] if output["output_type"] == "error"]
    return said + [cell["id"] for cell in found if re.search(r"Traceback \(most recent", json.dumps(cell["outputs"]))]
