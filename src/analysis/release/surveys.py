"""Which figures of surveys are withheld together: a change tells the level of either year from the other."""

import pandas as pd

_LEVELS = ("wellbeing_scale", "slo_dimension")
_WHO = ["indicator", "municipality_id", "school_id", "grade", "part", "group"]


def with_changes_of_surveys(rows: pd.DataFrame, blank: "pd.Series[bool]") -> "pd.Series[bool]":
    """Withhold a change since the survey before where the level of one of its two years is withheld or not told.

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
    own = rows["indicator"].isin(_LEVELS)
    changes = own & rows["reference"].eq("last_year")
    if not changes.any():
        return blank
    told = own & rows["reference"].eq("") & ~blank & rows["estimate"].notna()
    known = pd.MultiIndex.from_frame(rows.loc[told, [*_WHO, "school_year"]].astype("str"))
    both = pd.Series(True, index=rows.index)
    for year in ("school_year", "year_from"):
        both &= pd.MultiIndex.from_frame(rows[[*_WHO, year]].astype("str")).isin(known)
    return blank | (changes & ~both)
