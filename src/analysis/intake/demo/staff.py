"""The demo's staff: the survey on the school as a learning organisation, evidence of competence, goals, methodologists."""

import numpy as np
import pandas as pd

from analysis.intake.demo import plants as planted
from analysis.intake.demo.places import Floats, Integers
from analysis.intake.demo.plants import Plants
from analysis.intake.demo.tables import coded
from analysis.intake.demo.world import RECENT, World

DIMENSIONS = (
    "shared_vision",
    "continuous_learning",
    "team_learning",
    "knowledge_exchange",
    "inquiry_innovation",
    "external_learning",
    "leadership",
)
COMPETENCES = {
    "planning": 3,
    "explanation": 3,
    "formative_feedback": 3,
    "differentiation": 3,
    "classroom_climate": 3,
    "inclusion": 2,
    "digital": 2,
    "data_use": 2,
}
"""Competence: level required, 0 to 4."""
FIELDS = ("mathematics", "latvian", "science", "english", "preschool", "inclusion")
ITEMS_A_DIMENSION = 4
_OBSERVED, _TESTED, _SURVEYED = (1, 2, 3, 4), (6, 7), (1, 4)
_SOURCES = ("self", "observation", "test", "survey")
_TEXTS = tuple(COMPETENCES)


def staff_survey_items() -> pd.DataFrame:
    """Return the `staff_survey_items` table: four items a dimension."""
    number = range(ITEMS_A_DIMENSION * len(DIMENSIONS))
    rows = [(f"S{i + 1:02d}", DIMENSIONS[i // ITEMS_A_DIMENSION]) for i in number]
    return pd.DataFrame(rows, columns=["item", "dimension"])


def staff_survey(world: World, plants: Plants, rng: np.random.Generator) -> pd.DataFrame:
    """Return the `staff_survey` table: every school each second year, 60 % of its teachers."""
    network = len(world.network)
    school = np.concatenate(
        [
            np.repeat(here, world.teachers[here])
            for year in RECENT
            for here in [np.flatnonzero((np.arange(network) + year) % 2 == 0)]
        ]
    )
    year = np.concatenate([np.full(int(world.teachers[(np.arange(network) + y) % 2 == 0].sum()), y) for y in RECENT])
    answers = rng.random(len(school)) < planted.RESPONSE["teacher"]
    school, year = school[answers], year[answers]
    ours = rng.normal(0, 0.25, (network, len(DIMENSIONS))) + rng.normal(0, 0.2, (network, 1))
    standing = (
        ours[school] + 0.5 * rng.normal(0, 1, (len(school), 1)) + 0.4 * rng.normal(0, 1, (len(school), len(DIMENSIONS)))
    )
    weak = world.network["place"].to_numpy()[school] == plants.weak_dimension
    standing[weak, DIMENSIONS.index(planted.WEAK_DIMENSION[0])] += planted.WEAK_DIMENSION[1]
    each = np.repeat(standing, ITEMS_A_DIMENSION, axis=1)
    value = np.rint(3.7 + each + 0.6 * rng.normal(0, 1, each.shape)).clip(1, 5).astype(np.int8)
    size, number = each.shape[1], rng.permutation(len(school))
    return pd.DataFrame(
        {
            "respondent_id": coded(np.repeat(number, size), [f"R{i + 1:06d}" for i in range(len(school))]),
            "school_year": np.repeat(year, size),
            "school_id": coded(np.repeat(school, size), world.network["school_id"].tolist()),
            "item": coded(np.tile(np.arange(size), len(school)), staff_survey_items()["item"].tolist()),
            "value": value.ravel(),
        }
    )


def competences() -> pd.DataFrame:
    """Return the `competences` table."""
    return pd.DataFrame({"competence": _TEXTS, "required": list(COMPETENCES.values())})


def _levels(world: World, plants: Plants, rng: np.random.Generator) -> Floats:
    """Return every teacher's true level of each competence."""
    school = np.repeat(np.arange(len(world.network)), world.teachers)
    level = 2.8 + 0.35 * rng.normal(0, 1, (len(school), 1)) + 0.45 * rng.normal(0, 1, (len(school), len(_TEXTS)))
    level[:, _TEXTS.index(planted.GAP[0])] += planted.GAP[1]
    here = world.network["place"].to_numpy()[school] == plants.local_gap
    level[here, _TEXTS.index(planted.LOCAL_GAP[0])] += planted.LOCAL_GAP[1]
    return np.asarray(level)


def _pieces(observers: Integers) -> pd.DataFrame:
    """Return the pieces of evidence that one teacher's year brings: source, competence, occasion."""
    rows = [(0, c, 1) for c in range(len(_TEXTS))] + [(1, c, o) for o in (1, 2) for c in _OBSERVED]
    rows += [(2, c, 1) for c in _TESTED] + [(3, c, 1) for c in _SURVEYED]
    return pd.DataFrame(rows, columns=["source", "competence", "occasion"])


def teacher_evidence(world: World, plants: Plants, rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the `teacher_evidence` and `teacher_goals` tables: each teacher every fourth year.

    Teachers judge themselves 0.3 levels higher; each observer (three a municipality, two lessons) is a little
    strict or mild. Goals are set for the two competences that the teacher's own judgement puts furthest below
    what is required, one level up.
    """
    level = _levels(world, plants, rng)
    school = np.repeat(np.arange(len(world.network)), world.teachers)
    due = [(np.flatnonzero((np.arange(len(school)) + year) % 4 == 0), year) for year in RECENT]
    teacher = np.concatenate([who for who, _ in due])
    year = np.concatenate([np.full(len(who), y) for who, y in due])
    pieces = _pieces(np.arange(3))
    size = len(pieces)
    source, occasion = np.tile(pieces["source"], len(teacher)), np.tile(pieces["occasion"], len(teacher))
    competence, who = np.tile(pieces["competence"], len(teacher)), np.repeat(teacher, size)
    observed = source == 1
    observer = 3 * world.network["place"].to_numpy()[school[who]] + (who + occasion) % 3
    strict = rng.normal(0, 0.25, 3 * len(world.towns))
    value = level[who, competence] + 0.3 * (source == 0) + np.where(observed, strict[observer], 0)
    value = np.rint(value + 0.4 * rng.normal(0, 1, len(value))).clip(0, 4).astype(np.int8)
    none = 3 * len(world.towns)
    names, schools = [f"T{i + 1:06d}" for i in range(len(school))], world.network["school_id"].tolist()
    evidence = pd.DataFrame(
        {
            "teacher_id": coded(who, names),
            "school_year": np.repeat(year, size),
            "school_id": coded(school[who], schools),
            "source": coded(source, _SOURCES),
            "competence": coded(competence, _TEXTS),
            "occasion": coded(occasion - 1, ("1", "2")),
            "observer_id": coded(np.where(observed, observer, none), [*(f"O{i + 1:03d}" for i in range(none)), ""]),
            "value": value,
        }
    )
    own = value.reshape(len(teacher), size)[:, : len(_TEXTS)]
    return evidence, _goals(own, teacher, year, names)


def _goals(
    own: "np.ndarray[tuple[int, int], np.dtype[np.int8]]", teacher: Integers, year: Integers, names: list[str]
) -> pd.DataFrame:
    """Return goals for the two competences furthest below what is required."""
    lacking = np.argsort(own - np.array(list(COMPETENCES.values())), axis=1, kind="stable")[:, :2]
    aim = np.minimum(4, np.take_along_axis(own, lacking, axis=1) + 1)
    return pd.DataFrame(
        {
            "teacher_id": coded(np.repeat(teacher, 2), names),
            "school_year": np.repeat(year, 2),
            "competence": coded(lacking.ravel(), _TEXTS),
            "aim": aim.ravel(),
        }
    )


def methodologists(world: World, rng: np.random.Generator) -> pd.DataFrame:
    """Return the `methodologists` table: one for 60 pupils of a cohort, none in the smallest municipalities."""
    place = np.repeat(np.arange(len(world.sizes)), np.asarray(world.sizes) // 30)
    field = np.concatenate([np.arange(n) % len(FIELDS) for n in np.bincount(place, minlength=len(world.sizes))])
    size = len(place) * len(RECENT)
    return pd.DataFrame(
        {
            "methodologist_id": np.tile([f"M{i + 1:03d}" for i in range(len(place))], len(RECENT)),
            "school_year": np.repeat(RECENT, len(place)),
            "municipality_id": np.tile(world.towns["municipality_id"].to_numpy()[place], len(RECENT)),
            "field": coded(np.tile(field, len(RECENT)), FIELDS),
            "visits": rng.integers(12, 41, size),
        }
    )
