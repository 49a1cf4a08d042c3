"""Which means of results are published, and what is withheld of them so that no small group follows from them."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from analysis.evidence import each
from analysis.release.suppression.cuts import Periods
from analysis.release.suppression.figures import group_of_row
from analysis.release.suppression.keys import Key, mean_key, size_of, whole_mean_key
from analysis.release.suppression.linked import Cells, Linked, Mean, Means, Places
from analysis.release.suppression.planned import is_mean
from analysis.release.suppression.protect import WORTH, Guarded, wide
from analysis.release.suppression.scored import Scored, with_sizes
from analysis.release.suppression.solver import NotSolved
from analysis.release.suppression.stage import Reason, Stage

POINTS = 10.0
"""Results of a group are pinned where their mean is known within so many percent points to either side."""
_WIDE = 2 * POINTS + 1e-3  # more than what the solver may be off
_SD = 20.0  # points to a standard deviation, where results are no percents
_WIDEST, _FULL = 10 * _SD, 100.0
_SAME, _NEAR = 1e-4, 1e-6
_Scale = dict[str, dict[int, tuple[float, float]]]


def means_of(
    linked: Linked, rows: pd.DataFrame, when: Periods, pupils: pd.DataFrame, levels: pd.DataFrame
) -> tuple[Means | None, set[Key]]:
    """Return what rows of one test tell of the results in a linked set, and the keys that its pupils contradict.

    Parameters
    ----------
    linked : Linked
        The set, with the dimension ``period``.
    rows : pd.DataFrame
        Evidence of the test.
    when : Periods
        Its periods.
    pupils, levels : pd.DataFrame
        Its results, and the level of each in every dimension, in the same order.
    """
    measured, scale = _measure(pupils, when)
    table = _summed(linked, np.asarray(measured, dtype=np.float64), levels)
    found: dict[Key, Mean] = {}
    wrong: set[Key] = set()
    implied = {whole_mean_key(row) for row in each(rows[is_mean(rows) & (rows["reference"] == "municipality")])}
    ends = _ends(linked, when, percents="percent" in scale)
    for row in each(rows[is_mean(rows) & rows["estimate"].notna() & rows["n"].notna()]):
        for key, school, told in _told(row):
            group = group_of_row(row._replace(school_id=school), when)
            if row.unit not in scale or not group.keys() <= {one.name for one in linked.axes}:
                continue
            inside = linked.inside(group)
            less, by = (_of_years(linked, scale[row.unit], i) for i in (0, 1))
            if not inside.any() or np.isnan(less[inside]).any():
                continue
            n = float(linked.truth[inside].sum())
            mean = float(((table - linked.truth * less) / by)[inside].sum() / max(n, 1.0))
            if told is not None and abs(mean - told) > _SAME:
                wrong.add(key)
            spread = np.where(np.tile(inside, 2), (ends - np.tile(less, 2)) / np.tile(by, 2) - mean, 0.0)
            found.setdefault(key, Mean(key, spread, n, key in implied))
    return (Means(ends, tuple(found[key] for key in sorted(found))) if found else None), wrong


def _summed(linked: Linked, measured: Cells, levels: pd.DataFrame) -> Cells:
    """Add up results cell by cell, in an order that does not depend on that of the rows."""
    codes = [pd.Categorical(levels[one.name], categories=list(one.levels)).codes for one in linked.axes]
    cells = np.ravel_multi_index(codes, [len(one.levels) for one in linked.axes])
    order = np.lexsort((measured, cells))
    table = np.zeros(linked.size)
    np.add.at(table, cells[order], measured[order])
    return table


def _told(row: Any) -> Iterator[tuple[Key, str, float | None]]:
    """Give the means that a row tells: a distance from the municipality tells, beside another one, that of all."""
    if row.reference == "municipality":
        yield whole_mean_key(row), "", None
    yield mean_key(row), row.school_id, None if row.reference == "municipality" else row.estimate


def _measure(pupils: pd.DataFrame, when: Periods) -> tuple["pd.Series[float]", _Scale]:
    """Return results in points, and for each unit of a mean and each year what is taken off and divided by."""
    value, points, position = (pupils[name].astype("float64") for name in ("value", "points", "position"))
    if (pupils["scale"].astype("str") == "percent").all():
        less, by = value - points, points / position.where(position.abs() > _NEAR)
        years = {year: pupils["school_year"] == year for year in when.years}
        middle = {year: (float(less[own].median()), float(by[own].median())) for year, own in years.items()}
        points_of = {year: (mean, 1.0) for year, (mean, _) in middle.items()}
        return value, {"percent": dict.fromkeys(when.years, (0.0, 1.0)), "points": points_of, "sd": middle}
    if position.notna().any():
        return position * _SD, {"sd": dict.fromkeys(when.years, (0.0, _SD))}
    return points.fillna(0.0), {"points": dict.fromkeys(when.years, (0.0, 1.0))}


def _of_years(linked: Linked, by_year: dict[int, tuple[float, float]], which: int) -> Cells:
    none = (np.nan, np.nan)
    return linked.spread("period", [by_year.get(int(name.split(":")[0]), none)[which] for name in _periods(linked)])


def _periods(linked: Linked) -> tuple[str, ...]:
    return next(one.levels for one in linked.axes if one.name == "period")


def _ends(linked: Linked, when: Periods, *, percents: bool) -> Cells:
    """Return the least and then the most points of a result in each cell."""
    spans = [when.span(name) if percents else (-_WIDEST, _WIDEST) for name in _periods(linked)]
    return np.concatenate([linked.spread("period", [span[i] for span in spans]) for i in (0, 1)])


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
            if mean.key in stage.withheld or (size_of(mean.key) in stage.withheld and not mean.implied):
                stage.withheld.add(mean.key)
        _counts(stage, number)
        _results(stage, number)


def _counts(stage: Stage, number: int) -> None:
    """Keep small groups as wide as their limit; those that are not so without any mean are none of this step's business."""
    before = stage.sets[number]
    known = set(before.open().tolist())
    again = Guarded(before.linked, before.limits, stage.withheld)
    again.tables = tables = Scored(before.linked, sorted(again.hidden), stage.withheld)
    while opened := [target for target in again.attack(anew=True) if target not in known]:
        for target in opened:
            reach, width = again.asked_of(target)
            asked = partial(_wide_enough, tables, int(again.targets[target]), float(reach), float(width))
            for key in _withheld_until(asked, tables):
                stage.withheld.add(key)
                stage.why.setdefault(key, Reason(number, target))
            again.ask(target)


def _wide_enough(tables: Scored, place: int, reach: float, width: float) -> tuple[bool, set[int]]:
    """Tell whether a group may be as large and is as wide as is asked, and which means bound what falls short."""
    high, of_high = tables.sum_of(place, tables.most(place)), tables.binding()
    low, of_low = tables.sum_of(place, tables.least(place)), tables.binding()
    return bool(wide(high, low, reach, width)), of_high if high < reach - _NEAR else of_high | of_low


def _results(stage: Stage, number: int) -> None:
    """Keep the results of small groups from being pinned, also from who knows how many they are.

    Tables that have all pupils in their schools, years and groups clear many at once; only what they leave is asked about by
    itself, with no size given but its own.
    """
    guarded = stage.sets[number]
    linked, hidden = guarded.linked, sorted(guarded.hidden)
    places, sizes = _small(guarded)
    finest = np.flatnonzero(linked.by_years & (linked.depth == linked.depth[linked.by_years].max(initial=0)))
    tables = Scored(with_sizes(linked, finest), hidden, stage.withheld)
    seen = np.full((2, len(places)), np.inf) * [[1], [-1]]
    before, left = np.inf, _narrow(seen, sizes)
    while len(left) and before - len(left) >= WORTH:
        _see(seen, tables, places, left)
        before, left = len(left), _narrow(seen, sizes)
    for at in left.tolist():
        place, n = int(places[at]), float(sizes[at])
        if at in _narrow(seen, sizes):
            _see(seen, tables, places, np.array([at]))
        if at in _narrow(seen, sizes) and not _pinned_anyway(linked, place, n):
            alone = Scored(with_sizes(linked, np.array([place])), hidden, stage.withheld)
            for key in _withheld_until(partial(_apart, alone, place, n), alone):
                stage.withheld.add(key)
                stage.why.setdefault(key, Reason(number, -1))
                tables.hide_mean(key)


def _narrow(seen: Cells, sizes: Cells) -> Places:
    """Return the numbers of groups whose results no tables seen have moved far enough, from the least sums to the most."""
    return np.flatnonzero(seen[1] - seen[0] <= _WIDE * sizes)


def _see(seen: Cells, tables: Scored, places: Places, groups: Places) -> None:
    """Look at tables in which the results of some groups together are as large, and as small, as they can be."""
    weights = np.zeros(int(np.prod(tables.linked.shape)))
    weights[places[groups]] = 1.0
    for largest in (True, False):
        sums = tables.linked.sums(tables.results(tables.linked.counted(weights), largest=largest))[places]
        seen[0], seen[1] = np.minimum(seen[0], sums), np.maximum(seen[1], sums)


def _pinned_anyway(linked: Linked, place: int, n: float) -> bool:
    """Tell whether results are pinned by what is known without any page: public bands of a school may do that."""
    told = [number for number, figure in enumerate(linked.figures) if not figure.aside]
    if linked.means is None or len(told) == len(linked.figures):
        return False
    every = {mean.key for mean in linked.means.told}
    return not _apart(Scored(with_sizes(linked, np.array([place])), told, every), place, n)[0]


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


def held_means(rows: pd.DataFrame, before: pd.DataFrame | None) -> set[Key]:
    """Return the keys of means that stay withheld because an earlier issue withheld them."""
    if before is None or before.empty:
        return set()
    then = before[is_mean(before)]
    told = {mean_key(row) for row in each(then[then["estimate"].notna()])}
    blank = {mean_key(row) for row in each(then[then["estimate"].isna()])} - told
    return blank & {mean_key(row) for row in each(rows[is_mean(rows)])}
