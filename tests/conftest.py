"""What tests share: the demo set and its store, the folder of public data, a browser."""

import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session", autouse=True)
def own_key(tmp_path_factory: pytest.TempPathFactory) -> None:
    """No test reads or makes the key of the person who runs it."""
    os.environ["BURTNICA_KEY"] = str(tmp_path_factory.mktemp("key") / "pseudonyms.key")


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small demo set."""
    from analysis.intake.demo import write_demo

    return write_demo(tmp_path_factory.mktemp("demo") / "demo")


@pytest.fixture(scope="session")
def demo_store(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store of the small demo set."""
    from analysis.batch.prepare import prepare

    store = tmp_path_factory.mktemp("store")
    prepare(demo, (), store)
    return store


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
