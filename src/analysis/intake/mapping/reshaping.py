"""Wide to long: columns of one row become rows of their own, all of them on the line of the row."""

from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.faults import Fault, InputFaults
from analysis.intake.mapping.rules import Cell, Wide, matching
from analysis.intake.reading.rawtable import RawTable
from analysis.params import nearest

_SHOWN = 3


def wide_columns(wide: Wide, raw: RawTable) -> list[str]:
    """Return the columns of a file that become rows, in the order of the file.

    Raises
    ------
    InputFaults
        M01 a column that the file lacks; M06 a pattern that no column fits, or a new column named like one of the file.
    """
    found = matching(list(wide.columns), list(raw.frame.columns))
    faults = [
        Fault("M01", raw.file, facts={"name": name, "nearest": nearest(name, raw.frame.columns)})
        for name in wide.columns
        if "*" not in name and name not in found
    ]
    if not found and not faults:
        facts = {"name": ", ".join(wide.columns), "found": ", ".join(raw.frame.columns)}
        faults.append(Fault("M06", raw.file, facts=facts))
    faults += [Fault("M07", raw.file, facts={"name": name}) for name in wide.made if name in raw.frame]
    if faults:
        raise InputFaults(faults)
    return found


def long(raw: RawTable, wide: Wide, absent: list[str]) -> tuple[RawTable, list[Fault]]:
    """Make a row of each of the columns that ``wide`` names.

    Parameters
    ----------
    raw : RawTable
        The rows of the file that are left.
    wide : Wide
        Which columns, and what becomes of empty cells.
    absent : list of str
        Signs of an absent value; they are empty cells.

    Returns
    -------
    RawTable
        Row after row, within a row in the order of the file's columns; each with the line of its row.
    list of Fault
        M10: empty cells that gave no row.
    """
    names = wide_columns(wide, raw)
    rows, width = len(raw.frame), len(names)
    cells = raw.frame[names].to_numpy(dtype=object).reshape(-1)
    position = np.repeat(np.arange(rows), width)
    column = np.tile(np.arange(width), rows)
    value = pd.Series(cells, dtype="str").str.strip()
    empty = value.isin([*absent, ""]).to_numpy()
    kept = ~empty if wide.empty == "drop" else np.ones(len(cells), dtype=bool)
    frame = raw.frame.drop(columns=names).iloc[position[kept]].reset_index(drop=True)
    for name, words in _facts(wide, names).items():
        frame[name] = pd.Series(np.array(words, dtype=object)[column[kept]], dtype="str")
    frame[wide.value] = value.mask(empty, "")[kept].reset_index(drop=True)
    dropped = int((~kept).sum())
    notes = [Fault("M10", raw.file, facts={"count": dropped, "names": shortened(names)})] if dropped else []
    return replace(raw, frame=frame, lines=raw.lines[position[kept]]), notes


def _facts(wide: Wide, names: list[str]) -> dict[str, list[str]]:
    """Return what the new columns say of each of the file's columns: its name, or what the table of names says."""
    table = wide.columns if isinstance(wide.columns, dict) else {}
    said = {name: next((table[n] for n in table if n == name or matching([n], [name])), name) for name in names}
    facts = {key: [_word(said[name], key) for name in names] for key in wide.made if key not in (wide.name, wide.value)}
    return {wide.name: [_word(said[name], wide.name, name) for name in names]} | facts


def _word(said: str | dict[str, Cell], key: str, otherwise: str = "") -> str:
    return said if isinstance(said, str) else str(said.get(key, otherwise))


def shortened(names: list[str]) -> str:
    """Name a few columns in full and of many the first and the last one."""
    return " / ".join(names) if len(names) <= _SHOWN else f"{names[0]} … {names[-1]}"
