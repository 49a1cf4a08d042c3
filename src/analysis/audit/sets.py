"""What a reader does not know: how many pupils there are in every cell of a linked set; and what is published of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Group = Mapping[str, frozenset[str]]
"""Pupils meant: for each dimension named the levels that count; a dimension that is not named counts whole."""
Dims = Mapping[str, Sequence[str]]
"""The levels of each dimension."""
Flags = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
Cells = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


@dataclass(frozen=True)
class Figure:
    """A published number, as a statement on groups.

    Attributes
    ----------
    group : Group
        The pupils behind it.
    low, high : float
        Ends of what was printed: of a size in pupils, of a share in percent (half of the last digit either way).
    event : Group or None
        Of a share, the pupils it counts within the group; None for a size.
    name : str
        Where it was published, for the reader of the audit.
    rows : tuple of int
        The published rows that say it.
    source : {"", "public", "earlier"}
        Where a reader knows it from without what is attacked; empty where it is attacked.
    slack : float
        By how many pupils it may differ from the truth.
    """

    group: Group
    low: float
    high: float
    event: Group | None = None
    name: str = ""
    rows: tuple[int, ...] = ()
    source: Literal["", "public", "earlier"] = ""
    slack: float = 0.0

    def value(self, linked: "LinkedSet", truth: Cells) -> float:
        """Return what it would say of a table: pupils, or of a share percent."""
        group = linked.mask(self.group)
        n = float(truth.ravel()[group].sum())
        if self.event is None:
            return n
        counted = float(truth.ravel()[group & linked.mask(self.event)].sum())
        return 100 * counted / n if n else self.low


@dataclass(frozen=True)
class Mean:
    """A published mean of pupils' results: its group, between which ends it lies, its unit, where it was published.

    ``source`` says where a reader knows it from without what is attacked; empty where it is attacked.
    """

    group: Group
    low: float
    high: float
    unit: str
    name: str = ""
    source: Literal["", "public", "earlier"] = ""


@dataclass(frozen=True)
class Scores:
    """How results are measured in a linked set that has the dimension ``period``, and what is published of their means.

    Attributes
    ----------
    ends : dict of str to (float, float)
        Period → least and most points of a result in it.
    scales : dict
        Unit of a mean → period → what is taken off a result, and what the rest is divided by.
    means : tuple of Mean
        What is published.
    truth : Cells or None
        The true sum of results in each cell, where it is at hand.
    """

    ends: dict[str, tuple[float, float]]
    scales: dict[str, dict[str, tuple[float, float]]]
    means: tuple[Mean, ...]
    truth: Cells | None = None


@dataclass(frozen=True)
class LinkedSet:
    """Figures that are read together, and the cells that all of them are sums of.

    Attributes
    ----------
    name : str
        Of which test.
    dims : dict of str to tuple of str
        The levels of each dimension; a cell is one level of each.
    figures : tuple of Figure
        What is published.
    scores : Scores or None
        Means of results, where some are published.
    """

    name: str
    dims: dict[str, tuple[str, ...]]
    figures: tuple[Figure, ...] = field(default=())
    scores: Scores | None = None

    @cached_property
    def shape(self) -> tuple[int, ...]:
        """How many levels each dimension has."""
        return tuple(len(levels) for levels in self.dims.values())

    @cached_property
    def size(self) -> int:
        """How many cells there are."""
        return int(np.prod(self.shape, dtype=np.int64))

    def mask(self, group: Group) -> Flags:
        """Return which cells a group consists of, flat."""
        inside = np.zeros(self.size, dtype=bool)
        inside[self.places(group)] = True
        return inside

    def places(self, group: Group) -> NDArray[np.intp]:
        """Return the places of the cells that a group consists of, in order."""
        found: NDArray[np.intp] = np.zeros(1, dtype=np.intp)
        for name, (at, every) in self._at.items():
            own = [at[level] for level in group[name] if level in at] if name in group else every
            found = found + own[0] if len(own) == 1 else np.add.outer(found, np.sort(own)).ravel()
        return found.astype(np.intp)

    @cached_property
    def _at(self) -> dict[str, tuple[dict[str, int], NDArray[np.intp]]]:
        """Return for each dimension how far from the first cell the first of each level lies, and that of all levels."""
        apart = np.cumprod([1, *self.shape[:0:-1]])[::-1]
        every = {name: np.arange(len(own)) * step for (name, own), step in zip(self.dims.items(), apart, strict=True)}
        return {
            name: (dict(zip(own, every[name].tolist(), strict=True)), every[name]) for name, own in self.dims.items()
        }

    def subsets(self) -> Iterator[tuple[str, ...]]:
        """Go through all sets of dimensions, small ones first."""
        for size in range(len(self.dims) + 1):
            yield from combinations(self.dims, size)

    def sums(self, cells: Cells, subset: tuple[str, ...]) -> Cells:
        """Return the sums of cells over all dimensions but those of a subset."""
        others = tuple(axis for axis, name in enumerate(self.dims) if name not in subset)
        return np.asarray(cells.reshape(self.shape).sum(axis=others), dtype=np.float64)

    def group_at(self, subset: tuple[str, ...], place: tuple[int, ...]) -> dict[str, frozenset[str]]:
        """Return the group of one place in the sums of a subset."""
        return {name: frozenset([self.dims[name][i]]) for name, i in zip(subset, place, strict=True)}
