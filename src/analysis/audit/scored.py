"""One who knows means of results beside sizes and shares; and whose results can be pinned down by them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property, lru_cache

import highspy
import numpy as np
from scipy.sparse import csr_array

from analysis.audit.bounds import WORTH, Contradiction, Reader, Row, Weights
from analysis.audit.sets import Cells, Figure, Flags, Group, LinkedSet, Mean, Scores

POINTS = 10.0
"""Results of a group are pinned where their mean is known within so many percent points to either side."""
_NEAR = 1e-6
_SENSES = (highspy.ObjSense.kMaximize, highspy.ObjSense.kMinimize)
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
        scores = linked.scores
        assert scores is not None
        units = {mean.unit for mean in scores.means}
        less, by = ({u: np.tile(of(linked, scores, u), 2) for u in units} for of in (_less, _by))
        values = {unit: (self._ends - less[unit]) / by[unit] for unit in units}
        return rows + [row for mean in scores.means for row in self._of_mean(linked, values[mean.unit], mean)]

    def _of_mean(self, linked: LinkedSet, values: Cells, mean: Mean) -> Iterator[Row]:
        cells = linked.places(mean.group)
        inside = np.r_[cells, cells + linked.size]
        value = values[inside]
        yield inside, value - mean.low, 0.0, np.inf
        yield inside, value - mean.high, -np.inf, 0.0

    def _folded(self, columns: Cells) -> Cells:
        return columns[: self._cells] + columns[self._cells :]

    def _solve(self, group: Weights, sense: highspy.ObjSense, costs: Cells | None = None) -> tuple[float, Cells]:
        both: Cells = np.tile(np.asarray(group, dtype=np.float64), 2)
        return super()._solve(both, sense, costs)

    @cached_property
    def endless(self) -> Flags:
        """The cells whose results may add up to any number of points, whatever is published."""
        return self._folded((self._grows & (self._ends > 0)).astype(np.float64)) > 0

    def results(self, group: Weights, sense: highspy.ObjSense) -> tuple[float, Cells]:
        """Return the largest or smallest sum of a group's results in points, or of weighted cells', and the sums of all cells."""
        endless = sense == highspy.ObjSense.kMaximize and bool(self.endless[np.flatnonzero(group)].any())
        costs = np.tile(np.asarray(group, dtype=np.float64), 2) * self._ends
        value, _ = self._solve(np.zeros_like(group) if endless else group, sense, costs)
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
        value = _true_mean(linked, scores, mean, n)
        if not _agrees(mean, value):
            raise Contradiction(f"{mean.name}: {value:g} is outside {mean.low:g} to {mean.high:g}")


def agreeing(linked: LinkedSet, pupils: Cells) -> LinkedSet:
    """Keep of the means that are known from elsewhere those that agree with the results now.

    Whoever supposes that they do is right; the others are about other pupils and tell nothing.
    """
    scores = linked.scores
    if scores is None or scores.truth is None:
        return linked
    kept = [
        one for one in scores.means if not one.source or _agrees(one, _true_mean(linked, scores, one, pupils.ravel()))
    ]
    return replace(linked, scores=replace(scores, means=tuple(kept)) if kept else None)


def _agrees(mean: Mean, value: float) -> bool:
    return mean.low - _DIGITS <= value <= mean.high + _DIGITS


def _true_mean(linked: LinkedSet, scores: Scores, mean: Mean, n: Cells) -> float:
    assert scores.truth is not None
    inside = linked.mask(mean.group)
    taken = scores.truth.ravel()[inside] - n[inside] * _less(linked, scores, mean.unit)[inside]
    return float((taken / _by(linked, scores, mean.unit)[inside]).sum() / max(n[inside].sum(), 1))


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
    cells = [np.flatnonzero(linked.mask(group)) for group, _ in small]
    ends = np.cumsum([0, *map(len, cells)])
    inside = csr_array((np.ones(ends[-1]), np.concatenate([*cells, []]).astype(int), ends), (len(small), linked.size))
    wide = np.array([2 * POINTS * n for _, n in small]) + _NEAR
    reader = Scored(replace(linked, figures=(*linked.figures, *_placed(linked, pupils))))
    seen = np.full((2, len(small)), np.inf) * [[1], [-1]]
    bounded = inside @ reader.endless.astype(float) == 0
    _together(reader, inside, seen, lambda: np.flatnonzero(bounded & (seen[1] - seen[0] <= wide)))
    for at, (group, n) in enumerate(small):
        for sense in _SENSES:
            if seen[1, at] - seen[0, at] <= wide[at]:
                _see(reader, inside, seen, inside[[at]], sense)
        if seen[1, at] - seen[0, at] <= wide[at]:
            least, most = results_between(linked, group, n)
            if most - least <= 2 * POINTS + _NEAR:
                yield group, n, least, most


def _together(
    reader: Scored,
    inside: csr_array,
    seen: Cells,
    narrow: Callable[[], "np.ndarray[tuple[int, ...], np.dtype[np.intp]]"],
) -> None:
    """Ask about all groups that are narrow together, as long as that clears many."""
    before, left = np.inf, narrow()
    while len(left) and before - len(left) >= WORTH:
        before = len(left)
        for sense in _SENSES:
            _see(reader, inside, seen, inside[left], sense)
        left = narrow()


def _see(reader: Scored, inside: csr_array, seen: Cells, groups: csr_array, sense: highspy.ObjSense) -> None:
    """Look at a table in which the results of some groups together are as large, or as small, as they can be."""
    sums = inside @ reader.results(np.asarray(groups.sum(axis=0), dtype=np.float64), sense)[1]
    seen[0], seen[1] = np.minimum(seen[0], sums), np.maximum(seen[1], sums)


def results_between(linked: LinkedSet, group: Group, n: int) -> tuple[float, float]:
    """Return between which points the mean of a group's results lies, to who knows how many pupils it has."""
    reader, mask = Scored(replace(linked, figures=(*linked.figures, Figure(group, n, n)))), linked.mask(group)
    least, most = (reader.results(mask, s)[0] for s in (highspy.ObjSense.kMinimize, highspy.ObjSense.kMaximize))
    return least / n, most / n


def years_of(linked: LinkedSet) -> dict[str, frozenset[str]]:
    """Return the periods of each year: groups by their results are no targets, for they tell them by themselves."""
    return _years_of(tuple(linked.dims["period"]))


@lru_cache
def _years_of(periods: tuple[str, ...]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for period in periods:
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
