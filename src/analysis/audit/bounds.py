"""Between which numbers must the pupils of a group lie, given all that is published? By linear programming (HiGHS)."""

import highspy
import numpy as np

from analysis.audit.sets import Cells, Figure, Flags, LinkedSet

_NEAR = 1e-6
_SOLVER = highspy.Highs.__bases__[0]  # `highspy.Highs` prints a line about itself before it can be told to be silent
# From one question to the next only the costs change, so that the basis stays feasible: the primal simplex goes on from it.
_OPTIONS = {"output_flag": False, "threads": 1, "mip_rel_gap": 0.0, "mip_abs_gap": 0.0, "simplex_strategy": 4}
_OPTIMAL = highspy.HighsModelStatus.kOptimal


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
        self._solver = _SOLVER()
        for option, value in _OPTIONS.items():
            self._solver.setOptionValue(option, value)
        self._solver.passModel(_program(self._width(linked), self._rows(linked), whole=whole))
        self._costed = np.zeros(0, dtype=np.int32)
        self.solved = 0

    def _width(self, linked: LinkedSet) -> int:
        """Return how many columns a table has."""
        return linked.size

    def _rows(self, linked: LinkedSet) -> list[tuple[Cells, float, float]]:
        """Return what is published as rows: a number for every column, and between which ends their sum lies."""
        return [row for figure in linked.figures for row in _rows(linked, figure)]

    def most(self, group: Flags) -> tuple[float, Cells]:
        """Return the largest number of pupils a group can have, and a table in which it has it.

        Without a limit it is infinite, and the table is any that agrees with the figures.
        """
        return self._solve(group, highspy.ObjSense.kMaximize)

    def least(self, group: Flags) -> tuple[float, Cells]:
        """Return the smallest number of pupils a group can have, and a table in which it has it."""
        return self._solve(group, highspy.ObjSense.kMinimize)

    def _solve(self, group: Flags, sense: highspy.ObjSense, costs: Cells | None = None) -> tuple[float, Cells]:
        """Solve for the pupils of a group, or for what they cost."""
        weights = np.ones(len(group)) if costs is None else costs
        if len(self._costed):
            self._solver.changeColsCost(len(self._costed), self._costed, np.zeros(len(self._costed)))
        self._costed = np.flatnonzero(group).astype(np.int32)
        self._solver.changeColsCost(len(self._costed), self._costed, weights[self._costed])
        self._solver.changeObjectiveSense(sense)
        self._solver.run()
        self.solved += 1
        status = self._solver.getModelStatus()
        if status in (highspy.HighsModelStatus.kUnbounded, highspy.HighsModelStatus.kUnboundedOrInfeasible):
            return self._without_limit()
        if status != _OPTIMAL:
            raise Contradiction(self._solver.modelStatusToString(status))
        cells = np.asarray(self._solver.getSolution().col_value, dtype=np.float64)
        return float(cells[self._costed] @ weights[self._costed]), cells

    def _without_limit(self) -> tuple[float, Cells]:
        """Tell a group that may have any number of pupils from figures that contradict each other."""
        self._solver.changeColsCost(len(self._costed), self._costed, np.zeros(len(self._costed)))
        self._solver.run()
        if self._solver.getModelStatus() != _OPTIMAL:
            raise Contradiction(self._solver.modelStatusToString(self._solver.getModelStatus()))
        # The table agrees with the figures. Not every cell of the group is without limit: none is raised, for that would
        # clear groups whose number follows exactly.
        return float("inf"), np.asarray(self._solver.getSolution().col_value, dtype=np.float64)


def whole_ends(least: float, most: float) -> tuple[float, float]:
    """Return the whole numbers between two ends of a linear programme."""
    return float(np.ceil(least - _NEAR)), float(np.floor(most + _NEAR))


def _rows(linked: LinkedSet, figure: Figure) -> list[tuple[Cells, float, float]]:
    group = linked.mask(figure.group).astype(np.float64)
    if figure.event is None:
        return [(group, figure.low, figure.high)]
    within = group * linked.mask(figure.event)
    rows = [(within - figure.high / 100 * group, -np.inf, 0.0)] if figure.high < 100 else []
    return rows + ([(within - figure.low / 100 * group, 0.0, np.inf)] if figure.low > 0 else [])


def _program(size: int, rows: list[tuple[Cells, float, float]], *, whole: bool) -> highspy.HighsLp:
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = size, len(rows)
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = np.zeros(size), np.zeros(size), np.full(size, highspy.kHighsInf)
    lp.row_lower_ = np.array([max(low, -highspy.kHighsInf) for _, low, _ in rows])
    lp.row_upper_ = np.array([min(high, highspy.kHighsInf) for _, _, high in rows])
    found = [np.flatnonzero(row) for row, _, _ in rows]
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.concatenate([[0], np.cumsum([len(one) for one in found])]).astype(np.int32)
    lp.a_matrix_.index_ = np.concatenate([*found, []]).astype(np.int32)
    lp.a_matrix_.value_ = np.concatenate([*(row[one] for (row, _, _), one in zip(rows, found, strict=True)), []])
    if whole:
        lp.integrality_ = [highspy.HighsVarType.kInteger] * size
    return lp
