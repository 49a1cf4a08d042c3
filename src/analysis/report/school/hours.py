"""A school's page: how many of its planned lessons were held?"""

from typing import Any

from markupsafe import Markup

from analysis.evidence import each
from analysis.intake.unit import Unit
from analysis.release import Released
from analysis.report import naming
from analysis.report.hours import SHARE, held, in_order, sums
from analysis.report.html import Section, require_released
from analysis.report.school.page import own_rows
from analysis.report.sections import NOTHING, figure, section, source_line
from analysis.report.strips import Scale, strip
from analysis.report.tables import DotRow, Figure, dots
from analysis.words.catalogue import capitalised, say
from analysis.words.numbers import number, percent


def shares_of(unit: Unit, released: Released) -> list[Any]:
    """Return the school's newest shares of lessons held, subjects in the catalogue's order."""
    rows = own_rows(unit, released, indicator=SHARE).newest().rows
    return in_order(rows.dropna(subset=["estimate"]))


def school_hours(unit: Unit, released: Released) -> Section:
    """Make the section: a row a subject, the municipality's share as a tick."""
    require_released(released)
    shares = shares_of(unit, released)
    if not shares:
        return NOTHING
    years = naming.years(unit, shares[0])
    body = figure(_dots(unit, released, shares), say("school_hours_sub", unit.language, years=years))
    note = Markup('<p class="key">{}</p>').format(say("school_hours_note", unit.language))
    own = own_rows(unit, released, indicator=SHARE)
    heading, answer = hours_in_words(unit, shares), say("school_hours_answer", unit.language)
    return section(unit, "school_hours", heading, answer, [body, note], source_line(unit, own))


def hours_in_words(unit: Unit, shares: list[Any]) -> Markup:
    """Say between which shares of planned lessons were held."""
    low, high = (percent(end(row.estimate for row in shares), unit.language, 1) for end in (min, max))
    key = "hours_heading_one" if low == high else "hours_heading"
    return say(key, unit.language, **({"share": low} if low == high else {"low": low, "high": high}))


def _dots(unit: Unit, released: Released, shares: list[Any]) -> Markup:
    language = unit.language
    place = {
        (row.domain, row.school_year): row.estimate
        for row in each(released.where(indicator=SHARE, school_id="", municipality_id=unit.municipality_id).rows)
    }
    marks = {row.domain: place.get((row.domain, row.school_year), float("nan")) for row in shares}
    ends = [100.0, *(row.estimate for row in shares), *(mark for mark in marks.values() if mark == mark)]
    low, high = 10 * (min(ends) // 10), 10 * -(-max(ends) // 10)
    axis = Scale(low, high, tuple(low + (high - low) * part / 4 for part in range(5)), zero=None)
    rows = [_row(unit, released, row, marks[row.domain], axis) for row in shares]
    heads = [(str(say("column_held", language)), ""), (str(say("column_municipality", language)), "")]
    return dots(
        language, str(say("school_hours_caption", language)), [str(say("column_domain", language))], heads, axis, "", rows,
        unit="percent", verdicts=False, n_head=str(say("column_hours_missed", language)),
        n_short=str(say("hours_short", language)),
    )  # fmt: skip


def _row(unit: Unit, released: Released, row: Any, mark: float, axis: Scale) -> DotRow:
    language = unit.language
    given = sums(released, row)
    own = held(row, given, language)
    beside = Figure("–" if mark != mark else percent(mark, language, 1))
    nan = float("nan")
    drawing = strip(axis, row.estimate, nan, nan, "same", ", ".join(filter(None, (own.text, own.interval))), mark)
    missed = given.get("planned", nan) - given.get("delivered", nan)
    n = "–" if missed != missed else number(max(missed, 0), language)
    return DotRow("", capitalised(naming.domain(unit, row)), drawing, (own, beside), n)
