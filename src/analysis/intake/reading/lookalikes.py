"""Names and codes of places and schools in which letters of another script stand for Latin ones."""

from collections.abc import Mapping

import pandas as pd

from analysis.faults import Fault, shown_name
from analysis.intake.contracts import NAME_COLUMNS
from analysis.intake.provenance import FILE, LINE
from analysis.intake.reading.letters import latin, lookalike, strange_letters

_CODES = ("municipality_id", "school_id")


def lookalike_names(table: str, rows: pd.DataFrame, origins: Mapping[str, str]) -> list[Fault]:
    """Find look-alike letters (E06): such a name is never found again, though it looks right.

    Parameters
    ----------
    table : str
        Name in the contract; tables without names are not looked at.
    rows : pd.DataFrame
        Its rows as text, with file and line.
    origins : mapping
        Target column → column of the file, in whose words the fault is told.

    Returns
    -------
    list of Fault
        A line each; the value of a code is not shown.
    """
    names = NAME_COLUMNS.get(table, ())
    faults = []
    for column in (c for c in (*names, *(_CODES if names else ())) if c in rows):
        bad = rows[rows[column].isin([text for text in rows[column].unique() if lookalike(text)])]
        for file, line, text in zip(bad[FILE], bad[LINE], bad[column], strict=True):
            hidden = f"[{len(text)} ✱]"
            value, nearest = (shown_name(text), latin(text)) if column in names else (hidden, hidden)
            facts = {"value": value, "nearest": nearest, "strange": strange_letters(text)}
            faults.append(Fault("E06", file, int(line), column=origins.get(column, column), facts=facts))
    return faults
