"""Section: is each target of the strategy reached, on course, off course, or can that not be told?"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd
from markupsafe import Markup

from analysis.evidence import each
from analysis.intake.unit import Unit
from analysis.plan.targets import (
    ACHIEVED,
    CANNOT_TELL,
    NOT_MEASURABLE,
    OFF_COURSE,
    ON_COURSE,
    SURE,
    states,
)
from analysis.release import Released
from analysis.report import values
from analysis.report.html import Section, require_released
from analysis.report.sections import NOTHING, confidence, figure, section, source_name
from analysis.report.strips import Scale, strip
from analysis.report.tables import DotRow, Figure, details, dots, table
from analysis.report.targets.names import target_figure, target_id, target_name
from analysis.report.targets.settling import settling
from analysis.words.catalogue import capitalised, label, say
from analysis.words.numbers import WITHHELD, listed, number, percent, school_year

NOT_ACHIEVED, HIDDEN = "not_achieved", "withheld"
_SHAPES = {
    ACHIEVED: ("●", "high"), ON_COURSE: ("▲", "high"), CANNOT_TELL: ("○", "same"), OFF_COURSE: ("▼", "low"),
    NOT_ACHIEVED: ("▼", "low"), NOT_MEASURABLE: ("◌", "few"), HIDDEN: ("", ""),
}  # fmt: skip
_SIDES = {ACHIEVED: "higher", ON_COURSE: "higher", OFF_COURSE: "lower", NOT_ACHIEVED: "lower"}
_ANSWERS = {"targets_answer_off": OFF_COURSE, "targets_answer_on": ON_COURSE, "targets_answer_open": CANNOT_TELL}
_MOST_ANSWERS = 2
_ENDS = {
    "sd": (0.3, 0.5, 1.0, 2.0),
    "points": (10.0, 20.0, 50.0, 100.0),
    "percent": (20.0, 50.0, 100.0),
    "minutes": (20.0, 40.0, 100.0, 200.0),
}
_FROM_ZERO = ("percent", "minutes")
_MORE_TEXTS = {"sd": "targets_key", "percent": "targets_how_shares", "minutes": "targets_how_minutes"}


@dataclass(frozen=True)
class Shown:
    """One target as released: its state, and the row of each figure, None where there is none."""

    id: str
    state: str
    first: Any
    start: Any
    aim: Any
    now: Any
    expected: Any
    chance: Any
    why: str


def targets(unit: Unit, released: Released) -> Section:
    """Make the section: a row a target, in the order of the board's file; nothing where the board has set none."""
    require_released(released)
    own = released.where(municipality_id=unit.municipality_id, school_id="")
    rows = own.where(indicator=["target", "target_set", "target_now"])
    found = _in_order(unit, rows)
    if not found:
        return NOTHING
    heading, answer = _message(unit, found)
    bodies = [_dots(unit, found, rows, measure) for measure in _ENDS if any(_unit(one) == measure for one in found)]
    open_ones = [(one.first, target_name(unit, one.first)) for one in found if one.state == CANNOT_TELL]
    bodies += settling(unit, open_ones, own.where(indicator="target_settled"))
    bodies += [_table(unit, found, rows), _how(unit, found)]
    return section(unit, "targets", heading, answer, bodies, _source(unit, rows))


def _source(unit: Unit, released: Released) -> str:
    """Return the line under the section: the measured years, not those aimed at."""
    rows = released.rows
    measured = (rows["indicator"] == "target_now") | rows["method"].str.startswith("measured")
    if not measured.any():
        return ""
    first = rows.loc[rows["indicator"] == "target", "year_from"].dropna()
    last = rows.loc[measured, "school_year"]
    ends = sorted({int(min([last.min(), *first])), int(last.max())})
    words = "–".join(school_year(year, unit.language) for year in ends)
    tail = " m.\u00a0g" if unit.language == "lv" else ""
    return str(say("source_line", unit.language, source=source_name(unit), years=words + tail, n=""))


def _in_order(unit: Unit, released: Released) -> list[Shown]:
    rows = released.rows
    rows = rows.assign(state=states(rows), id=rows["part"].map(target_id))
    order = {aim.id: i for i, aim in enumerate(unit.aims)}
    ids = sorted(dict.fromkeys(rows["id"]), key=lambda name: order.get(name, len(order)))
    return [_shown(name, rows[rows["id"] == name]) for name in ids]


def _shown(name: str, rows: pd.DataFrame) -> Shown:
    def one(**keys: str) -> Any:
        kept = rows
        for column, value in keys.items():
            kept = kept[kept[column] == value]
        return next(each(kept), None)

    chance = one(indicator="target", unit="probability")
    judged = one(indicator="target")
    measures = rows[(rows["indicator"] == "target") & (rows["unit"] != "probability")]
    expected = None if chance is None else next(each(measures), None)
    state = HIDDEN if judged is None or not judged.state else str(judged.state)
    if state == OFF_COURSE and judged.method.startswith("measured"):
        state = NOT_ACHIEVED
    return Shown(
        name, state, next(each(rows)), one(indicator="target_set", reference=""),
        one(indicator="target_set", reference="threshold"), one(indicator="target_now"), expected, chance,
        judged.part.rpartition(":")[2] if state == NOT_MEASURABLE else "",
    )  # fmt: skip


def _unit(one: Shown) -> str:
    return str(one.aim.unit)


def _done(one: Shown) -> bool:
    """Tell whether the target's year has been measured: what stands there is then no forecast."""
    return one.chance is not None and str(one.chance.method).startswith("measured")


def _state(unit: Unit, one: Shown) -> tuple[str, str, str]:
    shape, css = _SHAPES[one.state]
    return shape, css, "" if one.state == HIDDEN else label("target", one.state, unit.language)


def _message(unit: Unit, found: list[Shown]) -> tuple[Markup, Markup]:
    """Return heading and answer: how many targets are in each state; of which it is unlikely, likely or open."""
    language = unit.language
    counts = {state: sum(one.state == state for one in found) for state in _SHAPES}
    said = [say(f"targets_count_{state}", language, count=n, n=number(n, language)) for state, n in counts.items() if n]
    words = listed([str(part) for part in said], language)
    heading = say("targets_heading", language, count=len(found), n=number(len(found), language), list=words)
    answers = [
        say(key, language, list=listed([_item(unit, one) for one in coming], language))
        for key, state in _ANSWERS.items()
        if (coming := [one for one in found if one.state == state and not _done(one)])
    ]
    if done := [one for one in found if _done(one)]:
        items = [
            say("targets_done_item", language, name=target_name(unit, one.first), state=_state(unit, one)[2])
            for one in done
        ]
        answers.append(say("targets_answer_done", language, list=Markup("; ").join(items)))
    return heading, Markup(" ").join(answers[:_MOST_ANSWERS]) if answers else say("targets_answer_none", language)


def _item(unit: Unit, one: Shown) -> str:
    latvian = unit.language == "lv"
    name = {"name_loc" if latvian else "name": target_name(unit, one.first, goal=True)}
    words = say("targets_answer_item", unit.language, chance=values.chance(one.chance.estimate, unit.language), **name)
    return str(words.unescape())


def _value(row: Any, language: str, small: Callable[[Any], str] | None = None) -> Figure:
    """Return a figure of a target with its small print; a dash where there is none."""
    if row is None:
        return Figure("–")
    text = target_figure(row, language)
    return Figure(text, "" if small is None or text == WITHHELD else small(row))


def _dots(unit: Unit, found: list[Shown], released: Released, measure: str) -> Markup:
    language = unit.language
    mine = [one for one in found if _unit(one) == measure]
    axis = _axis(mine, measure)
    heads = [(str(say(f"column_{name}", language)), "") for name in ("target", "now", "expected_then", "chance")]
    drawn = dots(
        language, str(say("targets_caption", language)), [str(say("column_target_of", language))], heads, axis,
        str(say("axis_country", language)), [_row(unit, one, axis) for one in mine], unit=measure, verdicts=False,
    )  # fmt: skip
    level = confidence(unit, released.where(indicator="target"))
    return figure(
        drawn, say("targets_sub" if measure == "sd" else f"targets_sub_{measure}", language, confidence=level)
    )


def _axis(found: list[Shown], measure: str) -> Scale:
    ends = [
        abs(end) for one in found for row in (one.start, one.aim, one.now, one.expected) if row is not None
        for end in (row.estimate, row.low, row.high) if not pd.isna(end)
    ]  # fmt: skip
    end = next((end for end in _ENDS[measure] if end >= max(ends)), _ENDS[measure][-1])
    if measure in _FROM_ZERO:
        return Scale(0.0, end, (0.0, end / 4, end / 2, 3 * end / 4, end), zero=None)
    return Scale(-end, end, (-end, -end / 2, 0.0, end / 2, end))


def _row(unit: Unit, one: Shown, axis: Scale) -> DotRow:
    language = unit.language
    words = {aim.id: aim.words for aim in unit.aims}.get(one.id, "")
    expected = _value(one.expected, language, lambda row: values.interval(row, language))
    aim, now = (_value(row, language, lambda row: _year(row, language)) for row in (one.aim, one.now))
    if _done(one):
        now, expected = _value(one.expected, language, lambda row: _year(row, language)), Figure("–")
    chance = Figure("–" if one.chance is None else values.chance(one.chance.estimate, language), "", _state(unit, one))
    said = "; ".join(", ".join(filter(None, (f.text, f.interval))) for f in (aim, now, expected))
    estimate, low, high = (getattr(one.expected, end, float("nan")) for end in ("estimate", "low", "high"))
    latest = None if one.now is None else one.now.estimate
    return DotRow(
        block="",
        name=capitalised(target_name(unit, one.first)),
        drawing=strip(axis, estimate, low, high, _SIDES.get(one.state, "same"), said, one.aim.estimate, latest),
        figures=(aim, now, expected, chance),
        n="–" if one.chance is None else values.behind(one.chance, language),
        note=" ".join(filter(None, (_from(unit, one), words, _why(unit, one)))),
    )


def _from(unit: Unit, one: Shown) -> str:
    """Say where the target started, and when."""
    start = target_figure(one.start, unit.language)
    return str(say("targets_from", unit.language, start=start, year=int(one.start.school_year)))


def _why(unit: Unit, one: Shown) -> str:
    """Say why a target cannot be measured."""
    return str(say(f"targets_why_{one.why}", unit.language)) if one.why else ""


def _year(row: Any, language: str) -> str:
    return str(say("targets_in_year", language, year=int(row.school_year)))


def _table(unit: Unit, found: list[Shown], released: Released) -> Markup:
    language = unit.language

    def small(row: Any) -> str:
        return " · ".join(filter(None, (values.interval(row, language), _year(row, language))))

    body = [
        (capitalised(target_name(unit, one.first)),
         *(_value(row, language, small) for row in (one.start, one.now, one.expected, one.aim)),
         "–" if one.chance is None else values.chance(one.chance.estimate, language), _state(unit, one)[2] or WITHHELD)
        for one in found
    ]  # fmt: skip
    names = ("target_of", "start", "now", "expected_then", "target", "chance", "state")
    head = [str(say(f"column_{name}", language)) for name in names]
    level = confidence(unit, released.where(indicator="target"))
    caption = str(say("targets_details_caption", language, confidence=level))
    return details(say("targets_details", language), table(language, caption, head, body))


def _how(unit: Unit, found: list[Shown]) -> Markup:
    language = unit.language
    facts = {"sure": percent(100 * SURE, language), "rest": percent(100 * (1 - SURE), language)}
    texts = [say("targets_how_text", language, **facts)]
    texts += [
        say(key, unit.language) for measure, key in _MORE_TEXTS.items() if any(_unit(o) == measure for o in found)
    ]
    return details(say("targets_how", language), *(Markup("<p>{}</p>").format(text) for text in texts))
