"""Tables of pupils and their results that agree with what is told of numbers and of means."""

from collections.abc import Collection, Iterable
from dataclasses import replace

import highspy
import numpy as np

from analysis.release.suppression.keys import Key
from analysis.release.suppression.linked import Cells, Figure, Linked, Places
from analysis.release.suppression.solver import Row, Tables

_DIGIT = 1e-6  # means are taken as known to the last digit: two roundings of one may come as near to it as they like
_FREE = 1e-9


class Scored(Tables):
    """All tables that agree with numbers and means; a class because the solver's basis stays warm.

    A cell has two columns: its pupils as if some had the least result that the cell allows and the others the most.

    Parameters
    ----------
    linked : Linked
        The set, with its means.
    hidden : set of int
        Figures that are not told, by their number.
    withheld : set of tuple
        Keys of means that are not told.
    """

    def __init__(self, linked: Linked, hidden: Iterable[int], withheld: Collection[Key]) -> None:
        if linked.means is None:
            raise ValueError("no means are told")
        self.means, self._ends = linked.means.told, linked.means.ends
        self._told = {mean.key: number for number, mean in enumerate(self.means) if mean.key not in withheld}
        super().__init__(linked, hidden)
        self._row_of_mean = {key: len(self._row_of) + row for row, key in enumerate(self._told)}  # after the figures

    def _width(self, linked: Linked) -> int:
        return 2 * linked.size

    def _figure(self, number: int) -> Row:
        index, values, low, high = super()._figure(number)
        return np.concatenate([index, index + self.linked.size]), np.tile(values, 2), low, high

    def _further(self) -> list[Row]:
        return [self._row(number) for number in self._told.values()]

    def _row(self, number: int) -> Row:
        mean = self.means[number]
        index = np.flatnonzero(mean.row)
        return index, mean.row[index], -_DIGIT * mean.n, _DIGIT * mean.n

    def hide_mean(self, key: Key) -> None:
        """Let tables differ from a mean; one that is not of this set, or not told, is none of its business."""
        if key in self._row_of_mean:
            self._solver.changeRowBounds(self._row_of_mean[key], -highspy.kHighsInf, highspy.kHighsInf)

    def tell_mean(self, key: Key) -> None:
        """Let tables agree with a mean again."""
        _, _, low, high = self._row(self._told[key])
        self._solver.changeRowBounds(self._row_of_mean[key], low, high)

    def results(self, weights: Cells, *, largest: bool) -> Cells:
        """Return the sums of results of all cells where a weighted sum of them is as large, or as small, as it can be."""
        costs = np.tile(weights, 2) * self._ends
        columns = np.flatnonzero(costs).astype(np.int32)
        sense = highspy.ObjSense.kMaximize if largest else highspy.ObjSense.kMinimize
        found = self._solved_for(columns, costs[columns], sense) * self._ends
        return np.asarray(found[: self.linked.size] + found[self.linked.size :])

    def sum_of(self, place: int, cells: Cells) -> float:
        """Return the sum of a group's cells."""
        return float(cells[self.linked.cells(place)].sum())

    def binding(self) -> set[int]:
        """Return the means that bound the last answer, by their number."""
        duals = np.asarray(self._solver.getSolution().row_dual)
        return {number for key, number in self._told.items() if abs(duals[self._row_of_mean[key]]) > _FREE}

    def _extreme(self, place: int, sense: highspy.ObjSense) -> Cells:
        weights = np.zeros(self.linked.size)
        weights[self.linked.cells(place)] = 1.0
        return self._weighted(weights, sense)

    def _weighted(self, weights: Cells, sense: highspy.ObjSense) -> Cells:
        found = super()._weighted(np.tile(weights, 2), sense)
        return np.asarray(found[: self.linked.size] + found[self.linked.size :])


def with_sizes(linked: Linked, places: Places) -> Linked:
    """Return a linked set in which the true numbers of some groups are told as well, after all other figures."""
    true = linked.sums(linked.truth)
    told = tuple(Figure(int(p), float(true[p]), float(true[p]), frozenset(), 0.0) for p in places)
    return replace(linked, figures=(*linked.figures, *told))
