"""Withholding until every small group of a linked set may be large, and may be anything in a span as wide as it."""

from collections.abc import Callable, Collection
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from analysis.release.suppression.limits import Limits, wide
from analysis.release.suppression.linked import Axis, Cells, Figure, Linked, Places
from analysis.release.suppression.solver import Cheapest, Tables

_NEAR = 1e-6
_TRUTH = -1
WORTH = 8
"""Groups: a table that clears fewer is the last that is asked for together, it takes as long as some asked alone."""
Key = tuple[str, ...]


class Guarded:
    """A linked set with its small groups and the tables that clear them; a class because each table clears many groups.

    A group is cleared when one table seen has it at its limit or more, and those seen spread over the limit or more.

    Parameters
    ----------
    linked : Linked
        The set.
    limits : Limits
        From when on a group is not small.
    withheld : collection of tuple
        Keys of figures that are not told.
    limit : array, optional
        The limit of each small group where less is known to suffice.
    also : collection of int
        Places of groups that are looked after however many they have.
    """

    def __init__(self, linked: Linked, limits: Limits, withheld: Collection[Key],
                 limit: Cells | None = None, also: Collection[int] = ()) -> None:  # fmt: skip
        self.linked = linked
        self.by_key: dict[Key, list[int]] = {}
        for number, figure in enumerate(linked.figures):
            for key in figure.keys:
                self.by_key.setdefault(key, []).append(number)
        self.hidden = {n for n, figure in enumerate(linked.figures) if not figure.keys.isdisjoint(withheld)}
        self.tables = Tables(linked, sorted(self.hidden))
        self._cheapest: Cheapest | None = None
        true = linked.sums(linked.truth)
        asked = np.where(linked.narrows(limits.attributes), limits.sensitive, limits.smallest)
        small = np.flatnonzero((true > 0) & (true < asked) & linked.recognisable)
        small = np.union1d(small, np.array(sorted(also), dtype=np.int64))
        self.targets: Places = small[np.lexsort((small, true[small], -linked.depth[small]))]
        self.sizes, self._asked = true[self.targets], asked[self.targets].astype(np.float64) if limit is None else limit
        self.limits = limits
        self._wholes, self._whole = np.unique(linked.without(limits.attributes)[self.targets], return_inverse=True)
        self._most = true[self._wholes]
        self.limit = self._asked
        self.known_low, self.known_high = _known_anyway(linked, limits, self.targets)
        self._attacked: frozenset[int] | None = None
        self.low, self.high = self.sizes.copy(), self.sizes.copy()
        self.low_by, self.high_by = np.full(len(small), _TRUTH), np.full(len(small), _TRUTH)
        self.moves: list[frozenset[int]] = []
        self._asked_for: set[tuple[int, bool]] = set()  # how large, or how small, these may be with what is told now
        self._seen: list[Cells] = []
        self._untrue: set[int] = set()  # tables seen that differ from what is told again
        self.beyond: set[tuple[int, int]] = set()  # groups of one, and groups that follow for them from what is public
        places = np.array([figure.place for figure in linked.figures], dtype=np.int64)
        self._true = true[places]
        self._groups = linked.rows(np.concatenate([self.targets, places, self._wholes]))
        self._of_targets = linked.rows(self.targets)

    def open(self) -> Places:
        """Return the numbers of the groups that are not cleared."""
        return np.flatnonzero(~self._cleared())

    def _cleared(self) -> "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]":
        return np.asarray(wide(self.high, self.low, *self.asked_of()))

    def asked_of(self, number: Any = slice(None)) -> tuple[Any, Any]:
        """Return how large groups have to be possible, and how wide: less where what is known without any page is narrower."""
        high, low, limit = self.known_high[number], self.known_low[number], self.limit[number]
        return np.minimum(limit, high), np.minimum(limit, high - low)

    def learn(self, cells: Cells) -> None:
        """Add a table to those seen."""
        ends = np.cumsum([len(self.targets), len(self._true)])
        sums, figures, wholes = np.split(self._groups @ cells, ends)
        todo, number = self.open(), len(self.moves)
        np.maximum(self._most, wholes, out=self._most)
        higher, lower = todo[sums[todo] > self.high[todo] + _NEAR], todo[sums[todo] < self.low[todo] - _NEAR]
        self.high[higher], self.high_by[higher] = sums[higher], number
        self.low[lower], self.low_by[lower] = sums[lower], number
        self.moves.append(frozenset(np.flatnonzero(np.abs(figures - self._true) > _NEAR).tolist()))
        self._seen.append(sums.copy())

    def sums(self, cells: Cells) -> Cells:
        """Return how many pupils the small groups have in a table."""
        return np.asarray(self._of_targets @ cells)

    def counted(self, numbers: Places) -> Cells:
        """Return for every cell how many of some small groups have it."""
        weights = np.zeros(len(self.targets))
        weights[numbers] = 1.0
        return np.asarray(self._of_targets.T @ weights)

    def seen(self) -> Cells:
        """Return how many pupils the small groups have in the tables seen that agree with what is told: a row a table."""
        told = [sums for number, sums in enumerate(self._seen) if number not in self._untrue]
        return np.array(told).reshape(len(told), len(self.targets))

    def attack(self, *, anew: bool = False) -> list[int]:
        """Ask of every group how large and how small it may be; return those that stay open, the smallest first.

        Where nothing was withheld since the last time nothing is asked, but for ``anew``.

        A table in which a part is large has its wholes large, one in which a whole is empty has its parts empty: the finest
        are asked for the most first, and the coarsest for the least.
        """
        if anew or self._attacked != frozenset(self.hidden):
            self._attacked = frozenset(self.hidden)
            self._asked_for.clear()
            self._at_once()
            self._set_limits()
            for number in self.open().tolist():
                if self.high[number] < self.asked_of(number)[0] - _NEAR:
                    self._extreme(int(self.targets[number]), largest=True)
            for number in self.open()[::-1].tolist():
                self.ask(number)
            self._lower_limits()
        return sorted(self.open().tolist(), key=lambda number: (self.sizes[number], number))

    def _at_once(self) -> None:
        """Ask about all groups that are open together, as long as that clears many: few are left to be asked about alone.

        First for the most only and then for the least, as one such answer is near to the next.
        """
        for largest in (True, False):
            before, left = np.inf, self._short(largest=largest)
            while len(left) and before - len(left) >= WORTH:
                before = len(left)
                self.learn(self.tables.together(self.counted(left), largest=largest))
                left = self._short(largest=largest)

    def _short(self, *, largest: bool) -> Places:
        """Return the numbers of the groups that are open, or of those that no table seen makes as large as is asked."""
        left = self.open()
        return left[self.high[left] < self.asked_of(left)[0] - _NEAR] if largest else left

    def _set_limits(self) -> None:
        """Set the limit of groups by a sensitive attribute: all that the group without it may have, where that is less.

        That those with special needs among eight pupils are no more than eight tells nothing of them. What a group may have
        at most, its parts may not exceed: coarse groups are asked about first, and their parts only where it matters.
        """
        upper = np.full(len(self._wholes), np.inf)
        sensitive = np.flatnonzero(self._asked > self.limits.smallest)
        for number in sensitive[::-1].tolist():
            whole, asked = int(self._whole[number]), self._asked[number]
            if self._most[whole] < asked - _NEAR and upper[whole] >= asked:
                self._extreme(int(self._wholes[whole]), largest=True)
                parts = np.isin(self._wholes, self.linked.parts(int(self._wholes[whole])))
                upper[parts] = np.minimum(upper[parts], self._most[whole])
        known = np.maximum(np.floor(upper[self._whole] + _NEAR), self.limits.smallest)
        self.limit = np.minimum(self._asked, known)

    def _lower_limits(self) -> None:
        """Lower the limits of the groups that are open to what the groups they are parts of may have, each asked about."""
        for number in self.open().tolist():
            whole, limit = int(self._whole[number]), float(self.limit[number])
            if limit > self.limits.smallest and self._most[whole] < limit - _NEAR:
                self._extreme(int(self._wholes[whole]), largest=True)
                self.limit[number] = min(limit, max(float(np.floor(self._most[whole] + _NEAR)), self.limits.smallest))

    def ask(self, number: int) -> None:
        """Ask how large and how small a group may be, as far as it is not cleared."""
        place = int(self.targets[number])
        if self.is_open(number) and self.high[number] < self.asked_of(number)[0] - _NEAR:
            self._extreme(place, largest=True)
        for largest in (False, True):
            if self.is_open(number):
                self._extreme(place, largest=largest)

    def _extreme(self, place: int, *, largest: bool) -> None:
        """Learn how large, or how small, a group may be, once for what is told."""
        if (place, largest) not in self._asked_for:
            self._asked_for.add((place, largest))
            self.learn(self.tables.most(place) if largest else self.tables.least(place))

    def is_open(self, number: int) -> bool:
        """Tell whether a group is not cleared."""
        return not wide(self.high[number], self.low[number], *self.asked_of(number))

    def protect(self, number: int, withhold: Callable[[list[int]], None]) -> None:
        """Withhold what must be so that a group may be as large as its limit, and nobody at all."""
        place, (most, width) = int(self.targets[number]), self.asked_of(number)
        if self.high[number] < most - _NEAR:
            self._move(place, (float(most), np.inf), withhold)
        if self.is_open(number):
            low = np.floor(self.high[number] + _NEAR) - width
            self._move(place, (0.0, float(max(low, self.known_low[number]))), withhold)
        if self.is_open(number):
            self._move(place, (float(np.ceil(self.low[number] - _NEAR) + width), np.inf), withhold)

    @property
    def cheapest(self) -> Cheapest:
        """What finds the nearest table; few sets ever need it."""
        if self._cheapest is None:
            self._cheapest = Cheapest(self.linked, sorted(self.hidden))
        return self._cheapest

    def _move(self, place: int, span: tuple[float, float], withhold: Callable[[list[int]], None]) -> None:
        cells, moved, _ = self.cheapest.table((place, *span))
        withhold([figure for figure in moved if figure not in self.hidden])
        self.learn(cells)

    def truth_of(self, figure: int) -> float:
        """Return the number behind a figure."""
        return float(self._true[figure])

    def tell(self, key: Key, withheld: Collection[Key]) -> Callable[[], None]:
        """Tell the figures of a key again, and forget the tables that differ from them; return how to undo it."""
        figures = [n for n in self.by_key[key] if n in self.hidden and self.linked.figures[n].keys.isdisjoint(withheld)]
        before = (self.low.copy(), self.high.copy(), self.low_by.copy(), self.high_by.copy())
        lost = [number for number, moved in enumerate(self.moves) if not moved.isdisjoint(figures)]
        untrue = set(lost) - self._untrue
        self._untrue |= untrue
        self._asked_for.clear()
        for ends, by in ((self.low, self.low_by), (self.high, self.high_by)):
            gone = np.isin(by, lost)
            ends[gone], by[gone] = self.sizes[gone], _TRUTH
        for figure in figures:
            self.hidden.discard(figure)
            self.tables.tell(figure)

        def undo() -> None:
            self.low, self.high, self.low_by, self.high_by = before
            self._untrue -= untrue
            self._asked_for.clear()
            for figure in figures:
                self.hidden.add(figure)
                self.tables.hide(figure)

        return undo

    def opens(self, first: int | None) -> bool:
        """Tell whether a group is open once all that are not cleared were asked about, this one first."""
        for number in ([] if first is None else [first]) + self.open().tolist():
            self.ask(number)
            if self.is_open(number):
                return True
        return False

    def hide(self, key: Key) -> None:
        """Withhold the figures of a key."""
        for figure in self.by_key.get(key, ()):
            if figure not in self.hidden:
                self._asked_for.clear()
                self.hidden.add(figure)
                self.tables.hide(figure)
                if self._cheapest is not None:
                    self._cheapest.hide(figure)


@lru_cache(maxsize=64)
def _known_ends(axes: tuple[Axis, ...], truth: tuple[float, ...], figures: tuple[Figure, ...], limits: Limits) -> Cells:
    """Return between which numbers figures leave every group, where that is narrow; the same for all attributes of a test."""
    base = Guarded(Linked(axes, np.array(truth), figures), limits, ())
    base.attack()
    ends = np.full((2, int(np.prod(base.linked.shape))), np.inf) * [[-1], [1]]
    narrow = base.open()
    ends[0, base.targets[narrow]] = np.ceil(base.low[narrow] - _NEAR)
    ends[1, base.targets[narrow]] = np.floor(base.high[narrow] + _NEAR)
    return ends


def _known_anyway(linked: Linked, limits: Limits, targets: Places) -> tuple[Cells, Cells]:
    """Return between which numbers small groups are known to be without any page; without ends where that is wide enough.

    What is known speaks of few dimensions: of a group that is told from others by a further one nothing is known but that
    it is within the group without that.
    """
    fixed = [figure for figure in linked.figures if figure.aside]
    if not fixed:
        return np.full(len(targets), -np.inf), np.full(len(targets), np.inf)
    at = [np.unravel_index(figure.place, linked.shape) for figure in fixed]
    kept = [n for n, one in enumerate(linked.axes) if any(place[n] != one.whole for place in at)] or [0]
    rest = tuple(n for n in range(len(linked.axes)) if n not in kept)
    shape, cells = tuple(linked.shape[n] for n in kept), [len(one.levels) for one in linked.axes]
    figures = tuple(
        replace(figure, place=int(np.ravel_multi_index([place[n] for n in kept], shape)), fixed=False, aside=False)
        for figure, place in zip(fixed, at, strict=True)
    )
    truth = linked.truth.reshape(cells).sum(axis=rest).ravel()
    ends = _known_ends(tuple(linked.axes[n] for n in kept), tuple(truth.tolist()), figures, limits)
    own = np.unravel_index(targets, linked.shape)
    around = np.ravel_multi_index(tuple(own[n] for n in kept), shape)
    within = np.any([own[n] != linked.axes[n].whole for n in rest] or [np.zeros(len(targets), dtype=bool)], axis=0)
    return np.where(within & (ends[0, around] > 0), 0.0, ends[0, around]), ends[1, around]
