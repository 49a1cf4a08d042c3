"""The sample country where nothing, schools alone, or groups as well differ; and its truth in memory."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.intake.demo import Known, known_country
from analysis.intake.demo.known import AS_IN_LIFE
from analysis.intake.demo.oracle import true_risk
from analysis.intake.demo.scores import effects, wobbling

KEYS = ["school_year", "grade", "test", "domain", "level"]


def drawn(setting: Any, **more: Any) -> Known:
    return known_country(setting, seed=2026, size="small", municipalities=None, **more)


@pytest.fixture(scope="module")
def countries() -> dict[str, Known]:
    return {setting: drawn(setting) for setting in ("none", "schools", "effects")}


def present(known: Known) -> pd.DataFrame:
    return known.results[known.results["status"] == "present"]


def test_pupils_are_the_same_in_every_setting_and_their_results_are_not(countries: dict[str, Known]) -> None:
    same = ["pupil", "school_id", "sex", "overage", *KEYS]
    for other in ("none", "schools"):
        pd.testing.assert_frame_equal(countries[other].results[same], countries["effects"].results[same])
        assert (countries[other].results["percent"] != countries["effects"].results["percent"]).mean() > 0.3


def test_without_effects_every_pupil_is_expected_at_the_national_mean(countries: dict[str, Known]) -> None:
    assert present(countries["none"])["expected"].abs().max() < 1e-9


def test_where_only_schools_differ_pupils_of_a_school_are_alike_whatever_their_group(
    countries: dict[str, Known],
) -> None:
    rows = present(countries["schools"])
    within = rows.groupby([*KEYS, "school_id"], observed=True)["expected"].agg(np.ptp)
    assert within.max() < 1e-9
    assert rows.groupby("school_id")["expected"].mean().std() > 0.15


def test_with_effects_groups_differ_within_a_school(countries: dict[str, Known]) -> None:
    rows = present(countries["effects"])
    means = rows.groupby("sen")["expected"].mean()
    assert means["yes"] < means["no"] - 0.5


def test_the_truth_in_memory_is_that_of_the_written_set(demo: Path, countries: dict[str, Known]) -> None:
    told = pd.DataFrame(json.loads((demo / "truth.json").read_text("utf-8"))["positions"])
    told = told[told["grade"].isin(["3", "6", "9"])]
    groups = present(countries["effects"]).groupby(["municipality_id", *KEYS])
    found = groups["expected"].mean().rename("found").reset_index()
    both = found.merge(told, on=["municipality_id", *KEYS], validate="one_to_one")
    assert len(both) == len(told)
    assert (both["found"] - both["position_score"]).abs().max() < 1e-4  # rounded to four decimals


def test_results_in_memory_are_those_of_the_written_set(demo: Path, countries: dict[str, Known]) -> None:
    written = pd.read_csv(demo / "results.csv", dtype={"grade": "str"}, keep_default_na=False)
    written = written[(written["session"] == "") & written["grade"].isin(["3", "6", "9"])]
    assert written["score"].replace("", "nan").astype(float).tolist() == pytest.approx(
        countries["effects"].results["score"].tolist(), nan_ok=True
    )
    assert written["school_id"].tolist() == countries["effects"].results["school_id"].tolist()


def test_what_a_school_has_in_one_year_alone_is_in_the_expectation_of_that_year_and_does_not_last() -> None:
    rows = present(drawn("schools", wobble=0.1))
    moved = (
        (rows["expected"] - rows["lasting"]).groupby([rows["school_id"], rows["school_year"], rows["domain"]]).mean()
    )
    assert moved.std() == pytest.approx(0.1, abs=0.02)
    assert moved.groupby("school_id").mean().std() < 0.05


def test_where_backgrounds_cluster_schools_differ_in_their_pupils(countries: dict[str, Known]) -> None:
    spread = {}
    for name, known in (("even", countries["schools"]), ("clustered", drawn("schools", clustering=AS_IN_LIFE))):
        rows = known.results[known.results["grade"] == "3"].drop_duplicates("pupil")
        schools = rows.groupby("school_id").filter(lambda own: len(own) >= 30)
        for attribute, value in (("home_language", "other"), ("low_income", "yes")):
            spread[name, attribute] = (schools[attribute] == value).groupby(schools["school_id"]).mean().std()
    assert spread["clustered", "home_language"] > 1.3 * spread["even", "home_language"]
    assert spread["clustered", "low_income"] > 1.5 * spread["even", "low_income"]


def test_no_wobble_is_drawn_for_the_sample_set() -> None:
    planted = effects(3, 20, np.random.default_rng(1))
    assert planted.wobble is None
    assert wobbling(planted, 0.2, np.random.default_rng(1)).wobble.std() == pytest.approx(0.2, rel=0.2)


def test_the_true_risk_is_right_in_number_and_knows_more_than_one_test(countries: dict[str, Known]) -> None:
    known = countries["effects"]
    rows = present(known)
    outcomes = rows[(rows["grade"] == "9") & (rows["domain"] == "mathematics")]
    risk = true_risk(known, outcomes, pd.Series(40.0, index=outcomes.index))
    event = (outcomes["percent"] < 40).to_numpy()
    assert abs(risk.sum() - event.sum()) < 4 * np.sqrt((risk * (1 - risk)).sum())
    tenth = pd.qcut(risk, 10, labels=False)
    assert np.abs(pd.Series(event - risk).groupby(tenth).mean()).max() < 0.08
    assert risk[event].mean() > risk[~event].mean() + 0.25


def test_the_command_writes_a_setting_and_says_which(command, tmp_path: Path) -> None:
    done = command("demo", "--setting", "none", "--municipalities", "1", "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    truth = json.loads((tmp_path / "truth.json").read_text("utf-8"))
    assert truth["setting"] == "none"
    assert not {"group_effects", "interaction", "weak_skill"} & set(truth)
    assert truth["trends"] == []
    assert {position["position"] for position in truth["positions"]} == {0.0}


def test_a_setting_that_does_not_exist_is_refused(command, tmp_path: Path) -> None:
    assert command("demo", "--setting", "some", "--out", tmp_path).returncode == 2
