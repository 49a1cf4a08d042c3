"""Ratings from 1 to 5 as a table of dots: with interval, the country's beside, change, and how schools are spread."""

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from analysis.intake.unit import Unit
from analysis.report import values
from analysis.report.sections import confidence_of
from analysis.report.strips import Scale, strip
from analysis.report.tables import DotRow, Figure, dots
from analysis.words.catalogue import say
from analysis.words.numbers import WITHHELD, number


@dataclass(frozen=True)
class Beside:
    """What stands beside ratings, by the key of a row: the country's rating, the difference to it, change, span of schools."""

    nation: Mapping[Hashable, Any] = field(default_factory=dict)
    gaps: Mapping[Hashable, Any] = field(default_factory=dict)
    changes: Mapping[Hashable, Any] | None = None
    spread: Mapping[Hashable, tuple[float, float]] = field(default_factory=dict)


def ratings(
    unit: Unit, rows: Sequence[Any], keys: Sequence[Hashable], names: Sequence[tuple[str, str]], beside: Beside,
    caption: str, head: Sequence[str],
) -> Markup:  # fmt: skip
    """Draw a row a rating.

    Parameters
    ----------
    unit : Unit
        The reader's language.
    rows, keys : sequences
        Released ratings, and the key under which other figures of each are found.
    names : sequence of (str, str)
        Block (empty: none) and name of each row.
    beside : Beside
        Other figures.
    caption, head : str, sequence of str
        For screen readers; headings of the text columns.
    """
    language, axis = unit.language, _axis(rows, beside)
    lines = [
        DotRow(
            block, name, _strip(axis, row, key, beside, language), _figures(row, key, beside, language),
            values.behind(row, language),
        )
        for row, key, (block, name) in zip(rows, keys, names, strict=True)
    ]  # fmt: skip
    small = str(say("column_interval", language, confidence=confidence_of(unit, rows[0])))
    heads = [(str(say("column_rating", language)), small)]
    if beside.changes is not None:
        heads.append((str(say("column_since", language)), ""))
    return dots(
        language, caption, head, heads, axis, "", lines, unit="pupils", verdicts=False,
        n_head=str(say("column_answers", language)), n_short=str(say("of_respondents_short", language)),
    )  # fmt: skip


def rating(row: Any, language: str, gap: Any = None) -> Figure:
    """Return a rating with its interval and, where it was compared with the country's, the verdict: a mean has no sign."""
    if math.isnan(row.estimate):
        return Figure(WITHHELD)
    verdict = values.verdict(gap, language, "climate") if gap is not None else ("", "", "")
    return Figure(number(row.estimate, language, 2), values.interval(row, language), verdict)


def _figures(row: Any, key: Hashable, beside: Beside, language: str) -> tuple[Figure, ...]:
    told = rating(row, language, beside.gaps.get(key))
    return (told,) if beside.changes is None else (told, _change(beside.changes.get(key), language))


def _change(row: Any, language: str) -> Figure:
    if row is None or math.isnan(row.estimate):
        return Figure("–")
    return Figure(number(row.estimate, language, 2, signed=True), values.interval(row, language))


def _strip(axis: Scale, row: Any, key: Hashable, beside: Beside, language: str) -> Markup:
    gap, nation = beside.gaps.get(key), beside.nation.get(key)
    said = ", ".join(filter(None, (rating(row, language).text, values.interval(row, language))))
    return strip(
        axis, row.estimate, row.low, row.high, values.direction(gap) if gap is not None else "same", said,
        mark=None if nation is None else nation.estimate, outer=beside.spread.get(key),
    )  # fmt: skip


def _axis(rows: Sequence[Any], beside: Beside) -> Scale:
    """Whole numbers around all that is drawn: two or four of the scale's steps."""
    ends = [end for row in rows for end in (row.estimate, row.low, row.high)]
    ends += [row.estimate for row in beside.nation.values()] + [end for span in beside.spread.values() for end in span]
    told = [end for end in ends if not math.isnan(end)]
    low = min(max(math.floor(min(told)), 1), 3)
    high = low + 2 if max(told) <= low + 2 else 5
    low = low if (high - low) % 2 == 0 else low - 1
    return Scale(low, high, tuple(range(low, high + 1)), zero=None)
