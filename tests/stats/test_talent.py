"""Shares of high results by group and by school, steadied."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.release import release
from analysis.stats import result_shares
from analysis.stats.talent import high_result_groups, shrunken_shares


def of_schools(results, counts: list[tuple[int, int]]) -> pd.DataFrame:
    """One test: each school with its number of pupils and of high results."""
    school = np.repeat([f"S{i:02}" for i in range(len(counts))], [n for n, _ in counts])
    value = np.concatenate([np.r_[np.full(high, 90.0), np.full(n - high, 50.0)] for n, high in counts])
    return results(value=value, school_id=school, pupil=[f"P{i}" for i in range(len(value))])


def test_small_schools_are_drawn_further_to_the_municipality(results, params) -> None:
    rows = of_schools(results, [(400, 80), (300, 90), (300, 40), (24, 12), (200, 30), (250, 70)])
    found = high_result_groups(rows, [], params).set_index("school_id")
    share = 100 * (rows["value"] >= 80).mean()
    raw = pd.Series({"S03": 50.0, "S01": 30.0})
    assert share < found.loc["S03", "estimate"] < 45
    assert found.loc["S01", "estimate"] == pytest.approx(raw["S01"], abs=2)
    assert (found["high"] - found["low"]).idxmax() == "S03"


@pytest.mark.parametrize("spread", [0.0, 0.08])
def test_intervals_hold_the_truth(spread: float) -> None:
    rng = np.random.default_rng(0)
    covered, error, raw_error = [], [], []
    for _ in range(60):
        n = rng.integers(15, 120, 25)
        size = 0.2 * 0.8 / spread**2 - 1 if spread else 1e9
        truth = rng.beta(0.2 * size, 0.8 * size, 25) if spread else np.full(25, 0.2)
        count = rng.binomial(n, truth)
        mean, low, high = shrunken_shares(count, n, count.sum() / n.sum(), 0.95)
        covered.append(((low <= truth) & (truth <= high)).mean())
        error.append(((mean - truth) ** 2).mean())
        raw_error.append(((count / n - truth) ** 2).mean())
    assert 0.92 <= np.mean(covered) <= 1.0
    assert np.mean(error) < 0.75 * np.mean(raw_error)


def test_a_known_prior_size_gives_the_textbook_posterior() -> None:
    """With very many groups the prior size is known; then the posterior is beta's own."""
    rng = np.random.default_rng(3)
    truth = rng.beta(6, 24, 4000)
    n = np.full(4000, 40)
    mean, low, high = shrunken_shares(rng.binomial(n, truth), n, 0.2, 0.95)
    count = np.round(mean * 70 - 6)
    assert mean == pytest.approx((6 + count) / 70, abs=0.006)
    inside = count == 8
    by_hand = stats.beta.ppf([0.025, 0.975], 14, 56)
    assert (low[inside].mean(), high[inside].mean()) == pytest.approx(tuple(by_hand), abs=0.006)


def test_groups_are_shown_beside_each_other_and_few_stay_as_counted(results, params) -> None:
    value = np.r_[np.full(60, 90.0), np.full(240, 50.0)]
    sen = np.r_[["yes"] * 2, ["no"] * 58, ["yes"] * 28, ["no"] * 212]
    rows = results(value=value).assign(sen=sen, sex="girl")
    found = high_result_groups(rows, ["sex", "sen"], params).set_index("group")
    assert list(found.index) == ["sen=no", "sen=yes"]
    assert found.loc["sen=yes", "estimate"] == pytest.approx(100 * 2 / 30)
    assert "Wilson" in found.loc["sen=yes", "method"]


def test_what_few_have_is_not_told_by_what_is_shown(results, params) -> None:
    """A group with two high results is not shown by a number, and neither is the rest that would give it away."""
    value = np.r_[np.full(60, 90.0), np.full(240, 50.0)]
    sen = np.r_[["yes"] * 2, ["no"] * 58, ["yes"] * 10, ["no"] * 230]
    rows = results(value=value).assign(sen=sen)
    out = release([result_shares(rows, params), high_result_groups(rows, ["sen"], params)], params).rows
    groups = out[(out["indicator"] == "high_result_share") & (out["group"] != "")]
    assert groups["estimate"].isna().all()


def test_no_results_no_shares(results, params) -> None:
    assert high_result_groups(results(value=[90.0]).iloc[:0], ["sex"], params).empty
    assert high_result_groups(results(value=[90.0, 50.0]), [], params).empty


def test_all_or_none_high_have_no_shrinking(results, params) -> None:
    rows = of_schools(results, [(30, 30), (40, 40)])
    found = high_result_groups(rows, [], params)
    assert (found["estimate"] == 100).all()
