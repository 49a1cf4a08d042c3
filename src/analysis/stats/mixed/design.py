"""What every mixed model asks of its rows before it starts: finite numbers, columns of their own, groups in groups."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

Column = np.ndarray | pd.Series
Columns = np.ndarray | pd.DataFrame
#: A column this close to the span of those before it (sine of the angle) says nothing of its own.
COLLINEAR = 1e-8
#: What is left of ``y`` after the columns, against ``y`` itself, when it is nothing but rounding.
NO_SPREAD = 1e-13


class UnfitDesign(ValueError):
    """These data cannot carry this model; the words say what was found and what to do."""


@dataclass(frozen=True)
class LeastSquares:
    """Columns made orthonormal, ``X = QR``, and ``y`` made a residual: exact whatever the units or the origin of the data.

    Attributes
    ----------
    q, triangle : np.ndarray
        Q (n, p) and R (p, p).
    coefficients : np.ndarray
        Least squares of ``y`` on ``X``.
    rest : np.ndarray
        What is left of ``y``.
    """

    q: np.ndarray
    triangle: np.ndarray
    coefficients: np.ndarray
    rest: np.ndarray


def least_squares(y: Column, x: Columns, labels: dict[str, Column]) -> LeastSquares:
    """Check the rows and solve ``y`` on ``x`` without groups.

    Parameters
    ----------
    y : (n,) numbers
        Outcome.
    x : (n, p) numbers
        Columns with the intercept; a frame's names are used in refusals.
    labels : dict
        Name of a level → (n,) labels.

    Raises
    ------
    UnfitDesign
        For other lengths, values that are not finite numbers, no more rows than columns, columns that are sums of others, and
        an outcome without spread of its own.
    """
    values, design, names = numbers(y, "y"), numbers(x, "x"), names_of(x)
    check_rows(values, design, labels, ["y", *names])
    if len(design) <= len(names):
        raise UnfitDesign(f"{len(design)} rows for {len(names)} columns: take fewer columns, or more rows")
    q, triangle = orthonormal(design, names)
    projected = q.T @ values
    rest = values - q @ projected
    if not np.abs(rest).max() > NO_SPREAD * np.abs(values).max() * np.sqrt(len(values)):
        raise UnfitDesign(
            "y is constant, or the columns explain it entirely: there is no spread to divide among groups"
        )
    return LeastSquares(q, triangle, np.linalg.solve(triangle, projected), rest)


def check_rows(y: np.ndarray, x: np.ndarray, labels: dict[str, Column], names: list[str]) -> None:
    """Refuse other lengths and values that are not finite; ``names`` are those of ``y`` and of the columns."""
    if x.ndim != 2 or any(np.shape(column) != (len(x),) for column in (y, *labels.values())):
        shapes = {"x": x.shape, names[0]: y.shape} | {name: np.shape(column) for name, column in labels.items()}
        raise UnfitDesign(f"x must be rows × columns, all others as long as its rows; found {shapes}")
    bad = [name for name, column in zip(names, (y, *x.T), strict=True) if not np.isfinite(column).all()]
    if bad:
        raise UnfitDesign(
            f"missing or infinite values in {', '.join(bad)}: leave those rows out, or fill them and say so"
        )


def numbers(values: Column | Columns, name: str) -> np.ndarray:
    """Turn values into floating numbers, missing ones into NaN."""
    try:
        return np.asarray(values.astype("float64"), dtype="float64")
    except (TypeError, ValueError):
        raise UnfitDesign(
            f"{name} holds values that are no numbers: turn them into numbers, or leave them out"
        ) from None


def names_of(x: Columns) -> list[str]:
    """Names of the columns, or their numbers."""
    if isinstance(x, pd.DataFrame):
        return [str(name) for name in x.columns]
    return [f"column {i + 1}" for i in range(np.shape(x)[-1] if np.ndim(x) else 0)]


def orthonormal(x: np.ndarray, names: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return Q and R of the columns; a column in the span of those before it is refused by name."""
    if len(x) < len(names):
        raise UnfitDesign(f"{len(x)} rows for {len(names)} columns: take fewer columns, or more rows")
    length = np.sqrt((x**2).sum(axis=0))
    q, triangle = np.linalg.qr(x)
    spanned = np.flatnonzero(np.abs(np.diag(triangle)) <= COLLINEAR * length)
    if len(spanned):
        repeated = ", ".join(names[i] for i in spanned)
        raise UnfitDesign(f"{repeated}: zero everywhere, or a sum of other columns; leave it out")
    return q, triangle


def nesting(inner: Column, outer: Column | None) -> tuple[np.ndarray, np.ndarray, pd.Index, pd.Index]:
    """Number the inner groups in the order outer, inner label.

    Returns
    -------
    tuple
        Number of each row's inner group; where each outer group begins among the inner ones (0 alone without an outer
        level); labels of both.
    """
    codes, labels = numbered(inner, "inner")
    if outer is None:
        return codes, np.array([0]), labels, labels[:0]
    outer_codes, outer_labels = numbered(outer, "outer")
    outer_of = np.zeros(len(labels), dtype="int64")
    outer_of[codes] = outer_codes
    crossed = len(np.unique(codes[outer_of[codes] != outer_codes]))
    if crossed:
        raise UnfitDesign(
            f"{crossed} inner groups lie in more than one outer group: the design is crossed, not nested; "
            "join both labels into one, or use fit_crossed"
        )
    order = np.argsort(outer_of, kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    first = np.searchsorted(outer_of[order], np.arange(len(outer_labels)))
    return place[codes], first, labels[order], outer_labels


def parents(first: np.ndarray, groups: int) -> np.ndarray:
    """Position of the outer group of each of the inner groups."""
    return np.repeat(np.arange(len(first)), np.diff(first, append=groups))


def numbered(labels: Column, level: str) -> tuple[np.ndarray, pd.Index]:
    """Number the groups of a level in the order of their labels; none missing, two at least."""
    codes, unique = pd.factorize(pd.Series(labels), sort=True)
    if (codes < 0).any():
        raise UnfitDesign(f"{(codes < 0).sum()} rows have no {level}: leave them out, or give them one")
    if len(unique) < 2:
        raise UnfitDesign(f"{level} holds {len(unique)} group: a spread needs two at least; leave that level out")
    return codes, pd.Index(unique)
