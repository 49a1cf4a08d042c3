"""The optimiser: HiGHS on one scenario, and the even plan among equals."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import optimize

from analysis.plan.model import Model, floors_of
from analysis.plan.task import Floats, Integers, Task

Flags = npt.NDArray[np.bool_]
_INFEASIBLE, _NODES = 2, 100
_ALMOST = 1e-9


@dataclass(frozen=True)
class Solution:
    """Columns of the best plan found; no plan is worth more than ``most`` (equal to its worth where that was proved)."""

    columns: Floats
    most: float


def best(model: Model, *, whole: bool = True) -> Solution | None:
    """Return an optimum, or None where no plan keeps all limits.

    The search stops after a fixed number of nodes, not after a time, so that it ends alike everywhere. That happens where
    many children are taken in groups of a size; the bound then tells how far the plan may be from the optimum.

    Parameters
    ----------
    model : Model
        One scenario.
    whole : bool
        False: the relaxation, in which children may be divided.
    """
    if not len(model.worth):
        return None if (model.lower > 0).any() else Solution(model.worth, 0.0)
    found = _milp(model, {"mip_rel_gap": 0.0, "node_limit": _NODES}, whole=whole)
    if found.x is None and found.status != _INFEASIBLE:
        found = _milp(model, {"mip_rel_gap": 0.0}, whole=whole)
    if found.status == _INFEASIBLE:
        return None
    if found.x is None:
        raise RuntimeError(found.message)
    columns = np.rint(found.x) if whole else np.asarray(found.x, dtype="float64")
    worth = float(model.worth @ columns)
    bound = worth if found.success else -float(found.mip_dual_bound)
    return Solution(columns, max(worth, bound))


def _milp(model: Model, options: Any, *, whole: bool) -> Any:
    return optimize.milp(
        -model.worth, integrality=np.full(len(model.worth), int(whole)),
        bounds=optimize.Bounds(model.least, model.most),
        constraints=optimize.LinearConstraint(model.matrix, model.lower, model.upper),
        options=options,
    )  # fmt: skip


def chosen(task: Task, model: Model, need: Integers) -> tuple[Integers, float] | None:
    """Return the children of each option in the one optimum that a plan takes among equals, and what none exceeds.

    The solver's optimum is evened: as long as it makes the plan more even (Σ served² / need over units smaller, that is
    shares of need served more alike), one child's support goes from one unit to another of the same capacity, the best
    such step first, within all limits. The worth stays what it is; equal steps are taken in the order of part, school
    and grade, so that the same input gives the same plan. Where units differ in nothing but need, no plan of these
    totals is more even.
    """
    found = best(model)
    if found is None:
        return None
    children = found.columns[: model.children].astype("int64")
    served = np.bincount(task.ways.unit, weights=children, minlength=len(need))
    for capacity in np.unique(task.ways.capacity):
        _even(_State(task, need, children, served), np.flatnonzero(task.ways.capacity == capacity))
    return children, found.most


def minutes_of(task: Task, children: Integers) -> Floats:
    """Return the minutes a week of each capacity, the way included."""
    w = task.ways
    first = np.unique(w.pair, return_index=True)[1]
    groups = -(-np.bincount(w.pair, weights=children, minlength=len(first)) // w.size[first])
    return np.bincount(w.capacity[first], weights=groups * w.minute[first], minlength=len(task.capacity))


def used(task: Task, children: Integers) -> pd.DataFrame:
    """Return what a plan uses of each capacity: ``children, minutes`` (a week), ``cost`` (euro a year)."""
    minutes = minutes_of(task, children)
    count = np.bincount(task.ways.capacity, weights=children, minlength=len(task.capacity)).astype("int64")
    return pd.DataFrame({"children": count, "minutes": minutes, "cost": minutes * task.capacity["price"].to_numpy()})


def slack(task: Task, children: Integers) -> tuple[Floats, Floats, float]:
    """Return places and minutes a week left of each capacity, and euro left; infinite where nothing limits."""
    c, minutes = task.capacity, minutes_of(task, children)
    places = c["places"].to_numpy() - np.bincount(task.ways.capacity, weights=children, minlength=len(c))
    left = np.where(c["minute"].notna(), c["minutes"].to_numpy(), np.nan) - minutes
    budget = task.limits.budget_eur_per_year
    cost = float(minutes @ np.nan_to_num(c["price"].to_numpy()))
    return (
        np.nan_to_num(places, nan=np.inf),
        np.nan_to_num(left, nan=np.inf),
        np.inf if budget is None else budget - cost,
    )


@dataclass(frozen=True)
class _State:
    """A plan on the way to an even one; ``children`` (of options) and ``served`` (of units) change."""

    task: Task
    need: Integers
    children: Integers
    served: Floats


def _even(state: _State, own: Integers) -> None:
    """Move support between the units of one capacity until no step makes the plan more even."""
    children, served = state.children, state.served
    unit = state.task.ways.unit[own]
    need = np.maximum(state.need[unit], 1)
    while len(own) > 1:
        gain = ((2 * served[unit] - 1) / need)[:, None] - ((2 * served[unit] + 1) / need)[None, :]
        allowed = (children[own] > 0)[:, None] & (served[unit] < state.need[unit])[None, :] & (gain > _ALMOST)
        if not allowed.any():
            return
        allowed &= _affordable(state, own) & _above_floors(state, unit) & (unit[:, None] != unit[None, :])
        if not allowed.any():
            return
        giver, taker = np.unravel_index(np.argmax(np.where(allowed, np.round(gain, 9), -np.inf)), gain.shape)
        children[own[[giver, taker]]] += (-1, 1)
        served[unit[[giver, taker]]] += (-1, 1)


def _affordable(state: _State, own: Integers) -> Flags:
    """Tell whether minutes and budget hold after a step from one option of a capacity to another."""
    w = state.task.ways
    pair, size, minute = w.pair[own], w.size[own], w.minute[own]
    together = np.bincount(pair, weights=state.children[own])[pair]
    less, more = minute * (together % size == 1 % size), minute * (together % size == 0)
    change = np.where(pair[:, None] == pair[None, :], 0.0, more[None, :] - less[:, None])
    if not (change > _ALMOST).any():
        return np.ones_like(change, dtype="bool")
    _, minutes, euro = slack(state.task, state.children)
    left = max(float(minutes[w.capacity[own[0]]]), 0.0)
    affordable: Flags = (change <= left + _ALMOST) & (change * w.price[own[0]] <= max(euro, 0.0) + _ALMOST)
    return affordable


def _above_floors(state: _State, unit: Integers) -> Flags:
    """Tell whether every floor holds after a step from one unit to another."""
    holds = np.ones((len(unit), len(unit)), dtype="bool")
    for floor in floors_of(state.task):
        code = floor.code[unit]
        above = floor.above(state.need, state.served)[code]
        holds &= (above >= 1 - _ALMOST)[:, None] | (code[:, None] == code[None, :])
    return holds
