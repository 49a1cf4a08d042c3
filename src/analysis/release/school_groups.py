"""Which groups within schools are withheld: an attribute of a school is told as a whole or not at all."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.evidence import KEYS, each

OF = "school_group"
Key = tuple[str, ...]
_TEST = [key for key in KEYS if key not in ("indicator", "school_id", "group")]


@dataclass(frozen=True)
class Block:
    """One attribute of one school in one test.

    Attributes
    ----------
    school_id : str
        The school.
    counts : dict of str to int
        Pupils by value.
    total : int
        All pupils of the school in that test, those of unknown value among them.
    rows : tuple of int
        Its rows of evidence.
    told : bool
        Whether it may be told on its own account.
    """

    school_id: str
    counts: dict[str, int]
    total: int
    rows: tuple[int, ...]
    told: bool


def with_school_groups(rows: pd.DataFrame, blank: "pd.Series[bool]", limit: "pd.Series[int]") -> "pd.Series[bool]":
    """Withhold whole attributes of schools, so that no small group follows from its school's total or its municipality's.

    An attribute of a school is told where the school's own figure is, two values or more occur, each has enough pupils, and
    those of unknown value are none or enough. Then it is withheld in further schools, smallest first, until of every
    small group a reader who knows all totals, of schools and of the municipality's values, can only say that it lies in a
    span that is no narrower than ``limit`` and reaches it. One test at a time, as elsewhere behind this door.
    """
    mine = rows["indicator"] == OF
    if not mine.any():
        return blank
    totals = _totals(rows, blank)
    facts = rows.loc[mine, ["school_id", "group", "n"]].assign(gone=blank, least=limit)
    found: dict[tuple[Key, str], dict[str, list[Any]]] = {}
    for key, row in zip(_tests(rows[mine]), each(facts), strict=True):
        of_schools = found.setdefault((key, row.group.split("=")[0]), {})
        of_schools.setdefault(row.school_id, []).append(row)
    gone: list[Any] = []
    for (key, _), of_schools in found.items():
        least = max(row.least for members in of_schools.values() for row in members)
        blocks = [_block(members, totals.get((key, school), 0), least) for school, members in of_schools.items()]
        gone += [index for block in _hidden(blocks, least) for index in block.rows]
    return blank | rows.index.isin(gone)


def _totals(rows: pd.DataFrame, blank: "pd.Series[bool]") -> dict[tuple[Key, str], int]:
    """Return how many pupils of each school stand behind its own figure in each test, where that is shown."""
    whole = rows[(rows["indicator"] == "attainment") & rows["school_id"].ne("") & rows["group"].eq("") & ~blank]
    schools, numbers = whole["school_id"].tolist(), whole["n"].astype("int64").tolist()
    return {(key, school): n for key, school, n in zip(_tests(whole), schools, numbers, strict=True)}


def _tests(rows: pd.DataFrame) -> list[Key]:
    return list(zip(*(rows[name].astype("str").tolist() for name in _TEST), strict=True))


def _block(members: list[Any], total: int, least: int) -> Block:
    counts = {row.group: int(row.n) for row in members}
    unknown = total - sum(counts.values())
    enough = len(counts) > 1 and min(counts.values()) >= least and not any(row.gone for row in members)
    told = enough and (unknown == 0 or unknown >= least)
    rows = tuple(row.Index for row in members)
    return Block(members[0].school_id, counts, max(total, total - unknown), rows, told)


def _hidden(blocks: list[Block], least: int) -> list[Block]:
    """Return the blocks that are not told: those that may not, and the smallest of the others as far as these need cover."""
    hidden = [block for block in blocks if not block.told]
    shown = sorted((block for block in blocks if block.told), key=lambda block: (block.total, block.school_id))
    while shown and not _safe(hidden, least):
        hidden.append(shown.pop(0))
    return hidden


def _safe(hidden: list[Block], least: int) -> bool:
    """Tell whether no small group among the hidden ones can be narrowed down from the totals alone."""
    sums = {value: sum(block.counts.get(value, 0) for block in hidden) for block in hidden for value in block.counts}
    everybody = sum(block.total for block in hidden)
    for block in hidden:
        for value, n in block.counts.items():
            low = max(0, sums[value] - (everybody - block.total))
            high = min(block.total, sums[value])
            if 0 < n < least and (high < least or high - low < least):
                return False
    return True
