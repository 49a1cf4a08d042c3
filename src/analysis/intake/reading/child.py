"""Native parsers run in a process of their own: one that hangs, eats memory or dies becomes a fault, never an end."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, Literal

from analysis.faults import Fault, InputFaults

WORKER = Path(__file__).with_name("worker.py")
SECONDS, PATIENCE = 20, 60  # of computing; of waiting
MEMORY = 1_500_000_000
_REFUSED, _OUT_OF_MEMORY, _DAMAGED = 3, 4, 5
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "ARROW_DEFAULT_MEMORY_POOL": "system"}
_NESTED = {"lv": "Parquet kolonna, kuras šūnās ir saraksti", "en": "a Parquet column with lists in its cells"}
_SHOWN_DIGITS = 10  # of a sha256: eleven digits in a row could pass for a personal code


def parsed(kind: Literal["workbook", "parquet"], path: Path, file: str, **task: Any) -> bytes:
    """Let the worker parse a file.

    Parameters
    ----------
    kind : {"workbook", "parquet"}
        What the file is.
    path : Path
        Where it lies.
    file : str
        Its name as the analyst knows it.
    **task
        ``head``: rows to read, 0 for all; ``sheet``: the one wanted.

    Returns
    -------
    bytes
        What ``worker.py`` wrote: lines of JSON for a workbook, an Arrow stream for Parquet.

    Raises
    ------
    InputFaults
        C17 out of time, C18 out of memory, C02 the parser died, and what the worker finds: C02, C04, C06, C07, C08, C09.
    """
    words = {"kind": kind, "path": str(path), "memory": MEMORY, "seconds": SECONDS, "head": 0, "sheet": None} | task
    command = [sys.executable, "-P", "-X", "utf8", str(WORKER)]
    try:
        ended = subprocess.run(
            command,
            input=json.dumps(words).encode(),
            capture_output=True,
            timeout=PATIENCE,
            env=os.environ | _ONE_THREAD,
        )
    except subprocess.TimeoutExpired:
        raise InputFaults([Fault("C17", file, facts={"seconds": PATIENCE})]) from None
    if ended.returncode:
        raise InputFaults([_fault(ended, kind, path, file)])
    return ended.stdout


def _fault(ended: "subprocess.CompletedProcess[bytes]", kind: str, path: Path, file: str) -> Fault:
    if ended.returncode == _REFUSED:
        facts = json.loads(ended.stdout)
        code, sheet = facts.pop("code"), facts.pop("sheet", None)
        facts = facts | ({"found": _NESTED} if facts.get("found") == "nested" else {})
        return Fault(code, file, sheet=sheet, facts=facts | ({"sha256": _digest(path)} if kind == "parquet" else {}))
    if ended.returncode == _DAMAGED:
        return Fault("C08", file, facts={"sha256": _digest(path)})
    if -ended.returncode in (getattr(signal, "SIGXCPU", None),):
        return Fault("C17", file, facts={"seconds": SECONDS})
    starved = ended.returncode in (_OUT_OF_MEMORY, -getattr(signal, "SIGKILL", 9)) or any(
        word in ended.stderr for word in (b"memory allocation", b"MemoryError", b"bad_alloc", b"malloc")
    )
    if starved:
        return Fault("C18", file, facts={"size": MEMORY // 1_000_000})
    return Fault("C02", file, facts={"found": {"workbook": "xlsx", "parquet": "Parquet"}[kind]})


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:_SHOWN_DIGITS] + "…"
