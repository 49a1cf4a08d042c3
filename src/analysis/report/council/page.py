"""The council's page: at most seven decisions, each with reason, children reached, cost, owner and next measurement."""

import datetime
import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from analysis.faults import Fault, InputFaults
from analysis.intake.store import slug
from analysis.intake.unit import Unit
from analysis.params import nearest
from analysis.plan_limits import Entry
from analysis.release import Released
from analysis.report.council.candidate import GROUP, KINDS, SUPPORT, Candidate
from analysis.report.council.deciding import candidates, known_keys
from analysis.report.data import withheld
from analysis.report.frame import footer, header_of
from analysis.report.html import Section, render, require_released
from analysis.report.programme_names import programmes_of
from analysis.report.sections import section, source_line
from analysis.report.support.who import key_line
from analysis.words.catalogue import capitalised, say
from analysis.words.numbers import date, month, number

MOST = 7


@dataclass(frozen=True)
class Decision:
    """A candidate with what the board says of it, if anything."""

    candidate: Candidate
    entry: Entry | None


def council(unit: Unit, released: Released, entries: Sequence[Entry] = ()) -> Section:
    """Make the page's one section.

    Parameters
    ----------
    unit : Unit
        The municipality.
    released : Released
        All of its evidence, with that of the plan and of the targets.
    entries : sequence of Entry
        Key ``decisions`` of ``params/plan/<slug>.yml``; without one every owner is "to be decided".

    Raises
    ------
    InputFaults
        P60 (an owner is empty), P61 (about something unknown).
    """
    require_released(released)
    _require_sound(unit, released, entries)
    chosen, left = choose(unit, candidates(unit, released, programmes_of(unit)), entries)
    language = unit.language
    items = [_item(unit, decision) for decision in chosen]
    heads = {name: say(f"council_{name}", language) for name in ("children", "cost", "owner", "next")}
    bodies = [render("council.html.j2", items=items, heads=heads)] if items else []
    bodies += (
        [Markup('<p class="key">{}</p>').format(Markup(" ").join(notes))]
        if (notes := _notes(unit, chosen, left))
        else []
    )
    bodies += [key_line(unit, _against(one)) for one in chosen if one.candidate.kind == GROUP][:1]
    rule = Markup('<p class="source">{}</p>').format(withheld(unit, released, "council_withheld"))
    if not items:
        return section(unit, "council", say("council_heading_none", language), "", [rule])
    heading = say("council_heading", language, count=len(items), n=number(len(items), language))
    bodies.append(Markup('<p class="source">{}</p>').format(source_line(unit, released.where(indicator="roster"))))
    bodies.append(rule)
    return section(unit, "council", heading, say("council_answer", language), bodies)


def council_header(unit: Unit, released: Released) -> Section:
    """Make the page's header; a sheet needs no contents."""
    require_released(released)
    return header_of(unit, released, "council", [])


def council_footer(unit: Unit, released: Released) -> Section:
    """Make the page's footer."""
    return footer(unit, released, "council")


def choose(unit: Unit, found: Sequence[Candidate], entries: Sequence[Entry]) -> tuple[list[Decision], int]:
    """Choose at most seven, and count what is left.

    What the board has taken up comes first, then the weightiest of each kind, so that seven lines about places do not hide a
    target or a group; then all others by the children concerned. Shown are they certain ones first, by the children reached;
    the board's own, which have no figures, last.
    """
    said = {entry.about: entry for entry in entries if entry.about}
    due = [one for one in found if not (one.key in said and said[one.key].leave_out)]
    own = [_own(unit, entry) for entry in entries if not entry.about and not entry.leave_out]
    first = [next((one for one in due if one.kind == kind), None) for kind in KINDS]
    order = [*(one for one in due if one.key in said), *own, *(one for one in first if one), *due]
    picked = list({id(one): one for one in order}.values())[:MOST]
    owned = {
        id(one): entry for one, entry in zip(own, (e for e in entries if not e.about and not e.leave_out), strict=True)
    }
    shown = sorted(picked, key=lambda one: (id(one) in owned, one.rank))
    return [Decision(one, owned.get(id(one)) or said.get(one.key)) for one in shown], len(due) + len(own) - len(picked)


def _require_sound(unit: Unit, released: Released, entries: Sequence[Entry]) -> None:
    """Refuse a decision that nobody answers for, or that is about something the page does not know."""
    file, known = f"{slug(unit.municipality_id)}.yml", known_keys(released)
    faults = [
        Fault("P60", file, facts={"key": entry.about or f"decisions.{number}"})
        for number, entry in enumerate(entries, start=1)
        if not (entry.owner or "").strip() and not entry.leave_out
    ]
    strange = [entry.about for entry in entries if entry.about and entry.about not in known]
    faults += [Fault("P61", file, facts={"key": key, "nearest": nearest(key, known)}) for key in strange]
    if faults:
        raise InputFaults(faults)


def _own(unit: Unit, entry: Entry) -> Candidate:
    """Make a decision of the board's own; there is no figure behind it, and it says so."""
    unknown = say("council_reached_unknown", unit.language)
    decide = Markup("{}").format(getattr(entry.decide, unit.language))
    return Candidate(f"own:{decide}", frozenset({decide}), decide, say("council_own", unit.language), unknown)


def _item(unit: Unit, decision: Decision) -> dict[str, object]:
    one, entry, language = decision.candidate, decision.entry, unit.language
    worded = entry is not None and entry.decide is not None
    decide = Markup("{}").format(getattr(entry.decide, language)) if entry and worded else one.decide
    return {
        "decide": decide,
        "reason": capitalised(one.reason),
        "children": one.reached,
        "cost": _cost(one, entry, language),
        "owner": say("council_owner_open", language) if entry is None or entry.owner_open else entry.owner,
        "next": _next(one, entry, language),
    }


def _cost(one: Candidate, entry: Entry | None, language: str) -> Markup:
    if entry is not None and entry.cost_eur is not None:
        return say("council_cost_eur", language, eur=number(entry.cost_eur, language))
    if math.isnan(one.cost):
        return say("council_cost_unknown", language)
    return say("council_cost_year", language, eur=number(one.cost, language))


def _next(one: Candidate, entry: Entry | None, language: str) -> str:
    when = entry.next_measurement if entry else None
    if isinstance(when, str):
        if len(when) > len("2027-05"):
            return date(datetime.date.fromisoformat(when), language)
        return month(datetime.date.fromisoformat(f"{when}-01"), language)
    if when is not None:
        return date(when, language)
    return one.measured or str(say("council_next_open", language))


def _notes(unit: Unit, chosen: Sequence[Decision], left: int) -> list[Markup]:
    language = unit.language
    notes = [say("council_plan_note", language)] if any(one.candidate.kind == SUPPORT for one in chosen) else []
    if left:
        notes.append(say("council_more", language, count=left, n=number(left, language), most=number(MOST, language)))
    return notes


def _against(decision: Decision) -> str:
    return "country" if getattr(decision.candidate.row, "reference", "") == "country" else "own"
