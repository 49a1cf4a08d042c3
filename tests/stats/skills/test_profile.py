"""Skills against pupils of the same total: what is planted is found and nothing else; no board's own pupils are the nation."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.stats.skills.exams import SKILLS, TEST, answers, long, mapped, sat

from analysis.batch import open_unit
from analysis.intake.store import open_store
from analysis.stats.modelled import MODELS, modelled
from analysis.stats.skills import skill_gaps
from analysis.stats.skills.profile import NAMED

ITEMS = 32
DEFICIT = -0.8


def schools_of(municipalities: int, schools: int, pupils: int) -> np.ndarray:
    names = [f"M{m:02d}-S{s:02d}" for m in range(municipalities) for s in range(schools)]
    return np.repeat(names, pupils)


def planted_shift(schools: np.ndarray, planted: dict[str, str]) -> np.ndarray:
    """The shift of each pupil's logit on each item: schools (or the start of their names) → skill that lies behind."""
    shift = np.zeros((len(schools), ITEMS))
    for where, skill in planted.items():
        here = np.char.startswith(schools.astype("str"), where)
        shift[np.ix_(here, [j for j in range(ITEMS) if SKILLS[j % len(SKILLS)] == skill])] = DEFICIT
    return shift


def simulated(country, schools: np.ndarray, planted: dict[str, str], seed: int, **more: Any):
    rng = np.random.default_rng(seed)
    ability = pd.Series(rng.normal(0, 0.4, len(set(schools))), index=sorted(set(schools)))[schools].to_numpy()
    points = answers(rng, len(schools), ITEMS, planted_shift(schools, planted), ability)
    return country(long(points), mapped(ITEMS), sat(schools), **more)


def gaps(found: pd.DataFrame, *, schools: bool = False) -> pd.DataFrame:
    return found[(found["indicator"] == "skill_gap") & (found["school_id"].ne("") == schools)]


def named(found: pd.DataFrame, *, schools: bool = False) -> set[tuple[str, str]]:
    rows = gaps(found, schools=schools)
    rows = rows[rows["method"] == NAMED]
    return set(zip(rows["school_id" if schools else "municipality_id"], rows["part"], strict=True))


def test_every_planted_deficit_of_a_school_is_named_and_next_to_no_other(country) -> None:
    schools = schools_of(12, 10, 60)
    planted = {name: SKILLS[i % 4] for i, name in enumerate(sorted(set(schools))[::10])}
    found = named(skill_gaps(simulated(country, schools, planted, 21)), schools=True)
    assert set(planted.items()) <= found
    assert len(found - set(planted.items())) <= 1  # of 468 others; BH lets 5 % of the named be chance


def test_without_effects_hardly_ever_anything_is_named(country) -> None:
    schools = schools_of(6, 5, 40)
    families = [skill_gaps(simulated(country, schools, {}, seed)) for seed in range(100, 120)]
    with_any = [bool(named(found) | named(found, schools=True)) for found in families]
    assert np.mean(with_any) <= 0.05
    rows = pd.concat([gaps(found, schools=kind) for found in families for kind in (False, True)])
    assert (rows["verdict"] == "differs").mean() <= 0.01


def test_the_weak_skill_of_the_demo_is_named_and_no_other_one(demo: Path, demo_store: Path) -> None:
    weak = json.loads((demo / "truth.json").read_text("utf-8"))["weak_skill"]
    store = open_store(demo_store)
    found = pd.concat(
        open_unit(place, store=str(demo_store)).modelled for place in store.table("municipalities")["municipality_id"]
    )
    rows = found[found["method"] == NAMED]
    assert set(rows["municipality_id"]) == {weak["municipality_id"]}
    assert set(zip(rows["domain"], rows["part"], rows["grade"], strict=True)) == {
        (weak["domain"], weak["skill"], weak["grade"])
    }
    assert (rows["school_id"] == "").sum() == 1
    assert rows["year_from"].unique().tolist() == [min(weak["school_years"])]


def test_a_gap_is_the_mean_difference_to_pupils_of_the_same_total(country) -> None:
    """By pandas alone, where every total is frequent and shrinkage has next to nothing to do."""
    schools = schools_of(2, 2, 3000)
    made = simulated(country, schools, {"M00": "data"}, 5)
    wide = made.items.pivot(index="pupil", columns="item", values="points")
    data = wide[[f"{j + 1:02d}" for j in range(ITEMS) if SKILLS[j % 4] == "data"]].sum(axis=1)
    total = wide.sum(axis=1)
    common = total.map(total.value_counts()) >= 100
    residual = (data - data.groupby(total).transform("mean"))[common] / (ITEMS / 4)
    by_place = residual.groupby(made.results.set_index("pupil")["municipality_id"]).mean()
    rows = gaps(skill_gaps(made)).set_index(["municipality_id", "part"])
    for place, mean in by_place.items():
        assert rows.loc[(place, "data"), "estimate"] == pytest.approx(100 * mean, abs=0.25)


def test_a_place_that_is_behind_as_a_whole_has_no_weak_skill(country) -> None:
    schools = schools_of(5, 4, 80)
    rng = np.random.default_rng(31)
    ability = np.where(np.char.startswith(schools.astype("str"), "M00"), -1.0, 0.0)
    found = skill_gaps(country(long(answers(rng, len(schools), ITEMS, 0, ability)), mapped(ITEMS), sat(schools)))
    assert not named(found)
    assert not (gaps(found)["verdict"] == "differs").any()
    share = found[(found["indicator"] == "skill_share")].set_index(["municipality_id", "part"])["estimate"]
    assert (share["M00"] < share[""] - 10).all()


def test_intervals_hold_the_truth_as_often_as_they_say(country) -> None:
    """Truth: the same place with very many pupils against the same nation; here no place differs, so it is zero."""
    schools = schools_of(8, 4, 50)
    rows = pd.concat(
        [gaps(skill_gaps(simulated(country, schools, {}, seed)), schools=True) for seed in range(200, 206)]
    )
    assert ((rows["low"] <= 0) & (rows["high"] >= 0)).mean() >= 0.99  # shrinkage knows that nothing differs


def test_years_are_pooled_each_against_its_own_nation(country) -> None:
    schools = schools_of(3, 3, 60)
    rng = np.random.default_rng(41)
    parts = []
    for year in (2023, 2024, 2025, 2026):
        who = [f"{year}-{i}" for i in range(len(schools))]
        points = answers(rng, len(schools), ITEMS, planted_shift(schools, {"M01": "number"}), ability=(year - 2024) / 2)
        parts.append(
            (long(points, who, school_year=year), mapped(ITEMS, school_year=year), sat(schools, who, school_year=year))
        )
    items, item_map, results = (pd.concat(frames, ignore_index=True) for frames in zip(*parts, strict=True))
    found = skill_gaps(country(items, item_map, results))
    rows = gaps(found)
    assert set(rows["n"]) == {3 * 180}
    assert set(zip(rows["year_from"], rows["school_year"], strict=True)) == {(2024, 2026)}
    assert named(found) == {("M01", "number")}
    assert set(found.loc[found["indicator"] == "skill_share", "school_year"]) == {2026}


def test_a_year_with_few_pupils_does_not_enter_a_pool_that_would_give_it_away(country) -> None:
    schools = schools_of(3, 1, 60)
    who = [f"new{i}" for i in range(len(schools))]
    rng = np.random.default_rng(43)
    old = np.array(["M00-S00"] * 3 + ["M01-S00"] * 57)
    old_who = [f"old{i}" for i in range(60)]
    items = pd.concat([long(answers(rng, 180, ITEMS), who), long(answers(rng, 60, ITEMS), old_who, school_year=2025)])
    item_map = pd.concat([mapped(ITEMS), mapped(ITEMS, school_year=2025)])
    results = pd.concat([sat(schools, who), sat(old, old_who, school_year=2025)], ignore_index=True)
    n = gaps(skill_gaps(country(items, item_map, results))).groupby("municipality_id")["n"].first()
    assert n.to_dict() == {"M00": 60, "M01": 117, "M02": 60}


def test_levels_of_one_exam_are_separate_tests(country) -> None:
    schools = schools_of(2, 2, 100)
    rng = np.random.default_rng(47)
    points = answers(rng, 400, ITEMS)
    higher = np.arange(400) % 2 == 0
    points[np.ix_(higher, range(16))] = np.nan
    points[np.ix_(~higher, range(16, 32))] = np.nan
    results = sat(schools).assign(level=np.where(higher, "higher", "optimal"))
    found = skill_gaps(country(long(points), mapped(ITEMS), results))
    assert gaps(found).groupby(["municipality_id", "level"])["n"].first().tolist() == [100] * 4
    twice = pd.concat([results, results.iloc[:10].assign(level="other")])
    assert gaps(skill_gaps(country(long(points), mapped(ITEMS), twice)))["n"].sum() < gaps(found)["n"].sum()


def test_only_the_main_session_counts_and_only_whole_sheets(country) -> None:
    schools = schools_of(2, 1, 60)
    points = answers(np.random.default_rng(53), 120, ITEMS)
    points[:5, 3] = np.nan
    results = sat(schools)
    results.loc[110:, "session"] = "additional"
    results.loc[100:104, "status"] = "absent"
    found = gaps(skill_gaps(country(long(points), mapped(ITEMS), results)))
    assert found.groupby("municipality_id")["n"].first().to_dict() == {"M00": 55, "M01": 45}


@pytest.mark.parametrize(
    "case", ["one skill", "constant", "same total", "no map", "no items", "no results", "one pupil", "strangers"]
)
def test_where_nothing_can_be_said_there_is_no_row(case: str, country) -> None:
    schools = schools_of(1 if case == "one pupil" else 3, 1, 1 if case == "one pupil" else 40)
    points = answers(np.random.default_rng(59), len(schools), 4)
    if case == "constant":
        points[:] = 1
    if case == "same total":
        points = np.tile([[1.0, 1.0, 0.0, 0.0], [1.0, 1.0, 0.0, 0.0]], (60, 1))
    item_map = mapped(4, skills=("all",) if case == "one skill" else SKILLS)
    results = sat(schools, who := [f"X{i}" for i in range(len(schools))]) if case == "strangers" else sat(schools)
    made = country(long(points), item_map.iloc[: 0 if case == "no map" else None], results)
    made = replace(made, items=made.items.iloc[:0]) if case == "no items" else made
    made = replace(made, results=made.results.iloc[:0]) if case == "no results" else made
    assert case != "strangers" or len(who) == len(schools)
    found = skill_gaps(made)
    assert gaps(found).empty
    assert gaps(found, schools=True).empty
    assert found.empty == (case not in ("constant", "same total", "one pupil"))


def test_a_skill_of_one_item_and_an_item_without_a_map_do_no_harm(country) -> None:
    schools = schools_of(3, 2, 60)
    points = answers(np.random.default_rng(61), len(schools), 9)
    item_map = mapped(8, skills=("a", "b", "a", "b", "a", "b", "a", "c"))
    found = skill_gaps(country(long(points), item_map, sat(schools)))
    assert set(gaps(found)["part"]) == {"a", "b", "c"}
    without = skill_gaps(country(long(points[:, :8]), item_map, sat(schools)))
    pd.testing.assert_frame_equal(found, without)


def test_a_school_of_one_is_too_few_and_tells_nothing_of_how_schools_differ(country) -> None:
    schools = np.append(schools_of(3, 2, 60), "M00-S99")
    made = simulated(country, schools, {}, 67)
    rows = gaps(skill_gaps(made), schools=True)
    assert set(rows.loc[rows["school_id"] == "M00-S99", "verdict"]) == {"too_few"}
    others = rows[rows["school_id"] != "M00-S99"]
    assert set(others["verdict"]) <= {"differs", "not_distinguishable"}


@settings(max_examples=4, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_neither_order_nor_names_matter(country, seed: int) -> None:
    schools = schools_of(3, 3, 25)
    made = simulated(country, schools, {"M01": "data"}, 71)
    rng = np.random.default_rng(seed)
    items = made.items.sample(frac=1, random_state=seed % 1000).assign(pupil=lambda rows: "z" + rows["pupil"].str[::-1])
    results = made.results.iloc[rng.permutation(len(schools))].assign(
        pupil=lambda rows: "z" + rows["pupil"].str[::-1], school_id=lambda rows: "Ā" + rows["school_id"]
    )
    found, other = skill_gaps(made), skill_gaps(replace(made, items=items, results=results))
    other["school_id"] = other["school_id"].str.removeprefix("Ā")
    pd.testing.assert_frame_equal(found, other, rtol=0, atol=1e-9)


# --- a board that has only its own pupils ---------------------------------------------------------------------------------


def published(points: np.ndarray, *, but: int = 0) -> pd.DataFrame:
    """Difficulties of items as somebody might publish them, for all items but the last ones."""
    rows = pd.DataFrame({"measure": [f"item_facility:{j + 1:02d}" for j in range(points.shape[1] - but)],
                         "value": np.round(100 * points.mean(axis=0), 1)[: points.shape[1] - but]})  # fmt: skip
    return pd.concat([rows, pd.DataFrame({"measure": ["n"], "value": [float(len(points))]})]).assign(
        **TEST, level="", unit="percent", threshold=np.nan, status="", source="x"
    )


@pytest.fixture(scope="module")
def nation() -> tuple[np.ndarray, np.ndarray]:
    """Schools and points of a country in which one place lies behind in geometry, and as a whole."""
    schools = schools_of(15, 3, 200)
    here = np.char.startswith(schools.astype("str"), "M03")
    rng = np.random.default_rng(73)
    shift = planted_shift(schools, {"M03": "geometry"})
    return schools, answers(rng, len(schools), ITEMS, shift, np.where(here, -0.4, 0.0))


def test_a_board_finds_with_published_difficulties_what_the_country_finds(country, nation) -> None:
    schools, points = nation
    own = np.char.startswith(schools.astype("str"), "M03")
    whole = gaps(skill_gaps(country(long(points), mapped(ITEMS), sat(schools)))).set_index(["municipality_id", "part"])
    pupils = np.array([f"P{i:05d}" for i in range(len(schools))])[own]
    board = country(
        long(points[own], pupils), mapped(ITEMS), sat(schools[own], pupils), scope="board", published=published(points)
    )
    found = skill_gaps(board)
    rows = gaps(found).set_index("part")
    assert named(found) == {("M03", "geometry")}
    # The country's own mean holds a fifteenth of these very pupils, and 14 places without a gap draw theirs towards zero.
    assert (rows["estimate"] - whole.loc["M03"]["estimate"]).abs().max() < 2
    share = found[(found["indicator"] == "skill_share") & (found["municipality_id"] == "")].set_index("part")
    expected = {s: 100 * points[:, [j for j in range(ITEMS) if SKILLS[j % 4] == s]].mean() for s in SKILLS}
    assert share["estimate"].to_dict() == pytest.approx(expected, abs=0.1)
    assert set(share["n"]) == {len(points)}


@pytest.mark.parametrize("but", [1, ITEMS])
def test_without_every_difficulty_a_board_gets_shares_and_no_gap(but: int, country, nation) -> None:
    schools, points = nation
    board = country(long(points), mapped(ITEMS), sat(schools), scope="board", published=published(points, but=but))
    found = skill_gaps(board)
    assert set(found["indicator"]) == {"skill_share"}
    assert "" not in set(found["municipality_id"])


def test_a_boards_store_keeps_what_was_published_of_the_country(country, nation, monkeypatch) -> None:
    schools, points = nation
    monkeypatch.setattr("analysis.stats.modelled.MODELS", (skill_gaps,))
    board = country(long(points), mapped(ITEMS), sat(schools), scope="board", published=published(points))
    of_country = modelled(board).query("municipality_id == ''")
    assert set(of_country["method"]) == {"published difficulties"}
    assert len(of_country) == len(SKILLS)


def test_skills_are_among_what_is_fitted_once_for_all() -> None:
    assert skill_gaps in MODELS
