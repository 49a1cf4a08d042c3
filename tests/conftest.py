"""What tests share: the demo set and its store, a run of the batch, the folder of public data, a browser."""

import fcntl
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session", autouse=True)
def own_key(tmp_path_factory: pytest.TempPathFactory) -> None:
    """No test reads or makes the key of the person who runs it."""
    os.environ["BURTNICA_KEY"] = str(tmp_path_factory.mktemp("key") / "pseudonyms.key")


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Callable[..., Path]:
    """Make a folder that costs seconds only once, also where several workers run the tests."""
    base = tmp_path_factory.getbasetemp()
    base = base.parent if hasattr(request.config, "workerinput") else base

    def make(name: str, fill: Callable[[Path], Any]) -> Path:
        folder = base / name
        with (base / f"{name}.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (base / f"{name}.made").exists():
                shutil.rmtree(folder, ignore_errors=True)
                fill(folder)
                (base / f"{name}.made").touch()
        return folder

    return make


def burtnica(*arguments: object, **more: Any) -> "subprocess.CompletedProcess[str]":
    """Run a command as a user does, from wherever this was installed; ``more`` goes to the environment, ``cwd`` apart."""
    cwd = more.pop("cwd", None)
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")} | more
    command = [sys.executable, "-m", "analysis", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", env=environment, cwd=cwd, check=False)


@pytest.fixture(scope="session")
def command() -> Callable[..., "subprocess.CompletedProcess[str]"]:
    """Run ``burtnica`` in a process of its own."""
    return burtnica


@pytest.fixture(scope="session")
def demo(once: Callable[..., Path]) -> Path:
    """The small demo set."""
    from analysis.intake.demo import write_demo

    return once("demo", write_demo)


@pytest.fixture(scope="session")
def demo_store(demo: Path, once: Callable[..., Path]) -> Path:
    """The store of the small demo set."""
    from analysis.batch.prepare import prepare

    return once("demo-store", lambda store: prepare(demo, (), store))


@pytest.fixture(scope="session")
def reports(demo_store: Path, once: Callable[..., Path]) -> Path:
    """What the batch publishes of the small demo set in both languages; ``ended.json`` beside it says how it ended."""

    def fill(folder: Path) -> None:
        ended = burtnica(
            "reports", "--store", demo_store, "--language", "both", "--workers", "2", "--out", folder / "out"
        )
        facts = {"code": ended.returncode, "out": ended.stdout, "err": ended.stderr}
        (folder / "ended.json").write_text(json.dumps(facts), encoding="utf-8")

    return once("reports", fill)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of public data that lie outside the project."""
    folder = Path(os.environ.get("BURTNICA_SHARED", ROOT.parent / "shared")) / "data"
    if not folder.is_dir():
        pytest.skip("public data are not here: set BURTNICA_SHARED")
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium; without one browser tests are skipped with a warning, and fail where CI=true."""
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        path = shutil.which(name)
        if path:
            return path
    message = "NO BROWSER: the pages were not opened; apt-get install chromium"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)
