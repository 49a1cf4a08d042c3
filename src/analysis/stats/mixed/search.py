"""The lowest point of a smooth function within bounds, to the last digits: a bound is met exactly, a slope is exact."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, minimize

Objective = Callable[[np.ndarray], tuple[float, np.ndarray]]
_STEP = 1e-5  # of the central difference of the slope
_POLISH, _SETTLED = 8, 1e-9  # Newton steps after the search, and the move that ends them


@dataclass(frozen=True)
class Lowest:
    """Where a function is lowest.

    Attributes
    ----------
    point : np.ndarray
        Of ``k`` numbers.
    inside : np.ndarray
        Which of them lie within their bounds, not on them.
    curvature : np.ndarray
        Second derivatives in those.
    left : float
        Steepest way down that the bounds leave: 0 but for rounding where the search arrived.
    """

    point: np.ndarray
    inside: np.ndarray
    curvature: np.ndarray
    left: float


def lowest(at: Objective, start: np.ndarray, low: np.ndarray, high: np.ndarray) -> Lowest:
    """Search by L-BFGS-B, then by Newton's steps on the exact slope, so that the order of the rows does not show.

    Parameters
    ----------
    at : callable
        Point → value and slope.
    start, low, high : (k,) numbers
        First point and bounds; equal bounds fix a number.
    """
    found = minimize(
        at, start, jac=True, method="L-BFGS-B", bounds=Bounds(low, high), options={"ftol": 1e-12, "gtol": 1e-5, "maxls": 40}
    )  # fmt: skip
    point = np.asarray(found.x)
    for _ in range(_POLISH):
        inside = (low < point) & (point < high)
        curvature = _curvature(at, point, inside, low, high)
        if not inside.any() or np.linalg.eigvalsh(curvature)[0] <= 0:
            break
        move = -np.linalg.solve(curvature, at(point)[1][inside])
        target = point[inside] + move
        if ((target <= low[inside]) | (target >= high[inside])).any():
            break
        point[inside] = target
        if np.abs(move).max() < _SETTLED:
            break
    slope = at(point)[1]
    down = np.where((point <= low) & (slope > 0) | (point >= high) & (slope < 0), 0.0, slope)
    left = float(np.abs(np.where(low < high, down, 0.0)).max())
    return Lowest(point, inside, curvature, left)


def _curvature(at: Objective, point: np.ndarray, inside: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Second derivatives by central differences of the exact slope."""
    steps = np.diag(np.minimum(_STEP, np.minimum(point - low, high - point) / 2))[inside]
    rows = [(at(point + step)[1] - at(point - step)[1])[inside] / (2 * step.sum()) for step in steps]
    found = np.reshape(rows, (len(steps), len(steps)))
    return (found + found.T) / 2
