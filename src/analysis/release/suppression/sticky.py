"""What an earlier issue decides of today's figures: blank stays blank, and a difference of few pupils is not told."""

from typing import Any

import pandas as pd

from analysis.evidence import each
from analysis.params import Params
from analysis.release.coding import counted as own_share
from analysis.release.primary import limits
from analysis.release.suppression.design import unlisted
from analysis.release.suppression.keys import Key, share_key, size_key
from analysis.release.suppression.planned import counts, of_results


def held_back(rows: pd.DataFrame, before: pd.DataFrame, params: Params) -> set[Key]:
    """Return the keys of today's figures that stay withheld beside earlier issues.

    A figure of the same years, school and group that they withheld; and one that one told and that differs today by one to
    ``k − 1`` pupils: beside each other they tell of the few whose records came later or went.

    Parameters
    ----------
    rows : pd.DataFrame
        Today's evidence of the plan, not released.
    before : pd.DataFrame
        What the issues published of the municipality: of a table whose blank rows became one, what is not in it was withheld.
    params : Params
        ``k``.
    """
    if before.empty:
        return set()
    hidden = unlisted(rows, before)
    before = before[of_results(before)]
    then = before[counts(before).isin(["size", "share"])]
    told: dict[Any, set[int]] = {}
    for row in each(then[then["n"].notna()]):
        told.setdefault((row.domain, size_key(row)), set()).add(int(row.n))
    blank = {(row.domain, size_key(row)) for row in each(then[then["n"].isna()])} - told.keys()
    shares: dict[Key, list[Any]] = {}
    for row in each(_shares(then)):
        shares.setdefault(share_key(row), []).append(row)
    gone: set[Key] = set()
    facts = rows.assign(limit=limits(rows, params), share=counts(rows).eq("share") & own_share(rows), unlisted=hidden)
    for row in each(facts):
        at = (row.domain, size_key(row))
        was_blank = at in blank or (row.unlisted and at not in told)
        if was_blank or (pd.notna(row.n) and any(0 < abs(n - row.n) < row.limit for n in told.get(at, ()))):
            gone.add(at[1])
        if row.share and any(_few(one, row, row.unlisted) for one in shares.get(share_key(row), [None])):
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
