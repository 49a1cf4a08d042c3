"""How much of what is seen in lessons is the teacher, the observer, the lesson, and the rest?"""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

_SINGULAR = 1e-9
_MOST_LESSONS = 400
_MOST_OBSERVERS = 12


@dataclass(frozen=True)
class Components:
    """Variance components of observed values, each at least 0.

    Attributes
    ----------
    teacher, observer, lesson, rest : float
        Variances. ``observer`` is missing where the observers cannot be told from everything else (one for all, or none
        named); ``lesson`` is missing where every lesson was seen once: it is then part of ``rest``.
    teachers, observers : int
        How many there are.
    """

    teacher: float
    observer: float
    lesson: float
    rest: float
    teachers: int
    observers: int


def components(rows: pd.DataFrame) -> Components | None:
    """Estimate variance components by moments (Henderson's method I: Searle, Casella & McCulloch 1992, ch. 5).

    Values are ``mean + teacher + observer + lesson (within teacher) + rest``, in any unbalanced crossing. Uncorrected sums
    of squares by teacher, observer, lesson, of all and of each value are set equal to their expectations; of a balanced
    design these are the mean squares of the analysis of variance.

    Parameters
    ----------
    rows : pd.DataFrame
        ``teacher, observer, lesson, value``, one row a value; a lesson's label need be unique within a teacher only, and
        values without an observer count as seen by one and the same.

    Returns
    -------
    Components or None
        None where teachers cannot be told from the rest: each was seen once.
    """
    y = rows["value"].to_numpy(dtype="float64")
    observer = pd.factorize(rows["observer"], use_na_sentinel=False)[0]
    teacher = pd.factorize(rows["teacher"])[0]
    lesson = pd.factorize(pd.MultiIndex.from_arrays([teacher, rows["lesson"]]))[0]
    groups = {"teacher": teacher, "observer": observer, "lesson": lesson}
    told = {name: code for name, code in groups.items() if len(y) and 1 < code.max() + 1 < len(y)}
    for left_out in ((), ("lesson",), ("observer",), ("lesson", "observer")):
        used = {name: code for name, code in told.items() if name not in left_out}
        found = _solved(y, used) if "teacher" in used else None
        if found is not None:
            seen = {name: max(found[name], 0.0) if name in found else math.nan for name in (*groups, "rest")}
            return Components(**seen, teachers=int(teacher.max()) + 1, observers=int(observer.max()) + 1)
    return None


def _solved(y: np.ndarray, groups: dict[str, np.ndarray]) -> dict[str, float] | None:
    """Solve the moment equations; None where they do not tell the components apart."""
    everything, each = np.zeros(len(y), dtype="int64"), np.arange(len(y))
    levels = [everything, *groups.values(), each]
    sums = [float((np.bincount(a, y - y.mean()) ** 2 / np.bincount(a)).sum()) for a in levels]
    equations = [[len(y), *(_weight(a, f) for f in groups.values()), a.max() + 1] for a in levels]
    matrix = np.array(equations, dtype="float64") / len(y)
    if np.linalg.svd(matrix, compute_uv=False)[-1] < _SINGULAR:
        return None
    values = np.linalg.solve(matrix, np.array(sums) / len(y))
    return dict(zip([*groups, "rest"], values[1:].tolist(), strict=True))


def _weight(a: np.ndarray, f: np.ndarray) -> float:
    """Return Σ n(a, f)² / n(a) over all levels: how often the variance of ``f`` stands in the sum of squares by ``a``."""
    both, size = np.unique(a.astype("int64") * (f.max() + 1) + f, return_counts=True)
    return float((size**2 / np.bincount(a)[both // (f.max() + 1)]).sum())


def reliability(
    found: Components, lessons: float, observers: float, teachers: float = 0, share_seen: float = 0
) -> float:  # fmt: skip
    """Return the reliability of a mean of so many lessons and observers.

    ``R = v_t / (v_t + v_o/O + v_l/L + v_e/max(L, O))``; of a staff's mean the error also has ``v_t (1 − f)/n``, since only a
    share ``f`` of its teachers was seen. Teachers' own variance is the yardstick in both (decision 0031).

    Parameters
    ----------
    found : Components
        Of :func:`components`.
    lessons, observers : float
        In all.
    teachers : float
        Teachers behind a staff's mean; 0: of one teacher's own mean.
    share_seen : float
        Share of the staff that they are.

    Returns
    -------
    float
        Between 0 and 1; missing where the observers' variance cannot be said.
    """
    lesson = 0.0 if math.isnan(found.lesson) else found.lesson
    error = found.observer / observers + lesson / lessons + found.rest / max(lessons, observers)
    error += found.teacher * (1 - share_seen) / teachers if teachers else 0.0
    total = found.teacher + error
    return found.teacher / total if total > 0 else math.nan


def suffices(
    found: Components, bar: float, teachers: float = 0, share_seen: float = 0, observers: int = 1
) -> tuple[int, int] | None:  # fmt: skip
    """Return the fewest observers (not fewer than there are) and then the fewest lessons that reach a bar of reliability.

    Returns
    -------
    (int, int) or None
        Observers and lessons; None where no number up to twelve observers and 400 lessons does, or nothing is known.
    """
    for o in range(max(observers, 1), _MOST_OBSERVERS + 1):
        enough = (n for n in range(o, _MOST_LESSONS + 1) if reliability(found, n, o, teachers, share_seen) >= bar)
        if (lessons := next(enough, None)) is not None:
            return o, lessons
    return None
