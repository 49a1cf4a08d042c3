"""What one more place, post or euro buys, and what a cut costs: the plan's curves, lying on their side."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from analysis.evidence import each
from analysis.intake.unit import Unit
from analysis.release import Released
from analysis.release.door import DECIMALS
from analysis.report.html import Section, require_released
from analysis.report.sections import NOTHING, figure, section, source_line
from analysis.report.strips import Scale, strip
from analysis.report.support.kinds import Kind, because, kinds, name_of, told_as
from analysis.report.tables import DotRow, Figure, details, dots
from analysis.words.catalogue import capitalised, say
from analysis.words.numbers import MINUS, listed, number, span

BUDGET = "budget"
_REACH = (2, 4, 10, 20, 40, 60, 100, 200, 400, 600, 1000, 2000)
_MOST_STEPS = 2  # on each side of today


@dataclass(frozen=True)
class Step:
    """One step of a curve: places or euro more or fewer, whether that is a full post, and the released row."""

    part: str
    size: float
    post: bool
    row: Any


def steps(unit: Unit, released: Released) -> dict[str, list[Step]]:
    """Return the curves by part, money last: at most two steps on each side of today, the largest ones."""
    rows = released.where(indicator="plan_marginal", municipality_id=unit.municipality_id, school_id="").rows
    found: dict[str, list[Step]] = {}
    for row in each(rows.dropna(subset=["estimate"])):
        part, what, *post = row.part.split("|")
        if not what.startswith("price"):
            found.setdefault(part, []).append(Step(part, float(what), bool(post), row))
    order = {kind.part: place for place, kind in enumerate(kinds(unit, released))}
    parts = sorted(
        found, key=lambda part: (part == BUDGET, order.get(part, order.get(part.partition("/")[0], 99)), part)
    )
    return {part: _largest(found[part]) for part in parts}


def _largest(own: list[Step]) -> list[Step]:
    sides = [
        sorted((s for s in own if s.size * sign > 0), key=lambda s: -abs(s.size))[:_MOST_STEPS] for sign in (-1, 1)
    ]
    sides = [[s for s in side if abs(s.size) > 1] or side for side in sides]
    return sorted(sides[0] + sides[1], key=lambda step: step.size)


def more_folded(unit: Unit, released: Released) -> list[Markup]:
    """Fold sentences and table into section 8."""
    curves = steps(unit, released)
    if not curves:
        return []
    told = list(_sentences(unit, released, curves))
    words = [Markup("<p>{}</p>").format(Markup(" ").join(told))] if told else []
    return [details(say("more_summary", unit.language), *words, _table(unit, released, curves))]


def one_more_place(unit: Unit, released: Released) -> Section:
    """Make the section of the plan's page."""
    require_released(released)
    curves = steps(unit, released)
    if not curves:
        return NOTHING
    own = released.where(indicator="plan_marginal", municipality_id=unit.municipality_id)
    answer = Markup(" ").join(_sentences(unit, released, curves))
    bodies = [_table(unit, released, curves)]
    return section(unit, "more", _heading(unit, kinds(unit, released), curves), answer, bodies, source_line(unit, own))


def in_sentences(unit: Unit, released: Released) -> list[Markup]:
    """Say what one more post buys, what a cut costs, what money would do; nothing without curves."""
    curves = steps(unit, released)
    return list(_sentences(unit, released, curves)) if curves else []


def best_post(curves: dict[str, list[Step]], sign: int) -> Step | None:
    """Return the post whose addition (or cut) surely changes most, None where none surely does."""
    posts = [s for own in curves.values() for s in own if s.post and s.size * sign > 0 and s.row.unit == "pupils"]
    sure = [s for s in posts if (s.row.low if sign > 0 else -s.row.high) >= 1]
    return max(sure, key=lambda s: (abs(s.row.estimate), s.part), default=None)


def _heading(unit: Unit, known: list[Kind], curves: dict[str, list[Step]]) -> Markup:
    best = best_post(curves, 1)
    if best is not None:
        return say("more_heading", unit.language, name=name_of(unit, told_as(best.part, known)))
    added = [s.row.high for own in curves.values() for s in own if s.size > 0 and s.part != BUDGET]
    return say("more_heading_none" if added and max(added) < 1 else "more_heading_plain", unit.language)


def _sentences(unit: Unit, released: Released, curves: dict[str, list[Step]]) -> Iterator[Markup]:
    language, known = unit.language, kinds(unit, released)
    if any(s.row.unit != "pupils" for own in curves.values() for s in own):
        yield say("more_points", language)
        return
    for key, sign in (("more_best", 1), ("more_cut", -1)):
        if (best := best_post(curves, sign)) is not None:
            yield say(
                key,
                language,
                name=name_of(unit, told_as(best.part, known)),
                n=number(abs(best.size), language),
                **_gain(best, language),
            )
    flat = list(_flat(unit, released, curves))
    if flat:
        yield say("more_flat", language, list=listed(flat, language))
    money = next((s for s in curves.get(BUDGET, []) if s.size > 0 and s.row.low >= 1), None)
    if money is not None:
        yield say("more_budget", language, euro=number(money.size, language), **_gain(money, language))


def _gain(step: Step, language: str) -> dict[str, Any]:
    low, high = sorted((abs(step.row.low), abs(step.row.high)))
    gain = int(abs(step.row.estimate))
    return {"count": gain, "gain": number(gain, language), "interval": span(low, high, language)}


def _flat(unit: Unit, released: Released, curves: dict[str, list[Step]]) -> Iterator[str]:
    """Name kinds of which more places reach nobody, though children are left, and what they lack instead."""
    known = {kind.part: kind for kind in kinds(unit, released)}
    for part, own in curves.items():
        more = [s for s in own if s.size > 0]
        kind = known.get(part, known.get(part.partition("/")[0]))
        if part == BUDGET or kind is None or not more or max(s.row.high for s in more) >= 1:
            continue
        why = because(unit, kind, besides=("places", "minutes"))  # both come with a place
        if why:
            yield str(say("more_flat_item", unit.language, name=name_of(unit, kind.part), why=why).unescape())


def _table(unit: Unit, released: Released, curves: dict[str, list[Step]]) -> Markup:
    language, known = unit.language, kinds(unit, released)
    places = {row.part: row for row in each(released.where(indicator="support_places", school_id="").rows)}
    ends = [abs(e) for own in curves.values() for s in own for e in (s.row.low, s.row.high, s.row.estimate) if e == e]
    reach = next((float(s) for s in _REACH if s >= max(ends, default=1.0)), float(_REACH[-1]))
    scale = Scale(-reach, reach, tuple(reach * i / 2 for i in range(-2, 3)))
    rows = [row for part, own in curves.items() for row in _rows(unit, known, part, own, places.get(part), scale)]
    drawn = dots(
        language,
        str(say("more_caption", language)),
        [str(say("column_kind", language)), str(say("column_step", language))],
        [(str(say("column_gain", language)), "")],
        scale,
        "0",
        rows,
        unit="pupils",
        verdicts=False,
        n_head=str(say("column_places_then", language)),
        n_short=str(say("places_short", language)),
    )
    return figure(drawn, say("more_sub", language))


def _rows(unit: Unit, known: list[Kind], part: str, own: list[Step], places: Any, scale: Scale) -> Iterator[DotRow]:
    language = unit.language
    name = str(say("more_money", language)) if part == BUDGET else capitalised(name_of(unit, told_as(part, known)))
    now = math.nan if places is None else float(places.estimate)
    today = DotRow(
        name, str(say("more_today", language)), strip(scale, 0.0, math.nan, math.nan, "same", "–"), (Figure("–"),),
        "–" if math.isnan(now) else number(now, language),
    )  # fmt: skip
    told = False
    for step in own:
        if step.size > 0 and not told:
            told = True
            yield today
        yield _step(unit, name, step, now, scale)
    if not told:
        yield today


def _step(unit: Unit, name: str, step: Step, now: float, scale: Scale) -> DotRow:
    language, row = unit.language, step.row
    size = number(step.size, language, signed=True)
    key = "more_step_euro" if step.part == BUDGET else "more_step_post" if step.post else "more_step"
    words = (
        str(say(key, language, count=abs(step.size), n=size).unescape())
        if key != "more_step_euro"
        else str(say(key, language, n=size).unescape())
    )
    gain = number(row.estimate, language, DECIMALS[row.unit], signed=True)
    ends = "" if math.isnan(row.low) else span(row.low, row.high, language)
    side = "same" if row.low <= 0 <= row.high else "lower" if row.estimate < 0 else "higher"
    drawing = strip(scale, row.estimate, row.low, row.high, side, ", ".join(filter(None, (gain, ends))))
    return DotRow(
        name, words, drawing, (Figure(gain, ends),),
        "–" if step.part == BUDGET or math.isnan(now) else number(now + step.size, language).replace("-", MINUS),
    )  # fmt: skip
