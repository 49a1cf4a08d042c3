"""Where results stand: the mean place in the country by stage, domain and year, for a municipality and its schools."""

import numpy as np
import pandas as pd
from scipy import stats

from analysis.evidence import evidence, no_evidence, verdict
from analysis.indicators import INDICATORS
from analysis.params import Params
from analysis.stats.intervals import mean_interval
from analysis.stats.pools import comparable_pools
from analysis.stats.scale import TEST, main_session

SMALLEST_N = INDICATORS["attainment"].smallest_n
MEASURES = {"position": "sd", "points": "points"}


def attainment(results: pd.DataFrame, params: Params) -> pd.DataFrame:
    """Mean place in the country of each test and year.

    In national standard deviations where the country's SD is known, in points from its mean where only the mean is;
    beside it, and alone where nothing is known of the country, the mean percent of that year. The interval is that of
    pupils within these schools and cohorts, all of which are present.

    Parameters
    ----------
    results : pd.DataFrame
        One municipality's results with ``position``, ``points``, ``value``, ``scale``.
    params : Params
        Level of the intervals.

    Returns
    -------
    pd.DataFrame
        Evidence ``attainment``: units ``sd`` or ``points`` against the country, and ``percent`` without reference.
    """
    rows = main_session(results)
    if rows.empty:
        return no_evidence()
    against = [_means(rows[rows[m].notna()], m, unit, params) for m, unit in _comparable(rows)]
    percent = rows[rows["scale"] == "percent"]
    own = evidence(
        _summary(percent, "value", ["municipality_id", *TEST], params), indicator="attainment", unit="percent",
        confidence=params.confidence, method="mean of pupils",
    )  # fmt: skip
    return pd.concat([*against, own], ignore_index=True)


def _comparable(rows: pd.DataFrame) -> list[tuple[str, str]]:
    """Use standard deviations where they exist; points only for tests without them."""
    return [(measure, unit) for measure, unit in MEASURES.items() if rows[measure].notna().any()]


def _means(rows: pd.DataFrame, measure: str, unit: str, params: Params) -> pd.DataFrame:
    if measure == "points":
        rows = rows[rows["position"].isna() & (rows["scale"] == "percent")]
    summary = _summary(rows, measure, ["municipality_id", *TEST], params)
    judged = verdict(summary["low"], summary["high"], summary["n"], SMALLEST_N)
    method = "mean of national z" if unit == "sd" else "mean minus published mean"
    return evidence(
        summary.assign(verdict=judged), indicator="attainment", unit=unit, reference="country",
        confidence=params.confidence, method=method,
    )  # fmt: skip


def _summary(rows: pd.DataFrame, measure: str, keys: list[str], params: Params) -> pd.DataFrame:
    summary = (
        rows.groupby(keys, observed=True, sort=True)[measure].agg(n="size", estimate="mean", sd="std").reset_index()
    )
    low, high = mean_interval(summary["n"], summary["estimate"], summary["sd"], params.confidence)
    return summary.assign(low=low, high=high)


def school_attainment(results: pd.DataFrame, params: Params) -> pd.DataFrame:
    """Mean place of each school against its municipality, newest years pooled; all schools in the order of their ids.

    The interval of a school's difference uses the pooled SD of pupils within schools:
    ``z·s·sqrt(1/n − 1/N)``, with N the pupils of all schools, which is also the funnel's limit.

    Returns
    -------
    pd.DataFrame
        Evidence ``attainment`` with ``school_id``, reference ``municipality``; unit ``sd``, ``points`` from a published
        mean, or ``percent`` of one year, as the data allow.
    """
    parts = [by_school(pool).assign(unit=unit) for pool, unit in comparable_pools(results, params)]
    if not parts:
        return no_evidence()
    schools = pd.concat(parts, ignore_index=True)
    half = stats.norm.ppf((1 + params.confidence) / 2) * schools["s"] * np.sqrt(1 / schools["n"] - 1 / schools["total"])
    half = half.mask(schools["n"] == schools["total"])
    estimate = schools["mean"] - schools["middle"]
    low, high = estimate - half, estimate + half
    judged = verdict(low, high, schools["n"], SMALLEST_N)
    year_from = schools["year_from"].mask(schools["year_from"] == 0)
    return evidence(
        schools.assign(year_from=year_from, estimate=estimate, low=low, high=high, verdict=judged),
        indicator="attainment", reference="municipality", confidence=params.confidence,
        method="school mean minus municipality mean, pooled within-school SD",
    )  # fmt: skip


def school_standing(results: pd.DataFrame, params: Params) -> pd.DataFrame:
    """Mean place of each school against the country, newest years pooled as in :func:`school_attainment`.

    The interval is ``z·s/sqrt(n)`` with the pooled SD of pupils within the municipality's schools, which tells nothing of
    how far the pupils of one school lie apart.

    Returns
    -------
    pd.DataFrame
        Evidence ``attainment`` with ``school_id``, reference ``country``; unit ``sd``, or ``points`` from a published mean.
        Nothing for tests of which nothing is known of the country.
    """
    pools = [(pool, unit) for pool, unit in comparable_pools(results, params) if unit != "percent"]
    if not pools:
        return no_evidence()
    schools = pd.concat([by_school(pool).assign(unit=unit) for pool, unit in pools], ignore_index=True)
    half = stats.norm.ppf((1 + params.confidence) / 2) * schools["s"] / np.sqrt(schools["n"])
    low, high = schools["mean"] - half, schools["mean"] + half
    return evidence(
        schools.assign(
            year_from=schools["year_from"].mask(schools["year_from"] == 0), estimate=schools["mean"], low=low, high=high,
            verdict=verdict(low, high, schools["n"], SMALLEST_N),
        ),
        indicator="attainment", reference="country", confidence=params.confidence,
        method="school mean of national z, pooled within-school SD",
    )  # fmt: skip


def by_school(rows: pd.DataFrame) -> pd.DataFrame:
    """Return schools with n and mean, their municipality's n and mean, and the SD of pupils within all schools of a test."""
    keys = ["municipality_id", "year_from", "school_year", "grade", "test", "domain", "level"]
    groups = rows.groupby([*keys, "school_id"], observed=True, sort=True)["measure"]
    schools: pd.DataFrame = groups.agg(n="size", mean="mean", sd="std").reset_index()
    schools["ss"] = (schools["n"] - 1) * schools["sd"].fillna(0) ** 2
    of_test = schools.groupby(keys, observed=True)
    schools["total"] = of_test["n"].transform("sum")
    schools["middle"] = schools["n"] * schools["mean"]
    schools["middle"] = of_test["middle"].transform("sum") / schools["total"]
    df = schools["total"] - of_test["n"].transform("size")
    schools["s"] = np.sqrt(of_test["ss"].transform("sum") / df.where(df > 0))
    return schools
