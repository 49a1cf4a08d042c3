"""The cell model: against a dense Bayesian linear model of pupils, in its limits, and on input that is no use."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from analysis.stats.candidates import candidates
from analysis.stats.cells import MISSING, NothingToModel, fit_cells, group_posterior

INTERCEPT, MU, TAU = 0.05, np.log([0.02, 0.003, 0.01]), 1.2


def pupils(size: int, seed: int = 0, effect: float = -0.4) -> tuple[np.ndarray, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "sex": rng.choice(["boy", "girl"], size),
            "sen": rng.choice(["no", "yes"], size, p=[0.85, 0.15]),
            "settlement": rng.choice(["city", "rural", "town"], size, p=[0.2, 0.3, 0.5]),
            "home_language": rng.choice(["lv", "other", None], size, p=[0.7, 0.25, 0.05]),
        }
    )
    return rng.normal(0, 1, size) + effect * (frame["sen"] == "yes").to_numpy(), frame


def dense(model, values: np.ndarray, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Posterior of the cells from a linear model of pupils with a column for the intercept, each value, pair and cell;
    and the logarithm of the marginal likelihood of their means, up to a constant."""
    cells = [tuple(row) for row in model.codes]
    columns = {(): INTERCEPT}
    for cell in cells:
        for k, level in enumerate(cell):
            columns[((k, level),)] = theta[0]
            columns |= {((k, level), (m, cell[m])): theta[1] for m in range(k + 1, len(cell))}
        columns[("cell", cell)] = theta[2]
    design = np.zeros((len(cells), len(columns)))
    for i, cell in enumerate(cells):
        own = set(enumerate(cell))
        design[i] = [key == ("cell", cell) if key[:1] == ("cell",) else set(key) <= own for key in columns]
    x = design[model.cell]
    precision = np.diag(1 / np.array(list(columns.values()))) + x.T @ x / model.sigma**2
    covariance = np.linalg.inv(precision)
    effects = covariance @ x.T @ (values - values.mean()) / model.sigma**2
    total = (design * np.array(list(columns.values()))) @ design.T + np.diag(model.sigma**2 / model.n)
    likelihood = stats.multivariate_normal(np.zeros(len(cells)), total).logpdf(model.raw - values.mean())
    return values.mean() + design @ effects, design @ covariance @ design.T, likelihood


@pytest.mark.parametrize("effect", [0.0, -0.8])
def test_the_posterior_is_that_of_dense_linear_models_of_pupils_averaged_over_the_variances(effect: float) -> None:
    """The average is taken over 500 draws of the variances from their prior: no grid, no peak, no curve through it."""
    values, frame = pupils(300, 1, effect)
    model = fit_cells(values, frame)
    drawn = np.exp(MU + TAU * np.random.default_rng(1).normal(size=(500, 3)))
    means, covariances, likelihoods = map(np.array, zip(*(dense(model, values, theta) for theta in drawn), strict=True))
    weights = np.exp(likelihoods - likelihoods.max())
    weights /= weights.sum()
    mean = weights @ means
    sd = np.sqrt(weights @ (np.diagonal(covariances, axis1=1, axis2=2) + (means - mean) ** 2))
    assert np.abs(model.mean - mean).max() < 0.15 * sd.min()
    assert np.sqrt(np.diag(model.covariance)) == pytest.approx(sd, rel=0.03)


def test_cells_count_pupils_and_their_noise_as_groupby_does() -> None:
    values, frame = pupils(400, 2)
    model = fit_cells(values, frame)
    groups = frame.fillna(MISSING).assign(z=values).groupby(list(frame), sort=True)["z"]
    assert sorted(model.n) == sorted(groups.size())
    assert sorted(model.raw) == pytest.approx(sorted(groups.mean()))
    within = (values - groups.transform("mean")) @ (values - groups.transform("mean"))
    assert model.sigma**2 == pytest.approx(within / (400 - groups.ngroups))
    assert model.prior_mean == pytest.approx(values.mean())
    assert model.table["n"].sum() == model.pupils == 400


@pytest.mark.parametrize("size", [60, 300, 3000])
def test_no_other_optimiser_finds_better_variances(size: int) -> None:
    values, frame = pupils(size, size)
    model = fit_cells(values, frame)
    agree = (model.codes[:, None, :] == model.codes[None, :, :]).sum(axis=2)
    noise, r = np.diag(model.sigma**2 / model.n), model.raw - model.prior_mean

    def minus_log_posterior(t: np.ndarray) -> float:
        a, b, c = np.exp(t)
        total = INTERCEPT + a * agree + b * agree * (agree - 1) / 2 + c * np.eye(len(r)) + noise
        return 0.5 * (r @ np.linalg.solve(total, r) + np.linalg.slogdet(total)[1] + (((t - MU) / TAU) ** 2).sum())

    found = optimize.minimize(minus_log_posterior, MU, method="Nelder-Mead", options={"fatol": 1e-7, "xatol": 1e-5})
    assert model.objective == pytest.approx(minus_log_posterior(np.log(model.theta)), abs=1e-8)
    assert model.objective <= found.fun + 1e-6
    assert np.log(model.theta) == pytest.approx(found.x, abs=0.02)


def test_with_many_pupils_a_group_is_its_raw_mean_and_with_few_it_is_what_the_rest_lets_expect() -> None:
    values, frame = pupils(200_000, 3)
    model = fit_cells(values, frame)
    groups = candidates(model, 1, 30)
    mean, sd, _ = group_posterior(model, groups.weights(model))
    raw = [values[frame[part.split("=")[0]] == part.split("=")[1]].mean() for part in groups.names]
    assert mean == pytest.approx(np.array(raw), abs=0.003)
    assert (sd < 0.01).all()
    frame["moved"] = "no"
    frame.loc[:1, "moved"] = "yes"
    values[:2] = 4.0
    few = fit_cells(values[:2000], frame[:2000])
    cell = few.cell[0]
    assert abs(few.mean[cell] - few.prior_mean) < 0.35 * abs(few.raw[cell] - few.prior_mean)


def test_where_nothing_differs_the_variances_shrink_and_the_means_meet() -> None:
    values, frame = pupils(20_000, 4, effect=0.0)
    model = fit_cells(values, frame)
    assert model.theta.sum() < np.exp(MU).sum() / 3
    assert np.ptp(model.mean) < np.ptp(model.raw) / 3


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.floats(-3, 3))
def test_order_names_and_a_constant_decide_nothing(seed: int, constant: float) -> None:
    values, frame = pupils(150, seed)
    model = fit_cells(values, frame)
    order = np.random.default_rng(seed).permutation(150)
    again = fit_cells(values[order], frame.iloc[order])
    assert again.mean.tobytes() == model.mean.tobytes()
    assert again.covariance.tobytes() == model.covariance.tobytes()
    moved = fit_cells(values + constant, frame)
    assert moved.mean - constant == pytest.approx(model.mean, abs=1e-7)
    renamed = frame.rename(columns={"sex": "zzz"}).replace({"boy": "x", "girl": "a"})[
        ["sen", "zzz", *frame.columns[2:]]
    ]
    groups, other = candidates(model, 2, 5), candidates(fit_cells(values, renamed), 2, 5)
    assert len(groups.names) == len(other.names)
    assert sorted(groups.n) == sorted(other.n)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000))
def test_categories_and_texts_are_the_same(seed: int) -> None:
    values, frame = pupils(80, seed)
    one, two = fit_cells(values, frame), fit_cells(values, frame.astype("category"))
    assert one.mean.tobytes() == two.mean.tobytes()
    assert one.levels == two.levels


def test_groups_are_values_and_crossings_that_are_large_enough() -> None:
    frame = pd.DataFrame(
        {"sex": ["boy", "girl"] * 100, "moved": ["no"] * 190 + ["yes"] * 10, "a": [None, *["x"] * 99, *["y"] * 100]}
    )
    model = fit_cells(np.random.default_rng(1).normal(0, 1, 200), frame)
    groups = candidates(model, 2, 30)
    n = dict(zip(groups.names, groups.n, strict=True))
    assert n["sex=boy"] == 100
    assert n["moved=yes"] == 10  # a value is listed whatever its number
    assert n["a=x&sex=girl"] == 50
    assert n["a=x"] == 99
    assert "moved=yes&sex=boy" not in n  # five pupils
    assert "moved=no&sex=boy" not in n  # nearly all boys
    assert not any("a=&" in name or name.endswith("a=") for name in n)  # the unknown are no group
    assert groups.may_be_named(model, 30).tolist() == [30 <= size <= 180 for size in groups.n]
    assert set(groups.depth) == {1, 2}


def test_crossings_of_three() -> None:
    values, frame = pupils(2000, 5)
    groups = candidates(fit_cells(values, frame), 3, 30)
    count = ((frame["sex"] == "boy") & (frame["settlement"] == "town") & (frame["home_language"] == "lv")).sum()
    assert dict(zip(groups.names, groups.n, strict=True))["home_language=lv&settlement=town&sex=boy"] == count


def test_two_columns_that_are_the_same_make_no_crossing_and_no_trouble() -> None:
    values, frame = pupils(500, 6)
    model = fit_cells(values, frame.assign(again=frame["sen"]))
    names = candidates(model, 2, 30).names
    assert "again=yes" in names
    assert "again=yes&sen=yes" not in names
    assert np.isfinite(model.mean).all()


def test_attributes_with_too_many_values_or_one_value_leave() -> None:
    values, frame = pupils(1000, 7)
    frame["class"] = [f"c{i % 300}" for i in range(1000)]
    frame["year"] = "2026"
    model = fit_cells(values, frame)
    assert model.left_out == ("class",)
    assert "year" not in model.attributes


def test_beyond_the_limit_of_cells_the_rarest_attribute_leaves() -> None:
    values, frame = pupils(4000, 8)
    model = fit_cells(values, frame.assign(moved=["yes"] + ["no"] * 3999), most_cells=20)
    assert model.left_out == ("sen", "moved")
    assert len(model.n) <= 20


@pytest.mark.parametrize("size", [2, 8, 25])
def test_a_handful_of_pupils_keeps_enough_freedom_to_measure_the_noise(size: int) -> None:
    values, frame = pupils(size, 9)
    model = fit_cells(values, frame)
    assert size - len(model.n) >= min(20, size - 1)
    assert np.isfinite(model.covariance).all()


def test_what_cannot_be_modelled_is_refused() -> None:
    values, frame = pupils(50, 10)
    with pytest.raises(NothingToModel):
        fit_cells(np.ones(50), frame)
    with pytest.raises(NothingToModel):
        fit_cells((frame["sex"] == "boy").to_numpy(float), frame[["sex"]])
    with pytest.raises(NothingToModel):
        fit_cells(values[:1], frame[:1])
    with pytest.raises(ValueError, match="49"):
        fit_cells(values[:49], frame)
    with pytest.raises(ValueError, match="missing"):
        fit_cells(np.append(values[:49], np.nan), frame)
