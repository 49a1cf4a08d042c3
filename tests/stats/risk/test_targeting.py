"""Which targeting suffices: the known winner is found, and where ways do not differ no difference is said."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tools import targeting as tool

from analysis.params import load_params
from analysis.stats.risk.ranking import found_among, served
from analysis.stats.risk.targeting import group_score, targeting, targeting_evidence

WORLDS = 60
PAGE = (Path(__file__).resolve().parents[3] / "docs" / "targeting.md").read_text("utf-8")


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


def test_boards_choose_among_their_own_pupils_each_with_a_budget_of_its_own():
    pupils = world(4, 1.0).assign(board=np.repeat(["A", "B", "C"], [500, 200, 100]))
    whole = targeting(pupils, 0.10, within="board")
    own = [targeting(part, 0.10) for _, part in pupils.groupby("board")]
    by_hand = sum(part.ways.set_index("way")["reached"] for part in own)
    assert whole.ways.set_index("way")["reached"].to_dict() == pytest.approx(by_hand.to_dict())
    assert whole.chosen == sum(part.chosen for part in own) == 80
    assert whole.ways["reached"].tolist() != pytest.approx(targeting(pupils, 0.10).ways["reached"].tolist())


def test_groups_are_ranked_by_their_earlier_results_and_new_ones_have_the_mean():
    rng = np.random.default_rng(1)
    past = pd.DataFrame({"sex": ["girl", "boy"] * 500, "sen": rng.choice(["yes", "no"], 1000)})
    past["standing"] = rng.normal(size=1000) - 1.0 * past["sex"].eq("boy") - 0.5 * past["sen"].eq("yes")
    pupils = pd.DataFrame({"sex": ["girl", "girl", "boy", "boy", None], "sen": ["no", "yes", "no", "yes", "no"]})
    score = group_score(past, pupils, ["sex", "sen"])
    assert list(np.argsort(score[:4])) == [0, 1, 2, 3]
    assert score[4] == pytest.approx(-past["standing"].mean(), abs=0.1)
    assert set(group_score(past.assign(standing=0.0), pupils, ["sex"])) == {0.0}


@pytest.fixture(scope="module")
def drawn() -> dict[str, pd.DataFrame]:
    """The sample country's newest cohorts, held out, with every way's score and the truth, in each setting and by lot."""
    worlds = {name: tool.held_out(setting, tool.SEEDS, load_params()) for setting, name in tool.SETTINGS.items()}
    return worlds | {"results by lot": tool.shuffled(worlds["pupils differ"])}


def test_the_page_says_what_the_tool_finds(drawn):
    for name, pupils in drawn.items():
        assert tool.row_of(name, pupils) in PAGE, name


def test_groups_and_schools_reach_more_only_where_they_differ_one_test_everywhere_and_none_more_than_the_truth(drawn):
    none, schools, groups = (tool.figures(drawn[name]) for name in tool.SETTINGS.values())
    assert max(none["school"], none["group"], schools["group"]) < 10.8  # ten in a hundred are chosen
    assert min(schools["school"], groups["school"]) > 11.3
    assert groups["group"] > 14
    for found in (none, schools, groups):
        assert found["school"] < found["rule"] > found["group"]
        assert found["rule"] - 0.3 < found["model"] < found["truth"] + 0.5


def test_no_difference_is_said_of_ways_that_do_not_differ(drawn):
    none = drawn["pupils differ"]
    assert tool.answer(tool.compared(none, ("school", "group"))) == "no difference"
    assert tool.answer(tool.compared(drawn["results by lot"])) == "no difference"
    assert tool.answer(tool.compared(none)) == "rule"


def test_evidence_tells_shares_and_differences_of_children_in_need_and_what_lots_would_reach():
    found = targeting(world(3, 2.0), 0.10)
    rows = targeting_evidence(found, municipality_id="D001", grade="9", school_year=2026).set_index("part")
    assert rows.loc["model", "estimate"] == pytest.approx(
        100 * found.ways.set_index("way")["reached"]["model"] / found.in_need
    )
    assert rows.loc["rule|best", "estimate"] == pytest.approx(
        rows.loc["rule", "estimate"] - rows.loc["model", "estimate"]
    )
    assert set(rows["verdict"].drop("lot")[rows.index.str.endswith("|best")[:-1]]) == {"differs"}
    assert "model|best" not in rows.index
    assert (rows["n"].drop("lot") == found.in_need).all()
    assert (rows.loc["lot", "n"], rows.loc["lot", "estimate"]) == (800, 10.0)


def test_differences_of_few_children_are_not_judged():
    rows = targeting_evidence(targeting(world(3, 2.0, size=100), 0.10), municipality_id="D001")
    assert set(rows.loc[rows["part"].str.endswith("|best"), "verdict"]) == {"too_few"}
    none = targeting_evidence(targeting(world(3, 2.0).assign(event=0.0), 0.10), municipality_id="D001")
    assert none.empty
