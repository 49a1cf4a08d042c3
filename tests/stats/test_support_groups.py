"""Named groups in the evidence: who they are, how many pupils, what the page shows first."""

import numpy as np
import pandas as pd
import pytest

from analysis.release import release
from analysis.stats import group_evidence, group_gaps, support_groups

ATTRIBUTES = ["sex", "low_income", "sen"]


@pytest.fixture
def rows(results):
    """A municipality at the country's mean whose pupils with low income or special needs are behind."""

    def make(size: int = 900, seed: int = 1, shift: float = 0.0, size_of: float = 1.0):
        rng = np.random.default_rng(seed)
        columns = {
            "sex": rng.choice(["boy", "girl"], size),
            "low_income": rng.choice(["yes", "no"], size, p=[0.25, 0.75]),
            "sen": rng.choice(["yes", "no"], size, p=[0.08, 0.92]),
        }
        z = rng.normal(shift, 0.95, size) - size_of * (
            0.5 * (columns["low_income"] == "yes") + 0.9 * (columns["sen"] == "yes")
        )
        year = rng.choice([2024, 2025, 2026], size)
        return results(position=z, school_year=year, pupil=[f"P{i}" for i in range(size)], **columns)

    return make


def pupils_of(found: pd.DataFrame) -> pd.DataFrame:
    return found[(found["unit"] == "pupils") & (found["part"] != "left_out")].set_index("group")


def test_the_groups_that_are_behind_are_named_in_the_order_of_their_pupils(rows, params) -> None:
    found = pupils_of(support_groups(rows(), ATTRIBUTES, params))
    assert {"low_income=yes", "sen=yes"} <= set(found.index)
    assert not {"sex=boy", "sex=girl", "low_income=no", "sen=no"} & set(found.index)
    assert found["estimate"].is_monotonic_decreasing
    assert (found["low"] <= found["estimate"]).all()
    assert set(found["reference"]) == {"country"}
    assert set(found["confidence"]) == {0.90}
    headline = found[found["part"] == "headline"].index.tolist()
    assert headline[0] == found.index[0] or headline[0] in found.index[0]
    assert {"low_income=yes", "sen=yes"} <= set(headline)


def test_how_sure_it_is_stands_beside_each_name(rows, params) -> None:
    found = support_groups(rows(), ATTRIBUTES, params)
    sure = found[found["unit"] == "probability"].set_index("group")
    assert sure.index.tolist() == pupils_of(found).index.tolist()
    assert sure["estimate"].between(params.named_probability, 1).all()
    assert (1 - sure["estimate"]).mean() <= params.named_error


def test_extra_pupils_are_about_those_counted_below_the_level(rows, params) -> None:
    data = rows(6000)
    found = pupils_of(support_groups(data, ATTRIBUTES, params)).loc["low_income=yes"]
    group = data[data["low_income"] == "yes"]
    counted = (group["position"] < -1).sum() - 0.158655 * len(group)
    assert found["estimate"] == pytest.approx(counted, abs=3 * np.sqrt(len(group) * 0.25 * 0.75))
    assert found["n"] == len(group)


def test_every_named_group_is_among_the_gaps_with_the_same_number(rows, params) -> None:
    data = rows()
    named = pupils_of(support_groups(data, ATTRIBUTES, params))
    gaps = group_gaps(data, ATTRIBUTES, params)
    own = gaps[gaps["reference"] == "municipality"].set_index("group")
    assert (own.loc[named.index, "n"] == named["n"]).all()
    assert (own.loc[named.index, "estimate"] < 0).all()


def test_in_a_municipality_that_is_behind_as_a_whole_its_groups_are_not_all_named(rows, params) -> None:
    flagged = [len(pupils_of(support_groups(rows(700, seed, -0.4, 0.0), ATTRIBUTES, params))) > 0 for seed in range(25)]
    assert np.mean(flagged) <= 0.12


def test_without_a_country_groups_are_compared_with_their_municipality(rows, params) -> None:
    data = rows()
    data = data.assign(value=50 + 10 * data["position"], position=np.nan)
    found = pupils_of(support_groups(data, ATTRIBUTES, params))
    assert set(found["reference"]) == {"municipality"}
    assert "sen=yes" in found.index


def test_the_page_gets_no_more_than_it_shows(rows, params) -> None:
    one = params.model_copy(update={"groups_shown": 1})
    found = pupils_of(support_groups(rows(), ATTRIBUTES, one))
    assert found["part"].tolist().count("headline") == 1
    assert len(found) > 1


def test_what_could_not_be_examined_is_said(rows, params) -> None:
    data = rows(200).assign(room=[f"r{i}" for i in range(200)])
    found = support_groups(data, ["room"], params)
    assert found[["part", "group", "n"]].to_numpy().tolist() == [["left_out", "room=", 200]]


def test_without_results_or_spread_nobody_is_named(results, params) -> None:
    assert support_groups(pd.DataFrame(), [], params).empty
    assert support_groups(results(position=np.zeros(60), sex=["boy", "girl"] * 30), ["sex"], params).empty


def test_all_evidence_at_once_is_that_of_each_by_itself(rows, params) -> None:
    data = rows()
    all_at_once = group_evidence(data, ATTRIBUTES, params)
    gaps, named = group_gaps(data, ATTRIBUTES, params), support_groups(data, ATTRIBUTES, params)
    pd.testing.assert_frame_equal(
        all_at_once.iloc[: len(gaps) + len(named)], pd.concat([gaps, named], ignore_index=True)
    )
    assert set(all_at_once["indicator"]) == {"group_gap", "support_group", "behind_as_a_whole", "group_check"}
    released = release(all_at_once, params).rows
    assert released.loc[released["indicator"] == "support_group", "n"].notna().any()
