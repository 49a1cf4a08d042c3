"""Is each target of the strategy reached, on course, off course, or can that not be told, and what would settle it?"""

from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from analysis.aims import Target
from analysis.evidence import evidence, no_evidence
from analysis.indicators import INDICATORS
from analysis.params import Params
from analysis.plan.aims import of_series
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
        ``target_set``: the board's own figures, its start (no reference) and its aim (``threshold``), each in its year.
        ``target_now``: the newest measured year, where that is not the aim's.
        ``target_settled``, only where the state is "cannot tell": one row a planned measurement (``school_year``): the
        probability that the target is settled once it is there, and the half width of the interval that is then left.
        A target without two measured years before its own, or whose year is past and was not measured, is one row without
        figures, ``part`` ``id:not_measurable``.

    Notes
    -----
    A year in which fewer than ``smallest_group_sensitive`` pupils are not of a target's group does not count: beside the
    mean of all pupils that of the group would tell theirs.
    """
    if not targets or results.empty:
        return no_evidence()
    own = str(results["municipality_id"].iloc[0])
    newest = int(results["school_year"].max())
    parts = [_set(target) + _state(target, _yearly(target, results, params), newest, params) for target in targets]
    found = pd.DataFrame([row for part in parts for row in part])
    return evidence(found, municipality_id=own)


def states(rows: pd.DataFrame) -> "pd.Series[str]":
    """Return the state of each ``target`` row, released or not; empty where it was withheld, and in other rows."""
    last = rows["method"].str.extract(r"(\w*)$", expand=False)
    found = last.where(last.isin(STATES), "").mask(rows["part"].str.endswith(f":{NOT_MEASURABLE}"), NOT_MEASURABLE)
    return found.where(rows["indicator"] == "target", "")


def _keys(target: Target) -> dict[str, Any]:
    return {key: getattr(target, key) for key in ("grade", "test", "domain", "level", "group")} | {"part": target.id}


def _set(target: Target) -> list[dict[str, Any]]:
    """Return what the board set: where it started, and its aim."""
    keys = _keys(target) | {"indicator": "target_set", "unit": target.unit, "method": "set by the board"}
    start = {"school_year": target.start.year, "estimate": target.start.value}
    return [keys | start, keys | {"school_year": target.year, "estimate": target.aim, "reference": "threshold"}]


def _state(target: Target, years: pd.DataFrame, newest: int, params: Params) -> list[dict[str, Any]]:
    keys = _keys(target) | {"indicator": "target", "school_year": target.year, "reference": "threshold"}
    done = target.year in set(years["school_year"])
    now = [] if done or years.empty else [_now(keys, target, years, params)]
    if not done and (len(years) < _FEWEST_YEARS or target.year <= newest):
        return [*now, keys | {"part": f"{target.id}:{NOT_MEASURABLE}", "unit": target.unit, "method": ""}]
    behind = years.tail(1) if done else years
    keys |= {"year_from": pd.NA if done else int(years["school_year"].iloc[0]), "n": int(behind["n"].sum())}
    sign = 1.0 if target.rises else -1.0
    figures = _measured(target, years, params, sign) if done else _expected(target, years, params, sign)
    chance = round(figures.pop("chance"), 2)  # as it is printed: a state never contradicts the number beside it
    state = _named(chance, done)
    keys["method"] = f"{_METHOD[done]}: {state}"
    told = [
        *now,
        keys | {"unit": "probability", "estimate": chance},
        keys | {"unit": target.unit, "confidence": params.confidence, **figures},
    ]
    return told + (_settling(target, keys, years, params, sign) if state == CANNOT_TELL and not done else [])


def _named(chance: float, done: bool) -> str:
    if chance >= SURE:
        return ACHIEVED if done else ON_COURSE
    return OFF_COURSE if chance <= round(1 - SURE, 2) else CANNOT_TELL


def _now(keys: dict[str, Any], target: Target, years: pd.DataFrame, params: Params) -> dict[str, Any]:
    """Return the newest measured year as it was."""
    figures = _measured(target, years, params, 1.0)
    figures.pop("chance")
    last = {"school_year": int(years["school_year"].iloc[-1]), "n": int(years["n"].iloc[-1]), "unit": target.unit}
    return keys | last | figures | {"indicator": "target_now", "confidence": params.confidence, "method": "measured"}


def _counted(target: Target, results: pd.DataFrame) -> pd.DataFrame:
    """Keep the results of the main session that a target is about and that have its measure."""
    rows = main_session(of_series(target, results))
    own = rows[rows[_MEASURE[target.unit]].notna()]
    if target.unit == "points":
        own = own[own["position"].isna() & (own["scale"] == "percent")]
    return own


def _yearly(target: Target, results: pd.DataFrame, params: Params) -> pd.DataFrame:
    own = _counted(target, results)
    if target.group:
        everyone = _counted(target.model_copy(update={"group": ""}), results)["school_year"].value_counts()
        others = everyone.sub(own["school_year"].value_counts(), fill_value=0)
        few = others[(others > 0) & (others < params.smallest_group_sensitive)]
        own = own[~own["school_year"].isin(few.index)]
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
