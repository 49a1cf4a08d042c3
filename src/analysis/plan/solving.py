"""The optimiser: HiGHS on one scenario, and what a plan uses and leaves."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import optimize

from analysis.plan.model import Model
from analysis.plan.task import Floats, Integers, Task

Flags = npt.NDArray[np.bool_]
INFEASIBLE = 2
"""HiGHS's status of a model that no plan satisfies."""
_NODES = 100


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
    columns = np.full(len(model.worth), whole)
    found = solve(model, {"mip_rel_gap": 0.0, "node_limit": _NODES}, columns)
    if found.x is None and found.status != INFEASIBLE:
        found = solve(model, {"mip_rel_gap": 0.0}, columns)
    if found.status == INFEASIBLE:
        return None
    if found.x is None:
        raise RuntimeError(found.message)
    best_found = np.rint(found.x) if whole else np.asarray(found.x, dtype="float64")
    worth = float(model.worth @ best_found)
    bound = worth if found.success else -float(found.mip_dual_bound)
    return Solution(best_found, max(worth, bound))


def solve(model: Model, options: Any, whole: Flags) -> Any:
    """Return HiGHS's own result on a model; ``whole`` tells which columns have to be."""
    return optimize.milp(
        -model.worth, integrality=whole.astype("int64"),
        bounds=optimize.Bounds(model.least, model.most),
        constraints=optimize.LinearConstraint(model.matrix, model.lower, model.upper),
        options=options,
    )  # fmt: skip


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
