"""Where pages lie until they have passed the gate: in a folder beside what is published, for their owner's eyes alone."""

import os
import shutil
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from analysis.batch.engine import Item, Outcome
from analysis.batch.manifest import intact, item_id, read_manifest, sha256, write_manifest
from analysis.intake.store import slug, write_atomically

MAKING = ".making"
Entry = dict[str, Any]
Entries = dict[tuple[str, str, str, str], Entry]


def folder_of(out: Path, municipality_id: str) -> Path:
    """Return where the pages of a municipality lie while they are made."""
    return out / MAKING / slug(municipality_id)


def write_page(out: Path, item: Item, outcome: Outcome) -> dict[str, Any]:
    """Write a page and its evidence where they wait, and return size and digest of each file by its name to be.

    Raises
    ------
    OSError
        They cannot be written.
    """
    (out / MAKING).mkdir(mode=0o700, exist_ok=True)
    own = Path(item.edition) / item.notebook.stem
    page = own / item.file
    texts = {own / f"{item.slug}.csv": outcome.csv.encode("utf-8"), page: outcome.html.encode("utf-8")}
    texts |= {page.with_suffix(".docx"): outcome.document} if outcome.document else {}
    folder = folder_of(out, item.municipality_id)
    (folder / own).mkdir(parents=True, exist_ok=True)
    for path, text in texts.items():
        write_atomically(folder / path, text)
    return {path.as_posix(): {"sha256": sha256(text), "size": len(text)} for path, text in texts.items()}


def note(out: Path, municipality_id: str, made: Iterable[Entry]) -> None:
    """Write down what waits, so that a later run takes it up if this one is cut short."""
    write_manifest(folder_of(out, municipality_id), {}, made)


def taken_up(out: Path, keys: Mapping[tuple[str, str, str, str], str]) -> Entries:
    """Return what a run that was cut short left waiting and this one wants, by item; everything else that waits is removed.

    Parameters
    ----------
    out : Path
        Of the batch.
    keys : mapping
        Keys of the pages that this run is to make.
    """
    kept: Entries = {}
    for folder in sorted((out / MAKING).glob("*")):
        entries = {item_id(entry): entry for entry in read_manifest(folder).get("items", [])}
        own = {key: entry for key, entry in entries.items() if keys.get(key) == entry["key"] and intact(folder, entry)}
        files = {folder / file for entry in own.values() for file in entry["files"]}
        for path in [path for path in folder.rglob("*") if path.is_file() and path not in files]:
            path.unlink()
        kept |= own
    return kept


def beside(out: Path, municipality_id: str, published: Collection[str]) -> Path:
    """Put what is published of a municipality to what waits, where that does not replace it; return the folder."""
    folder = folder_of(out, municipality_id)
    for file in published:
        if not (folder / file).exists():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(out / file, folder / file)
            except OSError:  # not on every disk
                shutil.copyfile(out / file, folder / file)
    return folder


def publish(out: Path, municipality_id: str, files: Collection[str]) -> None:
    """Move what has passed to its place; what it replaces goes first, so that old and new never lie together unattacked."""
    for file in files:
        (out / file).unlink(missing_ok=True)
    for file in files:
        (out / file).parent.mkdir(parents=True, exist_ok=True)
        os.replace(folder_of(out, municipality_id) / file, out / file)


def clear(out: Path, municipality_id: str) -> None:
    """Remove what waits of a municipality."""
    shutil.rmtree(folder_of(out, municipality_id), ignore_errors=True)
    with suppress(OSError):
        (out / MAKING).rmdir()
