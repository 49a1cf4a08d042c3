"""Evidence that was not released, kept beside a store's versions: computed once, for this user only."""

import os
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path

import pandas as pd

from analysis.evidence import COLUMNS


def kept(path: Path, compute: Callable[[], pd.DataFrame]) -> pd.DataFrame:
    """Return what is kept at a path; the first who asks computes it, and whoever asks meanwhile waits for that.

    Parameters
    ----------
    path : Path
        Named by all that decides the evidence: ``<slug>.<key>.parquet``.
    compute : callable
        Makes it. A store that cannot be written is computed anew each time.
    """
    import fcntl  # not on every system; the desk takes `keep` and `stored` from here on all of them

    with ExitStack() as held:
        with suppress(OSError):
            path.parent.mkdir(mode=0o700, exist_ok=True)
            lock = held.enter_context((path.parent / f".{path.name.split('.')[0]}.lock").open("a"))
            fcntl.flock(lock, fcntl.LOCK_EX)
        rows = stored(path)
        if rows is None:
            rows = compute()
            with suppress(OSError):
                keep(rows, path)
    return rows


def keep(rows: pd.DataFrame, path: Path) -> None:
    """Write evidence in place of what an earlier version left."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        rows.to_parquet(partial, index=False)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
    for old in path.parent.glob(f"{path.name.split('.')[0]}.*.parquet"):
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
