"""A pupil who is alone in a cell of a table knows that it is one: no other small group follows exactly for that pupil."""

from collections.abc import Iterator

import numpy as np

from analysis.release.suppression.linked import Cells, Places
from analysis.release.suppression.protect import Guarded
from analysis.release.suppression.solver import NotSolved
from analysis.release.suppression.stage import Stage

_NEAR = 1e-6


def protect_insiders(stage: Stage) -> None:
    """Withhold until no pupil who is alone in a withheld cell learns another small group exactly.

    Less is asked than of those outside: not that a group may be anything, only that it may be something else.
    """
    for number, guarded in enumerate(stage.sets):
        for figure in alone(guarded):
            for target in learnt(guarded, figure):
                _move(stage, number, figure, target)


def alone(guarded: Guarded) -> Iterator[int]:
    """Give the withheld figures that count one pupil."""
    linked = guarded.linked
    for figure in sorted(guarded.hidden):
        if abs(guarded.truth_of(figure) - 1) < _NEAR and linked.recognisable[linked.figures[figure].place]:
            yield figure


def learnt(guarded: Guarded, figure: int) -> list[int]:
    """Return the targets that follow exactly for whoever knows that a figure is one; not those it is part of, or has as parts.

    A weighted sum of all that may still follow is made as large and as small as can be; what moves does not follow. When
    nothing moves any more, each is asked by itself.
    """
    linked, place = guarded.linked, guarded.linked.figures[figure].place
    nested = np.concatenate([linked.parts(place), linked.wholes(place)])
    anyway = guarded.known_high - guarded.known_low < 1
    left: Places = np.flatnonzero(~np.isin(guarded.targets, nested) & ~anyway)
    guarded.tables.pin(figure, 1.0)
    try:
        moved = -1
        while len(left) and moved != len(left):
            moved = len(left)
            weights = np.zeros(int(np.prod(linked.shape)))
            weights[guarded.targets[left]] = 1.0
            for cells in guarded.tables.ends(linked.counted(weights)):
                left = _unmoved(guarded, left, linked.sums(cells))
        for target in left.tolist():
            if target in left:
                for ask in (guarded.tables.most, guarded.tables.least):
                    left = _unmoved(guarded, left, linked.sums(ask(int(guarded.targets[target]))))
    finally:
        guarded.tables.hide(figure)
    return [int(target) for target in left if (figure, int(target)) not in guarded.beyond]


def _unmoved(guarded: Guarded, left: Places, sums: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]") -> Places:
    places = guarded.targets[left]
    return left[np.abs(sums[places] - guarded.sizes[left]) < _NEAR]


def _move(stage: Stage, number: int, figure: int, target: int) -> None:
    """Withhold what must be so that a target may be one more or one less, whichever costs less."""
    guarded = stage.sets[number]
    one, size = guarded.linked.figures[figure].place, float(guarded.sizes[target])
    place = int(guarded.targets[target])
    spans = [(place, size + 1, float("inf")), (place, 0.0, size - 1)]
    found = [table for span in spans if (table := _nearest(guarded, (one, 1.0, 1.0), span)) is not None]
    if not found:  # what is public and what the pupil knows tell it, whatever the pages withhold
        guarded.beyond.add((figure, target))
        return
    _, moved, _ = min(found, key=lambda table: table[2])
    stage.because(number, target, [figure for figure in moved if figure not in guarded.hidden])


def _nearest(guarded: Guarded, *spans: tuple[int, float, float]) -> tuple[Cells, list[int], float] | None:
    """Return the nearest table; None where figures that cannot be withheld leave none."""
    try:
        return guarded.cheapest.table(*spans)
    except NotSolved:
        if not any(figure.fixed for figure in guarded.linked.figures):
            raise
        return None
