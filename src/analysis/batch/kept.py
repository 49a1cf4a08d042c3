"""Evidence that was not released, kept beside a store's versions: computed once, for this user only."""

import os
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TypeVar

import pandas as pd

from analysis.batch.open import unit_key
from analysis.evidence import COLUMNS
from analysis.intake.store import Store, slug, write_atomically
from analysis.intake.unit import Unit
from analysis.params import SAYS_NO_FIGURE, Params

Kept = TypeVar("Kept")


def kept_path(unit: Unit, what: str = "", edition: str = "") -> Path | None:
    """Return where evidence of a municipality is kept: beside the store's versions, named by all that decides it.

    Parameters
    ----------
    unit : Unit
        The municipality. Without a store there is no such place.
    what : str
        Which evidence, where it is not all that the board's pages show.
    edition : str
        Where what is computed is not the same in both.
    """
    if unit.store is None:
        return None
    name = file_name(unit.store, unit.municipality_id, unit.params, edition)
    return unit.store.folder.parent / "evidence" / f"{what}{name}"


def file_name(store: Store, municipality_id: str, params: Params, edition: str) -> str:
    """Return the name of a file of a municipality's evidence, made of all that decides its figures."""
    decides = params.model_dump(mode="json", exclude=set(SAYS_NO_FIGURE))
    return f"{slug(municipality_id)}.{unit_key(store, municipality_id, decides, edition, '')}.parquet"


def kept(path: Path, compute: Callable[[], pd.DataFrame]) -> pd.DataFrame:
    """Return the evidence kept at a path, as :func:`kept_as` does."""
    return kept_as(path, compute, stored, keep)


def kept_as(
    path: Path, compute: Callable[[], Kept], stored: Callable[[Path], Kept | None], keep: Callable[[Kept, Path], None]
) -> Kept:
    """Return what is kept at a path; the first who asks computes it, and whoever asks meanwhile waits for that.

    Parameters
    ----------
    path : Path
        Named by all that decides what is kept: ``<slug>.<key>.<kind>``.
    compute : callable
        Makes it. A store that cannot be written is computed anew each time.
    stored, keep : callable
        Read it (None where there is none that can be read) and write it.
    """
    with ExitStack() as held:
        with suppress(OSError, ImportError):
            path.parent.mkdir(mode=0o700, exist_ok=True)
            import fcntl  # not on every system: where it is not, two who ask at once both compute

            lock = held.enter_context((path.parent / f".{path.name.split('.')[0]}.lock").open("a"))
            fcntl.flock(lock, fcntl.LOCK_EX)
        found = stored(path)
        if found is None:
            found = compute()
            with suppress(OSError):
                keep(found, path)
    return found


def kept_text(
    path: Path, compute: Callable[[], Kept], read: Callable[[Path], Kept], dump: Callable[[Kept], str]
) -> Kept:
    """Return what is kept at a path as text, as :func:`kept_as` does; what cannot be read is computed anew."""

    def stored(path: Path) -> Kept | None:
        try:
            return read(path)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def keep(found: Kept, path: Path) -> None:
        write_atomically(path, dump(found) + "\n", mode=0o600)
        forget_older(path)

    return kept_as(path, compute, stored, keep)


def keep(rows: pd.DataFrame, path: Path) -> None:
    """Write evidence in place of what an earlier version left."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        rows.to_parquet(partial, index=False)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
    forget_older(path)


def forget_older(path: Path) -> None:
    """Remove what earlier versions left of what is kept at a path."""
    for old in path.parent.glob(f"{path.name.split('.')[0]}.*{path.suffix}"):
        if old != path:
            old.unlink(missing_ok=True)


def stored(path: Path) -> pd.DataFrame | None:
    """Read evidence that was kept; None where there is none that can be read."""
    if not path.exists():
        return None
    try:
        return pd.read_parquet(path)[list(COLUMNS)]
    except (OSError, ValueError, KeyError):
        return None
