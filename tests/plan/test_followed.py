"""Targets of shares and minutes: beside the country of the same year, a register's minutes, and a need of one year alone."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.special import expit, logit
from tools.targets import _bands, _results, calibration, shares
from tools.targets import page as worlds_page

from analysis.aims import Target, targets_of
from analysis.evidence import evidence
from analysis.params import ROOT, load_params
from analysis.plan.followed import Beside, history
from analysis.plan.shapes import DRIFT_SD, drift
from analysis.plan.targets import states, target_states
from analysis.release import release
from analysis.stats.shares import result_shares

PARAMS = load_params()
YEARS = np.arange(2022, 2027)
SHARE: dict[str, Any] = {
    "id": "low", "indicator": "low_result_share", "unit": "percent", "grade": "6", "test": "diagnostic",
    "domain": "numeracy", "start": {"year": 2022, "value": 30.0}, "aim": 12.0, "year": 2028,
}  # fmt: skip
MINUTES = {"id": "m", "indicator": "support_minutes", "unit": "minutes", "part": "speech_therapist",
           "start": {"year": 2022, "value": 10.0}, "aim": 15.0, "year": 2028}  # fmt: skip
NEED = MINUTES | {"indicator": "support_met_share", "unit": "percent", "part": "reading", "aim": 80.0}


def target(given: dict[str, Any] = SHARE, **change: Any) -> Target:
    return targets_of({"targets": [given | change]}, "D001.yml")[0]


def told(aim: Target, low: list[int], nation: list[float], n: int = 300) -> pd.DataFrame:
    beside = Beside(bands=_bands(YEARS, np.array(nation))) if nation else Beside()
    rows = target_states((aim,), _results(YEARS, np.array(low), n), PARAMS, beside)
    return rows.assign(state=states(rows))


def expected(rows: pd.DataFrame) -> pd.Series:
    return rows[(rows["indicator"] == "target") & (rows["unit"] != "probability")].iloc[0]


def test_an_easier_test_brings_no_place_nearer_to_its_target() -> None:
    """The country's share falls as its own does: what is expected is the country's middle, and not the fall."""
    falling = [0.40, 0.34, 0.28, 0.22, 0.16]
    own = [round(300 * share) for share in falling]
    row = expected(told(target(), own, falling))
    usual = 100 * expit(logit(falling).mean())
    assert row["estimate"] == pytest.approx(usual, abs=0.7)
    better = expected(told(target(), own, [0.28] * 5))
    assert better["estimate"] < 20  # against a steady country the same counts are a fall


def test_the_line_goes_through_distances_from_the_country_and_the_countrys_drift_is_added() -> None:
    own, nation = [60, 66, 57, 63, 54], [0.25, 0.2, 0.3, 0.22, 0.24]
    found = history(
        target(), _results(YEARS, np.array(own), 300), Beside(bands=_bands(YEARS, np.array(nation))), PARAMS
    )
    assert found.line is not None
    by_hand = [np.log((k + 0.5) / (300 - k + 0.5)) - logit(share) for k, share in zip(own, nation, strict=True)]
    assert found.line.mean == pytest.approx(by_hand, abs=1e-3)
    assert found.line.error[0] == pytest.approx(np.sqrt(1 / 60.5 + 1 / 240.5))
    assert found.coming == pytest.approx(drift(pd.Series(nation)), abs=1e-3)
    assert found.coming[1] > 0.8 * DRIFT_SD
    ends = result_shares(_results(YEARS, np.array(own), 300).assign(low_cut=np.nan, high_cut=np.nan), PARAMS)
    newest = ends[ends["indicator"] == "low_result_share"].iloc[0]
    shown = found.years.iloc[-1]
    assert shown[["estimate", "low", "high"]].tolist() == pytest.approx(newest[["estimate", "low", "high"]].tolist())


def test_a_high_share_counts_from_its_cut_and_rises_to_its_target() -> None:
    high = _results(YEARS, np.array([250] * 5), 300).replace({"value": {60.0: 90.0}})
    found = history(target(indicator="high_result_share", aim=40.0), high, Beside(), PARAMS)
    assert found.years["estimate"].tolist() == pytest.approx([100 * 50 / 300] * 5)


def test_a_measured_year_is_judged_by_its_own_count() -> None:
    rows = told(target(year=2026, aim=20.0), [80, 80, 80, 80, 50], [0.3] * 5)
    chance = rows.loc[rows["unit"] == "probability", "estimate"].iloc[0]
    draws = np.random.default_rng(3).beta(50.5, 250.5, 200_000)  # Jeffreys, by draws
    assert chance == pytest.approx((draws <= 0.2).mean(), abs=0.006)
    assert set(rows.loc[rows["indicator"] == "target", "state"]) == {"achieved"}


@pytest.mark.parametrize(
    ("low", "nation", "why"), [([60] * 5, [], "no_country"), ([2] * 5, [0.1] * 5, "few"), ([298] * 5, [0.9] * 5, "few")]
)
def test_what_cannot_be_measured_says_why(low: list[int], nation: list[float], why: str) -> None:
    rows = told(target(), low, nation)
    last = rows[rows["indicator"] == "target"]
    assert last["part"].tolist() == [f"low:not_measurable:{why}"]
    assert last["state"].tolist() == ["not_measurable"]


def given(minutes: dict[int, float], children: int = 20) -> pd.DataFrame:
    rows = [
        {"pupil": i, "school_year": year, "specialist": "speech_therapist", "programme": "counselling",
         "minutes": mean + (1 if i % 2 else -1), "from": pd.NaT, "to": pd.NaT}
        for year, mean in minutes.items() for i in range(children)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def of_support(aim: Target, **beside: Any) -> pd.DataFrame:
    rows = target_states((aim,), _results(YEARS, np.array([50] * 5), 300), PARAMS, Beside(**beside))
    return rows.assign(state=states(rows))


def test_minutes_are_followed_year_by_year_and_their_year_leaves_no_doubt() -> None:
    steady = of_support(target(MINUTES), given=given(dict.fromkeys(range(2022, 2027), 12.0)))
    assert expected(steady)["estimate"] == pytest.approx(12, abs=0.01)
    assert expected(steady)["low"] < 12 < expected(steady)["high"]
    done = of_support(target(MINUTES, year=2026), given=given({2025: 12.0, 2026: 15.4}))
    chance = done.loc[done["unit"] == "probability", "estimate"]
    assert chance.tolist() == [1.0]
    assert pd.isna(expected(done)["low"])
    missed = of_support(target(MINUTES, year=2026), given=given({2025: 12.0, 2026: 14.4}))
    assert set(missed.loc[missed["indicator"] == "target", "state"]) == {"off_course"}
    few = of_support(target(MINUTES), given=given({2025: 12.0, 2026: 15.0}, children=9))
    assert few.loc[few["indicator"] == "target", "part"].tolist() == ["m:not_measurable:few"]
    assert "target_now" not in set(few["indicator"])


def test_a_share_of_need_is_judged_in_its_year_alone() -> None:
    row = {"indicator": "support_met_share", "part": "reading", "school_year": 2026, "n": 500, "estimate": 78.0}
    need = evidence(
        pd.DataFrame([row | {"low": 70.0, "high": 86.0, "confidence": 0.90}]), unit="percent", municipality_id="M"
    )
    coming = of_support(target(NEED), need=need)
    assert coming.loc[coming["indicator"] == "target", "part"].tolist() == ["m:not_measurable:one_need"]
    assert coming.loc[coming["indicator"] == "target_now", ["estimate", "confidence"]].to_numpy().tolist() == [
        [78.0, 0.9]
    ]
    now = of_support(target(NEED, year=2026), need=need)
    chance = float(now.loc[now["unit"] == "probability", "estimate"].iloc[0])
    assert chance == pytest.approx(stats.norm.sf(80, 78, 16 / 2 / 1.645), abs=0.006)


def test_a_share_that_is_withheld_or_coded_elsewhere_is_no_target_figure_either() -> None:
    aim = target(year=2026, aim=5.0)
    results = _results(YEARS, np.array([20, 20, 20, 20, 6]), 300).assign(low_cut=np.nan, high_cut=np.nan)
    rows = target_states((aim,), results, PARAMS, Beside(bands=_bands(YEARS, np.array([0.1] * 5))))
    alone = release(rows, PARAMS).rows
    assert alone.loc[alone["indicator"] == "target", "estimate"].notna().all()
    both = release([rows, result_shares(results, PARAMS)], PARAMS).rows
    share = both[both["indicator"] == "low_result_share"].iloc[0]
    assert pd.isna(share["estimate"])  # coded: at most 2 %
    hidden = both[both["indicator"].isin(["target", "target_now"])]
    assert hidden[["n", "estimate", "low", "high"]].isna().all(axis=None)
    assert set(states(both)) == {""}


def test_a_stated_80_percent_of_a_share_happens_in_75_to_85() -> None:
    found = shares(600, 11)
    near = found["stated"].between(0.70, 0.90)
    assert near.sum() > 100
    assert 0.75 <= found.loc[near, "reached"].mean() <= 0.85
    told_of = calibration(found)
    assert told_of["on"] >= 0.8
    assert told_of["off"] <= 0.2
    assert 0.93 <= told_of["inside"] <= 0.99


def test_the_page_on_targets_is_the_scripts_and_the_decision_quotes_it() -> None:
    """Rows and columns are what ``make targets`` writes; figures move with the worlds, so the first of each is compared."""
    page = (ROOT / "docs" / "targets.md").read_text("utf-8")
    made = [line.split("|")[1] for line in worlds_page(6).splitlines() if line.startswith("|")]
    assert [line.split("|")[1] for line in page.splitlines() if line.startswith("|")] == made
    decision = (ROOT / "docs" / "decisions" / "0023-marks-targets-hours.md").read_text("utf-8")
    first = {
        line.split("|")[1].strip(): line.split("|")[2].strip() for line in page.splitlines() if line.startswith("|")
    }
    assert f"happens {first['0.03, 0.04']} for places and {first['0.48']} for shares" in decision
