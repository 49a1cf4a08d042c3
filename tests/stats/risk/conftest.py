"""Pupils whose true chances are known: four cohorts followed from grade 3 over grade 6 to the exam of grade 9."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from analysis.params import load_params
from analysis.stats.country import Country
from analysis.stats.scale import with_standing

NEWEST = 2026
World = Callable[..., pd.DataFrame]


def results_of(grade: str, test: str, domain: str, year: np.ndarray, value: np.ndarray, **more: object) -> pd.DataFrame:
    frame = pd.DataFrame({"school_year": year, "grade": grade, "test": test, "domain": domain, "value": value, **more})
    z = frame.groupby("school_year")["value"].transform(lambda v: (v - v.mean()) / v.std())
    return frame.assign(
        level="", session="", status="present", known=True, scale="percent", low_cut=np.nan, points=np.nan, position=z
    )


def made(pupils: int = 1500, seed: int = 1, cohorts: int = 4, today: int = 1, drift: float = 4.0) -> pd.DataFrame:
    """Results of ``cohorts`` exam years up to 2026 and of ``today`` cohorts with grade 6 in 2024 to 2026; ``truth`` is the
    chance of a low result that ability and need alone decide. ``drift`` moves the exam's mean from year to year, in points."""
    rng, parts = np.random.default_rng(seed), []
    years = [NEWEST - i for i in range(cohorts)] + [NEWEST + 3 - i for i in range(today)]
    for exam in sorted(years):
        ability = rng.normal(size=pupils)
        other = 0.7 * ability + np.sqrt(1 - 0.49) * rng.normal(size=pupils)
        sen = (rng.random(pupils) < 0.06 + 0.1 * (ability < -1)).astype("int64")
        pupil = np.array([f"P{exam}-{i}" for i in range(pupils)])
        of_pupil = {
            "pupil": pupil, "school_id": np.array([f"S{j}" for j in rng.integers(0, max(3, pupils // 60), pupils)]),
            "municipality_id": np.array(["M1", "M2", "M3"])[rng.integers(0, 3, pupils)],
            "sex": np.where(rng.random(pupils) < 0.5, "girl", "boy"), "sen": np.where(sen == 1, "yes", "no"),
        }  # fmt: skip
        noisy = lambda true, error: 50 + 15 * (true + error * rng.normal(size=pupils))  # noqa: E731
        parts += [
            results_of("3", "diagnostic", "numeracy", np.full(pupils, exam - 6), noisy(ability, 0.8), **of_pupil),
            results_of("6", "diagnostic", "numeracy", np.full(pupils, exam - 3), noisy(ability, 0.3), **of_pupil),
            results_of("6", "diagnostic", "literacy", np.full(pupils, exam - 3), noisy(other, 0.3), **of_pupil),
        ]
        middle = 58 + rng.normal(0, drift) + 14 * ability + 4 * other - 6 * sen
        percent = np.clip(middle + 9 * rng.normal(size=pupils), 0, 100)
        if exam <= NEWEST:
            truth = norm.cdf((40 - middle) / 9)
            parts.append(results_of("9", "CE", "mathematics", np.full(pupils, exam), percent, truth=truth, **of_pupil))
    frame = pd.concat(parts, ignore_index=True)
    away = rng.random(len(frame)) < 0.03  # absent is not zero
    return frame.assign(
        status=np.where(away, "absent", "present"),
        value=frame["value"].mask(away),
        position=frame["position"].mask(away),
    )


@pytest.fixture(scope="session")
def world() -> World:
    return made


@pytest.fixture(scope="session")
def national() -> pd.DataFrame:
    """A small nation."""
    return with_standing(made(6000, seed=13))


@pytest.fixture
def country() -> Callable[..., Country]:
    def make(results: pd.DataFrame, scope: str = "country", **changed: object) -> Country:
        params = load_params().model_copy(update=changed)
        nothing = pd.DataFrame()
        return Country(results, nothing, nothing, nothing, ("sex", "sen"), (), scope, params)

    return make
