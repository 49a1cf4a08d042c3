"""A view as a picture that travels alone: what it shows, of whom, from what and how many stand in the picture itself."""

import io
import textwrap
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter

from analysis.evidence import each
from analysis.intake.unit import Unit
from analysis.params import View
from analysis.release import Released
from analysis.report import groups, moves, naming, school_differences, values, where
from analysis.report.drawing import INK, LINE, SOFT, canvas
from analysis.report.figures import draw_funnel, draw_published, draw_spread, draw_years
from analysis.report.strips import HIGH, LOW, SAME, Scale
from analysis.report.views import Shown
from analysis.words.catalogue import capitalised, say
from analysis.words.numbers import number, percent

WIDTH, ROW = 560, 24
_DPI = 200
_COLOURS = {"lower": LOW, "higher": HIGH, "same": SAME}
_FEW = 0.5  # of a row: room above the first and below the last one


@dataclass(frozen=True)
class Picture:
    """The same picture twice: SVG with its text as text, and PNG."""

    svg: bytes
    png: bytes


def picture(unit: Unit, view: View, shown: Shown) -> Picture:
    """Draw a view for a file.

    Parameters
    ----------
    unit : Unit
        The municipality.
    view : View
        What is shown.
    shown : Shown
        The view as it is shown, with its rows.

    Raises
    ------
    ValueError
        If there is nothing to draw.
    """
    if shown.rows is None or not shown.bodies:
        raise ValueError("nothing to draw")
    height = _height(unit, view, shown.rows)
    with canvas(WIDTH, height) as (figure, axes):
        _DRAW.get(view.measure, _draw_rows)(axes, unit, shown.rows)
        _words(figure, axes, unit, shown)
        return Picture(_svg(figure, unit, shown), _png(figure, unit, shown))


def _height(unit: Unit, view: View, rows: Released) -> int:
    if view.measure in _DRAW:
        return 380 if view.measure != "published" else 230
    return 190 + ROW * (len(rows.where(reference="municipality")) if view.measure == "gaps" else len(rows))


def _words(figure: Figure, axes: Axes, unit: Unit, shown: Shown) -> None:
    """Put title and notes around the axes, and the mark of invented data over them."""
    title = _wrapped(f"{unit.name} · {shown.title}", 62)
    figure.suptitle(title, x=0.01, ha="left", fontsize=12, fontweight="bold", color=INK)
    axes.set_title(_wrapped(shown.measure, 88), loc="center", fontsize=8.5, color=SOFT, pad=10)
    notes = [_wrapped(str(shown.sentence.striptags()), 92), _wrapped(f"{shown.behind} {shown.source}", 92)]
    demo = unit.facts["demo"]
    notes += [_wrapped(str(say("page_demo", unit.language).striptags()), 92)] if demo else []
    figure.supxlabel("\n".join(notes), x=0.01, ha="left", fontsize=8.5, color=SOFT)
    if demo:
        words = str(say("page_watermark", unit.language))
        figure.text(0.5, 0.5, words, fontsize=64, color=INK, alpha=0.05, ha="center", va="center", rotation=24)


def _wrapped(text: str, width: int) -> str:
    return textwrap.fill(text, width, break_long_words=False)


def _svg(figure: Figure, unit: Unit, shown: Shown) -> bytes:
    buffer = io.BytesIO()
    metadata = {"Date": None, "Creator": None, "Title": f"{unit.name} · {shown.title}", "Language": unit.language}
    with mpl.rc_context({"svg.hashsalt": shown.title, "svg.fonttype": "none"}):
        figure.savefig(buffer, format="svg", facecolor="white", metadata=metadata)
    return buffer.getvalue()


def _png(figure: Figure, unit: Unit, shown: Shown) -> bytes:
    buffer = io.BytesIO()
    metadata = {
        "Software": None,
        "Title": f"{unit.name} · {shown.title}",
        "Description": str(shown.sentence.striptags()),
    }
    figure.savefig(buffer, format="png", dpi=_DPI, facecolor="white", metadata=metadata)
    return buffer.getvalue()


def _draw_rows(axes: Axes, unit: Unit, rows: Released) -> None:
    """Draw dots with intervals and their names, a row each: tests, or the groups of one test."""
    gaps = "group_gap" in set(rows.rows["indicator"])
    if gaps:
        country = {row.group: row for row in each(rows.where(reference="country").rows)}
        lines = [country.get(row.group, row) for row in groups.fixed_order(unit, rows.where(reference="municipality"))]
        names = [capitalised(naming.group(unit, row.group)) for row in lines]
        scale = groups.gap_scale(unit, lines[0].unit)
    else:
        lines = list(each(naming.test_order(rows.rows)))
        names = [capitalised(naming.what(unit, row)) for row in lines]
        scale = where.scale(unit, "percent" if lines[0].reference != "country" else lines[0].unit)
    for place, row in enumerate(lines):
        _dot(axes, place, row, scale)
        text = f"{values.estimate(row, unit.language)}  (n {values.behind(row, unit.language)})"
        axes.text(1.02, place, text, transform=axes.get_yaxis_transform(), va="center", fontsize=9, color=INK)
    _row_axes(axes, names, scale, lines[0].unit, unit.language)


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
        FuncFormatter(lambda value, _: textwrap.shorten(names[int(value)], 52, placeholder="…"))
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


def _draw_years(axes: Axes, unit: Unit, rows: Released) -> None:
    trend = next(each(rows.where(indicator="trend").rows), None)
    yearly = rows.where(indicator="attainment")
    draw_years(axes, yearly, unit.params.council_scale_sd, moves.direction(trend), unit.language)


def _draw_spread(axes: Axes, unit: Unit, rows: Released) -> None:
    mine, nation = rows.where(municipality_id=unit.municipality_id), rows.where(municipality_id="")
    draw_spread(axes, mine, nation, unit.language)


def _draw_funnel(axes: Axes, unit: Unit, rows: Released) -> None:
    half = school_differences.half_scale(unit, str(rows.rows["unit"].iloc[0]))
    draw_funnel(axes, rows, half, unit.language, str(say("schools_axis_n", unit.language)))


def _draw_published(axes: Axes, unit: Unit, rows: Released) -> None:
    public, averages = rows.where(indicator="school_mean"), rows.where(indicator="school_mean_average")
    test = next(each(public.rows))
    draw_published(axes, public, averages, {test.domain: naming.domain(unit, test)}, unit.language)


_DRAW = {"spread": _draw_spread, "moves": _draw_years, "schools": _draw_funnel, "published": _draw_published}
