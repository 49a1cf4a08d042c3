"""How pupils grew compared with pupils of the same start.

A growth percentile is a pupil's place in the distribution of results among pupils with the same earlier results
(Betebenner 2009, Educ. Meas. Issues Pract. 28(4), 42–51). There a hundred quantile regressions on B-splines give it. Here
the same splines give the expected result, and the place of the residual among pupils with nearly the same expectation
gives the percentile: windows of a tenth of the pupils, neighbours overlapping by half and blended. On real files the two
agree to about a percentile point and are equally uniform at every start; this one has no crossing quantiles and takes
milliseconds.
"""

import numpy as np
import pandas as pd
from scipy import stats
from scipy.interpolate import BSpline

from analysis.evidence import evidence, no_evidence, verdict
from analysis.indicators import INDICATORS
from analysis.stats.cohorts import Cohort, cohorts
from analysis.stats.country import Country
from analysis.stats.intervals import mean_interval
from analysis.stats.shrinking import UnfitDesign, fit_schools, independent

SMALLEST_N = INDICATORS["growth_percentile"].smallest_n
FEWEST = 400  # pupils of a start to be compared with; fewer would leave less than 40 in a window
MIDDLE = 50.0
_KNOTS = (0.2, 0.4, 0.6, 0.8)
_WINDOWS = 19  # centres 5 % apart, each holding the 10 % of pupils around it


def growth_percentiles(country: Country) -> pd.DataFrame:
    """Mean growth percentile of municipalities, and of schools shrunken towards 50; newest years pooled.

    Parameters
    ----------
    country : Country
        All results. Percentiles are places among the country's pupils, so a board's own pupils give none.

    Returns
    -------
    pd.DataFrame
        Evidence ``growth_percentile`` against the ``threshold`` of 50, the middle of the country; ends of the interval and
        verdict are those of whole percentiles. ``part`` is ``3-6``.
    """
    return percentiles_of(cohorts(country), country)


def percentiles_of(found: list[Cohort], country: Country) -> pd.DataFrame:
    """Return what :func:`growth_percentiles` does, of cohorts that are there."""
    if country.scope != "country":
        return no_evidence()
    parts = []
    for cohort in found:
        rows = with_percentile(cohort)
        if len(rows):
            parts += [_municipalities(rows, cohort, country), *_schools(rows, cohort, country)]
    if not parts:
        return no_evidence()
    return evidence(
        pd.concat(parts, ignore_index=True), indicator="growth_percentile", unit="percentile", reference="threshold",
        confidence=country.params.confidence,
    )  # fmt: skip


def with_percentile(cohort: Cohort) -> pd.DataFrame:
    """Give every pupil with an earlier result of the same ability a growth percentile among those of the same year.

    Pupils with a second, older result are compared with those who have both, all others by the first one alone.

    Returns
    -------
    pd.DataFrame
        ``municipality_id, school_id, year, growth`` (0–100), one row a pupil.
    """
    if not cohort.same_family:
        return pd.DataFrame()
    first, further = cohort.columns[0], cohort.further
    rows = cohort.rows[cohort.rows[first].notna()].reset_index(drop=True)
    parts = []
    for _, year in rows.groupby("year", sort=True):
        if len(year) < FEWEST:
            continue
        outcome, starts = (
            year["standing"].to_numpy(),
            year[[first, *([further] if further else [])]].to_numpy("float64"),
        )
        growth, both = conditional_percentile(outcome, starts[:, :1]), ~np.isnan(starts).any(axis=1)
        if further and both.sum() >= FEWEST:
            growth[both] = conditional_percentile(outcome[both], starts[both])
        parts.append(year[["municipality_id", "school_id", "year"]].assign(growth=growth))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def conditional_percentile(outcome: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Return each outcome's percentile among pupils of the same start.

    Parameters
    ----------
    outcome : (n,) array
        Results.
    starts : (n, 1 or 2) array
        Earlier results, none missing.

    Returns
    -------
    (n,) array
        Between 0 and 100, mean 50; equal residuals share one percentile. Increasing outcomes or starts by a constant, or
        their order, changes nothing.
    """
    design = independent(np.column_stack([np.ones(len(outcome)), *(_splines(start) for start in starts.T)]))
    expected = design @ np.linalg.lstsq(design, outcome, rcond=None)[0]
    residual = (outcome - expected).round(9)
    place = (stats.rankdata(expected.round(9)) - 0.5) / len(outcome)
    step = 1 / (_WINDOWS + 1)
    nearest = np.clip(place / step, 1, _WINDOWS)
    below = np.floor(nearest).astype(int)
    blend = nearest - below
    percentile = np.zeros(len(outcome))
    for window in range(1, _WINDOWS + 1):
        inside = np.flatnonzero(np.abs(place - window * step) <= step)
        rank = 100 * (stats.rankdata(residual[inside]) - 0.5) / len(inside)
        weight = (1 - blend[inside]) * (below[inside] == window) + blend[inside] * (below[inside] == window - 1)
        percentile[inside] += weight * rank
    return percentile


def _splines(start: np.ndarray) -> np.ndarray:
    """Cubic B-splines with knots at the quintiles of the start; equal quintiles count once."""
    low, high = start.min(), start.max()
    if not low < high:
        return np.zeros((len(start), 1))
    inner = np.unique(np.quantile(start, _KNOTS))
    knots = np.r_[[low] * 4, inner[(inner > low) & (inner < high)], [high] * 4]
    return np.asarray(BSpline.design_matrix(start, knots, 3).toarray())


def _municipalities(rows: pd.DataFrame, cohort: Cohort, country: Country) -> pd.DataFrame:
    means = (
        rows.groupby("municipality_id", observed=True)["growth"].agg(n="size", estimate="mean", sd="std").reset_index()
    )
    low, high = mean_interval(means["n"], means["estimate"], means["sd"], country.params.confidence)
    return _judged(means.assign(low=low, high=high), "mean growth percentile, Student", cohort)


def _schools(rows: pd.DataFrame, cohort: Cohort, country: Country) -> list[pd.DataFrame]:
    try:
        found = fit_schools(
            rows["growth"].to_numpy() - MIDDLE, np.ones((len(rows), 1)), rows["school_id"], rows["year"]
        )
    except UnfitDesign:
        return []
    schools = found.schools.reset_index().assign(estimate=lambda s: MIDDLE + found.fit.coefficients[0] + s["effect"])
    schools["municipality_id"] = schools["school_id"].map(rows.groupby("school_id")["municipality_id"].first())
    half = stats.norm.ppf((1 + country.params.confidence) / 2) * schools["sd"]
    schools = schools.assign(low=schools["estimate"] - half, high=schools["estimate"] + half)
    years = "school years within schools" if found.many_years else "one school year"
    return [_judged(schools, f"mean growth percentile, shrunken, REML, {years}", cohort)]


def _judged(groups: pd.DataFrame, method: str, cohort: Cohort) -> pd.DataFrame:
    """Round to whole percentiles, as they are printed, and judge against the middle: they then agree with each other."""
    ends = {name: groups[name].clip(0, 100).round() for name in ("estimate", "low", "high")}
    judged = verdict(ends["low"] - MIDDLE, ends["high"] - MIDDLE, groups["n"], SMALLEST_N)
    return groups.assign(**ends, verdict=judged, part=cohort.part, method=method, **cohort.key)
