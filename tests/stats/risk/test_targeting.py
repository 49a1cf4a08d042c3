"""Which targeting suffices: the known winner is found, and where ways do not differ no difference is said."""

import numpy as np
import pandas as pd
import pytest

from analysis.desk.known_truth import OF_PUPILS, SIGNS, oracle_of, placed
from analysis.intake.demo import known_country
from analysis.params import load_params
from analysis.stats.risk import backtest, followed
from analysis.stats.risk.ranking import found_among, served
from analysis.stats.risk.targeting import group_score, targeting, targeting_evidence

WORLDS, PERCENT = 60, 20.0


def world(seed: int, signal: float, size: int = 800) -> pd.DataFrame:
    """Pupils in 20 schools; scores that say nothing, and a model that knows the need as far as ``signal`` goes."""
    rng = np.random.default_rng(seed)
    event = (rng.random(size) < 0.15).astype(float)
    noise = {way: rng.normal(size=20)[rng.integers(0, 20, size)] for way in ("school", "class", "group")}
    return pd.DataFrame(noise | {"event": event, "rule": rng.normal(size=size),
                                 "model": rng.normal(size=size) + signal * event})  # fmt: skip


def test_in_worlds_without_differences_no_difference_is_said():
    """All five ways choose blindly. Interval 95 % for all of them together: a false difference in one world of twenty."""
    found = [targeting(world(seed, 0.0), 0.10) for seed in range(WORLDS)]
    false = sum((f.ways["verdict"] == "differs").any() for f in found)
    print(f"{false} of {WORLDS} worlds without differences said one")
    assert false <= 7  # 0.001 of a binomial with 60 and 0.05
    assert sum(f.suffices == "school" for f in found) >= WORLDS - 7


def test_the_known_winner_is_found():
    found = [targeting(world(seed, 2.0), 0.10) for seed in range(20)]
    assert all(f.best == "model" and f.suffices == "model" for f in found)


def test_children_reached_are_counted_with_ties_shared():
    pupils = world(1, 1.0)
    found = targeting(pupils, 0.10)
    for row in found.ways.itertuples():
        by_hand = found_among(pupils[row.way].to_numpy(), pupils["event"].to_numpy(), served(len(pupils), 0.10))
        assert row.reached == pytest.approx(by_hand)
    assert found.chosen == 80
    assert found.in_need == pupils["event"].sum()


def test_the_error_of_a_difference_is_that_of_a_bootstrap_of_pupils():
    pupils = world(2, 1.0)[["event", "rule", "model"]]
    found = targeting(pupils, 0.10).ways.set_index("way")
    half = (found.loc["rule", "high"] - found.loc["rule", "low"]) / 2 / 1.959964
    cut = {way: np.sort(pupils[way])[-80] for way in ("rule", "model")}
    d = ((pupils["rule"] >= cut["rule"]).astype(float) - (pupils["model"] >= cut["model"])) * pupils["event"]
    rng = np.random.default_rng(5)
    drawn = [rng.choice(d, len(d)).sum() for _ in range(4000)]
    assert half == pytest.approx(np.std(drawn), rel=0.05)


@pytest.fixture(scope="module", params=["none", "schools", "effects"])
def judged(request) -> tuple[str, pd.DataFrame]:
    """Two countries' newest cohorts, held out: every way's score, and the truth of a percent below 20 behind it."""
    params, parts = load_params(), []
    for seed in range(2):
        known = known_country(request.param, seed=seed, municipalities=12)
        results = placed(known, params)
        test = backtest(followed(results, SIGNS, PERCENT), SIGNS, penalty=0.0)
        exam = (results["grade"] == SIGNS.grade) & (results["domain"] == SIGNS.domain) & results["standing"].notna()
        past = results[exam & results["school_year"].isin(test.trained_years)]
        attributes = [a for a in OF_PUPILS if a in test.judged and a in past]
        parts.append(test.judged.assign(
            model=test.judged["logit"], rule=test.judged["one_test"], school=test.judged["school_rate"],
            group=group_score(past, test.judged, attributes), truth=oracle_of(test, known, PERCENT),
        ))  # fmt: skip
    return request.param, pd.concat(parts, ignore_index=True)


def test_on_the_sample_country_ways_stand_as_its_truth_lets_expect(judged):
    """Groups and schools help only where they differ; a test of one's own helps everywhere; none beats the truth."""
    setting, pupils = judged
    found = targeting(pupils, 0.10)
    by = found.ways.set_index("way")["reached"]
    truth = found_among(pupils["truth"].to_numpy(), pupils["event"].to_numpy(), found.chosen)
    print(setting, found.in_need, by.round(0).to_dict(), "truth", round(truth), "suffices", found.suffices)
    assert by.max() <= truth * 1.05
    assert by["rule"] > by[["school", "group"]].max()
    assert by["model"] >= by["rule"] - 5
    blind = found.chosen * found.in_need / found.n
    places = targeting(pupils[["event", "school", "group"]], 0.10)
    if setting == "none":
        assert places.suffices == "school"
        assert (places.ways["verdict"] != "differs").all()
        assert by[["school", "group"]].max() < 1.4 * blind
    if setting == "effects":
        assert by["group"] > 1.3 * blind


def test_evidence_tells_shares_differences_and_what_suffices():
    rows = targeting_evidence(targeting(world(3, 2.0), 0.10), municipality_id="D001", grade="9", school_year=2026)
    assert set(rows["part"]) >= {"model", "rule|best", "suffices|model"}
    assert set(rows.loc[rows["part"].str.endswith("|best"), "verdict"]) == {"differs"}
    assert (rows["n"] == 800).all()
