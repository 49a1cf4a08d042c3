"""Figures of the page, each drawn from released values and each with a text that says the same."""

import textwrap

import numpy as np
import pandas as pd
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter
from scipy import stats

from analysis.release import Released
from analysis.report.drawing import ACCENT, INK, LINE, LOW, PANEL, PHONE, SOFT, as_svg, canvas, marks
from analysis.report.html import require_released
from analysis.words.numbers import number, percent

SMALL = (PANEL, 150)
FUNNEL = (PANEL, 190)


def position_by_year(
    yearly: Released,
    half_scale: float,
    direction: str,
    language: str,
    key: str,
    alt: str,
    size: tuple[int, int] = SMALL,
) -> Markup:
    """Draw the mean national position by year with its interval; years without a figure leave a gap.

    Parameters
    ----------
    yearly : Released
        ``attainment`` in SD against the country, one test, one row a year.
    half_scale : float
        The axis goes from minus this to plus this on every panel of every page.
    direction : {"down", "up", "steady", "short"}
        Verdict on the trend; decides the colour, which the words beside it repeat.
    """
    with canvas(*size) as (figure, axes):
        draw_years(axes, yearly, half_scale, direction, language)
        return as_svg(figure, key, alt)


def draw_years(axes: Axes, yearly: Released, half_scale: float, direction: str, language: str) -> None:
    """Draw what :func:`position_by_year` shows on axes that are there."""
    require_released(yearly)
    rows = yearly.rows.set_index("school_year").sort_index()
    years = list(range(int(rows.index.min()), int(rows.index.max()) + 1))
    rows = rows[["estimate", "low", "high"]].reindex(years)
    colour = {"down": LOW, "up": ACCENT}.get(direction, SOFT)
    axes.axhline(0, color=INK, linewidth=1)
    axes.fill_between(years, rows["low"], rows["high"], color=colour, alpha=0.18, linewidth=0)
    axes.plot(years, rows["estimate"], color=colour, linewidth=2)
    axes.plot(years, rows["estimate"], "o", color=colour, markersize=4)
    signed_axis(axes, half_scale, language)
    axes.set(xlabel="", ylabel="", xlim=(years[0] - 0.3, years[-1] + 0.3))
    axes.xaxis.set_major_locator(FixedLocator([years[0], years[-1]]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0f}"))


def signed_axis(axes: Axes, half_scale: float, language: str) -> None:
    """Give the vertical axis the same signed scale on every panel of every page."""
    ticks = [-half_scale, -half_scale / 2, 0, half_scale / 2, half_scale]
    axes.set_ylim(-half_scale, half_scale)
    axes.yaxis.set_major_locator(FixedLocator(ticks))
    decimals = 0 if half_scale > 5 else 1  # percentage points, or standard deviations
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value, language, decimals, signed=True)))
    axes.grid(axis="y", color=LINE, linewidth=0.7)
    axes.set_axisbelow(True)


def spread(
    own: Released, country: Released, language: str, key: str, alt: str, size: tuple[int, int] = SMALL
) -> Markup:
    """Draw the spread over bands: bars for the municipality, a line for the country, per ten percentage points.

    Bands are of different width, for neighbours were joined; the height is the share per ten points, so that areas
    compare.
    """
    with canvas(*size) as (figure, axes):
        draw_spread(axes, own, country, language)
        return as_svg(figure, key, alt)


def draw_spread(axes: Axes, own: Released, country: Released, language: str) -> None:
    """Draw what :func:`spread` shows on axes that are there."""
    require_released(own, country)
    edges, heights = _steps(own.rows)
    axes.stairs(heights, edges, fill=True, color=ACCENT, alpha=0.85)
    if len(country) and country.rows["estimate"].notna().all():
        axes.stairs(_steps(country.rows)[1], edges, color=INK, linewidth=1.6)
    axes.vlines(edges[1:-1], 0, 0.8, color="#fff", linewidth=0.8)
    axes.set(xlim=(0, 100), xlabel="", ylabel="")
    axes.xaxis.set_major_locator(FixedLocator([0, 20, 40, 60, 80, 100]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: percent(value, language)))
    axes.locator_params(axis="y", nbins=4)
    axes.grid(axis="y", color=LINE, linewidth=0.7)
    axes.set_axisbelow(True)


def _steps(rows: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    lows = rows["part"].str.split("-").str[0].astype(int).to_numpy()
    edges = np.append(lows, 100)
    return edges, rows["estimate"].to_numpy() / (np.diff(edges) / 10)


def funnel(
    schools: Released, half_scale: float, language: str, axis_words: str, key: str, alt: str,
    size: tuple[int, int] = FUNNEL,
) -> Markup:  # fmt: skip
    """Draw schools against their number of pupils, with the limits within which chance alone would leave them.

    The limits are those of the schools' own intervals (95 %) and 99.8 %: ``z·s·sqrt(1/n − 1/N)``, with s from the
    released intervals (Spiegelhalter 2005, without overdispersion).
    """
    with canvas(*size) as (figure, axes):
        draw_funnel(axes, schools, half_scale, language, axis_words)
        return as_svg(figure, key, alt)


def draw_funnel(axes: Axes, schools: Released, half_scale: float, language: str, axis_words: str) -> None:
    """Draw what :func:`funnel` shows on axes that are there."""
    require_released(schools)
    rows = schools.rows.dropna(subset=["estimate", "n"])
    n = rows["n"].to_numpy(dtype="float64")
    total = n.sum()
    spread_of = np.sqrt(1 / n - 1 / total)
    half = ((rows["high"] - rows["low"]) / 2).to_numpy()
    level = float(rows["confidence"].iloc[0])
    z = stats.norm.ppf((1 + level) / 2)
    sd = np.nansum(half * spread_of) / np.nansum(spread_of**2) / z
    grid = np.linspace(max(n.min() * 0.8, 3), n.max() * 1.08, 120)
    limit = sd * np.sqrt(np.clip(1 / grid - 1 / total, 0, None))
    inside, outside = rows["verdict"] != "differs", rows["verdict"] == "differs"
    axes.fill_between(grid, -z * limit, z * limit, color="#e9eef3", linewidth=0)
    for sign in (-1, 1):
        axes.plot(grid, sign * stats.norm.ppf(0.999) * limit, "--", color=SOFT, linewidth=0.9)
    axes.axhline(0, color=INK, linewidth=1)
    y = np.clip(rows["estimate"].to_numpy(), -half_scale, half_scale)
    marks(axes, n[inside], y[inside], "o", mfc="#fff", mec=ACCENT, mew=1.4, markersize=5.5)
    marks(axes, n[outside], y[outside], "D", color=LOW, markersize=5.5)
    signed_axis(axes, half_scale, language)
    axes.set(xlabel=axis_words, ylabel="", xlim=(grid[0], grid[-1]))
    axes.locator_params(axis="x", nbins=4)


def published_dots(
    schools: Released, averages: Released, names: dict[str, str], language: str, key: str, alt: str
) -> Markup:
    """Draw published means of schools, a row a subject, with the mean of the means as a tick; names are not shown."""
    with canvas(PHONE, 46 + 26 * len(names)) as (figure, axes):
        draw_published(axes, schools, averages, names, language)
        return as_svg(figure, key, alt)


def draw_published(axes: Axes, schools: Released, averages: Released, names: dict[str, str], language: str) -> None:
    """Draw what :func:`published_dots` shows on axes that are there."""
    require_released(schools, averages)
    rows, means = schools.rows, averages.rows.set_index("domain")["estimate"]
    order = list(names)
    for place, domain in enumerate(order):
        values = rows.loc[rows["domain"] == domain, "estimate"].to_numpy()
        axes.plot(values, np.full(len(values), place), "o", color=ACCENT, alpha=0.45, markersize=5.5, mew=0)
        axes.plot([means[domain]] * 2, [place - 0.34, place + 0.34], color=INK, linewidth=2)
    axes.set(xlim=(0, 100), ylim=(len(order) - 0.4, -0.6), xlabel="", ylabel="")
    axes.yaxis.set_major_locator(FixedLocator(list(range(len(order)))))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: textwrap.fill(names[order[int(value)]], 24)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: percent(value, language)))
    axes.grid(axis="x", color=LINE, linewidth=0.7)
    axes.spines["left"].set_visible(False)
