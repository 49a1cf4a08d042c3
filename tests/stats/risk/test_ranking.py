"""Measures of a ranking agree with their definitions, counted by hand."""

import numpy as np
import pytest

from analysis.stats.risk.ranking import auc, found_among, net_benefit, ranking, served


@pytest.fixture(scope="module")
def scored() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(2)
    score = rng.normal(size=400).round(1)  # with ties
    return score, (rng.random(400) < 1 / (1 + np.exp(1 - score))).astype("float64")


def test_the_area_is_the_share_of_pairs_in_the_right_order(scored):
    score, event = scored
    yes, no = score[event == 1], score[event == 0]
    pairs = (yes[:, None] > no[None, :]).mean() + 0.5 * (yes[:, None] == no[None, :]).mean()
    assert auc(score, event)[0] == pytest.approx(pairs, abs=1e-12)


def test_the_error_of_the_area_is_that_of_delong_by_its_definition(scored):
    score, event = scored
    yes, no = score[event == 1], score[event == 0]
    order = (yes[:, None] > no[None, :]) + 0.5 * (yes[:, None] == no[None, :])
    error = np.sqrt(order.mean(1).var(ddof=1) / len(yes) + order.mean(0).var(ddof=1) / len(no))
    assert auc(score, event)[1] == pytest.approx(error, rel=1e-12)


def test_a_score_that_says_nothing_has_an_area_of_a_half(scored):
    _, event = scored
    assert auc(np.zeros(len(event)), event)[0] == 0.5


def test_pupils_of_equal_score_are_drawn_at_random(scored):
    score, event = np.array([3.0, 2.0, 2.0, 2.0, 2.0, 1.0]), np.array([1.0, 1.0, 0.0, 0.0, 1.0, 1.0])
    assert found_among(score, event, 3) == pytest.approx(1 + 2 * 2 / 4)
    of_all = ranking(*scored, 0.1)
    top = np.sort(scored[0])[-40]
    sure = scored[1][scored[0] > top].sum()
    assert sure <= of_all.found <= scored[1][scored[0] >= top].sum()
    assert of_all.recall == pytest.approx(of_all.found / scored[1].sum())
    assert of_all.precision == pytest.approx(of_all.found / 40)


def test_a_workload_serves_somebody():
    assert (served(3, 0.1), served(100, 0.1), served(19_097, 0.1)) == (1, 10, 1910)


def test_net_benefit_weighs_false_alarms_by_the_odds_of_the_threshold():
    p, event = np.array([0.9, 0.4, 0.3, 0.1]), np.array([1.0, 0.0, 1.0, 0.0])
    assert net_benefit(p, event, 0.2) == pytest.approx(2 / 4 - 1 / 4 * 0.25)
    assert net_benefit(np.ones(4), event, 0.2) == pytest.approx(2 / 4 - 2 / 4 * 0.25)
