"""Gaps of groups: what they are made of, what they promise, what no group is, and data that are no use."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.stats import behind_as_a_whole, group_gaps
from analysis.stats.candidates import candidates
from analysis.stats.cells import fit_cells, group_posterior

REPLICATIONS = 40
FIGURES = ["estimate", "low", "high"]


def gaps(found: pd.DataFrame, reference: str) -> pd.DataFrame:
    return found[found["reference"] == reference].set_index("group")


@pytest.fixture
def pupils(results):
    """Pupils of one test with four attributes; those with low income are half an SD behind."""

    def make(size: int = 600, seed: int = 1, **columns):
        rng = np.random.default_rng(seed)
        attributes = {
            "sex": rng.choice(["boy", "girl"], size),
            "low_income": rng.choice(["yes", "no"], size, p=[0.25, 0.75]),
            "moved": rng.choice(["yes", "no", None], size, p=[0.2, 0.75, 0.05]),
        }
        z = rng.normal(0, 0.95, size) - 0.5 * (attributes["low_income"] == "yes")
        return results(**({"position": z, "school_year": rng.choice([2024, 2025, 2026], size)} | attributes | columns))

    return make


ATTRIBUTES = ["sex", "low_income", "moved"]


def test_gaps_are_the_posterior_of_the_cell_model(pupils, params) -> None:
    rows = pupils()
    found = group_gaps(rows, ATTRIBUTES, params)
    model = fit_cells(rows["position"], rows[ATTRIBUTES])
    groups = candidates(model, 2, 30)
    country, own = gaps(found, "country"), gaps(found, "municipality")
    mean, sd, _ = group_posterior(model, groups.weights(model))
    assert country.index.tolist() == own.index.tolist() == list(groups.names)
    assert country["estimate"].to_numpy() == pytest.approx(mean)
    assert (country["high"] - country["low"]).to_numpy() == pytest.approx(2 * 1.644854 * sd, rel=1e-6)
    assert own["estimate"].to_numpy() == pytest.approx(mean - model.n @ model.mean / model.pupils)
    assert set(found["unit"]) == {"sd"}
    assert set(found["confidence"]) == {0.90}
    assert set(zip(found["year_from"], found["school_year"], strict=True)) == {(2024, 2026)}
    assert "low_income=yes&sex=boy" in country.index


def test_a_large_group_is_nearly_its_raw_mean_and_a_small_one_is_drawn_to_the_rest(pupils, params) -> None:
    rows = pupils(5000)
    country = gaps(group_gaps(rows, ATTRIBUTES, params), "country")
    raw = rows.groupby("low_income")["position"].mean()
    assert country.loc["low_income=yes", "estimate"] == pytest.approx(raw["yes"], abs=0.02)
    rows = pupils(400, moved=["yes"] * 6 + ["no"] * 394)
    rows.loc[:5, "position"] = [-1.5, -0.9, -1.2, -1.4, -1.0, -1.2]
    small = gaps(group_gaps(rows, ATTRIBUTES, params), "country").loc["moved=yes"]
    assert (small["n"], small["verdict"]) == (6, "too_few")
    assert -0.9 < small["estimate"] < 0


def test_intervals_hold_the_true_gaps_as_often_as_they_say(pupils, params) -> None:
    """Over all groups; of one single large effect among none they hold less (0.7 to 0.8), for it is shrunken to the rest."""
    held = {"country": [], "municipality": []}
    for seed in range(REPLICATIONS):
        rows = pupils(400, seed=seed)
        truth = -0.5 * (rows["low_income"] == "yes")
        found = group_gaps(rows, ATTRIBUTES, params)
        for reference, middle in (("country", 0.0), ("municipality", truth.mean())):
            own = gaps(found, reference)
            for group in own.index[own["n"] >= params.smallest_named_group]:
                name = [part.split("=") for part in group.split("&")]
                gap = truth[np.logical_and.reduce([rows[a] == v for a, v in name])].mean() - middle
                held[reference].append(own.loc[group, "low"] <= gap <= own.loc[group, "high"])
    for reference, flags in held.items():
        assert 0.84 <= np.mean(flags) <= 0.97, reference


def test_where_groups_do_not_differ_few_verdicts_say_so(results, params) -> None:
    differ = []
    for seed in range(REPLICATIONS):
        rng = np.random.default_rng(seed)
        rows = results(position=rng.normal(0, 1, 200), sen=rng.choice(["yes", "no"], 200))
        differ += gaps(group_gaps(rows, ["sen"], params), "municipality")["verdict"].eq("differs").tolist()
    assert np.mean(differ) <= 0.10


def test_pupils_without_a_value_are_in_the_whole_and_in_no_group(pupils, params) -> None:
    rows = pupils()
    country = gaps(group_gaps(rows, ATTRIBUTES, params), "country")
    assert country.loc[["moved=no", "moved=yes"], "n"].sum() == rows["moved"].notna().sum() < len(rows)
    assert not any(name.startswith(("moved=&", "moved=None", "moved=nan")) for name in country.index)


def test_a_value_that_all_share_and_a_category_nobody_has_make_no_group(pupils, params) -> None:
    moved = pd.Categorical(["no"] * 500 + ["yes"] * 100, ["no", "yes", "x"])
    found = group_gaps(pupils(sex="girl", moved=moved), ["sex", "moved"], params)
    assert set(found["group"]) == {"moved=no", "moved=yes"}


def test_years_are_pooled_and_older_ones_and_tests_no_longer_held_stay_out(pupils, params) -> None:
    rows = pupils(800, school_year=np.repeat([2023, 2024, 2025, 2026], 200))
    old = pupils(300, seed=2, school_year=2020, domain="science")
    own = gaps(group_gaps(pd.concat([rows, old], ignore_index=True), ATTRIBUTES, params), "municipality")
    assert set(own["domain"]) == {"numeracy"}
    assert own.loc[["sex=boy", "sex=girl"], "n"].sum() == 600
    assert set(own["year_from"]) == {2024}


def test_with_a_published_mean_gaps_are_in_points_to_it(pupils, params) -> None:
    rows = pupils()
    rows = rows.assign(value=60 + 20 * rows["position"], points=20 * rows["position"], position=np.nan)
    found = group_gaps(rows, ATTRIBUTES, params)
    assert set(found["unit"]) == {"points"}
    country = gaps(found, "country")
    raw = rows.loc[rows["low_income"] == "yes", "points"].mean()
    assert country.loc["low_income=yes", "estimate"] == pytest.approx(raw, abs=1.2)
    assert country["method"].str.contains("SD of own pupils").all()


def test_without_any_reference_years_are_pooled_by_their_own_means_and_never_held_against_a_country(
    pupils, params
) -> None:
    rows = pupils(900, school_year=np.repeat([2024, 2025, 2026], 300))
    z = rows["position"]
    harder = rows.assign(value=50 + 10 * z - rows["school_year"].map({2024: 0, 2025: 20, 2026: 5}), position=np.nan)
    found = group_gaps(harder, ATTRIBUTES, params)
    assert set(found["reference"]) == {"municipality"}
    assert set(found["unit"]) == {"points"}
    gap = 10 * (z[rows["low_income"] == "yes"].mean() - z.mean())
    assert gaps(found, "municipality").loc["low_income=yes", "estimate"] == pytest.approx(gap, abs=1.0)
    scores = group_gaps(harder.assign(scale="score"), ATTRIBUTES, params)
    assert set(scores["unit"]) == {"sd"}


def test_the_best_comparison_decides_which_years_count(pupils, params) -> None:
    rows = pupils(600, school_year=np.repeat([2024, 2025, 2026], 200))
    rows.loc[rows["school_year"] == 2026, "position"] = np.nan
    rows["value"] = 50.0 + np.random.default_rng(1).normal(0, 10, 600)
    found = group_gaps(rows, ATTRIBUTES, params)
    assert set(zip(found["unit"], found["year_from"], found["school_year"], strict=True)) == {("sd", 2024, 2025)}


def test_a_municipality_that_is_behind_is_told_so_in_one_row_a_test(pupils, params) -> None:
    rows = pupils(900)
    behind = behind_as_a_whole(rows.assign(position=rows["position"] - 0.3), ATTRIBUTES, params)
    assert behind[["n", "verdict", "part"]].to_numpy().tolist() == [[900, "differs", "headline"]]
    assert behind["estimate"].iloc[0] == pytest.approx(rows["position"].mean() - 0.3, abs=0.005)
    level = behind_as_a_whole(rows.assign(position=rows["position"] - rows["position"].mean()), ATTRIBUTES, params)
    assert level[["verdict", "part"]].to_numpy().tolist() == [["not_distinguishable", ""]]
    ahead = behind_as_a_whole(rows.assign(position=rows["position"] + 0.5), ATTRIBUTES, params)
    assert ahead[["verdict", "part"]].to_numpy().tolist() == [["differs", ""]]
    assert behind_as_a_whole(rows.assign(position=np.nan), ATTRIBUTES, params).empty


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 1000), constant=st.floats(-1, 1))
def test_rows_schools_and_a_constant_change_nothing_they_should_not(pupils_once, params, seed, constant) -> None:
    found = group_gaps(pupils_once, ATTRIBUTES, params)
    shuffled = pupils_once.sample(frac=1, random_state=seed).assign(school_id=f"S{seed}")
    pd.testing.assert_frame_equal(group_gaps(shuffled, ATTRIBUTES, params), found)
    moved = group_gaps(pupils_once.assign(position=pupils_once["position"] + constant), ATTRIBUTES, params)
    own, before = gaps(moved, "municipality"), gaps(found, "municipality")
    assert own["estimate"].to_numpy() == pytest.approx(before["estimate"].to_numpy(), abs=1e-6)
    country = gaps(moved, "country")["estimate"] - gaps(found, "country")["estimate"]
    assert country.to_numpy() == pytest.approx(np.full(len(country), constant), abs=1e-6)


@pytest.fixture(scope="module")
def pupils_once(results):
    rng = np.random.default_rng(5)
    columns = {a: rng.choice(["yes", "no"], 300, p=[0.4, 0.6]) for a in ATTRIBUTES}
    return results(position=rng.normal(0, 1, 300), school_year=rng.choice([2025, 2026], 300), **columns)


def test_input_that_is_no_use_gives_no_evidence(pupils, results, params) -> None:
    assert group_gaps(results(position=[0.1], sex=["boy"]), ["sex"], params).empty
    assert group_gaps(pd.DataFrame(), [], params).empty
    assert group_gaps(results(position=np.zeros(99), sex=["boy", "girl", None] * 33), ["sex"], params).empty
    assert group_gaps(pupils(), [], params).empty
    assert group_gaps(pupils(), ["colour"], params).empty
    eight = results(position=np.arange(8.0), sex=["boy", "girl"] * 4, sen=["yes"] + ["no"] * 7)
    assert set(group_gaps(eight, ["sex", "sen"], params)["verdict"]) <= {"too_few"}


def test_an_attribute_with_300_levels_and_two_equal_columns(pupils, params) -> None:
    rows = pupils()
    rows = rows.assign(room=[f"r{i % 300}" for i in range(600)], again=rows["sex"])
    found = group_gaps(rows, [*ATTRIBUTES, "room", "again"], params)
    assert not found["group"].str.contains("room").any()
    assert found["method"].str.contains("without room").all()
    assert "again=boy" in set(found["group"])
    assert not found["group"].str.contains("again=boy&sex=boy").any()
