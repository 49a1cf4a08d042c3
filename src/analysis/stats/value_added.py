"""How far a school's pupils are from what their earlier results let expect.

``standing = Xβ + school + school × year + pupil``: X holds the pupil's earlier result of the same family, its square, the
other earlier results, and the school years (methods: Leckie & Goldstein 2009; school years as a level of their own, because
schools move from year to year by more than their pupils do, and intervals that forget it are too narrow).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from analysis.evidence import evidence, no_evidence, verdict
from analysis.indicators import INDICATORS
from analysis.params import Params
from analysis.stats.cohorts import Cohort, cohorts
from analysis.stats.country import Country
from analysis.stats.intervals import share_interval
from analysis.stats.school_limits import funnel_spread
from analysis.stats.shrinking import UnfitDesign, fit_groups, fit_schools, independent

SMALLEST_N = INDICATORS["school_effect"].smallest_n
_LARGE_GAP = 10.0  # percentage points by which a group's missing share must exceed the country's to be told
_YEARS = "value added, REML, school years within schools, shrunken"
_ONE_YEAR = "value added, REML, one school year, shrunken; holds for that year"
_NESTED = "value added, REML, schools within municipalities, shrunken; holds for these school years"


@dataclass(frozen=True)
class Design:
    """What value added is computed from: rows with a required earlier result (or covariates), and their columns."""

    rows: pd.DataFrame
    x: np.ndarray


def school_effects(country: Country) -> pd.DataFrame:
    """Value added of schools and municipalities in each test, newest years pooled.

    Pupils without the required earlier result are left out and counted; other earlier results that are missing are 0 beside a
    flag. Where a test has no earlier results, the delivery's declared covariates and sex stand in; where it has neither,
    there is no value added.

    Parameters
    ----------
    country : Country
        All results. Of a board's own pupils the expectation is the board's own, and so is the reference.

    Returns
    -------
    pd.DataFrame
        Evidence in national SDs: ``school_effect`` against the country (shrunken; ``part=unshrunken`` beside it, its interval
        as wide as the funnel's limits with additive overdispersion), ``school_effect`` against the municipality's other
        schools, ``municipality_effect``; ``earlier_missing``, and ``school_spread`` with ``part=reliability``.
    """
    return effects_of(cohorts(country), country)


def effects_of(found: list[Cohort], country: Country) -> pd.DataFrame:
    """Return what :func:`school_effects` does, of cohorts that are there."""
    parts = []
    for cohort in found:
        design = design_of(cohort, country.covariates)
        if design is not None:
            parts += _schools(cohort, design, country)
            parts += _municipalities(cohort, design, country)
        parts += _missing(cohort, country)
    return evidence(pd.concat(parts, ignore_index=True)) if parts else no_evidence()


def design_of(cohort: Cohort, covariates: tuple[str, ...]) -> Design | None:
    """Put the columns together; None where nothing is known of the pupils' start."""
    rows = cohort.rows
    if cohort.earlier:
        own, *others = cohort.columns
        rows = rows[rows[own].notna()].reset_index(drop=True)
        columns = [rows[own], rows[own] ** 2, *_filled(rows, others)]
    elif covariates and rows[[c for c in covariates if c in rows]].notna().any(axis=None):
        columns = _filled(rows, [c for c in covariates if c in rows])
        if "sex" in rows:
            columns += _filled(
                rows.assign(boy=(rows["sex"] == "boy").astype("float64").where(rows["sex"].notna())), ["boy"]
            )
    else:
        return None
    if len(rows) < 2:
        return None
    years = pd.get_dummies(rows["year"], dtype="float64").iloc[:, 1:]
    centred = [np.asarray(c - c.mean(), dtype="float64") for c in columns]
    return Design(rows, independent(np.column_stack([np.ones(len(rows)), *centred, years.to_numpy()])))


def _filled(rows: pd.DataFrame, columns: list[str]) -> list["pd.Series[float]"]:
    """Fill missing values with the mean beside a flag; columns that hold nothing give nothing."""
    filled = []
    for column in columns:
        values = rows[column].astype("float64")
        if values.notna().any():
            filled += [values.fillna(values.mean()), values.isna().astype("float64")]
    return filled


def _schools(cohort: Cohort, design: Design, country: Country) -> list[pd.DataFrame]:
    rows, y = design.rows, design.rows["standing"].to_numpy()
    try:
        found = fit_schools(y, design.x, rows["school_id"], rows["year"])
    except UnfitDesign:
        return []
    rest = pd.Series(y - design.x @ found.fit.coefficients)
    of_school = rows.assign(rest=rest).groupby("school_id", observed=True).agg(
        raw=("rest", "mean"), municipality_id=("municipality_id", "first")
    )  # fmt: skip
    schools = found.schools.join(of_school).reset_index()
    spread = funnel_spread(schools["raw"].to_numpy(), schools["n"].to_numpy(), found.fit.variance_residual)
    schools = schools.assign(limit=spread)
    reference, params = "country" if country.scope == "country" else "municipality", country.params
    shrunken = _rows(schools, schools["effect"], schools["sd"], cohort, params).assign(
        method=_YEARS if found.many_years else _ONE_YEAR
    )
    plain = _rows(schools, schools["raw"], schools["limit"], cohort, params).assign(
        part="unshrunken", method="mean residual; interval as wide as the funnel's limits with additive overdispersion"
    )
    both = pd.concat([shrunken, plain]).assign(indicator="school_effect", unit="sd", reference=reference)
    return [both, *_reliability(schools, found.variance, cohort)]


def _rows(groups: pd.DataFrame, estimate: pd.Series, sd: pd.Series, cohort: Cohort, params: Params) -> pd.DataFrame:
    half = stats.norm.ppf((1 + params.confidence) / 2) * sd
    low, high = estimate - half, estimate + half
    judged = verdict(low, high, groups["n"], SMALLEST_N)
    return groups.assign(
        estimate=estimate, low=low, high=high, verdict=judged, confidence=params.confidence, population="pupils",
        **cohort.key,
    )  # fmt: skip


def _reliability(schools: pd.DataFrame, tau2: float, cohort: Cohort) -> list[pd.DataFrame]:
    """Median share of a school's unshrunken effect that is no chance; nothing where schools do not differ at all."""
    if not tau2 > 0:
        return []
    row: dict[str, Any] = {
        **cohort.key,
        "n": len(schools),
        "estimate": float(np.median(np.clip(1 - schools["sd"] ** 2 / tau2, 0, 1))),
        "indicator": "school_spread",
        "part": "reliability",
        "population": "schools",
        "unit": "probability",
        "method": "median over schools of 1 − conditional variance / variance between schools",
    }
    return [pd.DataFrame([row])]


def _municipalities(cohort: Cohort, design: Design, country: Country) -> list[pd.DataFrame]:
    """Effects of municipalities, and of schools within them; a board has no other municipality to be told from."""
    rows = design.rows
    if country.scope != "country":
        return []
    try:
        _, schools, places = fit_groups(
            rows["standing"].to_numpy(), design.x, rows["school_id"].to_numpy(), rows["municipality_id"].to_numpy()
        )
    except UnfitDesign:
        return []
    inner = schools.rename_axis("school_id").reset_index().rename(columns={"outer": "municipality_id"})
    outer = places.rename_axis("municipality_id").reset_index()
    both = ((inner, "school_effect", "municipality"), (outer, "municipality_effect", "country"))
    return [
        _rows(groups, groups["effect"], groups["sd"], cohort, country.params).assign(
            indicator=indicator, unit="sd", reference=reference, method=_NESTED
        )
        for groups, indicator, reference in both
    ]


def _missing_of(rows: pd.DataFrame, attribute: str) -> pd.DataFrame:
    counts = (
        rows.groupby(attribute, observed=True)["missing"].agg(n="size", count="sum").rename_axis("value").reset_index()
    )
    return counts.assign(group=attribute + "=" + counts["value"].astype("str"))


def _missing(cohort: Cohort, country: Country) -> list[pd.DataFrame]:
    """Share of outcomes without the required earlier result: by municipality, and in the country by group where it is large."""
    if not cohort.earlier:
        return []
    rows = cohort.rows.assign(missing=cohort.rows[cohort.columns[0]].isna())
    counts = rows.groupby("municipality_id", observed=True)["missing"].agg(n="size", count="sum").reset_index()
    parts = [counts]
    if country.scope == "country":
        groups = [_missing_of(rows, name) for name in country.attributes]
        parts += [pd.DataFrame({"n": [len(rows)], "count": [int(rows["missing"].sum())]})]
        parts += [g[100 * g["count"] / g["n"] > 100 * rows["missing"].mean() + _LARGE_GAP] for g in groups]
    found = pd.concat(parts, ignore_index=True).assign(**cohort.key)
    low, high = share_interval(found["count"], found["n"], country.params.confidence)
    return [
        found.assign(
            estimate=100 * found["count"] / found["n"], low=low, high=high, indicator="earlier_missing", part=cohort.part,
            unit="percent", confidence=country.params.confidence, population="pupils", method="counts, Wilson",
        )
    ]  # fmt: skip
