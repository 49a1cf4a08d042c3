"""The figure of early signs: today's pupils as one stacked bar, below it how pupils of each band fared before."""

import math

import pandas as pd
from markupsafe import Markup
from matplotlib.axes import Axes

from analysis.evidence import each
from analysis.release import Released
from analysis.report import values
from analysis.report.drawing import ACCENT, INK, LINE, PANEL, SOFT, as_svg, canvas
from analysis.report.html import require_released
from analysis.words.catalogue import say
from analysis.words.numbers import number

BANDS = ("high", "middle", "low")
SIZE = (PANEL, 172)
_COLOURS = {"high": ACCENT, "middle": "#7f9db5", "low": "#d6dfe7"}  # dark to light, so that grey keeps the order
_STACK = 0.5
_ROOM = 11.0  # percent of the width that a number needs


def bands_figure(
    today: Released, observed: Released, language: str, key: str, alt: str, size: tuple[int, int] = SIZE
) -> Markup:
    """Draw one stage and domain.

    Parameters
    ----------
    today : Released
        ``risk_band`` in pupils of one municipality, stage and domain.
    observed : Released
        ``risk_band`` in percent of the same: share of earlier pupils of each band whose result was not low.
    """
    with canvas(*size) as (figure, axes):
        draw_bands(axes, today, observed, language)
        return as_svg(figure, key, alt)


def draw_bands(axes: Axes, today: Released, observed: Released, language: str) -> None:
    """Draw what :func:`bands_figure` shows on axes that are there."""
    require_released(today, observed)
    counts, rates = today.rows.set_index("part")["estimate"], {row.part: row for row in each(observed.rows)}
    axes.set(xlim=(0, 100), ylim=(-3.4, 0.75))
    axes.set_axis_off()
    _stack(axes, counts, language)
    for place, band in enumerate(BANDS):
        _row(axes, -0.75 - 1.12 * place, band, counts, rates, language)


def _stack(axes: Axes, counts: pd.Series, language: str) -> None:
    """Draw the shares of today's pupils; without all three counts there is no whole to share."""
    found = [float(counts.get(band, float("nan"))) for band in BANDS]
    if any(map(math.isnan, found)) or not sum(found):
        return
    left = 0.0
    for band, count in zip(BANDS, found, strict=True):
        width = 100 * count / sum(found)
        axes.barh(0.3, width, left=left, height=_STACK, color=_COLOURS[band], edgecolor="#fff", linewidth=1)
        if width >= _ROOM:
            colour = "#fff" if band == "high" else INK
            axes.text(left + width / 2, 0.28, number(count, language), color=colour, ha="center", va="center")
        left += width


def _row(axes: Axes, y: float, band: str, counts: pd.Series, rates: dict[str, object], language: str) -> None:
    count = float(counts.get(band, float("nan")))
    name = f"{say(f'early_band_{band}', language)}: {number(count, language)}"
    rate = rates.get(band)
    text = values.estimate(rate, language) if rate is not None else "–"  # not known is not withheld
    axes.text(0, y, name, va="bottom", ha="left")
    axes.text(100, y, text, va="bottom", ha="right")
    if rate is None:
        return
    axes.barh(y - 0.2, 100, height=0.26, color="#fff", edgecolor=LINE, linewidth=0.9)
    ends = [getattr(rate, end, float("nan")) for end in ("estimate", "low", "high")]
    drawn = next((end for end in ends if not math.isnan(end)), 0.0)  # of a coded rate its bound
    axes.barh(y - 0.2, drawn, height=0.26, color=_COLOURS[band], edgecolor=SOFT, linewidth=0.6)
