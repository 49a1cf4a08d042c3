"""A file as it was read: cells as text under the file's own column names, each row with its line."""

import codecs
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, field_validator

from analysis.faults import Fault, InputFaults


class ReadOptions(BaseModel):
    """What a map may say about reading a file; what it does not say is found out.

    ``header`` is the line of the column names (1 is the first line of the file; blank lines before it do not count);
    0 means that there is none, and ``columns`` then names them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    delimiter: str | None = None
    encoding: str | None = None
    sheet: str | None = None
    header: int | tuple[int, ...] = 1
    columns: tuple[str, ...] = ()

    @field_validator("encoding")
    @classmethod
    def known_encoding(cls, name: str | None) -> str | None:
        """Refuse an encoding that nobody knows."""
        try:
            codecs.lookup(name or "utf-8")
        except LookupError:
            raise ValueError("utf-8, cp1257, …") from None
        return name


@dataclass(frozen=True)
class RawTable:
    """A file as it was read: every cell text, empty cells the empty string.

    Attributes
    ----------
    file : str
        Name as the analyst knows it.
    frame : pd.DataFrame
        Text columns under the names of the file.
    lines : np.ndarray of int, shape (rows,)
        Line of each row as an analyst sees it.
    sheet : str or None
        Sheet of a workbook.
    notes : tuple of Fault
        What was found or repaired.
    """

    file: str
    frame: pd.DataFrame
    lines: np.ndarray
    sheet: str | None = None
    notes: tuple[Fault, ...] = field(default=())


def column_names(
    header: Sequence[str], file: str, expected: Sequence[str], *, given: bool = False
) -> tuple[tuple[str, ...], list[Fault]]:
    """Read the header: blanks and letters put in order, the case of expected names restored (S06), no name twice.

    Parameters
    ----------
    header : sequence of str
        Cells of the header; a nameless column is called ``#3`` after its position.
    file : str
        The file.
    expected : sequence of str
        Names that a map or the contract looks for; none of them found means that this is no header.
    given : bool
        The map names the columns, the file has no header.

    Raises
    ------
    InputFaults
        S03 no header, S05 one name twice. Nothing of a missing header is repeated: it may be a pupil's row.
    """
    missing = [name for name in expected if name not in header]
    names = tuple(cell if cell in expected else _tidy(cell, missing) for cell in header)
    if not given and not _is_header(names, expected):
        raise InputFaults([Fault("S03", file, facts={"expected": ", ".join(expected) or "–"})])
    faults = []
    for name in dict.fromkeys(n for n in names if n):
        positions = [str(i + 1) for i, other in enumerate(names) if other == name]
        if len(positions) > 1:
            faults.append(Fault("S05", file, column=name, facts={"positions": ", ".join(positions)}))
    if faults:
        raise InputFaults(faults)
    changed = sum(name != cell for name, cell in zip(names, header, strict=True))
    notes = [Fault("S06", file, facts={"count": changed})] if changed else []
    return tuple(name or f"#{i + 1}" for i, name in enumerate(names)), notes


def _tidy(cell: str, missing: Sequence[str]) -> str:
    """Put blanks and letters of a name in order; the one missing name that differs by case alone is meant."""
    text = re.sub(r"\s+", " ", unicodedata.normalize("NFC", cell).replace("\ufeff", "")).strip()
    alike = [name for name in missing if name.casefold() == text.casefold()]
    return alike[0] if len(alike) == 1 else text


def _is_header(names: Sequence[str], expected: Sequence[str]) -> bool:
    if expected:
        return bool(set(names) & set(expected))
    numeric = [name for name in names if re.fullmatch(r"[-−]?\d+([.,]\d+)?", name)]
    return any(names) and len(numeric) <= len(names) / 3
