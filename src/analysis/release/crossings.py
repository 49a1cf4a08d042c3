"""Which crossings of groups are withheld because they and their parts together tell how few are left."""

from collections import defaultdict
from dataclasses import dataclass

import pandas as pd

from analysis.evidence import each

_POOL = ["municipality_id", "grade", "test", "domain", "level", "year_from", "school_year"]
_Group = frozenset[str]


@dataclass
class _Known:
    """What a reader knows of one group, for as long as nothing more is withheld."""

    name: str
    n: int
    limit: int
    gone: bool


def with_crossings(rows: pd.DataFrame, blank: "pd.Series[bool]", limit: "pd.Series[int]") -> "pd.Series[bool]":
    """Withhold crossings (``home_language=other&sex=boy``) beside which too few are left.

    The values of one attribute within a group add up to the group. Where a value is not listed, and those shown leave one
    to ``limit − 1`` of the group's pupils, that number would be told, so the one from fewest pupils goes. Where all are
    listed and exactly one is withheld, it would follow, so another one goes as well. A crossing goes with
    any of its parts: the crossings of a group add up to it. What is withheld as a gap is withheld as a named group too.
    Nobody is recognised by being unknown: pupils without a value are not counted where all values are listed.

    It works on numbers of pupils. Estimates need less: those of groups are shrunken sums over cells, and of what two of
    them leave no more can be worked out than the posterior of the few that are left, to the rounding times the number of
    pupils over their own, of which chance gave them little.
    """
    blank = blank.copy()
    gaps = rows[rows["indicator"].eq("group_gap") & rows["group"].ne("")]
    if not gaps["group"].str.contains("&", regex=False).any():
        return blank
    pool = rows.groupby([rows[key] for key in _POOL], dropna=False, sort=True).ngroup()
    known: dict[int, dict[_Group, _Known]] = defaultdict(dict)
    table = gaps.assign(pool=pool, gone=blank, limit=limit)[["pool", "group", "n", "limit", "gone"]]
    for row in each(table.sort_values("gone", kind="stable").drop_duplicates(["pool", "group"], keep="last")):
        n = 0 if pd.isna(row.n) else int(row.n)
        known[row.pool][frozenset(row.group.split("&"))] = _Known(row.group, n, int(row.limit), bool(row.gone))
    gone = [(number, group.name) for number, groups in known.items() for group in _closed(groups) if group.gone]
    withheld = pd.MultiIndex.from_tuples(gone, names=["pool", "group"]) if gone else pd.MultiIndex.from_arrays([[], []])
    about = pd.MultiIndex.from_arrays([pool, rows["group"]])
    return blank | (rows["indicator"].isin(["group_gap", "support_group"]) & about.isin(withheld))


def _closed(groups: dict[_Group, _Known]) -> list[_Known]:
    """Withhold until no set tells how few are left; returns all groups of the pool."""
    for parts, group in groups.items():
        group.gone |= any(frozenset([part]) in groups and groups[frozenset([part])].gone for part in parts)
    sets: dict[tuple[_Group, str], list[_Known]] = defaultdict(list)
    for parts, group in groups.items():
        for part in parts if len(parts) > 1 else ():
            sets[parts - {part}, part.split("=")[0]].append(group)
    of_parent = []
    for (parent, attribute), members in sets.items():
        if parent in groups:
            values = sum(next(iter(single)).split("=")[0] == attribute for single in groups if len(single) == 1)
            of_parent.append((groups[parent], members, values > len(members)))
    of_parent.sort(key=lambda one: (one[0].name, sorted(member.name for member in one[1])))
    while any(_closes(*one) for one in of_parent):
        pass
    return list(groups.values())


def _closes(parent: _Known, members: list[_Known], unlisted: bool) -> bool:
    """Withhold one more member of a set that tells too much; False where it does not."""
    shown, gone = ([m for m in members if m.gone is flag] for flag in (False, True))
    if parent.gone or not shown:
        return False
    least = max(member.limit for member in members)
    left = parent.n - sum(member.n for member in shown)
    others = left - sum(member.n for member in gone)
    if not (0 < left < least if unlisted else len(gone) == 1 and others < least):
        return False
    min(shown, key=lambda member: (member.n, member.name)).gone = True
    return True
