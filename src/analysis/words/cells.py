"""Text in the cells of a file that a spreadsheet opens: it is never run, and reads back as it was."""

import re

import pandas as pd

# Signs with which a spreadsheet begins what it runs; an apostrophe before them is doubled, so that none is lost on the way back.
_RUNS = r"^(?='*[=+\-@\t])"
_HELD = r"^'(?='*[=+\-@\t])"


def held(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would run; a bare carriage return would break the row and goes."""
    return re.sub(_RUNS, "'", text.replace("\r", ""))


def held_column(text: "pd.Series[str]") -> "pd.Series[str]":
    """Do the same with each text of a column."""
    return text.str.replace("\r", "").str.replace(_RUNS, "'", regex=True)


def as_it_was(text: "pd.Series[str]") -> "pd.Series[str]":
    """Take from each text of a column the apostrophe that :func:`held` put there."""
    return text.str.replace(_HELD, "", regex=True)
