"""Linear programmes over tables of pupils: how large or small a group may be, and what must be withheld to make it so."""

from collections.abc import Iterable

import highspy
import numpy as np

from analysis.release.suppression.linked import Cells, Linked

_NEAR = 1e-7
Columns = np.ndarray[tuple[int, ...], np.dtype[np.int32]]
Row = tuple["np.ndarray[tuple[int, ...], np.dtype[np.int64]]", Cells, float, float]
_SOLVER = highspy.Highs.__bases__[0]  # `highspy.Highs` prints a line about itself before it can be told to be silent

_LARGE, _SMALL = highspy.ObjSense.kMaximize, highspy.ObjSense.kMinimize

# Costs change from question to question and the basis stays feasible: the primal simplex (4) goes on from it.
_OPTIONS: dict[str, bool | int | str] = {
    "output_flag": False,
    "threads": 1,
    "random_seed": 0,
    "simplex_strategy": 4,
    "presolve": "off",
}


class NotSolved(Exception):
    """A programme has no optimum: what is to be published contradicts itself, or a limit of the solver was met."""


def _solver() -> highspy.Highs:
    solver: highspy.Highs = _SOLVER()
    for option, value in _OPTIONS.items():
        solver.setOptionValue(option, value)
    return solver


def _matrix(
    lp: highspy.HighsLp, rows: Iterable[tuple["np.ndarray[tuple[int, ...], np.dtype[np.int64]]", Cells]]
) -> None:
    found = list(rows)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.concatenate([[0], np.cumsum([len(index) for index, _ in found])]).astype(np.int32)
    lp.a_matrix_.index_ = np.concatenate([*(index for index, _ in found), []]).astype(np.int32)
    lp.a_matrix_.value_ = np.concatenate([*(value for _, value in found), []])


def _solved(solver: highspy.Highs) -> Cells:
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise NotSolved(solver.modelStatusToString(solver.getModelStatus()))
    return np.asarray(solver.getSolution().col_value, dtype=np.float64)


class Tables:
    """All tables that agree with what is told of a linked set; a class because the solver's basis stays warm.

    Parameters
    ----------
    linked : Linked
        The set.
    hidden : set of int
        Figures that are not told, by their number.
    """

    def __init__(self, linked: Linked, hidden: Iterable[int]) -> None:
        self.linked = linked
        self.solved = 0
        # No group has more pupils than there are: without this a group no figure speaks of would have no end.
        self._most = max(4 * float(linked.truth.sum()), 100.0)
        gone = set(hidden)
        told = [number for number in range(len(linked.figures)) if number not in gone]
        self._row_of = {number: row for row, number in enumerate(told)}  # what is hidden from the start has no row
        rows, columns = [self._figure(number) for number in told] + self._further(), self._width(linked)
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = columns, len(rows)
        lp.col_cost_, lp.col_lower_ = np.zeros(columns), np.zeros(columns)
        lp.col_upper_ = np.full(columns, self._most)
        lp.row_lower_ = np.array([low for _, _, low, _ in rows])
        lp.row_upper_ = np.array([high for _, _, _, high in rows])
        _matrix(lp, ((index, value) for index, value, _, _ in rows))
        self._solver = _solver()
        self._solver.passModel(lp)
        self._costed: Columns = np.zeros(0, dtype=np.int32)
        self._pinned: dict[int, int] = {}  # groups whose rows were added; they stay, so that the basis does

    def _width(self, linked: Linked) -> int:
        """Return how many columns a table has."""
        return linked.size

    def _figure(self, number: int) -> Row:
        """Return what a figure tells: columns, what each counts for, and between which ends their sum lies."""
        figure = self.linked.figures[number]
        index = self.linked.cells(figure.place)
        return index, np.ones(len(index)), figure.low, figure.high

    def _further(self) -> list[Row]:
        """Return what is told beside the figures."""
        return []

    def _add(self, row: Row) -> int:
        index, values, low, high = row
        self._solver.addRow(low, high, len(index), index.astype(np.int32), values)
        return int(self._solver.getNumRow()) - 1

    def hide(self, figure: int) -> None:
        """Let tables differ from a figure."""
        if figure in self._row_of:
            self._solver.changeRowBounds(self._row_of[figure], -highspy.kHighsInf, highspy.kHighsInf)

    def tell(self, figure: int) -> None:
        """Let tables agree with a figure again."""
        if figure not in self._row_of:
            self._row_of[figure] = self._add(self._figure(figure))
        told = self.linked.figures[figure]
        self._solver.changeRowBounds(self._row_of[figure], told.low, told.high)

    def pin(self, place: int, number: float) -> None:
        """Let tables have a number in a group, as one knows it who is among the counted."""
        if place not in self._pinned:
            index = self.linked.cells(place)
            self._pinned[place] = self._add((index, np.ones(len(index)), number, number))
        self._solver.changeRowBounds(self._pinned[place], number, number)

    def unpin(self, place: int) -> None:
        """Let tables have any number in a group again."""
        self._solver.changeRowBounds(self._pinned[place], -highspy.kHighsInf, highspy.kHighsInf)

    def most(self, place: int) -> Cells:
        """Return a table in which a group is as large as it can be."""
        return self._extreme(place, _LARGE)

    def least(self, place: int) -> Cells:
        """Return a table in which a group is as small as it can be."""
        return self._extreme(place, _SMALL)

    def together(self, weights: Cells, *, largest: bool) -> Cells:
        """Return a table in which a weighted sum of cells is as large, or as small, as it can be."""
        return self._weighted(weights, _LARGE if largest else _SMALL)

    def _weighted(self, weights: Cells, sense: highspy.ObjSense) -> Cells:
        columns = np.flatnonzero(weights).astype(np.int32)
        return self._solved_for(columns, weights[columns], sense)

    def _extreme(self, place: int, sense: highspy.ObjSense) -> Cells:
        columns = self.linked.cells(place).astype(np.int32)
        return self._solved_for(columns, np.ones(len(columns)), sense)

    def _solved_for(self, columns: Columns, costs: Cells, sense: highspy.ObjSense) -> Cells:
        if len(self._costed):
            self._solver.changeColsCost(len(self._costed), self._costed, np.zeros(len(self._costed)))
        self._costed = columns
        self._solver.changeColsCost(len(columns), columns, costs)
        self._solver.changeObjectiveSense(sense)
        self.solved += 1
        return _solved(self._solver)


class Cheapest:
    """The table nearest to the truth in which a group has another size: what differs has to be withheld.

    It solves ``min Σ w(u + v)`` over tables ``x ≥ 0`` with ``low − v ≤ A·x ≤ high + u`` and the group at its new size.
    """

    def __init__(self, linked: Linked, hidden: Iterable[int]) -> None:
        self.linked, self._figures = linked, len(linked.figures)
        cells, figures = linked.size, len(linked.figures)
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = cells + 2 * figures, figures
        weights = np.array([figure.weight for figure in linked.figures])
        lp.col_cost_ = np.concatenate([np.zeros(cells), weights, weights])
        moves = np.where([figure.fixed for figure in linked.figures], 0.0, highspy.kHighsInf)
        lp.col_lower_ = np.zeros(lp.num_col_)
        lp.col_upper_ = np.concatenate([np.full(cells, highspy.kHighsInf), moves, moves])
        lp.row_lower_ = np.array([figure.low for figure in linked.figures])
        lp.row_upper_ = np.array([figure.high for figure in linked.figures])
        rows = []
        for number, figure in enumerate(linked.figures):
            index = linked.cells(figure.place)
            moved = np.array([cells + number, cells + figures + number])
            rows.append((np.concatenate([index, moved]), np.concatenate([np.ones(len(index)), [-1.0, 1.0]])))
        _matrix(lp, rows)
        self._solver = _solver()
        self._solver.passModel(lp)
        for number in hidden:
            self.hide(number)

    def hide(self, figure: int) -> None:
        """Let a figure differ at no cost."""
        columns = np.array([self.linked.size + figure, self.linked.size + self._figures + figure], dtype=np.int32)
        self._solver.changeColsCost(2, columns, np.zeros(2))

    def table(self, *spans: tuple[int, float, float]) -> tuple[Cells, list[int], float]:
        """Return the nearest table in which groups lie between two numbers each, which figures it moves, and at what price."""
        for place, low, high in spans:
            index = self.linked.cells(place).astype(np.int32)
            self._solver.addRow(low, high, len(index), index, np.ones(len(index)))
        try:
            found, price = _solved(self._solver), float(self._solver.getInfo().objective_function_value)
        finally:
            added = np.arange(self._figures, self._figures + len(spans), dtype=np.int32)
            self._solver.deleteRows(len(added), added)
        size, moved = self.linked.size, found[self.linked.size :].reshape(2, self._figures).sum(axis=0)
        return found[:size], [int(number) for number in np.flatnonzero(moved > _NEAR)], price
