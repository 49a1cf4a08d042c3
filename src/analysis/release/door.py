"""``release()``: the only maker of ``Released``, and so of everything a page may show."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.evidence import COLUMNS, Evidence
from analysis.params import Params
from analysis.release.coding import coded
from analysis.release.primary import limits, withheld
from analysis.release.suppression.pattern import Pattern

_DOOR = object()
DECIMALS = {
    "sd": 2,
    "percent": 1,
    "points": 1,
    "pupils": 0,
    "hours": 1,
    "minutes": 0,
    "eur": 0,
    "probability": 2,
    "percentile": 0,
    "level": 2,
    "schools": 0,
    "visits": 0,
    "km": 0,
    "rows": 0,
}


class Released:
    """Evidence that may leave the workbook; made by :func:`release` alone.

    It is a class because its type is the proof: figures, tables, sentences and files take nothing else, and a frame
    that was not released cannot be turned into one.
    """

    __slots__ = ("_rows",)

    def __init__(self, rows: pd.DataFrame, *, door: object) -> None:
        if door is not _DOOR:
            raise TypeError("only release() makes Released values")
        self._rows = rows

    @property
    def rows(self) -> pd.DataFrame:
        """A copy of the released rows, columns of the evidence shape."""
        return self._rows.copy()

    def where(self, **keys: Any) -> "Released":
        """Return the released rows with these values (a list: any of them)."""
        kept = np.ones(len(self._rows), dtype=bool)
        for column, value in keys.items():  # one mask: to copy all columns for each key takes longer than to compare
            kept &= self._rows[column].isin(value if isinstance(value, list) else [value]).to_numpy(dtype=bool)
        return Released(self._rows[kept].reset_index(drop=True), door=_DOOR)

    def at(self, positions: Sequence[int]) -> "Released":
        """Return the released rows at these positions."""
        return Released(self._rows.iloc[list(positions)].reset_index(drop=True), door=_DOOR)

    def newest(self) -> "Released":
        """Return the rows of each test's newest school year (per indicator, unit and reference)."""
        test = [self._rows[key] for key in ("indicator", "unit", "reference", "grade", "test", "domain", "level")]
        kept = self._rows["school_year"] == self._rows.groupby(test, observed=True)["school_year"].transform("max")
        return Released(self._rows[kept].reset_index(drop=True), door=_DOOR)

    def __len__(self) -> int:
        return len(self._rows)

    def __repr__(self) -> str:
        return f"Released({len(self)} rows)"


def release(
    evidence: pd.DataFrame | Sequence[pd.DataFrame], params: Params, pattern: Pattern | None = None
) -> Released:
    """Let evidence out: small groups withheld, telling rates coded, figures rounded as they are printed.

    Parameters
    ----------
    evidence : pd.DataFrame or sequence of them
        Rows of the evidence shape.
    params : Params
        ``smallest_group``, ``smallest_group_sensitive``, ``sensitive_attributes``.
    pattern : Pattern, optional
        Of the municipality's results: what else is withheld, so that nothing follows from all of its pages together. A page
        of results is not published without one.

    Returns
    -------
    Released
        Same rows, same order. A withheld row has lost n, estimate, interval, verdict and method alike, whatever the reason.
        A coded rate keeps n and one bound: ``high`` for "at most", ``low`` for "at least".
        Verdicts agree with the rounded interval: what rounds to zero is not told apart from it.
    """
    frame = evidence if isinstance(evidence, pd.DataFrame) else pd.concat(evidence, ignore_index=True)
    rows: pd.DataFrame = Evidence.validate(frame[list(COLUMNS)]).reset_index(drop=True)
    blank = withheld(rows, params, pattern)
    rows = _rounded(coded(rows, limits(rows, params)))
    rows.loc[blank, ["n"]] = pd.NA
    rows.loc[blank, ["estimate", "low", "high"]] = float("nan")
    rows.loc[blank, ["verdict", "method"]] = ""  # a method may tell what was found by it
    return Released(Evidence.validate(rows), door=_DOOR)


def _rounded(rows: pd.DataFrame) -> pd.DataFrame:
    factor = 10.0 ** rows["unit"].map(DECIMALS).astype("float64")
    ends = ("estimate", "low", "high")
    rows = rows.assign(**{c: (rows[c] * factor).round() / factor + 0.0 for c in ends})  # + 0.0: no negative zero
    includes_zero = ~((rows["low"] > 0) | (rows["high"] < 0))
    return rows.assign(
        verdict=rows["verdict"].mask((rows["verdict"] == "differs") & includes_zero, "not_distinguishable")
    )
