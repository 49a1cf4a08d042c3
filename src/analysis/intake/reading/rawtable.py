"""A file as it was read: cells as text under the file's own column names, each row with its line."""

import codecs
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, field_validator

from analysis.faults import Fault


class ReadOptions(BaseModel):
    """What a map may say about reading a file; what it does not say is found out.

    ``header`` is the line of the column names (1 is the first line of the file; blank lines before it do not count);
    several lines make one name a column, joined from the top (``[3, 4]``), an empty upper cell taking the one on its
    left; 0 means that there is none, and ``columns`` then names them.
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

    @field_validator("delimiter")
    @classmethod
    def one_sign(cls, delimiter: str | None) -> str | None:
        """Refuse a delimiter of several signs, or one that cannot separate."""
        if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n'):
            raise ValueError("; | , | TAB")
        return delimiter

    @field_validator("header")
    @classmethod
    def downwards(cls, header: int | tuple[int, ...]) -> int | tuple[int, ...]:
        """Refuse lines of a header that are none or do not go down."""
        lines = (header,) if isinstance(header, int) else header
        fits = header == 0 or (lines and lines[0] > 0 and lines == tuple(sorted(set(lines))))
        if not fits:
            raise ValueError("0 | 1 | [3, 4]")
        return header

    @property
    def first_line(self) -> int:
        """Line from which on the file is looked at."""
        return self.header if isinstance(self.header, int) else self.header[0]


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
        What was found or repaired; also single rows and cells to be refused (S09, S12, S19, E08, E09), so that what
        else is wrong with the file is told in the same run.
    """

    file: str
    frame: pd.DataFrame
    lines: np.ndarray
    sheet: str | None = None
    notes: tuple[Fault, ...] = field(default=())


def header_note(file: str, options: ReadOptions) -> list[Fault]:
    """Say that several lines make the header (S21)."""
    if isinstance(options.header, int):
        return []
    return [Fault("S21", file, facts={"lines": ", ".join(map(str, options.header))})]
