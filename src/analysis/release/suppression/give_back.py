"""Telling again what was withheld for a group that other withheld figures protect as well by now."""

from analysis.release.suppression.insiders import learns, learnt
from analysis.release.suppression.keys import Key
from analysis.release.suppression.protect import Guarded
from analysis.release.suppression.stage import Reason, Stage


def give_back(stage: Stage) -> None:
    """Try every figure that a programme withheld, the largest first: it is told where all small groups stay cleared.

    Only groups are asked about whose tables differ from the figure; all others stay cleared.
    """
    for key in _largest_first(stage):
        if _shares_withheld_size(stage, key) or stage.same(key) & stage.withheld:
            continue
        if _cleared_without(stage, key):
            stage.withheld.discard(key)
            stage.given_back += 1


def _largest_first(stage: Stage) -> list[Key]:
    sizes = {}
    for one in stage.sets:
        for key, figures in one.by_key.items():
            sizes[key] = max(one.truth_of(figure) for figure in figures)
    return sorted(stage.why, key=lambda key: (key[0] == "share", -sizes.get(key, 0.0), key))


def _shares_withheld_size(stage: Stage, key: Key) -> bool:
    return key[0] == "share" and ("size", *key[1:7]) in stage.withheld


def _cleared_without(stage: Stage, key: Key) -> bool:
    tried = []
    why = stage.why[key]
    for number in sorted(range(len(stage.sets)), key=lambda number: number != why.number):
        guarded = stage.sets[number]
        if key not in guarded.by_key:
            continue
        tried.append(guarded.tell(key, stage.withheld - {key}))
        if _needed(guarded, why if number == why.number else None):
            for undo in reversed(tried):
                undo()
            return False
    return True


def _needed(guarded: Guarded, why: Reason | None) -> bool:
    """Tell whether a set needs what was told again; for whom it was withheld is asked about first."""
    if why is not None and why.one is not None and learns(guarded, why.one, why.target):
        return True
    return guarded.opens(None if why is None else why.target) or bool(learnt(guarded))
