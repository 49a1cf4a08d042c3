"""The greedy plan: what a person would do with a list and a pencil, beside the optimum as its explanation."""

import numpy as np
import pandas as pd

from analysis.plan.model import floors_of
from analysis.plan.solving import slack
from analysis.plan.task import Floats, Integers, Task

_ALMOST = 1e-9


def greedy(task: Task, need: Integers, effect: Floats | None = None) -> Integers:
    """Serve units one after the other, each as far as the limits still allow.

    Order: where support does most for its cost (with a budget) or for its minutes; of equals the largest need first, then
    part, school and grade. Floors come first, in the same order. Floors that this way does not reach stay below.

    Returns
    -------
    (O,) array of int
        Children of each option.
    """
    w = task.ways
    worth = np.ones(len(w.unit)) if effect is None else effect[w.unit]
    dear = w.minute / w.size * (w.price if task.limits.budget_eur_per_year is not None else 1.0)
    by = pd.DataFrame({"worth": -(worth / np.maximum(dear, _ALMOST)).round(9), "need": -need[w.unit]})
    order = by.sort_values(["worth", "need"], kind="stable").index.to_numpy()
    children = np.zeros(len(w.unit), dtype="int64")
    for floor in floors_of(task):
        code = floor.code[w.unit]
        wanted = np.ceil(-floor.above(need, np.zeros(len(need))) - _ALMOST)
        for option in order:
            missing = wanted[code[option]] - children[code == code[option]].sum()
            children[option] += min(room(task, need, children, option), max(int(missing), 0))
    for option in order:
        children[option] += room(task, need, children, option)
    return children


def room(task: Task, need: Integers, children: Integers, option: int) -> int:
    """Return how many more children of one option all limits allow."""
    w = task.ways
    left = need[w.unit[option]] - children[w.unit == w.unit[option]].sum()
    if left <= 0:
        return 0
    places, minutes, euro = slack(task, children)
    capacity, size, minute = w.capacity[option], w.size[option], w.minute[option]
    groups = minutes[capacity] / minute if minute else np.inf
    groups = min(groups, euro / (minute * w.price[option])) if minute * w.price[option] else groups
    begun = -children[w.pair == w.pair[option]].sum() % size
    return int(max(min(left, places[capacity], begun + size * np.floor(groups + _ALMOST)), 0))
