"""Which figures on activities are withheld with the number of those who take part, and which groups may be described."""

import pandas as pd

from analysis.activity_rules import FIELDS
from analysis.release.alike import alike

_KEYS = ["municipality_id", "school_id", "school_year", "grade", "part"]
_AIM, _SIZE = "aim|", "school_size="


def with_activities(rows: pd.DataFrame, blank: "pd.Series[bool]", limit: "pd.Series[int]") -> "pd.Series[bool]":
    """Withhold what tells withheld participations, and groups whose pupils could be located.

    Hours a pupil go with the participations that they are made of; bounds of reach and hours by aim add up all fields, so
    they go with any of them, and bounds whose largest activities have fewer than the smallest group. What a group's pupils
    meet is a mean over schools, weighted by how many of the group each has: with as few schools as fields (and one) those
    numbers could be worked out, so more are needed. Of small schools nothing is told in a field where a school's is withheld.

    Parameters
    ----------
    rows : pd.DataFrame
        Evidence.
    blank : pd.Series of bool
        What is withheld for other reasons.
    limit : pd.Series of int
        Smallest number behind each row.

    Returns
    -------
    pd.Series of bool
        One flag a row.
    """
    mine = rows["indicator"].str.startswith("activity_")
    if not mine.any():
        return blank
    of = {name: rows["indicator"].eq(f"activity_{name}") for name in ("participations", "hours", "reach", "exposure")}
    gone = of["participations"] & blank
    blank = blank | (of["hours"] & alike(rows, gone, _KEYS))
    blank = blank | (of["reach"] & rows["part"].ne("") & alike(rows, gone, _KEYS))
    adds_up = (of["reach"] & rows["part"].eq("")) | (rows["part"].str.startswith(_AIM) & mine)
    blank = blank | (adds_up & alike(rows, gone, _KEYS[:-1]))
    blank = blank | (of["reach"] & (rows["low"] * rows["n"].astype("float64") / 100).round().lt(limit))
    schools = rows[of["hours"] & rows["school_id"].ne("")].groupby("municipality_id")["school_id"].nunique()
    few = rows["municipality_id"].map(schools).fillna(0) <= len(FIELDS) + 1
    hidden = blank & of["hours"] & rows["school_id"].ne("")
    small = rows["group"].str.startswith(_SIZE) & alike(rows, hidden, ["municipality_id", "school_year", "part"])
    return blank | (of["exposure"] & (few | small))
