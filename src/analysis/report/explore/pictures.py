"""A view as a picture that travels alone: what it shows, of whom, from what and how many stand in the picture itself."""

import io
import textwrap
from dataclasses import dataclass

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.evidence import each
from analysis.intake.unit import Unit
from analysis.params import View
from analysis.release import Released
from analysis.report import moves, naming, school_differences, school_effects
from analysis.report.drawing import INK, SOFT, canvas
from analysis.report.early.figure import draw_bands
from analysis.report.early.signs import blocks
from analysis.report.explore.picture_rows import draw_rows, lines_of
from analysis.report.explore.views import Shown
from analysis.report.figures import draw_funnel, draw_published, draw_spread, draw_years
from analysis.report.school.figures import draw_caterpillar
from analysis.words.catalogue import say

WIDTH, ROW = 560, 24
_DPI = 200


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
        if view.measure in _DRAW:
            _DRAW[view.measure](axes, unit, shown.rows)
        else:
            draw_rows(axes, unit, lines_of(unit, view.measure, shown.rows))
        _words(figure, axes, unit, shown)
        return Picture(_svg(figure, unit, shown), _png(figure, unit, shown))


def _height(unit: Unit, view: View, rows: Released) -> int:
    if view.measure in _DRAW:
        return 380 if view.measure != "published" else 230
    return 190 + ROW * len(lines_of(unit, view.measure, rows).rows)


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


def _draw_bars(axes: Axes, unit: Unit, rows: Released) -> None:
    ((_, schools),) = school_effects.compared(unit, rows)
    axis = str(say("effects_axis", unit.language))
    draw_caterpillar(axes, schools, unit.params.council_scale_sd, unit.language, axis)


def _draw_bands(axes: Axes, unit: Unit, rows: Released) -> None:
    _, block = next(blocks(unit, rows))
    draw_bands(axes, block["today"], block["observed"], unit.language)


def _draw_published(axes: Axes, unit: Unit, rows: Released) -> None:
    public, averages = rows.where(indicator="school_mean"), rows.where(indicator="school_mean_average")
    test = next(each(public.rows))
    draw_published(axes, public, averages, {test.domain: naming.domain(unit, test)}, unit.language)


_DRAW = {
    "spread": _draw_spread,
    "moves": _draw_years,
    "early": _draw_bands,
    "schools": _draw_funnel,
    "effects": _draw_bars,
    "published": _draw_published,
}
