"""Alpha, omega and the variance between schools are those of independent computations."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from statsmodels.formula.api import ols

from analysis.intake.delivery import read_delivery
from analysis.stats.climate.reliability import between_schools, consistency, of_mean

R = """
items <- as.matrix(read.csv("items.csv"))
k <- ncol(items); s <- cov(items)
l <- factanal(items, factors = 1, control = list(opt = list(factr = 1e5)))$loadings[, 1]
cat(k / (k - 1) * (1 - sum(diag(s)) / sum(s)), sum(l)^2 / (sum(l)^2 + sum(1 - l^2)))
"""


def one_factor(n: int, loadings: list[float], seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    load = np.array(loadings)
    return rng.normal(size=(n, 1)) * load + rng.normal(size=(n, len(load))) * np.sqrt(1 - load**2)


def base_r(items: np.ndarray, folder: Path) -> list[float]:
    rscript = shutil.which("Rscript")
    if rscript is None:
        pytest.skip("R is not here")
    pd.DataFrame(items).to_csv(folder / "items.csv", index=False)
    ran = subprocess.run([rscript, "-e", R], cwd=folder, capture_output=True, encoding="utf-8", check=True)
    return list(map(float, ran.stdout.split()))


@pytest.mark.shared
def test_the_czech_exam_is_what_base_r_says(shared_data: Path, tmp_path: Path) -> None:
    items = read_delivery(shared_data / "czmatura", ("czmatura",)).tables["items"]
    points = items.pivot_table(index="pupil_id", columns="item", values="points", observed=True).to_numpy()
    found = consistency(points)
    assert [found.alpha, found.omega] == pytest.approx(base_r(points, tmp_path), abs=1e-4)


def test_unequal_loadings_are_what_base_r_says(tmp_path: Path) -> None:
    items = one_factor(400, [0.9, 0.7, 0.5, 0.3])
    found = consistency(items)
    assert [found.alpha, found.omega] == pytest.approx(base_r(items, tmp_path), abs=1e-4)
    assert found.omega > found.alpha + 0.02  # items do not measure alike, and alpha is too low then


def test_omega_is_that_of_the_loadings_that_made_the_answers() -> None:
    loadings = np.array([0.8, 0.7, 0.6, 0.5])
    true = loadings.sum() ** 2 / (loadings.sum() ** 2 + (1 - loadings**2).sum())
    assert consistency(one_factor(20_000, loadings.tolist())).omega == pytest.approx(true, abs=0.01)


def test_respondents_without_every_item_and_few_respondents_say_nothing() -> None:
    items = one_factor(40, [0.7] * 4)
    items[::2, 0] = np.nan
    assert np.isnan(consistency(items).alpha)
    assert consistency(items).n == 20
    assert np.isnan(consistency(one_factor(40, [0.7] * 2)).omega)


def test_variances_are_those_of_the_analysis_of_variance() -> None:
    rng = np.random.default_rng(4)
    school = np.repeat(np.arange(12), rng.integers(3, 30, 12))
    score = rng.normal(size=12)[school] * 0.4 + rng.normal(size=len(school))
    table = sm.stats.anova_lm(ols("score ~ C(school)", pd.DataFrame({"score": score, "school": school})).fit())
    msb, msw = table["mean_sq"].iloc[:2]
    size = np.bincount(school)
    n0 = (len(score) - (size**2).sum() / len(score)) / 11
    found = between_schools(score, school)
    assert found.between == pytest.approx((msb - msw) / n0)
    assert found.within == pytest.approx(msw)
    assert found.icc == pytest.approx((msb - msw) / (msb + (n0 - 1) * msw))
    assert found.icc2 == pytest.approx((msb - msw) / msb)


def test_the_share_between_schools_is_found_and_never_below_zero() -> None:
    school, found = np.repeat(np.arange(400), 20), []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        score = rng.normal(size=400)[school] * np.sqrt(0.05) + rng.normal(size=8000) * np.sqrt(0.95)
        found.append(between_schools(score, school).icc)
    assert np.mean(found) == pytest.approx(0.05, abs=0.004)
    assert between_schools(np.tile([0.0, 1.0], 20), np.repeat(np.arange(20), 2)).icc == 0.0
    assert np.isnan(between_schools(np.array([1.0, 2.0]), np.array([0, 0])).icc)


@pytest.mark.parametrize(("icc", "n", "reliability"), [(0.02, 40, 0.45), (0.02, 114, 0.70), (0.14, 15, 0.71)])
def test_how_many_answers_tell_a_school_apart(icc: float, n: int, reliability: float) -> None:
    """Grace et al. 2022 and the figures that follow from them: 40 answers at 2 % give 0.45, 0.7 takes about 114."""
    assert of_mean(icc, np.array([n])) == pytest.approx(reliability, abs=0.005)
