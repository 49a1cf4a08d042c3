"""What is left of a number of the country when all that is published of its municipalities is subtracted.

Few people are found wherever they are left; of one municipality that is silent alone also many, for a number is withheld for what
is within it.
"""

from collections.abc import Iterator
from math import ceil, floor, inf
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
_TEST = ["indicator", "school_year", "grade", "test", "domain", "level"]
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


def subtracted(rows: pd.DataFrame, params: Params, results: pd.DataFrame | None = None) -> Iterator[tuple[str, Found]]:
    """Give numbers of the country of which few people are left to the municipalities that do not tell theirs.

    Parameters
    ----------
    rows : pd.DataFrame
        Everything that is published of municipalities as a whole, and of the country.
    params : Params
        From how many on a group is not small.
    results : pd.DataFrame, optional
        The results of all municipalities: who has published nothing is silent, and who has nobody in a group is not.
    """
    people = rows[~rows["population"].isin(_NOT_PEOPLE) & rows["school_id"].eq("")]
    if people.empty:  # means of schools alone
        return
    people = people.assign(same=people[_SAME].astype("string").fillna("").agg("|".join, axis=1))
    nation, own = people[people["municipality_id"] == ""], people[people["municipality_id"] != ""]
    stepped = nation["indicator"].eq("high_result_share")
    told, unlisted = dict(list(own.groupby("same"))), _unlisted(rows)
    there = own.groupby(_TEST)["municipality_id"].agg(set).to_dict()
    absent = set() if results is None else set(results["municipality_id"].astype("str")) - set(own["municipality_id"])
    for row in each(nation[~stepped & nation["n"].notna()]):
        if not INDICATORS[row.indicator].public_source and row.same in told:
            of = told[row.same]
            may = there[tuple(getattr(row, name) for name in _TEST)] | unlisted.get(_table(row), set()) | absent
            yield from _plain(row, of, len(may - set(of["municipality_id"])), params)
    single = own[own["year_from"].isna() & own["indicator"].isin(_SIZES) & own["group"].ne("")]
    sizes = single.groupby([*_SIZE, "municipality_id"])["n"].max().reset_index()
    groups = nation[stepped & nation["group"].ne("") & nation["n"].notna()]
    inside = _inside(groups, results)
    for row in each(groups):
        known = sizes[(sizes[_SIZE] == [getattr(row, name) for name in _SIZE]).all(axis=1)]
        may = set(known["municipality_id"]) | unlisted.get(_table(row), set()) | absent
        silent = may - set(known.loc[known["n"].notna(), "municipality_id"])
        if results is not None and row.group.partition("=")[0] in results:
            silent &= inside.get((f"{row.school_year:g}", *(getattr(row, key) for key in _SIZE[1:])), set())
        left = float(row.n) - known["n"].sum()
        yield from _few(row, left - TO_THE_TEN / 2, left + TO_THE_TEN / 2, len(silent), params)


def _unlisted(rows: pd.DataFrame) -> dict[tuple[str, ...], set[str]]:
    """Return the tables of which some municipalities do not list their blank rows, and these."""
    found: dict[tuple[str, ...], set[str]] = {}
    for row in each(rows[rows["indicator"] == "table_rows"]):
        table = (*row.part.split(":")[:2], row.grade, row.test, row.domain, row.level)
        found.setdefault(table, set()).add(row.municipality_id)
    return found


def _inside(nation: pd.DataFrame, results: pd.DataFrame | None) -> dict[tuple[str, ...], set[str]]:
    """Return which municipalities have somebody in each group of the country, as far as the truth is at hand."""
    found: dict[tuple[str, ...], set[str]] = {}
    for name in {group.partition("=")[0] for group in nation["group"]} & set([] if results is None else results):
        assert results is not None
        own = results[results["school_year"].isin(nation["school_year"])]
        members = own[["school_year", *_SIZE[1:-1], name, "municipality_id"]].drop_duplicates().dropna(subset=name)
        for year, *test, value, municipality_id in members.astype("str").itertuples(index=False, name=None):
            found.setdefault((year, *test, f"{name}={value}"), set()).add(municipality_id)
    return found


def _table(row: Any) -> tuple[str, ...]:
    return row.indicator, "group" if row.group else "all", row.grade, row.test, row.domain, row.level


def _plain(row: Any, own: pd.DataFrame, without: float, params: Params) -> Iterator[tuple[str, Found]]:
    """Subtract from a row what municipalities tell; ``without`` counts those that may be in it and do not have it."""
    left = float(row.n) - own["n"].sum()
    silent = without + int(own["n"].isna().sum())
    yield from _few(row, left, left, silent or inf, params)  # nobody is silent: of others nothing is listed
    if row.unit != "percent" or pd.isna(row.estimate) or row.method.startswith(SHRUNKEN):
        return
    silent = without + int(own["estimate"].isna().sum())
    least, most = ((own["estimate"] + half) * own["n"] / 100 for half in (-_HALF, _HALF))  # of each municipality
    whole = [(row.estimate + half) * float(row.n) / 100 for half in (-_HALF, _HALF)]
    yield from _few(row, whole[0] - np.floor(most).sum(), whole[1] - np.ceil(least).sum(), silent, params)
    others = own.loc[own["estimate"].notna(), "n"].astype("float64")
    low = float(row.n) - whole[1] - (others - np.ceil(least.dropna())).sum()
    high = float(row.n) - whole[0] - (others - np.floor(most.dropna())).sum()
    yield from _few(row, low, high, silent, params)


def _few(row: Any, low: float, high: float, silent: float, params: Params) -> Iterator[tuple[str, Found]]:
    sensitive = row.population != "pupils" or any(
        part.split("=")[0] in params.sensitive_attributes for part in row.group.split("&")
    )
    limit = params.smallest_group_sensitive if sensitive else params.smallest_group
    least, most = max(0, ceil(low - 1e-9)), floor(high + 1e-9)
    alone = silent == 1 and bool(row.group or row.indicator not in _SIZES)  # of all pupils in a test the programmes ask
    if silent and most > 0 and (most < limit or (alone and most - least < limit)):
        name = f"{row.indicator} {row.part} {row.grade} {row.domain}".strip()
        group = {"group": frozenset([row.group]), "municipality": frozenset(["–"])}
        small: Judgement = "proven_small" if least and most < limit else "narrow"
        yield name, Found(group, -1, float(least), float(most), "exact" if least == most else small)
