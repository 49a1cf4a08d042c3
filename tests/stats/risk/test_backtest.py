"""Against the truth: near the oracle, well calibrated, never below one test; in the order of time; broken models refused."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from analysis.stats.risk import Pair, Unfit, backtest, followed, verdict_on
from analysis.stats.risk.backtest import RIDGE, school_rates
from analysis.stats.risk.calibration import calibration
from analysis.stats.risk.ranking import auc, ranking
from analysis.stats.scale import with_standing

PAIR = Pair("6", "9", "CE", "mathematics")
NATIONAL, OWN = 0.02, 0.035  # how far below the oracle the area may lie
SLOPES = (0.85, 1.15)


@pytest.fixture(scope="module")
def pupils(national) -> pd.DataFrame:
    return followed(national, PAIR, 40.0)


@pytest.fixture(scope="module")
def test_of(pupils):
    return backtest(pupils, PAIR, penalty=0.0)


def oracle(results: pd.DataFrame, test) -> float:
    truth = results.dropna(subset=["truth"]).drop_duplicates("pupil").set_index("pupil")["truth"]
    return auc(test.judged["pupil"].map(truth).to_numpy(), test.judged["event"].to_numpy())[0]


class TestAgainstTheTruth:
    def test_a_nation(self, national, test_of):
        assert oracle(national, test_of) - test_of.model_ranking.auc <= NATIONAL
        assert SLOPES[0] <= test_of.calibrated.slope <= SLOPES[1]
        assert test_of.model_ranking.auc > test_of.one_test_ranking.auc > test_of.school_ranking.auc
        assert test_of.model_ranking.recall >= test_of.one_test_ranking.recall
        assert verdict_on(test_of) == ""

    def test_boards_with_their_own_pupils_alone(self, world):
        behind, slopes, ahead = [], [], []
        for seed in range(8):
            results = with_standing(world(600, seed=100 + seed, today=0))
            test = backtest(followed(results, PAIR, 40.0), PAIR, penalty=RIDGE)
            behind.append(oracle(results, test) - test.model_ranking.auc)
            slopes.append(test.calibrated.slope)
            ahead.append(test.model_ranking.auc - test.one_test_ranking.auc)
        assert np.mean(behind) <= OWN
        assert SLOPES[0] <= np.mean(slopes) <= SLOPES[1]
        assert np.mean(ahead) > 0

    def test_the_number_of_low_results_lies_in_the_band_of_drift_as_often_as_it_says(self, world):
        inside = 0
        for seed in range(30):
            results = with_standing(world(300, seed=500 + seed, today=0))
            test = backtest(followed(results, PAIR, 40.0), PAIR)
            inside += test.count_low <= test.calibrated.observed <= test.count_high
        assert inside >= 24  # 90 %, with the chance of 30 draws


class TestTimeOrder:
    def test_only_outcomes_that_were_known_when_due_are_learnt_from(self, test_of):
        assert (test_of.judged_year, test_of.trained_years, test_of.known_when_due) == (2026, (2023,), True)
        assert (test_of.judged["school_year"] == 2026).all()

    def test_with_two_cohorts_the_older_is_learnt_from_and_that_is_said(self, pupils):
        test = backtest(pupils[pupils["school_year"].isin([2025, 2026])], PAIR)
        assert (test.trained_years, test.known_when_due) == ((2025,), False)

    def test_what_the_judged_cohort_reached_changes_no_weight(self, pupils, test_of):
        other = pupils.assign(event=pupils["event"].where(pupils["school_year"] != 2026, 1 - pupils["event"]))
        assert backtest(other, PAIR, penalty=0.0).model.weights == pytest.approx(test_of.model.weights, abs=1e-12)

    def test_the_schools_rate_is_that_of_other_cohorts(self):
        learn = pd.DataFrame({"school_id": ["A"] * 100 + ["B"] * 100, "event": [1.0] * 60 + [0.0] * 40 + [0.0] * 100})
        judge = pd.DataFrame({"school_id": ["A", "B", "new"], "event": [0.0, 1.0, 1.0]})
        a, b, new = school_rates(learn, judge)
        assert new == pytest.approx(0.3)
        assert 0 < b < new < a < 0.6  # shrunken towards the mean; a new school has the mean


class TestTheGate:
    """A broken model is not shown, whatever is broken."""

    def remade(self, test, score):
        event = test.judged["event"].to_numpy()
        return replace(test, model_ranking=ranking(score, event, 0.1), calibrated=calibration(score, event))

    def test_labels_that_were_shuffled(self, pupils):
        rng = np.random.default_rng(8)
        learn = pupils["event"].notna() & (pupils["school_year"] < 2026)
        event = pupils["event"].copy()
        event[learn] = rng.permutation(event[learn].to_numpy())
        assert verdict_on(backtest(pupils.assign(event=event), PAIR)) in ("slope", "one_test")

    def test_a_score_that_was_turned_round(self, test_of):
        assert verdict_on(self.remade(test_of, -test_of.judged["logit"].to_numpy())) == "slope"

    @pytest.mark.parametrize("scale", [0.5, 2.0])
    def test_logits_on_a_wrong_scale(self, test_of, scale):
        assert verdict_on(self.remade(test_of, scale * test_of.judged["logit"].to_numpy())) == "slope"

    def test_a_count_beyond_all_drift(self, test_of):
        assert (
            verdict_on(self.remade(test_of, test_of.judged["logit"].to_numpy() + 4)) == ""
        )  # the band is the test's own
        low = replace(test_of, count_low=0.0, count_high=test_of.calibrated.observed - 1)
        assert verdict_on(low) == "count"

    def test_a_model_that_ranks_worse_than_one_test(self, test_of):
        one = test_of.one_test_ranking
        worse = replace(test_of, model_ranking=replace(one, auc=one.auc - 0.001))
        fewer = replace(test_of, model_ranking=replace(one, auc=one.auc + 0.01, found=one.found - 1))
        assert [verdict_on(t) for t in (worse, fewer)] == ["one_test", "one_test"]
        assert verdict_on(replace(test_of, model_ranking=one)) == ""


class TestBadInput:
    @pytest.mark.parametrize("value", [0.0, 1.0])
    def test_no_event_or_nothing_else(self, pupils, value):
        with pytest.raises(Unfit):
            backtest(pupils.assign(event=pupils["event"].where(pupils["event"].isna(), value)), PAIR)

    def test_one_cohort(self, pupils):
        with pytest.raises(Unfit, match="cohorts"):
            backtest(pupils[pupils["school_year"] == 2026], PAIR)

    def test_a_prior_that_everybody_lacks_is_left_out(self, pupils, test_of):
        test = backtest(pupils.assign(earlier_3_numeracy=np.nan), PAIR)
        assert [name for name in test.signs.names if "earlier_3" in name] == []
        with pytest.raises(Unfit, match="own domain"):
            backtest(pupils.assign(earlier_6_numeracy=np.nan), PAIR)

    def test_a_predictor_without_spread_is_left_out(self, pupils):
        assert "sen" not in backtest(pupils.assign(sen="no"), PAIR).signs.names

    def test_outcomes_that_one_sign_decides_take_the_ridge_or_are_refused(self, pupils):
        event = (pupils["earlier_6_numeracy"].fillna(0) < -0.5).astype("float64").where(pupils["event"].notna())
        decided = pupils.assign(event=event, sen=np.where(event == 1, "yes", "no"))
        try:
            test = backtest(decided, PAIR, penalty=0.0)
        except Unfit:
            return
        assert test.penalty == RIDGE
        assert np.abs(test.model.weights).max() < 20

    def test_sex_and_the_like_are_never_signs(self, test_of):
        assert set(test_of.signs.names) <= {
            "earlier_6_numeracy", "bend", "earlier_6_numeracy_missing", "earlier_6_literacy", "earlier_6_literacy_missing",
            "earlier_3_numeracy", "earlier_3_numeracy_missing", "sen",
        }  # fmt: skip


def test_absence_is_a_sign_where_it_is_known(pupils, test_of):
    rng = np.random.default_rng(9)
    test = backtest(pupils.assign(absence_percent=rng.gamma(2, 3, len(pupils))), PAIR, penalty=0.0)
    assert set(test.signs.names) - set(test_of.signs.names) == {"absence"}


def test_neither_the_order_of_pupils_nor_the_names_of_schools_matter(pupils, test_of):
    shuffled = pupils.sample(frac=1, random_state=5)
    renamed = shuffled.assign(school_id="X" + shuffled["school_id"].astype("str"))
    other = backtest(renamed, PAIR, penalty=0.0)
    assert other.model.weights == pytest.approx(test_of.model.weights, abs=1e-9)
    assert other.school_ranking.auc == pytest.approx(test_of.school_ranking.auc, abs=1e-9)
    assert other.model_ranking.found == pytest.approx(test_of.model_ranking.found, abs=1e-9)


def test_probabilities_are_those_of_the_logit(test_of):
    assert test_of.judged["probability"].to_numpy() == pytest.approx(expit(test_of.judged["logit"].to_numpy()))
    assert test_of.calibrated.expected == pytest.approx(test_of.judged["probability"].sum())
