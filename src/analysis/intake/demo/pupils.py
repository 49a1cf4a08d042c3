"""The pupils the demo set follows, and where they learn in each grade.

A cohort is named by the school year of its last preschool year; grade g follows g years later. The same
pupil is tested in the preschool year and in grades 3, 6, 9 and 12, as far as these fall into the tested
years, and is enrolled in every year from the preschool year to grade 9 or 12.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from analysis.intake.demo.between import untested
from analysis.intake.demo.exams import FIRST_TESTED, YEARS
from analysis.intake.demo.places import Floats, Integers

GRADES = (0, 3, 6, 9, 12)
"""Tested grades; 0 stands for the last preschool year (`PS` in the tables)."""
_COHORTS = range(YEARS.start - 12, YEARS.stop)
_OTHER_LANGUAGE = (0.42, 0.12, 0.30, 0.60, 0.06)


@dataclass(frozen=True)
class Clustering:
    """How unequally pupils' backgrounds spread over schools: standard deviations on the logit of a school's share."""

    language: float
    income: float


OF_DEMO = Clustering(language=0.4, income=0.0)


@dataclass(frozen=True)
class Careers:
    """Pupils and their tested years, in codes; codes are row numbers.

    `pupils`: one row a pupil (cohort, boy, birth_year, preschool). `years`: one row a pupil and school year
    (pupil, grade, school_year, school: where enrolled, sat_at: where tested, place: municipality of `sat_at`,
    other, sen, low_income, boy, repeats, moved, absence: percent, habit: logarithm of absence apart from
    income, standardised). `between`: years without a test (as `years`, without sat_at, place, boy, habit). The
    first `tested` pupils are those of `years`.
    """

    pupils: pd.DataFrame
    years: pd.DataFrame
    between: pd.DataFrame
    tested: int


def _draw_school(place: Integers, grade: int, schools: pd.DataFrame, rng: np.random.Generator) -> Integers:
    """Draw one of the municipality's schools that teach the grade; without any, one of the first city."""
    drawn = np.zeros(len(place), dtype=np.int64)
    open_ = schools[(schools["lowest"] <= grade) & (schools["highest"] >= grade)]
    for i in np.unique(place):
        here = open_[open_["place"] == (i if (open_["place"] == i).any() else 0)]
        weight = here["weight"].to_numpy()
        chosen = place == i
        drawn[chosen] = rng.choice(here.index.to_numpy(), int(chosen.sum()), p=weight / weight.sum())
    return drawn


def _pupils(sizes: list[int], rng: np.random.Generator) -> pd.DataFrame:
    """Draw every cohort's pupils: home municipality, sex, grade repeated (−1: none) and year of birth."""
    base = np.asarray(sizes, dtype=float)
    count = np.maximum(3, np.rint(base * np.exp(rng.normal(0, 0.05, (len(_COHORTS), len(sizes)))))).astype(int)
    cohort = np.repeat(np.repeat(np.arange(len(_COHORTS)) + _COHORTS.start, len(sizes)), count.ravel())
    number = len(cohort)
    repeated = rng.choice([-1, 3, 6, 9], number, p=[0.982, 0.006, 0.006, 0.006])
    start = rng.choice([-8, -7, -6], number, p=[0.025, 0.965, 0.01])
    return pd.DataFrame(
        {
            "cohort": cohort,
            "home": np.repeat(np.tile(np.arange(len(sizes)), len(_COHORTS)), count.ravel()),
            "boy": rng.random(number) < 0.51,
            "repeated": repeated,
            # Who repeats a grade belonged to the cohort one year earlier before that.
            "birth_year": cohort + np.where(repeated >= 0, -8, start),
            "preschool": rng.choice(["full", "short", ""], number, p=[0.86, 0.12, 0.02]),
        }
    )


def _language_shares(number: int, rng: np.random.Generator) -> Floats:
    """Return the share of pupils with another home language per municipality, 5 to 60 %."""
    drawn = 0.05 + 0.55 * rng.beta(1.2, 2.5, number)
    known = _OTHER_LANGUAGE[:number]
    drawn[: len(known)] = known
    return drawn


def _attributes(
    home: Integers, school: Integers, number: int, clustering: Clustering, rng: np.random.Generator,
    chance: np.random.Generator,
) -> dict[str, Floats]:  # fmt: skip
    """Draw home language (schools differ), special needs and low income (municipalities differ, schools if asked for)."""
    places = int(home.max()) + 1
    language = logit(_language_shares(places, rng))[home] + rng.normal(0, clustering.language, number)[school]
    income = logit(0.18) + rng.normal(0, 0.25, places)[home]
    if clustering.income:  # the demo set has none, and must not spend a draw on it
        income += chance.normal(0, clustering.income, number)[school]
    size = len(home)
    return {
        "other": (rng.random(size) < expit(language)).astype(float),
        "sen": (rng.random(size) < 0.07).astype(float),
        "poor": (rng.random(size) < expit(income)).astype(float),
    }


def careers(
    schools: pd.DataFrame, sizes: list[int], rng: np.random.Generator, chance: np.random.Generator,
    clustering: Clustering = OF_DEMO,
) -> Careers:  # fmt: skip
    """Follow every pupil from the preschool year to grade 12.

    Parameters
    ----------
    schools : pandas.DataFrame
        `demo_places.schools(...)`, row number = school code.
    sizes : list of int
        Pupils of a cohort per municipality.
    rng : numpy.random.Generator
        Source of all draws of tested years. At each tested grade about 1 % have moved to another municipality
        and 4 % to another school.
    chance : numpy.random.Generator
        Source of the years between.
    clustering : Clustering
        How far schools differ in their pupils' backgrounds.
    """
    pupils = _pupils(sizes, rng)
    place = pupils["home"].to_numpy().copy()
    school = _draw_school(place, 0, schools, rng)
    lasting = _attributes(place, school, len(schools), clustering, rng, chance)
    share = np.asarray(sizes) / sum(sizes)
    highest = schools["highest"].to_numpy()
    parts, at = [], {}
    for grade in GRADES:
        if grade:
            away = rng.random(len(place)) < 0.012
            place[away] = rng.choice(len(sizes), int(away.sum()), p=share)
            change = away | (rng.random(len(place)) < 0.04) | (highest[school] < grade)
            school[change] = _draw_school(place[change], grade, schools, rng)
        parts.append(_stage(grade, pupils, school, place, lasting, schools, rng))
        at[grade] = school.copy()
    years = pd.concat(parts, ignore_index=True).sort_values(["school_year", "grade", "pupil"], kind="stable")
    between = untested(pupils, years, at, lasting, chance)
    met = np.unique(years["pupil"])
    known = np.concatenate([met, np.setdiff1d(between["pupil"], met)])  # a pupil no test meets comes last
    code = np.zeros(len(pupils), dtype=np.int64)
    code[known] = np.arange(len(known))
    years, between = (f.assign(pupil=code[f["pupil"]]).reset_index(drop=True) for f in (years, between))
    return Careers(pupils.iloc[known].reset_index(drop=True), years, between, len(met))


def _stage(
    grade: int,
    pupils: pd.DataFrame,
    school: Integers,
    place: Integers,
    lasting: dict[str, Floats],
    schools: pd.DataFrame,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Return the rows of one grade: the year a pupil first reaches it and, for repeaters, the year after."""
    repeated = pupils["repeated"].to_numpy()
    reached = pupils["cohort"].to_numpy() + grade - (repeated >= grade)
    again = np.flatnonzero((repeated == grade) & (repeated > 0))
    pupil = np.concatenate([np.arange(len(pupils)), again])
    year = np.concatenate([reached, reached[again] + 1])
    repeats = np.arange(len(pupil)) >= len(pupils)
    poor = lasting["poor"][pupil] > 0
    low_income = np.where(poor, rng.random(len(pupil)) >= 0.2, rng.random(len(pupil)) < 0.044)
    stays = 1.0 if grade < 12 else 0.76 - 0.4 * lasting["sen"][pupil] - 0.12 * low_income
    kept = np.flatnonzero((year >= FIRST_TESTED[grade]) & (year < YEARS.stop) & (rng.random(len(pupil)) < stays))
    pupil = pupil[kept]
    moved = rng.random(len(kept)) < 0.025
    # Half of those who changed school in mid-year sat the test where they no longer are.
    left = moved & (rng.random(len(kept)) < 0.5)
    sat_at = school[pupil].copy()
    sat_at[left] = _draw_school(place[pupil][left], grade, schools, rng)
    habit = rng.gamma(2.0, 1.0, len(kept))
    absence = 2.6 * habit * (1 + 0.5 * low_income[kept])
    return pd.DataFrame(
        {
            "pupil": pupil,
            "grade": grade,
            "school_year": year[kept],
            "school": school[pupil],
            "sat_at": sat_at,
            "place": schools["place"].to_numpy()[sat_at],
            "other": lasting["other"][pupil] > 0,
            "sen": lasting["sen"][pupil] > 0,
            "low_income": low_income[kept],
            "boy": pupils["boy"].to_numpy()[pupil],
            "repeats": repeats[kept],
            "moved": moved,
            # Logarithm of a gamma(2) variable, standardised: digamma(2) = 0.4228, trigamma(2) = 0.6449.
            "habit": (np.log(habit) - 0.4228) / 0.6449**0.5,
            "absence": np.minimum(absence, 90.0).round(1),
        }
    )
