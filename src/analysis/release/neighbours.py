"""Which further figures are withheld because they add up with a withheld one to a number that is shown."""

import pandas as pd

from analysis.evidence import KEYS

_TEST = ["municipality_id", "grade", "test", "domain", "level"]


def with_neighbours(rows: pd.DataFrame, blank: "pd.Series[bool]", limit: "pd.Series[int]") -> "pd.Series[bool]":
    """Withhold further members of each set that adds up, those from fewest pupils first.

    Sets are the values of one attribute, the schools of one test and the bands of one test; pupils of whom an attribute
    is unknown are a member that no row shows. A set is closed when at least two members are missing and together they
    are no small group themselves, or when all of it is withheld.
    """
    blank = blank.copy()
    attribute = rows["group"].str.split("=").str[0]
    sets = {
        "group": attribute.ne("") & rows["indicator"].eq("group_gap"),
        "school_id": rows["school_id"].ne("") & rows["indicator"].eq("attainment"),
        "part": rows["indicator"].eq("band_share"),
    }
    for member, belongs in sets.items():
        keys = [rows[key].astype("str").fillna("")[belongs] for key in (*KEYS, "unit", "reference") if key != member]
        groups = {key: index for key, index in rows[belongs].groupby([*keys, attribute[belongs]], sort=True).groups.items()}
        for index in groups.values():
            one = rows.loc[index]
            least = int(limit[index].max())
            unknown = _unknown(rows, one, least) if member == "group" else 0
            blank[_closing(one, blank[index], least, unknown, member)] = True
    return blank


def _closing(one: pd.DataFrame, gone: "pd.Series[bool]", least: int, unknown: int, member: str) -> list[int]:
    """Return the rows of a set that have to go as well."""
    missing = one.loc[gone, "n"].fillna(least).tolist() + ([unknown] if unknown else [])
    others = one[~gone].sort_values(["n", member]) if missing else one.iloc[:0]
    closing: list[int] = []
    for index, n in others["n"].items():
        if len(missing) >= 2 and sum(missing) >= least:
            break
        missing.append(int(n))
        closing.append(index)
    return closing


def _unknown(rows: pd.DataFrame, one: pd.DataFrame, least: int) -> int:
    """Return how many pupils have no value of the attribute, where they are few: a reader can subtract, too."""
    row = one.iloc[0]
    same = (rows[_TEST] == row[_TEST]).all(axis=1) & (rows["unit"] == row["unit"])
    first = row["school_year"] if pd.isna(row["year_from"]) else row["year_from"]
    own = same & (rows["indicator"] == "attainment") & (rows["school_id"] == "")
    years = rows.loc[own & rows["school_year"].between(first, row["school_year"]), "n"]
    pool = same & (rows["indicator"] == "group_gap") & (rows["reference"] == row["reference"])
    by_attribute = rows.loc[pool, "n"].groupby(rows.loc[pool, "group"].str.split("=").str[0]).sum()
    known = one["n"].sum()
    wholes = (years.sum(), years[years >= least].sum(), by_attribute.max())
    return next((int(whole - known) for whole in wholes if 0 < whole - known < least), 0)
