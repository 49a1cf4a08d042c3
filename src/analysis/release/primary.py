"""Which figures are withheld because too few pupils stand behind them, or because a neighbour gives them away."""

import pandas as pd

from analysis.evidence import KEYS
from analysis.indicators import INDICATORS
from analysis.params import Params
from analysis.release.coding import code_bound

SMALLEST_RATE_N = 21


def withheld(rows: pd.DataFrame, params: Params) -> "pd.Series[bool]":
    """Tell which rows are withheld.

    Too few pupils (``smallest_group``; the larger limit for groups of a sensitive attribute), too few with or without
    the event of a rate that is not coded, and, where exactly one of a set that adds up is withheld (the values of one
    attribute, the schools of one test), its smallest neighbour as well. Figures that were public before pass.

    This is the first line only: it looks at one table at a time and proves nothing against an attack over all of them.

    Parameters
    ----------
    rows : pd.DataFrame
        Evidence.
    params : Params
        Limits.

    Returns
    -------
    pd.Series of bool
        One flag a row.
    """
    limit = smallest(rows["group"], params)
    public = rows["indicator"].map(lambda name: INDICATORS[name].public_source)
    counts_pupils = rows["population"] != "schools"
    blank = counts_pupils & (rows["n"].isna() | (rows["n"] < limit))
    blank |= _telling_rate(rows, limit)
    blank &= ~public
    return _with_neighbours(rows, blank.astype("bool"))


def smallest(groups: "pd.Series[str]", params: Params) -> "pd.Series[int]":
    """Return the smallest number of pupils a figure of each group may stand for."""
    sensitive = groups.map(lambda group: any(p.split("=")[0] in params.sensitive_attributes for p in group.split("&")))
    return sensitive.map({True: params.smallest_group_sensitive, False: params.smallest_group}).astype("int64")


def _telling_rate(rows: pd.DataFrame, limit: "pd.Series[int]") -> "pd.Series[bool]":
    """Rates from few pupils, or whose event or its opposite happened to few: the count follows from rate and n."""
    rate = rows["indicator"].map(lambda name: INDICATORS[name].sensitive) | (rows["indicator"] == "band_share")
    n = rows["n"].astype("float64")
    events = (rows["estimate"] * n / 100).round()
    few = ((events > 0) & (events < limit)) | ((n - events > 0) & (n - events < limit))
    coded_away = rows.apply(lambda row: code_bound(row) is not None, axis=1) if len(rows) else few
    small = rows["indicator"].map(lambda name: INDICATORS[name].sensitive) & (n < SMALLEST_RATE_N)
    return rate & ((few & ~coded_away) | small)


def _with_neighbours(rows: pd.DataFrame, blank: "pd.Series[bool]") -> "pd.Series[bool]":
    """Withhold one more of each set in which exactly one is withheld, the one from fewest pupils."""
    attribute = rows["group"].str.split("=").str[0]
    for member, members in (("group", attribute), ("school_id", rows["school_id"] != ""), ("part", rows["part"] != "")):
        if member == "part":
            belongs = rows["indicator"] == "band_share"
        else:
            belongs = members.astype("bool") & (rows["indicator"].isin(["group_gap", "attainment"]))
        keys = [rows[key].astype("str") for key in (*KEYS, "unit", "reference") if key != member] + [attribute]
        for _, index in rows[belongs].groupby([key[belongs] for key in keys], sort=True).groups.items():
            gone = blank.loc[index]
            if gone.sum() == 1 and len(index) > 1:
                others = rows.loc[index][~gone].sort_values(["n", member])
                blank.loc[others.index[0]] = True
    return blank
