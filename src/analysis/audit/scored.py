"""One who knows means of results beside sizes and shares; and whose results can be pinned down by them."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import highspy
import numpy as np

from analysis.audit.bounds import Contradiction, Reader, Row, Weights
from analysis.audit.sets import Cells, Figure, Flags, Group, LinkedSet, Mean, Scores

POINTS = 10.0
"""Results of a group are pinned where their mean is known within so many percent points to either side."""
_NEAR = 1e-6
_DIGITS = 1e-4  # of a mean that was computed twice


class Scored(Reader):
    """A reader who knows means as well.

    Every cell has two columns: its pupils as if some had the least result the cell allows and the others the most. Any
    sum of results that the cell can have is one of these, so that a mean is a row over them: ``S(g) − m·X(g)``.
    """

    def __init__(self, linked: LinkedSet) -> None:
        if linked.scores is None:
            raise ValueError("no means are published")
        self._cells = linked.size
        self._ends = np.concatenate([_spread(linked, {p: e[i] for p, e in linked.scores.ends.items()}) for i in (0, 1)])
        super().__init__(linked)

    def _width(self, linked: LinkedSet) -> int:
        return 2 * linked.size

    def _rows(self, linked: LinkedSet) -> list[Row]:
        rows = [
            (np.r_[cells, cells + linked.size], np.tile(values, 2), low, high)
            for cells, values, low, high in super()._rows(linked)
        ]
        assert linked.scores is not None
        return rows + [row for mean in linked.scores.means for row in self._of_mean(linked, linked.scores, mean)]

    def _of_mean(self, linked: LinkedSet, scores: Scores, mean: Mean) -> Iterator[Row]:
        inside = np.flatnonzero(np.tile(linked.mask(mean.group), 2))
        value = (self._ends - np.tile(_less(linked, scores, mean.unit), 2))[inside]
        value = value / np.tile(_by(linked, scores, mean.unit), 2)[inside]
        yield inside, value - mean.low, 0.0, np.inf
        yield inside, value - mean.high, -np.inf, 0.0

    def _folded(self, columns: Cells) -> Cells:
        return columns[: self._cells] + columns[self._cells :]

    def _solve(self, group: Weights, sense: highspy.ObjSense, costs: Cells | None = None) -> tuple[float, Cells]:
        both: Cells = np.tile(np.asarray(group, dtype=np.float64), 2)
        return super()._solve(both, sense, costs)

    def results(self, group: Flags, sense: highspy.ObjSense) -> tuple[float, Cells]:
        """Return the largest or smallest sum of a group's results in points, and the sums of all cells."""
        endless = sense == highspy.ObjSense.kMaximize and bool(
            (self._grows & np.tile(group, 2) & (self._ends > 0)).any()
        )
        value, _ = self._solve(np.zeros_like(group) if endless else group, sense, self._ends)
        columns = np.asarray(self._solver.getSolution().col_value, dtype=np.float64) * self._ends
        return (float("inf") if endless else value), columns[: self._cells] + columns[self._cells :]


def reader_of(linked: LinkedSet, *, whole: bool = False) -> Reader:
    """Return one who knows all figures of a linked set, its means among them; who uses that pupils are whole leaves these out."""
    return Reader(linked, whole=whole) if whole or linked.scores is None else Scored(linked)


def require_true_means(linked: LinkedSet, pupils: Cells) -> None:
    """Require that means agree with the results behind them.

    Raises
    ------
    Contradiction
        One does not.
    """
    scores = linked.scores
    if scores is None or scores.truth is None:
        return
    n, sums = pupils.ravel(), scores.truth.ravel()
    for end, wrong in ((0, np.greater), (1, np.less)):
        if wrong(n * _spread(linked, {p: e[end] for p, e in scores.ends.items()}), sums + (_NEAR, -_NEAR)[end]).any():
            raise Contradiction("a result lies outside its cell")
    for mean in scores.means:
        inside = linked.mask(mean.group)
        taken = sums[inside] - n[inside] * _less(linked, scores, mean.unit)[inside]
        value = float((taken / _by(linked, scores, mean.unit)[inside]).sum() / max(n[inside].sum(), 1))
        if not mean.low - _DIGITS <= value <= mean.high + _DIGITS:
            raise Contradiction(f"{mean.name}: {value:g} is outside {mean.low:g} to {mean.high:g}")


def pinned(
    linked: LinkedSet, pupils: Cells, small: list[tuple[Group, int]]
) -> Iterator[tuple[Group, int, float, float]]:
    """Go through small groups whose mean result is known within :data:`POINTS`, to who knows how many pupils they have.

    Tables that have all pupils in their schools, years and groups clear many at once; only what they do not clear is asked
    about by itself, with no size given but its own.

    Parameters
    ----------
    linked : LinkedSet
        What is published, with its means.
    pupils : Cells
        The true number of pupils in each cell.
    small : list of (Group, int)
        Groups and their sizes; none is by results.

    Yields
    ------
    tuple of (Group, int, float, float)
        Group, size, and between which points its mean lies.
    """
    assert linked.scores is not None
    inside = np.array([linked.mask(group) for group, _ in small]).reshape(len(small), linked.size)
    wide = np.array([2 * POINTS * n for _, n in small])
    reader = Scored(replace(linked, figures=(*linked.figures, *_placed(linked, pupils))))
    low, high = np.full(len(small), np.inf), np.full(len(small), -np.inf)
    for at, (group, n) in enumerate(small):
        for sense in (highspy.ObjSense.kMaximize, highspy.ObjSense.kMinimize):
            if high[at] - low[at] <= wide[at] + _NEAR:
                sums = inside @ reader.results(inside[at], sense)[1]
                np.minimum(low, sums, out=low)
                np.maximum(high, sums, out=high)
        if high[at] - low[at] <= wide[at] + _NEAR:
            ends = results_between(linked, group, n)
            if ends[1] - ends[0] <= 2 * POINTS + _NEAR:
                yield group, n, *ends


def results_between(linked: LinkedSet, group: Group, n: int) -> tuple[float, float]:
    """Return between which points the mean of a group's results lies, to who knows how many pupils it has."""
    reader, mask = Scored(replace(linked, figures=(*linked.figures, Figure(group, n, n)))), linked.mask(group)
    least, most = (reader.results(mask, s)[0] for s in (highspy.ObjSense.kMinimize, highspy.ObjSense.kMaximize))
    return least / n, most / n


def years_of(linked: LinkedSet) -> dict[str, frozenset[str]]:
    """Return the periods of each year: groups by their results are no targets, for they tell them by themselves."""
    found: dict[str, set[str]] = {}
    for period in linked.dims["period"]:
        found.setdefault(period.split(":")[0], set()).add(period)
    return {year: frozenset(own) for year, own in found.items()}


def by_years(linked: LinkedSet, cells: Cells) -> tuple[LinkedSet, Cells]:
    """Return a linked set and its cells with the results of each year together."""
    years = years_of(linked)
    axis = list(linked.dims).index("period")
    table = np.moveaxis(cells.reshape(linked.shape), axis, 0)
    own = [[period in some for period in linked.dims["period"]] for some in years.values()]
    together = np.moveaxis(np.array([table[flags].sum(axis=0) for flags in own]), 0, axis)
    return LinkedSet(linked.name, linked.dims | {"period": tuple(years)}), together


def with_parts(linked: LinkedSet, group: Group) -> dict[str, frozenset[str]]:
    """Return a group by years as one by periods."""
    years = years_of(linked)
    return {
        name: frozenset().union(*(years[y] for y in own)) if name == "period" else own for name, own in group.items()
    }


def _placed(linked: LinkedSet, pupils: Cells) -> Iterator[Figure]:
    """Give the sizes of all cells that are not by results."""
    coarse, table = by_years(linked, pupils)
    every = tuple(coarse.dims)
    for place, n in np.ndenumerate(table):
        yield Figure(with_parts(linked, coarse.group_at(every, place)), float(n), float(n))


def _less(linked: LinkedSet, scores: Scores, unit: str) -> Cells:
    return _spread(linked, {period: pair[0] for period, pair in scores.scales[unit].items()})


def _by(linked: LinkedSet, scores: Scores, unit: str) -> Cells:
    return _spread(linked, {period: pair[1] for period, pair in scores.scales[unit].items()})


def _spread(linked: LinkedSet, by_period: Mapping[str, float]) -> Cells:
    """Return a number of each period for every cell, flat; not a number where it has none."""
    axis = list(linked.dims).index("period")
    values = np.array([by_period.get(period, np.nan) for period in linked.dims["period"]])
    return np.broadcast_to(
        values.reshape([-1 if i == axis else 1 for i in range(len(linked.dims))]), linked.shape
    ).ravel()
