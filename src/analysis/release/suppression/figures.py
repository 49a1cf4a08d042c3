"""Which published numbers speak of which groups of one test."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf, log
from typing import Any

import pandas as pd

from analysis.evidence import each
from analysis.params import Params
from analysis.release.coding import coded_ends, counted
from analysis.release.suppression.cuts import Periods, span_of
from analysis.release.suppression.keys import Key, share_key, size_key, valued
from analysis.release.suppression.linked import Figure, Linked
from analysis.release.suppression.planned import counts
from analysis.release.suppression.solver import NotSolved

Group = dict[str, frozenset[str]]
_NAMED, _ALL = 20.0, 5.0
_HALF = 0.5
_OWN, _NAME, _ASIDE = range(3)  # what can be withheld, what a group's name tells, what is known without today's pages


@dataclass(frozen=True)
class Told:
    """One published number.

    Attributes
    ----------
    group : dict
        Whom it counts.
    low, high : float
        What is told of it.
    key : tuple
        Its key in the pattern; empty where it is known without today's pages.
    weight : float
        How dear it is.
    by_now : float or None
        Of a number known without today's pages, by how many pupils it may differ from the truth; None of all others.
    named : bool
        Whether it follows from the name of a group, which is told whatever becomes of its figures.
    public : bool
        Whether others have published it: where theirs are more than that, ours are a part of them.
    """

    group: Group
    low: float
    high: float
    key: Key
    weight: float
    by_now: float | None = None
    public: bool = False
    named: bool = False


def told(rows: pd.DataFrame, limit: "pd.Series[int]", when: Periods, params: Params) -> Iterator[Told]:
    """Give what rows of one test tell: sizes, and how many of them a share counts.

    Groups that are named as needing support keep their figures before others: they are what the page is for.

    Parameters
    ----------
    rows : pd.DataFrame
        Evidence of the plan, of one test; ``told`` says whether the first line lets a row out.
    limit : pd.Series of int
        Smallest number of pupils for each row.
    when : Periods
        The test's periods.
    params : Params
        What low and high mean.
    """
    groups = rows[rows["indicator"] == "support_group"]
    named = {size_key(row) for row in each(groups)}
    for row in each(groups):
        if (group := group_of_row(row, when))["period"]:
            yield Told(group, float(params.smallest_named_group), inf, (), 0.0, named=True)
    ends = coded_ends(rows, limit)
    facts = rows.assign(kind=counts(rows), own=counted(rows), least=ends["low"], most=ends["high"])
    for row in each(facts[facts["kind"].isin(["size", "share"]) & facts["n"].notna()]):
        key, n = size_key(row), float(row.n)
        weight = (1 + log(1 + n)) * (_NAMED if key in named else 1.0) * (1.0 if row.school_id or row.group else _ALL)
        group = group_of_row(row, when)
        if not group["period"]:  # a year of which nothing is told but of all pupils
            continue
        yield Told(group, n, n, key, weight)
        if row.kind == "share" and row.own and row.told:
            yield from _counted(row, group, when, params)


def _counted(row: Any, group: Group, when: Periods, params: Params) -> Iterator[Told]:
    """Give how many pupils of a group a share counts, or the bound that is told of it."""
    span, year = span_of(row, params), int(row.school_year)
    if span is None or year not in when.cuts or pd.isna(row.estimate):
        return
    n = float(row.n)
    low = high = float(round(row.estimate * n / 100))
    if pd.notna(row.most) or pd.notna(row.least):
        low = 0.0 if pd.isna(row.least) else row.least * n / 100
        high = inf if pd.isna(row.most) else row.most * n / 100
    inside = when.of_results(span, year)
    if inside != group["period"]:  # a share that counts all says no more than their number
        yield Told(group | {"period": inside}, low, high, share_key(row), 1 + log(1 + n))


def group_of_row(row: Any, when: Periods) -> Group:
    """Return the pupils behind a row."""
    last = int(row.school_year)
    first = last if pd.isna(row.year_from) else int(row.year_from)
    group = {"period": when.between(year for year in when.years if first <= year <= last)}
    if row.school_id:
        group["school"] = frozenset([row.school_id])
    for part in valued(row.group):
        attribute, _, value = part.partition("=")
        group[attribute] = frozenset([value])
    return group


def with_figures(linked: Linked, numbers: list[Told]) -> tuple[Linked, set[Key]]:
    """Give a linked set the figures that speak of it; and the keys of those that are never told.

    These are what the pupils contradict, and what differs by few pupils from a number that is known: beside it they would tell
    of those few.

    Raises
    ------
    NotSolved
        Fewer pupils are public than there are, and not by few: nothing can be proven beside it.
    """
    true = linked.sums(linked.truth)
    at: dict[tuple[int, int], Figure] = {}
    wrong: set[Key] = set()
    apart: set[int] = set()
    for one in numbers:
        place = linked.place(one.group)
        if place is None:
            continue
        ends, kind = _ends(one, float(true[place])), _kind(one)
        if ends is None:
            wrong |= {one.key} - {()}
            continue
        if one.by_now and ends == (one.low - one.by_now, one.high + one.by_now):
            apart.add(place)
        before = at.get((place, kind), Figure(place, -inf, inf, frozenset(), 0.0))
        low, high = max(before.low, ends[0]), min(before.high, ends[1])
        keys = before.keys | ({one.key} - {()})
        at[place, kind] = Figure(place, low, high, keys, max(before.weight, one.weight), kind > _OWN, kind == _ASIDE)
    wrong |= {key for place in apart if (place, _OWN) in at for key in at[place, _OWN].keys}
    return Linked(linked.axes, linked.truth, tuple(at[key] for key in sorted(at))), wrong


def _kind(one: Told) -> int:
    if one.by_now is not None:
        return _ASIDE
    return _NAME if one.named else _OWN


def _ends(one: Told, true: float) -> tuple[float, float] | None:
    """Return what a number tells of a group of this size; None where it tells nothing that holds."""
    if one.low - _HALF <= true <= one.high + _HALF:
        return one.low, one.high
    if one.by_now and one.low - one.by_now - _HALF <= true <= one.high + one.by_now + _HALF:
        return one.low - one.by_now, one.high + one.by_now
    if one.public and true < one.low:  # all pupils, of whom ours are a part
        return 0.0, one.high
    if one.public:
        raise NotSolved("what is public contradicts the pupils")
    return None
