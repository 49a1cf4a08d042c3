"""Shares of high results by group and by school, steadied."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.release import release
from analysis.stats import result_shares
from analysis.stats.country import Country
from analysis.stats.talent import high_result_groups, high_results_of_country, shrunken_shares


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


def of_country(results, groups: dict[tuple[str, str], tuple[int, int]]) -> pd.DataFrame:
    """Results of a country: (municipality, sex) → number of pupils and of high results."""
    parts = [
        results(value=np.r_[np.full(high, 90.0), np.full(n - high, 50.0)], municipality_id=place).assign(sex=sex)
        for (place, sex), (n, high) in groups.items()
    ]
    return pd.concat(parts, ignore_index=True)


def country_of(rows: pd.DataFrame, params, scope: str = "country", attributes: tuple[str, ...] = ("sex",)) -> Country:
    return Country(rows, pd.DataFrame(), pd.DataFrame(), pd.DataFrame(), attributes, (), scope, params)


COUNTRY = {("M1", "boy"): (200, 20), ("M1", "girl"): (200, 62), ("M2", "boy"): (623, 190), ("M2", "girl"): (812, 243)}


def test_the_country_is_told_in_steps_that_hold_ten_pupils(results, params) -> None:
    """1,835 pupils, 515 high: 28.07 %; 823 boys, 210 high: 25.5 % in steps of two; 1,012 girls, 305 high: 30.1 %."""
    found = high_results_of_country(country_of(of_country(results, COUNTRY), params)).set_index("group")
    assert found[["n", "estimate"]].apply(tuple, axis=1).to_dict() == {
        "": (1840, 28.0), "sex=boy": (820, 26.0), "sex=girl": (1010, 30.0)
    }  # fmt: skip
    assert (found["municipality_id"] == "").all()


def test_what_one_municipality_withholds_does_not_follow_from_the_country_and_the_others(results, params) -> None:
    """Whoever knows all others' numbers exactly: of M1's girls ten or eleven numbers of high results fit what is told."""
    told, rest = [], {key: value for key, value in COUNTRY.items() if key != ("M1", "girl")}
    for high in range(60):
        rows = of_country(results, {**rest, ("M1", "girl"): (200, high)})
        found = high_results_of_country(country_of(rows, params)).set_index("group")
        told.append(found.loc["sex=girl", "estimate"])
    whole = sorted(set(told))[1:-1]  # the first and the last step go on beyond
    assert len(whole) >= 3
    assert {told.count(one) for one in whole} <= {10, 11}


@pytest.mark.parametrize("what", ["a board", "one municipality", "few pupils"])
def test_where_there_is_no_country_nothing_is_told_of_it(results, params, what: str) -> None:
    groups = {("M1", "boy"): (300, 60), ("M1" if what == "one municipality" else "M2", "girl"): (300, 60)}
    if what == "few pupils":
        groups = {("M1", "boy"): (99, 60), ("M2", "girl"): (99, 60)}
    rows = of_country(results, groups)
    assert high_results_of_country(country_of(rows, params, "board" if what == "a board" else "country")).empty


def test_a_group_is_judged_by_the_same_pupils_in_the_country(results, params) -> None:
    rows = of_country(results, COUNTRY)
    nation = high_results_of_country(country_of(rows, params))
    own = rows[rows["municipality_id"] == "M1"]
    found = high_result_groups(own, ["sex"], params, nation).set_index("group")
    boys, girls = found.loc["sex=boy"], found.loc["sex=girl"]
    assert (boys["verdict"], girls["verdict"]) == ("differs", "not_distinguishable")
    assert boys["high"] < 26.0 - 1.0  # told as 26 % in steps of two: the interval lies below all that it may be
    assert 10.0 < boys["estimate"] < 15.0  # drawn a little towards 26 %
    whole = result_shares(own, params, nation).set_index("indicator").loc["high_result_share"]
    assert (whole["reference"], whole["verdict"]) == ("threshold", "differs")  # 20.5 % against 28 %
    assert high_result_groups(own, ["sex"], params)["verdict"].eq("").all()


def test_groups_that_are_like_the_country_rarely_stand_out(params) -> None:
    """200 municipalities of 12 groups that differ from the country in nothing: at most two names in a hundred comparisons."""
    rng, named = np.random.default_rng(4), []
    common = rng.uniform(0.05, 0.4, 12)
    for _ in range(200):
        n = rng.integers(25, 250, 12)
        _, low, high = shrunken_shares(rng.binomial(n, common), n, common, params.confidence)
        named.append(((low > common) | (high < common)).mean())
    assert np.mean(named) < 0.02


def test_a_group_with_half_as_many_is_found(params) -> None:
    rng, found = np.random.default_rng(5), []
    common = np.full(12, 0.24)
    truth = np.r_[0.12, common[1:]]
    for _ in range(200):
        n = np.full(12, 250)
        _, _, high = shrunken_shares(rng.binomial(n, truth), n, common, params.confidence)
        found.append(high[0] < 0.24)
    assert np.mean(found) > 0.8


def test_the_larger_limit_holds_for_sensitive_groups(results, params) -> None:
    """Seven pupils with special needs have a high result: fewer than ten, so they stay as counted and the door decides."""
    value = np.r_[np.full(60, 90.0), np.full(240, 50.0)]
    sen = np.r_[["yes"] * 7, ["no"] * 53, ["yes"] * 53, ["no"] * 187]
    found = high_result_groups(results(value=value).assign(sen=sen), ["sen"], params).set_index("group")
    assert found.loc["sen=yes", "estimate"] == pytest.approx(100 * 7 / 60)
