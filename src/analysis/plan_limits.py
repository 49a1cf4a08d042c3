"""Limits of a support plan: one frozen typed object from ``params/plan/<slug>.yml``; what is not known stays empty."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from analysis.faults import Fault, InputFaults
from analysis.params import ROOT, load_yaml, nearest, type_faults
from analysis.programmes.model import Name

AUDIT = ROOT / "params" / "audit_minutes.yml"
PLANS = ROOT / "params" / "plan"
NO_OWNER_YET = ("to be decided", "jāizlemj")
_STRICT = ConfigDict(frozen=True, extra="forbid", strict=True)
KINDS_OF_DECISION = ("support", "group", "target", "signs", "data")
_WHEN = re.compile(r"\d{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?")


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


class Visits(BaseModel):
    """How methodologists' visits are planned (``methodologists`` says how many there are).

    Attributes
    ----------
    per_sign, most : int
        Visits that one sign of a need (a weaker skill, a gap of competence) takes in a year, and the most for one field.
    minutes : float or None
        Minutes of one visit at a school; without it the way is not counted.
    minutes_per_methodologist : float or None
        Minutes a year that a methodologist has for visits, the way included.
    every_school : bool
        Whether each school with a need that a field serves gets one visit at least.
    """

    model_config = _STRICT

    per_sign: int = 2
    most: int = 6
    minutes: float | None = None
    minutes_per_methodologist: float | None = None
    every_school: bool = True


class Floors(BaseModel):
    """Equity floors: percent of the need of each school, programme, grade that has to be served.

    ``group`` is a floor for each programme and specialist in each school where there is capacity for it at all.
    """

    model_config = _STRICT

    school: float | None = None
    programme: float | None = None
    grade: float | None = None
    group: float | None = None


class Entry(BaseModel):
    """What a board says of one decision of the council's page.

    Attributes
    ----------
    about : str
        Key of the decision (``support:reading``); ``params/plan/D001.yml`` lists their kinds.
    decide : Name or None
        The board's own words for it; without ``about`` a decision of the board's own.
    owner : str or None
        Who answers for it; "to be decided" where that is open. Never empty.
    next_measurement : str, date or None
        Year and month, or a date.
    cost_eur : float or None
        What it costs, where the board knows it.
    leave_out : bool
        Whether the page leaves it out.
    """

    model_config = _STRICT

    about: str = ""
    decide: Name | None = None
    owner: str | None = None
    next_measurement: str | date | None = None
    cost_eur: float | None = None
    leave_out: bool = False

    @property
    def owner_open(self) -> bool:
        """Whether the owner is still to be decided."""
        return (self.owner or "").strip().casefold() in NO_OWNER_YET


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
    give_up_percent : float
        Percent of the worth that a plan can reach which may be given up for a more even one; 0: none, so that only plans of
        equal worth are compared.
    effects : dict of str to Effect
        Programme → worth of a child served; empty: children count equally.
    visits : Visits
        How methodologists' visits are planned.
    curve_places, curve_budget_percent : tuple of int
        How many places more or fewer, and by what percent of the budget, the curves go.
    programmes : list
        A board's own programmes; read elsewhere.
    decisions : tuple of Entry
        What the board says of the decisions of its council's page.
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
    give_up_percent: float = 0.0
    effects: dict[str, Effect] = {}
    visits: Visits = Visits()
    curve_places: tuple[int, ...] = (1, 5)
    curve_budget_percent: tuple[int, ...] = (5, 10)
    programmes: Any = None
    decisions: tuple[Entry, ...] = ()


def load_limits(path: Path | None = None) -> Limits:
    """Read a municipality's limits; a missing file means that nothing but capacity limits the plan.

    Raises
    ------
    InputFaults
        P01–P04 (form), P06 (outside the range), P30 (negative budget), P32 (effects that contradict each other), P60–P64
        (decisions without an owner, about something unknown, with a date that is none, twice the same, about nothing).
    """
    if path is None or not path.exists():
        return Limits()
    given = load_yaml(path)
    for key in ("curve_places", "curve_budget_percent", "decisions"):
        if isinstance(given.get(key), list):
            given[key] = tuple(given[key])
    try:
        limits = Limits.model_validate(given)
    except ValidationError as error:
        known = [
            *Limits.model_fields,
            *Travel.model_fields,
            *Floors.model_fields,
            *Effect.model_fields,
            *Entry.model_fields,
            *Visits.model_fields,
        ]
        raise InputFaults(type_faults(error, path.name, known)) from None
    faults = [*_outside(limits, path.name), *_contradictory(limits, path.name), *_decided(limits.decisions, path.name)]
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
        ("give_up_percent", limits.give_up_percent, 0, 100),
        ("visits.per_sign", limits.visits.per_sign, 1, 40),
        ("visits.most", limits.visits.most, 1, 40),
        ("visits.minutes", limits.visits.minutes, 5, 600),
        ("visits.minutes_per_methodologist", limits.visits.minutes_per_methodologist, 0, 120_000),
        *((f"floor_percent.{name}", value, 0, 100) for name, value in floors.model_dump().items()),
        *((f"minutes_per_child.{name}", value, 1, 2400) for name, value in limits.minutes_per_child.items()),
        *((f"minutes_per_specialist.{name}", value, 1, 2400) for name, value in limits.minutes_per_specialist.items()),
        *((f"group_size.{name}", value, 1, 40) for name, value in limits.group_size.items()),
        *((f"decisions.{i}.cost_eur", one.cost_eur, 0, 10**9) for i, one in enumerate(limits.decisions, start=1)),
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


def _decided(entries: tuple[Entry, ...], file: str) -> Iterator[Fault]:
    """Find decisions that nobody answers for, that are about nothing known, or that cannot be dated."""
    about = [entry.about for entry in entries if entry.about]
    for key in sorted({key for key in about if about.count(key) > 1}):
        yield Fault("P63", file, facts={"key": key})
    for number, entry in enumerate(entries, start=1):
        key = entry.about or f"decisions.{number}"
        if not entry.about and entry.decide is None:
            yield Fault("P64", file, facts={"key": key})
        if entry.about and (kind := entry.about.partition(":")[0]) not in KINDS_OF_DECISION:
            yield Fault("P61", file, facts={"key": key, "nearest": nearest(kind, KINDS_OF_DECISION)})
        if not (entry.owner or "").strip() and not entry.leave_out:
            yield Fault("P60", file, facts={"key": key})
        when = entry.next_measurement
        if isinstance(when, str) and not _WHEN.fullmatch(when):
            yield Fault("P62", file, facts={"key": key})


def audit_hours() -> dict[str, float]:
    """Return how far, at most, the State Audit Office found delivered hours below planned ones: subject → percent."""
    return {str(domain): float(most) for domain, most in load_yaml(AUDIT)["hours_below_plan"].items()}


def audit_minutes() -> dict[str, dict[str, Any]]:
    """Return the State Audit Office's minutes a week per pupil in need: specialist → ``low, high, source, year``."""
    found: dict[str, dict[str, Any]] = load_yaml(AUDIT)["specialists"]
    return found
