"""Whether the national position moves over the years."""

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.regression.linear_model import WLS

from analysis.evidence import evidence, no_evidence, verdict
from analysis.indicators import INDICATORS
from analysis.params import Params
from analysis.stats.comparability import require_comparable
from analysis.stats.scale import main_session

SMALLEST_N = INDICATORS["trend"].smallest_n
_SERIES = ["municipality_id", "grade", "test", "domain", "level"]


def trend(results: pd.DataFrame, params: Params) -> pd.DataFrame:
    """Yearly change of the mean national position, one figure a series of tests.

    Weighted regression of yearly means on the year with weights n/s², standard error inflated by
    ``sqrt(max(1, χ²/(T − 2)))`` and Student's t with T − 2 degrees of freedom (T years): the years scatter more than
    their pupils do. Years are those shown; raw percent never crosses years.

    Parameters
    ----------
    results : pd.DataFrame
        One municipality's results with ``position``.
    params : Params
        ``trend_years``: with fewer years no trend is estimated; ``years_shown``: how far back.

    Returns
    -------
    pd.DataFrame
        Evidence ``trend`` in SD a year; ``n`` is the number of results behind the series.
    """
    rows = main_session(results)
    if rows.empty or not rows["position"].notna().any():
        return no_evidence()
    rows = rows[rows["position"].notna()]
    rows = rows[rows["school_year"] > rows["school_year"].max() - params.years_shown]
    yearly = rows.groupby([*_SERIES, "school_year"], observed=True)["position"].agg(n="size", mean="mean", sd="std")
    yearly = yearly.reset_index()
    yearly = yearly[(yearly["n"] >= SMALLEST_N) & (yearly["sd"] > 0)]
    require_comparable("trend", "sd", yearly["school_year"])
    lines = []
    for keys, years in yearly.groupby(_SERIES, observed=True, sort=True):
        if len(years) >= params.trend_years:
            lines.append(dict(zip(_SERIES, keys, strict=True)) | _line(years, params.confidence))
    if not lines:
        return no_evidence()
    found = pd.DataFrame(lines)
    judged = verdict(found["low"], found["high"], found["n"], SMALLEST_N)
    return evidence(
        found.assign(verdict=judged), indicator="trend", unit="sd", reference="zero", confidence=params.confidence,
        method="weighted regression, inflated error",
    )  # fmt: skip


def _line(years: pd.DataFrame, confidence: float) -> dict[str, float]:
    """Fit one weighted line; returns slope, its interval, first and last year, and the results behind it."""
    year = years["school_year"].to_numpy(dtype="float64")
    design = np.column_stack([np.ones(len(year)), year - year.mean()])
    fit = WLS(years["mean"].to_numpy(), design, weights=(years["n"] / years["sd"] ** 2).to_numpy()).fit()
    # With these weights the residual scale is χ²/(T − 2); below 1 it is chance, and the pupils' own error holds.
    se = np.sqrt(max(1.0, fit.scale) * fit.normalized_cov_params[1, 1])
    half = stats.t.ppf((1 + confidence) / 2, len(year) - 2) * se
    return {
        "year_from": year.min(),
        "school_year": year.max(),
        "n": years["n"].sum(),
        "estimate": fit.params[1],
        "low": fit.params[1] - half,
        "high": fit.params[1] + half,
    }
