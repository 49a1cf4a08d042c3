"""The names of published figures in a pattern: the size of a group, and the share of it that had a result."""

from typing import Any

import pandas as pd

from analysis.evidence import KEYS, each

Key = tuple[str, ...]
_OF_SIZE = ("grade", "test", "level")


def size_key(row: Any) -> Key:
    """Return the key of the size of a row's group: one for all domains of a test, for they are the same pupils or nearly so."""
    last = int(row.school_year)
    first = last if pd.isna(row.year_from) else int(row.year_from)
    group = "&".join(valued(row.group))
    return ("size", *(str(getattr(row, name)) for name in _OF_SIZE), f"{first}-{last}", row.school_id, group)


def valued(group: str) -> list[str]:
    """Return the parts of a group that have a value: ``sex=`` alone speaks of the attribute, and counts all pupils."""
    return [part for part in group.split("&") if part.partition("=")[2]]


def share_key(row: Any) -> Key:
    """Return the key of a share: what it counts of the group."""
    return ("share", *size_key(row)[1:], str(row.domain), row.indicator, row.part)


def mean_key(row: Any) -> Key:
    """Return the key of the mean result of a row's group."""
    return ("mean", *size_key(row)[1:], str(row.domain))


def whole_mean_key(row: Any) -> Key:
    """Return the key of the mean of all pupils of a row's years: what a school's distance from its municipality is from."""
    return mean_key(row._replace(school_id="", group=""))


def mean_keys(row: Any) -> list[Key]:
    """Return the keys of all means that a row tells: its own, and beside others that of all where it is a distance from it."""
    return [mean_key(row), *([whole_mean_key(row)] if row.reference == "municipality" else [])]


def size_of(key: Key) -> Key:
    """Return the key of the size of the group that a key is about."""
    return ("size", *key[1:7])


def group_of(key: Key) -> Key:
    """Return whom a key is about, whichever years are pooled before the last: test, last year, pooled or not, school, group."""
    first, last = key[4].split("-")
    return (*key[1:4], last, "one" if first == last else "pool", *key[5:7])


def size_keys(rows: pd.DataFrame) -> list[Key]:
    """Return the size keys of rows."""
    return [size_key(row) for row in each(rows)]


def share_keys(rows: pd.DataFrame) -> list[Key]:
    """Return the share keys of rows."""
    return [share_key(row) for row in each(rows)]


def row_keys(rows: pd.DataFrame) -> list[Key]:
    """Return what names a row of evidence among all others."""
    names = [*KEYS, "unit", "reference"]
    return list(map(tuple, rows[names].astype("string").fillna("").to_numpy().tolist()))
