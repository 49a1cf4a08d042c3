"""The held-out cohort as ways of choosing would have seen it at the stage: which of them would have sufficed."""

from typing import Any

import pandas as pd

from analysis.evidence import no_evidence
from analysis.stats.country import Country
from analysis.stats.risk.audit import AUDITED
from analysis.stats.risk.backtest import Backtest
from analysis.stats.risk.bands import Told
from analysis.stats.risk.targeting import group_score, targeting, targeting_evidence


def ways_of(told: Told, country: Country, own: str) -> pd.DataFrame:
    """Compare ways of choosing on the cohort that was held out, each board among its own pupils.

    It needs no further fit. Where the gate is shut early signs are not among the ways: nobody could choose by them.

    Parameters
    ----------
    told : Told
        A stage and outcome with its back-test.
    country : Country
        Parameters ``risk_workload_percent`` (the budget: the highest band of early signs) and ``confidence``.
    own : str
        Whose pupils these are: a board, or nothing for the country.

    Returns
    -------
    pd.DataFrame
        Evidence ``targeting``, from the year of the stage to that of the outcome; empty without a back-test.
    """
    if told.test is None:
        return no_evidence()
    pair, params = told.pair, country.params
    year = told.test.judged_year
    pupils = scored(told.pupils, told.test)
    pupils = pupils.drop(columns="model") if told.reason else pupils
    keys = {"grade": pair.stage, "test": pair.test, "domain": pair.domain, "level": pair.level}
    found = targeting(pupils, params.risk_workload_percent / 100, params.confidence, "municipality_id")
    return targeting_evidence(
        found, params.confidence, municipality_id=own, year_from=year - pair.years, school_year=year, **keys
    )


def scored(pupils: pd.DataFrame, test: Backtest) -> pd.DataFrame:
    """Return the held-out pupils with the score of each way; the higher it is, the earlier a pupil is chosen.

    Parameters
    ----------
    pupils : pd.DataFrame
        All that were followed (:func:`analysis.stats.risk.cohorts.followed`).
    test : Backtest
        Of one cohort of them.

    Returns
    -------
    pd.DataFrame
        ``test.judged`` with ``school`` (low results among the school's earlier pupils), ``rule`` (one test of the own
        domain), ``group`` (low results among earlier pupils of the same groups, as they were at the stage; without
        attributes there is none) and ``model`` (all signs). There is no ``class``: no table of a delivery knows classes.
    """
    judged = test.judged
    ways: dict[str, Any] = {"school": judged["school_rate"], "rule": judged["one_test"], "model": judged["logit"]}
    attributes = [name for name in AUDITED if name in judged and judged[name].notna().any()]
    if attributes:
        past = pupils[pupils["event"].notna() & pupils["school_year"].isin(test.trained_years)]
        ways["group"] = group_score(past.assign(standing=-past["event"] / past["event"].std()), judged, attributes)
    return judged.assign(**ways)
