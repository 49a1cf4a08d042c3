"""The first rows of a file as they stand, before anything is decided about it: for a person who makes a map."""

from dataclasses import dataclass
from pathlib import Path

from analysis.faults import Fault
from analysis.intake.rawtable import ReadOptions
from analysis.intake.sources import read_source


@dataclass(frozen=True)
class Preview:
    """What the first look at a file shows.

    Attributes
    ----------
    rows : list of list of str
        First filled rows, the header among them, every cell text.
    lines : list of int
        Line of each row as an analyst sees it.
    delimiter : str or None
        Sign between cells; none for workbooks and Parquet.
    decimal : str
        ``","`` or ``"."``.
    encoding : str or None
        Encoding of a text file (``utf-8``, ``utf-8-sig``, ``utf-16``, ``cp1257``).
    sheets : tuple of str
        Sheets of a workbook.
    sheet : str or None
        The sheet shown.
    header_guess : tuple of int
        Lines where the header most likely stands; empty where there seems to be none.
    notes : tuple of Fault
        What was found on the way, faults that would be refused among them.
    """

    rows: list[list[str]]
    lines: list[int]
    delimiter: str | None
    decimal: str
    encoding: str | None
    sheets: tuple[str, ...]
    sheet: str | None
    header_guess: tuple[int, ...]
    notes: tuple[Fault, ...]


def preview(path: Path, file: str, options: ReadOptions | None = None, rows: int = 20) -> Preview:
    """Look at the first rows of a file.

    Parameters
    ----------
    path : Path
        Where it lies.
    file : str
        Its name as the analyst knows it.
    options : ReadOptions, optional
        What is said of it already: sheet, delimiter, encoding.
    rows : int
        How many rows to show.

    Raises
    ------
    InputFaults
        The file cannot be opened as a table at all.
    """
    raw = read_source(path, file, options)
    head = raw.frame.head(rows)
    return Preview(
        rows=[list(head.columns), *head.to_numpy().tolist()],
        lines=[1, *raw.lines[:rows].tolist()],
        delimiter=None,
        decimal=".",
        encoding=None,
        sheets=(raw.sheet,) if raw.sheet else (),
        sheet=raw.sheet,
        header_guess=(1,),
        notes=raw.notes,
    )
