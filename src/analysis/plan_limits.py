"""Limits of a support plan: one frozen typed object from ``params/plan/<slug>.yml``; what is not known stays empty."""

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from analysis.faults import Fault, InputFaults
from analysis.params import ROOT, load_yaml, type_faults

AUDIT = ROOT / "params" / "audit_minutes.yml"
PLANS = ROOT / "params" / "plan"
_STRICT = ConfigDict(frozen=True, extra="forbid", strict=True)


class Effect(BaseModel):
    """What one child served is worth, in any unit that all programmes of the plan share; an assumption with its source."""

    model_config = _STRICT

    low: float
    central: float
    high: float
    source: str


class Travel(BaseModel):
    """How a specialist of the whole municipality gets from the base to other schools; empty: travel is not counted.

    A visit is the way there and back and ``minutes_per_visit`` with children. Without ``base`` it is the school with the
    smallest sum of distances to the others.
    """

    model_config = _STRICT

    speed_km_per_hour: float | None = None
    minutes_between_schools: float | None = None
    minutes_per_visit: float | None = None
    base: str = ""


class Floors(BaseModel):
    """Equity floors: percent of the need of each school, programme, grade that has to be served.

    ``group`` is a floor for each programme and specialist in each school where there is capacity for it at all.
    """

    model_config = _STRICT

    school: float | None = None
    programme: float | None = None
    grade: float | None = None
    group: float | None = None


class Limits(BaseModel):
    """Everything a plan has to keep to beside places and minutes of the table `support_capacity`.

    Attributes
    ----------
    source : str
        Who set these figures, and whether they are real.
    budget_eur_per_year : float or None
        What support may cost in a school year.
    weeks_per_year : float or None
        Weeks in which support is given.
    minutes_per_child : dict of str to float
        Specialist → minutes a week of one child, or of one group. Where a specialist is not named, the capacity's own
        minutes divided by its places hold.
    minutes_per_specialist : dict of str to float
        Specialist → minutes a week with children of one more full post.
    group_size : dict of str to int
        Programme → children who are taken together; 1 where not named. Holds for stated minutes only.
    travel, floor_percent : Travel, Floors
        See there.
    effects : dict of str to Effect
        Programme → worth of a child served; empty: children count equally.
    curve_places, curve_budget_percent : tuple of int
        How many places more or fewer, and by what percent of the budget, the curves go.
    programmes, decisions : list or dict
        A board's own programmes, and owners of decisions; read elsewhere.
    """

    model_config = _STRICT

    source: str = ""
    budget_eur_per_year: float | None = None
    weeks_per_year: float | None = None
    minutes_per_child: dict[str, float] = {}
    minutes_per_specialist: dict[str, float] = {}
    group_size: dict[str, int] = {}
    travel: Travel = Travel()
    floor_percent: Floors = Floors()
    effects: dict[str, Effect] = {}
    curve_places: tuple[int, ...] = (1, 5)
    curve_budget_percent: tuple[int, ...] = (5, 10)
    programmes: Any = None
    decisions: Any = None


def load_limits(path: Path | None = None) -> Limits:
    """Read a municipality's limits; a missing file means that nothing but capacity limits the plan.

    Raises
    ------
    InputFaults
        P01–P04 (form), P06 (outside the range), P30 (negative budget), P32 (effects that contradict each other).
    """
    if path is None or not path.exists():
        return Limits()
    given = load_yaml(path)
    for key in ("curve_places", "curve_budget_percent"):
        if isinstance(given.get(key), list):
            given[key] = tuple(given[key])
    try:
        limits = Limits.model_validate(given)
    except ValidationError as error:
        known = [*Limits.model_fields, *Travel.model_fields, *Floors.model_fields, *Effect.model_fields]
        raise InputFaults(type_faults(error, path.name, known)) from None
    faults = [*_outside(limits, path.name), *_contradictory(limits, path.name)]
    if faults:
        raise InputFaults(faults)
    return limits


def _outside(limits: Limits, file: str) -> list[Fault]:
    """List values that cannot be: budgets below zero, floors beyond 100 %, minutes and speeds of nothing."""
    budget = limits.budget_eur_per_year
    found = [Fault("P30", file, facts={"key": "budget_eur_per_year"})] if budget is not None and budget < 0 else []
    travel, floors = limits.travel, limits.floor_percent
    ranged: list[tuple[str, float | None, float, float]] = [
        ("weeks_per_year", limits.weeks_per_year, 1, 52),
        ("travel.speed_km_per_hour", travel.speed_km_per_hour, 1, 200),
        ("travel.minutes_between_schools", travel.minutes_between_schools, 0, 600),
        ("travel.minutes_per_visit", travel.minutes_per_visit, 5, 600),
        *((f"floor_percent.{name}", value, 0, 100) for name, value in floors.model_dump().items()),
        *((f"minutes_per_child.{name}", value, 1, 2400) for name, value in limits.minutes_per_child.items()),
        *((f"minutes_per_specialist.{name}", value, 1, 2400) for name, value in limits.minutes_per_specialist.items()),
        *((f"group_size.{name}", value, 1, 40) for name, value in limits.group_size.items()),
        *(("curve_places", step, 1, 1000) for step in limits.curve_places),
        *(("curve_budget_percent", step, 1, 100) for step in limits.curve_budget_percent),
    ]
    for key, value, low, high in ranged:
        if value is not None and not low <= value <= high:
            found.append(Fault("P06", file, facts={"key": key, "range": f"{low}–{high}"}))
    return found


def _contradictory(limits: Limits, file: str) -> list[Fault]:
    """List effects whose ends stand the wrong way round, or below zero."""
    turned = [name for name, e in limits.effects.items() if not 0 <= e.low <= e.central <= e.high]
    return [Fault("P32", file, facts={"key": f"effects.{name}"}) for name in turned]


def audit_minutes() -> dict[str, dict[str, Any]]:
    """Return the State Audit Office's minutes a week per pupil in need: specialist → ``low, high, source, year``."""
    found: dict[str, dict[str, Any]] = load_yaml(AUDIT)["specialists"]
    return found
