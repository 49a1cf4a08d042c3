"""Which numbers of a page stand for nothing in the file beside it: each alone, and the lines and columns of a table together."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from analysis.audit.beside import FIELDS, Beside
from analysis.audit.statements import Statement

_MOST = 0.9  # of a table's lines: what they have in common is what the table is made of
_FEW = 3  # lines: where there are no more, one that differs shows nothing
_SOME = 4  # values of a field: with fewer, all lines may agree by chance
_POINTED, _SHARE = 30, 0.02  # rows of the file, and share of them, up to which a number says something of its line
_MANY = 6  # values of a field: with fewer, nearly all lines may agree by chance


def unaccounted(made: Sequence[Statement], beside: Beside) -> Iterator[Statement]:
    """Yield the statements that no row of the file says, or none of the rows that the rest of its line and column speak of.

    A line of a table tells of one school, one group, one test: the rows behind its numbers share that. Which of ``FIELDS`` a
    line has in common is seen from the table itself (tables with the same headings together), so that one number put in the
    place of another stands out although some row somewhere in the file has the same number.
    """
    yield from (one for one in made if not len(one.rows) and not one.total and not (one.nought and one.place.table))
    known = [one for one in made if len(one.rows)]
    tables: dict[tuple[str, ...], list[Statement]] = defaultdict(list)
    heads = _headings(known)
    for one in known:
        if one.place.table:
            tables[heads[one.place.table]].append(one)
    sums: dict[tuple[str, ...], list[Statement]] = defaultdict(list)
    for one in made:
        if one.total and not len(one.rows) and one.place.table in heads:
            sums[heads[one.place.table]].append(one)
    for kind, own in tables.items():
        odd = {id(one) for one in _misshapen([*own, *sums[kind]])}
        yield from (one for one in own if id(one) in odd)
        kept = [one for one in own if id(one) not in odd]
        for line in _OWN:
            kept, strange = _agreeing(kept, beside, line)
            yield from (one for one in strange if not one.total and not one.nought)


_Line = Callable[[Statement], tuple[object, ...]]


def _row(one: Statement) -> tuple[object, ...]:
    return one.place.table, one.place.row


def _column(one: Statement) -> tuple[object, ...]:
    """Return what a column's numbers share: a cell that says several things has as many columns in it."""
    return one.place.table, one.place.column, one.place.kind, one.said


_OWN: dict[_Line, tuple[str, ...]] = {
    _row: ("school_id", "group", "domain", "grade", "level", "part"),
    _column: ("part", "school_year", "indicator"),
}
"""What a line is mostly about: there one line may differ from what all others have in common, and is then strange."""


def _misshapen(own: Sequence[Statement]) -> Iterator[Statement]:
    """Yield numbers that stand bare where all others of a column, or of a table, tell more: an interval, decimals, a unit."""
    alike: dict[object, list[Statement]] = defaultdict(list)
    for one in own:
        if one.start == 0 and (one.place.kind.endswith("table cell") or one.place.kind == "aria-label"):
            alike[one.place.kind, one.place.column].append(one)
            if not one.headed:
                alike[one.place.kind].append(one)
    found = [
        bare[0]
        for cells in alike.values()
        if len(cells) > _FEW and len(bare := [one for one in cells if one.bare]) == 1
    ]
    yield from {id(one): one for one in found if not one.nought}.values()


def _headings(made: Iterable[Statement]) -> dict[int, tuple[str, ...]]:
    """Return for each table the headings of its columns: tables with the same ones are of one kind."""
    found: dict[int, set[str]] = defaultdict(set)
    for one in made:
        if one.place.table:
            found[one.place.table].add("".join(c for c in one.place.around[1] if not c.isdigit()))
    return {table: tuple(sorted(names)) for table, names in found.items()}


def _agreeing(made: list[Statement], beside: Beside, line: _Line) -> tuple[list[Statement], list[Statement]]:
    """Return the statements with the rows that agree with their lines, and those that agree with none."""
    lines: dict[tuple[object, ...], list[Statement]] = defaultdict(list)
    for one in made:
        lines[line(one)].append(one)
    fields = _in_common([_pointed(own, beside) for own in lines.values()], beside, line)
    if not fields:
        return made, []
    kept: list[Statement] = []
    strange: list[Statement] = []
    for own in lines.values():
        for one in _with_line(own, _sure(_pointed(own, beside)) or _sure(own) or own, beside, fields):
            (kept if len(one.rows) else strange).append(one)
    return kept, strange


def _pointed(own: list[Statement], beside: Beside) -> list[Statement]:
    """Leave out what says little: a nought or a small number that very many rows of the file have."""
    most = max(_POINTED, _SHARE * len(beside.codes["part"]))
    return [one for one in own if len(one.rows) <= most]


def _sure(own: list[Statement]) -> list[Statement]:
    """Leave out sums that a page may say: where a row has the same number it may be by chance."""
    return [one for one in own if not one.total]


def _in_common(lines: list[list[Statement]], beside: Beside, line: _Line) -> list[str]:
    """Return the fields that a table's lines have in common, each line its own value of them."""
    several = [own for own in lines if len(own) > 1]
    fields: list[str] = []
    for field in FIELDS if len(several) >= _FEW else ():
        if len(beside.values[field]) < _SOME:
            continue
        agreed = sum(_together(own, beside, [*fields, field]) for own in several)
        if agreed == len(several) or (_telling(field, line, beside) and agreed >= _enough(len(several))):
            fields.append(field)
    return fields


def _telling(field: str, line: _Line, beside: Beside) -> bool:
    """Whether it would be no chance that nearly all lines have the field in common."""
    return field in _OWN[line] and len(beside.values[field]) >= _MANY


def _enough(lines: int) -> float:
    return min(_MOST * lines, lines - 1) if lines > _FEW else lines


def _together(own: list[Statement], beside: Beside, fields: list[str]) -> bool:
    common: set[int] | None = None
    for one in own:
        keys = set(beside.keys(fields, one.rows).tolist())
        common = keys if common is None else common & keys
        if not common:
            return False
    return True


def _with_line(
    own: list[Statement], pointed: list[Statement], beside: Beside, fields: list[str]
) -> Iterator[Statement]:
    """Yield the statements of a line with those of their rows that most of what is pointed in the line speaks of."""
    votes = Counter(key for one in pointed for key in set(beside.keys(fields, one.rows).tolist()))
    most = max(votes.values())
    best = np.array([key for key, count in votes.items() if count == most])
    for one in own:
        yield replace(one, rows=one.rows[np.isin(beside.keys(fields, one.rows), best)])
