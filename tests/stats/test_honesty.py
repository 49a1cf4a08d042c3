"""The check on the newest year: by hand, where groups differ, where nothing does, and where there is nothing to check."""

import numpy as np
import pandas as pd
import pytest

from analysis.stats import group_check, support_groups

ATTRIBUTES = ["low_income", "sex", "moved"]


@pytest.fixture
def rows(results):
    """Three cohorts; pupils with low income are behind by a size given for the earlier and the newest years."""

    def make(earlier: float, newest: float, size: int = 900, seed: int = 1, **columns):
        rng = np.random.default_rng(seed)
        year = np.repeat([2024, 2025, 2026], size // 3)
        attributes = {a: rng.choice(["yes", "no"], size, p=[0.3, 0.7]) for a in ATTRIBUTES}
        effect = np.where(year == 2026, newest, earlier)
        position = rng.normal(0, 0.95, size) + effect * (attributes["low_income"] == "yes")
        return results(**({"position": position, "school_year": year} | attributes | columns))

    return make


def test_the_ratio_by_hand(rows, params) -> None:
    data = rows(-0.6, -0.6)
    found = group_check(data, ATTRIBUTES, params).set_index(["part", "unit"])
    before, after = data[data["school_year"] < 2026], data[data["school_year"] == 2026]
    chosen = support_groups(before, ATTRIBUTES, params)
    names = chosen.loc[chosen["unit"] == "pupils", "group"].tolist()
    held = expected = weight = 0.0
    from analysis.stats import group_gaps

    gaps = group_gaps(before, ATTRIBUTES, params)
    gaps = gaps[gaps["reference"] == "country"].set_index("group")["estimate"]
    for name in names:
        inside = np.logical_and.reduce([after[p.split("=")[0]] == p.split("=")[1] for p in name.split("&")])
        held += after.loc[inside, "position"].sum()
        expected += inside.sum() * gaps[name]
        weight += inside.sum()
    assert len(names) >= 2
    assert found.loc[("held_out", "percent"), "estimate"] == pytest.approx(100 * held / expected)
    assert found.loc[("held_out", "sd"), "estimate"] == pytest.approx(held / weight)
    assert found.loc[("estimated", "sd"), "estimate"] == pytest.approx(expected / weight)
    assert found.loc[("groups", "level"), "estimate"] == len(names)
    assert found.loc[("held_out", "percent"), "low"] < found.loc[("held_out", "percent"), "estimate"]
    assert set(found["school_year"]) == {2026}


def test_over_many_municipalities_what_was_estimated_is_there_again(rows, params) -> None:
    ratios, held = [], []
    for seed in range(25):
        found = group_check(rows(-0.5, -0.5, seed=seed), ATTRIBUTES, params)
        ratio = found[(found["part"] == "held_out") & (found["unit"] == "percent")]
        ratios += ratio["estimate"].tolist()
        held += (ratio["low"].le(100) & ratio["high"].ge(100)).tolist()
    assert len(ratios) >= 24
    assert np.mean(ratios) == pytest.approx(100, abs=10)
    assert np.mean(held) >= 0.75  # the error of the estimate itself is not in the interval


def test_gaps_that_are_gone_are_told(rows, params) -> None:
    found = group_check(rows(-0.8, 0.0), ATTRIBUTES, params)
    ratio = found[found["unit"] == "percent"].iloc[0]
    assert ratio["high"] < 60


def test_nothing_to_check_is_said_and_not_counted_as_success(rows, params) -> None:
    data = rows(-0.6, -0.6)
    one = group_check(data[data["school_year"] == 2026], ATTRIBUTES, params)
    assert one["part"].tolist() == ["one_cohort"]
    assert one["estimate"].isna().all()
    none = group_check(rows(0.0, 0.0), ATTRIBUTES, params)
    assert none["part"].tolist() == ["none_named"]
    few = data.groupby("school_year").head(12)
    few = pd.concat([data[data["school_year"] < 2026], few[few["school_year"] == 2026]])
    assert group_check(few, ATTRIBUTES, params)["part"].tolist() in (["too_few"], ["none_named"])
    assert group_check(pd.DataFrame(), [], params).empty


def test_without_a_country_the_gap_to_the_municipality_is_looked_at(rows, params) -> None:
    data = rows(-0.8, -0.8)
    data = data.assign(value=50 + 10 * data["position"] + 7 * (data["school_year"] == 2026), position=np.nan)
    ratio = group_check(data, ATTRIBUTES, params).query("unit == 'percent'")["estimate"].iloc[0]
    assert ratio == pytest.approx(100, abs=35)
