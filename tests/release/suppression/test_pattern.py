"""What a pattern withholds of evidence, and what of rows it has never seen."""

from pathlib import Path

import pandas as pd
import pytest

from analysis.evidence import each, evidence
from analysis.params import load_params
from analysis.release import release
from analysis.release.suppression.keys import mean_key, mean_keys, share_keys, size_keys, whole_mean_key
from analysis.release.suppression.pattern import Pattern, read_pattern
from analysis.release.suppression.planned import COUNTS, SHOWN, plan

TEST = {"municipality_id": "D001", "grade": "9", "test": "CE", "school_year": 2026}


def rows(indicator: str, n: int = 40, **columns: object) -> pd.DataFrame:
    unit = "percent" if indicator.endswith("share") else "sd"
    figures = (
        {"estimate": 50.0, "low": 40.0, "high": 60.0}
        if unit == "percent"
        else {"estimate": 0.1, "low": -0.2, "high": 0.4}
    )
    frame = pd.DataFrame([TEST | {"domain": "mathematics", "n": n} | figures | columns])
    return evidence(frame, indicator=indicator, unit=unit, confidence=0.95, method="m")


def seen(*frames: pd.DataFrame, withheld: set[tuple[str, ...]] = frozenset()) -> Pattern:
    all_rows = pd.concat(frames)
    shares = all_rows[all_rows["indicator"].str.endswith("share")]
    means = [key for row in each(all_rows) for key in mean_keys(row)]
    return Pattern(frozenset([*size_keys(all_rows), *share_keys(shares), *means]), frozenset(withheld))


def test_a_size_is_withheld_in_every_domain_of_its_test():
    mathematics, latvian = rows("attainment", school_id="S1"), rows("attainment", school_id="S1", domain="latvian")
    pattern = seen(mathematics, latvian, withheld=set(size_keys(mathematics)))
    assert pattern.withholds(pd.concat([mathematics, latvian], ignore_index=True)).tolist() == [True, True]


def test_a_share_alone_can_be_withheld():
    low, place = rows("low_result_share"), rows("attainment")
    pattern = seen(low, place, withheld=set(share_keys(low)))
    assert pattern.withholds(pd.concat([low, place], ignore_index=True)).tolist() == [True, False]


def test_what_counts_a_part_of_a_group_goes_with_the_group_whatever_the_years_pooled():
    place, growth = rows("attainment", school_id="S1", year_from=2024), rows("growth", school_id="S1", year_from=2025)
    assert seen(place).withholds(growth).tolist() == [False]
    assert seen(place, withheld=set(size_keys(place))).withholds(growth).tolist() == [True]


def test_a_figure_that_the_programmes_have_not_seen_is_not_let_out(params):
    new = rows("attainment", school_id="S9")
    released = release(pd.concat([rows("attainment"), new]), params, seen(rows("attainment")))
    assert released.rows["n"].isna().tolist() == [False, True]


@pytest.mark.parametrize(
    "columns",
    [
        {"group": "home_language=other&sen=yes&sex=boy"},
        {"school_id": "S1", "group": "home_language=other&sex=boy"},
        {"school_id": "S1", "group": "sex=boy"},
    ],
)
def test_a_form_that_is_not_planned_is_not_let_out(columns, params):
    row = rows("group_gap", **columns)
    assert release(row, params, seen(row)).rows["n"].isna().all()


def test_rows_of_the_country_and_of_others_than_pupils_are_left_alone():
    country, staff = rows("high_result_share", municipality_id=""), rows("attainment", population="teachers")
    assert not Pattern(frozenset(), frozenset()).withholds(pd.concat([country, staff], ignore_index=True)).any()


def test_a_change_goes_with_its_figure(params):
    low = rows("low_result_share", n=100)
    change = rows("low_result_change", n=100).assign(reference="last_year", year_from=2025, part="total")
    both = pd.concat([low, change], ignore_index=True)
    withheld = release(both, params, seen(low, withheld=set(size_keys(low)))).rows
    assert withheld["n"].isna().all()


def test_a_pattern_is_read_as_it_was_written(tmp_path: Path):
    low = rows("low_result_share")
    pattern = Pattern(frozenset([*size_keys(low), *share_keys(low)]), frozenset(size_keys(low)), 2, 1, ("9 CE",))
    (tmp_path / "p.json").write_text(pattern.dump(), "utf-8")
    assert read_pattern(tmp_path / "p.json") == pattern


def test_the_plan_says_only_what_it_may():
    assert all(entry["counts"] in COUNTS and set(entry["shown"]) <= set(SHOWN) for entry in plan().values())
    assert not any("school_group" in entry["shown"] for name, entry in plan().items() if name != "school_group")


@pytest.fixture
def params():
    return load_params()


def test_a_mean_can_be_withheld_and_the_share_beside_it_told():
    place, high = rows("attainment", school_id="S1"), rows("high_result_share", school_id="S1")
    latvian = rows("attainment", school_id="S1", domain="latvian")
    pattern = seen(place, high, latvian, withheld={mean_key(next(each(place)))})
    assert pattern.withholds(pd.concat([place, high, latvian], ignore_index=True)).tolist() == [True, False, False]


def test_distances_from_a_mean_that_is_withheld_go_with_it_and_schools_own_means_stay():
    """A school's own mean less its distance from the municipality is the municipality's."""
    apart = rows("attainment", school_id="S1", year_from=2024, reference="municipality")
    own = rows("attainment", school_id="S1", year_from=2024, reference="country")
    pattern = seen(apart, own, withheld={whole_mean_key(next(each(apart)))})
    assert pattern.withholds(pd.concat([apart, own], ignore_index=True)).tolist() == [True, False]
