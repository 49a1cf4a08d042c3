"""How far groups of pupils are from the country and from their own municipality, group by group."""

import pandas as pd

from analysis.evidence import evidence, no_evidence, verdict
from analysis.indicators import INDICATORS
from analysis.params import Params
from analysis.stats.intervals import mean_interval, part_against_whole
from analysis.stats.pools import comparable_pools

SMALLEST_N = INDICATORS["group_gap"].smallest_n
_POOL = ["municipality_id", "year_from", "school_year", "grade", "test", "domain", "level"]


def group_gaps(results: pd.DataFrame, attributes: list[str], params: Params) -> pd.DataFrame:
    """Gap of every value of every declared attribute.

    Newest years pooled where results have a place in the country; otherwise the newest year alone, in percent, against
    the municipality only.

    Parameters
    ----------
    results : pd.DataFrame
        One municipality's results with the attributes as columns.
    attributes : list of str
        Attributes in their fixed order.
    params : Params
        Years pooled, level of the intervals.

    Returns
    -------
    pd.DataFrame
        Evidence ``group_gap``: against ``country`` (mean place of the group) and ``municipality`` (group minus all).
    """
    pools = list(comparable_pools(results, params))
    parts = [_one_attribute(pool, attribute).assign(unit=unit) for pool, unit in pools for attribute in attributes]
    parts = [part for part in parts if len(part)]
    if not parts:
        return no_evidence()
    groups = pd.concat(parts, ignore_index=True)
    country = groups[groups["unit"] != "percent"]
    return pd.concat([_against_country(country, params), _against_own(groups, params)], ignore_index=True)


def _one_attribute(pool: pd.DataFrame, attribute: str) -> pd.DataFrame:
    """Number, mean and SD of every value of an attribute, beside those of the whole pool."""
    whole = pool.groupby(_POOL, observed=True)["measure"].agg(all_n="size", all_mean="mean", all_sd="std").reset_index()
    groups = pool.groupby([*_POOL, attribute], observed=True, sort=True)["measure"]
    part = groups.agg(n="size", mean="mean", sd="std").reset_index().merge(whole, on=_POOL, validate="many_to_one")
    part = part[part["n"] < part["all_n"]].copy()  # a value that all share makes no group
    part["group"] = attribute + "=" + part[attribute].astype("str")
    return part.drop(columns=attribute)


def _against_country(part: pd.DataFrame, params: Params) -> pd.DataFrame:
    if part.empty:
        return no_evidence()
    low, high = mean_interval(part["n"], part["mean"], part["sd"], params.confidence)
    return _rows(part, part["mean"], low, high, "country", "mean of the group", params)


def _against_own(part: pd.DataFrame, params: Params) -> pd.DataFrame:
    own = part_against_whole(
        part["n"], part["mean"], part["sd"], part["all_n"], part["all_mean"], part["all_sd"], params.confidence
    )
    return _rows(part, *own, "municipality", "group minus all, Welch", params)


def _rows(
    part: pd.DataFrame,
    estimate: pd.Series,
    low: pd.Series,
    high: pd.Series,
    reference: str,
    method: str,
    params: Params,
) -> pd.DataFrame:
    judged = verdict(low, high, part["n"], SMALLEST_N)
    year_from = part["year_from"].mask(part["year_from"] == 0)
    return evidence(
        part.assign(year_from=year_from, estimate=estimate, low=low, high=high, verdict=judged), indicator="group_gap",
        reference=reference, confidence=params.confidence, method=method,
    )  # fmt: skip
