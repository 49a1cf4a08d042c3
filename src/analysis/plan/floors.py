"""What a more even plan costs: children served in all where every school has to reach a share of its need."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from analysis.plan.even import chosen
from analysis.plan.matching import CENTRAL, Plan, by_unit
from analysis.plan.model import build
from analysis.plan.solving import best
from analysis.plan.task import NEEDS, Integers, Task

SHARES = (0, 25, 50, 75)
"""Percent of each school's need that a plan is asked to reach."""
PLAN, EVEN = "plan", "even"
STEP = 5
"""The highest floor that can be kept is told to so many percent."""
COUNTED = 10
"""Schools with a smaller need are not counted as far below the rest: a child is a tenth of it and more."""
_COLUMNS = ["part", "unit", "estimate", "low", "high"]


def floor_prices(plan: Plan) -> pd.DataFrame:
    """Solve a plan anew for floors by school, and for the most even plan there is; all other limits stay.

    Each number is of whole children and found as the plan's own is. Only totals over schools and kinds of support are told.
    Nothing where children do not count equally, for then fewer children may be worth more, and nothing of one school.

    Returns
    -------
    pd.DataFrame
        ``part, unit, estimate, low, high``, the ends over low and high need as far as a floor can be kept at them.
        ``served|50``: children served where each school reaches half of its need (``served|0``: no floor, nothing given up;
        ``served|plan``: the plan; ``served|even``: the most even plan, however many it serves); ``fewer|…``: how many fewer
        than ``served|0``; ``below|…`` (schools): how many of at least ten children in need stay under half of the
        share that all reach together; ``most`` (percent): the highest floor that can be kept. Floors above it have no rows.
    """
    if plan.task.limits.effects or plan.task.units["school_id"].nunique() < 2:
        return pd.DataFrame([], columns=_COLUMNS)
    most = [_most(plan.task, name) for name in NEEDS]
    shares = sorted({float(s) for s in (*SHARES, most[1]) if s <= most[1]})
    served: dict[str, list[float]] = {}
    for share in reversed(shares):
        own = [_served(plan.task, name, share) if share <= m else np.nan for name, m in zip(NEEDS, most, strict=True)]
        higher = next(reversed(served.values()), [np.nan] * len(NEEDS))
        served[f"{share:g}"] = list(np.fmax(own, higher))  # what keeps a higher floor keeps this one
    asked = {share: _with(plan.task, float(share)) for share in reversed(served)} | {EVEN: _with(plan.task, 0, 100)}
    served |= {PLAN: [_planned(plan, name) for name in NEEDS],
               EVEN: [float(_even(asked[EVEN], name).sum()) for name in NEEDS]}  # fmt: skip
    rows = [_row("most", "percent", most)]
    for key in [*asked, PLAN]:
        rows.append(_row(f"served|{key}", "pupils", served[key]))
        rows.append(_row(f"fewer|{key}", "pupils", np.subtract(served["0"], served[key])))
        below = _below(plan, asked.get(key), served[key][1])
        rows.append({"part": f"below|{key}", "unit": "schools", "estimate": below})
    return pd.DataFrame(rows, columns=_COLUMNS)


def _row(part: str, unit: str, values: Any) -> dict[str, Any]:
    """Return the value at central need, with the least and the greatest of all that there are."""
    return {"part": part, "unit": unit, "estimate": values[1], "low": np.nanmin(values), "high": np.nanmax(values)}


def _with(task: Task, share: float, give_up: float = 0.0) -> Task:
    floors = task.limits.floor_percent.model_copy(update={"school": share})
    return replace(task, limits=task.limits.model_copy(update={"floor_percent": floors, "give_up_percent": give_up}))


def _served(task: Task, name: str, share: float) -> float:
    """Return how many children the best plan serves; missing where none keeps the floor."""
    model = build(_with(task, share), task.units[name].to_numpy())
    found = best(model)
    return float("nan") if found is None else float(model.worth @ found.columns)


def _planned(plan: Plan, name: str) -> float:
    own = plan.scenarios.loc[plan.scenarios["scenario"].str.partition("/")[0] == name, "served"]
    return float(own.sum()) if len(own) else float("nan")


def _even(task: Task, name: str) -> Integers:
    need = task.units[name].to_numpy()
    found = chosen(task, build(task, need), need)
    return np.zeros(len(task.ways.unit), dtype="int64") if found is None else found[0]


def _most(task: Task, name: str) -> float:
    """Find the highest floor in whole steps that some plan keeps: what keeps a floor keeps a lower one."""
    low, high = 0, 100 // STEP
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if _possible(task, name, middle * STEP) else (low, middle - 1)
    return float(low * STEP)


def _possible(task: Task, name: str, share: float) -> bool:
    model = build(_with(task, share), task.units[name].to_numpy())
    return best(replace(model, worth=np.zeros(len(model.worth)))) is not None


def _below(plan: Plan, asked: Task | None, served: float) -> float:
    """Count schools under half of the share that all reach together: of the plan, or of a task's even plan."""
    units = plan.task.units
    half = served / max(units[CENTRAL].sum(), 1) / 2
    if asked is not None and (asked.limits.floor_percent.school or 0) >= 100 * half:
        return 0.0  # the floor itself is not under it
    children = plan.children if asked is None else _even(asked, CENTRAL)
    sums = units.assign(served=by_unit(plan.task, children)).groupby("school_id")[[CENTRAL, "served"]].sum()
    counted = sums[sums[CENTRAL] >= COUNTED]
    return float((counted["served"] < half * counted[CENTRAL]).sum())
