"""Rows of dots with intervals in a picture: tests, skills of one test, or its groups, each with its name and numbers."""

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter

from analysis.evidence import each
from analysis.intake.unit import Unit
from analysis.release import Released
from analysis.report import expected, groups, naming, values, where
from analysis.report.drawing import INK, LINE
from analysis.report.explore.modelled import skills_in
from analysis.report.skills import GAPS, SHARES, in_order, skill
from analysis.report.strips import HIGH, LOW, MARK, SAME, Scale
from analysis.report.support import who as support
from analysis.words.catalogue import capitalised, say
from analysis.words.numbers import number, percent

_COLOURS = {"lower": LOW, "higher": HIGH, "same": SAME}
_FEW = 0.5  # of a row: room above the first and below the last one


@dataclass(frozen=True)
class Lines:
    """What is drawn a row each, its name, the axis, a second mark (NaN: none), and what stands below the numbers."""

    rows: list[Any]
    names: list[str]
    scale: Scale
    marks: Sequence[float] = ()
    below: Sequence[str] = ()


def lines_of(unit: Unit, measure: str, rows: Released) -> Lines:
    """Return the rows of a view that draws rows."""
    if measure == "support" and (named := support.named_groups(unit, rows)):
        return _of_named(unit, named, rows)
    if measure in ("gaps", "support"):
        return _of_groups(unit, rows.where(indicator="group_gap"))
    return _of_skills(unit, rows) if measure == "skills" else _of_tests(unit, measure, rows)


def _of_named(unit: Unit, named: list[Any], rows: Released) -> Lines:
    """Return the groups named, each with its extra pupils below the gap."""
    language, gaps = unit.language, support.gaps_of(rows)
    lines = [gaps[support.key_of(row)] for row in named]
    extra = [f"{say('column_extra', language)}: {number(row.estimate, language)}" for row in named]
    home = support.gaps_of(rows, "municipality")
    apart = [home[support.key_of(row)].estimate if support.key_of(row) in home else math.nan for row in lines]
    marks = [
        row.estimate - gap if row.reference == "country" else math.nan for row, gap in zip(lines, apart, strict=True)
    ]
    return Lines(lines, _group_names(unit, named), groups.gap_scale(unit, lines[0].unit), marks, extra)


def _of_groups(unit: Unit, gaps: Released) -> Lines:
    country = {row.group: row for row in each(gaps.where(reference="country").rows)}
    home = gaps.where(reference="municipality")
    lines = [country.get(row.group, row) for row in groups.fixed_order(unit, home)]
    middle = groups.municipality_mean(country, home)
    marks = [math.nan if math.isnan(row.estimate) else middle for row in lines]
    return Lines(lines, _group_names(unit, lines), groups.gap_scale(unit, lines[0].unit), marks)


def _group_names(unit: Unit, rows: list[Any]) -> list[str]:
    return [capitalised(naming.group(unit, row.group)) for row in rows]


def _of_skills(unit: Unit, rows: Released) -> Lines:
    drawn = skills_in(unit, rows)[2]
    lines = in_order(drawn)
    names = [capitalised(skill(unit, row.part)) for row in lines]
    if lines[0].indicator == "skill_gap":
        return Lines(lines, names, GAPS)
    nation = {row.part: row.estimate for row in each(rows.where(municipality_id="").rows)}
    return Lines(lines, names, SHARES, [nation.get(row.part, math.nan) for row in lines])


def _of_tests(unit: Unit, measure: str, rows: Released) -> Lines:
    places = expected.places(rows.where(indicator="expected_for_similar"))
    shown = rows.where(indicator="attainment") if measure == "expected" else rows
    lines = list(each(naming.test_order(shown.rows)))
    found = [places.get(expected.key_of(row)) for row in lines]
    names = [capitalised(naming.what(unit, row)) for row in lines]
    scale = where.scale(unit, "percent" if lines[0].reference != "country" else lines[0].unit)
    return Lines(lines, names, scale, [row.estimate if row else math.nan for row in found])


def draw_rows(axes: Axes, unit: Unit, lines: Lines) -> None:
    """Draw dots with intervals and their names, a row each."""
    for place, row in enumerate(lines.rows):
        _dot(axes, place, row, lines.scale)
        text = f"{values.estimate(row, unit.language)}  (n {values.behind(row, unit.language)})"
        text += f"\n{lines.below[place]}" if lines.below else ""
        axes.text(1.02, place, text, transform=axes.get_yaxis_transform(), va="center", fontsize=9, color=INK)
    axes.plot(lines.marks, range(len(lines.marks)), "|", color=MARK, markersize=13, mew=2)
    _row_axes(axes, lines.names, lines.scale, lines.rows[0].unit, unit.language)


def _dot(axes: Axes, place: int, row: Any, scale: Scale) -> None:
    if pd.isna(row.estimate):
        return
    colour = _COLOURS[values.direction(row)]
    x = min(max(row.estimate, scale.low), scale.high)
    if not pd.isna(row.low):
        ends = (max(row.low, scale.low), min(row.high, scale.high))
        axes.plot(ends, (place, place), color=colour, linewidth=2.6, solid_capstyle="round")
    filled = row.verdict == "differs"
    shape = "<" if row.estimate < scale.low else ">" if row.estimate > scale.high else "o"
    axes.plot(
        [x], [place], shape, color=colour, mfc=colour if filled else "#fff", mew=1.5, markersize=6.5, clip_on=False
    )


def _row_axes(axes: Axes, names: list[str], scale: Scale, unit: str, language: str) -> None:
    axes.set(xlim=(scale.low, scale.high), ylim=(len(names) - _FEW, -_FEW), xlabel="", ylabel="")
    if scale.zero is not None:
        axes.axvline(scale.zero, color=INK, linewidth=1)
    axes.yaxis.set_major_locator(FixedLocator(list(range(len(names)))))
    axes.yaxis.set_major_formatter(
        FuncFormatter(lambda value, _: textwrap.fill(names[int(value)], 44, max_lines=2, placeholder="…"))
    )
    axes.xaxis.set_major_locator(FixedLocator(list(scale.ticks)))
    signed = scale.zero is not None
    decimals = 1 if unit == "sd" else 0
    axes.xaxis.set_major_formatter(
        FuncFormatter(lambda v, _: number(v, language, decimals, signed=True) if signed else percent(v, language))
    )
    axes.tick_params(labelsize=9)
    axes.grid(axis="x", color=LINE, linewidth=0.7)
    axes.spines["left"].set_visible(False)
    axes.set_axisbelow(True)
