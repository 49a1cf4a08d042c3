"""What leaves: counts, observed rates and checks; nothing about a child, nothing where the gate is shut."""

import numpy as np
import pandas as pd
import pytest

from analysis.evidence import COLUMNS
from analysis.params import load_params
from analysis.release import release
from analysis.stats.risk import Pair, backtest, followed, risk_bands
from analysis.stats.risk.bands import BANDS, bands
from analysis.stats.scale import with_standing


@pytest.fixture(scope="module")
def results(world) -> pd.DataFrame:
    return world(2500, seed=13)


@pytest.fixture(scope="module")
def rows(results) -> pd.DataFrame:
    from analysis.stats.country import Country

    nothing = pd.DataFrame()
    return risk_bands(Country(results, nothing, nothing, nothing, ("sex", "sen"), (), "country", load_params()))


def test_bands_hold_what_can_be_served_twice_as_many_and_the_rest():
    score = np.random.default_rng(1).normal(size=1000)
    found = pd.Series(bands(score, 0.1))
    assert found.value_counts().to_dict() == {"high": 100, "middle": 200, "low": 700}
    assert score[found == "high"].min() > score[found == "middle"].max() > score[found == "low"].max()


def test_pupils_of_equal_score_share_a_band():
    assert set(bands(np.zeros(50), 0.1)) == {"high"}
    assert list(bands(np.array([2.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, -1.0, -1.0, -1.0]), 0.1))[1:3] == [
        "middle",
        "middle",
    ]


def test_today_every_pupil_of_the_newest_stage_is_in_one_band(rows, results):
    counts = rows[(rows["unit"] == "pupils") & rows["part"].isin(BANDS) & (rows["grade"] == "6")]
    stage = results[(results["grade"] == "6") & (results["school_year"] == 2026)]
    assert counts["n"].sum() == stage["pupil"].nunique()
    assert (counts["n"] == counts["estimate"]).all()
    assert set(counts["municipality_id"]) == {"M1", "M2", "M3"}
    assert (counts["school_year"] == 2026).all()


def test_rates_are_observed_on_the_held_out_cohort(rows, results):
    pair = Pair("6", "9", "CE", "mathematics")
    test = backtest(followed(with_standing(results), pair, 40.0), pair)
    band = bands(test.judged["logit"].to_numpy(), 0.1)
    expected = {b: 100 * (1 - test.judged.loc[band == b, "event"].mean()) for b in BANDS}
    found = rows[(rows["unit"] == "percent") & (rows["indicator"] == "risk_band") & (rows["grade"] == "6")]
    country = found[(found["municipality_id"] == "") & (found["reference"] == "")].set_index("part")
    assert country["estimate"].to_dict() == pytest.approx(expected)
    assert country["estimate"]["high"] < country["estimate"]["middle"] < country["estimate"]["low"]
    assert set(country["school_year"] - country["year_from"]) == {3}  # leads from grade 6 to grade 9
    assert set(found.loc[found["municipality_id"] != "", "part"]) == {"high"}


def test_the_expected_number_has_the_band_of_drift(rows):
    expected = rows[rows["part"] == "expected"]
    assert len(expected)
    assert ((expected["low"] < expected["estimate"]) & (expected["estimate"] < expected["high"])).all()
    assert (expected["confidence"] == 0.90).all()


def test_checks_stand_beside_their_rivals(rows):
    parts = set(rows.loc[(rows["indicator"] == "risk_check") & (rows["group"] == ""), "part"])
    rivals = {f"{part}{rule}" for part in ("auc", "recall", "precision") for rule in ("", "_one_test", "_school")}
    more = {"slope", "expected_observed", "brier", "brier_base", "net_benefit_5", "net_benefit_10", "net_benefit_20"}
    assert rivals | more | {"followed", "learnt_from"} <= parts
    audited = rows[(rows["indicator"] == "risk_check") & (rows["group"] != "")]
    assert set(audited["group"]) == {"sex=boy", "sex=girl", "sen=no", "sen=yes"}
    assert (audited["municipality_id"] == "").all()


def test_no_row_is_about_a_child(rows):
    assert list(rows.columns) == list(COLUMNS)
    text = rows.select_dtypes(exclude="number").astype("str")
    assert not text.apply(lambda column: column.str.match(r"P\d{4}-")).to_numpy().any()
    assert (rows["school_id"] == "").all()
    assert len(rows) < 200


def test_the_same_input_gives_the_same_rows_in_any_order(rows, results, country):
    other = risk_bands(country(results.sample(frac=1, random_state=2)))
    pd.testing.assert_frame_equal(rows, other, check_exact=False, rtol=1e-9)


def test_nothing_but_the_reason_leaves_where_the_gate_is_shut(results, country):
    """In the newest year the exam is turned round: what was learnt from the years before it is wrong for every stage."""
    newest = (results["grade"] == "9") & (results["school_year"] == 2026)
    found = risk_bands(country(results.assign(value=results["value"].mask(newest, 100 - results["value"]))))
    late = found[found["test"] == "CE"]
    assert not late["part"].str.startswith("model").any()  # nor does it stand among the ways of choosing
    late = late[late["indicator"] != "targeting"]
    assert set(late["indicator"]) <= {"risk_check"}
    assert late["part"].str.startswith("refused_").all()
    assert late["estimate"].isna().all()


@pytest.mark.parametrize("size", [0, 3, 40])
def test_few_pupils_give_a_reason_and_no_error(world, country, size):
    results = world(max(size, 1)).head(None if size else 0)
    found = risk_bands(country(results))
    assert found["part"].isin(["refused_too_few"]).all()


@pytest.fixture(scope="module")
def own(results) -> pd.DataFrame:
    """One board's pupils: points from a published mean, no national position."""
    return results[results["municipality_id"] == "M1"].assign(points=results["value"] - 50, position=np.nan)


class TestBoard:
    def test_a_board_has_all_rows_under_its_own_name(self, own, country):
        found = risk_bands(country(own, "board"))
        assert set(found["municipality_id"]) == {"M1"}
        assert {"risk_band", "risk_check", "targeting"} == set(found["indicator"])

    def test_bands_that_would_tell_of_a_few_newcomers_are_left_out(self, own, country):
        """The low results of all, less those of the bands, are those of pupils who were never seen at the stage."""
        stranger = own[(own["grade"] == "9") & (own["school_year"] == 2026) & (own["status"] == "present")].head(2)
        found = risk_bands(country(pd.concat([own, stranger.assign(pupil=["N1", "N2"])]), "board"))
        rates = found[(found["indicator"] == "risk_band") & (found["unit"] == "percent")]
        assert set(rates["part"]) <= {"high"}
        assert not found["part"].str.startswith(("recall", "brier_base")).any()
        of_exam = found[(found["indicator"] == "targeting") & (found["test"] == "CE")]
        assert of_exam.empty  # whose number of pupils is that of the low results


def test_counts_of_pupils_are_not_coded_like_rates_and_a_small_band_hides_another(rows, country, world):
    few = rows[(rows["unit"] == "pupils") & (rows["municipality_id"] == "M1") & (rows["grade"] == "6")].copy()
    counts = few["part"].map({"high": 3.0, "middle": 9.0, "low": 98.0, "expected": 8.0})
    few = few.assign(
        estimate=counts, n=counts.astype("Int64").mask(few["part"] == "expected", 110), low=np.nan, high=np.nan
    )
    shown = release(few, load_params()).rows.set_index("part")["estimate"]
    assert np.isnan(shown["high"])
    assert np.isnan(shown["middle"])
    assert shown["low"] == 98
