"""What a pupil learns who is alone in a cell of a table and knows it: which other small groups follow exactly?"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from analysis.audit.attack import Limits, named
from analysis.audit.bounds import Reader
from analysis.audit.known import Known, Wanted
from analysis.audit.sets import Cells, Figure, Group, LinkedSet

_OF_TABLES = 2  # dimensions that a published table crosses at most


@dataclass(frozen=True)
class Learnt:
    """What the attacks of the pupils came to: pupils, pairs of a pupil and a small group, those of them that are exact."""

    pupils: int
    pairs: int
    exact: int


def insiders(linked: LinkedSet, truth: Cells, limits: Limits, most: int) -> Learnt:
    """Attack a linked set as each pupil does who is alone in a cell of one or two dimensions.

    Parameters
    ----------
    linked : LinkedSet
        What is published.
    truth : Cells
        The true number of pupils in each cell.
    limits : Limits
        ``k``: which other groups are small.
    most : int
        How many pupils are tried, evenly spread over all of them.
    """
    singles = list(_alone(linked, truth))
    chosen = [singles[i] for i in np.unique(np.linspace(0, len(singles) - 1, most).astype(int))] if singles else []
    pairs = exact = 0
    for group in chosen:
        told = replace(linked, figures=(*linked.figures, Figure(group, 1.0, 1.0)))
        wanted = list(_others(linked, truth, limits, group))
        known = Known(told, Reader(told), truth, wanted)
        pairs += len(known)
        for number, _, _, _ in known.open():
            low, high = known.interval(number, 1)
            exact += low == high
    return Learnt(len(chosen), pairs, exact)


def _alone(linked: LinkedSet, truth: Cells) -> Iterator[dict[str, frozenset[str]]]:
    for subset in linked.subsets():
        if 0 < len(subset) <= _OF_TABLES:
            one = (linked.sums(truth, subset) == 1) & named(linked, subset)
            yield from (linked.group_at(subset, tuple(place)) for place in np.argwhere(one))


def _others(linked: LinkedSet, truth: Cells, limits: Limits, group: Group) -> Iterator[Wanted]:
    """Give the small groups that are neither within a group nor around it."""
    for subset in linked.subsets():
        true = linked.sums(truth, subset)
        small = (true > 0) & (true < limits.of(subset)) & named(linked, subset)
        for place in map(tuple, np.argwhere(small)):
            small[place] = not _nested(linked.group_at(subset, place), group)
        yield Wanted(subset, 1, small)


def _nested(one: Group, other: Group) -> bool:
    return one.items() <= other.items() or other.items() <= one.items()
