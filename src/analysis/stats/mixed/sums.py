"""What a nested model needs of the rows: sums by group, so that a country is summed once and then forgotten."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

Column = np.ndarray | pd.Series
#: A column this close to the span of those before it (sine of the angle) says nothing of its own.
COLLINEAR = 1e-8
#: What is left of ``y`` after the columns, against ``y`` itself, when it is nothing but rounding.
NO_SPREAD = 1e-10


class UnfitDesign(ValueError):
    """These data cannot carry this model; the words say what was found and what to do."""


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
    names : tuple of str
        Columns of ``X``.
    inner, outer : pd.Index
        Labels; ``outer`` is empty where there is one level.
    """

    size: np.ndarray
    total: np.ndarray
    within: np.ndarray
    first: np.ndarray
    triangle: np.ndarray
    ols: np.ndarray
    names: tuple[str, ...]
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

    @property
    def outer_of(self) -> np.ndarray:
        """Position of the outer group of each inner one."""
        return np.repeat(np.arange(len(self.first)), np.diff(self.first, append=len(self.size)))


def sums(
    y: Column, x: np.ndarray | pd.DataFrame, inner: Column,
    outer: Column | None = None,
) -> Sums:  # fmt: skip
    """Sum the rows by group.

    Parameters
    ----------
    y : (n,) numbers
        Outcome.
    x : (n, p) numbers
        Columns with the intercept; the names of a frame are kept.
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
    names = tuple(map(str, x.columns)) if isinstance(x, pd.DataFrame) else ()
    values, design = np.asarray(y, dtype="float64"), np.asarray(x, dtype="float64")
    names = names or tuple(f"column {i + 1}" for i in range(design.shape[-1]))
    _check_rows(values, design, {"y": y, "inner": inner} | ({} if outer is None else {"outer": outer}), names)
    codes, first, inner_labels, outer_labels = _nesting(inner, outer)
    q, triangle = _orthonormal(design, names)
    projected = q.T @ values
    rest = values - q @ projected
    if not rest @ rest > (NO_SPREAD * np.abs(values).max(initial=0)) ** 2 * len(values):
        raise UnfitDesign(
            "y is constant, or the columns explain it entirely: there is no spread to divide among groups"
        )
    z = np.vstack([q.T, rest])
    size = np.bincount(codes).astype("float64")
    total = np.column_stack([np.bincount(codes, row) for row in z])
    centred = z - (total / size[:, None]).T[:, codes]
    ols = np.linalg.solve(triangle, projected)
    found = Sums(size, total, centred @ centred.T, first, triangle, ols, names, inner_labels, outer_labels)
    _check_freedom(found)
    return found


def _check_rows(y: np.ndarray, x: np.ndarray, columns: dict[str, Column], names: tuple[str, ...]) -> None:
    if x.ndim != 2 or any(np.shape(column) != (len(x),) for column in columns.values()):
        shapes = {"x": x.shape} | {name: np.shape(column) for name, column in columns.items()}
        raise UnfitDesign(f"x must be n × p, y and the labels n long; found {shapes}")
    n, p = x.shape
    if n <= p:
        raise UnfitDesign(f"{n} rows for {p} columns: take fewer columns, or more rows")
    bad = [name for name, column in zip(("y", *names), (y, *x.T), strict=True) if not np.isfinite(column).all()]
    if bad:
        raise UnfitDesign(
            f"missing or infinite values in {', '.join(bad)}: leave those rows out, or fill them and say so"
        )


def _nesting(inner: Column, outer: Column | None) -> tuple[np.ndarray, np.ndarray, pd.Index, pd.Index]:
    """Number the inner groups in the order outer, inner label; returns number of each row, where outers begin, labels."""
    codes, labels = _numbered(inner, "inner")
    if outer is None:
        return codes, np.array([0]), labels, labels[:0]
    outer_codes, outer_labels = _numbered(outer, "outer")
    outer_of = np.zeros(len(labels), dtype="int64")
    outer_of[codes] = outer_codes
    crossed = np.unique(codes[outer_of[codes] != outer_codes])
    if len(crossed):
        raise UnfitDesign(
            f"{len(crossed)} inner groups lie in more than one outer group: "
            "the design is crossed, not nested; join both labels into one, or use fit_crossed"
        )
    order = np.argsort(outer_of, kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    first = np.searchsorted(outer_of[order], np.arange(len(outer_labels)))
    return place[codes], first, labels[order], outer_labels


def _numbered(labels: Column, level: str) -> tuple[np.ndarray, pd.Index]:
    codes, unique = pd.factorize(pd.Series(labels), sort=True)
    if (codes < 0).any():
        raise UnfitDesign(f"{(codes < 0).sum()} rows have no {level} group: leave them out, or give them one")
    if len(unique) < 2:
        raise UnfitDesign(
            f"{len(unique)} {level} group: a spread between groups needs two at least; leave the level out"
        )
    return codes, pd.Index(unique)


def _orthonormal(x: np.ndarray, names: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Return Q and R of the columns; a column in the span of those before it is refused by name."""
    length = np.sqrt(np.einsum("ij,ij->j", x, x))
    q, triangle = np.linalg.qr(x)
    spanned = [
        name
        for name, own, all_ in zip(names, np.abs(np.diag(triangle)), length, strict=True)
        if own <= COLLINEAR * all_
    ]
    if spanned:
        raise UnfitDesign(f"{', '.join(spanned)}: constant zero, or a sum of other columns; leave it out")
    return q, triangle


def _check_freedom(found: Sums) -> None:
    """Refuse a level whose spread cannot be told from the columns, from the other level or from the rows' own.

    A direction of X constant within groups has an eigenvalue of 1 in ``Q'P Q``, P the projection on the groups' means.
    """
    inner = len(found.size) - _spanned(found.total, found.size)
    levels = {"inner": inner, "residual": found.n - found.p - inner}
    if len(found.outer):
        outer_total = np.add.reduceat(found.total, found.first)
        outer = len(found.outer) - _spanned(outer_total, np.add.reduceat(found.size, found.first))
        levels |= {"outer": outer, "inner": inner - outer}
    for level, freedom in levels.items():
        if freedom < 1:
            raise UnfitDesign(
                f"nothing is left to tell the {level} spread by: groups of one, as many groups as groups of groups, "
                "or columns that stand for the groups themselves; leave a level or those columns out"
            )


def _spanned(total: np.ndarray, size: np.ndarray) -> int:
    means = total[:, :-1] / np.sqrt(size)[:, None]
    return int((np.linalg.eigvalsh(means.T @ means) > 1 - COLLINEAR).sum())
