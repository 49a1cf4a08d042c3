"""A municipality's support plan: need from its results, places from its capacity, limits from its own file."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from analysis.evidence import evidence, no_evidence
from analysis.faults import Fault, InputFaults, rejected
from analysis.intake.store import slug
from analysis.intake.unit import Unit
from analysis.plan.curves import Curves, curves
from analysis.plan.entries import entry_faults
from analysis.plan.floors import floor_prices
from analysis.plan.matching import Plan, match
from analysis.plan.need import support_need
from analysis.plan.places import offered
from analysis.plan.planned import plan_evidence
from analysis.plan.task import Task, task, within_totals
from analysis.plan_limits import PLANS, Limits, audit_minutes, load_limits
from analysis.programmes import Programmes, load_programmes


@dataclass(frozen=True)
class Planned:
    """What is planned for a municipality.

    Attributes
    ----------
    need : pd.DataFrame
        Evidence of need, of who is served now, and of what is not known.
    plan, curves : Plan and Curves, or None
        Without capacity, or without any need that is known, there is nothing to plan.
    evidence : pd.DataFrame
        Evidence of the plan; empty where there is none.
    programmes : Programmes
        Those of the country with the board's own over them.
    limits : Limits
        Of ``params/plan/<slug>.yml``.
    faults : tuple of Fault
        Accepted ones: capacity without need, need without capacity, capacity that knows neither places nor minutes.
    places : pd.DataFrame
        Evidence of the places that are offered, also where no need is known.
    """

    need: pd.DataFrame
    plan: Plan | None
    curves: Curves | None
    evidence: pd.DataFrame
    programmes: Programmes
    limits: Limits
    faults: tuple[Fault, ...] = field(default=())
    places: pd.DataFrame = field(default_factory=no_evidence)

    @property
    def shown(self) -> pd.DataFrame:
        """Evidence for pages: of the municipality and of its schools; grades and dual prices stay with the analyst."""
        rows = pd.concat([self.need, self.evidence, self.places], ignore_index=True)
        return rows[(rows["grade"] == "") & ~rows["part"].str.contains("|price", regex=False)].reset_index(drop=True)


def plan_file(municipality_id: str) -> Path:
    """Return where the limits of a municipality's plan lie, if it has any."""
    return PLANS / f"{slug(municipality_id)}.yml"


def planned(unit: Unit, limits: Limits | None = None) -> Planned:
    """Plan support for a municipality.

    Parameters
    ----------
    unit : Unit
        The municipality; its tables of enrolments, support given and capacity.
    limits : Limits, optional
        Other limits than those of its file, to see what would change.

    Raises
    ------
    InputFaults
        P20–P35: entries of its file that contradict each other or what is known. Limits that no plan keeps (P36) are among
        ``faults``, and a note says that there is no plan.
    """
    file = plan_file(unit.municipality_id)
    limits = load_limits(file) if limits is None else limits
    need, programmes = need_of(unit, limits)
    asked, faults = asked_of(unit, need, limits)
    places = offered(unit.table("support_capacity"), unit.municipality_id)
    if asked is None:
        return Planned(need, None, None, no_evidence(), programmes, limits, faults, places=places)
    try:
        made = match(asked, file.name)
    except InputFaults as found:  # limits that clash leave the rest of a page as it is: it says that there is no plan
        return Planned(need, None, None, _clash(unit), programmes, limits, (*faults, *found.faults), places=places)
    bought = curves(asked)
    rows = rows_of(unit, made, bought, floor_prices(made))
    return Planned(need, made, bought, rows, programmes, limits, faults, places=places)


def _clash(unit: Unit) -> pd.DataFrame:
    """Return the note that no plan keeps the limits; which of them clash is told in the fault."""
    year, n = int(unit.table("support_capacity")["school_year"].max()), len(unit.table("enrolments"))
    row = pd.DataFrame({"part": ["plan:clash"], "n": [n], "estimate": [float(n)], "school_year": [year]})
    return evidence(
        row, indicator="support_note", unit="pupils", municipality_id=unit.municipality_id, method="limits that clash"
    )


def need_of(unit: Unit, limits: Limits) -> tuple[pd.DataFrame, Programmes]:
    """Return the need of a municipality, which only the programmes of its limits decide, and the programmes."""
    enrolments, file = unit.table("enrolments"), plan_file(unit.municipality_id)
    programmes = load_programmes(limits.programmes or (), enrolments.columns, own_file=file.name)
    if enrolments.empty:
        return no_evidence(), programmes
    need = support_need(
        enrolments, unit.results, unit.table("marks"), unit.table("support_given"), programmes, unit.attributes,
        unit.params, modelled=unit.modelled,
    )  # fmt: skip
    return need, programmes


def asked_of(unit: Unit, need: pd.DataFrame, limits: Limits) -> tuple[Task | None, tuple[Fault, ...]]:
    """Put need, capacity and limits together; nothing where need or capacity is not known, with accepted faults.

    Raises
    ------
    InputFaults
        P31–P35: entries of the limits that contradict each other or what is known.
    """
    if need.empty:
        return None, ()
    capacity, file = unit.table("support_capacity"), plan_file(unit.municipality_id).name
    wanted = need[(need["indicator"] == "support_need") & (need["school_id"] != "") & (need["grade"] != "")]
    faults = tuple(entry_faults(limits, wanted, capacity, unit.schools, file))
    if rejected(faults):
        raise InputFaults(faults)
    known = {str(part).split("/")[0] for part in wanted["part"].unique()}
    capacity = capacity[
        capacity["programme"].astype("str").isin(known)
    ]  # what is offered without a known need is told apart
    if capacity.empty:
        return None, faults
    return task(within_totals(wanted, need), capacity, unit.schools, limits), faults


def rows_of(unit: Unit, plan: Plan, curves: Curves | None = None, evener: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return the evidence of a municipality's plan, for the newest year of its capacity."""
    year = int(unit.table("support_capacity")["school_year"].max())
    return plan_evidence(
        plan, curves, audit_minutes(), municipality_id=unit.municipality_id, school_year=year, evener=evener
    )


def check_plans(ids: Sequence[str]) -> list[Fault]:
    """Read the limits and own programmes of municipalities before anything starts; return their faults."""
    found: list[Fault] = []
    for municipality_id in ids:
        file = plan_file(municipality_id)
        try:
            limits = load_limits(file)
            load_programmes(limits.programmes or (), own_file=file.name)
        except InputFaults as faults:
            found += faults.faults
    return found
