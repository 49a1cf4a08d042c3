"""Which figures have moved by few pupils since an earlier issue told them, beside the sizes that the programmes look after."""

from collections.abc import Iterable, Mapping
from itertools import pairwise
from math import inf, isfinite
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from analysis.evidence import KEYS, each
from analysis.params import Params
from analysis.release.coding import COUNTS, coded_ends, counted, in_steps
from analysis.release.suppression.cuts import span_of
from analysis.release.suppression.keys import Key, row_keys
from analysis.release.suppression.planned import counts, of_people, of_results
from analysis.stats.talent import TOLD_TO

_TEST = ["municipality_id", "school_id", "group", "school_year", "grade", "test", "domain", "level"]
_SPREAD, _PART = ("band_share",), KEYS.index("part")
_PRINTED = 0.05 + 1e-9  # half of the last digit of a percent
_END = 101.0  # above every percent


class Then(NamedTuple):
    """What an issue told in one row: how many people, and between which numbers lie those that its estimate counts."""

    issue: str
    n: int
    low: float
    high: float


class Move(NamedTuple):
    """Between which numbers a number of pupils has changed, as whoever has both issues works out."""

    low: float
    high: float

    def few(self, limit: float) -> bool:
        """Tell whether it is known to be a change, and by fewer than a small group's limit."""
        return (self.low, self.high) != (0.0, 0.0) and max(abs(self.low), abs(self.high)) < limit

    def since(self, other: "Move") -> "Move":
        """Return the change of what lies between two marks."""
        return Move(self.low - other.high, self.high - other.low)


def told_then(before: pd.DataFrame) -> dict[Key, tuple[Then, ...]]:
    """Return what earlier issues told beside sizes of a municipality's results, by the keys of their rows.

    Parameters
    ----------
    before : pd.DataFrame
        What they published: of the municipality, and of the whole country.
    """
    mine = ~of_results(before) | counts(before).ne("size")
    rows = before[of_people(before) & mine & before["n"].notna()]
    found: dict[Key, dict[Then, None]] = {}
    for key, then in zip(row_keys(rows), _told(rows), strict=True):
        found.setdefault(key, {})[then] = None
        if key[0] in _SPREAD:  # the ends of bands may have changed since
            found.setdefault(_whole(key), {})[then._replace(low=-inf, high=inf)] = None
    return {key: tuple(some) for key, some in found.items()}


def moved_by_few(
    rows: pd.DataFrame, then: Mapping[Key, tuple[Then, ...]], limit: "pd.Series[int]", params: Params
) -> "pd.Series[bool]":
    """Tell which rows have moved by one to less than a small group since an issue told them.

    The number of pupils; how many of them a share or an estimate in pupils counts; and how many lie between any two marks of
    one test of which shares are told: where these are few all shares of that test and year go, for each follows from others.
    A share of a large number, told to a tenth of a percent, hides more pupils than a small group has.

    Parameters
    ----------
    rows : pd.DataFrame
        Evidence, not released. What is public anyway has not moved.
    then : mapping
        What earlier issues told (:func:`told_then`).
    limit : pd.Series of int
        Smallest number of pupils for each row.
    params : Params
        What low and high mean.
    """
    gone = pd.Series(False, index=rows.index)
    if not then:
        return gone
    keys = pd.Series(row_keys(rows), index=rows.index, dtype="object")
    then_too = keys.isin(list(then)) | keys.map(_whole).isin(list(then))
    known = rows[then_too & of_people(rows) & rows["n"].notna()]
    if known.empty:
        return gone
    as_told = known.assign(estimate=known["estimate"].mask(coded_ends(known, limit[known.index]).notna().any(axis=1)))
    facts = known.assign(limit=limit[known.index], steps=in_steps(known))
    pairs = [
        _Pair(row, past, now)
        for row, now in zip(each(facts), _told(as_told), strict=True)
        for key in {keys[row.Index], _whole(keys[row.Index])}
        for past in then.get(key, ())
    ]
    gone.loc[[one.row.Index for one in pairs if one.few]] = True
    for test in _tests([one for one in pairs if not one.row.steps and span_of(one.row, params) is not None]):
        if any(one.few for one in test) or _between(test, params):
            gone.loc[[one.row.Index for one in test]] = True
    return gone


class _Pair(NamedTuple):
    """One row, what an issue told in it, and what it would tell today."""

    row: Any
    then: Then
    now: Then

    @property
    def moved(self) -> bool:
        return self.then[1:] != self.now[1:]

    @property
    def size(self) -> Move:
        """How the number of people has changed."""
        return Move(self.now.n - self.then.n, self.now.n - self.then.n)

    @property
    def counted(self) -> Move:
        """How those that its estimate counts have changed."""
        return Move(self.now.low - self.then.high, self.now.high - self.then.low)

    @property
    def few(self) -> bool:
        """Whether it has moved by few, looked at by itself."""
        if self.row.steps:  # of what is told to the ten a step may be one pupil's
            return self.moved and abs(self.size.low) - TOLD_TO < self.row.limit
        return self.size.few(self.row.limit) or (self.moved and self.counted.few(self.row.limit))


def _whole(key: Key) -> Key:
    """Return the key of a spread over bands that a row is part of; of another row its own."""
    return (*key[:_PART], "", *key[_PART + 1 :]) if key[0] in _SPREAD else key


def _told(rows: pd.DataFrame) -> Iterable[Then]:
    """Return what a reader works out of each row."""
    n, estimate = rows["n"].astype("float64"), rows["estimate"]
    share = rows["unit"].eq("percent") & counted(rows) & estimate.notna()
    plain = (rows["unit"].eq("pupils") & ~rows["indicator"].isin(COUNTS) & estimate.notna()).to_numpy()
    low = np.where(plain, estimate.round(), -inf)
    high = np.where(plain, estimate.round(), inf)
    printed = estimate.round(1)
    low = np.where(share, np.ceil((printed - _PRINTED) * n / 100), low)
    high = np.where(share, np.floor((printed + _PRINTED) * n / 100), high)
    issue = rows["issue"] if "issue" in rows else pd.Series("", index=rows.index)
    return map(Then, issue.tolist(), rows["n"].astype("int64").tolist(), low.tolist(), high.tolist())


def _tests(pairs: Iterable[_Pair]) -> Iterable[list[_Pair]]:
    """Put together the rows of one test and year that the same issue told."""
    found: dict[Any, list[_Pair]] = {}
    for one in pairs:
        found.setdefault((one.then.issue, *(str(getattr(one.row, name)) for name in _TEST)), []).append(one)
    return found.values()


def _between(test: list[_Pair], params: Params) -> bool:
    """Tell whether few came or went between two marks beside each other of which shares of one test are told."""
    if not any(one.moved for one in test):
        return False
    size = test[0].size
    below = {0.0: Move(0, 0), _END: size}
    told = [one for one in test if isfinite(one.counted.low)]
    spans = sorted((*(span_of(one.row, params) or (0.0, _END)), one.counted) for one in told)
    for first, last, move in spans:
        if first in below:
            start = below[first]
            below.setdefault(last, Move(start.low + move.low, start.high + move.high))
        elif last == _END:
            below.setdefault(first, size.since(move))
    marks = [below[mark] for mark in sorted(below)]
    return any(after.since(mark).few(test[0].row.limit) for mark, after in pairwise(marks))
