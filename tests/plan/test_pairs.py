"""Boards are paired so that no two would rather have each other; the same rows in any order give the same bytes."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import LinearConstraint, milp

from analysis.evidence import evidence
from analysis.plan.pairs import behind, candidates, pair_evidence, stable, standings

IDS = [f"M{i}" for i in range(1, 9)]
NOBODY = pd.DataFrame({"municipality_id": [], "interest": []}, dtype="str")


def weighed(scores: dict[tuple[str, str], float]) -> pd.DataFrame:
    return pd.DataFrame([(a, b, float(score)) for (a, b), score in scores.items()], columns=["a", "b", "score"])


def chosen(pairs: pd.DataFrame) -> set[tuple[str, str]]:
    return set(stable(pairs)[["a", "b"]].itertuples(index=False, name=None))


def blocking(matching: set[tuple[str, str]], scores: dict[tuple[str, str], float]) -> list[tuple[str, str]]:
    """Pairs of positive score whose members would both strictly gain, being alone worth nothing."""
    has = dict.fromkeys(IDS, 0.0)
    for pair in matching:
        has |= dict.fromkeys(pair, scores[pair])
    return [(a, b) for (a, b), score in scores.items() if score > has[a] and score > has[b]]


def matchings(ids: list[str], allowed: set[tuple[str, str]]):
    """Every matching: the first is alone or with one of the others."""
    if not ids:
        yield set()
        return
    yield from matchings(ids[1:], allowed)
    for other in ids[1:]:
        if (ids[0], other) in allowed:
            for rest in matchings([one for one in ids[1:] if one != other], allowed):
                yield {(ids[0], other), *rest}


def some_scores(values) -> st.SearchStrategy:
    return st.dictionaries(st.sampled_from(list(combinations(IDS, 2))), values, max_size=28)


@given(some_scores(st.integers(-2, 4)))
def test_no_two_boards_would_both_rather_have_each_other_also_with_equal_scores(scores):
    assert blocking(chosen(weighed(scores)), scores) == []


@given(st.sets(st.sampled_from(list(combinations(IDS[:6], 2)))), st.randoms())
def test_with_different_scores_it_is_the_only_stable_matching(pairs, random):
    order = sorted(pairs)
    random.shuffle(order)
    scores = {pair: 1.0 + i for i, pair in enumerate(order)}
    found = [m for m in matchings(IDS[:6], set(scores)) if not blocking(m, scores)]
    assert found == [chosen(weighed(scores))]


def test_so_it_is_of_eight_boards_that_all_fit_each_other():
    everyone = list(combinations(IDS, 2))
    for seed in range(3):
        scores = dict(zip(everyone, np.random.default_rng(seed).permutation(len(everyone)) + 1.0, strict=True))
        assert [m for m in matchings(IDS, set(everyone)) if not blocking(m, scores)] == [chosen(weighed(scores))]


@given(some_scores(st.integers(-2, 4)), st.randoms())
def test_the_order_of_rows_decides_nothing(scores, random):
    rows = list(scores.items())
    random.shuffle(rows)
    assert stable(weighed(scores)).to_csv(index=False) == stable(weighed(dict(rows))).to_csv(index=False)


@given(some_scores(st.floats(0.01, 9)))
def test_together_the_pairs_have_at_least_half_of_the_heaviest_matching(scores):
    """Heaviest-first is a half-approximation (Avis 1983); the integer programme knows the most there can be."""
    pairs = weighed(scores)
    if pairs.empty:
        return
    member = np.array([[one in pair for pair in scores] for one in IDS], dtype=float)
    best = milp(-pairs["score"], integrality=np.ones(len(pairs)), constraints=LinearConstraint(member, -np.inf, 1.0))
    assert -best.fun / 2 - 1e-6 <= stable(pairs)["score"].sum() <= -best.fun + 1e-6


def test_a_stable_matching_need_not_be_the_heaviest():
    assert chosen(weighed({("M1", "M2"): 2, ("M2", "M3"): 3, ("M3", "M4"): 2})) == {("M2", "M3")}


def rows_of(*given: tuple[str, str, float, float, float]) -> pd.DataFrame:
    """Skills by place, with estimate and interval."""
    frame = pd.DataFrame(given, columns=["municipality_id", "part", "estimate", "low", "high"])
    judged = np.where((frame["low"] > 0) | (frame["high"] < 0), "differs", "not_distinguishable")
    return evidence(frame.assign(verdict=judged, n=50), indicator="skill_gap", grade="9", test="CE", domain="latvian",
                    reference="country", unit="percent", school_year=2026)  # fmt: skip


A_AND_B = rows_of(
    ("A", "reading", 2, 1, 3), ("B", "reading", -2, -3, -1), ("A", "writing", -2, -3, -1), ("B", "writing", 2, 1, 3),
    ("C", "reading", 2, 1, 3), ("D", "language", 0.1, -1, 1), ("E", "language", -2, -3, -1),
)  # fmt: skip
SCHOOLS = pd.DataFrame(
    {"municipality_id": list("ABBC"), "lat": [57.0, 57.0, 57.0, np.nan], "lon": [24.0, 24.5, 25.5, np.nan]}
)


def test_a_strength_and_a_need_are_what_surely_differs_from_the_country():
    found = standings(A_AND_B).set_index(["municipality_id", "part"])["side"]
    assert found.to_dict() == {
        ("A", "skill_gap:reading:"): 1, ("B", "skill_gap:reading:"): -1, ("A", "skill_gap:writing:"): -1,
        ("B", "skill_gap:writing:"): 1, ("C", "skill_gap:reading:"): 1, ("E", "skill_gap:language:"): -1,
    }  # fmt: skip


def test_scales_whose_better_side_is_not_known_are_no_strength():
    scale = {"indicator": "wellbeing_scale", "domain": "", "group": "role=teacher", "population": "respondents"}
    rows = A_AND_B.assign(**scale).assign(unit="level", part=["workload", "safety", *A_AND_B["part"][2:]])
    assert "wellbeing_scale:workload:teacher" not in set(standings(rows)["part"])
    assert "wellbeing_scale:safety:teacher" in set(standings(rows)["part"])


def test_a_score_is_topics_both_ways_and_common_interests_less_the_way():
    both = pd.DataFrame({"municipality_id": ["A", "B", "B", "C"], "interest": ["stem", "stem", "data", "data"]})
    found = candidates(standings(A_AND_B), both, SCHOOLS).set_index(["a", "b"])
    assert found["topics"].to_dict() == {("A", "B"): 3, ("B", "C"): 2}  # reading, writing, stem; reading, data
    one_degree = 2 * 6371.0088 * np.arcsin(np.cos(np.radians(57)) * np.sin(np.radians(0.5)))
    assert found.loc[("A", "B"), "km"] == pytest.approx(one_degree)
    assert found.loc[("A", "B"), "score"] == pytest.approx(3 - one_degree / 100, abs=1e-6)
    assert found.loc[("B", "C"), "score"] == 2  # where C lies is not known


def test_who_can_only_tell_or_only_ask_is_paired_where_an_interest_is_common():
    alone = candidates(standings(A_AND_B), NOBODY, SCHOOLS)
    assert set(zip(alone["a"], alone["b"], strict=True)) == {("A", "B")}  # C could tell B and would get nothing


def test_each_board_is_in_a_pair_or_told_why_not():
    far = pd.concat([SCHOOLS, pd.DataFrame({"municipality_id": ["F", "E"], "lat": [57.0, 55.0], "lon": [20.0, 28.0]})])
    both = pd.DataFrame({"municipality_id": ["E", "F", "C", "A"], "interest": ["stem", "stem", "data", "data"]})
    made = pair_evidence(A_AND_B, both, far, list("ABCDEF"), 2026)
    assert made.loc[made["indicator"] == "board_pair", ["municipality_id", "group"]].values.tolist() == [
        ["A", "partner=B"]
    ]
    alone = made[made["indicator"] == "board_alone"].set_index("municipality_id")["part"]
    assert alone.to_dict() == {"C": "taken", "D": "unknown", "E": "far", "F": "far"}
    topics = made[made["indicator"] == "board_topic"][["municipality_id", "part", "group"]]
    assert topics.values.tolist() == [
        ["A", "skill_gap:reading:", "partner=B"], ["B", "skill_gap:writing:", "partner=A"]
    ]  # fmt: skip


def test_of_standings_only_those_behind_the_pairs_go_with_the_page():
    made = pair_evidence(A_AND_B, NOBODY, SCHOOLS, list("ABCDE"), 2026)
    kept = behind(A_AND_B, made)
    assert set(zip(kept["municipality_id"], kept["part"], strict=True)) == {
        ("A", "reading"), ("B", "reading"), ("A", "writing"), ("B", "writing")
    }  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_the_same_country_in_any_order_gives_the_same_bytes(seed):
    draw = np.random.default_rng(seed)
    middles = draw.choice([-2.0, 0.0, 2.0], (20, 6))
    given = [(f"P{i:02d}", f"s{j}", m, m - 1, m + 1) for i, own in enumerate(middles) for j, m in enumerate(own)]
    rows, ids = rows_of(*given), [f"P{i:02d}" for i in range(20)]
    schools = pd.DataFrame({"municipality_id": ids, "lat": draw.uniform(56, 58, 20), "lon": draw.uniform(21, 28, 20)})
    wants = pd.DataFrame({"municipality_id": ids * 2, "interest": ["x"] * 20 + ["y"] * 20})
    wants = wants.sample(frac=0.4, random_state=seed)
    mixed = [frame.sample(frac=1, random_state=seed + 1) for frame in (rows, wants, schools)]
    one = pair_evidence(rows, wants, schools, ids, 2026)
    other = pair_evidence(mixed[0].reset_index(drop=True), *mixed[1:], ids[::-1], 2026)
    assert (one["indicator"] == "board_pair").sum() >= 5
    assert one.to_csv(index=False).encode() == other.to_csv(index=False).encode()


def test_without_any_board_there_is_nothing():
    assert pair_evidence(A_AND_B.head(0), NOBODY, SCHOOLS, [], 2026).empty
