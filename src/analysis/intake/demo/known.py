"""Results of a drawn country with the truth behind each of them: for tests of methods, never read by the product."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from analysis.intake.demo import tables as demo_tables
from analysis.intake.demo.places import Floats, Integers, Size
from analysis.intake.demo.pupils import OF_DEMO, Clustering
from analysis.intake.demo.scores import STATUSES, Setting, expected, true_positions
from analysis.intake.demo.world import World, draw
from analysis.intake.derived import BUILT_IN, USUAL_AGE_OF_GRADE_0

AS_IN_LIFE = Clustering(language=1.5, income=0.7)
"""Schools whose shares of another home language and of low income lie far apart, as where they taught in two languages."""
_OF_YEAR = ["home_language", "sen", "low_income", "repeats", "moved"]


@dataclass(frozen=True)
class Known:
    """One drawn country, in memory.

    Attributes
    ----------
    results : pd.DataFrame
        Results of the main session, absent pupils included, with the columns of a store's slice before the scale
        (``percent``), the built-in attributes, and the truth of each present pupil: ``expected``, the position in
        national SDs of the score that the pupil's places and groups let expect, and ``lasting``, the same without what
        the school has in that year alone. The truth of any group is the mean over its pupils. ``exam`` and ``row`` point
        into the world.
    schools : pd.DataFrame
        Contract ``schools``.
    world : World
        What it was made of.
    """

    results: pd.DataFrame
    schools: pd.DataFrame
    world: World


def known_country(
    setting: Setting = "effects",
    *,
    seed: int,
    size: Size = "medium",
    municipalities: int | None = 12,
    wobble: float = 0.0,
    clustering: Clustering = OF_DEMO,
    grades: tuple[str, ...] = ("3", "6", "9"),
    first_year: int = 0,
) -> Known:
    """Draw a country and keep the truth; nothing is written.

    Parameters
    ----------
    setting : {"none", "schools", "effects"}
        What differs in results.
    seed : int
        Same seed, same country; the pupils are the same in every setting.
    size, municipalities
        As ``write_demo`` takes them.
    wobble : float
        SD, in latent units, of what a school has in one school year alone.
    clustering : Clustering
        How far schools differ in their pupils' backgrounds; as in the demo set, or e.g. :data:`AS_IN_LIFE`.
    grades : tuple of str
        Grades whose results are wanted.
    first_year : int
        Results of earlier school years are left out.
    """
    rng = np.random.default_rng(seed)
    chance = rng.spawn(1)[0]
    world = draw(size, municipalities, rng, chance, setting, wobble, clustering)
    wanted = [
        n for n, e in enumerate(world.exams)
        if demo_tables.grade_text(e.grade) in grades and e.school_year >= first_year
    ]  # fmt: skip
    rows = world.sat.results
    rows = rows[(rows["session"] == 0) & rows["exam"].isin(wanted)].reset_index(drop=True)
    exam, row = rows["exam"].to_numpy(), rows["row"].to_numpy()
    results = _placed(world, exam, row)
    points = np.array([e.points for e in world.exams])[exam]
    results = results.assign(
        exam=exam,
        row=row,
        status=np.array(STATUSES, dtype=object)[rows["status"]],
        session="",
        score=rows["score"],
        score_max=points,
        percent=(100 * rows["score"] / points).round(9),
        **_attributes(world, row, rng),
        **_truth(world, rows),
    )
    text = [c for c in results if results[c].dtype == object or c in BUILT_IN]
    return Known(results.astype(dict.fromkeys(text, "str")), demo_tables.schools(world.network), world)


def _placed(world: World, exam: Integers, row: Integers) -> pd.DataFrame:
    """Return test, pupil, school and municipality of each result."""
    years, network = world.people.years, world.network
    at = years["sat_at"].to_numpy()[row]
    keys = demo_tables.exam_keys(world.exams, exam).astype(dict.fromkeys(demo_tables.KEYS[1:], "str"))
    return keys.assign(
        pupil=np.char.add("P", years["pupil"].to_numpy()[row].astype(str)),
        known=True,
        enrolled=True,
        school_id=network["school_id"].to_numpy()[at],
        municipality_id=network["municipality_id"].to_numpy()[at],
        settlement=network["settlement"].to_numpy()[at],
    )


def _attributes(world: World, row: Integers, rng: np.random.Generator) -> dict[str, Any]:
    """Return the attributes of pupils and years, with the gaps that enrolments have."""
    people = world.people
    kept, place = np.unique(row, return_inverse=True)
    years = people.years.iloc[kept]
    given = demo_tables.enrolled(years, people, world.network, rng)
    of_year = {name: _filled(given[name]).to_numpy()[place] for name in _OF_YEAR}
    pupil = people.pupils.iloc[years["pupil"].to_numpy()[place]]
    usual = (years["school_year"] - years["grade"] - USUAL_AGE_OF_GRADE_0).to_numpy()[place]
    return of_year | {
        "absence_percent": given["absence_percent"].to_numpy()[place],
        "sex": np.where(pupil["boy"], "boy", "girl"),
        "preschool": _filled(pupil["preschool"]).to_numpy(),
        "overage": np.where(pupil["birth_year"].to_numpy() < usual, "yes", "no"),
    }


def _truth(world: World, rows: pd.DataFrame) -> dict[str, Floats]:
    """Return what each present pupil's position is expected to be, test by test."""
    years = world.people.years
    planted = {"expected": world.planted, "lasting": replace(world.planted, wobble=None)}
    found = {name: np.full(len(rows), np.nan) for name in planted}
    present = rows[rows["status"] == 0]
    for name, effects in planted.items():
        fixed = expected(years, effects)
        for number, own in present.groupby("exam"):
            exam = world.exams[int(str(number))]
            found[name][own.index] = true_positions(exam, fixed[own["row"], exam.family])[2]
    return found


def _filled(words: pd.Series) -> "pd.Series[str]":
    text = words.astype("str")
    return text.where(text != "")
