"""Between which numbers must the pupils of a group lie, given all that is published? By linear programming (HiGHS)."""

from functools import cached_property
from typing import Any

import highspy
import numpy as np
from numpy.typing import NDArray

from analysis.audit.sets import Cells, Figure, Flags, LinkedSet

WORTH = 8
"""Groups: a table that clears fewer is the last that is asked for together, it takes as long as some asked alone."""
_NEAR = 1e-6
_SOLVER = highspy.Highs.__bases__[0]  # `highspy.Highs` prints a line about itself before it can be told to be silent
# From one question to the next only the costs change, so that the basis stays feasible: the primal simplex goes on from it.
_OPTIONS = {"output_flag": False, "threads": 1, "mip_rel_gap": 0.0, "mip_abs_gap": 0.0, "simplex_strategy": 4}
_LINEAR = {"presolve": "off"}  # it is done for one question, and undone for the next; with whole pupils it is worth it
_ENOUGH = 1e6  # times one pupil, so that the smallest part of a share that is printed is one
_OPTIMAL = highspy.HighsModelStatus.kOptimal
Weights = Flags | Cells
Row = tuple[NDArray[np.intp], NDArray[np.floating], float, float]
"""Cells, their coefficients, the two ends of the sum."""


class Contradiction(Exception):
    """No table agrees with all figures: one was misread, misrounded, or contradicts another; nothing is proven."""


class Reader:
    """One who knows all figures of a linked set; a class because the solver's basis stays warm from question to question.

    Parameters
    ----------
    linked : LinkedSet
        What is published. Sizes are rows ``low ≤ X(g) ≤ high``, shares ``X(g∧e) − p·X(g)`` on either side of zero, so that
        a share says something also where the size beside it is withheld.
    whole : bool
        Whether the reader uses that pupils are whole: slower, and never wider.
    """

    def __init__(self, linked: LinkedSet, *, whole: bool = False) -> None:
        self._size, self._columns, self._published = linked.size, self._width(linked), self._rows(linked)
        self._solver = _solver(_program(self._columns, self._published, whole=whole))
        self._costed = np.zeros(0, dtype=np.int32)
        self.solved = 0

    def _width(self, linked: LinkedSet) -> int:
        """Return how many columns a table has."""
        return linked.size

    def _rows(self, linked: LinkedSet) -> list[Row]:
        """Return what is published as rows: numbers for some columns, and between which ends their sum lies."""
        return [row for figure in linked.figures for row in _rows(linked, figure)]

    def _folded(self, columns: Cells) -> Cells:
        """Return the cells of a table."""
        return columns

    @cached_property
    def table(self) -> Cells:
        """A table that agrees with all figures."""
        return self.least(np.zeros(self._size))[1]

    @cached_property
    def unlimited(self) -> Flags:
        """The cells that may have any number of pupils, whatever is published."""
        return self._folded(self._grows.astype(np.float64)) > 0

    @cached_property
    def _grows(self) -> Flags:
        return _unlimited(self._columns, self._published)

    def most(self, group: Weights) -> tuple[float, Cells]:
        """Return the largest number of pupils a group can have (of weights: the largest sum), and a table in which it has it.

        Without a limit it is infinite, and the table is any that agrees with the figures: not every cell of the group is
        without limit, and one in which all are raised would clear groups whose number follows exactly.
        """
        if self.unlimited[np.flatnonzero(group)].any():
            return float("inf"), self.table
        return self._solve(group, highspy.ObjSense.kMaximize)

    def least(self, group: Weights) -> tuple[float, Cells]:
        """Return the smallest number of pupils a group can have, and a table in which it has it."""
        return self._solve(group, highspy.ObjSense.kMinimize)

    def _solve(self, group: Weights, sense: highspy.ObjSense, costs: Cells | None = None) -> tuple[float, Cells]:
        """Solve for the pupils of a group, or for what they cost."""
        if len(self._costed):
            self._solver.changeColsCost(len(self._costed), self._costed, np.zeros(len(self._costed)))
        self._costed = np.flatnonzero(group).astype(np.int32)
        weights = np.asarray(group if costs is None else costs, dtype=np.float64)[self._costed]
        self._solver.changeColsCost(len(self._costed), self._costed, weights)
        self._solver.changeObjectiveSense(sense)
        self.solved += 1
        columns = _optimum(self._solver)
        return float(weights @ columns[self._costed]), self._folded(columns)


def _solver(program: highspy.HighsLp) -> Any:
    solver = _SOLVER()
    for option, value in (_OPTIONS if len(program.integrality_) else _OPTIONS | _LINEAR).items():
        solver.setOptionValue(option, value)
    solver.passModel(program)
    return solver


def _optimum(solver: Any) -> Cells:
    solver.run()
    if solver.getModelStatus() != _OPTIMAL:
        raise Contradiction(solver.modelStatusToString(solver.getModelStatus()))
    return np.asarray(solver.getSolution().col_value, dtype=np.float64)


def _unlimited(size: int, rows: list[Row]) -> Flags:
    """Return the cells that grow without limit in some table, all at once.

    What may be added to any table again and again keeps every finite end of a row at nought. Each cell's addition is counted
    up to one; since additions can be added and enlarged, the largest count has one for each such cell. Where every cell is
    part of a sum with a finite end there is none.
    """
    bounded = [cells for cells, values, _, high in rows if np.isfinite(high) and (values > 0).all()]
    if len(np.unique(np.concatenate([*bounded, []]))) == size:
        return np.zeros(size, dtype=bool)
    twice = [
        (np.r_[cells, cells + size], np.r_[values, values], *(end if np.isinf(end) else 0.0 for end in (low, high)))
        for cells, values, low, high in rows
    ]
    lp = _program(2 * size, twice)
    counted = np.arange(2 * size) < size
    lp.col_cost_, lp.col_upper_ = np.where(counted, -1.0, 0.0), np.where(counted, 1.0, _ENOUGH)
    return np.asarray(_optimum(_solver(lp))[:size] > 0.5)


def whole_ends(least: float, most: float) -> tuple[float, float]:
    """Return the whole numbers between two ends of a linear programme."""
    return float(np.ceil(least - _NEAR)), float(np.floor(most + _NEAR))


def _rows(linked: LinkedSet, figure: Figure) -> list[Row]:
    group = linked.places(figure.group)
    if figure.event is None:
        return [(group, np.ones(len(group)), figure.low, figure.high)]
    within = np.isin(group, linked.places(figure.event))
    rows = [(group, within - figure.high / 100, -np.inf, 0.0)] if figure.high < 100 else []
    return rows + ([(group, within - figure.low / 100, 0.0, np.inf)] if figure.low > 0 else [])


def _program(size: int, rows: list[Row], *, whole: bool = False) -> highspy.HighsLp:
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = size, len(rows)
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = np.zeros(size), np.zeros(size), np.full(size, highspy.kHighsInf)
    lp.row_lower_ = np.array([max(low, -highspy.kHighsInf) for _, _, low, _ in rows])
    lp.row_upper_ = np.array([min(high, highspy.kHighsInf) for _, _, _, high in rows])
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.cumsum([0, *(len(cells) for cells, _, _, _ in rows)]).astype(np.int32)
    lp.a_matrix_.index_ = np.concatenate([*(cells for cells, _, _, _ in rows), []]).astype(np.int32)
    lp.a_matrix_.value_ = np.concatenate([*(values for _, values, _, _ in rows), []])
    if whole:
        lp.integrality_ = [highspy.HighsVarType.kInteger] * size
    return lp
