"""The shape of findings: what is odd in data that are sound, one row for each thing a school may be asked about."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from analysis.intake.mapping.recoding import UNKNOWN
from analysis.intake.provenance import FILE

Tables = Mapping[str, pd.DataFrame]
TEXT = (
    "code",
    "table",
    "column",
    "file",
    "municipality_id",
    "school_id",
    "grade",
    "test",
    "domain",
    "group",
    "population",
    "method",
)
COLUMNS = (*TEXT, "year_from", "school_year", "count", "of")
SCHOOL = ["municipality_id", "school_id"]
_YEARS = ("year_from", "school_year")


def nothing() -> pd.DataFrame:
    """Return a frame of findings without rows."""
    return shaped(pd.DataFrame())


def shaped(rows: pd.DataFrame, **constants: Any) -> pd.DataFrame:
    """Complete rows to the shape of findings.

    Parameters
    ----------
    rows : pd.DataFrame
        Any of the columns of :data:`COLUMNS`; others are dropped.
    **constants
        Values of all rows.

    Returns
    -------
    pd.DataFrame
        :data:`COLUMNS`: empty text means "all" or "none", ``year_from``–``school_year`` the years concerned, ``count`` of
        ``of`` of what ``population`` names; ``group`` is an attribute's value where the finding is about it.
    """
    given = rows.assign(**constants) if len(rows) else pd.DataFrame(columns=list(COLUMNS))
    lacking = {c: "" for c in TEXT if c not in given}
    given = given.assign(**lacking, **{c: np.nan for c in COLUMNS if c not in given and c not in TEXT})
    text = {c: given[c].astype("str").where(given[c].notna(), "") for c in TEXT}
    text["population"] = text["population"].replace("", "pupils")
    years = {c: given[c].astype("Int64") for c in _YEARS}
    counts = {c: given[c].fillna(0).astype("int64") for c in ("count", "of")}
    return given.assign(**text, **years, **counts)[list(COLUMNS)].reset_index(drop=True)


def counted(
    rows: pd.DataFrame, flag: "pd.Series[bool]", by: Iterable[str] = SCHOOL, *, person: str = ""
) -> pd.DataFrame:
    """Count flagged rows in each unit, over the years that hold any.

    Parameters
    ----------
    rows : pd.DataFrame
        Rows with the columns of ``by`` and, where the table has one, ``school_year``.
    flag : pd.Series of bool, aligned with rows
        Which of them are odd.
    by : iterable of str
        The unit.
    person : str
        Column whose different values are counted; empty: rows are.

    Returns
    -------
    pd.DataFrame
        A row for each unit with a flagged row: ``by``, ``year_from``, ``school_year``, ``count``, ``of`` (all rows of the unit
        from the first to the last of these years), ``file``.
    """
    by = list(by)
    if not flag.any():
        return nothing()
    year = rows["school_year"] if "school_year" in rows else pd.Series(0, index=rows.index)
    used = rows[by].assign(year=year, who=rows[person] if person else rows.index, file=rows.get(FILE, ""))
    odd = used[flag].groupby(by, sort=True, observed=True)
    found = odd.agg(
        year_from=("year", "min"), school_year=("year", "max"), count=("who", "nunique"), file=("file", _one)
    )
    within = used.merge(found[["year_from", "school_year"]], left_on=by, right_index=True)
    within = within[within["year"].between(within["year_from"], within["school_year"])]
    found["of"] = within.groupby(by, observed=True)["who"].nunique()
    found = found.reset_index()
    return found if "school_year" in rows else found.assign(year_from=np.nan, school_year=np.nan)


def _one(files: "pd.Series[str]") -> str:
    """Name the file where it is one; of several the table alone is told."""
    different = files.unique()
    return str(different[0]) if len(different) == 1 else ""


def file_of(rows: pd.DataFrame) -> str:
    """Return the file that rows came from, or nothing where there are several."""
    return _one(rows[FILE]) if FILE in rows and len(rows) else ""


def placed(rows: pd.DataFrame, tables: Tables) -> pd.DataFrame:
    """Add the municipality of each row's school."""
    if "municipality_id" in rows:
        return rows
    home = tables["schools"].set_index("school_id")["municipality_id"]
    return rows.assign(municipality_id=rows["school_id"].map(home))


def main_results(tables: Tables) -> pd.DataFrame:
    """Return the results of main sessions with their municipality; empty where there are none."""
    results = tables.get("results", pd.DataFrame())
    if results.empty:
        return pd.DataFrame()
    main = results["session"].fillna("") == "" if "session" in results else pd.Series(True, index=results.index)
    return placed(results if main.all() else results[main], tables)


def known(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows whose pupil is known."""
    return rows[~rows["pupil_id"].str.startswith(UNKNOWN)]


def stage(grades: "pd.Series[str]") -> "pd.Series[float]":
    """Return grades as numbers: preschool is 0."""
    return pd.to_numeric(grades.astype("str").replace("PS", "0"))
