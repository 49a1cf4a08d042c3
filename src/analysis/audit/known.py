"""What tables that agree with all figures have shown of the groups that are asked about."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from analysis.audit.bounds import WORTH, Reader, whole_ends
from analysis.audit.sets import Cells, Flags, LinkedSet

_NEAR = 1e-6
Place = tuple[int, ...]
Done = Callable[[Any, Any, Any, Any], Any]


@dataclass(frozen=True)
class Wanted:
    """The groups over some dimensions that are asked about, and from how many pupils on one is not small."""

    subset: tuple[str, ...]
    k: int
    groups: Flags


class Known:
    """What is known of all groups asked about; a class because every answer adds to all of them at once.

    Each table that agrees with the figures shows what a reader has to reckon with in every group. A programme is solved only
    for groups that the tables seen so far do not clear; of the others nothing is kept up.

    Parameters
    ----------
    linked : LinkedSet
        What is published.
    reader : Reader
        Who is asked.
    first : Cells
        A table that agrees with the figures.
    wanted : sequence of Wanted
        Which groups.
    done : callable
        Tells of lowest and highest numbers seen, and of how far and how wide they have to be, which groups need not be asked
        about any more.
    """

    def __init__(
        self, linked: LinkedSet, reader: Reader, first: Cells, wanted: Sequence[Wanted], done: Done | None = None
    ) -> None:
        self._linked, self._reader, self._done = linked, reader, done or clears
        self._groups = [(one.subset, tuple(place)) for one in wanted for place in np.argwhere(one.groups)]
        self._k = np.repeat([one.k for one in wanted], [int(one.groups.sum()) for one in wanted])
        self._reach, self._width = self._k.astype(float), self._k.astype(float)
        self._members = _members(linked, wanted)
        self._low: Cells = self._members @ first.ravel().astype(float)
        self._high = np.where(self._members @ reader.unlimited.astype(float) > 0, np.inf, self._low)
        self._left, self._kept = np.arange(len(self._groups)), self._members
        self._forget()

    def __len__(self) -> int:
        """How many groups are asked about."""
        return len(self._groups)

    def open(self) -> Iterator[tuple[int, tuple[str, ...], Place, int]]:
        """Go through the groups that nothing clears when their turn comes: number, dimensions, place, ``k``."""
        self._at_once()
        for number in self._left.tolist():
            if not self._done(self._low[number], self._high[number], self._reach[number], self._width[number]):
                yield number, *self._groups[number], int(self._k[number])

    def ask_no_more(self, number: int, reach: float, width: float) -> None:
        """Ask of a group no more than that it may have so many pupils, and that its numbers are so wide."""
        self._reach[number], self._width[number] = reach, width

    def interval(self, number: int, k: int) -> tuple[float, float]:
        """Return between which numbers a group lies, or what clears it."""
        asked = min(k, float(self._reach[number])), min(k, float(self._width[number]))
        if not clears(self._low[number], self._high[number], *asked):
            group: Flags = np.zeros(self._linked.size, dtype=bool)
            group[self._members.indices[self._members.indptr[number] : self._members.indptr[number + 1]]] = True
            most = self.asked(self._reader.most(group))
            if not clears(self._low[number], self._high[number], *asked):
                return whole_ends(self.asked(self._reader.least(group)), most)
        return whole_ends(float(self._low[number]), float(self._high[number]))

    def asked(self, answer: tuple[float, Cells]) -> float:
        """Return the number of an answer, and learn from its table."""
        value, cells = answer
        sums = self._kept @ cells
        self._low[self._left] = np.minimum(self._low[self._left], sums)
        self._high[self._left] = np.maximum(self._high[self._left], sums)
        self._forget()
        return value

    def _at_once(self) -> None:
        """Ask about all groups that are left together, as long as that clears many.

        First for the most only and then for the least, as one such answer is near to the next.
        """
        for ask, largest in ((self._reader.most, True), (self._reader.least, False)):
            before, short = np.inf, self._short(largest=largest)
            while len(short) and before - len(short) >= WORTH:
                before = len(short)
                self.asked(ask(np.asarray(self._kept[short].sum(axis=0), dtype=np.float64)))
                short = self._short(largest=largest)

    def _short(self, *, largest: bool) -> "np.ndarray[tuple[int, ...], np.dtype[np.intp]]":
        """Return which of the groups left are not done, or of these that no table seen makes as large as is asked."""
        left = ~self._cleared()
        return np.flatnonzero(left & (self._high[self._left] < self._reach[self._left]) if largest else left)

    def _cleared(self) -> Flags:
        left = self._left
        return np.asarray(self._done(self._low[left], self._high[left], self._reach[left], self._width[left]))

    def _forget(self) -> None:
        """Keep nothing up any more of groups that need not be asked about, once they are many."""
        keep = ~self._cleared()
        if keep.sum() < 0.8 * len(keep):
            self._left, self._kept = self._left[keep], self._kept[np.flatnonzero(keep)]


def clears(low: Any, high: Any, reach: Any, width: Any) -> Any:
    """Tell whether the whole numbers between what tables have shown of groups reach far enough and are wide enough."""
    most, least = np.floor(high + _NEAR), np.ceil(low - _NEAR)
    return (most >= reach) & (most - least >= width)


def not_small(low: Any, high: Any, reach: Any, _: Any) -> Any:
    """Tell whether some table has shown groups empty, or with as many as is asked."""
    return (low + _NEAR < 1) | (high + _NEAR >= reach)


def _members(linked: LinkedSet, wanted: Sequence[Wanted]) -> csr_array:
    """Return which cells each group consists of."""
    at = dict(zip(linked.dims, np.unravel_index(np.arange(linked.size), linked.shape), strict=True))
    groups, cells, before = [], [], 0
    for one in wanted:
        own = np.flatnonzero(one.groups)
        numbers = np.full(one.groups.size, -1)
        numbers[own] = before + np.arange(len(own))
        inside = [at[name] for name in one.subset]
        row = numbers[np.ravel_multi_index(inside, one.groups.shape) if inside else np.zeros(linked.size, dtype=int)]
        groups.append(row[row >= 0])
        cells.append(np.flatnonzero(row >= 0))
        before += len(own)
    rows, columns = np.concatenate([*groups, []]), np.concatenate([*cells, []])
    return csr_array((np.ones(len(rows)), (rows.astype(int), columns.astype(int))), shape=(before, linked.size))
