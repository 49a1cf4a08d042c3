"""What pupils did on the items of one test, as a table of numbers."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from analysis.stats.scale import TEST, main_session

ITEM_TEST = ["school_year", "grade", "test", "domain"]
"""What names a test in the tables of items; a level is known from the result alone."""


@dataclass(frozen=True)
class Sheet:
    """Points of one test in one school year.

    Attributes
    ----------
    test : dict
        School year, grade, test, domain; the level where results told it.
    pupils : pd.Index
        Who sat it, sorted.
    items, skills : ndarray of str, shape (items,)
        Names and skills, in the order of the names.
    most : ndarray of float, shape (items,)
        Highest points of each item.
    points : ndarray of float, shape (pupils, items)
        Missing where a pupil has no row for an item.
    """

    test: dict[str, Any]
    pupils: pd.Index
    items: np.ndarray
    skills: np.ndarray
    most: np.ndarray
    points: np.ndarray


def sheets(items: pd.DataFrame, item_map: pd.DataFrame) -> Iterator[Sheet]:
    """Go through the tests whose items are mapped, one school year after the other.

    Items without a row in the map are left out, for neither their skill nor their highest points are known, and so are
    items that nobody has points for.

    Parameters
    ----------
    items : pd.DataFrame
        Contract ``items`` with ``pupil``.
    item_map : pd.DataFrame
        Contract ``item_map``.
    """
    if items.empty or item_map.empty:
        return
    known = item_map.assign(school_year=item_map["school_year"].astype("int64"))
    maps = {keys: own.sort_values("item") for keys, own in known.groupby(ITEM_TEST, observed=True, sort=True)}
    found: dict[Any, np.ndarray] = dict(items.groupby(ITEM_TEST, observed=True, sort=True).indices)
    for keys, at in found.items():
        test = (int(keys[0]), *(str(key) for key in keys[1:]))
        if test in maps:
            sheet = _sheet(dict(zip(ITEM_TEST, test, strict=True)), items.iloc[at], maps[test])
            if len(sheet.pupils) and len(sheet.items):
                yield sheet


def _sheet(test: dict[str, Any], rows: pd.DataFrame, own_map: pd.DataFrame) -> Sheet:
    names = own_map["item"].astype("str").to_numpy(dtype=object)
    column = pd.Index(names).get_indexer(pd.Index(rows["item"].astype("str")))
    pupil, pupils = pd.factorize(rows["pupil"].astype("str"), sort=True)
    points = np.full((len(pupils), len(names)), np.nan)
    mapped = column >= 0
    points[pupil[mapped], column[mapped]] = rows["points"].to_numpy(dtype="float64")[mapped]
    skills = own_map["skill"].astype("str").to_numpy(dtype=object)
    whole = Sheet(test, pd.Index(pupils), names, skills, own_map["max_points"].to_numpy(dtype="float64"), points)
    return _answered(whole)


def _answered(sheet: Sheet) -> Sheet:
    """Leave out items that none of these pupils has points for."""
    kept = ~np.isnan(sheet.points).all(axis=0)
    return replace(
        sheet, items=sheet.items[kept], skills=sheet.skills[kept], most=sheet.most[kept], points=sheet.points[:, kept]
    )


def whole(sheet: Sheet) -> Sheet:
    """Keep the pupils who have points for every item: a missing item is not zero, and totals need them all."""
    kept = ~np.isnan(sheet.points).any(axis=1)
    return of_pupils(sheet, kept)


def of_pupils(sheet: Sheet, kept: np.ndarray) -> Sheet:
    """Keep these pupils, and the items that any of them has points for."""
    return _answered(replace(sheet, pupils=sheet.pupils[kept], points=sheet.points[kept]))


def seated(sheet: Sheet, results: pd.DataFrame) -> Iterator[tuple[Sheet, pd.DataFrame]]:
    """Give each level of a test the pupils who sat it in the main session and have points for all its items.

    A pupil with results on two levels of one test is left out, for nothing says to which one the items belong.

    Yields
    ------
    Sheet
        With ``level`` among the keys of the test.
    pd.DataFrame
        The pupils' results, row by row as in the sheet.
    """
    sat = main_session(results[_of_test(results, sheet.test)])
    sat = sat.drop_duplicates("pupil", keep=False).set_index("pupil")
    at = sat.index.astype("str").get_indexer(sheet.pupils)
    levels = sat["level"].astype("str").to_numpy(dtype=object)
    for name in sorted(set(levels)):
        own = whole(of_pupils(sheet, (at >= 0) & (levels[at] == name)))
        if len(own.pupils):
            rows = sat.iloc[sat.index.astype("str").get_indexer(own.pupils)]
            yield replace(own, test={**sheet.test, "level": name}), rows.reset_index()


def _of_test(results: pd.DataFrame, test: dict[str, Any]) -> "pd.Series[bool]":
    wanted = pd.Series(True, index=results.index)
    for key in ITEM_TEST:
        wanted &= results[key] == test[key]
    return wanted


def of_tests(results: pd.DataFrame, item_map: pd.DataFrame) -> pd.DataFrame:
    """Keep results of years, grades, tests and domains that have items at all, so that the rest is looked at once."""
    wanted = pd.Series(True, index=results.index)
    for key in ITEM_TEST:
        wanted &= results[key].isin(item_map[key].unique())
    columns = list(dict.fromkeys([*TEST, "pupil", "municipality_id", "school_id", "session", "status", "value"]))
    return results.loc[wanted, columns]


def by_skill(sheet: Sheet) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Add up points by skill.

    Returns
    -------
    list of str
        Skills in the order of their codes.
    ndarray, shape (pupils, skills)
        Points.
    ndarray, shape (skills,)
        Highest points.
    """
    skills = sorted(set(sheet.skills))
    member = (sheet.skills[:, None] == np.array(skills, dtype=object)[None, :]).astype("float64")
    return skills, sheet.points @ member, sheet.most @ member
