"""Today's pupils in three bands, of every stage and family of domains whose signs may be shown."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.stats.country import Country
from analysis.stats.earlier import grade_number
from analysis.stats.risk.backtest import Backtest, Unfit, backtest, fitted
from analysis.stats.risk.calibration import DRIFT_OF_FIFTHS, DRIFT_OF_PERCENTS
from analysis.stats.risk.cohorts import followed, outcomes_of, seen_at
from analysis.stats.risk.gate import verdict_on
from analysis.stats.risk.pairs import OUTCOMES, STAGES, Pair, pairs
from analysis.stats.risk.places import shift_of
from analysis.stats.risk.predictors import design
from analysis.stats.risk.ranking import served
from analysis.stats.scale import with_standing

BANDS = ("high", "middle", "low")
MIDDLE = 2
"""The middle band is so many times as large as the highest one."""


@dataclass(frozen=True)
class Told:
    """What is known for one stage and outcome.

    Attributes
    ----------
    pair : Pair
        Stage and outcome.
    test : Backtest or None
        The back-test; None where no model could be fitted.
    reason : str
        Why nothing may be shown; empty where it may.
    pupils : pd.DataFrame
        All that were followed.
    today : pd.DataFrame
        Pupils whose outcome is to come, with ``logit`` and ``band``; empty where there are none or nothing may be shown.
    seen : int
        Pupils who stood at the stage with the held-out cohort.
    left_over : tuple of int
        Pupils who have the held-out cohort's outcome but were never seen at the stage, and those of them with a low result.
    """

    pair: Pair
    test: Backtest | None
    reason: str
    pupils: pd.DataFrame
    today: pd.DataFrame
    seen: int = 0
    left_over: tuple[int, int] = (0, 0)


def early_signs(country: Country) -> list[Told]:
    """Follow, back-test, judge and band every stage and family of domains."""
    results = country.results
    if results.empty:
        return []
    grades = list(dict.fromkeys([*STAGES, *OUTCOMES, *_between(results)]))
    results = with_standing(results[results["grade"].isin(grades)])
    found = []
    for options in pairs(results):
        told = None
        for pair in options:
            tried = _tried(results, pair, country)
            told = tried if told is None or not tried.reason else told
            if not tried.reason:
                break
        found += [told] if told is not None else []
    return found


def _between(results: pd.DataFrame) -> list[str]:
    """Return further grades below the last stage: where pupils are tested every year, the year before is a sign."""
    grades = results["grade"].drop_duplicates().astype("str")
    return [grade for grade in grades if grade_number(grade) < grade_number(STAGES[-1])]


def _tried(results: pd.DataFrame, pair: Pair, country: Country) -> Told:
    params = country.params
    workload = params.risk_workload_percent / 100
    pupils = followed(results, pair, params.low_result_percent)
    nobody = pupils.head(0)
    if pupils.empty:
        return Told(pair, None, "too_few", pupils, nobody)
    of_pair = results[(results["grade"] == pair.grade) & (results["domain"] == pair.domain)]
    prior = DRIFT_OF_PERCENTS if (of_pair["scale"] == "percent").any() else DRIFT_OF_FIFTHS
    try:
        test = backtest(pupils, pair, workload=workload, prior=prior)
    except Unfit:
        return Told(pair, None, "too_few", pupils, nobody)
    reason = verdict_on(test)
    today = nobody if reason else _banded_today(pupils, test, workload)
    due = test.judged_year - pair.years
    seen = int((seen_at(results, pair.stage)["since"] == due).sum())
    return Told(pair, test, reason, pupils, today, seen, _left_over(results, test, params.low_result_percent))


def _left_over(results: pd.DataFrame, test: Backtest, low_result_percent: float) -> tuple[int, int]:
    outcomes = outcomes_of(results, test.pair, low_result_percent)
    outcomes = outcomes[outcomes["school_year"] == test.judged_year]
    rest = outcomes.loc[~outcomes["pupil"].isin(test.judged["pupil"]), "event"]
    return len(rest), int(rest.sum())


def _banded_today(pupils: pd.DataFrame, test: Backtest, workload: float) -> pd.DataFrame:
    """Put today's pupils into bands by the same predictors, weights and shifts fitted on all cohorts with the outcome."""
    known, today = pupils[pupils["event"].notna()], pupils[pupils["event"].isna()]
    if today.empty:
        return today
    model, shift, _ = fitted(known, test.signs, test.penalty)
    predicted = model.logit(design(today, test.signs), shift_of(today, shift))
    return today.assign(logit=predicted, band=bands(predicted, workload))


def bands(score: np.ndarray, workload: float) -> np.ndarray:
    """Return the band of each pupil: the highest holds what can be served, the middle one twice as many, the low one the rest.

    A band is a place among the pupils of the same year, so that the difficulty of a test does not move it; pupils of equal
    score share a band, the higher one.
    """
    ordered = np.sort(score)[::-1]
    first = served(len(score), workload)
    second = min(first * (1 + MIDDLE), len(score))
    band = np.where(score >= ordered[second - 1], BANDS[1], BANDS[2])
    found: np.ndarray = np.where(score >= ordered[first - 1], BANDS[0], band)
    return found
