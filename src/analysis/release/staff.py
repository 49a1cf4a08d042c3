"""Which figures of staff are withheld together: goals, hours of programmes, and what stands beside a gap."""

import pandas as pd

from analysis.evidence import each
from analysis.release.alike import alike
from analysis.release.coding import coded_ends

_BESIDE_GAP = ("competence_reliability", "competence_lessons", "self_gap", "self_bias")
_FOLLOWED = ("gap_before", "gap_after", "gap_expected", "gap_moved")
_UNIT = ["municipality_id", "school_id", "part"]
_HOURS = ["municipality_id", "school_id", "part", "group"]


def with_staff(rows: pd.DataFrame, blank: "pd.Series[bool]", limit: "pd.Series[int]") -> "pd.Series[bool]":
    """Withhold what tells a withheld figure on staff.

    What stands beside a gap counts the same teachers and goes with it, what follows it since an earlier
    issue too. Each teacher has about as many goals as the next, so
    that shares of goals add up: those not told as they are must be two at least and have enough teachers between them; the
    mean of aims, which counts the teachers of a share, goes with it. Hours of programmes go, from the smallest up, where
    few participants are left beside those of all programmes.

    Parameters
    ----------
    rows : pd.DataFrame
        Evidence.
    blank : pd.Series of bool
        What is withheld for other reasons.
    limit : pd.Series of int
        Smallest number of teachers for each row.

    Returns
    -------
    pd.Series of bool
        One flag a row.
    """
    if not (rows["population"] == "teachers").any():
        return blank
    followed = rows["indicator"].isin(_FOLLOWED)
    gone = blank & (rows["indicator"].eq("competence_gap") | followed)
    blank = blank | (rows["indicator"].isin(_BESIDE_GAP) & alike(rows, gone & ~followed, _UNIT))
    blank = blank | (followed & alike(rows, gone, _UNIT))
    blank = _goals(rows, blank, limit)
    return _programmes(rows, blank, limit)


def _goals(rows: pd.DataFrame, blank: "pd.Series[bool]", limit: "pd.Series[int]") -> "pd.Series[bool]":
    shares = rows[rows["indicator"] == "goal_share"]
    if shares.empty:
        return blank
    open_ended = coded_ends(shares, limit[shares.index]).notna().any(axis=1)
    hidden = blank[shares.index] | open_ended
    events = (shares["estimate"] * shares["n"].astype("float64") / 100).fillna(0).round()
    for _, one in shares.assign(events=events, gone=hidden, limit=limit).groupby("municipality_id", sort=True):
        told = one[~one["gone"]].sort_values(["events", "part"])
        count, sum_hidden = int(one["gone"].sum()), float(one.loc[one["gone"], "events"].sum())
        for row in each(told):
            if not count or (count > 1 and sum_hidden >= row.limit):
                break
            hidden[row.Index], count, sum_hidden = True, count + 1, sum_hidden + row.events
    blank = blank | (hidden & ~open_ended).reindex(rows.index, fill_value=False)
    not_told = hidden.reindex(rows.index, fill_value=False)
    return blank | ((rows["indicator"] == "goal_aim") & alike(rows, not_told, _UNIT))


def _programmes(rows: pd.DataFrame, blank: "pd.Series[bool]", limit: "pd.Series[int]") -> "pd.Series[bool]":
    hours = rows[rows["indicator"] == "development_hours"]
    blank = blank.copy()
    hours = hours[alike(hours, hours["test"] != "", _HOURS)]
    for _, one in hours.assign(gone=blank, limit=limit).groupby(_HOURS, sort=True):
        whole = one[one["test"] == ""]
        left = float(whole["n"].sum() - one.loc[(one["test"] != "") & ~one["gone"], "n"].sum())
        for row in each(one[(one["test"] != "") & ~one["gone"]].sort_values(["n", "test"])):
            if whole["gone"].all() or not 0 < left < row.limit:
                break
            blank[row.Index], left = True, left + row.n
    return blank
