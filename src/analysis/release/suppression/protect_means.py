"""What is withheld of means, so that no small group follows from them and the results of none are pinned."""

from collections.abc import Callable
from functools import cache, partial

import numpy as np
from scipy.sparse import csr_array

from analysis.release.suppression.keys import Key, size_of
from analysis.release.suppression.limits import wide
from analysis.release.suppression.linked import Cells, Linked, Mean, Places
from analysis.release.suppression.protect import WORTH, Guarded
from analysis.release.suppression.scored import Scored, with_sizes
from analysis.release.suppression.solver import NotSolved
from analysis.release.suppression.stage import Reason, Stage

POINTS = 10.0
"""Results of a group are pinned where their mean is known within so many percent points to either side."""
_WIDE = 2 * POINTS + 1e-3  # more than what the solver may be off
_NEAR = 1e-6
_NONE: Places = np.zeros(0, dtype=np.int64)


def protect_means(stage: Stage) -> None:
    """Withhold means until every small group stays as wide as without them, and the results of none are pinned.

    Each time the mean of the smallest group goes that bounds what is asked; what turns out not to have been needed for the
    same group is told again.
    """
    for number, guarded in enumerate(stage.sets):
        means = guarded.linked.means
        if means is None:
            continue
        for mean in means.told:
            if mean.aside:
                continue
            if mean.key in stage.withheld or (size_of(mean.key) in stage.withheld and not mean.implied):
                stage.withheld.add(mean.key)
        _counts(stage, number)
        _results(stage, number)


def _counts(stage: Stage, number: int) -> None:
    """Keep small groups as wide as their limit.

    Those that are not so without any mean are none of this step's business; those that are not so by what is known without the
    pages stay as wide as that leaves them.
    """
    before = stage.sets[number]
    known = set(before.open().tolist())
    again = Guarded(before.linked, before.limits, stage.withheld, before.limit)
    again.tables = tables = Scored(before.linked, sorted(again.hidden), stage.withheld)
    aside = any(mean.aside for mean in _told(before.linked))
    others = cache(partial(_of_others, before.linked, _NONE))  # few sets need it
    while opened := [target for target in again.attack(anew=True) if target not in known]:
        for target in opened:
            place, asked = int(again.targets[target]), again.asked_of(target)
            left = _left_by(others(), place, *asked) if aside else asked
            for key in _withheld_until(partial(_wide_enough, tables, place, *left), tables):
                stage.withheld.add(key)
                stage.why.setdefault(key, Reason(number, target))
            if left != asked:
                known.add(target)


def _wide_enough(tables: Scored, place: int, reach: float, width: float) -> tuple[bool, set[int]]:
    """Tell whether a group may be as large and is as wide as is asked, and which means bound what falls short."""
    high, of_high = tables.sum_of(place, tables.most(place)), tables.binding()
    low, of_low = tables.sum_of(place, tables.least(place)), tables.binding()
    return bool(wide(high, low, reach, width)), of_high if high < reach - _NEAR else of_high | of_low


def _left_by(others: Scored, place: int, reach: float, width: float) -> tuple[float, float]:
    """Return how large, and how wide, a group can be asked to be beside means that are known without the pages."""
    most, least = (others.sum_of(place, ask(place)) for ask in (others.most, others.least))
    high, low = np.floor(most + _NEAR), np.ceil(least - _NEAR)
    return min(reach, float(high)), min(width, float(high - low))


def _results(stage: Stage, number: int) -> None:
    """Keep the results of small groups from being pinned, also from who knows how many they are.

    Tables that have all pupils in their schools, years and groups clear many at once; only what they leave is asked about by
    itself, with no size given but its own.
    """
    guarded = stage.sets[number]
    linked, hidden = guarded.linked, sorted(guarded.hidden)
    places, sizes = _small(guarded)
    groups = linked.rows(places)
    finest = np.flatnonzero(linked.by_years & (linked.depth == linked.depth[linked.by_years].max(initial=0)))
    tables = Scored(with_sizes(linked, finest), hidden, stage.withheld)
    seen = np.full((2, len(places)), np.inf) * [[1], [-1]]
    before, left = np.inf, _narrow(seen, sizes)
    while len(left) and before - len(left) >= WORTH:
        _see(seen, tables, groups, left)
        before, left = len(left), _narrow(seen, sizes)
    for at in left.tolist():
        place, n = int(places[at]), float(sizes[at])
        if at in _narrow(seen, sizes):
            _see(seen, tables, groups, np.array([at]))
        if at in _narrow(seen, sizes) and not _pinned_anyway(linked, place, n):
            alone = Scored(with_sizes(linked, np.array([place])), hidden, stage.withheld)
            for key in _withheld_until(partial(_apart, alone, place, n), alone):
                stage.withheld.add(key)
                stage.why.setdefault(key, Reason(number, -1))
                tables.hide_mean(key)


def _narrow(seen: Cells, sizes: Cells) -> Places:
    """Return the numbers of groups whose results no tables seen have moved far enough, from the least sums to the most."""
    return np.flatnonzero(seen[1] - seen[0] <= _WIDE * sizes)


def _see(seen: Cells, tables: Scored, groups: csr_array, some: Places) -> None:
    """Look at tables in which the results of some groups together are as large, and as small, as they can be."""
    weights = np.zeros(seen.shape[1])
    weights[some] = 1.0
    for largest in (True, False):
        sums = groups @ tables.results(groups.T @ weights, largest=largest)
        seen[0], seen[1] = np.minimum(seen[0], sums), np.maximum(seen[1], sums)


def _pinned_anyway(linked: Linked, place: int, n: float) -> bool:
    """Tell whether results are pinned by what is known without any page: public bands of a school may do that, or its mean."""
    if not (any(figure.aside for figure in linked.figures) or any(mean.aside for mean in _told(linked))):
        return False
    return not _apart(_of_others(linked, np.array([place])), place, n)[0]


def _of_others(linked: Linked, sizes: Places) -> Scored:
    """Return all tables that agree with what is known without the pages, and with the sizes of some groups."""
    own = [number for number, figure in enumerate(linked.figures) if not figure.aside]
    return Scored(with_sizes(linked, sizes), own, {mean.key for mean in _told(linked) if not mean.aside})


def _told(linked: Linked) -> tuple[Mean, ...]:
    return () if linked.means is None else linked.means.told


def _apart(tables: Scored, place: int, n: float) -> tuple[bool, set[int]]:
    """Tell whether the results of a group are not pinned, and which means bound them."""
    group = np.zeros(tables.linked.size)
    group[tables.linked.cells(place)] = 1.0
    most, of_most = tables.sum_of(place, tables.results(group, largest=True)), tables.binding()
    least, of_least = tables.sum_of(place, tables.results(group, largest=False)), tables.binding()
    return most - least > _WIDE * n, of_most | of_least


def _withheld_until(asked: Callable[[], tuple[bool, set[int]]], tables: Scored) -> list[Key]:
    """Withhold the mean of the smallest group that bounds an answer until the answer will do; return what that took."""
    gone: list[Mean] = []
    while True:
        enough, binding = asked()
        if enough:
            break
        binding = {one for one in binding if not tables.means[one].aside}
        if not binding:
            raise NotSolved("a group is open whatever means are told")
        gone.append(min((tables.means[one] for one in binding), key=lambda mean: (mean.n, mean.key)))
        tables.hide_mean(gone[-1].key)
    for mean in list(gone[:-1]):
        tables.tell_mean(mean.key)
        if asked()[0]:
            gone.remove(mean)
        else:
            tables.hide_mean(mean.key)
    return [mean.key for mean in gone]


def _small(guarded: Guarded) -> tuple[Places, Cells]:
    """Return small groups that are not by results, the smallest first.

    One by a sensitive attribute is small below its limit, but not where it is all or all but one of the group around it: the
    mean of those is the one that is published.
    """
    linked, limits = guarded.linked, guarded.limits
    true = linked.sums(linked.truth)
    around = true[linked.without(limits.attributes)]
    asked = np.where(linked.narrows(limits.attributes), limits.sensitive, limits.smallest)
    below = np.minimum(asked, np.maximum(limits.smallest, around - 1))
    small = np.flatnonzero((true > 0) & (true < below) & linked.recognisable & linked.by_years)
    order = small[np.lexsort((small, true[small]))]
    return order, true[order]
