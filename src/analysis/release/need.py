"""Which figures on need are withheld together: what is met and what is left follow from each other."""

import pandas as pd

from analysis.evidence import KEYS
from analysis.release.alike import alike

_PLAN = ("plan_served", "plan_unserved")
_WHERE = ["municipality_id", "school_id", "grade", "part"]
_SAME = [key for key in KEYS if key != "indicator"]
_AFTER = {
    "support_served": ("support_need",),
    "support_unmet": ("support_need", "support_served"),
    "support_met_share": ("support_need", "support_served"),
}


def with_need(rows: pd.DataFrame, blank: "pd.Series[bool]") -> "pd.Series[bool]":
    """Withhold what tells a withheld figure on need.

    Need less unmet is served, and the met share times the need as well: unmet and share go with served, all of them with
    the need, whose number of pupils they repeat. A school's grades go with the school, for they add up to it. What a plan
    serves and leaves is the need again: its rows go with the need of the same school, and all grades of a kind of support
    go with any one of them.

    Parameters
    ----------
    rows : pd.DataFrame
        Evidence.
    blank : pd.Series of bool
        What is withheld for other reasons.

    Returns
    -------
    pd.Series of bool
        One flag a row.
    """
    support = rows["indicator"].isin(["support_need", *_AFTER])
    if not support.any():
        return _of_plans(rows, blank)
    blank = blank | (support & rows["grade"].ne("") & _school_gone(rows, blank))
    for name, before in _AFTER.items():
        mine = rows["indicator"] == name
        for other in before:
            blank = blank | (mine & alike(rows, blank & rows["indicator"].eq(other), _SAME))
    return _of_plans(rows, blank)


def _of_plans(rows: pd.DataFrame, blank: "pd.Series[bool]") -> "pd.Series[bool]":
    """Withhold what a plan says of pupils whose need is withheld, whatever the years, and grades that would give one away."""
    plan = rows["indicator"].isin(_PLAN)
    if not plan.any():
        return blank
    blank = blank | (plan & alike(rows, blank & rows["indicator"].eq("support_need"), _WHERE))
    blank = blank | (plan & alike(rows, blank & plan, _WHERE))
    kind = [rows[key].astype("str") for key in ("municipality_id", "part")]
    of_grades = plan & rows["grade"].ne("")
    return blank | (of_grades & (blank & of_grades).groupby(kind).transform("any").astype("bool"))


def _school_gone(rows: pd.DataFrame, blank: "pd.Series[bool]") -> "pd.Series[bool]":
    """Tell for each row whether the one of all its school's grades is withheld."""
    gone = pd.MultiIndex.from_frame(rows.loc[blank, list(KEYS)].astype("str"))
    asked = pd.MultiIndex.from_frame(rows.assign(grade="")[list(KEYS)].astype("str"))
    return pd.Series(asked.isin(gone), index=rows.index)
