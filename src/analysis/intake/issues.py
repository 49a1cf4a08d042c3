"""Issues: what a run published, frozen beside the versions of a store, and never changed again."""

import hashlib
import io
import json
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.evidence import COLUMNS, KEYS, evidence
from analysis.faults import Fault, InputFaults
from analysis.intake.store import slug
from analysis.words.cells import as_it_was

FOLDER, FACTS = "issues", "issue.json"
FORMAT = 1  # of issues alone: a store may be of a later format than the issues beside it
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
_TEXT = dict.fromkeys([*KEYS, "unit", "reference", "verdict", "method"], "str")  # what is not a number below
_NUMBERS = {"year_from": "Int64", "school_year": "Int64", "n": "Int64"}
_NUMBERS_OF_SUMS = {"school_year": "int64", "n": "int64", "cut": "float64", "total": "float64", "squares": "float64"}


@dataclass(frozen=True)
class Issue:
    """One frozen issue.

    Attributes
    ----------
    folder : Path
        Its own folder, named by its name.
    facts : dict
        ``order`` (1 is the oldest), ``store`` (version it was made from), ``params`` (municipality → digest of what it
        set), ``places`` (municipality → name), ``files`` (path → sha256), ``digest`` of all content.
    """

    folder: Path
    facts: dict[str, Any]

    @property
    def name(self) -> str:
        """Name that ``--issue`` gave."""
        return self.folder.name

    def read(self, path: str) -> pd.DataFrame:
        """Read one of its tables; evidence in the shape of evidence, everything else as it was written.

        Raises
        ------
        InputFaults
            D42: the file is gone or is not what was frozen.
        """
        try:
            data = (self.folder / path).read_bytes()
        except OSError:
            data = b""
        if hashlib.sha256(data).hexdigest() != self.facts["files"].get(path):
            raise InputFaults([Fault("D42", f"{FOLDER}/{self.name}/{path}")])
        if path.startswith("evidence/"):
            return _evidence(data)
        columns = [str(column) for column in pd.read_csv(io.BytesIO(data), nrows=0)]
        return _typed(data, {column: _NUMBERS_OF_SUMS.get(column, "str") for column in columns})

    def has(self, path: str) -> bool:
        """Tell whether it holds such a file."""
        return path in self.facts["files"]


@dataclass(frozen=True)
class Earlier:
    """What a municipality's page compares itself with: its slice of an earlier issue, and where schools belonged then.

    Attributes
    ----------
    name, digest : str
        The issue.
    municipality_id : str
        The municipality then: the same id, or the one from which most of today's pupils' schools came.
    places : dict of str to str
        Names of the municipalities then whose schools are here now, and of itself.
    homes : dict of str to str
        School → municipality then.
    here, left : frozenset of str
        Today's schools of the municipality; its schools then that today's delivery does not list.
    sums : pd.DataFrame
        Frozen sums (:func:`analysis.plan.sums.sums`) of those municipalities, with ``municipality_id``.
    evidence : pd.DataFrame
        What was released of them.
    away : pd.DataFrame
        Today's results of schools that belong elsewhere now.
    staff : pd.DataFrame
        What the board's page on staff and methodologists published of the municipality; empty where it did not.
    """

    name: str
    digest: str
    municipality_id: str
    places: dict[str, str]
    homes: dict[str, str] = field(repr=False)
    here: frozenset[str] = field(repr=False)
    left: frozenset[str] = field(repr=False)
    sums: pd.DataFrame = field(repr=False)
    evidence: pd.DataFrame = field(repr=False)
    away: pd.DataFrame = field(repr=False)
    staff: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)


def _evidence(data: bytes) -> pd.DataFrame:
    """Read released evidence as it was published; the apostrophe before what a spreadsheet would run goes again."""
    kinds = {c: _NUMBERS.get(c, _TEXT.get(c, "float64")) for c in COLUMNS}
    rows, text = _typed(data, kinds), [c for c, kind in kinds.items() if kind == "str"]
    return evidence(rows.assign(**{c: as_it_was(rows[c]) for c in text}))


def _typed(data: bytes, kinds: dict[str, str]) -> pd.DataFrame:
    """Read a table: texts as they are, an empty cell of a number is missing."""
    blank = {column: [""] for column, kind in kinds.items() if kind != "str"}
    return pd.read_csv(io.BytesIO(data), dtype=kinds, keep_default_na=False, na_values=blank)


def checked_name(name: str) -> str:
    """Return a name that may be a folder's: letters, digits, ``_`` and ``-``, forty at the most; otherwise P50."""
    if not _NAME.fullmatch(name):
        raise InputFaults([Fault("P50", "--issue")])
    return name


def issues(store: Path) -> list[Issue]:
    """Return the issues of a store, the oldest first.

    Raises
    ------
    InputFaults
        D41: one was made by a later version of the workbook. D42: one cannot be read.
    """
    found = []
    for path in sorted((store / FOLDER).glob(f"*/{FACTS}")):
        try:
            facts = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError):
            raise InputFaults([Fault("D42", f"{FOLDER}/{path.parent.name}/{FACTS}")]) from None
        if facts.get("format") != FORMAT:
            raise InputFaults([Fault("D41", f"{FOLDER}/{path.parent.name}")])
        found.append(Issue(path.parent, facts))
    return sorted(found, key=lambda issue: (issue.facts["order"], issue.name))


def freeze(store: Path, name: str, content: Mapping[str, bytes], facts: Mapping[str, Any]) -> Issue:
    """Write an issue whole or not at all; the same content under the same name changes nothing.

    Parameters
    ----------
    store : Path
        Folder of the store.
    name : str
        Name of the issue.
    content : mapping of str to bytes
        Its files by their path.
    facts : mapping
        What is known of it, JSON.

    Raises
    ------
    InputFaults
        P50: not a name. D40: the name holds other content already.
    """
    target = store / FOLDER / checked_name(name)
    files = {path: hashlib.sha256(data).hexdigest() for path, data in sorted(content.items())}
    digest = hashlib.sha256(json.dumps([dict(facts), files], sort_keys=True).encode()).hexdigest()[:16]
    order = 1 + max((issue.facts["order"] for issue in issues(store)), default=0)
    told = {**facts, "format": FORMAT, "order": order, "files": files, "digest": digest}
    (store / FOLDER).mkdir(mode=0o700, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=".partial-", dir=store / FOLDER))
    try:
        text = json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        for path, data in {**content, FACTS: text.encode()}.items():
            _write(partial / path, data)
        os.rename(partial, target)
    except OSError:
        if not (target / FACTS).exists():
            raise
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    frozen = next(issue for issue in issues(store) if issue.name == name)
    if frozen.facts["digest"] != digest:
        raise InputFaults([Fault("D40", f"{FOLDER}/{name}", facts={"key": name})])
    return frozen


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("wb") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def as_csv(rows: pd.DataFrame) -> bytes:
    """Return a table as bytes that do not hang on the version of a library: numbers as they read back exactly."""
    return rows.to_csv(index=False, lineterminator="\n").encode("utf-8")


def evidence_path(edition: str, notebook: str, municipality_id: str) -> str:
    """Return where an issue keeps what a page published."""
    return f"evidence/{edition}/{notebook}/{slug(municipality_id)}.csv"


def sums_path(municipality_id: str) -> str:
    """Return where an issue keeps a municipality's sums."""
    return f"sums/{slug(municipality_id)}.csv"
