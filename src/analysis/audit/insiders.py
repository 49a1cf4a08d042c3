"""What a pupil learns who is alone in a cell of a table and knows it: which other small groups follow exactly?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.audit.attack import Limits, named
from analysis.audit.bounds import Reader, whole_ends
from analysis.audit.known import Known, Wanted
from analysis.audit.sets import Cells, Figure, Group, LinkedSet

_OF_TABLES = 3  # dimensions that a published table crosses at most


@dataclass(frozen=True)
class Learnt:
    """What the attacks of the pupils came to.

    Attributes
    ----------
    pupils, pairs : int
        Pupils who were tried; pairs of one of them and a small group.
    exact : int
        Groups among these that follow exactly.
    anyway : int
        Further ones that follow exactly from what is known without what is attacked, and from what the pupil knows.
    """

    pupils: int
    pairs: int
    exact: int
    anyway: int


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
    pairs, exact, anyway = 0, 0, 0
    for group in chosen:
        own = Figure(group, 1.0, 1.0, source="earlier")  # known to the pupil, whatever the pages say
        told = replace(linked, figures=(*linked.figures, own))
        wanted = list(_others(linked, truth, limits, group))
        known = Known(told, Reader(told), truth, wanted)
        pairs += len(known)
        certain = [
            (subset, place) for number, subset, place, _ in known.open() if np.ptp(known.interval(number, 1)) == 0
        ]
        beyond = _exact_without(told, certain)
        exact, anyway = exact + len(certain) - beyond, anyway + beyond
    return Learnt(len(chosen), pairs, exact, anyway)


def _exact_without(told: LinkedSet, certain: Sequence[tuple[tuple[str, ...], tuple[int, ...]]]) -> int:
    """Return how many of these groups follow exactly from the figures that are known anyway."""
    without = replace(told, figures=tuple(figure for figure in told.figures if figure.source))
    reader = Reader(without)
    masks = (told.mask(told.group_at(subset, place)) for subset, place in certain)
    return sum(int(np.ptp(whole_ends(reader.least(mask)[0], reader.most(mask)[0])) == 0) for mask in masks)


def _alone(linked: LinkedSet, truth: Cells) -> Iterator[dict[str, frozenset[str]]]:
    for subset in linked.subsets():
        if 0 < len(subset) <= _OF_TABLES:
            one = (linked.sums(truth, subset) == 1) & named(linked, subset)
            yield from (linked.group_at(subset, tuple(place)) for place in np.argwhere(one))


def _others(linked: LinkedSet, truth: Cells, limits: Limits, group: Group) -> Iterator[Wanted]:
    """Give the small groups that are neither within a group nor around it."""
    for subset in filter(None, linked.subsets()):  # all pupils together are around every group
        true = linked.sums(truth, subset)
        small = (true > 0) & (true < limits.of(subset)) & named(linked, subset)
        for place in map(tuple, np.argwhere(small)):
            small[place] = not _nested(linked.group_at(subset, place), group)
        yield Wanted(subset, 1, small)


def _nested(one: Group, other: Group) -> bool:
    return one.items() <= other.items() or other.items() <= one.items()
