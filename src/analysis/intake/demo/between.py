"""The school years of the demo's pupils that no test meets: where they learn, and that year's attributes."""

import numpy as np
import pandas as pd

from analysis.intake.demo.exams import FIRST_TESTED, YEARS
from analysis.intake.demo.places import Floats, Integers

_STAGES = (0, 3, 6, 9, 12)
_LEAVING = 9
"""Who is not met in grade 12 left school after this grade."""


def untested(
    pupils: pd.DataFrame,
    years: pd.DataFrame,
    at: dict[int, Integers],
    lasting: dict[str, Floats],
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Return one row a pupil and school year without a test.

    Parameters
    ----------
    pupils : pandas.DataFrame
        Every pupil of every cohort; row number = code.
    years : pandas.DataFrame
        Tested years.
    at : dict of int to ndarray
        School of every pupil at each tested grade; the grades before it are spent there.
    lasting : dict of str to ndarray
        Home language, special needs and low income of every pupil.
    rng : numpy.random.Generator
        Source of all draws.
    """
    stays = _staying(pupils, years, lasting, rng)
    repeated = pupils["repeated"].to_numpy()
    parts = []
    for grade in range(13):
        reached = pupils["cohort"].to_numpy() + grade - (repeated >= grade)
        again = np.flatnonzero((repeated == grade) & (grade == _LEAVING))
        pupil = np.concatenate([np.arange(len(pupils)), again])
        year = np.concatenate([reached, reached[again] + 1])
        until = FIRST_TESTED.get(grade, YEARS.stop)
        kept = np.flatnonzero((year >= YEARS.start) & (year < until) & ((grade <= _LEAVING) | stays[pupil]))
        stage = next(s for s in _STAGES if s >= grade)
        parts.append(_rows(pupil[kept], grade, year[kept], at[stage], kept >= len(pupils), lasting, rng))
    return pd.concat(parts, ignore_index=True).sort_values(["school_year", "grade", "pupil"], kind="stable")


def _staying(
    pupils: pd.DataFrame, years: pd.DataFrame, lasting: dict[str, Floats], rng: np.random.Generator
) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Tell who goes on after grade 9: who is met in grade 12, and of later cohorts as many."""
    share = 0.76 - 0.4 * lasting["sen"] - 0.12 * (0.8 * lasting["poor"] + 0.044 * (1 - lasting["poor"]))
    later = pupils["cohort"].to_numpy() + 12 >= YEARS.stop
    stays = later & (rng.random(len(pupils)) < share)
    stays[years.loc[years["grade"] == 12, "pupil"]] = True
    return stays


def _rows(
    pupil: Integers,
    grade: int,
    year: Integers,
    school: Integers,
    repeats: "np.ndarray[tuple[int], np.dtype[np.bool_]]",
    lasting: dict[str, Floats],
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Return the rows of one grade; attributes follow the same rules as in tested years."""
    size = len(pupil)
    low_income = np.where(lasting["poor"][pupil] > 0, rng.random(size) >= 0.2, rng.random(size) < 0.044)
    absence = 2.6 * rng.gamma(2.0, 1.0, size) * (1 + 0.5 * low_income)
    return pd.DataFrame(
        {
            "pupil": pupil,
            "grade": grade,
            "school_year": year,
            "school": school[pupil],
            "other": lasting["other"][pupil] > 0,
            "sen": lasting["sen"][pupil] > 0,
            "low_income": low_income,
            "repeats": repeats,
            "moved": rng.random(size) < 0.025,
            "absence": np.minimum(absence, 90.0).round(1),
        }
    )
