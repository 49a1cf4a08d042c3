"""The contract's tables: one pandera model each, with codes, ranges and keys (DESIGN, "The data contract")."""

from functools import cache
from typing import Any

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

GRADES = ("PS", *(str(grade) for grade in range(13)))
STATUSES = ("present", "absent", "exempt", "certificate")
YES_NO = ("yes", "no")
FIRST_YEAR, LAST_YEAR = 1990, 2100


def _required(**checks: Any) -> Any:
    return pa.Field(nullable=False, **_lists(checks))


def _optional(**checks: Any) -> Any:
    return pa.Field(nullable=True, **_lists(checks))


def _lists(checks: dict[str, Any]) -> dict[str, Any]:
    """Codes as lists: a tuple would be taken apart into the check's arguments."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in checks.items()}


class Table(pa.DataFrameModel):
    """What all tables share: further columns are allowed (attributes, provenance), types are coerced."""

    class Config:
        """Report everything at once, in the order of the columns."""

        coerce = False
        strict = False


class Municipalities(Table):
    """Municipalities: ATVK code or an id of one's own; a delivery's own table takes the register's place."""

    municipality_id: Series[str] = _required()
    name: Series[str] = _required()
    kind: Series[str] = _optional(isin=("state_city", "county", "other"))
    region: Series[str] = _optional()
    name_genitive: Series[str] = _optional()
    name_locative: Series[str] = _optional()


class Schools(Table):
    """Schools and preschools; a school belongs to one municipality."""

    school_id: Series[str] = _required()
    name: Series[str] = _required()
    municipality_id: Series[str] = _required()
    settlement: Series[str] = _optional(isin=("city", "town", "rural"))
    kind: Series[str] = _optional()
    language: Series[str] = _optional()
    staff_total: Series[float] = _optional(ge=0)
    lat: Series[float] = _optional(ge=-90, le=90)
    lon: Series[float] = _optional(ge=-180, le=180)


class Pupils(Table):
    """What stays the same about a pupil."""

    pupil_id: Series[str] = _required()
    birth_year: Series[float] = _optional(ge=FIRST_YEAR - 30, le=LAST_YEAR)
    sex: Series[str] = _optional(isin=("girl", "boy"))
    preschool: Series[str] = _optional(isin=("full", "short"))


class Enrolments(Table):
    """What belongs to a pupil's school year; the school is the one at the year's data date."""

    pupil_id: Series[str] = _required()
    school_year: Series[float] = _required(ge=FIRST_YEAR, le=LAST_YEAR)
    grade: Series[str] = _required(isin=GRADES)
    school_id: Series[str] = _required()
    home_language: Series[str] = _optional(isin=("lv", "other"))
    sen: Series[str] = _optional(isin=YES_NO)
    low_income: Series[str] = _optional(isin=YES_NO)
    repeats: Series[str] = _optional(isin=YES_NO)
    moved: Series[str] = _optional(isin=YES_NO)
    absence_percent: Series[float] = _optional(ge=0, le=100)


class Results(Table):
    """One pupil's result in one test; ``present`` needs a score, every other status must have none."""

    pupil_id: Series[str] = _required()
    school_year: Series[float] = _required(ge=FIRST_YEAR, le=LAST_YEAR)
    grade: Series[str] = _required(isin=GRADES)
    test: Series[str] = _required()
    domain: Series[str] = _required()
    level: Series[str] = _optional()
    session: Series[str] = _optional(isin=("additional",))
    school_id: Series[str] = _required()
    score: Series[float] = _optional()
    score_min: Series[float] = _optional()
    score_max: Series[float] = _optional()
    status: Series[str] = _required(isin=STATUSES)

    @pa.dataframe_check(error="V01")
    def not_below_minimum(cls, rows: pd.DataFrame) -> pd.Series:
        """Score at or above ``score_min`` (0 where only ``score_max`` is given)."""
        return ~(rows["score"] < rows["score_min"])

    @pa.dataframe_check(error="V02")
    def not_above_maximum(cls, rows: pd.DataFrame) -> pd.Series:
        """Score at or below ``score_max``."""
        return ~(rows["score"] > rows["score_max"])

    @pa.dataframe_check(error="V17")
    def status_fits_score(cls, rows: pd.DataFrame) -> pd.Series:
        """``present`` with a score, all others without."""
        return (rows["status"] == "present") == rows["score"].notna()


class SchoolResults(Table):
    """Published results of schools; the number behind a mean may be missing."""

    school_id: Series[str] = _required()
    school_year: Series[float] = _required(ge=FIRST_YEAR, le=LAST_YEAR)
    grade: Series[str] = _required(isin=GRADES)
    test: Series[str] = _required()
    domain: Series[str] = _required()
    level: Series[str] = _optional()
    n: Series[float] = _optional(ge=0)
    mean_score: Series[float] = _required(ge=0)
    score_max: Series[float] = _optional(ge=0)

    @pa.dataframe_check(error="V02")
    def not_above_maximum(cls, rows: pd.DataFrame) -> pd.Series:
        """Mean at or below the attainable score."""
        return ~(rows["mean_score"] > rows["score_max"])


class SchoolBands(Table):
    """Published counts of a school's results by tens of percent (VPS)."""

    school_id: Series[str] = _required()
    school_year: Series[float] = _required(ge=FIRST_YEAR, le=LAST_YEAR)
    grade: Series[str] = _required(isin=GRADES)
    test: Series[str] = _required()
    domain: Series[str] = _required()
    level: Series[str] = _optional()
    band: Series[float] = _required(ge=0, le=9)
    n: Series[float] = _required(ge=0)


class Published(Table):
    """Figures of the country as somebody published them."""

    school_year: Series[float] = _required(ge=FIRST_YEAR, le=LAST_YEAR)
    grade: Series[str] = _required(isin=GRADES)
    test: Series[str] = _required()
    domain: Series[str] = _required()
    level: Series[str] = _optional()
    measure: Series[str] = _required()
    threshold: Series[float] = _optional()
    value: Series[float] = _required()
    unit: Series[str] = _required()
    status: Series[str] = _optional()
    source: Series[str] = _required()


TABLES: dict[str, type[Table]] = {
    "municipalities": Municipalities,
    "schools": Schools,
    "pupils": Pupils,
    "enrolments": Enrolments,
    "results": Results,
    "school_results": SchoolResults,
    "school_bands": SchoolBands,
    "published": Published,
}
KEYS: dict[str, tuple[str, ...]] = {
    "municipalities": ("municipality_id",),
    "schools": ("school_id",),
    "pupils": ("pupil_id",),
    "enrolments": ("pupil_id", "school_year"),
    "results": ("pupil_id", "school_year", "grade", "test", "domain", "level", "session"),
    "school_results": ("school_id", "school_year", "grade", "test", "domain", "level"),
    "school_bands": ("school_id", "school_year", "grade", "test", "domain", "level", "band"),
    "published": ("school_year", "grade", "test", "domain", "level", "measure", "threshold"),
}
NAME_COLUMNS = {"municipalities": ("name", "name_genitive", "name_locative"), "schools": ("name",)}


@cache
def columns(table: str) -> dict[str, bool]:
    """Return the columns of a table and whether each is required."""
    schema = TABLES[table].to_schema()
    return {name: not column.nullable for name, column in schema.columns.items()}


@cache
def numeric(table: str) -> tuple[str, ...]:
    """Return the columns of a table that hold numbers."""
    schema = TABLES[table].to_schema()
    return tuple(name for name, column in schema.columns.items() if str(column.dtype) == "float64")
