"""Calibration by another way, and a band that a year's harder test stays inside of."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from analysis.stats.risk.calibration import calibration, count_band, drift
from analysis.stats.risk.logit import Unfit


@pytest.fixture(scope="module")
def predicted() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    logit = rng.normal(-2, 1.5, 3000)
    return logit, (rng.random(3000) < 1 / (1 + np.exp(-logit))).astype("float64")


def test_the_slope_is_the_glm_of_the_event_on_the_logit(predicted):
    logit, event = predicted
    glm = sm.GLM(event, sm.add_constant(logit), family=sm.families.Binomial()).fit(tol=1e-12)
    found = calibration(logit, event)
    assert (found.slope, found.slope_error) == pytest.approx((glm.params[1], glm.bse[1]), rel=1e-4)
    assert found.expected == pytest.approx((1 / (1 + np.exp(-logit))).sum())
    assert found.observed == event.sum()
    assert found.brier < found.brier_base == pytest.approx(event.var())


@pytest.mark.parametrize("scale", [0.5, 2.0])
def test_logits_on_another_scale_have_another_slope(predicted, scale):
    logit, event = predicted
    assert calibration(scale * logit, event).slope == pytest.approx(calibration(logit, event).slope / scale)


def test_logits_that_are_all_alike_have_no_slope(predicted):
    _, event = predicted
    assert calibration(np.zeros(len(event)), event).slope == pytest.approx(0.0, abs=1e-9)
    with pytest.raises(Unfit):
        calibration(np.zeros(5), np.zeros(5))


def test_drift_starts_from_the_prior_and_follows_the_years():
    none = pd.Series([], dtype="float64")
    assert drift(none, 1, 0.4) == pytest.approx(0.4 * np.sqrt(2))
    assert drift(none, 1000, 0.4) == pytest.approx(0.4, rel=1e-3)
    calm, stormy = pd.Series([0.20, 0.20, 0.20, 0.20]), pd.Series([0.10, 0.40, 0.08, 0.45])
    assert drift(calm, 3, 0.4) < 0.4 < drift(stormy, 3, 0.4)


def test_nine_of_ten_years_lie_in_the_band():
    rng, inside = np.random.default_rng(4), 0
    logit = rng.normal(-1.5, 1.2, 800)
    low, high = count_band(logit, 0.4)
    for shift in rng.normal(0, 0.4, 1000):
        inside += low <= (rng.random(800) < 1 / (1 + np.exp(-(logit + shift)))).sum() <= high
    assert inside / 1000 == pytest.approx(0.90, abs=0.03)
