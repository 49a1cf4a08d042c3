"""Which figures on need are withheld together: what is met and what is left follow from each other."""

import pandas as pd

from analysis.evidence import KEYS

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
    blank = blank | (support & rows["grade"].ne("") & _withheld(rows.assign(grade=""), rows, blank, None))
    for name, before in _AFTER.items():
        mine = rows["indicator"] == name
        for other in before:
            blank = blank | (mine & _withheld(rows, rows, blank, other))
    return _of_plans(rows, blank)


def _of_plans(rows: pd.DataFrame, blank: "pd.Series[bool]") -> "pd.Series[bool]":
    """Withhold what a plan says of pupils whose need is withheld, whatever the years, and grades that would give one away."""
    plan = rows["indicator"].isin(_PLAN)
    if not plan.any():
        return blank
    where = pd.MultiIndex.from_frame(rows[_WHERE].astype("str"))
    blank = blank | (plan & where.isin(where[(blank & (rows["indicator"] == "support_need")).to_numpy()]))
    blank = blank | (plan & where.isin(where[(blank & plan).to_numpy()]))
    kind = [rows[key].astype("str") for key in ("municipality_id", "part")]
    of_grades = plan & rows["grade"].ne("")
    return blank | (of_grades & (blank & of_grades).groupby(kind).transform("any").astype("bool"))


def _withheld(
    asked: pd.DataFrame, rows: pd.DataFrame, blank: "pd.Series[bool]", indicator: str | None
) -> "pd.Series[bool]":
    """Tell for each row asked whether the row with its keys (of another indicator, where one is named) is withheld."""
    keys = _SAME if indicator else list(KEYS)
    gone = rows[blank & (rows["indicator"] == indicator)] if indicator else rows[blank]
    index = pd.MultiIndex.from_frame(gone[keys].astype("str"))
    return pd.Series(pd.MultiIndex.from_frame(asked[keys].astype("str")).isin(index), index=rows.index)
