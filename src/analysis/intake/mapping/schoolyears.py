"""School years as they are written: a column keeps to one form."""

import re
from collections.abc import Iterable

import numpy as np
import pandas as pd

from analysis.faults import Fault, shown
from analysis.intake.checking.placed import at_rows
from analysis.intake.provenance import FILE, LINE

EXPECTED = "2026"
_TWO_YEARS = re.compile(
    r"(?:19|20)\d\d\.?\s*[./_–-]\s*(?:(?:19|20)\d\d|\d\d)\.?(?:\s*(?:m\.?\s*g\.?|māc\w*\.?\s*g\w*\.?))?", re.IGNORECASE
)
_ONE_YEAR = re.compile(r"(?:19|20)\d\d\.(?:\s*(?:m\.?\s*g\.?|māc\w*\.?\s*g\w*\.?|g\.?))?", re.IGNORECASE)


def is_school_year(text: str) -> bool:
    """Tell whether a text names a school year in another form than the single number of the contract."""
    return bool(_TWO_YEARS.fullmatch(text.strip()) or _ONE_YEAR.fullmatch(text.strip()))


def year_form(text: str) -> str:
    """Return the form of a school year with other digits: ``2022./2023.`` and ``2023./2024.`` have one form."""
    return re.sub(r"\s+", " ", re.sub(r"\d", "9", text.strip())).casefold()


def mixed_years(file: str, column: str, values: "pd.Series[str]", lines: Iterable[int]) -> list[Fault]:
    """Find school years written in another form than most of their column (V16).

    ``2023`` may name the start or the end of a school year; beside ``2022./2023.`` nobody knows which was meant.

    Parameters
    ----------
    file, column : str
        Where they stand, in the file's own words.
    values : pd.Series of str
        School years as the file has them; empty cells are passed over.
    lines : iterable of int, one a value
        Line of each.
    """
    texts = values.str.strip()
    forms = texts.map({text: year_form(text) for text in texts.unique()})
    counts = forms[texts != ""].value_counts(sort=True)
    if len(counts) < 2:
        return []
    main = str(counts.index[0])
    odd = ((texts != "") & (forms != main)).to_numpy()
    example = shown(texts[(forms == main).to_numpy()].iloc[0])
    rows = pd.DataFrame({FILE: file, LINE: np.asarray(list(lines))[odd], "year": texts.to_numpy()[odd]})
    cells = rows["year"].to_numpy()
    return at_rows("V16", rows, column, lambda place: {"value": shown(cells[place]), "expected": example})
