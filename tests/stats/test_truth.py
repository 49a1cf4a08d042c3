"""The demo set's planted truth is found again, and the nation is never made of the board's own pupils."""

import json
from pathlib import Path

import pandas as pd
import pytest

from analysis.batch import open_unit
from analysis.batch.prepare import prepare
from analysis.intake.demo import cut_board
from analysis.intake.store import Store, open_store
from analysis.stats import (
    attainment,
    behind_as_a_whole,
    group_gaps,
    result_shares,
    school_attainment,
    support_groups,
    trend,
)

KEYS = ["municipality_id", "school_year", "grade", "test", "domain", "level"]
# About 490 intervals: three standard errors below 0.95. Above it, pupils' planted differences within a municipality are
# part of the intervals and not of the truth, which is an expectation over these very pupils.
LEAST_COVERAGE, MOST_COVERAGE = 0.92, 0.995
# 14 positions a test at most are off by more than the rounding of the truth and chance: four errors.
ERRORS = 4


def of_all(store: Store, statistic, *more) -> pd.DataFrame:
    places = store.table("municipalities")["municipality_id"]
    return pd.concat([statistic(store.slice("results", place), *more) for place in places], ignore_index=True)


@pytest.fixture(scope="module")
def against_truth(demo: Path, demo_store: Path, params) -> pd.DataFrame:
    truth = pd.DataFrame(json.loads((demo / "truth.json").read_text("utf-8"))["positions"])
    found = of_all(open_store(demo_store), attainment, params)
    return found[found["unit"] == "sd"].merge(
        truth, on=KEYS, suffixes=("", "_true"), how="outer", validate="one_to_one"
    )


def test_every_test_of_every_municipality_is_found_with_its_number_of_pupils(against_truth) -> None:
    assert len(against_truth) > 400
    assert against_truth["n"].tolist() == against_truth["n_true"].tolist()


def test_intervals_hold_the_planted_position(against_truth) -> None:
    truth = against_truth["position_score"]
    held = (against_truth["low"] <= truth) & (truth <= against_truth["high"])
    assert LEAST_COVERAGE <= held.mean() <= MOST_COVERAGE


def test_means_are_not_off_by_more_than_chance(against_truth) -> None:
    error = (against_truth["high"] - against_truth["low"]) / (2 * 1.96)
    deviation = (against_truth["estimate"] - against_truth["position_score"]) / error
    assert deviation.abs().max() < ERRORS
    assert abs(deviation.mean()) < 0.15


def test_a_planted_group_effect_is_found(demo: Path, demo_store: Path, params) -> None:
    store = open_store(demo_store)
    found = of_all(store, group_gaps, store.facts["attributes"], params)
    pooled = found[(found["reference"] == "municipality") & (found["group"] == "low_income=yes") & (found["n"] >= 30)]
    planted = json.loads((demo / "truth.json").read_text("utf-8"))["group_effects"]
    effect = next(e["effect"] for e in planted if e["group"] == "low_income=yes")
    assert effect < 0
    assert pooled["estimate"].mean() < effect / 3


def test_a_board_with_means_but_no_sd_names_nearly_the_groups_that_the_country_run_names(
    board, demo_store: Path, params
) -> None:
    store = board["with"]
    mine = store.slice("results", "D002").assign(position=float("nan"))  # the published means alone, as in Latvia
    attributes = store.facts["attributes"]
    country = support_groups(open_store(demo_store).slice("results", "D002"), attributes, params)
    points = support_groups(mine, attributes, params)
    test = ["grade", "domain", "group"]
    named = [set(f.loc[f["unit"] == "probability", test].itertuples(index=False, name=None)) for f in (country, points)]
    assert len(named[0]) > 10
    assert len(named[0] & named[1]) >= 0.6 * len(named[0] | named[1])
    assert set(points["reference"]) <= {"country", ""}


@pytest.fixture(scope="module")
def board(demo: Path, tmp_path_factory: pytest.TempPathFactory):
    """Stores of one board with the published figures, and without."""
    folder = tmp_path_factory.mktemp("board")
    for name, with_published in (("with", True), ("without", False)):
        cut_board(demo, "D002", folder / name, with_published=with_published)
        prepare(folder / name, (), folder / f"{name}-store")
    return {name: open_store(folder / f"{name}-store") for name in ("with", "without")}


def test_a_boards_reference_is_what_was_published_and_nothing_of_its_own(board, demo: Path) -> None:
    reference = board["with"].table("reference").set_index(KEYS[1:]).sort_index()
    published = pd.read_csv(demo / "published.csv", dtype={"grade": "str"}, keep_default_na=False)
    published = published[published["measure"].isin(["mean", "sd", "n"])].drop_duplicates(
        [*KEYS[1:], "measure"], keep="last"
    )
    published["value"] = pd.to_numeric(published["value"])
    wide = published.pivot(index=KEYS[1:], columns="measure", values="value").sort_index()
    assert set(reference["source"]) == {"published"}
    pd.testing.assert_frame_equal(reference[["mean", "n", "sd"]], wide[["mean", "n", "sd"]], check_names=False)


def test_a_boards_positions_are_those_of_the_country_run(board, demo_store: Path, params) -> None:
    pair = [s.slice("results", "D002") for s in (board["with"], open_store(demo_store))]
    mine, country = (attainment(rows, params).set_index(["unit", *KEYS[1:]])["estimate"] for rows in pair)
    both = pd.concat([mine["sd"], country["sd"]], axis=1, keys=["mine", "country"])
    assert both.notna().all(axis=None)
    assert (both["mine"] - both["country"]).abs().max() < 0.02  # what is published is rounded


def test_without_published_figures_nothing_is_said_of_the_country(board, params) -> None:
    store = board["without"]
    rows = store.slice("results", "D002")
    assert store.table("reference").empty
    assert rows[["position", "points"]].isna().all(axis=None)
    found = attainment(rows, params)
    assert set(zip(found["unit"], found["reference"], found["verdict"], strict=True)) == {("percent", "", "")}
    gaps = group_gaps(rows, store.facts["attributes"], params)
    assert set(gaps["reference"]) == {"municipality"}
    assert set(gaps["unit"]) == {"points"}  # each year's own mean is taken off first, so years may be pooled
    assert set(support_groups(rows, store.facts["attributes"], params)["reference"]) <= {"municipality", ""}
    assert behind_as_a_whole(rows, store.facts["attributes"], params).empty
    assert trend(rows, params).empty
    schools = school_attainment(rows, params)
    assert set(zip(schools["unit"], schools["reference"], strict=True)) == {("percent", "municipality")}
    assert schools["year_from"].isna().all()
    assert set(result_shares(rows, params)["unit"]) == {"percent"}


def test_a_board_without_published_figures_has_no_bands_of_the_country(board) -> None:
    unit = open_unit("D002", store=str(board["without"].folder.parent))
    assert unit.reference_bands.empty
