"""The short form of docs/evidence.md for value added, change over the years and early signs: one drawn country each."""

import pytest
from tools.evidence.bars import Bar
from tools.evidence.early_signs import back_tests, sign_figures
from tools.evidence.trends import change_figures, claimed, trend_figures
from tools.evidence.value_added import school_figures, schools_of

from analysis.params import load_params

pytestmark = pytest.mark.slow

# 549 schools × domains, three tests of which share their pupils: about four standard errors around 95 %.
COVERAGE = (0.91, 0.985)
MOST_BELOW_TRUTH = 0.035
SLOPE = (0.85, 1.15)


@pytest.fixture(scope="module")
def params():
    return load_params()


@pytest.fixture(scope="module")
def schools(params):
    return schools_of((1,), 3, params)


def test_intervals_of_value_added_hold_over_three_years_though_schools_wobble(schools):
    found = school_figures(schools)
    assert found["schools"] > 500
    assert COVERAGE[0] <= found["covered"] <= COVERAGE[1]
    assert found["covered"] > found["covered_simple"]


def test_value_added_is_nearer_to_the_truth_when_shrunken_and_as_reliable_as_it_says(schools):
    found = school_figures(schools)
    assert found["shrunken"] < found["raw"]
    assert found["reliability"] == pytest.approx(found["true_reliability"], abs=0.12)


def test_no_change_is_read_out_of_an_easier_exam(params):
    pairs, lines = trend_figures("none", (1,), params)
    changes, trends = change_figures(pairs), claimed(lines)
    assert changes.loc["percent", "improved"] > 0.7
    assert changes.loc["position", "improved"] < 0.35  # 11 municipalities
    assert changes.loc["position", "claimed"] < 0.10 < changes.loc["percent", "claimed"]
    assert trends.loc["position", "false"] < 0.06


def test_early_signs_come_near_the_true_risk_and_beat_one_test(params):
    tests, unfit = back_tests((1,), params, own=False)
    assert unfit == 0
    for limit in ("low", "fail"):
        found = sign_figures(tests, limit)
        assert found["below_oracle"] <= MOST_BELOW_TRUTH
        assert found["auc"] > found["auc_one_test"] > found["auc_school"]
        assert found["auc_oracle"] >= found["auc"]
        assert SLOPE[0] <= found["slope"] <= SLOPE[1]


def test_a_bar_is_judged_by_the_figure_as_printed():
    assert Bar("", 0.0306, 0, 0.03, 2).held
    assert not Bar("", 0.0306, 0, 0.03, 3).held
