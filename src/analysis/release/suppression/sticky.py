"""What an earlier issue decides of today's figures: blank stays blank, and a difference of few pupils is not told."""

from typing import Any

import pandas as pd

from analysis.evidence import each
from analysis.params import Params
from analysis.release.coding import counted as own_share
from analysis.release.primary import limits
from analysis.release.suppression.design import unlisted
from analysis.release.suppression.keys import Key, row_keys, share_key, size_key
from analysis.release.suppression.planned import counts, of_results


def held_back(rows: pd.DataFrame, before: pd.DataFrame, params: Params) -> set[Key]:
    """Return the keys of today's figures that stay withheld beside an earlier issue.

    A figure of the same years, school and group that the issue withheld; and one that it told and that differs today by one
    to ``k − 1`` pupils: beside each other they tell of the few whose records came later or went.

    Parameters
    ----------
    rows : pd.DataFrame
        Today's evidence of the plan, not released.
    before : pd.DataFrame
        What the issue published of the municipality: of a table whose blank rows became one, what is not in it was withheld.
    params : Params
        ``k``.
    """
    if before.empty:
        return set()
    hidden = unlisted(rows, before)
    before = before[of_results(before)]
    then = before[counts(before).isin(["size", "share"])]
    told = {(row.domain, size_key(row)) for row in each(then[then["n"].notna()])}
    known = {(row.domain, size_key(row)): row.n for row in each(then[then["n"].notna()])}
    blank = {(row.domain, size_key(row)) for row in each(then[then["n"].isna()])} - told
    shares = {share_key(row): row for row in each(_shares(then))}
    gone: set[Key] = set()
    facts = rows.assign(limit=limits(rows, params), share=counts(rows).eq("share") & own_share(rows), unlisted=hidden)
    for row in each(facts):
        at = (row.domain, size_key(row))
        was_blank = at in blank or (row.unlisted and at not in told)
        if was_blank or (at in known and pd.notna(row.n) and 0 < abs(known[at] - row.n) < row.limit):
            gone.add(at[1])
        if row.share and _few(shares.get(share_key(row)), row, row.unlisted):
            gone.add(share_key(row))
    return gone


def _shares(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[counts(rows).eq("share") & own_share(rows)]


def _few(then: Any, row: Any, unlisted: bool) -> bool:
    """Tell whether a share was withheld, or counts by few pupils more or fewer today."""
    if then is None or pd.isna(row.n):
        return unlisted
    if pd.isna(then.n):
        return True
    if pd.isna(then.estimate):
        return False
    moved = abs(round(then.estimate * then.n / 100) - round(row.estimate * row.n / 100))
    return bool(0 < moved < row.limit)


def told_then(before: pd.DataFrame) -> dict[Key, int]:
    """Return the numbers of pupils that earlier issues told beside sizes and shares of results, by the keys of their rows."""
    mine = ~of_results(before) | counts(before).eq("part")
    rows = before[before["population"].eq("pupils") & mine & before["n"].notna()]
    return dict(zip(row_keys(rows), rows["n"].astype("int64").tolist(), strict=True))
