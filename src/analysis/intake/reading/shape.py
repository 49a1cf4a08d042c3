"""What the shape of a table tells: notes among its rows, and columns that nobody asked for."""

import re
from collections.abc import Sequence

import numpy as np

from analysis.faults import Fault
from analysis.intake.reading.rawtable import RawTable

MANY_COLUMNS = 1000
_FEW = 3  # a row with a single filled cell tells something only where there are several columns
_NOTE = re.compile(
    r"\s*(\*|†|‡|[¹²³]|\d?\)\s|piezīm|avots|datu avots|sagatavo|izdrukā|atskait|notes?\b|source\b|prepared by|printed)",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]{2,}")


def is_note(text: str) -> bool:
    """Tell whether a text reads like a remark under a table: it begins like one, or has several words."""
    return _NOTE.match(text) is not None or len(_WORD.findall(text)) > 2


def is_footnote(cells: Sequence[str], width: int) -> bool:
    """Tell whether a record of another width is a remark: one filled cell, or words that begin like a note."""
    filled = [cell for cell in cells if cell.strip()]
    if width < _FEW or not filled or len(cells) >= width:
        return False
    return is_note(filled[0]) if len(filled) == 1 else _NOTE.match(filled[0]) is not None


def footnotes(raw: RawTable) -> list[Fault]:
    """Find rows that are remarks (S17): a single filled cell, with words."""
    if len(raw.frame.columns) < _FEW:
        return []
    alone = np.arange(len(raw.frame))  # rows with at most one filled cell so far
    filled = np.zeros(len(raw.frame), dtype=int)
    for name in raw.frame.columns:
        filled[alone] += (raw.frame[name].iloc[alone].str.strip() != "").to_numpy()
        alone = alone[filled[alone] <= 1]
        if not len(alone):
            return []
    texts = raw.frame.iloc[alone].agg("".join, axis=1)
    return [
        Fault("S17", raw.file, int(line), raw.sheet)
        for line, text in zip(raw.lines[alone], texts, strict=True)
        if is_note(text)
    ]


def wanted_columns(names: Sequence[str], expected: Sequence[str], file: str) -> tuple[list[str], list[Fault]]:
    """Of thousands of columns keep those that are expected (S20, their number); of fewer keep all."""
    wanted = [name for name in names if name in set(expected)]
    extra = len(names) - len(wanted)
    if not wanted or extra <= MANY_COLUMNS:
        return list(names), []
    return wanted, [Fault("S20", file, facts={"count": extra, "kept": len(wanted)})]
