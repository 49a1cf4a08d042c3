"""Figures of schools beside what was expected: bars without names, and the funnel; neither is a list in order of merit."""

import numpy as np
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator
from scipy import stats

from analysis.release import Released
from analysis.report.drawing import ACCENT, INK, LOW, SOFT, as_svg, canvas, marks
from analysis.report.figures import FUNNEL, signed_axis
from analysis.report.html import require_released
from analysis.stats.school_limits import READING_PAIRS

_AREA = "#e9eef3"


def caterpillar(
    schools: Released, half_scale: float, language: str, axis_words: str, key: str, alt: str,
    size: tuple[int, int] = FUNNEL,
) -> Markup:  # fmt: skip
    """Draw each school's effect with its interval (thin) and ±1.39 standard errors (thick), without names.

    Two thick bars that do not touch differ; a thin bar that does not touch the line differs from what was expected.

    Parameters
    ----------
    schools : Released
        ``school_effect`` of one test, shrunken.
    half_scale : float
        The axis goes from minus this to plus this on every page; what lies beyond is drawn at the edge.
    """
    with canvas(*size) as (figure, axes):
        draw_caterpillar(axes, schools, half_scale, language, axis_words)
        return as_svg(figure, key, alt)


def draw_caterpillar(axes: Axes, schools: Released, half_scale: float, language: str, axis_words: str) -> None:
    """Draw what :func:`caterpillar` shows on axes that are there."""
    require_released(schools)
    rows = schools.rows.dropna(subset=["estimate", "low", "high"]).sort_values(["estimate", "n"], kind="stable")
    level = float(rows["confidence"].iloc[0])
    pair = READING_PAIRS / stats.norm.ppf((1 + level) / 2) * (rows["high"] - rows["low"]).to_numpy() / 2
    place, y = np.arange(len(rows)), rows["estimate"].to_numpy()
    axes.axhline(0, color=INK, linewidth=1)
    for mine, colour, marker, face in (
        ((rows["verdict"] != "differs").to_numpy(), SOFT, "o", "#fff"),
        (((rows["verdict"] == "differs") & (rows["estimate"] > 0)).to_numpy(), ACCENT, "^", ACCENT),
        (((rows["verdict"] == "differs") & (rows["estimate"] < 0)).to_numpy(), LOW, "v", LOW),
    ):
        axes.vlines(place[mine], rows["low"][mine], rows["high"][mine], color=colour, linewidth=1)
        axes.vlines(place[mine], (y - pair)[mine], (y + pair)[mine], color=colour, linewidth=3, alpha=0.45)
        inside = np.clip(y, -half_scale, half_scale)[mine]
        marks(axes, place[mine], inside, marker, color=colour, mfc=face, markersize=4.5)
    signed_axis(axes, half_scale, language)
    axes.set(xlabel=axis_words, ylabel="", xlim=(-0.7, len(rows) - 0.3))
    axes.xaxis.set_major_locator(FixedLocator([]))


def effect_funnel(
    schools: Released, half_scale: float, language: str, axis_words: str, key: str, alt: str,
    size: tuple[int, int] = FUNNEL,
) -> Markup:  # fmt: skip
    """Draw unshrunken effects against their number of pupils, with the limits of chance and of how schools usually differ.

    The limits at 95 % are those of the schools' own intervals, ``z·√(σ²/n + τ²)``; σ² and τ² are read off them
    (Spiegelhalter 2005, additive overdispersion).

    Parameters
    ----------
    schools : Released
        ``school_effect`` of one test, ``part=unshrunken``.
    half_scale : float
        As in :func:`caterpillar`.
    """
    with canvas(*size) as (figure, axes):
        draw_effect_funnel(axes, schools, half_scale, language, axis_words)
        return as_svg(figure, key, alt)


def draw_effect_funnel(axes: Axes, schools: Released, half_scale: float, language: str, axis_words: str) -> None:
    """Draw what :func:`effect_funnel` shows on axes that are there."""
    require_released(schools)
    rows = schools.rows.dropna(subset=["estimate", "low", "high", "n"])
    n = rows["n"].to_numpy(dtype="float64")
    z = stats.norm.ppf((1 + float(rows["confidence"].iloc[0])) / 2)
    squared = ((rows["high"] - rows["low"]).to_numpy() / 2 / z) ** 2
    line = np.column_stack([1 / n, np.ones(len(n))])
    chance, between = np.clip(np.linalg.lstsq(line, squared, rcond=None)[0], 0, None)
    grid = np.linspace(max(n.min() * 0.8, 3), n.max() * 1.08, 120)
    limit = np.sqrt(chance / grid + between)
    axes.fill_between(grid, -z * limit, z * limit, color=_AREA, linewidth=0)
    for sign in (-1, 1):
        axes.plot(grid, sign * stats.norm.ppf(0.999) * limit, "--", color=SOFT, linewidth=0.9)
    axes.axhline(0, color=INK, linewidth=1)
    y, outside = np.clip(rows["estimate"].to_numpy(), -half_scale, half_scale), rows["verdict"] == "differs"
    marks(axes, n[~outside], y[~outside], "o", mfc="#fff", mec=ACCENT, mew=1.4, markersize=5.5)
    marks(axes, n[outside], y[outside], "D", color=LOW, markersize=5.5)
    signed_axis(axes, half_scale, language)
    axes.set(xlabel=axis_words, ylabel="", xlim=(grid[0], grid[-1]))
    axes.locator_params(axis="x", nbins=4)
