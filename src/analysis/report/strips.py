"""The drawn cell of a dots-and-intervals table: numbers stay text beside it, the strip only shows where they lie."""

import math
from dataclasses import dataclass

from markupsafe import Markup

WIDTH, HIGH_Y = 200.0, 26
LOW, HIGH, SAME, MARK = "#801650", "#12436D", "#6B7178", "#F46A25"


@dataclass(frozen=True)
class Scale:
    """One axis for a whole table: from ``low`` to ``high``, a strong line at ``zero`` (missing: none), thin ones at ``ticks``."""

    low: float
    high: float
    ticks: tuple[float, ...]
    zero: float | None = 0.0

    def x(self, value: float) -> float:
        """Return the horizontal place of a value; what lies beyond is drawn at the edge."""
        share = (value - self.low) / (self.high - self.low)
        return round(min(max(share, 0.0), 1.0) * WIDTH, 1)


def strip(
    scale: Scale, estimate: float, low: float, high: float, direction: str, label: str, mark: float | None = None,
    expected: float | None = None, outer: tuple[float, float] | None = None,
) -> Markup:  # fmt: skip
    """Draw one row: grid, zero, interval, dot, and a tick for a second value.

    Parameters
    ----------
    scale : Scale
        Axis of the table.
    estimate, low, high : float
        Dot and ends of the interval; a missing estimate leaves the grid alone.
    direction : {"lower", "higher", "same"}
        Shape and colour; the verdict stands in words beside it.
    label : str
        What a screen reader says, the same numbers as the cells beside it.
    mark : float, optional
        Second value, drawn as a tick.
    expected : float, optional
        Value that was expected, drawn as a hollow tick.
    outer : (float, float), optional
        Ends of a wider span, drawn as a thin line.
    """
    parts = [f'<path d="M{scale.x(tick)} 0V{HIGH_Y}" class="g"/>' for tick in scale.ticks if tick != scale.zero]
    if scale.zero is not None:
        parts.append(f'<path d="M{scale.x(scale.zero)} 0V{HIGH_Y}" class="z"/>')
    if outer is not None:
        parts.append(f'<path d="M{scale.x(outer[0])} 13H{scale.x(outer[1])}" stroke="{SAME}" class="ov"/>')
    if mark is not None and not math.isnan(mark):
        parts.append(f'<path d="M{scale.x(mark)} 5V21" class="ref"/>')
    if expected is not None and not math.isnan(expected):
        parts.append(hollow_tick(scale.x(expected)))
    if not math.isnan(estimate):
        parts += _dot(scale, estimate, low, high, direction)
    drawing = "".join(parts)
    return Markup('<svg class="strip" viewBox="0 0 200 26" role="img" aria-label="{}">{}</svg>').format(
        label, Markup(drawing)
    )


def step(scale: Scale, start: float, end: float, label: str) -> Markup:
    """Draw one part of a sum: a bar from where the parts before it ended, at the thin line, to where it ends.

    Parameters
    ----------
    scale : Scale
        Axis of the table.
    start, end : float
        The sum before and after.
    label : str
        What a screen reader says.
    """
    parts = [f'<path d="M{scale.x(tick)} 0V{HIGH_Y}" class="g"/>' for tick in scale.ticks if tick != scale.zero]
    parts += [f'<path d="M{scale.x(scale.zero)} 0V{HIGH_Y}" class="z"/>'] if scale.zero is not None else []
    left, right = sorted((scale.x(start), scale.x(end)))
    colour = LOW if end < start else HIGH
    parts.append(
        f'<rect x="{left}" y="7" width="{max(round(right - left, 1), 1.0)}" height="12" fill="{colour}" opacity=".8"/>'
    )
    parts.append(f'<path d="M{scale.x(start)} 3V23" stroke="{SAME}" stroke-width="1.2"/>')
    return Markup('<svg class="strip" viewBox="0 0 200 26" role="img" aria-label="{}">{}</svg>').format(
        label, Markup("".join(parts))
    )


def filled(scale: Scale, full: float, whole: float, low: float, high: float, mark: float, label: str) -> Markup:
    """Draw how much of a whole is filled: a solid bar, an outlined rest, the interval of the whole, and a mark.

    Parameters
    ----------
    scale : Scale
        Axis of the table.
    full, whole : float
        Ends of the solid bar and of the rest; a missing one is not drawn.
    low, high : float
        Interval of the whole.
    mark : float
        Drawn as a tick; may be missing.
    label : str
        What a screen reader says.
    """
    parts = [f'<path d="M{scale.x(tick)} 0V{HIGH_Y}" class="g"/>' for tick in scale.ticks]
    first = 0.0 if math.isnan(full) else full
    if whole > first:
        left, right = scale.x(first), scale.x(whole)
        parts.append(
            f'<rect x="{left}" y="6" width="{round(right - left, 1)}" height="14" fill="#fff" stroke="{LOW}" stroke-width="1.4"/>'
        )
    if first > 0:
        parts.append(f'<rect x="0" y="6" width="{scale.x(first)}" height="14" fill="{HIGH}"/>')
    if not math.isnan(low) and not math.isnan(high):
        parts.append(f'<path d="M{scale.x(low)} 13H{scale.x(high)}M{scale.x(low)} 9v8M{scale.x(high)} 9v8" class="z"/>')
    if not math.isnan(mark):
        parts.append(f'<path d="M{scale.x(mark)} 2V24" class="ref"/>')
    return Markup('<svg class="strip" viewBox="0 0 200 26" role="img" aria-label="{}">{}</svg>').format(
        label, Markup("".join(parts))
    )


def hollow_tick(x: float) -> str:
    """Return the mark of an expected value."""
    return f'<rect x="{round(x - 2.5, 1)}" y="4" width="5" height="18" fill="#fff" stroke="{MARK}" stroke-width="1.6"/>'


def _dot(scale: Scale, estimate: float, low: float, high: float, direction: str) -> list[str]:
    colour = {"lower": LOW, "higher": HIGH}.get(direction, SAME)
    x, parts = scale.x(estimate), []
    if not math.isnan(low) and not math.isnan(high):
        parts.append(f'<path d="M{scale.x(low)} 13H{scale.x(high)}" stroke="{colour}" class="iv"/>')
    if estimate < scale.low:
        parts.append(f'<path d="M0 13l8 -5v10z" fill="{colour}"/>')
    elif estimate > scale.high:
        parts.append(f'<path d="M{WIDTH:g} 13l-8 -5v10z" fill="{colour}"/>')
    elif direction in ("lower", "higher"):
        parts.append(f'<circle cx="{x}" cy="13" r="5" fill="{colour}"/>')
    else:
        parts.append(f'<circle cx="{x}" cy="13" r="4.4" fill="#fff" stroke="{colour}" stroke-width="2"/>')
    return parts
