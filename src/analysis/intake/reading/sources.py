"""Reading one file as text, whatever its container, delimiter and encoding, and saying what was found."""

from collections.abc import Sequence
from pathlib import Path

from analysis.intake.reading.encoding import look_at
from analysis.intake.reading.kinds import PICKLES, SUFFIXES, kind_of
from analysis.intake.reading.parquetfile import read_parquet
from analysis.intake.reading.rawtable import RawTable, ReadOptions
from analysis.intake.reading.textfile import read_text
from analysis.intake.reading.workbook import read_workbook

__all__ = ["PICKLES", "SUFFIXES", "half_read", "read_source"]


def read_source(path: Path, file: str, options: ReadOptions | None = None, expected: Sequence[str] = ()) -> RawTable:
    """Read one file by its content, not by its name.

    Parameters
    ----------
    path : Path
        Where it lies.
    file : str
        Its name as the analyst knows it.
    options : ReadOptions, optional
        What a map says about reading it.
    expected : sequence of str
        Column names that a map or the contract looks for.

    Returns
    -------
    RawTable
        Its ``notes`` may refuse the file: single rows and cells that are at fault are told there, so that the sound rows
        can be looked at in the same run.

    Raises
    ------
    InputFaults
        Classes S, E and C of the registry: the file cannot be read as a table.
    """
    options = options or ReadOptions()
    kind = kind_of(path, file)
    if kind == "parquet":
        return read_parquet(path, file, expected)
    if kind == "workbook":
        return read_workbook(path, file, options, expected)
    return read_text(look_at(path, file, options.encoding), file, options, expected)


def half_read(raw: RawTable) -> bool:
    """Tell whether rows were left out because they are at fault: what refers to them would be told wrongly."""
    return any(note.code in ("S09", "S12") for note in raw.notes)
