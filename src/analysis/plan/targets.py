"""Is each target of the strategy reached, on course, off course, or can that not be told, and what would settle it?"""

from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from analysis.evidence import evidence, no_evidence
from analysis.indicators import INDICATORS
from analysis.params import Params
from analysis.plan.aims import Target, of_series
from analysis.plan.forecasts import Series, forecast, outlook
from analysis.stats.scale import main_session

ACHIEVED, ON_COURSE, CANNOT_TELL, OFF_COURSE = "achieved", "on_course", "cannot_tell", "off_course"
NOT_MEASURABLE = "not_measurable"
STATES = (ACHIEVED, ON_COURSE, CANNOT_TELL, OFF_COURSE, NOT_MEASURABLE)
SURE = 0.80
"""From this probability on a target is on course, and up to one minus it off course (own choice: four of five)."""
SMALLEST_N = INDICATORS["target"].smallest_n
_MEASURE = {"sd": "position", "points": "points"}
_METHOD = {True: "measured in its year", False: "line with wobble, to its year"}
_FEWEST_YEARS = 2


def target_states(targets: tuple[Target, ...], results: pd.DataFrame, params: Params) -> pd.DataFrame:
    """Say of each target how likely it is to be reached, what is expected in its year, and what would tell more.

    Parameters
    ----------
    targets : tuple of Target
        From :func:`analysis.plan.aims.targets_of`.
    results : pd.DataFrame
        One municipality's results with ``position`` and ``points``.
    params : Params
        ``years_shown``: how many years the line goes through at most; ``confidence``.

    Returns
    -------
    pd.DataFrame
        ``target``: ``part`` is the id, ``school_year`` the aim's year, ``year_from`` the first year behind it (empty once the
        aim's year is measured: then that year alone counts), ``n`` the results behind it. In ``probability``: that the
        year's measured mean reaches the aim; once that year is measured, that its true mean does. In ``sd`` or ``points``:
        the mean expected in that year, or measured in it. The state is the last word of ``method`` (:func:`states` reads
        it), so that a withheld row tells none.
        ``target_settled``, only where the state is "cannot tell": one row a planned measurement (``school_year``): the
        probability that the target is settled once it is there, and the half width of the interval that is then left.
        A target without two measured years before its own, or whose year is past and was not measured, is one row without
        figures, ``part`` ``id:not_measurable``.
    """
    if not targets or results.empty:
        return no_evidence()
    own = str(results["municipality_id"].iloc[0])
    newest = int(results["school_year"].max())
    parts = [_state(target, main_session(of_series(target, results)), newest, params) for target in targets]
    found = pd.DataFrame([row for part in parts for row in part])
    return evidence(found, municipality_id=own)


def states(rows: pd.DataFrame) -> "pd.Series[str]":
    """Return the state of each ``target`` row, released or not; empty where it was withheld, and in other rows."""
    last = rows["method"].str.rpartition(" ")[2]
    found = last.where(last.isin(STATES), "").mask(rows["part"].str.endswith(f":{NOT_MEASURABLE}"), NOT_MEASURABLE)
    return found.where(rows["indicator"] == "target", "")


def _state(target: Target, rows: pd.DataFrame, newest: int, params: Params) -> list[dict[str, Any]]:
    keys = {key: getattr(target, key) for key in ("grade", "test", "domain", "level", "group")}
    keys |= {"indicator": "target", "part": target.id, "school_year": target.year, "reference": "threshold"}
    years = _yearly(target, rows, params)
    done = target.year in set(years["school_year"])
    if not done and (len(years) < _FEWEST_YEARS or target.year <= newest):
        return [keys | {"part": f"{target.id}:{NOT_MEASURABLE}", "unit": target.unit, "method": ""}]
    behind = years.tail(1) if done else years
    keys |= {"year_from": pd.NA if done else int(years["school_year"].iloc[0]), "n": int(behind["n"].sum())}
    sign = 1.0 if target.rises else -1.0
    figures = _measured(target, years, params, sign) if done else _expected(target, years, params, sign)
    chance = round(figures.pop("chance"), 2)  # as it is printed: a state never contradicts the number beside it
    state = _named(chance, done)
    keys["method"] = f"{_METHOD[done]}: {state}"
    told = [
        keys | {"unit": "probability", "estimate": chance},
        keys | {"unit": target.unit, "confidence": params.confidence, **figures},
    ]
    return told + (_settling(target, keys, years, params, sign) if state == CANNOT_TELL and not done else [])


def _named(chance: float, done: bool) -> str:
    if chance >= SURE:
        return ACHIEVED if done else ON_COURSE
    return OFF_COURSE if chance <= round(1 - SURE, 2) else CANNOT_TELL


def _yearly(target: Target, rows: pd.DataFrame, params: Params) -> pd.DataFrame:
    own = rows[rows[_MEASURE[target.unit]].notna()]
    if target.unit == "points":
        own = own[own["position"].isna() & (own["scale"] == "percent")]
    yearly = own.groupby("school_year")[_MEASURE[target.unit]].agg(n="size", mean="mean", sd="std").reset_index()
    yearly = yearly[(yearly["n"] >= SMALLEST_N) & (yearly["sd"] > 0)]
    yearly = yearly[yearly["school_year"] <= target.year]
    shown: pd.DataFrame = yearly[yearly["school_year"] > yearly["school_year"].max() - params.years_shown]
    return shown


def _series(target: Target, years: pd.DataFrame, sign: float) -> Series:
    """Return the years as a series in which more is better; points have the pupils' own SD as their scale."""
    scale = 1.0 if target.unit == "sd" else float(np.sqrt(np.average(years["sd"] ** 2, weights=years["n"])))
    error = (years["sd"] / np.sqrt(years["n"])).to_numpy()
    return Series(years["school_year"].to_numpy(dtype="float64"), sign * years["mean"].to_numpy(), error, scale)


def _expected(target: Target, years: pd.DataFrame, params: Params, sign: float) -> dict[str, float]:
    coming = forecast(_series(target, years, sign), target.year)
    low, high = sorted(sign * end for end in coming.interval(params.confidence))
    return {"chance": coming.above(sign * target.aim), "estimate": sign * coming.mean, "low": low, "high": high}


def _measured(target: Target, years: pd.DataFrame, params: Params, sign: float) -> dict[str, float]:
    n, mean, sd = (float(years[c].iloc[-1]) for c in ("n", "mean", "sd"))
    error = sd / np.sqrt(n)
    half = float(stats.t.ppf((1 + params.confidence) / 2, n - 1)) * error
    chance = float(stats.t.cdf(sign * (mean - target.aim) / error, n - 1))
    return {"chance": chance, "estimate": mean, "low": mean - half, "high": mean + half}


def _settling(
    target: Target, keys: dict[str, Any], years: pd.DataFrame, params: Params, sign: float
) -> list[dict[str, Any]]:
    """Tell of each planned measurement (every year, unless the target names them) what it would add with those before it."""
    series, last = _series(target, years, sign), int(years["school_year"].iloc[-1])
    planned = [y for y in sorted(target.measured or range(last + 1, target.year + 1)) if y > last]
    base = keys | {"indicator": "target_settled", "year_from": last, "reference": "", "method": "preposterior, normal"}
    told = []
    for i, year in enumerate(planned):
        then = outlook(series, sign * target.aim, target.year, planned[: i + 1], SURE, params.confidence)
        told.append(base | {"school_year": year, "unit": "probability", "estimate": then.settled})
        told.append(base | {"school_year": year, "unit": target.unit, "estimate": then.half_width})
    return told
