"""What lies in a folder of reports, as a stranger reads it: every row of every file of figures, once."""

import io
import re
from collections.abc import Collection
from pathlib import Path

import pandas as pd

from analysis.evidence import COLUMNS
from analysis.words.cells import as_it_was

_OF_ALL = re.compile(r"[a-z_]+,[^,\"]*,,")  # indicator, municipality, no school
_NUMBERS = ["year_from", "school_year", "n", "estimate", "low", "high", "confidence"]


def published_rows(
    folder: Path, editions: tuple[str, ...], only: Collection[str] = (), *, of_schools: bool = True
) -> pd.DataFrame:
    """Read the evidence beside the pages of some editions.

    Parameters
    ----------
    folder : Path
        Of a batch: ``<edition>/<notebook>/<slug>.csv``.
    editions : tuple of str
        Which editions the reader has.
    only : collection of str
        Files to read, as paths within the folder; empty: all.
    of_schools : bool
        Whether rows of schools are read too.

    Returns
    -------
    pd.DataFrame
        The evidence columns, numbers as numbers; a row that several files have stands once. ``file`` is the first that has it.
    """
    files = sorted(path for edition in editions for path in (folder / edition).glob("*/*.csv"))
    named = {path: path.relative_to(folder).as_posix() for path in files}
    parts = [_read(path, of_schools).assign(file=name) for path, name in named.items() if not only or name in only]
    if not parts:
        return pd.DataFrame(columns=[*COLUMNS, "file"])
    rows = pd.concat(parts, ignore_index=True)
    return rows.drop_duplicates(list(COLUMNS)).reset_index(drop=True)


def _read(path: Path, of_schools: bool) -> pd.DataFrame:
    lines = path.read_text("utf-8-sig").splitlines(keepends=True)
    kept = lines if of_schools else [*lines[:1], *filter(_OF_ALL.match, lines[1:])]
    text = pd.read_csv(io.StringIO("".join(kept)), dtype="str", keep_default_na=False)[list(COLUMNS)].apply(as_it_was)
    return text.assign(**{name: pd.to_numeric(text[name].mask(text[name] == "")) for name in _NUMBERS})
