"""The most even of all plans of (nearly) equal worth: shares of need served as alike as the limits allow."""

from dataclasses import replace

import numpy as np
from scipy import sparse

from analysis.plan.greedy import room
from analysis.plan.model import Model
from analysis.plan.solving import INFEASIBLE, best, solve
from analysis.plan.task import Floats, Integers, Task

SMALL, NEAR = 40, 4
"""Up to so many units the most even plan is searched for; beyond, within so many children of the relaxation's."""
_NODES, _GAP = 100, 0.05
_ALMOST = 1e-6


def unevenness(need: Integers, served: Integers | Floats) -> float:
    """Return Σ (need − served)² / need over units: of plans that serve as many, the smaller the more alike the shares.

    It is the share left without support, squared, weighted by need: a child counts the more the less of its unit is
    served. Where plans of equal worth serve different numbers (programmes of different effect), serving more is better.
    """
    return float((np.square(need - served, dtype="float64") / np.maximum(need, 1)).sum())


def chosen(task: Task, model: Model, need: Integers) -> tuple[Integers, float] | None:
    """Return the children of each option in the one plan that is taken among the best, and what no plan exceeds.

    None where no plan keeps all limits.
    """
    found = best(model)
    if found is None:
        return None
    children = evened(task, model, need, found.columns)[: model.children].astype("int64")
    return (filled(task, need, children) if task.limits.give_up_percent else children), found.most


def filled(task: Task, need: Integers, children: Integers) -> Integers:
    """Add children where all limits allow one more, first where the smallest share is served: nothing is left unused."""
    children, unit = children.copy(), task.ways.unit
    open_to = np.ones(len(children), dtype="bool")
    while open_to.any():
        served = np.bincount(unit, weights=children, minlength=len(need))[unit]
        share = np.where(open_to, served / np.maximum(need[unit], 1), np.inf)
        option = int(np.argmin(share.round(9)))
        open_to[option] = room(task, need, children, option) > 0
        children[option] += open_to[option]
    return children


def evened(task: Task, model: Model, need: Integers, columns: Floats) -> Floats:
    """Return the columns of the most even plan that keeps all limits and is worth as much as a given one.

    ``give_up_percent`` of the limits may be given up of that worth.

    A second integer programme. The k-th child of a unit gains (2 (need − k) + 1) / need, so that k children gain all but
    (need − k)² / need; gains fall with k, and the columns for single children need not be whole. Of all its plans the
    solver's is taken, which is the same for the same input.

    Parameters
    ----------
    task : Task
        Units, capacity, options.
    model : Model
        The scenario.
    need : (U,) array of int
        Children of each unit.
    columns : array of float
        Of the plan of greatest worth; returned as it is where the search, which ends after a fixed number of nodes, finds
        none that is more even.
    """
    unit = task.ways.unit
    before = np.bincount(unit, weights=columns[: model.children], minlength=len(need))
    if (before == need).all() or not before.any():
        return columns
    kept = float(model.worth @ columns) * (1 - task.limits.give_up_percent / 100)
    second = _second(model, unit, need, kept)
    whole = np.arange(len(second.worth)) < len(model.worth)
    if len(need) <= SMALL:
        found = solve(second, {"mip_rel_gap": 0.0, "node_limit": _NODES}, whole)
    else:
        found = solve(_near(second, len(unit)), {"mip_rel_gap": _GAP, "node_limit": 1}, whole)
        if found.status == INFEASIBLE:
            found = solve(second, {"mip_rel_gap": _GAP, "node_limit": 1}, whole)
    if found.x is None:
        return columns
    after: Floats = np.rint(found.x[: len(model.worth)])
    served = np.bincount(unit, weights=after[: model.children], minlength=len(need))
    return after if unevenness(need, served) < unevenness(need, before) - _ALMOST else columns


def _near(second: Model, options: int) -> Model:
    """Hold the children of each option near those of the most even plan in which children may be divided."""
    divided = solve(second, {}, np.zeros(len(second.worth), dtype="bool"))
    if divided.x is None:
        return second
    least, most = second.least.copy(), second.most.copy()
    own = divided.x[:options]
    least[:options] = np.maximum(least[:options], np.floor(own + _ALMOST) - NEAR)
    most[:options] = np.minimum(most[:options], np.ceil(own - _ALMOST) + NEAR)
    return replace(second, least=least, most=most)


def _second(model: Model, unit: Integers, need: Integers, worth: float) -> Model:
    """Add a column for every child of a unit, and the worth as a limit."""
    of = np.repeat(np.arange(len(need)), need)
    first = np.cumsum(need) - need
    gain = (2 * (need[of] - np.arange(len(of)) + first[of]) - 1) / need[of]
    width, children = len(model.worth), len(of)
    entries = np.concatenate([np.ones(len(unit)), -np.ones(children)])
    places = np.concatenate([unit, of]), np.concatenate([np.arange(len(unit)), width + np.arange(children)])
    tied = sparse.csr_array((entries, places), shape=(len(need), width + children))
    own = sparse.vstack([model.matrix, sparse.csr_array(model.worth[None, :])])
    own = sparse.hstack([own, sparse.csr_array((own.shape[0], children))])
    return replace(
        model, matrix=sparse.vstack([own, tied]).tocsr(), worth=np.concatenate([np.zeros(width), gain]),
        lower=np.concatenate([model.lower, [worth - _ALMOST], np.zeros(len(need))]),
        upper=np.concatenate([model.upper, [np.inf], np.zeros(len(need))]),
        least=np.concatenate([model.least, np.zeros(children)]), most=np.concatenate([model.most, np.ones(children)]),
    )  # fmt: skip
