"""From a matplotlib figure to a piece of the page: text stays text, no ids clash, the same input gives the same bytes."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import seaborn as sns
from markupsafe import Markup, escape
from matplotlib.axes import Axes
from matplotlib.figure import Figure

INK, SOFT, LINE, ACCENT, LOW = "#1b1f24", "#59616b", "#dfe3e8", "#12436D", "#801650"
TYPE = 11
PHONE, PANEL = 360, 250
WIDE = (460, 230)  # one figure alone; its margins are fixed, for a view has to be there at once
_MARGINS: dict[tuple[int, int], dict[str, float]] = {WIDE: {"left": 0.1, "right": 0.97, "bottom": 0.18, "top": 0.96}}
_PER_INCH, _PNG_PER_INCH = 72, 200
_KEPT: ContextVar[dict[str, bytes] | None] = ContextVar("kept", default=None)
_STYLE: dict[str, Any] = {
    "axes.edgecolor": LINE,
    "axes.labelcolor": SOFT,
    "axes.linewidth": 0.8,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "font.size": TYPE,
    "axes.labelsize": TYPE,
    "xtick.labelsize": TYPE,
    "ytick.labelsize": TYPE,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "xtick.major.size": 3,
    "ytick.major.size": 0,
    "text.color": INK,
    "text.parse_math": False,
    "svg.fonttype": "none",
    "font.family": "DejaVu Sans",
}


@contextmanager
def canvas(width: int, height: int) -> Iterator[tuple[Figure, Axes]]:
    """Open a figure of so many CSS pixels in the page's style; it is closed afterwards."""
    style: dict[Any, Any] = {**sns.axes_style("ticks"), **_STYLE}
    with mpl.rc_context(style):
        margins = _MARGINS.get((width, height))
        layout: Any = None if margins else "constrained"
        figure, axes = plt.subplots(figsize=(width / _PER_INCH, height / _PER_INCH), layout=layout, gridspec_kw=margins)
        try:
            yield figure, axes
        finally:
            plt.close(figure)


@contextmanager
def pictures_kept() -> Iterator[dict[str, bytes]]:
    """Keep each figure that is drawn meanwhile as PNG too, by its alternative text: a text document cannot hold inline SVG."""
    kept: dict[str, bytes] = {}
    token = _KEPT.set(kept)
    try:
        yield kept
    finally:
        _KEPT.reset(token)


def _keep(figure: Figure, alt: str) -> None:
    kept = _KEPT.get()
    if kept is not None:
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=_PNG_PER_INCH, facecolor="white", metadata={"Software": None})
        kept[alt] = buffer.getvalue()


def marks(axes: Axes, x: Any, y: Any, shape: str, **style: Any) -> None:
    """Draw marks, whole also at the edge; where there are none nothing, for an empty line would take room from the axes."""
    if len(x):
        axes.plot(x, y, shape, clip_on=False, **style)


def as_svg(figure: Figure, key: str, alt: str) -> Markup:
    """Return the figure as inline SVG with its alternative text.

    Parameters
    ----------
    figure : Figure
        Drawn, still open.
    key : str
        Name of the figure on its page; makes ids inside unique and repeatable.
    alt : str
        Type of chart, of what data, showing which point, with the released numbers of the point.
    """
    _keep(figure, alt)
    buffer = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": key, "svg.fonttype": "none"}):
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
    drawing = buffer.getvalue()
    drawing = drawing[drawing.index("<svg") :]
    drawing = re.sub(r"<metadata>.*?</metadata>", "", drawing, flags=re.DOTALL)
    drawing = re.sub(r'<g id="[^"]*"', "<g", drawing)
    drawing = re.sub(r"font: (?:\S+ )*?([\d.]+px) [^;\"]*", r"font-size: \1", drawing)
    drawing = re.sub(r'font-family: [^;"]*;?', "", drawing)
    view_box = re.search(r'viewBox="[^"]*"', drawing)
    body = drawing[drawing.index(">") + 1 :]
    opening = f'<svg class="fig" role="img" aria-label="{escape(alt)}" {view_box.group(0) if view_box else ""}>'
    return Markup(opening + _tight(body))


def _tight(body: str) -> str:
    return re.sub(r"\n\s*", "\n", re.sub(r"<!--.*?-->", "", body, flags=re.DOTALL))
