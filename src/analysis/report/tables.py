"""Tables of the page: dots with intervals in a drawn cell, and plain tables of figures; both real tables."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from markupsafe import Markup

from analysis.release.suppression.design import MOST_BLANK
from analysis.report.html import render
from analysis.report.strips import Scale
from analysis.words.catalogue import say
from analysis.words.numbers import WITHHELD, number, percent

_NOT_THERE = "–"  # nothing to tell or withhold


@dataclass(frozen=True)
class Figure:
    """One cell of figures: the number, its interval below, a verdict in shape and word (shape, CSS class, words)."""

    text: str
    interval: str = ""
    verdict: tuple[str, str, str] = ("", "", "")


@dataclass(frozen=True)
class DotRow:
    """One row: the stage it belongs to, its name and small print, the drawing, figures, number behind, verdict."""

    block: str
    name: str
    drawing: Markup
    figures: tuple[Figure, ...]
    n: str
    verdict: tuple[str, str, str] = ("", "", "")
    note: str | Markup = ""


@dataclass(frozen=True)
class Blocks:
    """Rows of one stage: the first carries the stage's name over all of them."""

    name: str
    rows: tuple[DotRow, ...]


_Row = TypeVar("_Row")


def told(rows: Sequence[_Row], cells: Callable[[_Row], Sequence[str]]) -> tuple[list[_Row], int]:
    """Return a table's rows, where much of it is blank without those of which nothing is told; and how many these are.

    Parameters
    ----------
    rows : sequence
        Rows of the table.
    cells : callable
        Row → the texts of its figures.
    """
    texts = [[text for text in cells(row) if text != _NOT_THERE] for row in rows]
    everything = [text for row in texts for text in row]
    if everything.count(WITHHELD) <= MOST_BLANK * len(everything):
        return list(rows), 0
    kept = [row for row, own in zip(rows, texts, strict=True) if not own or set(own) != {WITHHELD}]
    return kept, len(rows) - len(kept)


def _key(language: str, withheld: bool, gone: int, merged: str) -> Markup:
    """Say what the sign stands for, and which rows are not there."""
    said = [say(f"rows_gone_{merged}", language, count=gone, n=number(gone, language))] if gone else []
    said += [say("withheld_key", language)] if withheld else []
    return Markup("<br>").join(said)


def dots(
    language: str,
    caption: str,
    head: Sequence[str],
    figure_heads: Sequence[tuple[str, str]],
    scale: Scale,
    axis_name: str,
    rows: Sequence[DotRow],
    *,
    unit: str = "sd",
    verdicts: bool = True,
    n_head: str = "",
    n_short: str = "",
    merged: str = "",
) -> Markup:
    """Build a dots-and-intervals table.

    Parameters
    ----------
    language : {"lv", "en"}
        Reader's language.
    caption : str
        For screen readers; the heading above says the message.
    head : sequence of str
        Headings of the text columns: stage and name, or the name alone.
    figure_heads : sequence of (str, str)
        Heading of each figure column and the small print below it.
    scale : Scale
        Axis of the drawn cells.
    axis_name : str
        What stands at the axis's strong line.
    rows : sequence of DotRow
        In the order of the table; neighbouring rows of one block share its heading.
    unit : str
        Unit of the axis labels.
    verdicts : bool
        Whether the last column holds verdicts.
    n_head : str
        Heading of the number behind; the catalogue's "pupils" where empty.
    n_short : str
        What stands after that number on a phone; "pupils" where empty.
    merged : {"", "groups", "schools"}
        What the rows are, where those of which nothing is told are one sentence as soon as much of the table is blank.
    """
    rows, gone = told(rows, lambda row: [figure.text for figure in row.figures]) if merged else (rows, 0)
    blocks: list[Blocks] = []
    for row in rows:
        if blocks and blocks[-1].name == row.block:
            blocks[-1] = Blocks(row.block, (*blocks[-1].rows, row))
        else:
            blocks.append(Blocks(row.block, (row,)))
    withheld = any(figure.text == WITHHELD for row in rows for figure in row.figures) or any(
        r.n == WITHHELD for r in rows
    )
    return render(
        "dots.html.j2",
        caption=caption,
        head=head,
        figure_heads=figure_heads,
        axis=_axis(scale, axis_name, language, unit),
        blocks=blocks,
        n_head=n_head or say("column_pupils", language),
        n_short=n_short or say("of_pupils_short", language),
        verdict_head=say("column_verdict", language) if verdicts else "",
        key=_key(language, withheld, gone, merged),
    )


def _axis(scale: Scale, name: str, language: str, unit: str) -> list[tuple[float, str]]:
    """Labels of the axis with their place in percent of its width."""
    labels = []
    for tick in (scale.ticks[0], scale.ticks[len(scale.ticks) // 2], scale.ticks[-1]):
        if unit == "percent":
            text = percent(tick, language)
        else:
            text = (
                name
                if tick == scale.zero
                else number(tick, language, 1 if unit == "sd" else 0, signed=_signed(scale, unit))
            )
        labels.append((round(100 * (tick - scale.low) / (scale.high - scale.low), 1), text))
    return labels


def _signed(scale: Scale, unit: str) -> bool:
    """Differences have a sign, counts and minutes have none."""
    return scale.zero is not None and unit not in ("minutes", "pupils")


def table(
    language: str, caption: str, head: Sequence[str], rows: Sequence[Sequence[object]], *, merged: str = ""
) -> Markup:
    """Build a plain table: the first column names the row, the others hold figures.

    Parameters
    ----------
    language : {"lv", "en"}
        Reader's language.
    caption : str
        Shown above the table.
    head : sequence of str
        Column headings.
    rows : sequence of sequences
        The row's name, then texts or :class:`Figure`.
    merged : {"", "groups", "schools"}
        As for :func:`dots`.
    """
    cells = [[cell if isinstance(cell, Figure) else Figure(str(cell)) for cell in row] for row in rows]
    cells, gone = told(cells, lambda row: [cell.text for cell in row[1:]]) if merged else (cells, 0)
    withheld = any(cell.text == WITHHELD for row in cells for cell in row)
    key = _key(language, withheld, gone, merged)
    return render("table.html.j2", caption=caption, head=head, rows=cells, key=key)


def left_out(language: str, summary: object) -> Markup:
    """Say of something folded on the municipality's pages that a review, which is printed, leaves out where it stands."""
    return Markup('<p class="key">{}</p>').format(say("review_left_out", language, title=summary))


def details(summary: object, *bodies: Markup, opened: bool = False) -> Markup:
    """Fold something behind a line that says what it is; it works without script and is open on paper."""
    return render("details.html.j2", summary=summary, bodies=bodies, opened=opened)
