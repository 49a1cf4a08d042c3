"""Which means of results are published, and which are known without today's pages."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from analysis.evidence import each
from analysis.release.suppression.cuts import Periods
from analysis.release.suppression.figures import group_of_row
from analysis.release.suppression.keys import Key, mean_key, whole_mean_key
from analysis.release.suppression.linked import Cells, Linked, Mean, Means
from analysis.release.suppression.planned import is_mean

_SD = 20.0  # points to a standard deviation, where results are no percents
_WIDEST, _FULL = 10 * _SD, 100.0
_SAME, _NEAR = 1e-4, 1e-6
_ROUNDED = {"percent": 0.05, "points": 0.05, "sd": 0.005}  # by what a mean that was rounded may differ
_Group = dict[str, frozenset[str]]
_Scale = dict[str, dict[int, tuple[float, float]]]


class _Mean(NamedTuple):
    """What a row says of a mean: its key, whose, on what scale, how much where it says so, and by what it may be off."""

    key: Key
    group: _Group
    unit: str
    value: float | None
    within: float
    aside: bool


class Said(NamedTuple):
    """What is told of the results of one test, the same for all its linked sets.

    Attributes
    ----------
    means : tuple
        Every mean that a row tells.
    values : array
        The results in points, in the order of the pupils.
    scale : dict
        For each unit of a mean and each year what is taken off results and divided by.
    when : Periods
        The periods of the test.
    implied : frozenset of tuple
        Keys of means that distances from them tell.
    """

    means: tuple[_Mean, ...]
    values: Cells
    scale: _Scale
    when: Periods
    implied: frozenset[Key]


def said_of(
    rows: pd.DataFrame, when: Periods, pupils: pd.DataFrame,
    before: pd.DataFrame | None = None, outside: pd.DataFrame | None = None,
) -> Said:  # fmt: skip
    """Return what rows of one test tell of its results.

    Parameters
    ----------
    rows : pd.DataFrame
        Evidence of the test.
    when : Periods
        Its periods.
    pupils : pd.DataFrame
        Its results.
    before, outside : pd.DataFrame, optional
        What earlier issues told of the test, and what is public of schools (``mean_score``, ``score_max``). Such a mean counts
        where it agrees with the results: otherwise it is about other pupils.
    """
    measured, scale = _measure(pupils, when)
    means = (*_published(rows, when), *_known(before, outside, when))
    implied = frozenset(
        whole_mean_key(row) for row in each(rows[is_mean(rows) & (rows["reference"] == "municipality")])
    )
    return Said(means, np.asarray(measured, dtype=np.float64), scale, when, implied)


def means_of(linked: Linked, said: Said, levels: pd.DataFrame) -> tuple[Means | None, set[Key]]:
    """Return what is told of the results in a linked set, and the keys that its pupils contradict.

    Parameters
    ----------
    linked : Linked
        The set, with the dimension ``period``.
    said : Said
        What is told of the results.
    levels : pd.DataFrame
        The level of each result in every dimension, in the same order.
    """
    table = _summed(linked, said.values, levels)
    found: dict[Key, Mean] = {}
    wrong: set[Key] = set()
    ends = _ends(linked, said.when, percents="percent" in said.scale)
    scales = {unit: [_of_years(linked, by_year, i) for i in (0, 1)] for unit, by_year in said.scale.items()}
    names = {axis.name for axis in linked.axes}
    for one in said.means:
        if one.unit not in scales or not one.group.keys() <= names:
            continue
        inside = linked.inside(one.group)
        less, by = scales[one.unit]
        if not inside.any() or np.isnan(less[inside]).any():
            continue
        n = float(linked.truth[inside].sum())
        mean = float(((table - linked.truth * less) / by)[inside].sum() / max(n, 1.0))
        if one.value is not None and abs(mean - one.value) > one.within:
            if one.aside:
                continue
            wrong.add(one.key)
        spread = np.where(np.tile(inside, 2), (ends - np.tile(less, 2)) / np.tile(by, 2) - mean, 0.0)
        found.setdefault(one.key, Mean(one.key, spread, n, one.key in said.implied, one.aside))
    return (Means(ends, tuple(found[key] for key in sorted(found))) if found else None), wrong


def _published(rows: pd.DataFrame, when: Periods) -> Iterator[_Mean]:
    for row in each(_plain(rows)):
        for key, school, told in _told(row):
            yield _Mean(key, group_of_row(row._replace(school_id=school), when), row.unit, told, _SAME, aside=False)


def _known(before: pd.DataFrame | None, outside: pd.DataFrame | None, when: Periods) -> Iterator[_Mean]:
    """Give the means that are known without today's pages: they are rounded, and no row of any page."""
    for row in () if before is None or before.empty else each(_plain(before)):
        for key, school, told in _told(row):
            group = group_of_row(row._replace(school_id=school), when)
            if group["period"]:  # what a distance tells follows from other rows: it is taken to hold
                yield _Mean(("earlier", *key), group, row.unit, told, _ROUNDED[row.unit] + _SAME, aside=True)
    if outside is None or "mean_score" not in outside:
        return
    given = outside[outside["school_year"].isin(when.years) & outside["band"].isna()]
    for row in each(given.dropna(subset=["mean_score", "score_max"])):
        year, percent = int(row.school_year), _FULL / float(row.score_max)
        group = {"period": when.between([year]), "school": frozenset([str(row.school_id)])}
        within = _ROUNDED["percent"] * percent + _SAME
        yield _Mean(
            ("public", str(row.school_id), str(year)),
            group,
            "percent",
            float(row.mean_score) * percent,
            within,
            aside=True,
        )


def _plain(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[is_mean(rows) & rows["estimate"].notna() & rows["n"].notna()]


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


def held_means(rows: pd.DataFrame, before: pd.DataFrame | None) -> set[Key]:
    """Return the keys of means that stay withheld because an earlier issue withheld them."""
    if before is None or before.empty:
        return set()
    then = before[is_mean(before)]
    told = {mean_key(row) for row in each(then[then["estimate"].notna()])}
    blank = {mean_key(row) for row in each(then[then["estimate"].isna()])} - told
    return blank & {mean_key(row) for row in each(rows[is_mean(rows)])}
