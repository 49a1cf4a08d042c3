"""Which groups of pupils are examined: every value of an attribute, and crossings of values with enough pupils."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from analysis.stats.cell_posterior import Floats, Integers
from analysis.stats.cells import MISSING, CellModel

_Values = tuple[tuple[str, str], ...]
_Flags = npt.NDArray[np.bool_]
LARGEST_SHARE = 0.9
"""A group with more of the municipality's pupils, or of those of one of its parts, says nothing that the whole does not say."""


@dataclass(frozen=True)
class Groups:
    """Groups of one test's pupils as sets of cells.

    Attributes
    ----------
    names : tuple of str
        ``attribute=value``, several joined by ``&`` in alphabetical order of the attribute.
    members : (G, C) array of bool
        Which cells belong.
    n : (G,) array of int
        Pupils.
    depth : (G,) array of int
        How many attributes.
    """

    names: tuple[str, ...]
    members: npt.NDArray[np.bool_]
    n: Integers
    depth: Integers

    def weights(self, model: CellModel) -> Floats:
        """Shares of each group's pupils in the cells."""
        return np.asarray(self.members * model.n / self.n[:, None], dtype="float64")

    def against_all(self, model: CellModel) -> Floats:
        """Weights of each group less those of all pupils."""
        return self.weights(model) - model.n / model.pupils

    def overlap(self, model: CellModel) -> Floats:
        """Return the Jaccard index of all pairs of groups: pupils in both over pupils in either."""
        both = (self.members * model.n) @ self.members.T.astype("float64")
        return np.asarray(both / (self.n[:, None] + self.n[None, :] - both), dtype="float64")

    def may_be_named(self, model: CellModel, smallest: int) -> npt.NDArray[np.bool_]:
        """Tell which groups are large enough to be named, and not nearly everybody."""
        return (self.n >= smallest) & (self.n <= LARGEST_SHARE * model.pupils)


def candidates(model: CellModel, depth: int, smallest: int) -> Groups:
    """List the groups of a test.

    Parameters
    ----------
    model : CellModel
        Attributes and cells.
    depth : int
        How many attributes are crossed at most, 1 to 3.
    smallest : int
        Fewest pupils of a crossing; single values are listed whatever their number.

    Returns
    -------
    Groups
        Single values in the order of the attributes, then crossings. Pupils of whom an attribute is unknown are in no
        group of it. A crossing that holds more than nine tenths of one of its parts is that part and not listed again:
        it would say the same twice, and its number beside the part's would tell how few are left.
    """
    singles: list[tuple[_Values, _Flags]] = [
        (((name, level),), model.codes[:, k] == i)
        for k, (name, levels) in enumerate(zip(model.attributes, model.levels, strict=True))
        for i, level in enumerate(levels)
        if not (level == MISSING and i == len(levels) - 1)
    ]
    kept = dict(singles)
    for size in range(2, depth + 1):
        crossed: dict[_Values, _Flags] = {}
        for chosen in combinations(singles, size):
            values = tuple(sorted(values[0] for values, _ in chosen))
            if len({name for name, _ in values}) == size:
                members = np.logical_and.reduce([part for _, part in chosen])
                if _is_new(model, members, values, kept, smallest):
                    crossed[values] = members
        kept |= crossed
    names = tuple("&".join(f"{name}={level}" for name, level in values) for values in kept)
    members = np.array(list(kept.values()), dtype="bool").reshape(len(kept), len(model.n))
    n = members @ model.n
    return Groups(names, members, n.astype("int64"), np.array([len(values) for values in kept], dtype="int64"))


def _is_new(model: CellModel, members: _Flags, values: _Values, kept: dict[_Values, _Flags], smallest: int) -> bool:
    """Tell whether a crossing has enough pupils, and is neither nearly everybody nor nearly one of its parts."""
    n = int(model.n[members].sum())
    if not smallest <= n <= LARGEST_SHARE * model.pupils:
        return False
    parts = [tuple(value for value in values if value != left_out) for left_out in values]
    return all(part in kept and n <= LARGEST_SHARE * int(model.n[kept[part]].sum()) for part in parts)
