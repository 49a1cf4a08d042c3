"""Section on teachers' competences: how far from what is required, what they see themselves, what cannot be said."""

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pandas as pd
from markupsafe import Markup

from analysis.evidence import each
from analysis.intake.unit import Unit
from analysis.release import Released
from analysis.release.door import DECIMALS
from analysis.report import naming, values
from analysis.report.html import Section, require_released
from analysis.report.school.tables import by_name
from analysis.report.sections import NOTHING, confidence, figure, section, source_line
from analysis.report.staff.beside import goals_folded, sure_folded, views_folded
from analysis.report.strips import Scale, strip
from analysis.report.tables import DotRow, Figure, details, dots
from analysis.staff_rules import load_staff_rules
from analysis.stats.staff import gaps
from analysis.words.catalogue import capitalised, counted, label, say
from analysis.words.collation import latvian_key
from analysis.words.numbers import WITHHELD, listed, number

GAP, _NAMED, _ACROSS = "competence_gap", 3, 3
_DIGITS = DECIMALS["level"]
_WHY = {
    gaps.SELF_ALONE: "staff_why_self",
    gaps.ONE_OBSERVER: "staff_why_observer",
    gaps.NOT_REQUIRED: "staff_why_required",
    gaps.NOT_KNOWN: "staff_why_unknown",
    gaps.NOT_RELIABLE: "staff_why_reliability",
}
_AXIS = Scale(-2.0, 2.0, (-2.0, -1.0, 0.0, 1.0, 2.0))


def competence(unit: Unit, code: str, case: str = "nominative") -> str:
    """Return a competence's name."""
    return label("competence", code, unit.language, case, own=unit.facts["labels"])


def lacking(unit: Unit, released: Released) -> list[Any]:
    """Return the municipality's gaps that are surely there, the largest first."""
    rows = released.where(indicator=GAP, municipality_id=unit.municipality_id, school_id="").rows
    rows = rows[(rows["verdict"] == "differs") & (rows["estimate"] > 0)]
    return list(each(rows.sort_values(["estimate", "part"], ascending=[False, True])))


def named_first(unit: Unit, rows: list[Any]) -> str:
    """Name the first few competences, and how many more there are."""
    names = [competence(unit, row.part) for row in rows[:_NAMED]]
    more = len(rows) - _NAMED
    names += [str(say("staff_more", unit.language, count=more, n=more))] if more > 0 else []
    return listed(names, unit.language)


def staff_gaps(unit: Unit, released: Released) -> Section:
    """Make the section; without evidence of teachers there is none.

    Parameters
    ----------
    unit : Unit
        The municipality.
    released : Released
        Evidence of gaps, goals and views of staff among all others.
    """
    require_released(released)
    own = released.where(municipality_id=unit.municipality_id)
    rows = own.where(indicator=GAP, school_id="").rows
    if rows.empty:
        return NOTHING
    bodies = [_figure(unit, own, rows)] if rows["n"].notna().any() else []
    bodies += [*_cannot(unit, own), *_schools(unit, own), *goals_folded(unit, own), *views_folded(unit, own)]
    bodies += [*sure_folded(unit, own), _how(unit)]
    heading, answer = _message(unit, own, rows)
    return section(unit, "staff", heading, answer, bodies, source_line(unit, own.where(indicator=GAP)))


def _message(unit: Unit, own: Released, rows: pd.DataFrame) -> tuple[Markup, Markup]:
    language, below = unit.language, lacking(unit, own)
    if not below:
        key = "none" if rows["estimate"].notna().any() else "nothing"
        return say(f"staff_heading_{key}", language), no_gap_in_words(unit, rows)
    answer = [gap_in_words(unit, own, below[0]), *_bias_in_words(unit, own)]
    return say("staff_heading_below", language, list=named_first(unit, below)), Markup(" ").join(answer)


def no_gap_in_words(unit: Unit, rows: pd.DataFrame) -> Markup:
    """Say that no gap is seen, that none can be told, or that there is too little to show."""
    key = "none" if rows["estimate"].notna().any() else "nothing" if rows["n"].notna().any() else "few"
    return say(f"staff_answer_{key}", unit.language)


def gap_in_words(unit: Unit, own: Released, row: Any) -> Markup:
    """Say one gap with its interval and the form of support that is proposed."""
    language = unit.language
    return say(
        "staff_answer", language, name=competence(unit, row.part), gap=number(row.estimate, language, _DIGITS),
        confidence=confidence(unit, own.where(indicator=GAP)), interval=values.interval(row, language),
        n=counted("teachers", int(row.n), language), form=_form(unit, row.estimate),
    )  # fmt: skip


def _form(unit: Unit, gap: float) -> str:
    form = load_staff_rules().form_for(gap)
    return label("support_form", form, unit.language) if form else ""


def _bias_in_words(unit: Unit, own: Released) -> Iterator[Markup]:
    rows = own.where(indicator="self_bias", school_id="", verdict="differs").rows
    sizes = sorted(number(size, unit.language, _DIGITS) for size in rows.loc[rows["estimate"] > 0, "estimate"])
    if sizes:
        key = "staff_own_lower_one" if sizes[0] == sizes[-1] else "staff_own_lower"
        yield say(key, unit.language, low=sizes[0], high=sizes[-1])


def _figure(unit: Unit, own: Released, rows: pd.DataFrame) -> Markup:
    language = unit.language
    beside = {
        name: {row.part: row for row in each(own.where(indicator=name, school_id="").rows)}
        for name in ("self_gap", "self_bias")
    }
    order = sorted(each(rows), key=lambda r: (math.isnan(r.estimate), -r.estimate if r.estimate == r.estimate else 0.0,
                                              latvian_key(competence(unit, r.part))))  # fmt: skip
    heads = [(str(say(f"column_{name}", language)), "") for name in ("gap", "self_gap", "self_bias")]
    drawn = dots(
        language, str(say("staff_caption", language)), [str(say("column_competence", language))], heads, _AXIS,
        str(say("staff_axis", language)), [_row(unit, row, beside) for row in order],
        verdicts=False, n_head=str(say("column_teachers", language)), n_short=str(say("of_teachers_short", language)),
    )  # fmt: skip
    years = naming.years(unit, order[0])
    level = confidence(unit, own.where(indicator=GAP))
    return figure(drawn, say("staff_sub", language, confidence=level, years=years))


def _row(unit: Unit, row: Any, beside: dict[str, dict[str, Any]]) -> DotRow:
    language = unit.language
    gap = replace(_level(row, language), verdict=_verdict(row, language))
    cells = (gap, *(_level(beside[name].get(row.part), language) for name in beside))
    mark = beside["self_gap"].get(row.part)
    side = {"differs": "lower" if row.estimate > 0 else "higher"}.get(row.verdict, "same")
    said = ", ".join(filter(None, (cells[0].text, cells[0].interval)))
    drawing = strip(_AXIS, row.estimate, row.low, row.high, side, said, None if mark is None else mark.estimate)
    proposed = _form(unit, row.estimate) if side == "lower" else ""
    note = str(say("staff_proposed", language, form=proposed)) if proposed else ""
    n = WITHHELD if pd.isna(row.n) else number(int(row.n), language)
    return DotRow("", capitalised(competence(unit, row.part)), drawing, cells, n, note=note)


def _level(row: Any, language: str) -> Figure:
    """Return a difference of levels with its interval; a dash where there is none to tell."""
    if row is None or (math.isnan(row.estimate) and not pd.isna(row.n)):
        return Figure("–")
    return Figure(number(row.estimate, language, _DIGITS, signed=True), values.interval(row, language))


def _verdict(row: Any, language: str) -> tuple[str, str, str]:
    if not row.verdict:
        return "", "", ""
    code = ("lower" if row.estimate > 0 else "higher") if row.verdict == "differs" else row.verdict
    css = {"lower": "low", "higher": "high", "not_distinguishable": "same", "too_few": "few"}[code]
    return values.SHAPES[code], css, label("required", code, language)


def _cannot(unit: Unit, own: Released) -> list[Markup]:
    """Say of which competences nothing can be said, why, and what would suffice."""
    language, items = unit.language, []
    rows = own.where(indicator=GAP, school_id="").rows
    for why, key in _WHY.items():
        names = sorted((competence(unit, part) for part in rows.loc[rows["method"] == why, "part"]), key=latvian_key)
        if names:
            bar = number(load_staff_rules().reliability, language, 2)
            items.append(say(key, language, List=capitalised(listed(names, language)), bar=bar))
    for row in each(own.where(indicator="competence_lessons", school_id="").rows.dropna(subset=["estimate"])):
        items.append(
            say("staff_enough", language, Name=capitalised(competence(unit, row.part)), **_enough(row, language))
        )
    if not items:
        return []
    body = Markup("<ul>{}</ul>").format(Markup("").join(Markup("<li>{}</li>").format(item) for item in items))
    return [details(say("staff_cannot", language), body, opened=bool(rows["estimate"].isna().all()))]


def _enough(row: Any, language: str) -> dict[str, str]:
    return {"lessons": number(row.estimate, language), "observers": row.group.partition("=")[2]}


def _schools(unit: Unit, own: Released) -> list[Markup]:
    language = unit.language
    rows = own.where(indicator=GAP).rows
    rows = rows[
        (rows["school_id"] != "") & (rows["n"].notna()) & ~rows["method"].isin([gaps.SELF_ALONE, gaps.NOT_REQUIRED])
    ]
    if rows.empty:
        return []
    enough = {(row.part, row.school_id): row for row in each(own.where(indicator="competence_lessons").rows)}
    cells = {(row.part, row.school_id): _at_school(row, enough, language) for row in each(rows)}
    parts = sorted(rows["part"].unique(), key=lambda part: latvian_key(competence(unit, part)))
    level, years = confidence(unit, own.where(indicator=GAP)), naming.years(unit, next(each(rows)))
    caption = say("staff_schools_caption", language, confidence=level, years=years)
    tables = [
        by_name(
            unit, cells, {part: capitalised(competence(unit, part)) for part in parts[first : first + _ACROSS]}, caption
        )
        for first in range(0, len(parts), _ACROSS)
    ]
    return [details(say("staff_schools", language), *tables)]


def _at_school(row: Any, enough: dict[Any, Any], language: str) -> Figure:
    n = f"n\u00a0{number(int(row.n), language)}"
    if math.isnan(row.estimate):
        more = enough.get((row.part, row.school_id))
        small = (
            ""
            if more is None or math.isnan(more.estimate)
            else str(say("staff_enough_here", language, **_enough(more, language)))
        )
        return Figure(str(say("staff_too_few_here", language)), " · ".join(filter(None, (small, n))))
    return Figure(number(row.estimate, language, _DIGITS, signed=True), f"{values.interval(row, language)} · {n}")


def _how(unit: Unit) -> Markup:
    bar = number(load_staff_rules().reliability, unit.language, 2)
    text = say("staff_how_text", unit.language, smallest=unit.params.smallest_group_sensitive, bar=bar)
    return details(say("staff_how", unit.language), Markup("<p>{}</p>").format(text))
