"""Who is supported by what under places, minutes, travel, budget and equity floors; who is left out, and why."""

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from analysis.faults import Fault, InputFaults
from analysis.plan.binding import binding
from analysis.plan.clashes import clash, in_words
from analysis.plan.even import chosen, evened
from analysis.plan.greedy import greedy
from analysis.plan.model import build, floors_of
from analysis.plan.solving import best, used
from analysis.plan.task import NEEDS, Floats, Integers, Task
from analysis.plan_limits import Floors

CENTRAL = "central"
_ALMOST = 1e-6


@dataclass(frozen=True)
class Plan:
    """A plan for one school year.

    Attributes
    ----------
    task : Task
        What was asked.
    children : (O,) array of int
        Children of each option, at central need and effect.
    units : pd.DataFrame
        ``part, school_id`` (``grade`` where a floor holds for grades), ``programme, n, need, served, unserved``; ``low, high``:
        fewest and most children served over low, central and high need and effect, so that a unit with ``low`` ≥ 1 is
        chosen in all of them; ``unserved_low, unserved_high`` likewise; ``limit`` as :func:`analysis.plan.binding.binding`.
    scenarios : pd.DataFrame
        Every scenario by ``part, school_id, grade``: ``scenario, n, need, served, unserved, unit``; a unit's children stand
        over its grades in proportion to need.
    used : pd.DataFrame
        By capacity: ``children, minutes`` a week (the way included), ``cost`` in euro a year, missing where unknown.
    worth, most, greedy_share : float
        What is served, weighted by effect; what no plan exceeds; and the share of it that the greedy plan reaches.
    greedy_keeps_floors : bool
        Whether the greedy plan reaches every floor: otherwise its share compares with a plan that gives more away.
    unreachable : tuple of str
        Needs (``low``, ``high``) at which the floors cannot be met; left out of the band.
    """

    task: Task
    children: Integers = field(repr=False)
    units: pd.DataFrame = field(repr=False)
    scenarios: pd.DataFrame = field(repr=False)
    used: pd.DataFrame = field(repr=False)
    worth: float
    most: float
    greedy_share: float
    greedy_keeps_floors: bool
    unreachable: tuple[str, ...]


def match(task: Task, file: str = "params/plan") -> Plan:
    """Find the plan that serves most, by worth.

    Parameters
    ----------
    task : Task
        Of :func:`analysis.plan.task.task`.
    file : str
        Name of the file of limits, for the fault.

    Raises
    ------
    InputFaults
        P36 where no plan keeps all limits, with a smallest set of limits that clash.
    """
    need = task.units[CENTRAL].to_numpy()
    effect = effects(task)
    solved = chosen(task, build(task, need, effect), need)
    if solved is None:
        raise InputFaults([Fault("P36", file, facts={"limits": in_words(task, clash(task, need))})])
    children, most = solved
    scenarios, unreachable = _scenarios(task, children)
    served = by_unit(task, children)
    sums = scenarios.groupby(["unit", "scenario"])[["served", "unserved"]].sum()
    ends = sums.groupby(level="unit").agg(["min", "max"])
    bands = {"low": ("served", "min"), "high": ("served", "max")}
    bands |= {"unserved_low": ("unserved", "min"), "unserved_high": ("unserved", "max")}
    units = task.units.assign(need=need, served=served, unserved=need - served)
    units = units.assign(**{name: ends[of].to_numpy() for name, of in bands.items()})
    units["limit"] = binding(task, need, children, _without_floors(task, need, effect, served))
    units, pencil = units.drop(columns=CENTRAL), by_unit(task, greedy(task, need, effect))
    worth = _worth(served, effect)
    share = _worth(pencil, effect) / worth if worth else 1.0
    return Plan(
        task, children, units, scenarios, used(task, children), worth, max(most, worth), share,
        keeps_floors(task, need, pencil), unreachable,
    )  # fmt: skip


def effects(task: Task, name: str = CENTRAL) -> Floats | None:
    """Return the worth of a child served, by unit; None where children count equally."""
    of = task.limits.effects
    if not of:
        return None
    return task.units["programme"].map({p: getattr(e, name) for p, e in of.items()}).to_numpy(dtype="float64")


def by_unit(task: Task, children: Integers) -> Integers:
    """Return the children of each unit that a plan serves."""
    return np.bincount(task.ways.unit, weights=children, minlength=len(task.units)).astype("int64")


def keeps_floors(task: Task, need: Integers, served: Integers) -> bool:
    """Tell whether every equity floor is reached."""
    return all((floor.above(need, served) >= -_ALMOST).all() for floor in floors_of(task))


def _worth(served: Integers, effect: Floats | None) -> float:
    return float(served.sum() if effect is None else served @ effect)


def _scenarios(task: Task, central: Integers) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return the plan of each need and effect, and the needs at which no plan keeps the floors."""
    found, unreachable = [], []
    for name in NEEDS:
        need = task.units[name].to_numpy()
        for kind in NEEDS if task.limits.effects else (CENTRAL,):
            plan: Integers | None = central
            if (name, kind) != (CENTRAL, CENTRAL):
                solved = chosen(task, build(task, need, effects(task, kind)), need)
                plan = None if solved is None else solved[0]
            if plan is None:
                unreachable.append(name)
                break
            scenario = name if (name, kind) == (CENTRAL, CENTRAL) else f"{name}/{kind}"
            found.append(_by_grade(task, by_unit(task, plan), name).assign(scenario=scenario))
    return pd.concat(found, ignore_index=True), tuple(unreachable)


def _without_floors(task: Task, need: Integers, effect: Floats | None, served: Integers) -> Integers:
    """Return the children of each unit whom the plan would serve without floors, where floors cost anything at all."""
    if not floors_of(task):
        return served
    free = replace(task, limits=task.limits.model_copy(update={"floor_percent": Floors()}))
    model = build(free, need, effect)
    found = best(model)
    if found is None or float(model.worth @ found.columns) <= _worth(served, effect) + _ALMOST:
        return served
    return by_unit(task, evened(free, model, need, found.columns)[: model.children].astype("int64"))


def _by_grade(task: Task, served: Integers, name: str) -> pd.DataFrame:
    """Spread each unit's children over its grades in proportion to need: whole parts first, then the largest remainders."""
    rows = task.rows.rename(columns={name: "need"})[["part", "school_id", "grade", "n", "need", "unit"]]
    total = rows.groupby("unit")["need"].transform("sum")
    share = (served[rows["unit"]] * rows["need"] / total.where(total > 0)).fillna(0.0).round(9)
    whole = np.floor(share)
    left = served[rows["unit"]] - whole.groupby(rows["unit"]).transform("sum")
    place = (whole - share).groupby(rows["unit"]).rank(method="first")
    given = (whole + (place <= left)).astype("int64")
    return rows.assign(served=given, unserved=rows["need"] - given)
