"""The figures beside a page, looked up by what is printed: which of their rows does a number on the page stand for?"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.audit.numerals import Numeral

Rows = NDArray[np.intp]
NUMBERS = ("n", "estimate", "low", "high")
FIELDS = ("school_id", "group", "domain", "grade", "level", "part", "school_year", "indicator")
"""What says whose figure it is; ``part`` up to its first bar."""
_HAIR = 1e-9


@dataclass(frozen=True)
class Beside:
    """The file of figures of one page.

    Attributes
    ----------
    sorted_values, order : dict
        For each of ``NUMBERS`` its values in order, and which row each belongs to.
    percent, probability : array of bool
        Unit of each row.
    codes : dict
        For each of ``FIELDS`` a whole number per row that stands for its value.
    values : dict
        For each of ``FIELDS`` the values that the numbers stand for.
    """

    sorted_values: dict[str, NDArray[np.float64]]
    order: dict[str, Rows]
    percent: NDArray[np.bool_]
    probability: NDArray[np.bool_]
    codes: dict[str, NDArray[np.intp]]
    values: dict[str, list[str]]

    def saying(self, numeral: Numeral, column: str) -> Rows:
        """Return the rows whose number, rounded as printed, is this one; a percent sign asks for percent or a probability."""
        scales = ((1.0, self.percent), (0.01, self.probability)) if numeral.percent else ((1.0, None),)
        half = 0.5 * 10.0**-numeral.decimals + _HAIR
        found = []
        for scale, wanted in scales:
            ends = [(numeral.value - half) * scale, (numeral.value + half) * scale]
            first, last = np.searchsorted(self.sorted_values[column], ends)
            rows = self.order[column][first:last]
            found.append(rows if wanted is None else rows[wanted[rows]])
        return np.concatenate(found)

    def keys(self, fields: Sequence[str], rows: Rows) -> NDArray[np.intp]:
        """Return one number per row for its values of some fields together."""
        made = np.zeros(len(rows), dtype=np.intp)
        for field in fields:
            made = made * len(self.values[field]) + self.codes[field][rows]
        return made


def read_beside(path: Path) -> Beside:
    """Read the file of figures beside a page."""
    frame = pd.read_csv(path, dtype="str", keep_default_na=False)
    frame["part"] = frame["part"].str.split("|").str[0]
    numbers = {name: pd.to_numeric(frame[name].mask(frame[name] == "")).to_numpy(float) for name in NUMBERS}
    order = {name: np.argsort(values, kind="stable") for name, values in numbers.items()}
    coded = {name: pd.factorize(frame[name]) for name in FIELDS}
    return Beside(
        {name: values[order[name]] for name, values in numbers.items()}, order,
        frame["unit"].eq("percent").to_numpy(), frame["unit"].eq("probability").to_numpy(),
        {name: codes for name, (codes, _) in coded.items()}, {name: list(values) for name, (_, values) in coded.items()},
    )  # fmt: skip
