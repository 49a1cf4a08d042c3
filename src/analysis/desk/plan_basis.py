"""What is known of a municipality's plan before anything is changed, and what a change makes of it."""

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from analysis import stats
from analysis.batch.planned import asked_of, need_of, plan_file, rows_of
from analysis.desk.plan_wish import Wish, as_it_is, limits_with, step_of, with_places
from analysis.faults import Fault, InputFaults
from analysis.intake.unit import Unit
from analysis.plan.curves import Curves, curves
from analysis.plan.matching import Plan, match
from analysis.plan.task import Task
from analysis.plan.thresholds import stress
from analysis.plan_limits import Limits, load_limits
from analysis.programmes import Programmes
from analysis.release import Released, release


@dataclass(frozen=True)
class Basis:
    """What stays while choices change; computed once a municipality.

    Attributes
    ----------
    unit : Unit
        The municipality, without its pupils' rows.
    need : pd.DataFrame
        Evidence of need: not released, kept in memory alone.
    limits : Limits
        Of its file.
    programmes : Programmes
        With names.
    task : Task or None
        What the plan has to solve; None without need or capacity.
    before : Released or None
        The plan at the limits of its file; None where there is none.
    faults : tuple of Fault
        Accepted faults, or why there is no plan at the limits of the file.
    marks : Released
        Expected numbers below pass marks.
    """

    unit: Unit
    need: pd.DataFrame = field(repr=False)
    limits: Limits
    programmes: Programmes = field(repr=False)
    task: Task | None = field(repr=False)
    before: Released | None
    faults: tuple[Fault, ...]
    marks: Released


@dataclass(frozen=True)
class Solved:
    """The plan at a wish, what may be shown of it, and the limits and places that it keeps to."""

    plan: Plan = field(repr=False)
    shown: Released
    limits: Limits
    step: int


def basis_of(unit: Unit) -> Basis:
    """Work out need, today's plan and the numbers below pass marks.

    Raises
    ------
    InputFaults
        P01–P06, P20–P35: entries of its file that cannot be, or that nothing else knows.
    """
    limits = load_limits(plan_file(unit.municipality_id))
    need, programmes = need_of(unit, limits)
    task, faults = asked_of(unit, need, limits)
    before = None
    try:
        if task is not None:
            before = _released(unit, need, match(task, plan_file(unit.municipality_id).name))
    except InputFaults as clash:
        faults = clash.faults
    marks = _marks(unit)
    return Basis(replace(unit, results=unit.results.head(0)), need, limits, programmes, task, before, faults, marks)


def _marks(unit: Unit) -> Released:
    """Release expected numbers below marks beside the rates of the same tests that the page shows."""
    results, params = unit.results, unit.params
    rates = [
        stats.result_shares(results, params, unit.modelled),
        stats.band_shares(results, unit.reference_bands, params),
    ]
    found = stress(results, unit.modelled, unit.reference_bands, params)
    return release([*rates, found], params).where(indicator=["fail_count_at", "fail_count_coming"])


def now_of(basis: Basis, part: str) -> Wish:
    """Return the wish that changes nothing in a part."""
    if basis.task is None:
        raise ValueError("there is no plan")
    return as_it_is(basis.task, part)


def parts_served(basis: Basis, part: str) -> list[str]:
    """Return the parts of need that the capacity of a part can serve."""
    if basis.task is None:
        return []
    ways, own = basis.task.ways, (basis.task.capacity["part"] == part).to_numpy()
    return sorted(basis.task.units["part"].iloc[np.unique(ways.unit[own[ways.capacity]])].unique())


def solve(basis: Basis, wish: Wish) -> Solved:
    """Solve the plan anew at a wish; need stays as it was worked out.

    Raises
    ------
    InputFaults
        P31 (a budget without weeks or prices), P36 (limits that no plan keeps).
    """
    task, limits = _asked(basis, wish)
    step = step_of(task, wish)
    plan = match(with_places(task, wish.part, step), plan_file(basis.unit.municipality_id).name)
    return Solved(plan, _released(basis.unit, basis.need, plan), limits, step)


def curve(basis: Basis, wish: Wish, solved: Solved) -> Released:
    """Work out what more and fewer places of the part, and euro, do at the wish's limits; its own step is among them."""
    asked, limits = _asked(basis, wish)
    steps = tuple(sorted({*limits.curve_places, *([abs(solved.step)] if solved.step else [])}))
    bought = curves(replace(asked, limits=limits.model_copy(update={"curve_places": steps})), {wish.part})
    return _released(basis.unit, basis.need, solved.plan, bought).where(indicator="plan_marginal")


def _released(unit: Unit, need: pd.DataFrame, plan: Plan, bought: Curves | None = None) -> Released:
    """Release a plan beside the need, which decides what of it may be shown; return the plan's part."""
    rows = rows_of(unit, plan, bought)
    return release([need, rows], unit.params).where(indicator=sorted(set(rows["indicator"])))


def _asked(basis: Basis, wish: Wish) -> tuple[Task, Limits]:
    limits = limits_with(wish, now_of(basis, wish.part), basis.limits)
    task, _ = asked_of(basis.unit, basis.need, limits)
    if task is None:
        raise ValueError("there is no plan")
    return task, limits
