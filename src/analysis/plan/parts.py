"""A difference of two means taken apart into the pupils counted and what such pupils reached."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.indicators import LEAST_FREEDOM

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Mix:
    """How far a mean moved because other pupils were counted; standard error, and residual degrees of freedom."""

    estimate: float
    error: float
    freedom: int


def mean(cells: pd.DataFrame) -> float:
    """Return the mean of the pupils of some cells."""
    return float(cells["total"].sum() / cells["n"].sum())


def variance_of_mean(cells: pd.DataFrame) -> float:
    """Return the squared standard error of their mean."""
    n = int(cells["n"].sum())
    return float((cells["squares"].sum() - n * mean(cells) ** 2) / (n - 1) / n) if n > 1 else float("nan")


def mix(before: pd.DataFrame, after: pd.DataFrame, columns: Sequence[str]) -> Mix | None:
    """Return what the change of composition alone makes of the difference of two means.

    The pooled decomposition of Oaxaca and Blinder with a year effect (Neumark 1988; Fortin 2008): with ``b`` the slopes
    of the attributes within years, fitted to both years together, the part is ``(x̄₁ − x̄₀)·b``. For a saturated set of
    attributes it is Kitagawa's (1955) component of composition with rates weighted over both years, and like hers does not
    hang on which year comes first. What only one of the years has within-year evidence for is left to the rest.

    Parameters
    ----------
    before, after : pd.DataFrame
        Cells of the two years: ``columns``, ``n``, ``total``, ``squares``.
    columns : sequence of str
        Categories whose shares make up the composition; one that is unknown for all of a year is left out.

    Returns
    -------
    Mix or None
        None where fewer than ten degrees of freedom are left.
    """
    given = [c for c in columns if c in before and c in after]
    known = [c for c in given if (before[c] != "").any() and (after[c] != "").any()]
    both = pd.concat([before, after], ignore_index=True)
    year = np.repeat([0, 1], [len(before), len(after)])
    n = both["n"].to_numpy("float64")
    x = pd.get_dummies(both[known].astype("object"), dtype="float64").to_numpy() if known else np.zeros((len(both), 0))
    y = both["total"].to_numpy("float64") / n
    centre = np.array([_weighted(x, n, year == t) for t in (0, 1)])
    level = np.array([float(_weighted(y[:, None], n, year == t)[0]) for t in (0, 1)])
    within, outcome = x - centre[year], y - level[year]
    inverse = np.linalg.pinv((within * n[:, None]).T @ within, rcond=1e-10, hermitian=True)
    slopes = inverse @ ((within * n[:, None]).T @ outcome)
    freedom = int(n.sum()) - 2 - int(np.linalg.matrix_rank(within, tol=1e-8))
    if freedom < LEAST_FREEDOM:
        return None
    fitted = level[year] + within @ slopes
    squares = float((both["squares"] - 2 * fitted * both["total"] + n * fitted**2).sum())
    moved = centre[1] - centre[0]
    return Mix(float(moved @ slopes), float(np.sqrt(max(squares, 0.0) / freedom * (moved @ inverse @ moved))), freedom)


def _weighted(values: Floats, n: Floats, chosen: npt.NDArray[np.bool_]) -> Floats:
    total: Floats = (values[chosen] * n[chosen][:, None]).sum(axis=0) / n[chosen].sum()
    return total


def added_up(parts: dict[str, float], total: int, scale: int) -> dict[str, int]:
    """Round parts to whole ``1/scale`` so that they add up to the total exactly; what rounding leaves is the rest's."""
    whole = {name: int(np.rint(value * scale)) for name, value in parts.items() if name != "rest"}
    return whole | {"rest": total - sum(whole.values())}
