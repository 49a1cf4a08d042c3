"""Which figures of targets are withheld because the figure that they are is withheld or coded elsewhere in the same evidence."""

import pandas as pd

from analysis.plan.targets import SOURCE
from analysis.release.coding import coded_ends

_WHERE = ["municipality_id", "school_id", "school_year", "grade", "test", "domain", "level", "group"]


def with_targets(rows: pd.DataFrame, blank: "pd.Series[bool]", limit: "pd.Series[int]") -> "pd.Series[bool]":
    """Withhold what a target's year measured as a share or as minutes, where that very figure is not shown plainly.

    Which figure it is stands in ``method``. A figure that the evidence does not hold hides nothing.
    """
    source = rows["method"].str.extract(SOURCE)
    about = rows["indicator"].isin(["target", "target_now"]) & source["indicator"].notna()
    if not about.any():
        return blank
    named = source[about].fillna("")
    plain = ~blank & rows["estimate"].notna() & coded_ends(rows, limit).isna().all(axis=1)
    keys = [rows[key].astype("str") for key in _WHERE]
    known = pd.MultiIndex.from_arrays([*keys, rows["indicator"], rows["part"]])
    hidden = known[~plain.to_numpy()]
    asked = pd.MultiIndex.from_arrays([*(key[about] for key in keys), named["indicator"], named["part"]])
    return blank | pd.Series(asked.isin(hidden), index=rows.index[about]).reindex(rows.index, fill_value=False)
