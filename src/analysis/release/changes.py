"""Which changes since an earlier issue are withheld: a difference tells what either side withholds."""

import pandas as pd

from analysis.evidence import KEYS
from analysis.release.coding import coded_ends

OF = {
    "change": "attainment",
    "low_result_change": "low_result_share",
    "fail_change": "fail_share",
    "named_before": "support_group",
}
"""Indicator of a change → the figure it is the change of."""
_SAME = [key for key in KEYS if key not in ("indicator", "part", "year_from")]
_EITHER = ("before", "new")


def with_changes(rows: pd.DataFrame, blank: "pd.Series[bool]", limit: "pd.Series[int]") -> "pd.Series[bool]":
    """Withhold changes whose figure is withheld or coded today, and splits that would tell of few.

    What the earlier issue withheld comes without a number of pupils and is withheld already. Of a split one part follows
    from the others, so that all parts go with any one of them; the total stays, for both figures are public. Shares of one
    year that differ by one to ``limit − 1`` pupils go as a whole.
    """
    changed = rows["indicator"].isin(list(OF)) & rows["part"].ne("gone")
    if not changed.any():
        return blank
    figure = rows["indicator"].replace(OF)
    shown = ~blank & rows["estimate"].notna() & coded_ends(rows, limit).isna().all(axis=1) & rows["school_id"].eq("")
    keys = [figure, *(rows[key].astype("str") for key in _SAME), rows["unit"]]
    names = pd.MultiIndex.from_arrays(keys)
    known = names[(shown & rows["indicator"].eq(figure)).to_numpy()]
    blank = blank | (changed & ~pd.Series(names.isin(known), index=rows.index))
    split = changed & rows["indicator"].ne("named_before")
    moved = (rows["estimate"].abs() * rows["n"].astype("float64") / 100).round()
    few = split & rows["unit"].eq("percent") & (moved > 0) & (moved < limit)
    number = rows.groupby(keys, dropna=False, sort=True).ngroup()
    total = rows["part"].eq("total")
    whole_gone = number.isin(number[few | (split & total & blank)])
    part_gone = number.isin(number[split & ~total & blank]) & ~total
    return blank | (split & (whole_gone | part_gone))
