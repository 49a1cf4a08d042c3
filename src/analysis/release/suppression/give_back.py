"""Telling again what was withheld for a group that other withheld figures protect as well by now."""

from analysis.release.suppression.insiders import learnt
from analysis.release.suppression.keys import Key
from analysis.release.suppression.stage import Stage


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
    first, target = stage.why[key]
    for number in sorted(range(len(stage.sets)), key=lambda one: one != first):
        one = stage.sets[number]
        if key not in one.by_key:
            continue
        tried.append(one.tell(key, stage.withheld - {key}))
        if one.opens(target if number == first else None) or learnt(one):
            for undo in reversed(tried):
                undo()
            return False
    return True
