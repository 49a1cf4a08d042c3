"""What is left of a number of the country when all that is published of its municipalities is subtracted."""

from collections.abc import Iterator
from math import ceil, floor
from typing import Any

import numpy as np
import pandas as pd

from analysis.audit.attack import Found, Judgement
from analysis.evidence import KEYS, each
from analysis.indicators import INDICATORS
from analysis.params import Params
from analysis.stats.talent import SHRUNKEN

TO_THE_TEN = 10
"""The country's numbers of pupils by group are told to it."""
_SAME = [*(key for key in KEYS if key != "municipality_id"), "unit", "reference"]
_SIZE = ["school_year", "grade", "test", "domain", "level", "group"]
_SIZES = (
    "attainment",
    "group_gap",
    "high_result_share",
    "low_result_share",
    "fail_share",
    "fail_share_at",
    "band_share",
)
_NOT_PEOPLE = ("schools", "boards", "rows")
_HALF = 0.05  # of the last digit of a percent


def subtracted(rows: pd.DataFrame, params: Params) -> Iterator[tuple[str, Found]]:
    """Give numbers of the country of which few people are left to the municipalities that do not tell theirs.

    Parameters
    ----------
    rows : pd.DataFrame
        Everything that is published of municipalities as a whole, and of the country.
    params : Params
        From how many on a group is not small.
    """
    people = rows[~rows["population"].isin(_NOT_PEOPLE) & rows["school_id"].eq("")]
    people = people.assign(same=people[_SAME].astype("string").fillna("").agg("|".join, axis=1))
    nation, own = people[people["municipality_id"] == ""], people[people["municipality_id"] != ""]
    stepped = nation["indicator"].eq("high_result_share")
    told, unlisted = dict(list(own.groupby("same"))), _unlisted(rows)
    for row in each(nation[~stepped & nation["n"].notna()]):
        if not INDICATORS[row.indicator].public_source and row.same in told:
            yield from _plain(row, told[row.same], _table(row) in unlisted, params)
    single = own[own["year_from"].isna() & own["indicator"].isin(_SIZES) & own["group"].ne("")]
    sizes = single.groupby([*_SIZE, "municipality_id"])["n"].max().reset_index()
    for row in each(nation[stepped & nation["group"].ne("") & nation["n"].notna()]):
        known = sizes[(sizes[_SIZE] == [getattr(row, name) for name in _SIZE]).all(axis=1)]["n"]
        hidden = bool(known.isna().any()) or _table(row) in unlisted
        yield from _few(row, 0.0, row.n + TO_THE_TEN / 2 - known.sum(), hidden, params)


def _unlisted(rows: pd.DataFrame) -> set[tuple[str, ...]]:
    """Return the tables of which some municipality does not list its blank rows."""
    found = rows[rows["indicator"] == "table_rows"]
    return {(*row.part.split(":")[:2], row.grade, row.test, row.domain, row.level) for row in each(found)}


def _table(row: Any) -> tuple[str, ...]:
    return row.indicator, "group" if row.group else "all", row.grade, row.test, row.domain, row.level


def _plain(row: Any, own: pd.DataFrame, unlisted: bool, params: Params) -> Iterator[tuple[str, Found]]:
    left = float(row.n) - own["n"].sum()
    yield from _few(row, left, left, left > 0, params)
    if row.unit != "percent" or pd.isna(row.estimate) or row.method.startswith(SHRUNKEN):
        return
    hidden = unlisted or bool(own["estimate"].isna().any())
    least, most = ((own["estimate"] + half) * own["n"] / 100 for half in (-_HALF, _HALF))  # of each municipality
    whole = [(row.estimate + half) * float(row.n) / 100 for half in (-_HALF, _HALF)]
    yield from _few(row, whole[0] - np.floor(most).sum(), whole[1] - np.ceil(least).sum(), hidden, params)
    others = own.loc[own["estimate"].notna(), "n"].astype("float64")
    low = float(row.n) - whole[1] - (others - np.ceil(least.dropna())).sum()
    high = float(row.n) - whole[0] - (others - np.floor(most.dropna())).sum()
    yield from _few(row, low, high, hidden, params)


def _few(row: Any, low: float, high: float, hidden: bool, params: Params) -> Iterator[tuple[str, Found]]:
    sensitive = row.population != "pupils" or any(
        part.split("=")[0] in params.sensitive_attributes for part in row.group.split("&")
    )
    limit = params.smallest_group_sensitive if sensitive else params.smallest_group
    most = floor(high + 1e-9)
    if hidden and 0 < most < limit:
        least = max(0, ceil(low - 1e-9))
        name = f"{row.indicator} {row.part} {row.grade} {row.domain}".strip()
        group = {"group": frozenset([row.group]), "municipality": frozenset(["–"])}
        kind: Judgement = "exact" if least == most else "proven_small" if least else "narrow"
        yield name, Found(group, -1, float(least), float(most), kind)
