"""What place pupils like these reach elsewhere: the place expected from who comes to school.

A regression of schools' mean places on their intake (earlier results, shares of low income, home language other than Latvian,
special needs, settlement), in which the municipality or school that is predicted has no part. It describes; it does not say
that the intake is the reason.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from analysis.evidence import evidence, no_evidence, verdict
from analysis.indicators import INDICATORS
from analysis.stats.cohorts import Cohort, cohorts
from analysis.stats.country import Country

SMALLEST_N = INDICATORS["expected_for_similar"].smallest_n
FEWEST_SCHOOLS, FEWEST_PLACES = 20, 15
USEFUL = 0.10  # share of the differences between schools that the intake must explain before anything is expected of it
_SHARES = {"low_income": ("yes",), "home_language": ("other",), "sen": ("yes",), "settlement": ("town", "rural")}
_PER_COLUMN = 3  # schools for each column; with fewer the fit says little
_NO_SPREAD = 1e-9
_METHOD = "regression of schools' means on their intake, the unit itself left out"


@dataclass(frozen=True)
class Prediction:
    """Units beside what the others let expect of them.

    Attributes
    ----------
    units : pd.DataFrame
        By unit: ``n``, ``mean``, ``expected``, ``fit_error`` (of the expectation), ``own_error`` (of the mean).
    between : float
        Variance of units about their expectation, beyond both errors.
    explained : float
        Share of the spread of units' means that the left-out expectations explain; below 0 they are worse than the mean.
    """

    units: pd.DataFrame
    between: float
    explained: float


def expected_for_similar(country: Country) -> pd.DataFrame:
    """Expected place of municipalities and schools from their intake, and how far they are from it.

    Municipalities are shown for the test's newest year (as their place is), schools for the pooled years; both are predicted
    from the pooled schools of all other municipalities, or all other schools.

    Parameters
    ----------
    country : Country
        All results; a board's own pupils give no expectation for similar ones elsewhere.

    Returns
    -------
    pd.DataFrame
        Evidence ``expected_for_similar``: reference ``country`` with the expected place and the interval in which units
        with such an intake lie (no verdict); reference ``similar`` with the place minus the expectation.
        ``explained_by_intake`` in percent, ``part`` ``municipalities`` or ``schools``. Empty with fewer than 20 schools;
        no municipalities with fewer than 15; no expectation where the intake explains less than a tenth of the differences
        between schools.
    """
    return similar_of(cohorts(country), country)


def similar_of(found: list[Cohort], country: Country) -> pd.DataFrame:
    """Return what :func:`expected_for_similar` does, of cohorts that are there."""
    if country.scope != "country":
        return no_evidence()
    parts = []
    for cohort in found:
        rows = _with_intake(cohort)
        columns = [str(c) for c in rows if str(c).startswith("intake_")]
        schools = left_out(rows, rows, "school_id", columns)
        if schools is None:
            continue
        newest, year = rows[rows["year"] == rows["year"].max()], {**cohort.key, "year_from": pd.NA}
        places = left_out(rows, newest, "municipality_id", columns)
        useful = schools.explained >= USEFUL
        parts += _figures(schools, "school_id", rows, cohort.key, country.params.confidence, useful=useful)
        if places is not None:
            parts += _figures(places, "municipality_id", rows, year, country.params.confidence, useful=useful)
    return evidence(pd.concat(parts, ignore_index=True)) if parts else no_evidence()


def _with_intake(cohort: Cohort) -> pd.DataFrame:
    """Give each pupil the columns whose means describe an intake; an unknown value counts as the mean beside a flag."""
    rows = cohort.rows[["municipality_id", "school_id", "year", "standing"]].copy()
    given = [cohort.rows[column] for column in cohort.columns]
    given += [
        (cohort.rows[name] == value).astype("float64").where(cohort.rows[name].notna())
        for name, values in _SHARES.items()
        if name in cohort.rows
        for value in values
    ]
    for place, column in enumerate(c for c in given if c.notna().any()):
        rows[f"intake_{place}"] = column.fillna(column.mean())
    if cohort.earlier:
        rows["intake_unlinked"] = cohort.rows[cohort.columns[0]].isna().astype("float64")
    return rows


def left_out(rows: pd.DataFrame, own: pd.DataFrame, unit: str, columns: list[str]) -> Prediction | None:
    """Predict each unit from the schools of all other units.

    Weighted least squares over schools, weights ``1/(τ² + σ²/n)`` with τ² from a first fit weighted by n; a unit leaves the
    fit by taking its own cross products off the sums, which is exact.

    Parameters
    ----------
    rows : pd.DataFrame
        Pupils with ``school_id``, ``unit``, ``standing`` and the intake's columns.
    own : pd.DataFrame
        Those of them whose means are predicted.
    unit : {"municipality_id", "school_id"}
        What is left out and predicted.
    columns : list of str
        Of the intake.

    Returns
    -------
    Prediction or None
        None where there are too few schools or municipalities, or no intake.
    """
    schools = _means(rows, "school_id", columns)
    schools["unit"] = rows.groupby("school_id", observed=True)[unit].first() if unit != "school_id" else schools.index
    kept = [c for c in columns if schools[c].std() > _NO_SPREAD]
    units = _means(own, unit, columns)
    if not kept or len(schools) < max(FEWEST_SCHOOLS, _PER_COLUMN * (1 + len(kept))) or len(units) < FEWEST_PLACES:
        return None
    inside = rows["standing"] - rows.groupby("school_id", observed=True)["standing"].transform("mean")
    variance = float((inside**2).sum() / max(1, len(rows) - len(schools)))
    if not variance > 0:
        return None
    middle, spread = schools[kept].mean(), schools[kept].std()
    x, at = (np.column_stack([np.ones(len(f)), ((f[kept] - middle) / spread).to_numpy()]) for f in (schools, units))
    weight = _weights(x, schools, variance)
    expected, error = _without_each(x, schools, weight, units.index, at)
    return _summary(units.assign(expected=expected, fit_error=error, own_error=np.sqrt(variance / units["n"])))


def _weights(x: np.ndarray, schools: pd.DataFrame, variance: float) -> np.ndarray:
    """One over the variance of each school's mean about the fit, with what schools differ by beyond chance by moments."""
    n, y = schools["n"].to_numpy(dtype="float64"), schools["mean"].to_numpy()
    w = n / variance
    beta = np.linalg.solve((x * w[:, None]).T @ x + np.eye(x.shape[1]), (x * w[:, None]).T @ y)
    chance = w @ (y - x @ beta) ** 2 - (len(y) - x.shape[1])
    between = max(0.0, float(chance / (w.sum() - (w @ w) / w.sum())))
    return np.asarray(1 / (between + variance / n))


def _without_each(
    x: np.ndarray, schools: pd.DataFrame, weight: np.ndarray, units: pd.Index, at: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Expectation of each unit and its error, from the sums over all schools less its own.

    A unit of prior precision on each standardised slope keeps a column that only one unit fills from running away.
    """
    y, of = schools["mean"].to_numpy(), pd.Index(units).get_indexer(pd.Index(schools["unit"]))
    moments = weight[:, None, None] * x[:, :, None] * np.column_stack([x, y])[:, None, :]
    own = np.zeros((len(units), *moments.shape[1:]))
    np.add.at(own, of[of >= 0], moments[of >= 0])
    rest = moments.sum(axis=0) - own
    rest[:, :, :-1] += np.diag(np.r_[0.0, np.ones(x.shape[1] - 1)])
    inverse = np.linalg.inv(rest[:, :, :-1])
    beta = np.einsum("uij,uj->ui", inverse, rest[:, :, -1])
    return (at * beta).sum(axis=1), np.sqrt(np.einsum("ui,uij,uj->u", at, inverse, at))


def _summary(units: pd.DataFrame) -> Prediction:
    gap, n = units["mean"] - units["expected"], units["n"]
    precision = 1 / (units["own_error"] ** 2 + units["fit_error"] ** 2)
    between = max(0.0, float(((precision * gap**2).sum() - len(units)) / precision.sum()))
    others = ((n * units["mean"]).sum() - n * units["mean"]) / (n.sum() - n)
    spread = float((n * (units["mean"] - others) ** 2).sum())
    explained = 1 - float((n * gap**2).sum()) / spread if spread > 0 else 0.0
    return Prediction(units, between, explained)


def _means(rows: pd.DataFrame, unit: str, columns: list[str]) -> pd.DataFrame:
    groups = rows.groupby(unit, observed=True, sort=True)
    return groups[columns].mean().assign(n=groups.size(), mean=groups["standing"].mean())


def _figures(
    found: Prediction, unit: str, rows: pd.DataFrame, key: dict[str, Any], confidence: float, *, useful: bool
) -> list[pd.DataFrame]:
    units = found.units.rename_axis(unit).reset_index().assign(**key)
    if unit == "school_id":
        places = rows.groupby("school_id", observed=True)["municipality_id"].first()
        units["municipality_id"] = units["school_id"].map(places)
    error = np.sqrt(units["own_error"] ** 2 + units["fit_error"] ** 2)
    reach = stats.t.ppf((1 + confidence) / 2, len(units) - 1) * np.sqrt(found.between + error**2)
    gap, half = units["mean"] - units["expected"], stats.norm.ppf((1 + confidence) / 2) * error
    judged = verdict(gap - half, gap + half, units["n"], SMALLEST_N)
    place = units.assign(estimate=units["expected"], low=units["expected"] - reach, high=units["expected"] + reach)
    away = units.assign(estimate=gap, low=gap - half, high=gap + half, verdict=judged)
    both = pd.concat([place.assign(reference="country"), away.assign(reference="similar")])
    both = both.assign(indicator="expected_for_similar", unit="sd", confidence=confidence, population="pupils")
    share = {
        **key,
        "n": len(units),
        "estimate": 100 * max(0.0, found.explained),
        "part": "schools" if unit == "school_id" else "municipalities",
        "indicator": "explained_by_intake",
        "unit": "percent",
        "population": "schools",
    }
    return [part.assign(method=_METHOD) for part in ([both] if useful else []) + [pd.DataFrame([share])]]
