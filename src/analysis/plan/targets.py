"""Is each target of the strategy reached, on course, off course, or can that not be told, and what would settle it?"""

from typing import Any

import pandas as pd

from analysis.aims import Target
from analysis.evidence import evidence, no_evidence
from analysis.params import Params
from analysis.plan.followed import FEW_YEARS, FEWEST_YEARS, PAST, Beside, History, history
from analysis.plan.forecasts import forecast, outlook

ACHIEVED, ON_COURSE, CANNOT_TELL, OFF_COURSE = "achieved", "on_course", "cannot_tell", "off_course"
NOT_MEASURABLE = "not_measurable"
STATES = (ACHIEVED, ON_COURSE, CANNOT_TELL, OFF_COURSE, NOT_MEASURABLE)
SURE = 0.80
"""From this probability on a target is on course, and up to one minus it off course (own choice: four of five)."""
SOURCE = r"^measured[^,]*, (?P<indicator>\w+)(?: (?P<part>[^:]+))?"
"""Reads in ``method`` which figure of a share or of minutes a target's measured year is; what is withheld is found by it."""
_METHOD = {True: "measured in its year", False: "line with wobble, to its year"}


def target_states(
    targets: tuple[Target, ...], results: pd.DataFrame, params: Params, beside: Beside | None = None
) -> pd.DataFrame:
    """Say of each target how likely it is to be reached, what is expected in its year, and what would tell more.

    Parameters
    ----------
    targets : tuple of Target
        From :func:`analysis.plan.aims.targets_of`.
    results : pd.DataFrame
        One municipality's results with ``position`` and ``points``.
    params : Params
        ``years_shown``: how many years the line goes through at most; ``confidence``; the cuts of low and high results.
    beside : Beside, optional
        What targets of shares and of support need.

    Returns
    -------
    pd.DataFrame
        ``target``: ``part`` is the id, ``school_year`` the aim's year, ``year_from`` the first year behind it (empty once the
        aim's year is measured: then that year alone counts), ``n`` the results behind it. In ``probability``: that the
        year's measured figure reaches the aim; once that year is measured, that its true one does. In the target's unit:
        what is expected in that year, or was measured in it. The state is the last word of ``method`` (:func:`states` reads
        it), so that a withheld row tells none.
        ``target_set``: the board's own figures, its start (no reference) and its aim (``threshold``), each in its year.
        ``target_now``: the newest measured year, where that is not the aim's.
        ``target_settled``, only where the state is "cannot tell": one row a planned measurement (``school_year``): the
        probability that the target is settled once it is there, and the half width of the interval that is then left.
        A target that cannot be foretold, or whose year is past and was not measured, is one row without figures, ``part``
        ``id:not_measurable:reason`` with a reason of :data:`analysis.plan.followed.REASONS`.

    Notes
    -----
    A year in which fewer than ``smallest_group_sensitive`` pupils are not of a target's group does not count: beside the
    mean of all pupils that of the group would tell theirs.
    """
    if not targets or results.empty:
        return no_evidence()
    own = str(results["municipality_id"].iloc[0])
    newest, beside = int(results["school_year"].max()), beside or Beside()
    parts = [_set(t) + _state(t, history(t, results, beside, params), newest, params) for t in targets]
    found = pd.DataFrame([row for part in parts for row in part])
    return evidence(found, municipality_id=own)


def states(rows: pd.DataFrame) -> "pd.Series[str]":
    """Return the state of each ``target`` row, released or not; empty where it was withheld, and in other rows."""
    last = rows["method"].str.extract(r"(\w*)$", expand=False)
    found = last.where(last.isin(STATES), "").mask(rows["part"].str.contains(f":{NOT_MEASURABLE}"), NOT_MEASURABLE)
    return found.where(rows["indicator"] == "target", "")


def _keys(target: Target) -> dict[str, Any]:
    return {key: getattr(target, key) for key in ("grade", "test", "domain", "level", "group")} | {"part": target.id}


def _set(target: Target) -> list[dict[str, Any]]:
    """Return what the board set: where it started, and its aim."""
    keys = _keys(target) | {"indicator": "target_set", "unit": target.unit, "method": "set by the board"}
    start = {"school_year": target.start.year, "estimate": target.start.value}
    return [keys | start, keys | {"school_year": target.year, "estimate": target.aim, "reference": "threshold"}]


def _state(target: Target, found: History, newest: int, params: Params) -> list[dict[str, Any]]:
    keys = _keys(target) | {"indicator": "target", "school_year": target.year, "reference": "threshold"}
    years = found.years
    done = target.year in set(years["school_year"])
    now = [] if done or years.empty else [_now(keys, target, found, params)]
    line = found.line if found.line is not None and len(found.line.year) >= FEWEST_YEARS else None
    if not done and (line is None or target.year <= newest):
        why = PAST if target.year <= newest else found.why if found.line is None or years.empty else FEW_YEARS
        return [*now, keys | {"part": f"{target.id}:{NOT_MEASURABLE}:{why}", "unit": target.unit, "method": ""}]
    behind = years.tail(1) if done else years
    keys |= {"year_from": pd.NA if done else int(years["school_year"].iloc[0]), "n": int(behind["n"].sum())}
    figures = _measured(target, found, params) if done else _expected(target, found, params)
    chance = round(figures.pop("chance"), 2)  # as it is printed: a state never contradicts the number beside it
    state = _named(chance, done)
    keys["method"] = f"{_METHOD[done]}{_source(target)}: {state}"
    told = [*now, keys | {"unit": "probability", "estimate": chance}, keys | {"unit": target.unit, **figures}]
    return told + (_settling(target, keys, found, params) if state == CANNOT_TELL and not done else [])


def _source(target: Target) -> str:
    """Name the figure that a share or minutes are, so that they are withheld where it is (:data:`SOURCE` reads it)."""
    return "" if target.unit in ("sd", "points") else ", " + " ".join(filter(None, (target.indicator, target.part)))


def _named(chance: float, done: bool) -> str:
    if chance >= SURE:
        return ACHIEVED if done else ON_COURSE
    return OFF_COURSE if chance <= round(1 - SURE, 2) else CANNOT_TELL


def _towards(target: Target, above: float) -> float:
    """Return the probability of reaching the aim from that of a figure at or above it."""
    return above if target.rises else 1 - above


def _now(keys: dict[str, Any], target: Target, found: History, params: Params) -> dict[str, Any]:
    """Return the newest measured year as it was."""
    figures = _measured(target, found, params)
    figures.pop("chance")
    last = found.years.iloc[-1]
    about = {"school_year": int(last["school_year"]), "n": int(last["n"]), "unit": target.unit}
    return keys | about | figures | {"indicator": "target_now", "method": f"measured{_source(target)}"}


def _expected(target: Target, found: History, params: Params) -> dict[str, Any]:
    assert found.line is not None
    coming = forecast(found.line, target.year, *found.coming)
    low, high = (float(found.from_line(end)) for end in coming.interval(params.confidence))
    above = coming.above(found.to_line(target.aim))
    estimate = min(max(float(found.from_line(coming.mean)), low), high)
    return {"chance": _towards(target, above), "estimate": estimate, "low": low, "high": high,
            "confidence": params.confidence}  # fmt: skip


def _measured(target: Target, found: History, params: Params) -> dict[str, Any]:
    last = found.years.iloc[-1]
    figures: dict[str, Any] = {end: last[end] for end in ("estimate", "low", "high") if end in last}
    chance = found.reached(target.aim) if target.rises else 1 - found.reached(target.aim)
    sure = params.confidence if found.confidence is None else found.confidence
    return figures | {"chance": chance, "confidence": sure if "low" in figures else float("nan")}


def _settling(target: Target, keys: dict[str, Any], found: History, params: Params) -> list[dict[str, Any]]:
    """Tell of each planned measurement (every year, unless the target names them) what it would add with those before it."""
    assert found.line is not None
    last = int(found.line.year[-1])
    planned = [y for y in sorted(target.measured or range(last + 1, target.year + 1)) if y > last]
    base = keys | {"indicator": "target_settled", "year_from": last, "reference": "", "method": "preposterior, normal"}
    aim, (added, spread) = found.to_line(target.aim), found.coming
    middle = forecast(found.line, target.year, added).mean
    told = []
    for i, year in enumerate(planned):
        then = outlook(found.line, aim - added, target.year, planned[: i + 1], SURE, params.confidence, spread)
        half = float(found.from_line(middle + then.half_width) - found.from_line(middle - then.half_width)) / 2
        told.append(base | {"school_year": year, "unit": "probability", "estimate": then.settled})
        told.append(base | {"school_year": year, "unit": target.unit, "estimate": half})
    return told
