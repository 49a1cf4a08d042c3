"""Schools and their groups against the country: means by hand, intervals of the pooled spread within schools."""

import numpy as np
import pandas as pd
import pytest

from analysis.params import load_params
from analysis.stats import school_groups, school_standing

PARAMS = load_params()
RNG = np.random.default_rng(3)


@pytest.fixture
def results() -> pd.DataFrame:
    """Three schools, three years, one test; two attributes, of which one is unknown of some."""
    sizes = {"S1": 90, "S2": 40, "S3": 12}
    n = sum(sizes.values())
    rows = pd.DataFrame({"school_id": np.repeat(list(sizes), list(sizes.values()))})
    return rows.assign(
        municipality_id="M1", pupil=[f"p{i}" for i in range(n)], school_year=RNG.choice([2024, 2025, 2026], n), grade="9",
        test="CE", domain="mathematics", level="", session="", status="present", known=True, enrolled=True, scale="percent",
        position=RNG.normal(0.1, 1, n), points=np.nan, value=50.0, percent=50.0, score=50.0,
        sex=RNG.choice(["boy", "girl"], n), sen=RNG.choice(["yes", "no", None], n, p=[0.2, 0.7, 0.1]),
    )  # fmt: skip


def pooled_sd(results: pd.DataFrame) -> float:
    rest = results["position"] - results.groupby("school_id")["position"].transform("mean")
    return float(np.sqrt((rest**2).sum() / (len(results) - results["school_id"].nunique())))


def test_a_school_stands_at_the_mean_of_its_pupils(results):
    found = school_standing(results, PARAMS).set_index("school_id")
    for school, own in results.groupby("school_id"):
        row, half = found.loc[school], 1.959964 * pooled_sd(results) / np.sqrt(len(own))
        assert (row["n"], row["year_from"], row["school_year"]) == (len(own), 2024, 2026)
        assert (row["reference"], row["unit"]) == ("country", "sd")
        assert row["estimate"] == pytest.approx(own["position"].mean())
        assert (row["low"], row["high"]) == pytest.approx((row["estimate"] - half, row["estimate"] + half))
    assert set(found["verdict"]) <= {"differs", "not_distinguishable"}


def test_a_school_of_few_pupils_is_not_judged(results):
    few = results.groupby("school_id").head(9)
    assert set(school_standing(few, PARAMS)["verdict"]) == {"too_few"}


def test_without_anything_known_of_the_country_there_is_no_place(results):
    alone = results.assign(position=np.nan)
    assert school_standing(alone, PARAMS).empty
    assert school_groups(alone, ["sex", "sen"], PARAMS).empty


def test_a_group_of_a_school_has_its_own_mean_and_the_schools_spread(results):
    found = school_groups(results, ["sex", "sen"], PARAMS)
    assert len(found) == sum(results.groupby("school_id")[name].nunique().sum() for name in ("sex", "sen"))
    for (school, group), row in found.set_index(["school_id", "group"]).iterrows():
        attribute, value = group.split("=")
        own = results[(results["school_id"] == school) & (results[attribute] == value)]
        half = 1.959964 * pooled_sd(results) / np.sqrt(len(own))
        assert (row["n"], row["verdict"]) == (len(own), "")
        assert row["estimate"] == pytest.approx(own["position"].mean())
        assert row["high"] - row["low"] == pytest.approx(2 * half)


def test_attributes_are_not_crossed_and_one_that_says_nothing_is_left_out(results):
    found = school_groups(results.assign(settlement="rural"), ["sex", "sen", "settlement", "absent"], PARAMS)
    assert set(found["group"]) == {"sex=boy", "sex=girl", "sen=yes", "sen=no"}


def test_an_empty_slice_has_no_evidence(results):
    assert school_groups(results.iloc[:0], ["sex"], PARAMS).empty
    assert school_standing(results.iloc[:0], PARAMS).empty
