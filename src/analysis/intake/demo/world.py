"""The drawn country before it becomes tables: places, schools, pupils, tests and what was planted, in codes."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from analysis.intake.demo import places as demo_places
from analysis.intake.demo.exams import YEARS, Exam, calendar
from analysis.intake.demo.places import Floats, Integers, Size
from analysis.intake.demo.pupils import OF_DEMO, Careers, Clustering, careers
from analysis.intake.demo.scores import Effects, Sat, Setting, effects, sit, wobbling

RECENT = range(YEARS.stop - 5, YEARS.stop)
"""School years of the tables beside results, enrolments and items."""


@dataclass(frozen=True)
class World:
    """One demo country; codes of municipalities and schools are row numbers of `towns` and `network`."""

    sizes: list[int]
    towns: pd.DataFrame
    network: pd.DataFrame
    exams: list[Exam]
    people: Careers
    planted: Effects
    sat: Sat

    @property
    def teachers(self) -> Integers:
        """Teachers per school: three quarters of the staff, four at least."""
        return np.maximum(4, np.rint(0.75 * self.network["staff_total"].to_numpy())).astype(np.int64)

    @cached_property
    def recent(self) -> pd.DataFrame:
        """Every pupil of the recent school years: pupil, grade, school_year, school, place, attributes, absence."""
        columns = ["pupil", "grade", "school_year", "school", "other", "sen", "low_income", "repeats", "absence"]
        parts = [
            frame.loc[frame["school_year"] >= RECENT.start, columns]
            for frame in (self.people.years, self.people.between)
        ]
        rows = pd.concat(parts, ignore_index=True).sort_values(["school_year", "grade", "pupil"], ignore_index=True)
        return rows.assign(place=self.network["place"].to_numpy()[rows["school"]])

    @cached_property
    def ability(self) -> Floats:
        """Each pupil's mean latent result over all tests and families, standardised; 0 for who was never tested."""
        pupil = self.people.years["pupil"].to_numpy()
        number = len(self.people.pupils)
        sums = np.bincount(pupil, self.sat.latent.mean(axis=1), number)
        mean = sums / np.maximum(np.bincount(pupil, minlength=number), 1)
        tested = slice(0, self.people.tested)
        mean[tested] = (mean[tested] - mean[tested].mean()) / mean[tested].std()
        return np.asarray(mean)


def draw(
    size: Size,
    municipalities: int | None,
    rng: np.random.Generator,
    chance: np.random.Generator,
    setting: Setting = "effects",
    wobble: float = 0.0,
    clustering: Clustering = OF_DEMO,
) -> World:
    """Draw a country.

    Parameters
    ----------
    size, municipalities
        As `write_demo` takes them.
    rng : numpy.random.Generator
        Source of places, schools, tests, pupils, effects and results.
    chance : numpy.random.Generator
        Source of the school years without a test.
    setting : {"none", "schools", "effects"}
        What differs in results; places, pupils and their chances are the same in each.
    wobble : float
        Standard deviation, in latent units, of what a school has in one school year alone; the demo set has none.
    clustering : Clustering
        How far schools differ in their pupils' backgrounds.
    """
    sizes = demo_places.cohort_sizes(size, municipalities)
    towns = demo_places.municipalities(len(sizes))
    network = demo_places.schools(towns, sizes, rng, size)
    exams = calendar(rng)
    people = careers(network, sizes, rng, chance, clustering)
    planted = effects(len(sizes), len(network), rng, setting)
    if wobble:
        planted = wobbling(planted, wobble, chance)
    sat = sit(exams, people.years, planted, people.tested, rng)
    return World(sizes, towns, network, exams, people, planted, sat)
