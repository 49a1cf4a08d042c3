"""The Newton fit gives what statsmodels and a general minimiser give, and refuses what has no finite answer."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.optimize import minimize

from analysis.stats.risk.logit import Unfit, fit


@pytest.fixture(scope="module")
def data() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(800, 3))
    event = rng.random(800) < 1 / (1 + np.exp(1.5 - x @ [1.0, -0.5, 0.2]))
    return x, event.astype("float64")


def test_without_a_ridge_it_is_the_binomial_glm(data):
    x, event = data
    glm = sm.GLM(event, sm.add_constant(x), family=sm.families.Binomial()).fit(tol=1e-12)
    ours = fit(x, event)
    assert np.r_[ours.intercept, ours.weights] == pytest.approx(glm.params, abs=1e-7)
    assert np.sqrt(np.diag(ours.covariance)) == pytest.approx(glm.bse, rel=1e-4)


@pytest.mark.parametrize("penalty", [0.5, 2.0, 50.0])
def test_with_a_ridge_it_is_the_minimum_of_the_penalised_loss_and_the_intercept_is_free(data, penalty):
    x, event = data

    def loss(beta):
        logit = beta[0] + x @ beta[1:]
        return np.logaddexp(0, logit).sum() - event @ logit + penalty / 2 * (beta[1:] ** 2).sum()

    brute = minimize(loss, np.zeros(4), method="BFGS", options={"gtol": 1e-7})
    ours = fit(x, event, penalty)
    assert np.r_[ours.intercept, ours.weights] == pytest.approx(brute.x, abs=1e-5)
    assert (1 / (1 + np.exp(-ours.logit(x)))).sum() == pytest.approx(event.sum())


def test_weights_from_elsewhere_as_offset_leave_only_the_level_to_be_found(data):
    x, event = data
    given = x @ np.array([0.8, -0.4, 0.1])
    glm = sm.GLM(event, np.ones((len(event), 1)), family=sm.families.Binomial(), offset=given).fit(tol=1e-12)
    ours = fit(np.empty((len(event), 0)), event, offset=given)
    assert ours.intercept == pytest.approx(glm.params[0], abs=1e-7)
    assert ours.weights.shape == (0,)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_without_an_event_or_with_nothing_else_there_is_no_model(data, value):
    x, event = data
    with pytest.raises(Unfit, match="event"):
        fit(x, np.full_like(event, value))


def test_separation_is_refused_by_the_plain_model_and_held_by_the_ridge():
    x = np.r_[np.linspace(-2, -1, 30), np.linspace(1, 2, 30)][:, None]
    event = (x[:, 0] > 0).astype("float64")
    with pytest.raises(Unfit, match="separate"):
        fit(x, event)
    assert 0 < fit(x, event, 2.0).weights[0] < 10


def test_collinear_columns_share_their_weight(data):
    x, event = data
    twice = np.column_stack([x, x[:, 0]])
    assert fit(twice, event).logit(twice) == pytest.approx(fit(x, event).logit(x), abs=1e-6)


def test_a_missing_value_is_not_taken_for_a_number(data):
    x, event = data
    with pytest.raises(Unfit, match="no value"):
        fit(np.where(x > 2, np.nan, x), event)
