"""Expected points at a total: exact where it is frequent, a line through its neighbours where it is rare."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.stats.skills.exams import answers

from analysis.stats.skills.expectation import ENOUGH, expected


def test_a_frequent_total_has_the_mean_of_those_who_have_it() -> None:
    points = answers(np.random.default_rng(1), 5000, 10)
    scores = np.column_stack([points[:, :3].sum(axis=1), points[:, 3:].sum(axis=1)])
    total = scores.sum(axis=1)
    usual = expected(total, scores, total)
    means = pd.DataFrame(scores).groupby(total).transform("mean").to_numpy()
    common = pd.Series(total).map(pd.Series(total).value_counts()).to_numpy() >= ENOUGH
    assert common.mean() > 0.9
    assert usual[common] == pytest.approx(means[common])


def test_a_rare_total_lies_on_the_line_of_its_neighbours() -> None:
    total = np.concatenate([np.repeat(np.arange(10.0), 40), [20.0]])
    scores = np.column_stack([0.25 * total, 0.75 * total])
    assert expected(total, scores, total) == pytest.approx(scores)


def test_a_total_that_nobody_has_lies_between_its_neighbours_or_at_the_end() -> None:
    total = np.repeat([2.0, 4.0, 8.0], ENOUGH)
    scores = np.column_stack([total / 2, total / 2])
    asked = expected(total, scores, np.array([0.0, 2.0, 3.0, 6.0, 9.0]))
    assert asked[:, 0] == pytest.approx([1, 1, 1.5, 3, 4])


def test_a_country_of_one_total_has_its_mean() -> None:
    scores = np.array([[1.0, 3.0], [3.0, 1.0]])
    assert expected(np.array([4.0, 4.0]), scores, np.array([4.0, 0.0])) == pytest.approx(np.full((2, 2), 2.0))


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 400), st.integers(2, 5))
def test_skills_add_up_to_the_total(seed: int, pupils: int, skills: int) -> None:
    scores = np.random.default_rng(seed).integers(0, 12, (pupils, skills)).astype("float64")
    total = scores.sum(axis=1)
    assert expected(total, scores, total).sum(axis=1) == pytest.approx(total, abs=1e-6)
