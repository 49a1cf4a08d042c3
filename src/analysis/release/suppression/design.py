"""How tables of results are published of which much is blank: their blank rows become one, or the table is left out.

It reads what was released and nothing else: which rows go follows from what is blank already, so that it tells nothing.
"""

import numpy as np
import pandas as pd

from analysis.evidence import FIGURES, evidence
from analysis.release.suppression.planned import forms, kept, of_results

MOST_BLANK = 0.15
"""Largest share of a table's rows that may be blank."""
MERGED, LEFT_OUT = "blank rows made one", "table left out"
INDICATOR = "table_rows"
_TABLE = ["part", "municipality_id", "grade", "test", "domain", "level", "reference"]


def designed(rows: pd.DataFrame) -> pd.DataFrame:
    """Return released rows as they are published: without the blank rows of tables that have too many, which become one.

    Parameters
    ----------
    rows : pd.DataFrame
        Evidence as released.

    Returns
    -------
    pd.DataFrame
        Evidence; every row with a figure is in it, unchanged, and last stand the rows of :func:`tables`.
    """
    gone = _gone(rows)
    return pd.concat([rows[~gone], tables(rows)], ignore_index=True) if gone.any() else rows


def tables(rows: pd.DataFrame) -> pd.DataFrame:
    """Return what becomes of the tables of results of which more than :data:`MOST_BLANK` is blank.

    A table holds one indicator, one form (of schools, of groups, …: ``plan.yml``), one test, unit and reference.

    Parameters
    ----------
    rows : pd.DataFrame
        Evidence as released.

    Returns
    -------
    pd.DataFrame
        Evidence ``table_rows``, a row a table: ``part`` is ``<indicator>:<form>:<unit>``, ``year_from`` to ``school_year`` its
        years, ``n`` the number of its rows, ``estimate`` how many of them are blank and so not published; ``method`` says
        whether these became one row or, where all are, the table was left out.
    """
    facts = names(rows).assign(gone=_gone(rows), first=rows["year_from"], last=rows["school_year"])
    found = facts.groupby(_TABLE, sort=True)
    counts = found.agg(
        n=("gone", "size"), estimate=("gone", "sum"), year_from=("first", "min"), school_year=("last", "max")
    ).reset_index()
    counts = counts[counts["estimate"] > 0].astype({"estimate": "float64"})
    method = np.where(counts["estimate"] == counts["n"], LEFT_OUT, MERGED)
    return evidence(counts, indicator=INDICATOR, unit="rows", population="rows", method=method)


def unlisted(rows: pd.DataFrame, before: pd.DataFrame) -> "pd.Series[bool]":
    """Tell which rows belong to a table, as it then was, of which an earlier issue did not publish the blank rows.

    Parameters
    ----------
    rows : pd.DataFrame
        Evidence of today, released or not.
    before : pd.DataFrame
        What the issue published.
    """
    then = before[before["indicator"] == INDICATOR].astype(dict.fromkeys(_TABLE, "str"))
    newest = then.groupby(_TABLE)["school_year"].max().reset_index()
    years = names(rows).merge(newest, on=_TABLE, how="left", validate="many_to_one")["school_year"]
    return (rows["school_year"] <= years.set_axis(rows.index)).fillna(False).astype("bool")


def names(rows: pd.DataFrame) -> pd.DataFrame:
    """Return, for rows of evidence, the keys of the table that each belongs to."""
    part = rows["indicator"] + ":" + forms(rows) + ":" + rows["unit"]
    return rows.assign(part=part)[_TABLE].astype("str")


def share_blank(rows: pd.DataFrame) -> float:
    """Return the share of rows that show no figure, in percent.

    Parameters
    ----------
    rows : pd.DataFrame
        Evidence, as released or as published: rows that became one, or were left out with their table, count each for itself
        and as blank. Counts of what was left out of the data are no figures of anybody and do not count.
    """
    tabled = rows["indicator"] == INDICATOR
    own = rows[~tabled & ~rows["indicator"].isin(_NOTES)]
    gone = rows.loc[tabled, "estimate"].sum()
    everything = len(own) + gone
    return float(100 * (_blank(own).sum() + gone) / everything) if everything else 0.0


_NOTES = ["data_note", "data_received", "data_finding"]


def _blank(rows: pd.DataFrame) -> "pd.Series[bool]":
    return rows[list(FIGURES)].isna().all(axis=1)


def _gone(rows: pd.DataFrame) -> "pd.Series[bool]":
    """Tell which rows are not published: blank ones of a table of which too much is; never those that name a group."""
    mine = of_results(rows) & ~kept(rows)
    blank = _blank(rows) & mine
    share = blank.groupby([names(rows)[key] for key in _TABLE]).transform("mean")
    return blank & (share > MOST_BLANK)
