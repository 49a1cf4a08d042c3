"""Which of the groups named today were named in an earlier issue as well, and which are named no longer."""

import pandas as pd

from analysis.evidence import evidence, no_evidence
from analysis.intake.issues import Earlier

_GROUP = ["grade", "test", "domain", "level", "group"]


def named_before(groups: pd.DataFrame, earlier: Earlier | None) -> pd.DataFrame:
    """Compare the groups named with those that an earlier issue named.

    Parameters
    ----------
    groups : pd.DataFrame
        Today's evidence ``support_group`` and ``group_gap``.
    earlier : Earlier or None
        The earlier issue.

    Returns
    -------
    pd.DataFrame
        Evidence ``named_before``. ``part=before``: named in both; ``part=new``: examined and shown then, and not named;
        both repeat today's row of the group. ``part=gone``: on the page's list then, examined today and not named; it repeats
        the row that was published. Nothing is said of a group whose row was withheld then, nor of a test not examined then.
    """
    if earlier is None or earlier.evidence.empty or groups.empty:
        return no_evidence()
    then = earlier.evidence[earlier.evidence["municipality_id"] == earlier.municipality_id]
    now_named, then_named = _named(groups), _named(then)
    shown = then_named[then_named["estimate"].notna()]
    examined = _shown_gaps(then)
    both, withheld = _known(now_named, shown), _known(now_named, then_named[then_named["estimate"].isna()])
    new = ~both & ~withheld & _known(now_named, examined)
    gone = shown["part"].eq("headline") & ~_known(shown, now_named) & _known(shown, _shown_gaps(groups))
    own = groups["municipality_id"].iloc[0]
    parts = [now_named[both].assign(part="before"), now_named[new].assign(part="new"), shown[gone].assign(part="gone")]
    found = pd.concat([part for part in parts if len(part)] or [no_evidence()], ignore_index=True)
    return evidence(found, indicator="named_before", municipality_id=own, verdict="", method="issues compared")


def _named(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["indicator"].eq("support_group") & rows["unit"].eq("pupils") & rows["part"].ne("left_out")]


def _shown_gaps(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["indicator"].eq("group_gap") & rows["estimate"].notna()]


def _known(rows: pd.DataFrame, others: pd.DataFrame) -> "pd.Series[bool]":
    keys = pd.MultiIndex.from_frame(rows[_GROUP].astype("str"))
    return pd.Series(keys.isin(pd.MultiIndex.from_frame(others[_GROUP].astype("str"))), index=rows.index)
