"""What is expected of pupils who did not sit a test agrees with the cell model, and with what they turn out to do."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtr

from analysis.stats.cell_posterior import INTERCEPT
from analysis.stats.cells import fit_cells
from analysis.stats.foreseen import cells_posterior, low_results

ATTRIBUTES = ["sex", "sen", "language"]


def world(pupils: int, schools: int, seed: int, *, between: float = 0.3) -> tuple[pd.DataFrame, np.ndarray]:
    """Pupils with attributes and schools, a result each, and the true chance of a result below −1."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {"sex": rng.choice(["girl", "boy"], pupils), "sen": rng.choice(["no", "yes"], pupils, p=[0.9, 0.1]),
         "language": rng.choice(["lv", "other"], pupils, p=[0.7, 0.3])}
    )  # fmt: skip
    frame.loc[rng.random(pupils) < 0.05, "language"] = None
    school = np.arange(pupils) % schools  # in both halves of the pupils all schools are met
    effect = np.random.default_rng(99).normal(0, between, schools)
    middle = effect[school] - 0.8 * (frame["sen"] == "yes") - 0.4 * (frame["language"] == "other") + 0.1
    frame = frame.assign(school_id=[f"S{j:02d}" for j in school], standing=middle + rng.normal(0, 0.9, pupils))
    return frame, ndtr((-1 - middle.to_numpy()) / 0.9)


def test_the_posterior_of_an_observed_cell_is_its_own() -> None:
    pool, _ = world(600, 5, 1)
    model = fit_cells(pool["standing"], pool[ATTRIBUTES])
    cell, mean, covariance = cells_posterior(model, pool)
    order = [int(model.cell[np.flatnonzero(cell == u)[0]]) for u in range(len(mean))]
    assert np.allclose(mean, model.mean[order], atol=1e-8)
    assert np.allclose(covariance, model.covariance[np.ix_(order, order)], atol=1e-8)


def test_a_cell_nobody_sat_in_is_what_the_whole_model_would_have_said_of_it() -> None:
    """By another way: the joint normal of all cells, observed ones with their noise, conditioned on the raw means.

    The variances are held at their peak on both sides; what is unsure of them is in the observed cells' posterior.
    """
    pool, _ = world(800, 4, 2)
    pool = pool[~((pool["sen"] == "yes") & (pool["language"] == "other"))]
    model = fit_cells(pool["standing"], pool[ATTRIBUTES])
    new = pd.DataFrame({"sex": ["girl"], "sen": ["yes"], "language": ["other"]})
    codes = np.vstack([model.codes, [[levels.index(v) for levels, v in zip(model.levels, new.iloc[0], strict=True)]]])
    agree = (codes[:, None, :] == codes[None, :, :]).sum(axis=2)
    prior = (
        INTERCEPT
        + model.theta[0] * agree
        + model.theta[1] * agree * (agree - 1) / 2
        + model.theta[2] * np.eye(len(codes))
    )
    gain = np.linalg.solve(prior[:-1, :-1] + np.diag(model.sigma**2 / model.n), prior[:-1])
    whole = model.prior_mean + gain.T @ (model.raw - model.prior_mean)
    spread = prior - prior[:, :-1] @ gain
    at_peak = replace(model, mean=whole[:-1], covariance=spread[:-1, :-1])
    _, mean, covariance = cells_posterior(at_peak, new)
    assert mean[0] == pytest.approx(whole[-1], abs=1e-8)
    assert covariance[0, 0] == pytest.approx(spread[-1, -1], abs=1e-8)


def test_values_the_model_never_met_and_missing_columns_are_less_sure() -> None:
    pool, _ = world(600, 5, 3)
    model = fit_cells(pool["standing"], pool[ATTRIBUTES])
    known = pd.DataFrame({"sex": ["boy"], "sen": ["no"], "language": ["lv"]})
    variances = [
        float(cells_posterior(model, pupils)[2][0, 0])
        for pupils in (known, known.assign(language="other2"), known.drop(columns=["language", "sen"]))
    ]
    assert variances[0] < variances[1]
    assert variances[0] < variances[2]


def test_expected_numbers_are_those_of_the_true_chances_and_their_intervals_hold() -> None:
    """Ten municipalities of twelve schools: low results of the pupils to come, whose chances are known."""
    inside, off = [], []
    for seed in range(10):
        pool, _ = world(900, 12, 10 + seed)
        to_come, chance = world(300, 12, 500 + seed)
        rng = np.random.default_rng(seed)
        foreseen = low_results(pool, to_come, ATTRIBUTES, -1.0, 400, rng)
        drawn = rng.binomial(1, foreseen.chance[foreseen.kind])
        low = (to_come["standing"] < -1).to_numpy()
        off.append(foreseen.chance[foreseen.kind].mean() - chance.mean())
        for school in np.unique(to_come["school_id"]):
            mine = (to_come["school_id"] == school).to_numpy()
            ends = np.quantile(drawn[mine].sum(axis=0), [0.05, 0.95])
            inside.append(ends[0] <= low[mine].sum() <= ends[1])
    assert abs(np.mean(off)) < 0.01
    assert 0.86 <= np.mean(inside) <= 0.99  # counts are whole: 90 % is passed a little


def test_a_school_with_low_results_is_expected_to_have_more_of_them() -> None:
    pool, _ = world(900, 3, 4, between=0.0)
    pool["standing"] -= 0.8 * (pool["school_id"] == "S00")
    pupils = pd.DataFrame({"sex": "girl", "sen": "no", "language": "lv", "school_id": ["S00", "S01", "S09"]})
    foreseen = low_results(pool, pupils, ATTRIBUTES, -1.0, 400, np.random.default_rng(1))
    weak, strong, new = foreseen.chance[foreseen.kind].mean(axis=1)
    assert weak > 2 * strong
    assert strong < new < weak


def test_the_order_of_rows_decides_nothing() -> None:
    pool, _ = world(400, 4, 5)
    pupils = world(50, 4, 6)[0]
    one = low_results(pool, pupils, ATTRIBUTES, -1.0, 50, np.random.default_rng(1))
    other = low_results(
        pool.sample(frac=1, random_state=1), pupils.iloc[::-1], ATTRIBUTES, -1.0, 50, np.random.default_rng(1)
    )
    assert np.allclose(one.chance[one.kind], other.chance[other.kind][::-1], atol=0.01)
