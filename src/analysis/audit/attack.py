"""Which small groups can a reader narrow down? Every group of one to ``k − 1`` pupils over any dimensions is tried."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal

import numpy as np

from analysis.audit.bounds import Contradiction, Reader
from analysis.audit.known import Known, Place, Wanted, not_small
from analysis.audit.scored import POINTS, by_years, pinned, reader_of, require_true_means, results_between, with_parts
from analysis.audit.sets import Cells, Flags, Group, LinkedSet
from analysis.audit.without import Without, as_narrow, left_by

Judgement = Literal["exact", "proven_small", "narrow", "pinned"]
UNKNOWN = "?"
"""The level of pupils of whom an attribute is not known: nobody is recognised by it."""
_NEAR = 1e-6


@dataclass(frozen=True)
class Limits:
    """From how many pupils on a group is not small.

    Attributes
    ----------
    smallest : int
        Of any group.
    sensitive : int
        Of groups by a sensitive attribute.
    attributes : frozenset of str
        The sensitive ones.
    """

    smallest: int
    sensitive: int
    attributes: frozenset[str]

    def of(self, subset: tuple[str, ...]) -> int:
        """Return the limit of groups by these dimensions."""
        return self.sensitive if self.attributes & set(subset) else self.smallest


@dataclass(frozen=True)
class Found:
    """A small group that a reader narrows down.

    Attributes
    ----------
    group : dict
        The group.
    size : int
        Its true size; −1 where the truth is not at hand.
    low, high : float
        Between which numbers the reader knows it to be.
    judgement : {"exact", "proven_small", "narrow", "pinned"}
        ``exact``: one number; ``proven_small``: surely one to ``k − 1``; ``narrow``: below ``k``, or within fewer than ``k``.
        ``pinned``: its results are, and ``low`` and ``high`` are points of their mean.
    """

    group: dict[str, frozenset[str]]
    size: int
    low: float
    high: float
    judgement: Judgement


@dataclass(frozen=True)
class Attacked:
    """What the attack on a linked set came to: groups tried, those narrowed down, programmes solved.

    ``anyway`` counts groups that are as narrow by what a reader knows without what is attacked: no page can change that.
    """

    targets: int
    found: tuple[Found, ...]
    solved: int
    anyway: int = 0


def attack(linked: LinkedSet, truth: Cells, limits: Limits, *, whole: bool = False) -> Attacked:
    """Try every group of a linked set that is small in truth.

    Parameters
    ----------
    linked : LinkedSet
        What is published.
    truth : Cells
        The true number of pupils in each cell.
    limits : Limits
        ``k``. The part of a group that has a sensitive attribute is judged by what is known of the group, where this is less
        than its limit.
    whole : bool
        Whether the reader uses that pupils are whole: slower, and never wider.

    Raises
    ------
    Contradiction
        The figures contradict each other or the truth: something was misread, and what it proves is worth nothing.
    """
    _require_true(linked, truth)
    reader = reader_of(linked, whole=whole)
    wanted = list(_small(linked, truth, limits))
    known = Known(linked, reader, truth, wanted)
    wholes, without = _Wholes(linked, reader, known, limits), Without(linked, whole=whole)
    needed: dict[int, int] = {}
    anyway: dict[int, tuple[float, float]] = {}
    for number, subset, place, k in known.open():
        needed[number] = limits.smallest if k == limits.smallest else wholes.bound(subset, place)
        if (ends := without.ends(linked.group_at(subset, place))) is not None:
            anyway[number] = ends
            known.ask_no_more(number, *left_by(*ends, needed[number]))
    found = {}
    for number, subset, place, _ in known.open():
        true = float(linked.sums(truth, subset)[place])
        low, high = known.interval(number, needed[number])
        if not low <= true <= high:
            raise Contradiction(f"{true:.0f} is outside {low:.0f} to {high:.0f}")
        judged = judge(low, high, needed[number])
        if judged and needed[number] > limits.smallest:
            judged = judge(low, high, wholes.most(subset, place))
        if judged and not (number in anyway and as_narrow(anyway[number], low, high, needed[number])):
            found[number] = Found(linked.group_at(subset, place), int(true), low, high, judged)
    same = sum(judge(*anyway[number], needed[number]) is not None for number in anyway.keys() - found.keys())
    return Attacked(len(known), (*found.values(), *_pinned(linked, truth, limits)), reader.solved, same)


def _small(linked: LinkedSet, truth: Cells, limits: Limits) -> Iterator[Wanted]:
    """Give the groups that are small in truth."""
    for subset in linked.subsets():
        k, true = limits.of(subset), linked.sums(truth, subset)
        yield Wanted(subset, k, (true > 0) & (true < k) & named(linked, subset))


def strangers(linked: LinkedSet, limits: Limits, *, whole: bool = False) -> Attacked:
    """Try every group of a linked set as a stranger does who does not know the truth: which are surely small?

    Returns
    -------
    Attacked
        ``found`` has groups that are exactly one to ``k − 1`` pupils, or surely are.
    """
    reader = reader_of(linked, whole=whole)
    wanted = [Wanted(subset, limits.of(subset), named(linked, subset)) for subset in linked.subsets()]
    known = Known(linked, reader, reader.table, wanted, not_small)
    found, without = [], Without(linked, whole=whole)
    for number, subset, place, k in known.open():
        low, high = known.interval(number, k)
        group = linked.group_at(subset, place)
        if low >= 1 and high < k and not without.as_narrow(group, low, high, k):
            judged: Judgement = "exact" if low == high else "proven_small"
            found.append(Found(group, -1, low, high, judged))
    return Attacked(len(known), tuple(found), reader.solved, without.narrow)


def _pinned(linked: LinkedSet, truth: Cells, limits: Limits) -> Iterator[Found]:
    """Give small groups whose results are pinned down to who knows how many they are.

    One by a sensitive attribute is small below its limit, but not where it is all or all but one of the group around it: the
    mean of those is the one that is published.
    """
    if linked.scores is None:
        return
    coarse, table = by_years(linked, truth)
    small: list[tuple[Group, int]] = []
    for subset in coarse.subsets():
        true, around = coarse.sums(table, subset), table
        for axis, name in enumerate(coarse.dims):
            if name not in subset or name in limits.attributes:
                around = around.sum(axis=axis, keepdims=True)
        around = np.broadcast_to(around, table.shape)[tuple(slice(None) if n in subset else 0 for n in coarse.dims)]
        below = np.minimum(limits.of(subset), np.maximum(limits.smallest, around - 1))
        for place in map(tuple, np.argwhere((true > 0) & (true < below) & named(coarse, subset))):
            small.append((with_parts(linked, coarse.group_at(subset, place)), int(true[place])))
    known = tuple(figure for figure in linked.figures if figure.source)
    means = tuple(mean for mean in linked.scores.means if mean.source)
    without = replace(linked, figures=known, scores=replace(linked.scores, means=means))
    for group, n, low, high in pinned(linked, truth, small):
        if not (known or means) or np.ptp(results_between(without, group, n)) > 2 * POINTS + _NEAR:
            yield Found(dict(group), n, low, high, "pinned")


def judge(low: float, high: float, k: int) -> Judgement | None:
    """Judge what a reader knows of a small group; None where that is little enough."""
    if low == high:
        return "exact"
    if low >= 1 and high < k:
        return "proven_small"
    return "narrow" if high < k or high - low < k else None


def named(linked: LinkedSet, subset: tuple[str, ...]) -> Flags:
    """Tell which places of a subset's sums are groups: all but those of pupils of whom something is not known."""
    inside: Flags = np.ones(tuple(len(linked.dims[name]) for name in subset), dtype=bool)
    for axis, name in enumerate(subset):
        known = np.array([level != UNKNOWN for level in linked.dims[name]], dtype=bool)
        inside &= known.reshape([-1 if i == axis else 1 for i in range(len(subset))])
    return inside


class _Wholes:
    """How wide a group by a sensitive attribute must be: its limit, or all of the group without it, where that is less.

    That those with special needs among eight pupils are no more than eight tells nothing of them. A class because what a
    coarse group may have at most bounds all groups within it, so that few programmes are solved.
    """

    def __init__(self, linked: LinkedSet, reader: Reader, known: Known, limits: Limits) -> None:
        self._linked, self._reader, self._known, self._limits = linked, reader, known, limits
        self._small: dict[frozenset[tuple[str, str]], int] = {}

    def bound(self, subset: tuple[str, ...], place: Place) -> int:
        """Return the width asked for, or a little more: what is known of the coarsest small group around it."""
        whole = self._whole(subset, place)
        within = [self._small.get(frozenset(some)) for size in range(len(whole)) for some in combinations(whole, size)]
        known = min((most for most in within if most is not None), default=None)
        return self.most(subset, place) if known is None else self._width(known)

    def most(self, subset: tuple[str, ...], place: Place) -> int:
        """Return the width asked for."""
        whole = self._whole(subset, place)
        if frozenset(whole) not in self._small:
            group = {name: frozenset([level]) for name, level in whole}
            most = self._known.asked(self._reader.most(self._linked.mask(group)))
            if most >= self._limits.sensitive:
                return self._limits.sensitive
            self._small[frozenset(whole)] = int(np.floor(most + _NEAR))
        return self._width(self._small[frozenset(whole)])

    def _whole(self, subset: tuple[str, ...], place: Place) -> list[tuple[str, str]]:
        group = self._linked.group_at(subset, place)
        return sorted(
            (name, next(iter(levels))) for name, levels in group.items() if name not in self._limits.attributes
        )

    def _width(self, most: int) -> int:
        return max(self._limits.smallest, min(self._limits.sensitive, most))


def _require_true(linked: LinkedSet, truth: Cells) -> None:
    require_true_means(linked, truth)
    for figure in linked.figures:
        value = figure.value(linked, truth)
        if not figure.low - _NEAR <= value <= figure.high + _NEAR:
            raise Contradiction(f"{figure.name}: {value:g} is outside {figure.low:g} to {figure.high:g}")
