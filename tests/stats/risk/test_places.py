"""What places had beyond their pupils' signs: found where it was planted, nothing where it was not."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit
from statsmodels.stats.meta_analysis import combine_effects

from analysis.stats.risk.places import PLACES, shift_of, shifts
from analysis.stats.risk.ranking import auc

SD = 0.6


def drawn(sd: float, seed: int = 1, schools: int = 60, pupils: int = 80) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Pupils of schools in six municipalities, the logit of their signs, and what their places truly add."""
    rng = np.random.default_rng(seed)
    school = np.repeat(np.arange(schools), pupils)
    signs = rng.normal(-1.5, 1.0, len(school))
    truth = (sd * (rng.normal(size=6)[np.arange(schools) % 6] + rng.normal(size=schools)))[school]
    event = (rng.random(len(school)) < expit(signs + truth)).astype("float64")
    names = {"municipality_id": [f"M{s % 6}" for s in school], "school_id": [f"S{s}" for s in school]}
    return pd.DataFrame({"event": event, **names}), signs, truth


def test_what_was_planted_is_found_and_ranks_the_next_cohort_better() -> None:
    learn, signs, truth = drawn(SD)
    shift = shift_of(learn, shifts(learn, signs))
    assert np.corrcoef(shift, truth)[0, 1] > 0.85
    event = (np.random.default_rng(2).random(len(signs)) < expit(signs + truth)).astype("float64")
    assert auc(signs + shift, event)[0] > auc(signs, event)[0] + 0.02


def test_where_places_do_not_differ_next_to_nothing_is_shifted() -> None:
    learn, signs, _ = drawn(0.0)
    assert np.abs(shift_of(learn, shifts(learn, signs))).mean() < 0.08


def test_a_shift_is_the_step_of_the_place_shrunken_by_the_variance_of_moments() -> None:
    learn, signs, _ = drawn(SD, seed=3)
    found = shifts(learn, signs)["municipality_id"]
    p = expit(signs)
    step, error = {}, {}
    for place in sorted(set(learn["municipality_id"])):
        own = (learn["municipality_id"] == place).to_numpy()
        information = (p[own] * (1 - p[own])).sum()
        step[place], error[place] = (learn["event"] - p)[own].sum() / information, 1 / information
    # statsmodels takes the moments around the weighted mean, these around zero, where a fitted model's residuals lie.
    tau2 = combine_effects(np.array(list(step.values())), np.array(list(error.values())), method_re="dl").tau2
    shrunken = {place: step[place] * tau2 / (tau2 + error[place]) for place in step}
    assert found.to_dict() == pytest.approx(shrunken, rel=0.15)


def test_a_place_that_was_not_learnt_from_and_a_single_place_shift_nobody() -> None:
    learn, signs, _ = drawn(SD)
    new = pd.DataFrame({"municipality_id": ["elsewhere"], "school_id": ["new"]})
    assert shift_of(new, shifts(learn, signs)).tolist() == [0.0]
    one = learn.assign(**dict.fromkeys(PLACES, "only"))
    assert shift_of(one, shifts(one, signs + float(logit(0.4)))).tolist() == [0.0] * len(one)
