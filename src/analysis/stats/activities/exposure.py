"""How much do schools and grades give where a group's pupils learn? No more is known of groups: nobody lists who takes part."""

import pandas as pd

from analysis.activity_rules import FIELDS
from analysis.indicators import INDICATORS
from analysis.stats.activities.tables import SCHOOL

_FEWEST = INDICATORS["activity_exposure"].smallest_n
_METHOD = "hours for a pupil in the schools and grades where they learn"


def met(offers: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """Hours that a pupil of each school and grade meets on average, by field.

    Hours of an activity for one grade go to that grade's pupils, those of others to all of the school; so they add up to
    all hours of all participants.

    Returns
    -------
    pd.DataFrame
        ``cells`` with a column a field.
    """
    share = offers.assign(met=offers["total"] / offers["n"])
    parts = []
    for named, keys in ((True, [*SCHOOL, "grade"]), (False, SCHOOL)):
        mine = share[(share["grade"] != "") == named]
        table = mine.pivot_table(index=keys, columns="field", values="met", aggfunc="sum").reindex(columns=list(FIELDS))
        wanted = pd.MultiIndex.from_frame(cells[keys])
        parts.append(table.reindex(wanted).fillna(0.0).to_numpy())
    return cells.assign(**dict(zip(FIELDS, (parts[0] + parts[1]).T, strict=True)))


def exposure(pupils: pd.DataFrame, by_cell: pd.DataFrame, attributes: list[str], small_school: int) -> pd.DataFrame:
    """Mean hours met by the pupils of every value of every attribute, and of small and other schools.

    Parameters
    ----------
    pupils : pd.DataFrame
        Enrolments of one year a municipality, attributes as columns.
    by_cell : pd.DataFrame
        From :func:`met`.
    attributes : list of str
        Those with values.
    small_school : int
        A school of fewer pupils is small.

    Returns
    -------
    pd.DataFrame
        Evidence ``activity_exposure``, ``group`` and ``part`` (field), ``n`` the group's pupils: 30 at least, for where
        fewer learn could be guessed from what they meet, and attributes of which two such groups are left.
    """
    rows = pupils.merge(by_cell.drop(columns="n"), on=[*SCHOOL, "grade"])
    size = rows.groupby(SCHOOL)["grade"].transform("size")
    rows = rows.assign(school_size=(size < small_school).map({True: "small", False: "other"}))
    parts = [_of(rows, name) for name in [*attributes, "school_size"]]
    found = pd.concat(parts, ignore_index=True)
    return found.assign(indicator="activity_exposure", unit="hours", method=_METHOD)


def by_grade(by_cell: pd.DataFrame) -> pd.DataFrame:
    """Mean hours met by the pupils of each grade of a municipality, as ``activity_hours``."""
    keys = ["municipality_id", "school_year", "grade"]
    return _mean(by_cell, keys).assign(indicator="activity_hours", unit="hours", method=_METHOD)


def _of(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    keys = ["municipality_id", "school_year", name]
    known = rows[rows[name].notna()].assign(n=1)
    found = _mean(known, keys)
    found = found[found["n"] >= _FEWEST]
    values = found.groupby("municipality_id")[name].transform("nunique")
    return found[values > 1].assign(group=lambda r: name + "=" + r[name].astype("str")).drop(columns=name)


def _mean(rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Mean of each field over pupils (``n`` a row), one row a field."""
    sums = rows[keys].assign(n=rows["n"], **{field: rows[field] * rows["n"] for field in FIELDS})
    sums = sums.groupby(keys, observed=True, as_index=False)[["n", *FIELDS]].sum()
    found = sums.melt([*keys, "n"], list(FIELDS), "part", "total")
    return found.assign(estimate=found["total"] / found["n"]).drop(columns="total")
