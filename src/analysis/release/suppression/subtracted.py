"""What is left of a number of the country when all that its municipalities tell of theirs is subtracted."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from analysis.evidence import each
from analysis.params import Params
from analysis.release.coding import counted, in_steps
from analysis.release.primary import limits
from analysis.release.suppression.keys import Key, row_keys, share_key, size_key
from analysis.stats.shares import step_of, with_outer_results
from analysis.stats.talent import TOLD_TO

_HALF = 0.05  # of the last digit of a percent


class Of(NamedTuple):
    """The number of one municipality, and whether its pages tell it."""

    number: float
    told: bool


@dataclass(frozen=True)
class Place:
    """What the pages of one municipality tell.

    Attributes
    ----------
    told : frozenset of tuple
        Keys of sizes and shares in its pattern that are told.
    silent : frozenset of tuple
        Those that are not.
    params : Params
        Its own: what low means to it.
    rows : pd.DataFrame
        Its rows of whatever the country has as well, not released; ``told`` says whether their number of people is told,
        ``counted`` whether what a share counts of them is.
    """

    told: frozenset[Key]
    silent: frozenset[Key]
    params: Params
    rows: pd.DataFrame


def few_left(low: float, high: float, parts: Sequence[Of], limit: float) -> bool:
    """Tell whether few are left of a number when what is told of its parts is subtracted.

    Parameters
    ----------
    low, high : float
        Between what the whole lies.
    parts : sequence of Of
        The numbers it is the sum of.
    limit : float
        From how many on a group is not small.

    Returns
    -------
    bool
        Those that are not told are fewer than the limit together, or it is one alone and known too narrowly.
    """
    hidden, known = sum(not one.told for one in parts), sum(one.number for one in parts if one.told)
    least, most = max(0.0, low - known), high - known
    return hidden > 0 and (most < limit or (hidden == 1 and most - least < limit))


def tells_of_few(
    nation: pd.DataFrame, results: Mapping[Any, pd.DataFrame], places: Mapping[str, Place], params: Params
) -> "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]":
    """Tell which rows of the country leave few people, or few whom a share counts, to those who do not tell their own.

    Parameters
    ----------
    nation : pd.DataFrame
        Rows of the country, not released.
    results : mapping of tuple to pd.DataFrame
        Grade, test, domain and level → results of the whole country: of groups no municipality has a row that counts all.
    places : mapping of str to Place
        All municipalities.
    params : Params
        The limits; what is high.
    """
    others = _rows_of(places)
    found = pd.Series(False, index=nation.index)
    facts = nation.assign(
        limit=limits(nation, params),
        steps=in_steps(nation),
        own=counted(nation),
        key=pd.Series(row_keys(nation), index=nation.index, dtype="object"),
    )
    for row in each(facts):
        if row.steps and (row.grade, row.test, row.domain, row.level) not in results:
            found[row.Index] = True  # nobody knows whom it counts
            continue
        sums = _in_steps(row, results, places, params) if row.steps else _plain(row, others)
        found[row.Index] = any(few_left(*one, row.limit) for one in sums)
    return found.to_numpy(dtype=bool)


def _rows_of(places: Mapping[str, Place]) -> dict[Key, list[Any]]:
    """Return the rows of all municipalities by what they are about."""
    found: dict[Key, list[Any]] = {}
    for _, place in sorted(places.items()):
        keys = row_keys(place.rows.assign(municipality_id=""))
        for key, row in zip(keys, each(place.rows), strict=True):
            found.setdefault(key, []).append(row)
    return found


def _plain(row: Any, others: Mapping[Key, list[Any]]) -> Iterator[tuple[float, float, list[Of]]]:
    """Give people, and those of them that a share counts, of the country and of its municipalities."""
    own = others.get(row.key, [])
    n = float(row.n)
    others_too = [Of(0, told=False)] if own and n > sum(one.n for one in own) else []  # who has no row of it
    yield n, n, [*(Of(float(one.n), one.told) for one in own), *others_too]
    if row.unit == "percent" and row.own and pd.notna(row.estimate):
        printed = round(row.estimate, 1)
        least, most = (printed - _HALF) * n / 100, (printed + _HALF) * n / 100
        counts = [
            (float(one.n), round(one.estimate * one.n / 100), one.counted) for one in own if pd.notna(one.estimate)
        ]
        yield least, most, [*(Of(count, told) for _, count, told in counts), *others_too]
        yield n - most, n - least, [*(Of(size - count, told) for size, count, told in counts), *others_too]


def _in_steps(
    row: Any, results: Mapping[Any, pd.DataFrame], places: Mapping[str, Place], params: Params
) -> Iterator[tuple[float, float, list[Of]]]:
    """Give the same of a group whose number is told to the ten and its share in steps."""
    name, _, value = row.group.partition("=")
    own = with_outer_results(results[row.grade, row.test, row.domain, row.level], params)
    own = own[own["school_year"] == row.school_year]
    inside = own[own[name].astype("str") == value] if name else own
    high = inside["high_result"].groupby(inside["municipality_id"].astype("str"), observed=True)
    of = {str(place): (int(values.size), int(values.sum())) for place, values in high}
    n, step = float(row.n), float(step_of(pd.Series([float(row.n)])).iloc[0])
    least, most = n - TOLD_TO / 2, n + TOLD_TO / 2
    yield least, most, [Of(size, size_key(row) in places[place].told) for place, (size, _) in of.items()]
    ends = (row.estimate - step / 2) * len(inside) / 100, (row.estimate + step / 2) * len(inside) / 100
    plain = {
        place: share_key(row) in places[place].told and min(count, size - count) >= row.limit
        for place, (size, count) in of.items()
    }
    yield *ends, [Of(count, plain[place]) for place, (_, count) in of.items()]
    yield least - ends[1], most - ends[0], [Of(size - count, plain[place]) for place, (size, count) in of.items()]
