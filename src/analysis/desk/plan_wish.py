"""What do an analyst's choices change in the limits of a plan and in its places?"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import yaml

from analysis.plan.curves import places_of
from analysis.plan.matching import CENTRAL, effects
from analysis.plan.model import Change, build
from analysis.plan.solving import best
from analysis.plan.task import Floats, Task
from analysis.plan_limits import Limits


@dataclass(frozen=True)
class Wish:
    """What one part's support and the municipality's limits should be.

    Attributes
    ----------
    part : str
        ``programme/specialist`` as the capacity has it.
    places : int
        Places more, or fewer.
    posts : float
        Full posts of the part's specialist more, or fewer.
    budget : float or None
        Euro a year; None: money does not limit.
    floor : float
        Percent of the need of each school that has to be served; 0: none.
    minutes : float or None
        Minutes a week of one child or group; None where nothing is known of it.
    """

    part: str
    places: int = 0
    posts: float = 0.0
    budget: float | None = None
    floor: float = 0.0
    minutes: float | None = None


def own_rows(task: Task, part: str) -> pd.DataFrame:
    """Return the rows of a part's capacity."""
    return task.capacity[task.capacity["part"] == part]


def as_it_is(task: Task, part: str) -> Wish:
    """Return the wish that changes nothing."""
    minutes = own_rows(task, part)["minute"].max()
    limits = task.limits
    known = None if pd.isna(minutes) else round(float(minutes), 1)
    return Wish(part, 0, 0.0, limits.budget_eur_per_year, limits.floor_percent.school or 0.0, known)


def limits_with(wish: Wish, now: Wish, limits: Limits) -> Limits:
    """Return the limits with what the wish changes; what it leaves as it is stays as the file has it."""
    changed: dict[str, Any] = {}
    if wish.budget != now.budget:
        changed["budget_eur_per_year"] = wish.budget
    if wish.floor != now.floor:
        changed["floor_percent"] = limits.floor_percent.model_copy(update={"school": wish.floor or None})
    if wish.minutes is not None and wish.minutes != now.minutes:
        specialist = wish.part.partition("/")[2]
        changed["minutes_per_child"] = limits.minutes_per_child | {specialist: wish.minutes}
    return limits.model_copy(update=changed)


def step_of(task: Task, wish: Wish) -> int:
    """Return how many places more (fewer) the wish means at these limits: its own, and those of its posts."""
    own = own_rows(task, wish.part)
    of_posts = places_of(task, own, abs(wish.posts)) * (1 if wish.posts > 0 else -1)
    return max(wish.places + of_posts, -int(own["places"].fillna(0).sum()))


def with_places(task: Task, part: str, step: int) -> Task:
    """Return the task with places more or fewer of a part, each with the minutes of a child.

    They stand where the best plan at central need puts or misses them; what it does not need stands where most are.
    """
    if not step:
        return task
    own, at = task.capacity, np.flatnonzero(task.capacity["part"] == part)
    by = np.zeros(len(own))
    by[at] = _moved(task, part, step, own["places"].to_numpy(dtype="float64")[at])
    moved = pd.Series(by, index=own.index)
    minutes = (moved * own["minute"] / own["size"]).where(moved != 0, 0.0)
    return replace(task, capacity=own.assign(places=own["places"] + moved, minutes=own["minutes"] + minutes))


def _moved(task: Task, part: str, step: int, places: Floats) -> Floats:
    found = best(build(task, task.units[CENTRAL].to_numpy(), effects(task), change=Change(part, step)))
    moved = np.zeros(len(places)) if found is None else found.columns[-len(places) :].copy()
    for i in np.argsort(-places, kind="stable"):
        left = step - moved.sum()
        if left > 0:
            moved[i] += left if step > 0 else min(left, -moved[i])  # the solver may take more than it was asked to
        elif left < 0:
            moved[i] += max(left, -(places[i] + moved[i]))
    return moved


def lines_of(limits: Limits, wished: Limits) -> str:
    """Return the changed limits as lines of ``params/plan/<slug>.yml``, one a limit."""
    keys = ("budget_eur_per_year", "floor_percent", "minutes_per_child")
    before, after = limits.model_dump(), wished.model_dump()
    lines = [_line(key, after[key]) for key in keys if after[key] != before[key]]
    return "".join(lines)


def _line(key: str, value: Any) -> str:
    known = {name: _plain(one) for name, one in value.items() if one is not None} if isinstance(value, dict) else value
    flow = (
        yaml.safe_dump(known, default_flow_style=True, sort_keys=False, width=10**6) if isinstance(known, dict) else ""
    )
    return f"{key}: {flow.strip() or yaml.safe_dump(_plain(known)).splitlines()[0]}\n"


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value
