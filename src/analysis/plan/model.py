"""A plan as an integer programme: children and their groups; limits that have names."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from analysis.plan.task import Floats, Integers, Task

Limit = tuple[str, str]
"""Kind of a limit and what it belongs to: ``("places", "3")`` of the fourth capacity, ``("school", "S001")`` for a floor."""
FLOORS = {"school": "school_id", "programme": "programme", "grade": "grade"}
GROUP = "group"
TRAVEL, BUDGET = ("travel", ""), ("budget", "")
_OF_NATURE = ("need", "group", "more")  # what no board can lift
_ALMOST = 1e-9


@dataclass(frozen=True)
class Change:
    """Places more (fewer, if negative) of one ``part``, wherever they help most (hurt least); ``budget`` euro more."""

    part: str = ""
    places: int = 0
    budget: float = 0.0


@dataclass(frozen=True)
class Floor:
    """An equity floor: at least ``share`` of the need of each of its ``keys``; ``code`` tells whose each unit is."""

    kind: str
    keys: tuple[str, ...]
    code: Integers
    share: Floats

    def above(self, need: Integers, served: Integers | Floats) -> Floats:
        """Return by how many children each key is above its floor."""
        wanted = self.share * np.bincount(self.code, weights=need, minlength=len(self.share))
        return np.bincount(self.code, weights=served, minlength=len(self.share)) - wanted


@dataclass(frozen=True)
class Block:
    """Rows of one kind: their keys, entries (row, column, value) and bounds."""

    kind: str
    keys: Sequence[object]
    rows: Integers
    columns: Integers
    values: Floats
    lower: Floats
    upper: Floats


@dataclass(frozen=True)
class Model:
    """One scenario: maximise ``worth @ x`` with ``lower ≤ matrix @ x ≤ upper``, ``least ≤ x ≤ most``, x whole.

    The first ``children`` columns are the children of each option; then come the groups of pairs of capacity and school
    (where children are taken in groups), and places added or taken. ``minutes`` and ``cost`` tell minutes a week, the
    way included, and euro a year of each column (unknown: nothing), ``capacity`` whose they are.
    """

    matrix: "sparse.csr_array[Any]" = field(repr=False)
    lower: Floats = field(repr=False)
    upper: Floats = field(repr=False)
    names: tuple[Limit, ...] = field(repr=False)
    worth: Floats = field(repr=False)
    least: Floats = field(repr=False)
    most: Floats = field(repr=False)
    minutes: Floats = field(repr=False)
    cost: Floats = field(repr=False)
    capacity: Integers = field(repr=False)
    children: int = 0


@dataclass(frozen=True)
class _Columns:
    """Columns of a model: options, groups of pairs of capacity and school, capacities that get or lose places."""

    unit: Integers
    cap: Integers
    pair: Integers  # of each option
    grouped: Integers  # pairs whose children are taken in groups
    extra: Integers
    size: Integers  # of a pair
    minutes: Floats
    capacity: Integers

    @property
    def starts(self) -> Integers:
        return np.cumsum([0, len(self.unit), len(self.grouped), len(self.extra)])


def build(
    task: Task, need: Integers, effect: Floats | None = None, lifted: frozenset[Limit] = frozenset(),
    change: Change | None = None,
) -> Model:  # fmt: skip
    """Write a scenario down as an integer programme.

    Parameters
    ----------
    task : Task
        Units, capacity, options.
    need : (U,) array of int
        Children of each unit that may be served.
    effect : (U,) array, optional
        Worth of a child served, by unit; children count equally without.
    lifted : set of Limit
        Limits that do not hold.
    change : Change, optional
        Places and euro more or fewer than there are.
    """
    change = change or Change()
    c = _columns(task, change, travel=TRAVEL not in lifted)
    cost = c.minutes * np.nan_to_num(task.capacity["price"].to_numpy())[c.capacity]
    extra = c.starts[2] + np.arange(len(c.extra))
    blocks = [
        Block("need", range(len(need)), *_children(c, c.unit), *_upto(need)),
        _groups(c),
        *_capacities(task, c),
        *_budget(task, cost, change),
        *_floors(task, c, need),
        Block("more", [""], np.zeros_like(c.extra), extra, np.ones(len(extra)), *_upto([change.places])),
    ]
    matrix, lower, upper, names = _stacked(blocks, int(c.starts[-1]), lifted)
    worth = np.zeros(len(cost))
    worth[: len(c.unit)] = 1.0 if effect is None else effect[c.unit]
    taken = np.nan_to_num(task.capacity["places"].to_numpy())[c.extra] if change.places < 0 else np.zeros(len(extra))
    total = np.bincount(c.pair, weights=need[c.unit], minlength=len(c.size))
    most = np.concatenate([need[c.unit], total[c.grouped], np.full(len(extra), max(change.places, 0))])
    least = np.concatenate([np.zeros(c.starts[2]), -taken])
    return Model(
        matrix, lower, upper, names, worth, least, most.astype("float64"), c.minutes, cost, c.capacity, len(c.unit)
    )


def floors_of(task: Task) -> list[Floor]:
    """List the equity floors that are set."""
    found = []
    for kind, percent in task.limits.floor_percent.model_dump().items():
        if not percent:
            continue
        if kind == GROUP:
            names = task.units["part"] + ", " + task.units["school_id"]
            room = np.bincount(task.ways.unit, minlength=len(names)) > 0
            found.append(Floor(kind, tuple(map(str, names)), np.arange(len(names)), percent / 100 * room))
        else:
            code, keys = pd.factorize(task.units[FLOORS[kind]], sort=True)
            found.append(Floor(kind, tuple(map(str, keys)), code, np.full(len(keys), percent / 100)))
    return found


def limits_of(task: Task) -> list[Limit]:
    """Name every limit that a board could lift: places and minutes of each capacity, travel, budget, floors."""
    names = build(task, task.units["central"].to_numpy()).names
    travel = [TRAVEL] if (task.options["travel"] > 0).any() else []
    return [*(name for name in names if name[0] not in _OF_NATURE), *travel]


def _columns(task: Task, change: Change, *, travel: bool) -> _Columns:
    w = task.ways
    minute = w.minute if travel else w.contact
    first = np.unique(w.pair, return_index=True)[1]
    size = w.size[first]
    grouped = np.flatnonzero(size > 1)
    extra = (
        np.flatnonzero((task.capacity["part"] == change.part).to_numpy()) if change.places else np.array([], "int64")
    )
    alone = np.where(w.size == 1, minute, 0.0)
    minutes = np.concatenate([alone, minute[first[grouped]], np.zeros(len(extra))])
    capacity = np.concatenate([w.capacity, w.capacity[first[grouped]], extra])
    return _Columns(w.unit, w.capacity, w.pair, grouped, extra, size, minutes, capacity)


def _children(c: _Columns, rows: Integers) -> tuple[Integers, Integers, Floats]:
    """Return one entry for each option: its row and a one."""
    return rows, np.arange(len(c.unit)), np.ones(len(c.unit))


def _upto(upper: npt.ArrayLike) -> tuple[Floats, Floats]:
    ends = np.asarray(upper, dtype="float64")
    return np.full(len(ends), -np.inf), ends


def _groups(c: _Columns) -> Block:
    """Return what ties the children of one school to as many groups as they need."""
    row = np.full(len(c.size), -1)
    row[c.grouped] = np.arange(len(c.grouped))
    of = np.flatnonzero(row[c.pair] >= 0)
    rows = np.concatenate([row[c.pair[of]], np.arange(len(c.grouped))])
    columns = np.concatenate([of, c.starts[1] + np.arange(len(c.grouped))])
    values = np.concatenate([np.ones(len(of)), -c.size[c.grouped].astype("float64")])
    return Block("group", range(len(c.grouped)), rows, columns, values, *_upto(np.zeros(len(c.grouped))))


def _capacities(task: Task, c: _Columns) -> list[Block]:
    """Return places and minutes of each capacity; a place added brings the minutes of a child."""
    own, extra = task.capacity, c.starts[2] + np.arange(len(c.extra))
    a_child = np.nan_to_num((own["minute"] / own["size"]).to_numpy())
    places = own["places"].to_numpy(dtype="float64")
    minutes = own["minutes"].where(own["minute"].notna()).to_numpy(dtype="float64")
    return [
        Block(
            "places", range(len(own)), np.concatenate([c.cap, c.extra]),
            np.concatenate([np.arange(len(c.cap)), extra]),
            np.concatenate([np.ones(len(c.cap)), -np.ones(len(c.extra))]), *_upto(np.nan_to_num(places, nan=np.inf)),
        ),
        Block(
            "minutes", range(len(own)), np.concatenate([c.capacity[: c.starts[2]], c.extra]),
            np.arange(c.starts[3]), np.concatenate([c.minutes[: c.starts[2]], -a_child[c.extra]]),
            *_upto(np.nan_to_num(minutes, nan=np.inf)),
        ),
    ]  # fmt: skip


def _budget(task: Task, cost: Floats, change: Change) -> list[Block]:
    if task.limits.budget_eur_per_year is None:
        return []
    end = [max(task.limits.budget_eur_per_year + change.budget, 0.0)]
    rows = np.zeros(len(cost), dtype="int64")
    return [Block("budget", [""], rows, np.arange(len(cost)), cost, *_upto(end))]


def _floors(task: Task, c: _Columns, need: Integers) -> list[Block]:
    found = []
    for floor in floors_of(task):
        lower = np.ceil(-floor.above(need, np.zeros(len(need))) - _ALMOST)  # children are whole: a tighter relaxation
        upper = np.full(len(lower), np.inf)
        found.append(Block(floor.kind, floor.keys, *_children(c, floor.code[c.unit]), lower, upper))
    return found


def _stacked(
    blocks: Sequence[Block], width: int, lifted: frozenset[Limit]
) -> tuple["sparse.csr_array[Any]", Floats, Floats, tuple[Limit, ...]]:
    """Put blocks under each other, without the rows that are lifted or have no end."""
    starts = np.cumsum([0, *(len(b.keys) for b in blocks)])
    rows = np.concatenate([b.rows + start for b, start in zip(blocks, starts, strict=False)])
    entries = tuple(np.concatenate([getattr(b, name) for b in blocks]) for name in ("values", "columns"))
    matrix = sparse.csr_array((entries[0], (rows, entries[1])), shape=(int(starts[-1]), width))
    lower, upper = (np.concatenate([getattr(b, name) for b in blocks]) for name in ("lower", "upper"))
    names = [(b.kind, str(key)) for b in blocks for key in b.keys]
    holds = np.array([name not in lifted for name in names]) & (np.isfinite(lower) | np.isfinite(upper))
    kept = np.flatnonzero(holds)
    return matrix[kept], lower[kept], upper[kept], tuple(names[i] for i in kept)
