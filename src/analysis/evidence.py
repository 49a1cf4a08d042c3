"""The one shape of every statistic: what was measured, of whom, how much, how sure, against what."""

from collections import namedtuple
from collections.abc import Iterator
from functools import cache
from typing import Any

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

UNITS = (
    "sd",
    "percent",
    "pupils",
    "points",
    "hours",
    "minutes",
    "eur",
    "probability",
    "percentile",
    "level",
    "schools",
    "visits",
    "km",
    "rows",
)
REFERENCES = ("country", "similar", "municipality", "last_year", "threshold", "zero")
VERDICTS = ("differs", "not_distinguishable", "too_few")
POPULATIONS = ("pupils", "papers", "teachers", "respondents", "schools", "boards", "rows")

KEYS = (
    "indicator",
    "municipality_id",
    "school_id",
    "year_from",
    "school_year",
    "grade",
    "test",
    "domain",
    "level",
    "part",
    "group",
    "population",
)
FIGURES = ("n", "estimate", "low", "high")
COLUMNS = (*KEYS, *FIGURES, "confidence", "unit", "reference", "verdict", "method")


class Evidence(pa.DataFrameModel):
    """Contract of an evidence frame: one row a statistic; empty text keys and missing years mean "all".

    ``group`` is ``attribute=value``, several joined by ``&`` in alphabetical order of the attribute.
    A row whose ``low`` or ``high`` alone is filled is a coded rate: "at least low", "at most high".
    """

    indicator: Series[str]
    municipality_id: Series[str]
    school_id: Series[str]
    year_from: Series[pd.Int64Dtype] = pa.Field(nullable=True)
    school_year: Series[pd.Int64Dtype] = pa.Field(nullable=True)
    grade: Series[str]
    test: Series[str]
    domain: Series[str]
    level: Series[str]
    part: Series[str]
    group: Series[str]
    population: Series[str] = pa.Field(isin=list(POPULATIONS))
    n: Series[pd.Int64Dtype] = pa.Field(nullable=True, ge=0)
    estimate: Series[float] = pa.Field(nullable=True)
    low: Series[float] = pa.Field(nullable=True)
    high: Series[float] = pa.Field(nullable=True)
    confidence: Series[float] = pa.Field(nullable=True, isin=[0.95, 0.90])
    unit: Series[str] = pa.Field(isin=list(UNITS))
    reference: Series[str] = pa.Field(isin=["", *REFERENCES])
    verdict: Series[str] = pa.Field(isin=["", *VERDICTS])
    method: Series[str]

    class Config:
        """Exactly these columns, in this order, as these types."""

        strict = True
        ordered = True
        coerce = True

    @pa.dataframe_check(error="verdict contradicts the interval beside it")
    def verdict_matches_interval(cls, rows: pd.DataFrame) -> pd.Series:
        """``differs`` needs an interval that excludes the zero difference, and the other way round."""
        differs = (rows["low"] > 0) | (rows["high"] < 0)
        gap = rows["verdict"].isin(["differs", "not_distinguishable"]) & (rows["reference"] != "threshold")
        return ~gap | (differs == (rows["verdict"] == "differs"))

    @pa.dataframe_check(error="an interval must hold its estimate")
    def interval_holds_estimate(cls, rows: pd.DataFrame) -> pd.Series:
        """Low ≤ estimate ≤ high wherever all three are given."""
        low_ok = rows["low"].isna() | rows["estimate"].isna() | (rows["low"] <= rows["estimate"])
        high_ok = rows["high"].isna() | rows["estimate"].isna() | (rows["high"] >= rows["estimate"])
        return low_ok & high_ok


_TEXT = (
    "municipality_id",
    "school_id",
    "grade",
    "test",
    "domain",
    "level",
    "part",
    "group",
    "reference",
    "verdict",
)


def evidence(rows: pd.DataFrame, **constants: Any) -> pd.DataFrame:
    """Complete a frame of figures to the evidence shape and check it.

    Parameters
    ----------
    rows : pd.DataFrame
        One row a statistic; any subset of the evidence columns, others are dropped.
    **constants
        Values that hold for every row (``indicator="attainment"``, ``unit="sd"``).

    Returns
    -------
    pd.DataFrame
        Columns in the order of :data:`COLUMNS`; text keys not given are empty, numbers not given missing.

    Raises
    ------
    pandera.errors.SchemaError
        If a value is outside its list, or a verdict contradicts its interval.
    """
    full = rows.assign(**constants).reset_index(drop=True)
    blanks: dict[str, Any] = dict.fromkeys((*_TEXT, "method"), "")
    blanks |= {"year_from": pd.NA, "school_year": pd.NA, "n": pd.NA, "population": "pupils"}
    missing = {column: blanks.get(column, float("nan")) for column in COLUMNS if column not in full}
    full = full.assign(**missing)
    for column in _TEXT:
        full[column] = full[column].astype("str").where(full[column].notna(), "")
    return Evidence.validate(full[list(COLUMNS)])


def each(rows: pd.DataFrame) -> Iterator[Any]:
    """Go through the rows of evidence; columns are attributes, ``Index`` the label.

    Column by column as lists: ``itertuples`` takes eight times as long on columns of text.
    """
    row = _row_of(tuple(map(str, rows.columns)))
    yield from map(row._make, zip(rows.index.tolist(), *(column.tolist() for _, column in rows.items()), strict=True))


@cache
def _row_of(columns: tuple[str, ...]) -> Any:
    return namedtuple("Row", ("Index", *columns), rename=True)


def no_evidence() -> pd.DataFrame:
    """Return an evidence frame without rows."""
    return evidence(pd.DataFrame({"indicator": pd.Series([], dtype="str")}), unit="sd")


def verdict(low: pd.Series, high: pd.Series, n: pd.Series, smallest_n: int) -> pd.Series:
    """Judge differences from zero: the interval decides, and too few are not judged.

    Parameters
    ----------
    low, high : pd.Series
        Ends of the interval of a difference.
    n : pd.Series
        Number behind each difference.
    smallest_n : int
        Below it the verdict is ``too_few``.

    Returns
    -------
    pd.Series
        ``differs``, ``not_distinguishable`` or ``too_few``; empty where there is no interval.
    """
    judged = pd.Series("not_distinguishable", index=low.index, dtype="str")
    judged = judged.mask((low > 0) | (high < 0), "differs")
    judged = judged.mask(low.isna() | high.isna(), "")
    return judged.mask(n < smallest_n, "too_few")
