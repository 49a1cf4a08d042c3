"""Small drawn countries, pupils and exams for the notebook on methods, each with its truth; the same chances every time."""

import warnings
from typing import Any

import numpy as np
import pandas as pd
from statsmodels.regression.mixed_linear_model import MixedLM

from analysis.desk.known_truth import SIGNS, examined, families, oracle_of, placed
from analysis.intake.demo import known_country
from analysis.intake.demo.exams import calendar
from analysis.intake.demo.items import SKILLS, deal, layout
from analysis.intake.demo.scores import Setting
from analysis.params import Params
from analysis.stats.mixed import fit_nested
from analysis.stats.risk import Backtest, backtest, followed
from analysis.stats.scale import main_session
from analysis.stats.shrinking import fit_groups
from analysis.stats.skills.expectation import expected

SEED = 8
SMALLEST = 30
WEAK = "geometry"


def difficulty(params: Params) -> pd.DataFrame:
    """Change of grade-9 mathematics from 2024 to 2025 (national mean 43.2 → 53.8 percent) where nothing changed.

    Returns
    -------
    pd.DataFrame
        One row a municipality: ``percent``, ``percent_se`` and ``position``, ``position_se``.
    """
    rows = main_session(
        placed(known_country("none", seed=SEED, municipalities=20, grades=("9",), first_year=2024), params)
    )
    rows = rows[(rows["domain"] == "mathematics") & rows["school_year"].isin([2024, 2025])]
    years = rows.groupby(["municipality_id", "school_year"])
    found: dict[str, Any] = {}
    for name in ("percent", "position"):
        mean = years[name].mean().unstack()
        error = (years[name].var() / years.size()).unstack()
        found |= {name: mean[2025] - mean[2024], f"{name}_se": np.sqrt(error[2025] + error[2024])}
    return pd.DataFrame(found)[years.size().unstack().min(axis=1) >= SMALLEST]


def schools(setting: Setting, params: Params) -> tuple[pd.DataFrame, float]:
    """Schools of a country in one test of grade 6: raw mean, shrunken mean and truth; and the SD of pupils within schools."""
    rows = main_session(placed(known_country(setting, seed=SEED, grades=("6",), first_year=2026), params))
    rows = rows[rows["domain"] == "numeracy"]
    by_school = rows.groupby("school_id")
    y, school = rows["position"].to_numpy(), rows["school_id"].to_numpy()
    fit, effects, _ = fit_groups(y, np.ones((len(y), 1)), school)
    raw = by_school["position"].mean()
    table = pd.DataFrame({"n": by_school.size(), "raw": raw, "true": by_school["expected"].mean()})
    table["shrunken"] = float(fit.coefficients[0]) + effects["effect"].reindex(table.index)
    table["lowest"] = raw.rank(method="first") <= 10
    return table, float(np.sqrt(fit.variance_residual))


def groups(setting: Setting, params: Params) -> pd.DataFrame:
    """Judge all groups of pupils of one drawn country: rows of ``examined`` with ``family`` and whether a name is ``false``."""
    found = placed(known_country(setting, seed=SEED, grades=("3", "6"), first_year=2024), params)
    rows = pd.concat(
        [examined(own, params).assign(family="_".join(key)) for key, own in families(found, ("3", "6"), 3)]
    )
    not_behind, immaterial = rows["true_own"] >= 0, rows["true"] > -params.material_gap_sd
    false = {"none": rows["n"] > 0, "schools": not_behind, "effects": not_behind | immaterial}[setting]
    return rows.assign(false=false).reset_index(drop=True)


def early_signs(params: Params) -> tuple[Backtest, np.ndarray]:
    """Back-test early signs of low results in grade-9 mathematics on the newest cohort; beside it the true risk."""
    known = known_country("effects", seed=SEED)
    pupils = followed(placed(known, params), SIGNS, params.low_result_percent)
    test = backtest(pupils, SIGNS)
    return test, oracle_of(test, known, params.low_result_percent)


def fits_without_differences(sets: int = 40) -> tuple[np.ndarray, np.ndarray, int]:
    """Fit sets of 5 to 12 schools that do not differ; the true intercept is 60.

    Returns
    -------
    tuple
        Intercepts of the usual call of statsmodels' ``MixedLM`` and of the workbook's exact model, and how many of the
        wrong ones said that they had converged.
    """
    usual, exact, said = [], [], 0
    for seed in range(sets):
        rng = np.random.default_rng(seed)
        number = rng.integers(5, 13)
        school = np.repeat(np.arange(number), rng.integers(10, 40, number))
        x = np.column_stack([np.ones(len(school)), rng.normal(size=len(school))])
        y = x @ [60.0, 5.0] + rng.normal(0, 10, len(school))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what is shown here is that no warning helps
            fit = MixedLM(y, x, school).fit()
        usual.append(float(fit.fe_params[0]))
        exact.append(float(fit_nested(y, x, school).coefficients[0]))
        said += bool(fit.converged) and abs(usual[-1] - 60) > 6
    return np.array(usual), np.array(exact), said


def repeated(pupils: int, gap: float, draws: int = 4000) -> tuple[np.ndarray, np.ndarray]:
    """Measure one group's true gap again and again: as measured, and shrunken towards a municipality at the national mean.

    Groups' gaps have a prior SD of 0.17, the middle of the cell model's prior.
    """
    rng = np.random.default_rng(SEED)
    error = 0.97 / np.sqrt(pupils)
    measured = gap + rng.normal(0, error, draws)
    return measured, measured * 0.17**2 / (0.17**2 + error**2)


def same_total() -> pd.DataFrame:
    """Weigh the skills of two municipalities in an exam of 2026: one behind in everything, one in a single skill alone.

    Returns
    -------
    pd.DataFrame
        By municipality (``all``, ``one``) and skill: ``raw`` (gap of the share of points to the country, percentage points),
        ``same`` (against pupils of the same total), their errors.
    """
    rng = np.random.default_rng(SEED)
    exam = next(e for e in calendar(rng) if (e.grade, e.domain, e.school_year) == (9, "mathematics", 2026))
    z = rng.normal(0, 1, 3000)
    place = np.repeat(["country", "all", "one"], [2600, 200, 200])
    z[place == "all"] -= 0.5
    items = layout(exam)
    skill = np.array(items.skills)
    shift = -0.8 * np.outer(place == "one", skill == WEAK)
    total = exam.score(z).astype(np.int64)
    points = deal(items, total, shift, rng)
    names = SKILLS["mathematics"]
    most = np.array([items.points[skill == name].sum() for name in names])
    scores = np.column_stack([points[:, skill == name].sum(axis=1) for name in names])
    country = place == "country"
    rest = 100 * (scores - expected(total[country], scores[country], total)) / most
    share = 100 * scores / most
    rows = []
    for who in ("all", "one"):
        own = place == who
        for i, name in enumerate(names):
            raw, same = share[own, i] - share[country, i].mean(), rest[own, i]
            errors = {"raw_se": raw.std() / np.sqrt(own.sum()), "same_se": same.std() / np.sqrt(own.sum())}
            rows.append({"who": who, "skill": name, "raw": raw.mean(), "same": same.mean(), **errors})
    return pd.DataFrame(rows)
