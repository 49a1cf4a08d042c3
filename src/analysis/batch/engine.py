"""Running one item: a notebook for one municipality through Papermill, in a kernel of its own, and judging what came out."""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from analysis.params import ROOT

CELL_SECONDS = 300
START_SECONDS = 120


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
    other : str
        File name of the same page in the other language, if it is in the run.
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


def run_item(item: Item, private: str) -> Outcome:
    """Run a notebook and make its page.

    Parameters
    ----------
    item : Item
        What to run.
    private : str
        Folder (0700) for the executed notebook of an item that failed: it is raw data.

    Returns
    -------
    Outcome
        Never raises for a fault of the notebook: one failure stops nobody.
    """
    import nbformat
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    from analysis.report.export import NotWhole, page_of

    with tempfile.TemporaryDirectory(prefix="burtnica-") as scratch:
        executed = Path(scratch) / "out.ipynb"
        try:
            notebook = _execute(item, executed, scratch)
            page = page_of(notebook, item.other)
            if page.key != item.unit_key:
                return Outcome("input_changed")
            return Outcome(html=page.html, csv=page.csv)
        except PapermillExecutionError as error:
            _keep(executed, private, item)
            return Outcome("cell_error", _cell_name(item.notebook, error.cell_index), error.ename)
        except CellTimeoutError:
            return Outcome("time")
        except DeadKernelError:
            return Outcome("kernel_died")
        except NotWhole as error:
            _keep(executed, private, item)
            known = str(error) if str(error) in ("stopped_early", "cell_error") else "incomplete"
            return Outcome(known, error=str(error))
        except MemoryError:
            return Outcome("memory")
        except (OSError, RuntimeError, nbformat.ValidationError) as error:
            return Outcome("system", error=type(error).__name__)


def _execute(item: Item, executed: Path, scratch: str) -> object:
    import papermill
    from traitlets.config import Config

    for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[threads] = "1"
    parameters = {
        "municipality": item.municipality_id,
        "params_file": item.params_file,
        "store": item.store,
        "edition": item.edition,
        "language": item.language,
    }
    ipc = Config({"KernelManager": {"transport": "ipc", "ip": f"{scratch}/k"}}) if os.name == "posix" else Config()
    return papermill.execute_notebook(
        str(item.notebook), str(executed), parameters=parameters, kernel_name="python3", progress_bar=False,
        log_output=False, cwd=str(ROOT), start_timeout=START_SECONDS, execution_timeout=CELL_SECONDS, config=ipc,
    )  # fmt: skip


def _keep(executed: Path, private: str, item: Item) -> None:
    if executed.exists():
        folder = Path(private)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        target = folder / f"{item.slug}.{item.language}.ipynb"
        target.write_bytes(executed.read_bytes())
        target.chmod(0o600)


def _cell_name(notebook: Path, index: int) -> str:
    """Name the cell that failed by its id in the notebook; Papermill's injected cell shifts the numbers by one."""
    import nbformat

    cells = nbformat.read(notebook, as_version=4).cells
    injected = any("parameters" in cell.metadata.get("tags", []) for cell in cells[:index])
    place = index - 1 if injected else index
    return str(cells[place].get("id", place)) if 0 <= place < len(cells) else str(index)
