"""The store: checked, pseudonymised tables as Parquet, keyed by content, written whole or not at all."""

import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.faults import Fault, InputFaults

CURRENT = "CURRENT"
FACTS = "facts.json"
FORMAT = 6  # raised whenever readers ask a store for something that older ones do not hold


@dataclass(frozen=True)
class Store:
    """One prepared delivery, opened for reading.

    Attributes
    ----------
    folder : Path
        The version's own folder, named by the key of its content.
    """

    folder: Path

    @property
    def key(self) -> str:
        """Hash of everything that went in: files, maps, code of the preparation, key id."""
        return self.folder.name

    @cached_property
    def facts(self) -> dict[str, Any]:
        """What is known of the delivery: scope, files, what was left out, attributes, labels."""
        facts: dict[str, Any] = json.loads((self.folder / FACTS).read_text("utf-8"))
        return facts

    def table(self, name: str) -> pd.DataFrame:
        """Read a table that belongs to all; empty where the delivery has none."""
        path = self.folder / f"{name}.parquet"
        return pd.read_parquet(path) if path.exists() else pd.DataFrame()

    def slice(self, name: str, municipality_id: str) -> pd.DataFrame:
        """Read one municipality's rows of a partitioned table; empty where it has none."""
        path = self.folder / name / f"{slug(municipality_id)}.parquet"
        return pd.read_parquet(path) if path.exists() else pd.DataFrame()


def slug(municipality_id: str) -> str:
    """Return the file name of a municipality: its id through an allow-list of characters, never its name."""
    return re.sub(r"[^A-Za-z0-9_-]", "_", municipality_id)[:60] or "_"


def open_store(folder: Path) -> Store:
    """Open the version of a store that is current.

    Raises
    ------
    FileNotFoundError
        If nothing was prepared there.
    InputFaults
        D28: it was prepared by another version of the workbook.
    """
    key = (folder / CURRENT).read_text("utf-8").strip()
    version = folder / key
    if not (version / FACTS).exists():
        raise FileNotFoundError(version / FACTS)
    opened = Store(version)
    if opened.facts.get("format") != FORMAT:
        raise InputFaults([Fault("D28", folder.name)])
    return opened


def write_store(
    folder: Path,
    key: str,
    shared: Mapping[str, pd.DataFrame],
    partitioned: Mapping[str, pd.DataFrame] | Iterable[tuple[str, pd.DataFrame]],
    facts: Mapping[str, Any],
) -> Store:
    """Write a version of a store and make it current.

    The version is written beside and moved into place whole, so that a reader never meets half of it and two runs may
    prepare at once; a version that exists already has the same content by its key and is left alone.

    Parameters
    ----------
    folder : Path
        The store.
    key : str
        Hash of the content's origin.
    shared : mapping of str to pd.DataFrame
        Tables that belong to all.
    partitioned : mapping of str to pd.DataFrame, or pairs of both
        Tables with a column ``municipality_id``, one file a municipality. Pairs may be made one by one: each is
        written and let go before the next is asked for.
    facts : mapping
        What is known of the delivery, JSON.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / key / FACTS).exists():
        partial = Path(tempfile.mkdtemp(prefix=".partial-", dir=folder))
        try:
            _write_tables(partial, shared, partitioned)
            told = {**facts, "format": FORMAT}
            write_atomically(partial / FACTS, json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
            partial.chmod(0o700)
            _move_into_place(partial, folder / key)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    write_atomically(folder / CURRENT, key + "\n")
    return Store(folder / key)


def _write_tables(
    folder: Path,
    shared: Mapping[str, pd.DataFrame],
    partitioned: Mapping[str, pd.DataFrame] | Iterable[tuple[str, pd.DataFrame]],
) -> None:
    for name, rows in shared.items():
        rows.to_parquet(folder / f"{name}.parquet", index=False)
    for name, rows in partitioned.items() if isinstance(partitioned, Mapping) else partitioned:
        _write_partitions(folder / name, rows)
        del rows  # before the next table is made


def _write_partitions(folder: Path, rows: pd.DataFrame) -> None:
    folder.mkdir()
    slugs = {slug(i) for i in rows["municipality_id"].unique()}
    if len(slugs) != rows["municipality_id"].nunique():
        raise ValueError("two municipality ids give one file name")
    for municipality_id, own in rows.groupby("municipality_id", sort=True, observed=True):
        own.to_parquet(folder / f"{slug(str(municipality_id))}.parquet", index=False)


def _move_into_place(partial: Path, target: Path) -> None:
    try:
        os.rename(partial, target)
    except OSError:
        if not (target / FACTS).exists():
            raise


def write_atomically(path: Path, content: str | bytes, mode: int = 0o644) -> None:
    """Write a file beside its place, flush it to disk and move it there, so that a reader meets the old or the new one."""
    data = content.encode("utf-8") if isinstance(content, str) else content
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            os.chmod(file.name, mode)
            os.replace(file.name, path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
