"""A plan before and after a change, its curve and numbers below pass marks: released figures as small tables."""

import math
from collections.abc import Sequence
from typing import Any

from markupsafe import Markup
from matplotlib.ticker import MaxNLocator

from analysis.desk.plan_basis import Basis, parts_served
from analysis.desk.plan_wish import Wish
from analysis.evidence import each
from analysis.release import Released
from analysis.report import naming, values
from analysis.report.html import require_released
from analysis.report.sections import confidence_of, figure
from analysis.report.strips import Scale, strip
from analysis.report.tables import DotRow, Figure, dots, table
from analysis.words.catalogue import say
from analysis.words.numbers import WITHHELD, listed, number, percent, span

_LINES = (
    ("served", "plan_served", "{}"), ("left", "plan_unserved", "{}"), ("minutes_served", "plan_minutes", "{}|served"),
    ("minutes_need", "plan_minutes", "{}|need"), ("cost", "plan_cost", "{}"),
)  # fmt: skip
_OF_NEED = ("plan_served", "plan_unserved")


def part_name(basis: Basis, part: str) -> str:
    """Return the name of a programme, with its specialist where there is one."""
    code, _, specialist = part.partition("/")
    names = {entry.code: entry.name for entry in basis.programmes.entries}
    named = [names.get(code), basis.programmes.specialists.get(specialist)]
    given = [code, *([specialist] if specialist else [])]
    return " · ".join(
        getattr(n, basis.unit.language) if n else one for one, n in zip(given, named[: len(given)], strict=True)
    )


def row_of(shown: Released, indicator: str, part: str) -> Any:
    """Return the released row of a part of the whole municipality, or None."""
    require_released(shown)
    rows = shown.where(indicator=indicator, part=part, school_id="", grade="").rows
    return next(each(rows), None)


def before_after(basis: Basis, part: str, now: Released | None, then: Released | None) -> Markup:
    """Set today's plan of one part beside the plan at the choices: children, binding limit, minutes, cost."""
    language, plans = basis.unit.language, [now, then] if then is not None else [now]
    lines: list[list[object]] = []
    for need_part in parts_served(basis, part):
        for name, indicator, of in _LINES:
            named = need_part if indicator in _OF_NEED else of.format(part)
            cells = [_cell(row_of(plan, indicator, named), language) if plan else Figure(WITHHELD) for plan in plans]
            lines.append([say(f"plan_desk_{name}", language), *cells])
            if name == "left":
                limits = [_limit(row_of(plan, indicator, named), language) if plan else WITHHELD for plan in plans]
                lines.append([say("plan_desk_limit", language), *limits])
    whole = [_cell(row_of(plan, "plan_cost", ""), language) if plan else Figure(WITHHELD) for plan in plans]
    lines.append([say("plan_desk_cost_all", language), *whole])
    head = [str(say(f"plan_desk_{name}", language)) for name in ("what", "now", "then")[: len(plans) + 1]]
    caption = say("plan_desk_table", language, part=part_name(basis, part))
    return table(language, str(caption.unescape()), head, lines)


def _cell(row: Any, language: str) -> Figure:
    return Figure(WITHHELD) if row is None else Figure(number(row.estimate, language), _ends(row, language))


def _ends(row: Any, language: str) -> str:
    known = (
        not math.isnan(row.estimate) and row.low < row.high
    )  # one end alone bounds a figure; equal ends say nothing more
    return span(row.low, row.high, language) if known else ""


def _limit(row: Any, language: str) -> str:
    """Say which limit binds; a withheld row has lost it."""
    if row is None or not row.method.startswith("limit:"):
        return WITHHELD
    codes = row.method.removeprefix("limit:").split("+")
    return listed([str(say(f"plan_desk_limit_{code}", language)) for code in codes], language)


def served_and_left(basis: Basis, part: str, shown: Released) -> tuple[str, str]:
    """Return how many are supported and how many are left, for words."""
    rows = [[row_of(shown, name, one) for one in parts_served(basis, part)] for name in _OF_NEED]
    served, left = (", ".join(_cell(row, basis.unit.language).text for row in found) for found in rows)
    return served, left


def all_parts(basis: Basis, now: Released | None, then: Released) -> Markup:
    """Draw who is supported in every programme: a dot and band at the choices, a mark for today."""
    require_released(then)
    language = basis.unit.language
    shown = list(each(then.where(indicator="plan_served", school_id="", grade="").rows))
    before = [row_of(now, "plan_served", row.part) if now else None for row in shown]
    scale = _scale([row.high for row in shown] + [row.estimate for row in before if row is not None])
    rows = [_programme(basis, then, scale, *pair) for pair in zip(shown, before, strict=True)]
    heads = [(str(say(f"plan_desk_{name}", language)), "") for name in ("supported", "without")]
    drawn = dots(
        language, str(say("plan_desk_all_caption", language)), [str(say("plan_desk_programme", language))], heads, scale,
        "0", rows, unit="pupils", verdicts=False, n_head=str(say("plan_desk_eligible", language)),
    )  # fmt: skip
    return figure(drawn, say("plan_desk_all_sub", language), say("plan_desk_all_caption", language))


def _programme(basis: Basis, then: Released, scale: Scale, row: Any, before: Any) -> DotRow:
    language = basis.unit.language
    left = row_of(then, "plan_unserved", row.part)
    name, figures = part_name(basis, row.part), (_cell(row, language), _cell(left, language))
    mark = before.estimate if before is not None else math.nan
    said = f"{name}: {figures[0].text}; {say('plan_desk_now', language)}: {number(mark, language)}"
    return DotRow(
        "", name, strip(scale, row.estimate, row.low, row.high, "higher", said, mark), figures,
        values.behind(row, language),
    )  # fmt: skip


def _scale(ends: Sequence[float]) -> Scale:
    """Return an axis that holds zero and all ends."""
    known = [0.0, *(end for end in ends if not math.isnan(end))]
    ticks = [float(tick) for tick in MaxNLocator(4, integer=True).tick_values(min(known), max(max(known), 1.0))]
    return Scale(ticks[0], ticks[-1], tuple(ticks))


def curve_table(basis: Basis, wish: Wish, step: int, bought: Released) -> Markup:
    """Draw what more and fewer places of a part, and euro, do; the choice is marked."""
    require_released(bought)
    language = basis.unit.language
    rows = list(each(bought.rows[~bought.rows["part"].str.contains("|price", regex=False)]))
    places = [row for row in rows if row.part.startswith(f"{wish.part}|")]
    if not places:
        return Markup('<p class="key">{}</p>').format(say("plan_desk_curve_none", language))
    euro = [row for row in rows if row.part.startswith("budget|")]
    scale = _scale([end for row in (*places, *euro) for end in (row.low, row.high)])
    drawn = [_step(basis, scale, row, "places", step) for row in places]
    drawn.insert(sum(_by(row) < 0 for row in places), _today(basis, scale, places[0], here=step == 0))
    drawn += [_step(basis, scale, row, "budget", 0) for row in euro]
    gain = "gain" if places[0].unit == "pupils" else "gain_points"
    caption = str(say("plan_desk_curve_caption", language))
    head = [str(say(f"plan_desk_{name}", language)) for name in ("what", "step")]
    body = dots(
        language, caption, head, [(str(say(f"plan_desk_{gain}", language)), "")], scale, "0", drawn, unit="points",
        verdicts=False, n_head=str(say("plan_desk_eligible", language)),
    )  # fmt: skip
    return figure(body, say("plan_desk_curve_sub", language), caption)


def _by(row: Any) -> int:
    return int(row.part.split("|")[1])


def _step(basis: Basis, scale: Scale, row: Any, kind: str, chosen: int) -> DotRow:
    language, by = basis.unit.language, _by(row)
    name = number(by, language, signed=True)
    if kind == "budget":
        name = str(say("plan_desk_step_euro", language, step=name))
    elif row.part.endswith("|post"):
        name = str(say("plan_desk_step_post", language, step=name))
    here = kind == "places" and by == chosen
    text, ends = number(row.estimate, language, signed=True), _ends(row, language)
    drawing = strip(scale, row.estimate, row.low, row.high, "higher" if here else "same", f"{name}: {text}")
    note = str(say("plan_desk_here", language)) if here else ""
    block = str(say(f"plan_desk_of_{kind}", language))
    return DotRow(block, name, drawing, (Figure(text, ends),), values.behind(row, language), note=note)


def _today(basis: Basis, scale: Scale, beside: Any, *, here: bool) -> DotRow:
    """Return the row of today's places, from which gains are counted."""
    language = basis.unit.language
    name, block = str(say("plan_desk_today", language)), str(say("plan_desk_of_places", language))
    drawing = strip(scale, 0.0, 0.0, 0.0, "higher" if here else "same", f"{name}: 0")
    note = str(say("plan_desk_here", language)) if here else ""
    return DotRow(block, name, drawing, (Figure("0"),), values.behind(beside, language), note=note)


def exams_of(basis: Basis) -> dict[tuple[str, ...], str]:
    """Return the exams that have numbers below marks: their keys, and names for a list."""
    require_released(basis.marks)
    rows = naming.test_order(basis.marks.rows.drop_duplicates(naming.TEST_KEYS))
    return {tuple(map(str, naming.key_of(row))): naming.what(basis.unit, row) for row in each(rows)}


def marks_table(basis: Basis, exam: tuple[str, ...], mark: str) -> Markup:
    """Draw the numbers expected below each mark of one exam, and say the chosen one."""
    require_released(basis.marks)
    language = basis.unit.language
    rows = [row for row in each(basis.marks.rows) if tuple(map(str, naming.key_of(row))) == exam]
    kinds = {"fail_count_at": "as_hard", "fail_count_coming": "coming"}
    scale = _scale([end for row in rows for end in (row.high, row.estimate)])
    drawn = []
    for indicator, kind in kinds.items():
        block = str(say(f"plan_desk_{kind}", language))
        own = sorted((row for row in rows if row.indicator == indicator), key=lambda row: float(row.part))
        drawn += [_mark(basis, scale, row, block, here=row.part == mark) for row in own]
    head = [str(say(f"plan_desk_{name}", language)) for name in ("what", "mark")]
    caption = say("plan_desk_marks_caption", language)
    body = dots(
        language, str(caption), head, [(str(say("plan_desk_expected", language)), "")], scale, "0", drawn, unit="pupils",
        verdicts=False,
    )  # fmt: skip
    sub = say("plan_desk_marks_sub", language, confidence=confidence_of(basis.unit, rows[0]))
    chosen = next((row for row in rows if (row.indicator, row.part) == ("fail_count_at", mark)), None)
    return _answer(basis, chosen, mark) + figure(body, sub, caption)


def _mark(basis: Basis, scale: Scale, row: Any, block: str, *, here: bool) -> DotRow:
    language = basis.unit.language
    name, text = percent(float(row.part), language), _count(row, language)
    ends = _ends(row, language)
    drawing = strip(scale, row.estimate, row.low, row.high, "higher" if here else "same", f"{name}: {text} {ends}")
    note = str(say("plan_desk_here", language)) if here else ""
    return DotRow(block, name, drawing, (Figure(text, ends),), values.behind(row, language), note=note)


def _count(row: Any, language: str) -> str:
    """Return an expected count; one of few, or of all but few, is told by its bound."""
    if math.isnan(row.estimate) and not math.isnan(row.high):
        return str(say("plan_desk_fewer", language, n=number(row.high, language)))
    if math.isnan(row.estimate) and not math.isnan(row.low):
        return str(say("plan_desk_more", language, n=number(row.low, language)))
    return number(row.estimate, language)


def _answer(basis: Basis, row: Any, mark: str) -> Markup:
    language, said = basis.unit.language, percent(float(mark), basis.unit.language)
    if row is None or values.behind(row, language, noun=True) == "":
        words = say("plan_desk_marks_withheld", language, mark=said)
    else:
        facts = {"confidence": confidence_of(basis.unit, row), "interval": _ends(row, language)}
        brackets = say("view_interval", language, **facts) if facts["interval"] else ""
        words = say(
            "plan_desk_marks_answer", language, mark=said, many=_count(row, language), in_brackets=brackets,
            n=values.behind(row, language, noun=True),
        )  # fmt: skip
    return Markup('<p class="answer">{}</p>').format(words)
