"""Gaps for which visits were planned: simulated schools whose truth does not change, and a change that was planted."""

import numpy as np
import pandas as pd
import pytest

from analysis.evidence import evidence
from analysis.params import load_params
from analysis.plan.visited import AFTER, BEFORE, EXPECTED, FEWEST, MOVED, OTHERS, VISITED, visited_gaps
from analysis.staff_rules import load_staff_rules

PARTS = ("differentiation", "inclusion", "planning", "explanation", "digital", "data_use")
FIELD = ("differentiation", "inclusion")
Z = 1.959964


def gaps(values: np.ndarray, errors: np.ndarray, year: int, n: int = 20) -> pd.DataFrame:
    table = pd.DataFrame(
        [(f"S{s:02d}", part, values[s, p], errors[s, p]) for s in range(len(values)) for p, part in enumerate(PARTS)],
        columns=["school_id", "part", "estimate", "e"],
    )
    table = table.assign(low=table["estimate"] - Z * table["e"], high=table["estimate"] + Z * table["e"], n=n)
    return evidence(
        table, indicator="competence_gap", unit="level", population="teachers", municipality_id="M1", school_year=year
    )


def planned(schools: list[str]) -> pd.DataFrame:
    rows = pd.DataFrame({"school_id": schools, "domain": "inclusion", "estimate": 2.0, "n": 1})
    return evidence(
        rows, indicator="visits_planned", unit="visits", population="schools", municipality_id="M1", school_year=2025
    )


def world(seed: int, schools: int, *, spread: float = 0.3, change: float = 0.0, wobble: float = 0.0) -> pd.DataFrame:
    """Schools whose field's gaps were seen as the largest are visited; theirs alone change."""
    rng = np.random.default_rng(seed)
    truth = np.array([1.0, 0.8, 0.2, 0.3, -0.5, -0.8]) + rng.normal(0, spread, (schools, len(PARTS)))
    e_then, e_now = rng.uniform(0.1, 0.3, truth.shape), rng.uniform(0.2, 0.4, truth.shape)
    then = truth + rng.normal(0, e_then)
    chosen = np.argsort(-then[:, :2].max(axis=1))[: max(schools // 4, 2)]
    moved = truth + rng.normal(0, 1, truth.shape) * wobble
    moved[chosen, :2] += change
    now = moved + rng.normal(0, e_now)
    plan = planned([f"S{s:02d}" for s in sorted(chosen)])
    return visited_gaps(
        pd.concat([gaps(then, e_then, 2025), plan], ignore_index=True), gaps(now, e_now, 2026), load_staff_rules(),
        load_params(),
    )  # fmt: skip


def judged(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[(rows["indicator"] == MOVED) & (rows["domain"] != "")]


@pytest.mark.parametrize("spread", [0.0, 0.15, 0.4])
@pytest.mark.parametrize("wobble", [0.0, 0.3])
@pytest.mark.parametrize("schools", [6, 16])
def test_without_a_change_few_are_said_to_have_moved_though_the_largest_were_chosen(schools, wobble, spread) -> None:
    found = pd.concat([judged(world(seed, schools, spread=spread, wobble=wobble)) for seed in range(15)])
    share = (found["verdict"] == "differs").mean()
    assert share <= 0.05 + 2 * (0.05 * 0.95 / len(found)) ** 0.5


def test_comparing_with_the_published_gap_itself_would_call_chance_a_change() -> None:
    """Choosing matters here: the plain change of those visited is surely below zero, though nothing changed."""
    plain = [
        float(one["estimate"].iloc[0])
        for seed in range(25)
        if len(one := (rows := world(seed, 16, spread=0.1))[(rows["part"] == VISITED)])
    ]
    assert np.mean(plain) < -0.1
    expected = pd.concat([judged(world(seed, 16, spread=0.1)) for seed in range(25)])["estimate"]
    assert abs(expected.mean()) < 0.05


def test_a_planted_change_is_found() -> None:
    found = pd.concat([judged(world(seed, 16, change=-1.2)) for seed in range(12)])
    assert ((found["verdict"] == "differs") & (found["estimate"] < 0)).mean() > 0.75
    assert found["estimate"].mean() == pytest.approx(-1.2, abs=0.1)


def test_numbers_by_hand() -> None:
    """Two competences, four schools each, all errors alike: the mean, what is kept, what is expected."""
    then, e = np.full((4, 6), np.nan), np.full((4, 6), 0.2)
    then[:, 0], then[:, 2] = [0.0, 0.4, 0.8, 1.2], [0.1, 0.3, 0.7, 0.9]
    rows = pd.concat([gaps(then, e, 2025), planned(["S03"])], ignore_index=True)
    found = visited_gaps(rows, gaps(then, e, 2026), load_staff_rules(), load_params())
    found = found[found["school_id"] != ""].set_index("indicator")
    tau = ((0.36 + 0.04 + 0.04 + 0.36) + (0.16 + 0.04 + 0.04 + 0.16)) / 6 - 0.04
    kept = tau / (tau + 0.04)
    assert found.loc[BEFORE, "estimate"] == pytest.approx(1.2)
    assert found.loc[EXPECTED, "estimate"] == pytest.approx(0.6 + kept * 0.6)
    assert found.loc[AFTER, "estimate"] == pytest.approx(1.2)
    assert found.loc[MOVED, "estimate"] == pytest.approx((1 - kept) * 0.6)
    assert set(found["reference"]) == {"last_year"}
    assert (found["year_from"].iloc[0], found["school_year"].iloc[0]) == (2025, 2026)


def test_what_is_not_told_on_both_sides_or_of_too_few_teachers_is_left_out() -> None:
    then, e = np.random.default_rng(1).normal(0.5, 0.4, (8, 6)), np.full((8, 6), 0.2)
    plan = planned(["S00", "S01"])
    now = gaps(then, e, 2026)
    now.loc[now["school_id"] == "S00", "n"] = 9
    rows = judged(visited_gaps(pd.concat([gaps(then, e, 2025), plan]), now, load_staff_rules(), load_params()))
    assert set(rows["school_id"]) == {"S01"}


def test_from_few_gaps_nothing_is_judged() -> None:
    then, e = np.full((2, 6), np.nan), np.full((2, 6), 0.1)
    then[:, 0] = [0.5, 1.5]
    rows = visited_gaps(
        pd.concat([gaps(then, e, 2025), planned(["S01"])]), gaps(then - 3, e, 2026), load_staff_rules(), load_params()
    )
    assert FEWEST > 2
    assert set(judged(rows)["verdict"]) == {"too_few"}
    assert OTHERS not in set(rows["part"])


def test_a_municipality_stands_in_where_schools_are_too_few_and_never_beside_them() -> None:
    rng, e = np.random.default_rng(3), np.full((2, 6), 0.1)
    then, field = rng.normal(0.5, 0.5, (2, 6)), planned(["S01"])
    then[:, 1:] = np.nan
    whole = rng.normal(0.5, 0.5, (1, 6))
    sides = [pd.concat([gaps(then, e, year), gaps(whole, e[:1], year).assign(school_id="")]) for year in (2025, 2026)]
    rows = judged(visited_gaps(pd.concat([sides[0], field]), sides[1], load_staff_rules(), load_params()))
    assert rows.groupby("part")["school_id"].agg(set).to_dict() == {part: {""} for part in FIELD}


def test_a_municipality_stands_in_where_no_visited_school_is_told() -> None:
    then, e = np.random.default_rng(2).normal(0.5, 0.5, (1, 6)), np.full((1, 6), 0.1)
    whole = gaps(then, e, 2025).assign(school_id="")
    later = gaps(then, e, 2026).assign(school_id="")
    rows = judged(visited_gaps(pd.concat([whole, planned(["S07"])]), later, load_staff_rules(), load_params()))
    assert set(rows["school_id"]) == {""}
    assert set(rows["part"]) == set(FIELD)
