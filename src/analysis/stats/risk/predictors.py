"""What the signs are: earlier results, absence, special needs, and what is missing.

Sex, language, income, settlement and age are never among them: they add next to nothing to a score that knows earlier
results, and a score must not rest on them. They serve the audit alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.stats.earlier import earlier_column, family, grade_number
from analysis.stats.risk.cohorts import ABSENCE
from analysis.stats.risk.pairs import Pair

BEND = -1.0
_FEWEST_KNOWN = 0.1
_NO_SPREAD = 1e-9


@dataclass(frozen=True)
class Signs:
    """Which predictors a model has; chosen on the cohorts that it learns from, then left alone.

    Attributes
    ----------
    lead : str
        Column of the own domain's test at the stage; it bends at −1.
    tests : tuple of str
        Columns of all earlier results, ``lead`` first.
    names : tuple of str
        Columns of the design.
    """

    lead: str
    tests: tuple[str, ...]
    names: tuple[str, ...]


def choose(pupils: pd.DataFrame, pair: Pair, tests: Sequence[tuple[str, str]]) -> Signs | None:
    """Choose the predictors: those that vary, among tests that at least a tenth of the pupils sat.

    Parameters
    ----------
    pupils : pd.DataFrame
        Pupils to learn from, of :func:`analysis.stats.risk.cohorts.followed`.
    pair : Pair
        Stage and outcome.
    tests : sequence of (grade, domain)
        Earlier tests, the nearest first.

    Returns
    -------
    Signs or None
        None where the own domain has no test at the stage that enough of them sat.
    """
    known = [t for t in tests if pupils[earlier_column(*t)].notna().mean() >= _FEWEST_KNOWN]
    lead = [t for t in known if t[0] == pair.stage and family(t[1]) == family(pair.domain)]
    if not lead:
        return None
    others = [t for t in known if t != lead[0]]
    others.sort(key=lambda t: (-grade_number(t[0]), t[1]))
    columns = tuple(earlier_column(*t) for t in [lead[0], *others])
    whole = _all(pupils, columns)
    kept = tuple(name for name, values in whole.items() if np.ptp(values) > _NO_SPREAD)
    return Signs(columns[0], columns, kept)


def design(pupils: pd.DataFrame, signs: Signs) -> np.ndarray:
    """Return the predictors of each pupil, shape (n, p), columns as in ``signs.names``.

    A missing result is 0, the mean, and its flag is 1.
    """
    whole = _all(pupils, signs.tests)
    return np.column_stack([whole[name] for name in signs.names]) if signs.names else np.empty((len(pupils), 0))


def one_test(pupils: pd.DataFrame, signs: Signs) -> np.ndarray:
    """Return the score of the one-test rule: the lower the own domain's result at the stage, the higher."""
    return -pupils[signs.lead].fillna(0.0).to_numpy(dtype="float64")


def _all(pupils: pd.DataFrame, tests: Sequence[str]) -> dict[str, np.ndarray]:
    found: dict[str, np.ndarray] = {}
    for i, test in enumerate(tests):
        z = pupils[test].to_numpy(dtype="float64")
        found[test] = np.nan_to_num(z)
        if i == 0:
            found["bend"] = np.minimum(found[test] - BEND, 0.0)
        found[f"{test}_missing"] = np.isnan(z).astype("float64")
    if "sen" in pupils:
        found["sen"] = (pupils["sen"] == "yes").to_numpy(dtype="float64")
        found["sen_missing"] = pupils["sen"].isna().to_numpy(dtype="float64")
    if ABSENCE in pupils:
        absence = pd.to_numeric(pupils[ABSENCE]).to_numpy(dtype="float64")
        found["absence"] = np.nan_to_num(np.log1p(absence))
        found["absence_missing"] = np.isnan(absence).astype("float64")
    return found
