"""What a nested model needs of the rows: sums by group, so that a country is summed once and then forgotten."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from analysis.stats.mixed.design import COLLINEAR, Column, Columns, UnfitDesign, least_squares, nesting, parents


@dataclass(frozen=True)
class Sums:
    """Sums of the rows ``z = (q, r)`` with ``X = QR`` and ``r`` what is left of ``y`` after least squares on ``X``.

    Turning X to an orthonormal Q and y to a residual keeps the sums exact whatever the units or the origin of the data;
    ``coefficients`` turns a fit back.

    Attributes
    ----------
    size : np.ndarray
        Rows of each inner group, in the order outer, inner label.
    total : np.ndarray
        Inner group × column: sums of ``z``.
    within : np.ndarray
        Cross products of ``z`` around the means of the inner groups.
    first : np.ndarray
        Where each outer group begins; one group of all where there is no outer level.
    triangle : np.ndarray
        R of the columns.
    ols : np.ndarray
        Least squares on ``X``.
    inner, outer : pd.Index
        Labels; ``outer`` is empty where there is one level.
    """

    size: np.ndarray
    total: np.ndarray
    within: np.ndarray
    first: np.ndarray
    triangle: np.ndarray
    ols: np.ndarray
    inner: pd.Index
    outer: pd.Index

    @property
    def n(self) -> int:
        """Rows behind the sums."""
        return int(self.size.sum())

    @property
    def p(self) -> int:
        """Columns of ``X``."""
        return len(self.ols)

    @cached_property
    def outer_of(self) -> np.ndarray:
        """Position of the outer group of each inner one."""
        return parents(self.first, len(self.size))


def sums(y: Column, x: Columns, inner: Column, outer: Column | None = None) -> Sums:
    """Sum the rows by group.

    Parameters
    ----------
    y : (n,) numbers
        Outcome.
    x : (n, p) numbers
        Columns with the intercept; a frame's names are used in refusals.
    inner : (n,) labels
        Groups, for example schools.
    outer : (n,) labels, optional
        Groups of groups, for example municipalities.

    Returns
    -------
    Sums

    Raises
    ------
    UnfitDesign
        For values that are not finite, a missing label, an inner group in two outer ones, fewer than two groups, columns that
        repeat others, no more rows than columns, an outcome without spread, or groups that chance, the columns or the
        other level cannot be told from.
    """
    flat = least_squares(y, x, {"inner": inner} | ({} if outer is None else {"outer": outer}))
    codes, first, inner_labels, outer_labels = nesting(inner, outer)
    z = np.vstack([flat.q.T, flat.rest])
    size = np.bincount(codes).astype("float64")
    total = np.column_stack([np.bincount(codes, row) for row in z])
    centred = z - (total / size[:, None]).T[:, codes]
    within = centred @ centred.T
    check_freedom(size, total[:, :-1], first, outer is not None)
    return Sums(size, total, within, first, flat.triangle, flat.coefficients, inner_labels, outer_labels)


def check_freedom(size: np.ndarray, total: np.ndarray, first: np.ndarray, nested: bool) -> None:
    """Refuse a level whose spread cannot be told from the columns, from the other level or from the rows' own.

    A direction of X constant within groups has an eigenvalue of 1 in ``Q'PQ``, P the projection on the groups' means.

    Parameters
    ----------
    size, total : np.ndarray
        Rows of each inner group, and sums of the orthonormal columns.
    first : np.ndarray
        Where the outer groups begin.
    nested : bool
        Whether there is an outer level.
    """
    inner = len(size) - _spanned(total, size)
    levels = {"inner": inner, "residual": size.sum() - total.shape[1] - inner}
    if nested:
        outer = len(first) - _spanned(np.add.reduceat(total, first), np.add.reduceat(size, first))
        levels |= {"outer": outer, "inner": inner - outer}
    for level, freedom in levels.items():
        if freedom < 1:
            raise UnfitDesign(
                f"nothing is left to tell the {level} spread by: groups of one, as many groups as groups of groups, "
                "or columns that stand for the groups themselves; leave a level or those columns out"
            )


def _spanned(total: np.ndarray, size: np.ndarray) -> int:
    means = total / np.sqrt(size)[:, None]
    return int((np.linalg.eigvalsh(means.T @ means) > 1 - COLLINEAR).sum())
