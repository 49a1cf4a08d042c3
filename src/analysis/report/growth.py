"""Section 2: where do the same pupils stand some grades later, and how did they grow beside pupils of the same start?"""

from types import SimpleNamespace
from typing import Any

from markupsafe import Markup

from analysis.evidence import each
from analysis.intake.unit import Unit
from analysis.release import Released
from analysis.report import naming, values
from analysis.report.school.tables import of_test
from analysis.report.sections import confidence, figure, newest
from analysis.report.strips import strip
from analysis.report.tables import DotRow, Figure, details, dots, table
from analysis.report.where import scale
from analysis.words.catalogue import capitalised, label, say
from analysis.words.numbers import listed, number

_FEWEST_SCHOOLS = 3
_MIDDLE = 50.0


def growth(unit: Unit, released: Released) -> list[Markup]:
    """Make the part of the section: change of place as dots, growth percentiles folded; nothing where none is shown."""
    own = released.where(municipality_id=unit.municipality_id)
    changes, percentiles = (
        _shown(newest(own, unit, indicator=i, school_id="")) for i in ("growth", "growth_percentile")
    )
    if not len(changes) and not len(percentiles):
        return []
    bodies = [Markup("<h3>{}</h3>").format(_heading(unit, changes))]
    if len(changes):
        bodies += [Markup("<p>{}</p>").format(_answer(unit, changes)), _dots(unit, changes)]
    if len(percentiles):
        bodies.append(_percentiles(unit, percentiles, own.where(indicator="growth_percentile")))
    return bodies


def words_of(unit: Unit, row: Any) -> dict[str, str]:
    """Return what a sentence says of the same pupils: the earlier stage, the later one, and which place is lower."""
    side = values.direction(row)
    return {
        "then": _earlier(unit, row), "then_loc": _earlier(unit, row, "locative"),
        "stage_loc": naming.stage(unit, row, "locative"), "domain_loc": naming.domain(unit, row, "locative"),
        "place": "" if side == "same" else label("growth", side, unit.language),
    }  # fmt: skip


def _shown(rows: Released) -> Released:
    frame = rows.rows
    return rows.at([i for i, shown in enumerate(frame["estimate"].notna()) if shown])


def _earlier(unit: Unit, row: Any, case: str = "nominative") -> str:
    return naming.stage(unit, SimpleNamespace(grade=row.part.split("-")[0]), case)


def _stages(unit: Unit, row: Any) -> str:
    words = say("growth_stages", unit.language, then=_earlier(unit, row), now=naming.block(unit, row))
    return str(words.unescape())


def _counts(changes: Released) -> tuple[list[Any], list[Any], int]:
    """Return the tests in which the place is lower, those in which it is higher, and how many cannot be told apart."""
    rows = list(each(naming.test_order(changes.rows)))
    sides = [values.direction(row) for row in rows]
    lower, higher = (
        [row for row, side in zip(rows, sides, strict=True) if side == name] for name in ("lower", "higher")
    )
    return lower, higher, sum(row.verdict == "not_distinguishable" for row in rows)


def _heading(unit: Unit, changes: Released) -> Markup:
    language, (lower, higher, same) = unit.language, _counts(changes)
    moved = len(lower) + len(higher)
    if not len(changes):
        return say("growth_heading_start", language)
    if not moved + same:
        return say("growth_heading_few", language)
    if not moved:
        return say("growth_heading_none", language)
    return say("growth_heading", language, count=moved + same, n=moved, all=moved + same)


def _answer(unit: Unit, changes: Released) -> Markup:
    language, (lower, higher, same) = unit.language, _counts(changes)
    parts = [say("growth_what", language)]
    for key, rows in (("growth_lower", lower), ("growth_higher", higher)):
        items = [
            str(say("growth_item", language, domain=naming.domain(unit, row), stages=_stages(unit, row)).unescape())
            for row in rows
        ]
        parts += [say(key, language, list=listed(items, language))] if items else []
    if same:
        parts.append(say("growth_same", language, count=same, n=number(same, language)))
    return Markup(" ").join(parts)


def _dots(unit: Unit, changes: Released) -> Markup:
    language, axis = unit.language, scale(unit, "sd")
    tests = list(each(naming.test_order(changes.rows)))
    level = confidence(unit, changes)
    drawn = dots(
        language,
        str(say("growth_caption", language)),
        [str(say("column_stage", language)), str(say("column_domain", language))],
        [(str(say("column_change", language)), str(say("column_interval", language, confidence=level)))],
        axis,
        str(say("axis_same", language)),
        [_row(unit, axis, row) for row in tests],
    )
    key = Markup('<p class="key">{}</p>').format(say("growth_key", language))
    return figure(drawn + key, say("growth_sub", language, confidence=level, years=naming.years(unit, tests[-1])))


def _row(unit: Unit, axis: Any, row: Any) -> DotRow:
    language = unit.language
    text, small = values.estimate(row, language), values.interval(row, language)
    return DotRow(
        block=capitalised(_stages(unit, row)),
        name=naming.domain(unit, row),
        drawing=strip(axis, row.estimate, row.low, row.high, values.direction(row), ", ".join((text, small))),
        figures=(Figure(text, small),),
        n=values.behind(row, language),
        verdict=values.verdict(row, language, "growth"),
    )


def _percentiles(unit: Unit, percentiles: Released, all_rows: Released) -> Markup:
    language = unit.language
    tests = list(each(naming.test_order(percentiles.rows)))
    body = [
        (
            f"{capitalised(_stages(unit, row))} · {naming.domain(unit, row)}",
            Figure(values.estimate(row, language), _small(row, language)),
            values.behind(row, language),
            _schools(unit, of_test(all_rows, row)),
        )
        for row in tests
    ]  # fmt: skip
    caption = say("growth_caption_percentile", language, confidence=confidence(unit, percentiles),
                  years=naming.years(unit, tests[-1]))  # fmt: skip
    head = [str(say(f"column_{name}", language)) for name in ("domain", "percentile", "pupils", "schools")]
    text = Markup('<p class="key">{}</p>').format(say("growth_percentile_text", language))
    return details(say("growth_details", language), table(language, str(caption.unescape()), head, body), text)


def _small(row: Any, language: str) -> str:
    shape, _, words = values.verdict(row, language, "percentile", _MIDDLE)
    return " · ".join(filter(None, (values.interval(row, language), f"{shape} {words}".strip())))


def _schools(unit: Unit, rows: Released) -> str:
    """Count the schools on either side of the middle; they are neither named nor ordered."""
    frame = rows.rows
    schools = [
        row for row in each(frame[frame["school_id"].ne("")]) if row.verdict in ("differs", "not_distinguishable")
    ]
    if len(schools) < _FEWEST_SCHOOLS:
        return "–"
    sides = [values.direction(row, _MIDDLE) for row in schools]
    facts = {"above": sides.count("higher"), "below": sides.count("lower"), "all": len(schools)}
    return str(say("growth_schools", unit.language, **facts))
