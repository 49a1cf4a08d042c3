"""Faults at rows: each with its file and line; of a fault in every row the first thousand, and the rest as a number."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from analysis.faults import Fault
from analysis.intake.provenance import FILE, LINE

SINGLY = 1000
Facts = Mapping[str, object] | Callable[[int], Mapping[str, object]]


def at_rows(code: str, rows: pd.DataFrame, column: str | None, facts: Facts | None = None) -> list[Fault]:
    """Make a fault of each row.

    Parameters
    ----------
    code : str
        Class of fault.
    rows : pd.DataFrame
        The rows at fault, with their provenance.
    column : str or None
        Column of the contract.
    facts : mapping, or function of the position in ``rows``
        What the words name.

    Returns
    -------
    list of Fault
        At most a thousand for each file; one more stands for all others (``times``), so that a wrong column of a million
        rows costs no memory.
    """
    faults: list[Fault] = []
    lines, files = rows[LINE].to_numpy(), rows[FILE].astype("str")
    for file in files.unique():
        places = np.flatnonzero((files == file).to_numpy())
        rest = len(places) - SINGLY
        for i, place in enumerate(places[: SINGLY + 1]):
            known = facts(int(place)) if callable(facts) else facts or {}
            times = rest if i == SINGLY else 1
            faults.append(Fault(code, str(file), int(lines[place]), column=column, facts=known, times=times))
    return faults
