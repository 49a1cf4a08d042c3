"""How many minutes a week does a child have of each specialist, beside what the State Audit Office found?"""

from typing import Any

from markupsafe import Markup

from analysis.evidence import each
from analysis.intake.unit import Unit
from analysis.plan_limits import audit_minutes
from analysis.release import Released
from analysis.report import naming, values
from analysis.report.programme_names import programmes_of
from analysis.report.school.tables import by_name
from analysis.report.sections import figure
from analysis.report.strips import Scale, strip
from analysis.report.tables import DotRow, Figure, details, dots
from analysis.words.catalogue import capitalised, say
from analysis.words.numbers import listed, number

_SUPPORTED, _NEED = "support_minutes", "support_minutes_in_need"


def support_time(unit: Unit, support: Released) -> list[Markup]:
    """Make the part of the section; nothing where no specialist's time is shown."""
    language = unit.language
    rows = _rows(unit, support)
    if not rows:
        return []
    first = next(row for pair in rows.values() for row in pair if row is not None)
    years = naming.years(unit, first)
    known = any(need is not None for _, need in rows.values())
    bodies = [
        Markup("<h3>{}</h3>").format(say("support_minutes_title", language)),
        figure(
            _dots(unit, rows),
            say("support_minutes_sub" if known else "support_minutes_sub_alone", language, years=years),
        ),
    ]
    notes = [say("support_minutes_source", language)] if set(rows) & set(_audit()) else []
    notes += [] if known else [say("support_minutes_no_need", language)]
    bodies += [Markup('<p class="key">{}</p>').format(Markup(" ").join(notes))] if notes else []
    return bodies + _schools(unit, support, years)


def minutes_answer(unit: Unit, support: Released) -> Markup:
    """Say the time of the specialists whom the audit looked at: for a child in need, or else for a supported one."""
    audited = _audit()
    rows = {part: pair for part, pair in _rows(unit, support).items() if part in audited}
    needed = {part: need for part, (_, need) in rows.items() if need is not None}
    told = needed or {part: supported for part, (supported, _) in rows.items() if supported is not None}
    if not told:
        return Markup("")
    items = [
        str(
            say(
                "hours_minutes_item",
                unit.language,
                name=specialist(unit, part),
                n=number(row.estimate, unit.language),
            )
        )
        for part, row in told.items()
    ]
    return say(
        "hours_answer_need" if needed else "hours_answer_minutes", unit.language, list=listed(items, unit.language)
    )


def _rows(unit: Unit, support: Released) -> dict[str, tuple[Any, Any]]:
    """Return each specialist's or programme's rows of the municipality: for a supported child, for one in need."""
    whole = support.where(school_id="").rows.dropna(subset=["estimate"])
    found = {(row.part, row.indicator): row for row in each(whole)}
    known = list(_names(unit))
    parts = sorted(
        {part for part, _ in found}, key=lambda part: (known.index(part) if part in known else len(known), part)
    )
    return {part: (found.get((part, _SUPPORTED)), found.get((part, _NEED))) for part in parts}


def _names(unit: Unit) -> dict[str, Any]:
    known = programmes_of(unit)
    return known.specialists | {entry.code: entry.name for entry in known.entries}


def specialist(unit: Unit, part: str) -> str:
    """Return the name of a specialist or programme; an unknown code stays as it is, in quotation marks."""
    known = _names(unit).get(part)
    quoted = f"„{part}”" if unit.language == "lv" else f"“{part}”"
    return str(getattr(known, unit.language)) if known else quoted


def _audit() -> dict[str, tuple[float, float]]:
    """Return the audit's minutes, from and to, by specialist."""
    return {name: (float(fact["low"]), float(fact["high"])) for name, fact in audit_minutes().items()}


def _dots(unit: Unit, rows: dict[str, tuple[Any, Any]]) -> Markup:
    language, audited = unit.language, _audit()
    ends = [end for pair in rows.values() for row in pair if row is not None for end in (row.estimate, row.high)]
    most = max([end for end in ends if end == end] + [end for part in rows for end in audited.get(part, ())])
    top = next(end for end in (20.0, 40.0, 60.0, 80.0, 120.0, 240.0, 2400.0) if end >= most)
    axis = Scale(0, top, tuple(top * part / 4 for part in range(5)), zero=None)
    known = any(need is not None for _, need in rows.values())
    names = ("supported", *(("in_need",) if known else ()), "audit")
    return dots(
        language, str(say("support_minutes_caption", language)), [str(say("column_specialist", language))],
        [(str(say(f"column_{name}", language)), "") for name in names], axis, "",
        [_row(unit, part, pair, audited.get(part), axis, known) for part, pair in rows.items()], unit="minutes", verdicts=False,
        n_head=str(say("column_supported_children", language)),
    )  # fmt: skip


def _row(
    unit: Unit, part: str, pair: tuple[Any, Any], audit: tuple[float, float] | None, axis: Scale, known: bool
) -> DotRow:
    language, (supported, need) = unit.language, pair
    found = Figure("–" if audit is None else "–".join(dict.fromkeys(number(end, language) for end in audit)))
    figures = (_minutes(supported, language), *((_minutes(need, language),) if known else ()), found)
    nan = float("nan")
    drawing = strip(
        axis, nan if supported is None else supported.estimate, nan, nan, "same", "; ".join(f.text for f in figures),
        None if need is None else need.estimate, outer=audit,
    )  # fmt: skip
    n = "–" if supported is None else values.behind(supported, language)
    return DotRow("", capitalised(specialist(unit, part)), drawing, figures, n)


def _minutes(row: Any, language: str) -> Figure:
    return Figure("–") if row is None else Figure(number(row.estimate, language), values.interval(row, language))


def _schools(unit: Unit, support: Released, years: str) -> list[Markup]:
    """Fold the schools that have a figure, specialists as columns."""
    rows = support.where(indicator=_SUPPORTED).rows
    rows = rows[(rows["school_id"] != "") & rows["estimate"].notna()]
    cells = {
        (row.part, row.school_id): Figure(
            number(row.estimate, unit.language), f"n\u00a0{values.behind(row, unit.language)}"
        )
        for row in each(rows)
    }
    heads = {part: capitalised(specialist(unit, part)) for part in _rows(unit, support) if part in set(rows["part"])}
    drawn = by_name(unit, cells, heads, say("support_minutes_schools_caption", unit.language, years=years))
    return [details(say("support_minutes_schools", unit.language), drawn)] if drawn else []
