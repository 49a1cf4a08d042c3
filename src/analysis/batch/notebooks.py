"""The notebooks that a batch is asked for: found by name, whole, and calling nothing that is forbidden."""

from pathlib import Path
from typing import Any

import nbformat

from analysis.batch.forbidden import forbidden_calls
from analysis.faults import Fault, InputFaults
from analysis.params import ROOT, nearest


def notebook_path(name: str) -> Path:
    """Return the notebook of a name (``20_municipality``) or path.

    Raises
    ------
    InputFaults
        P04 no such notebook, P01 not a notebook, P08 it calls the pupil list.
    """
    path = Path(name) if name.endswith(".ipynb") else ROOT / "notebooks" / f"{name}.ipynb"
    if not path.is_file():
        known = sorted(p.stem for p in (ROOT / "notebooks").glob("*.ipynb"))
        raise InputFaults([Fault("P04", "--notebook", facts={"key": name, "nearest": nearest(name, known)})])
    calls = forbidden_calls(read_notebook(path), path.name)
    if calls:
        raise InputFaults(calls)
    return path.resolve()


def read_notebook(path: Path) -> Any:
    """Read a notebook; raises ``InputFaults`` (P01) where it is none."""
    try:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
    except (ValueError, KeyError, AttributeError, nbformat.ValidationError):
        raise InputFaults([Fault("P01", path.name, facts={"what": "Jupyter notebook"})]) from None
    return notebook
