"""A linked set: the cells that its figures are sums of, the true number of pupils in each, and what is published."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, reduce

import numpy as np
from scipy.sparse import csr_array, kron

from analysis.release.suppression.cuts import UNKNOWN

Cells = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Places = np.ndarray[tuple[int, ...], np.dtype[np.int64]]


@dataclass(frozen=True)
class Axis:
    """One dimension: its levels, and the slices of it that figures and groups speak of.

    Attributes
    ----------
    name : str
        ``school``, ``period`` or an attribute.
    levels : tuple of str
        Every pupil has one.
    slices : tuple of frozenset of str
        The levels one by one, further sets of levels, and last all of them.
    """

    name: str
    levels: tuple[str, ...]
    slices: tuple[frozenset[str], ...]

    @cached_property
    def matrix(self) -> Cells:
        """Slices × levels, 1 where the slice has the level."""
        return np.array([[level in one for level in self.levels] for one in self.slices], dtype=np.float64)

    @cached_property
    def within(self) -> "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]":
        """Slices × slices, whether the first has no level that the second lacks."""
        return np.asarray((self.matrix[:, None] <= self.matrix).all(axis=2))

    @cached_property
    def places(self) -> dict[frozenset[str], int]:
        """The number of each slice."""
        return {one: number for number, one in enumerate(self.slices)}

    @property
    def whole(self) -> int:
        """The number of the slice that has all levels."""
        return len(self.slices) - 1


def axis(name: str, levels: Sequence[str], more: Sequence[frozenset[str]] = ()) -> Axis:
    """Make a dimension of its levels and of further sets of levels that are spoken of."""
    single = [frozenset([level]) for level in levels]
    everything = frozenset(levels)
    between = [one for one in dict.fromkeys(more) if one not in single and one != everything]
    return Axis(name, tuple(levels), (*single, *between, everything) if len(levels) > 1 else (everything,))


@dataclass(frozen=True)
class Figure:
    """A published number of pupils, or the bounds that are told of it.

    Attributes
    ----------
    place : int
        Which group it counts, as a place in :meth:`Linked.sums`.
    low, high : float
        What is told of it; equal where the number itself is.
    keys : frozenset of tuple
        The published rows behind it, by their keys in the pattern: they are told or withheld together.
    weight : float
        What it costs to withhold it.
    fixed : bool
        Whether it cannot be withheld.
    aside : bool
        Whether that is because it is known without today's pages.
    """

    place: int
    low: float
    high: float
    keys: frozenset[tuple[str, ...]]
    weight: float
    fixed: bool = False
    aside: bool = False


@dataclass(frozen=True)
class Mean:
    """A published mean of results.

    Attributes
    ----------
    key : tuple
        Its key in the pattern.
    row : array
        For the least and then for the most result of each cell what it is above the mean; zero outside the group.
    n : float
        Pupils of its group.
    implied : bool
        Whether distances from it tell it, whose rows have other sizes beside them than its own.
    aside : bool
        Whether it is known without today's pages, and cannot be withheld.
    """

    key: tuple[str, ...]
    row: Cells
    n: float
    implied: bool = False
    aside: bool = False


@dataclass(frozen=True)
class Means:
    """What is published of results: the least and then the most points of a result in each cell, and the means."""

    ends: Cells
    told: tuple[Mean, ...]


@dataclass(frozen=True)
class Linked:
    """A linked set of one test.

    Attributes
    ----------
    axes : tuple of Axis
        Its dimensions.
    truth : array
        Pupils in every cell, one level of each dimension.
    figures : tuple of Figure
        What is published.
    means : Means or None
        What is published of results, where some is.
    """

    axes: tuple[Axis, ...]
    truth: Cells
    figures: tuple[Figure, ...] = field(default=())
    means: Means | None = None

    @property
    def size(self) -> int:
        """How many cells there are."""
        return int(self.truth.size)

    @property
    def shape(self) -> tuple[int, ...]:
        """How many slices each dimension has."""
        return tuple(len(one.slices) for one in self.axes)

    def sums(self, cells: Cells) -> Cells:
        """Return the numbers of all groups, flat: one slice of each dimension."""
        return np.asarray(self._groups @ cells)

    def rows(self, places: Places) -> csr_array:
        """Return some groups × cells, 1 where the group has the cell."""
        return self._groups[places]

    @cached_property
    def _groups(self) -> csr_array:
        return _groups(self.axes)

    def cells(self, place: int) -> Places:
        """Return which cells a group consists of."""
        first, last = self._groups.indptr[place : place + 2]
        return np.asarray(self._groups.indices[first:last], dtype=np.int64)

    def place(self, group: dict[str, frozenset[str]]) -> int | None:
        """Return the place of a group; None where it is not one of this set's."""
        if any(name not in {one.name for one in self.axes} for name in group):
            return None
        found = [one.places.get(group.get(one.name, one.slices[-1])) for one in self.axes]
        return None if None in found else int(np.ravel_multi_index([int(n or 0) for n in found], self.shape))

    def inside(self, group: dict[str, frozenset[str]]) -> "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]":
        """Tell which cells a group consists of, whether it is one of this set's or not."""
        flags = [np.array([name in group.get(one.name, one.levels) for name in one.levels]) for one in self.axes]
        return np.asarray(reduce(np.logical_and.outer, flags)).ravel()

    def spread(self, name: str, values: Sequence[float]) -> Cells:
        """Return a number of each level of one dimension for every cell."""
        flat = [np.array(values if one.name == name else np.zeros(len(one.levels))) for one in self.axes]
        return np.asarray(reduce(np.add.outer, flat), dtype=np.float64).ravel()

    def parts(self, place: int) -> Places:
        """Return the places of a group and of all groups within it."""
        at = np.unravel_index(place, self.shape)
        inside = [one.within[:, number] for one, number in zip(self.axes, at, strict=True)]
        return np.flatnonzero(reduce(np.logical_and.outer, inside))

    @cached_property
    def recognisable(self) -> "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]":
        """Which groups one can belong to: nobody is recognised by not being known."""
        flags = [np.array([one != frozenset([UNKNOWN]) for one in axis_.slices]) for axis_ in self.axes]
        return np.asarray(reduce(np.logical_and.outer, flags)).ravel()

    @cached_property
    def of_one(self) -> Places:
        """The places of groups that one pupil belongs to."""
        return np.flatnonzero(np.isclose(self.sums(self.truth), 1) & self.recognisable)

    @cached_property
    def by_years(self) -> "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]":
        """Which groups are not by results: their periods are whole years."""
        flags = [np.array([one.name != "period" or _whole_years(some, one.levels) for some in one.slices])
                 for one in self.axes]  # fmt: skip
        return np.asarray(reduce(np.logical_and.outer, flags)).ravel()

    def without(self, names: Sequence[str]) -> Places:
        """Return, for the place of every group, that of the group without the dimensions named."""
        at = list(np.unravel_index(np.arange(np.prod(self.shape)), self.shape))
        for number, one in enumerate(self.axes):
            if one.name in names:
                at[number] = np.full_like(at[number], one.whole)
        return np.asarray(np.ravel_multi_index(tuple(at), self.shape))

    @cached_property
    def depth(self) -> Places:
        """By how many dimensions each group is told from the others."""
        flags = [np.arange(len(one.slices)) < one.whole for one in self.axes]
        return np.asarray(reduce(np.add.outer, [flag.astype(np.int64) for flag in flags])).ravel()

    def narrows(self, names: Sequence[str]) -> "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]":
        """Which groups are told from others by one of these dimensions."""
        flags = [(np.arange(len(one.slices)) < one.whole) & (one.name in names) for one in self.axes]
        return np.asarray(reduce(np.logical_or.outer, flags)).ravel()


@lru_cache(maxsize=64)
def _groups(axes: tuple[Axis, ...]) -> csr_array:
    """Groups × cells, 1 where the group has the cell; the same for all domains of a test."""
    found = reduce(lambda one, other: kron(one, other, format="csr"), [csr_array(one.matrix) for one in axes])
    found.sort_indices()
    return found


def _whole_years(periods: frozenset[str], levels: Sequence[str]) -> bool:
    years = {name.split(":")[0] for name in periods}
    return periods == {name for name in levels if name.split(":")[0] in years}
