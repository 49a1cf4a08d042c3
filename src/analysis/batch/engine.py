"""Running one item: a notebook for one municipality through Papermill, in a kernel of its own, and judging what came out."""

import errno
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.params import ROOT

BATCH_MARK = "BURTNICA_BATCH"
CELL_SECONDS = 300
ITEM_SECONDS = 900
START_SECONDS = 120
QUIET = "--IPKernelApp.log_level=CRITICAL"  # a kernel that is told to stop reports its own interrupt as an error
DISK = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)


@dataclass(frozen=True)
class Item:
    """One page to make.

    Attributes
    ----------
    municipality_id, slug, name : str
        For whom.
    notebook : Path
        Which notebook.
    edition, language, store : str
        Its string parameters.
    params_file : str
        The municipality's own parameters.
    key : str
        Digest of all that decides the page, the notebook included.
    unit_key : str
        Digest of what the notebook itself can know; its last cell must vouch for the same.
    other : str
        File name of the same page in the other language, if it is in the run.
    earlier : str
        Name and digest of the issue it compares itself with, if there is one.
    school_id, place : str
        The school where the page is a school's, and the name of its municipality.
    """

    municipality_id: str
    slug: str
    name: str
    notebook: Path
    edition: str
    language: str
    store: str
    params_file: str
    key: str
    unit_key: str
    other: str = ""
    earlier: str = ""
    school_id: str = ""
    place: str = ""

    @property
    def parameters(self) -> dict[str, str]:
        """The notebook's parameters: a school only for notebooks that take one."""
        given = {name: getattr(self, name) for name in ("params_file", "store", "edition", "language")}
        return {"municipality": self.municipality_id} | given | ({"school": self.school_id} if self.school_id else {})

    @property
    def file(self) -> str:
        """Name of the page's file."""
        return f"{self.slug}{'' if self.language == 'lv' else '.en'}.html"


@dataclass(frozen=True)
class Outcome:
    """What became of an item: ``reason`` is empty when it is done; texts that may hold data are in the private log only."""

    reason: str = ""
    cell: str = ""
    error: str = ""
    html: str = ""
    csv: str = ""
    document: bytes = b""


def run_item(item: Item, private: Path, scratch: Path) -> Outcome:
    """Run a notebook and make its page.

    Parameters
    ----------
    item : Item
        What to run.
    private : Path
        Folder (0700) for the executed notebook of an item that failed: it is raw data.
    scratch : Path
        Folder for what is thrown away; short, for the kernel's sockets lie in it.

    Returns
    -------
    Outcome
        Never raises for a fault of the notebook, the page or this machine: one failure stops nobody.
    """
    with tempfile.TemporaryDirectory(dir=scratch) as own:
        executed = Path(own) / "out.ipynb"
        try:
            return _page(item, executed)
        except Exception as error:
            reason, kind = _reason(error)
            with suppress(OSError, ValueError):  # a full disk may forbid this too; the reason stays what it was
                _keep(executed, private, item)
                return Outcome(reason, _last_cell(executed), kind)
            return Outcome(reason, error=kind)


def _page(item: Item, executed: Path) -> Outcome:
    from analysis.report.export import page_of

    page = page_of(_execute(item, executed), item.other)
    if page.key != item.unit_key:
        return Outcome("input_changed")
    return Outcome(html=page.html, csv=page.csv, document=page.document)


def _reason(error: Exception) -> tuple[str, str]:
    """Return the class of a failure and what may be said of it in public: a class name or a broken rule, never its text."""
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    from analysis.report.export import NotWhole

    name = type(error).__name__
    if isinstance(error, PapermillExecutionError):
        return ("memory" if error.ename == "MemoryError" else "cell_error"), str(error.ename)
    if isinstance(error, NotWhole):
        # Papermill raises for every error in a cell but one: `sys.exit(0)` it takes for success.
        early = str(error) in ("stopped_early", "cell_error")
        return ("stopped_early", "") if early else ("incomplete", str(error))
    if isinstance(error, OSError) and error.errno in DISK:
        return "disk", name
    return {CellTimeoutError: "time", DeadKernelError: "kernel_died", MemoryError: "memory"}.get(
        type(error), "system"
    ), name


def _execute(item: Item, executed: Path) -> Any:
    import papermill
    from traitlets.config import Config

    for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[threads] = "1"
    # Sockets in the item's own folder (0700) instead of unencrypted TCP that every user of the machine can reach.
    ipc = {"transport": "ipc", "ip": f"{executed.parent}/k"} if os.name == "posix" else {}
    until = time.monotonic() + ITEM_SECONDS
    with _marked():
        return papermill.execute_notebook(
            str(item.notebook), str(executed), parameters=item.parameters, kernel_name="python3", progress_bar=False,
            log_output=False, cwd=str(ROOT), start_timeout=START_SECONDS, config=Config({"KernelManager": ipc}),
            extra_arguments=[QUIET], timeout_func=lambda _: max(1, min(CELL_SECONDS, int(until - time.monotonic()))),
        )  # fmt: skip


@contextmanager
def _marked() -> Iterator[None]:
    """Mark the environment that a kernel inherits: what is only for a person refuses to run there."""
    os.environ[BATCH_MARK] = "1"
    try:
        yield
    finally:
        del os.environ[BATCH_MARK]


def _keep(executed: Path, private: Path, item: Item) -> None:
    if executed.exists():
        private.mkdir(parents=True, exist_ok=True, mode=0o700)
        target = private / f"{item.notebook.stem}.{item.slug}.{item.edition}.{item.language}.ipynb"
        target.touch(mode=0o600)
        target.write_bytes(executed.read_bytes())


def _last_cell(executed: Path) -> str:
    """Name the last cell that began, by its id in the notebook: where an item failed, it failed there."""
    import nbformat

    if not executed.exists():
        return ""
    cells = nbformat.read(executed, as_version=4).cells
    begun = [
        cell for cell in cells if cell.cell_type == "code" and cell.metadata.get("papermill", {}).get("start_time")
    ]
    if not begun:
        return ""
    injected = "injected-parameters" in begun[-1].metadata.get("tags", [])
    return "parameters" if injected else str(begun[-1].get("id", ""))
