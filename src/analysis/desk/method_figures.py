"""Figures of the notebook on methods: drawn countries beside their truth, in the style of the pages."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MultipleLocator

from analysis.report.drawing import ACCENT, INK, LINE, LOW, SOFT, as_svg, canvas
from analysis.words.numbers import number, percent

ONE, TALL = (470, 260), (470, 330)
HALF = (320, 250)
Z90, Z95 = 1.6448536, 1.959964
_PALE = "#e9eef3"


def _axis(axes: Axes, language: str, which: Literal["x", "y"] = "y", decimals: int = 1, *, signed: bool = True) -> None:
    """Write the numbers of an axis as its readers do, with soft lines."""
    axis = getattr(axes, f"{which}axis")
    axis.set_major_formatter(FuncFormatter(lambda value, _: number(value, language, decimals, signed=signed)))
    axes.grid(axis=which, color=LINE, linewidth=0.7)
    axes.set_axisbelow(True)


def changes(rows: pd.DataFrame, language: str, decimals: int, words: str, key: str, alt: str) -> Markup:
    """Draw changes with 95 % intervals, smallest first; those that would be claimed are filled.

    Parameters
    ----------
    rows : pd.DataFrame
        ``change`` and ``se``, one row a municipality.
    """
    rows = rows.sort_values("change").reset_index(drop=True)
    with canvas(*HALF) as (figure, axes):
        axes.axvline(0, color=INK, linewidth=1)
        axes.hlines(
            rows.index, rows["change"] - Z95 * rows["se"], rows["change"] + Z95 * rows["se"], color=SOFT, linewidth=1.2
        )
        sure = rows["change"].abs() > Z95 * rows["se"]
        axes.plot(rows["change"][~sure], rows.index[~sure], "o", mfc="#fff", mec=ACCENT, mew=1.4, markersize=5.5)
        axes.plot(rows["change"][sure], rows.index[sure], "D", color=LOW, markersize=5.5)
        _axis(axes, language, "x", decimals)
        axes.set(yticks=[], xlabel=words, ylabel="")
        axes.spines["left"].set_visible(False)
        return as_svg(figure, key, alt)


def funnel(
    schools: pd.DataFrame, column: str, sd: float, half: float, language: str, words: str, key: str, alt: str
) -> Markup:
    """Draw schools' estimates against their pupils, within the limits that chance alone leaves (95 %).

    Parameters
    ----------
    schools : pd.DataFrame
        ``n`` and the column drawn; ``lowest``: the ten with the lowest raw mean, drawn as diamonds.
    sd : float
        Of pupils within schools.
    half : float
        The axis goes from minus this to plus this.
    """
    with canvas(*HALF) as (figure, axes):
        grid = np.linspace(max(schools["n"].min() * 0.8, 3), schools["n"].max() * 1.05, 120)
        axes.fill_between(grid, -Z95 * sd / np.sqrt(grid), Z95 * sd / np.sqrt(grid), color=_PALE, linewidth=0)
        axes.axhline(0, color=INK, linewidth=1)
        lowest = schools["lowest"]
        axes.plot(schools["n"][~lowest], schools[column][~lowest], "o", mfc="#fff", mec=ACCENT, mew=1.1, markersize=4.5)
        axes.plot(schools["n"][lowest], schools[column][lowest], "D", color=LOW, markersize=5)
        _axis(axes, language)
        axes.yaxis.set_major_locator(MultipleLocator(0.5))
        axes.set(xlabel=words, ylabel="", ylim=(-half, half), xlim=(0, grid[-1]))
        return as_svg(figure, key, alt)


def shares(names: Sequence[str], values: Sequence[float], own: int, language: str, key: str, alt: str) -> Markup:
    """Draw a bar a rule, the share in percent written beside it; the workbook's own rule in its colour."""
    with canvas(ONE[0], 46 + 27 * len(names)) as (figure, axes):
        colours = [ACCENT if i == own else SOFT for i in range(len(names))]
        axes.barh(range(len(names)), values, color=colours, height=0.62)
        for i, value in enumerate(values):
            axes.text(value + 1.5, i, percent(value, language), va="center", color=INK)
        axes.set(xlim=(0, 116), ylim=(len(names) - 0.4, -0.6), xlabel="", ylabel="", xticks=[])
        axes.set_yticks(range(len(names)), names)
        axes.spines["bottom"].set_visible(False)
        axes.spines["left"].set_visible(False)
        return as_svg(figure, key, alt)


def intervals(rows: pd.DataFrame, language: str, words: str, key: str, alt: str) -> Markup:
    """Draw 90 % intervals of groups' gaps with the true gap as a dot; intervals that miss it are in the other colour.

    Parameters
    ----------
    rows : pd.DataFrame
        ``gap``, ``gap_sd``, ``true``.
    """
    rows = rows.sort_values("gap").reset_index(drop=True)
    missed = (rows["gap"] - rows["true"]).abs() > Z90 * rows["gap_sd"]
    with canvas(*TALL) as (figure, axes):
        axes.axvline(0, color=INK, linewidth=1)
        for which, colour in ((~missed, SOFT), (missed, LOW)):
            own = rows[which]
            low, high = own["gap"] - Z90 * own["gap_sd"], own["gap"] + Z90 * own["gap_sd"]
            axes.hlines(own.index, low, high, color=colour, linewidth=2, alpha=0.65)
            axes.plot(own["true"], own.index, "o", color=ACCENT if colour == SOFT else LOW, markersize=3.6)
        _axis(axes, language, "x")
        axes.set(yticks=[], xlabel=words, ylabel="")
        axes.spines["left"].set_visible(False)
        return as_svg(figure, key, alt)


def calibration(rows: pd.DataFrame, language: str, words: tuple[str, str], key: str, alt: str) -> Markup:
    """Draw the observed against the predicted share of low results, in percent; on the line predictions hold.

    Parameters
    ----------
    rows : pd.DataFrame
        ``predicted``, ``low``, ``high`` and ``observed``, one row a tenth of the pupils.
    """
    with canvas(*HALF) as (figure, axes):
        top = float(max(rows["predicted"].max(), rows["high"].max())) * 1.05
        axes.plot([0, top], [0, top], color=INK, linewidth=1)
        axes.vlines(rows["predicted"], rows["low"], rows["high"], color=SOFT, linewidth=1.4)
        axes.plot(rows["predicted"], rows["observed"], "o", color=ACCENT, markersize=5)
        _axis(axes, language, "x", 0, signed=False)
        _axis(axes, language, "y", 0, signed=False)
        axes.set(xlabel=words[0], ylabel=words[1], xlim=(0, top), ylim=(0, top))
        return as_svg(figure, key, alt)


def recalls(
    curves: dict[str, tuple[np.ndarray, np.ndarray]], language: str, words: tuple[str, str], key: str, alt: str
) -> Markup:
    """Draw, for each rule, which share of the low results is found when so large a share of pupils is looked at."""
    styles = [(ACCENT, "-"), (LOW, "--"), (SOFT, ":")]
    with canvas(*HALF) as (figure, axes):
        for (name, (looked, found)), (colour, style) in zip(curves.items(), styles, strict=False):
            axes.plot(looked, found, style, color=colour, linewidth=2, label=name)
        axes.legend(frameon=False, loc="lower right", handlelength=1.8)
        _axis(axes, language, "x", 0, signed=False)
        _axis(axes, language, "y", 0, signed=False)
        axes.set(xlabel=words[0], ylabel=words[1], xlim=(0, 50), ylim=(0, 100))
        return as_svg(figure, key, alt)


def fits(values: dict[str, np.ndarray], truth: float, language: str, words: str, key: str, alt: str) -> Markup:
    """Draw estimates of one true number by several programs, a row each; wrong ones are diamonds of the other colour."""
    with canvas(ONE[0], 60 + 40 * len(values)) as (figure, axes):
        axes.axvline(truth, color=INK, linewidth=1)
        for row, estimates in enumerate(values.values()):
            shift = np.linspace(-0.22, 0.22, len(estimates))
            wrong = np.abs(estimates - truth) > 0.1 * truth
            axes.plot(estimates[~wrong], row + shift[~wrong], "o", mfc="#fff", mec=ACCENT, mew=1.1, markersize=4.5)
            axes.plot(estimates[wrong], row + shift[wrong], "D", color=LOW, markersize=4.5)
        axes.set(ylim=(len(values) - 0.5, -0.5), xlabel=words, ylabel="")
        axes.set_yticks(range(len(values)), list(values))
        _axis(axes, language, "x", 0, signed=False)
        axes.spines["left"].set_visible(False)
        return as_svg(figure, key, alt)


def draws(values: dict[str, np.ndarray], truth: float, language: str, words: str, key: str, alt: str) -> Markup:
    """Draw how estimates of one gap scatter over repetitions, as measured and shrunken."""
    bins = np.linspace(-1, 0.6, 65)
    with canvas(*ONE) as (figure, axes):
        for (name, estimates), (colour, fill) in zip(values.items(), ((SOFT, False), (ACCENT, True)), strict=True):
            heights = 100 * np.histogram(estimates, bins)[0] / len(estimates)
            axes.stairs(heights, bins, fill=fill, color=colour, alpha=0.55 if fill else 1, linewidth=1.8, label=name)
        axes.axvline(truth, color=INK, linewidth=1.4)
        axes.legend(frameon=False, loc="upper right")
        _axis(axes, language, "x")
        axes.set(yticks=[], xlabel=words, ylabel="", xlim=(bins[0], bins[-1]))
        axes.spines["left"].set_visible(False)
        return as_svg(figure, key, alt)


def pairs(rows: pd.DataFrame, names: Sequence[str], language: str, words: str, key: str, alt: str) -> Markup:
    """Draw two gaps a row, in percentage points with 95 % intervals: as it is, and against pupils of the same total."""
    with canvas(HALF[0], 50 + 42 * len(rows)) as (figure, axes):
        axes.axvline(0, color=INK, linewidth=1)
        for shift, name, colour, marker in ((-0.16, "raw", SOFT, "s"), (0.16, "same", ACCENT, "o")):
            place = np.arange(len(rows)) + shift
            half = Z95 * rows[f"{name}_se"]
            axes.hlines(place, rows[name] - half, rows[name] + half, color=colour, linewidth=1.6)
            axes.plot(rows[name], place, marker, color=colour, markersize=5.5)
        axes.set(ylim=(len(rows) - 0.5, -0.5), xlabel=words, ylabel="")
        axes.set_yticks(range(len(rows)), list(names))
        _axis(axes, language, "x", 0)
        axes.xaxis.set_major_locator(MultipleLocator(5))
        axes.spines["left"].set_visible(False)
        return as_svg(figure, key, alt)
