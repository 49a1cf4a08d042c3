"""Which ways of choosing are withheld: where few of the chosen, or all but few, had the result, each child's is told."""

import pandas as pd

from analysis.evidence import KEYS

_SAME = [key for key in KEYS if key != "part"]


def with_ways(rows: pd.DataFrame, blank: "pd.Series[bool]", limit: "pd.Series[int]") -> "pd.Series[bool]":
    """Withhold ways by which whoever knows the scores would learn results, and the differences that give them away.

    A school knows its rate and its tests, and so who would have been chosen. Withheld is a way that reached fewer than the
    limit, all but so few of the chosen, or all but so few of those in need; its difference to the best way goes as well,
    and all differences go with the best way: one added to it is another way's share.
    """
    mine = rows["indicator"].eq("targeting")
    if not mine.any():
        return blank
    blank = blank.copy()
    for _, found in rows[mine].groupby(_SAME, dropna=False, sort=True):
        of = found.set_index("part")
        n, limits = of["n"].astype("float64"), limit[found.index].set_axis(of.index)
        reached = of["estimate"] * n / 100
        chosen = float(reached.get("lot", float("nan")))
        ways = [part for part in of.index if part != "lot" and "|" not in part]
        enough = pd.concat([reached, n - reached, chosen - reached], axis=1).min(axis=1, skipna=False).round() >= limits
        gone = {part for part in ways if not enough[part]} | set(found.loc[blank[found.index], "part"])
        best = {way for way in ways if f"{way}|best" not in of.index}
        told = found["part"].isin(gone) | found["part"].str.removesuffix("|best").isin(gone)
        told |= found["part"].str.endswith("|best") & bool(best & gone)
        blank[found.index] |= told
    return blank
