"""Ways of choosing on the held-out cohort: the same pupils and scores that early signs are judged by."""

import numpy as np
import pandas as pd
import pytest

from analysis.stats.risk import Pair, backtest, followed, risk_bands
from analysis.stats.risk.ranking import found_among, served
from analysis.stats.risk.ways import scored
from analysis.stats.scale import with_standing

PAIR = Pair("6", "9", "CE", "mathematics")


@pytest.fixture(scope="module")
def results(world) -> pd.DataFrame:
    return world(2500, seed=13)


def rows_of(found: pd.DataFrame) -> pd.DataFrame:
    own = found[(found["indicator"] == "targeting") & (found["grade"] == "6") & (found["test"] == "CE")]
    return own.set_index("part")


def test_each_municipality_would_have_chosen_among_its_own_pupils(results, country):
    rows = rows_of(risk_bands(country(results)))
    pupils = followed(with_standing(results), PAIR, 40.0)
    judged = scored(pupils, backtest(pupils, PAIR))
    need = judged["event"].sum()
    for way in ("school", "rule", "group", "model"):
        reached = sum(
            found_among(own[way].to_numpy(), own["event"].to_numpy(), served(len(own), 0.10))
            for _, own in judged.groupby("municipality_id")
        )
        assert rows.loc[way, "estimate"] == pytest.approx(100 * reached / need), way
        assert rows.loc[way, "n"] == need
    assert rows.loc["lot", "n"] == len(judged)
    assert set(rows["municipality_id"]) == {""}
    assert set(zip(rows["year_from"], rows["school_year"], strict=True)) == {(2023, 2026)}
    assert "class" not in rows.index


def test_scores_are_those_of_the_back_test_and_groups_learn_from_earlier_cohorts_alone(results):
    pupils = followed(with_standing(results), PAIR, 40.0)
    test = backtest(pupils, PAIR)
    found = scored(pupils, test)
    for way, column in {"school": "school_rate", "rule": "one_test", "model": "logit"}.items():
        assert (found[way] == test.judged[column]).all()
    newest = pupils["school_year"] == test.judged_year
    turned = scored(pupils.assign(event=pupils["event"].mask(newest, 1 - pupils["event"])), test)
    assert (turned["group"] == found["group"]).all()
    past = pupils[pupils["school_year"].isin(test.trained_years)]
    rate = past.groupby(["sex", "sen"])["event"].mean()
    score = found.groupby(["sex", "sen"])["group"].first()
    assert list(score.sort_values().index) == list(rate.sort_values().index)


def test_without_attributes_there_is_no_way_by_group(results, country):
    rows = rows_of(risk_bands(country(results.drop(columns=["sex", "sen"]))))
    assert "group" not in rows.index
    assert {"school", "rule", "model"} <= set(rows.index)


def test_the_budget_is_the_share_that_the_highest_band_of_early_signs_holds(results, country):
    rows = rows_of(risk_bands(country(results, risk_workload_percent=20.0)))
    assert rows.loc["lot", "estimate"] == pytest.approx(20.0, abs=0.1)
    assert np.all(rows.loc[["rule", "model"], "estimate"] > 30)
