"""Section 8: is there enough support? Need against places, who is left out and which limit binds."""

import math
from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from analysis.intake.unit import Unit
from analysis.release import Released
from analysis.report import naming
from analysis.report.html import Section, require_released
from analysis.report.sections import NOTHING, confidence, figure, section, source_line
from analysis.report.strips import Scale, filled
from analysis.report.support.audit import minutes_folded
from analysis.report.support.curves import more_folded
from analysis.report.support.even import money_short
from analysis.report.support.kinds import (
    ENOUGH,
    LACKS,
    UNKNOWN,
    Kind,
    because,
    heading_name,
    is_missing,
    kinds,
    misplaced,
    name_of,
    rounded_apart,
    told,
    unknown_places,
)
from analysis.report.support.schools import schools_folded
from analysis.report.support.unknown import unknown_folded
from analysis.report.tables import DotRow, Figure, dots
from analysis.report.ways import trials
from analysis.words.catalogue import capitalised, counted, say, sentences
from analysis.words.numbers import WITHHELD, listed, number, span

_NAMED = 3
_STEPS = tuple(base * 10**power for power in range(5) for base in (5, 10, 15, 20, 25, 30, 40, 60, 75))
OF_SUPPORT = ["support_need", "support_served", "support_unmet", "plan_served", "plan_unserved", "support_places"]
_BESIDE = ("support_note", "plan_budget", "plan_minutes", "audit_minutes", "plan_marginal", "targeting")


def support_places(unit: Unit, released: Released) -> Section:
    """Make section 8 of the municipality page; without a need or places that are known there is none.

    Parameters
    ----------
    unit : Unit
        The municipality.
    released : Released
        Evidence of need, plan and places among all others.
    """
    return _section(unit, released, "support", [schools_folded, more_folded])


def support_needs(unit: Unit, released: Released) -> Section:
    """Make the same section for the page of the plan, where schools and one more place have sections of their own.

    That page has nothing else, so it also says why nothing is known.
    """
    found = _section(unit, released, "support", [_without_targeting])
    reasons = unknown_folded(unit, released) if found is NOTHING else []
    if not reasons:
        return found
    title, answer = (say(key, unit.language) for key in ("plan_heading_nothing", "plan_nothing"))
    return section(unit, "support", title, answer, reasons, source_line(unit, released.where(indicator="support_note")))


def _without_targeting(unit: Unit, released: Released) -> list[Markup]:
    """Say what the plan's page does not compare, and why; where something was compared, nothing."""
    return (
        []
        if trials(unit, released)
        else [Markup('<p class="key">{}</p>').format(say("plan_no_targeting", unit.language))]
    )


def _section(unit: Unit, released: Released, key: str, more: list[Any]) -> Section:
    require_released(released)
    released = released.where(
        indicator=[*OF_SUPPORT, *_BESIDE]
    )  # looked up often: the page's other rows would be in the way
    known, unneeded = kinds(unit, released), unknown_places(unit, released)
    if not known and not unneeded:
        return NOTHING
    own = released.where(municipality_id=unit.municipality_id, indicator=OF_SUPPORT)
    bodies = [bars(unit, own, known)] if known else []
    for made in (*more, minutes_folded, unknown_folded):
        bodies += made(unit, released)
    return section(unit, key, heading(unit, known), _answer(unit, released, known), bodies, source_line(unit, own))


def heading(unit: Unit, known: list[Kind]) -> Markup:
    """Return the message: of which kinds places are surely lacking."""
    language = unit.language
    judged = [kind for kind in known if kind.state != UNKNOWN]
    if not judged:
        return say("places_heading_no_places" if known else "places_heading_no_need", language)
    lacking = [kind for kind in judged if kind.state == LACKS]
    if not lacking:
        enough = all(kind.state == ENOUGH for kind in judged)
        return say("places_heading_enough" if enough else "places_heading_unsure", language)
    if all(kind.reached is None for kind in lacking):
        return say("places_heading_now", language)
    names = [heading_name(unit, kind) for kind in lacking]
    if len(lacking) <= _NAMED and all(names):
        text = listed(names, language)
        return say("places_heading_named", language, list=text, List=capitalised(text))
    if len(lacking) == 1:
        return say("places_heading_one", language, name=name_of(unit, lacking[0].part))
    key = "places_heading_all" if len(lacking) == len(known) else "places_heading_some"
    return say(key, language, count=len(known), n=len(lacking), **({} if key.endswith("all") else {"all": len(known)}))


def _answer(unit: Unit, released: Released, known: list[Kind]) -> Markup:
    language = unit.language
    if not known:
        return say("places_answer_no_need", language)
    first = known[0]
    key = (
        "places_answer_need"
        if not told(first.left)
        else "places_answer"
        if first.reached is not None
        else "places_answer_now"
    )
    parts = [say(key, language, **facts_of(unit, first))]
    if first.reached is not None and told(first.served) and first.served.low > first.reached.estimate:
        parts.append(say("places_answer_fewer", language, served=_figure(first.served, language)))
    if short := money_short(unit, released):
        parts.append(short)
    if spare := misplaced(unit, released, first.part):
        parts.append(say("places_answer_misplaced", language, count=spare, n=number(spare, language)))
    others = [kind for kind in known[1:] if kind.state == LACKS]
    if others:
        items = [
            str(say("places_answer_other", language, **facts_of(unit, kind)).unescape()) for kind in others[:_NAMED]
        ]
        key = "places_answer_others" if len(others) <= _NAMED else "places_answer_more"
        parts.append(say(key, language, list=listed(items, language)))
    if all(kind.reached is None for kind in known):
        parts.append(say("places_answer_no_places", language))
    return Markup(" ").join(parts)


def facts_of(unit: Unit, kind: Kind) -> dict[str, object]:
    """Return what sentences about one kind name."""
    language, why = unit.language, because(unit, kind)
    name = name_of(unit, kind.part)
    return {
        "name": name,
        "Name": capitalised(name),
        "need": counted("children_to", int(kind.need.estimate), language),
        "interval": _ends(kind.need, language),
        "confidence": "90\u00a0%" if language == "lv" else "90%",
        "places": places_in(unit, kind),
        "reached": _figure(kind.reached, language),
        "served": _figure(kind.served, language),
        "left": _figure(kind.left, language),
        "left_interval": _ends(kind.left, language),
        "because": say("places_because", language, why=why) if why else "",
    }


def places_in(unit: Unit, kind: Kind) -> Markup:
    """Say how many places there are: ``vietu ir 40``."""
    if not told(kind.places):
        return say("places_not_given", unit.language)
    n = int(kind.places.estimate)
    return say("places_are", unit.language, count=n, n=number(n, unit.language))


def _figure(row: Any, language: str) -> str:
    return "–" if row is None else number(row.estimate, language)


def _ends(row: Any, language: str) -> str:
    if row is None or math.isnan(row.low) or math.isnan(row.high):
        return ""
    return span(row.low, row.high, language)


def bars(unit: Unit, own: Released, known: list[Kind]) -> Markup:
    """Draw a bar a kind of support: who is served of those in need, with the figures beside it."""
    language = unit.language
    scale, planned = _scale(known), any(kind.reached is not None for kind in known)
    heads = ["need", "places", "served_now", *(["plan"] if planned else []), "left"]
    level = confidence(unit, own.where(indicator="support_need"))
    small = {"need": str(say("column_interval", language, confidence=level))}
    drawn = dots(
        language,
        str(say("places_caption", language)),
        [str(say("column_kind", language))],
        [(str(say(f"column_{head}", language)), small.get(head, "")) for head in heads],
        scale,
        "",
        [_row(unit, kind, scale, planned) for kind in known],
        unit="pupils",
        verdicts=False,
        n_head=str(say("column_entitled", language)),
        n_short=str(say("entitled_short", language)),
    )
    years = naming.years(unit, known[0].need)
    sub = say("places_sub_plan" if planned else "places_sub_now", language, confidence=level, years=years)
    notes = [say("places_need_is", language)]
    notes += [say("places_rounded", language)] if any(map(rounded_apart, known)) else []
    return figure(drawn + Markup('<p class="key">{}</p>').format(Markup(" ").join(notes)), sub)


def _scale(known: list[Kind]) -> Scale:
    most = max(max(kind.need.estimate, kind.need.high if not math.isnan(kind.need.high) else 0.0) for kind in known)
    step = next((s for s in sorted(_STEPS) if s * 4 >= most), max(_STEPS))
    ticks = tuple(float(step * i) for i in range(5))
    return Scale(0.0, ticks[-1], ticks, zero=None)


def _row(unit: Unit, kind: Kind, scale: Scale, planned: bool) -> DotRow:
    language = unit.language
    full = kind.reached if kind.reached is not None else kind.served
    mark = kind.served.estimate if kind.reached is not None and told(kind.served) else math.nan
    whole = kind.need.estimate if told(kind.left) or full is None else math.nan
    cells = [Figure(_figure(kind.need, language), _ends(kind.need, language)), Figure(_figure(kind.places, language)),
             Figure(_figure(kind.served, language), _ends(kind.served, language))]  # fmt: skip
    cells += [Figure(_figure(kind.reached, language))] if planned else []
    cells.append(Figure(_figure(kind.left, language), _ends(kind.left, language)))
    return DotRow(
        block="",
        name=capitalised(name_of(unit, kind.part)),
        drawing=filled(
            scale, math.nan if full is None else full.estimate, whole, kind.need.low, kind.need.high, mark,
            ", ".join(_told(unit, kind)),
        ),
        figures=tuple(cells),
        n=WITHHELD if is_missing(kind.need) else number(int(kind.need.n), language),
        note=because(unit, kind),
    )  # fmt: skip


def _told(unit: Unit, kind: Kind) -> Iterator[str]:
    """Say the numbers of a row as its drawing's text."""
    language = unit.language
    yield str(
        say("strip_need", language, need=_figure(kind.need, language), interval=_ends(kind.need, language)).unescape()
    )
    for name in ("reached", "served", "left"):
        if told(row := getattr(kind, name)):
            yield str(say(f"strip_{name}", language, n=_figure(row, language)).unescape())


def short_support(unit: Unit, released: Released) -> Iterator[tuple[float, Markup, str]]:
    """Say in one sentence which kind leaves most children, where children are surely left."""
    lacking = [kind for kind in kinds(unit, released) if kind.state == LACKS]
    for kind in lacking[:1]:
        yield sentences()["short_support"]["priority"], lacks_in_short(unit, kind), "support"


def lacks_in_short(unit: Unit, kind: Kind) -> Markup:
    """Say of one kind what is needed, what there is, who is left and why."""
    key = "short_support" if kind.reached is not None else "short_support_now"
    return say(key, unit.language, count=int(kind.left.estimate), **facts_of(unit, kind))


def missing_support(unit: Unit, released: Released) -> list[Markup]:
    """Say in the section about the data what a plan lacks."""
    own = released.where(municipality_id=unit.municipality_id, school_id="")
    need = bool(kinds(unit, released))
    places = len(own.where(indicator="support_places")) > 0
    if need and places:
        return []
    key = "_need" if places else "_places" if need else ""
    return [capitalised(say(f"data_missing_support{key}", unit.language))]
