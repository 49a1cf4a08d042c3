"""A pupil who is alone in a group and knows it: no other small group follows exactly for that pupil."""

from collections.abc import Iterator
from itertools import product

import numpy as np

from analysis.release.suppression.linked import Cells, Places
from analysis.release.suppression.protect import WORTH, Guarded
from analysis.release.suppression.solver import NotSolved
from analysis.release.suppression.stage import Reason, Stage

Flags = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
_NEAR = 1e-6
_OF_TABLES = 3  # dimensions that a published table crosses at most: who is alone in a finer group hardly knows it
_MIXED = 4  # tables with fewer, and with more, in a group, that are mixed each with each


def protect_insiders(stage: Stage) -> None:
    """Withhold until no pupil who is alone in a group learns another small group exactly.

    Less is asked than of those outside: not that a group may be anything, only that it may be something else.
    """
    for number, guarded in enumerate(stage.sets):
        for one, target in learnt(guarded):
            if learns(guarded, one, target):
                _move(stage, number, one, target)


def learns(guarded: Guarded, one: int, target: int) -> bool:
    """Tell whether a target follows exactly for the pupil of a group."""
    follows = np.zeros((1, len(guarded.targets)), dtype=bool)
    follows[0, target] = True
    _mixed(guarded, np.array([one]), follows)
    if follows[0, target]:
        _ask(guarded, np.array([one]), [0], follows, singly=True)
    return bool(follows[0, target])


def alone(guarded: Guarded) -> list[int]:
    """Return the numbers of groups of one pupil.

    Over as many dimensions as tables cross they count whether told of or not, over more where they are withheld.
    """
    linked = guarded.linked
    hidden = {linked.figures[figure].place for figure in guarded.hidden}
    number = {place: number for number, place in enumerate(guarded.targets.tolist())}
    ones = linked.of_one.tolist()
    return [number[place] for place in ones if place in hidden or linked.depth[place] <= _OF_TABLES]


def learnt(guarded: Guarded) -> list[tuple[int, int]]:
    """Return numbers of groups of one, and of the targets that follow exactly for whoever knows that.

    Not those that a group is part of, or has as parts.

    What differs in a table differs for every pupil whose group is one in it: they are asked about together, any two of them
    apart once, so that few are left to be asked about alone.
    """
    ones = np.array(alone(guarded), dtype=np.int64)
    follows = _news(guarded, ones)
    _mixed(guarded, ones, follows)
    for some in _together(len(ones)):
        still = [number for number in some if follows[number].any()]
        if len(still) > 1:
            _ask(guarded, ones, still, follows)
    left = follows.any(axis=1)
    ones, follows = ones[left], follows[left]
    for number in range(len(ones)):
        if follows[number].any():
            _ask(guarded, ones, [number], follows, singly=True)
    return [(int(ones[number]), int(target)) for number, target in np.argwhere(follows)]


def _news(guarded: Guarded, ones: Places) -> Flags:
    """Tell which targets are news to the pupil of each group: neither within it nor around it, and not known anyway."""
    within, around = np.ones((2, len(ones), len(guarded.targets)), dtype=bool)
    for one, at in zip(guarded.linked.axes, np.unravel_index(guarded.targets, guarded.linked.shape), strict=True):
        within &= one.within[np.ix_(at, at[ones])].T
        around &= one.within[np.ix_(at[ones], at)]
    news = ~(within | around) & (guarded.known_high - guarded.known_low >= 1)
    for pupil, target in guarded.beyond:
        news[ones == pupil, target] = False
    return np.asarray(news)


def _mixed(guarded: Guarded, ones: Places, follows: Flags) -> None:
    """Take from what follows all that differs in a table seen, or in a mixture of two, that has one pupil in the group.

    Tables that agree with what is told are a convex set: one with fewer pupils in the group and one with more have a mixture
    with one, and no programme is needed.
    """
    moved = guarded.seen() - guarded.sizes
    own, differs = moved[:, ones], (np.abs(moved) >= 1 - _NEAR).astype(np.float32)
    follows &= (np.abs(own) < _NEAR).T.astype(np.float32) @ differs == 0
    strong = np.argsort(-(differs @ follows.T.astype(np.float32)), axis=0, kind="stable")
    for number in np.flatnonzero(follows.any(axis=1)).tolist():
        left, order, off = np.flatnonzero(follows[number]), strong[:, number], own[:, number]
        less, more = order[off[order] <= -_NEAR][:_MIXED], order[off[order] >= _NEAR][:_MIXED]
        share = (off[more] / (off[more] - off[less][:, None]))[..., None]
        mixed = share * moved[np.ix_(less, left)][:, None] + (1 - share) * moved[np.ix_(more, left)]
        follows[number, left] &= (np.abs(mixed) < 1 - _NEAR).all(axis=(0, 1))


def _together(count: int) -> Iterator[list[int]]:
    """Give all of them, and then halves in which any two are apart once: by the digits of their numbers."""
    if count > 1:
        yield list(range(count))
        for digit, side in product(range((count - 1).bit_length()), (0, 1)):
            yield [number for number in range(count) if number >> digit & 1 == side]


def _ask(guarded: Guarded, ones: Places, some: list[int], follows: Flags, *, singly: bool = False) -> None:
    """Ask what may differ where some groups are known to be one, and take it from what follows.

    The sum of all that may still follow is made as large and as small as can be. When nothing more differs, each is asked
    about by itself, if ``singly``.
    """
    before, left = np.inf, np.flatnonzero(follows[some].any(axis=0))
    places = guarded.targets[ones[some]].tolist()
    for place in places:
        guarded.tables.pin(place, 1.0)
    try:
        while len(left) and before - len(left) >= (1 if singly else WORTH):
            before = len(left)
            for largest in (True, False):
                _see(guarded, ones, left, follows, largest=largest)
                left = np.flatnonzero(follows[some].any(axis=0))
                if not len(left):
                    break
        for target in left.tolist() if singly and before > 1 else ():  # one alone was asked about just now
            for ask in (guarded.tables.most, guarded.tables.least):
                if follows[some, target].any():
                    _differs(guarded, ones, follows, ask(int(guarded.targets[target])))
    finally:
        for place in places:
            guarded.tables.unpin(place)


def _see(guarded: Guarded, ones: Places, left: Places, follows: Flags, *, largest: bool) -> None:
    """Look at a table in which the groups that are left have together as many pupils, or as few, as they can."""
    _differs(guarded, ones, follows, guarded.tables.together(guarded.counted(left), largest=largest))


def _differs(guarded: Guarded, ones: Places, follows: Flags, cells: Cells) -> None:
    """Take from what follows all that differs in a table by a pupil or more, for each group that is one in it."""
    sums = guarded.sums(cells)
    same = np.abs(sums - guarded.sizes) < 1 - _NEAR
    follows[np.abs(sums[ones] - 1) < _NEAR] &= same


def _move(stage: Stage, number: int, one: int, target: int) -> None:
    """Withhold what must be so that a target may be one more or one less, whichever costs less."""
    guarded = stage.sets[number]
    size, place, pupil = float(guarded.sizes[target]), int(guarded.targets[target]), int(guarded.targets[one])
    spans = [(place, size + 1, float("inf")), (place, 0.0, size - 1)]
    found = [table for span in spans if (table := _nearest(guarded, (pupil, 1.0, 1.0), span)) is not None]
    if not found:  # what is public and what the pupil knows tell it, whatever the pages withhold
        guarded.beyond.add((one, target))
        return
    cells, moved, _ = min(found, key=lambda table: table[2])
    stage.because(Reason(number, target, one), [figure for figure in moved if figure not in guarded.hidden])
    guarded.learn(cells)


def _nearest(guarded: Guarded, *spans: tuple[int, float, float]) -> tuple[Cells, list[int], float] | None:
    """Return the nearest table; None where figures that cannot be withheld leave none."""
    try:
        return guarded.cheapest.table(*spans)
    except NotSolved:
        if not any(figure.fixed for figure in guarded.linked.figures):
            raise
        return None
