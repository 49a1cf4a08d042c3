"""The gate of a batch: what was made of a municipality is attacked before it counts as published; what does not hold goes."""

from collections.abc import Callable, Mapping, MutableMapping
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from analysis.audit.published import published_rows
from analysis.audit.run import READERS, audit_municipality, of_pupils
from analysis.audit.told import write_detail
from analysis.batch.known import aside_of
from analysis.batch.open import open_unit, params_path
from analysis.intake.store import slug, write_atomically

PRIVACY = "privacy"
_Asked = tuple[str, frozenset[str]]


def guard(out: Path, store: Path, entries: MutableMapping[Any, dict[str, Any]], workers: int) -> None:
    """Attack what lies in a folder of reports, and take back all of a municipality of whose pupils something follows.

    All files of a municipality are attacked together, those of earlier runs too, with the eyes of each edition's readers. A
    page that has passed is ``audited``; one that a run left before it came to this is attacked by the next.

    Parameters
    ----------
    out : Path
        Of the batch.
    store : Path
        What its pages were made from: every group that is small in truth is a target.
    entries : mapping
        Entries of the manifest; those of a municipality that does not hold become failures, and their files go.
    workers : int
        Processes at once.
    """
    new = {e["municipality_id"] for e in entries.values() if e["state"] == "done" and not e.get("audited")}
    own = {name: [key for key, entry in entries.items() if entry["municipality_id"] == name] for name in sorted(new)}
    files = {name: frozenset(f for key in keys for f in entries[key].get("files", {})) for name, keys in own.items()}
    for name, holds in zip(own, _held(partial(_holds, out, store), files, workers), strict=True):
        for key in own[name]:
            if entries[key]["state"] == "done" and holds:
                entries[key] = entries[key] | {"audited": True}
            elif not holds:
                entries[key] = entries[key] | {"state": "failed", "reason": PRIVACY, "files": {}, "audited": False}
        for file in () if holds else sorted(files[name]):
            (out / file).unlink(missing_ok=True)


def _held(holds: Callable[[_Asked], bool], files: Mapping[str, frozenset[str]], workers: int) -> list[bool]:
    """Attack municipality by municipality, several at once; a country's page shows none that its boards' pages do not."""
    asked = [(name, own) for name, own in files.items() if name]
    if workers == 1 or len(asked) <= 1:
        held = list(map(holds, asked))
    else:
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            held = list(pool.map(holds, asked))
    known = dict(zip((name for name, _ in asked), held, strict=True))
    return [known.get(name, True) for name in files]


def _holds(out: Path, store: Path, asked: _Asked) -> bool:
    """Tell whether nothing follows from a municipality's files; an attack that fails proves nothing, so it does not hold."""
    municipality_id, files = asked
    try:
        unit = open_unit(municipality_id, str(params_path(municipality_id)), str(store), "board")
        known = aside_of(unit)
        for reader, editions in READERS.items():
            rows = of_pupils(published_rows(out, editions, files))
            own = rows[rows["municipality_id"] == municipality_id]
            audited = audit_municipality(reader, municipality_id, own, unit.params, unit, known) if len(own) else None
            if audited is not None and not audited.sound:
                write_detail(_private(store, municipality_id), [audited])
                return False
    except Exception as error:  # whatever it was, nothing is known of what was made
        write_atomically(_private(store, municipality_id), f'{{"error": "{type(error).__name__}"}}\n', mode=0o600)
        return False
    return True


def _private(store: Path, municipality_id: str) -> Path:
    """Return where it is told why a municipality was refused, to the owner of the store alone: its pages are gone."""
    folder = store / "failed"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / f"privacy-{slug(municipality_id)}.json"
