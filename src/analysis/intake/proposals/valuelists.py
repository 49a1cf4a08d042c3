"""Proposed codes for the values of a column: closed lists, subjects, grades; what is not clear is left to a person."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import pandas as pd

from analysis.intake.contracts import codes as closed_lists
from analysis.intake.proposals.synonyms import code_of, value_key

#: Lists that the contract leaves open, and that have names all the same.
OPEN = ("domain", "test", "level")
_MOST_VALUES = 60


@dataclass(frozen=True)
class Values:
    """The values of a column and the codes proposed for them.

    Attributes
    ----------
    codes : dict of str to str
        Value → proposed code; values that are codes already are among them.
    undecided : tuple of str
        Values that no word decides (a lone ``M``), most frequent first.
    more : int
        Values beyond the sixty most frequent, not listed.
    """

    codes: dict[str, str] = field(default_factory=dict)
    undecided: tuple[str, ...] = ()
    more: int = 0


def closed(table: str, column: str) -> tuple[str, ...]:
    """Return the codes that a column of the contract allows; empty where it is open."""
    return closed_lists(table).get(column, ())


def is_list(table: str, column: str) -> bool:
    """Tell whether values of a target are codes that a person may have to choose."""
    return column in OPEN or bool(closed(table, column))


def proposed_codes(table: str, column: str, cells: "pd.Series[str]", absent: Iterable[str] = ()) -> Values:
    """Propose a code for every value of a column.

    Parameters
    ----------
    table, column : str
        Target of the contract, one of a list of codes.
    cells : pd.Series of str
        All cells of the file's column.
    absent : iterable of str
        Signs of an absent value.
    """
    counts = cells.str.strip().value_counts()
    values = [str(value) for value in counts.index if value and value not in set(absent)]
    allowed = closed(table, column)
    key = value_key(table, column, allowed)
    codes: dict[str, str] = {}
    for value in values[:_MOST_VALUES]:
        code = value if value in allowed else code_of(key, value) if key else None
        if code is not None and (code in allowed or not allowed):
            codes[value] = code
    undecided = tuple(value for value in values[:_MOST_VALUES] if value not in codes)
    return Values(codes, undecided, max(0, len(values) - _MOST_VALUES))
