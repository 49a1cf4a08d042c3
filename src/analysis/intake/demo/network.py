"""What the demo's schools and boards report of themselves: lessons, activities, events, self-evaluation, the board's answers."""

import numpy as np
import pandas as pd

from analysis.intake.demo import plants as planted
from analysis.intake.demo.places import Integers
from analysis.intake.demo.plants import Plants
from analysis.intake.demo.staff import COMPETENCES
from analysis.intake.demo.tables import coded, grade_text
from analysis.intake.demo.world import RECENT, World

HOURS = {"mathematics": 165, "latvian": 185, "english": 105, "science": 70}
"""Lessons a year in the middle grades; nature's own numbers differ by grade (invented)."""
CRITERIA = (
    "achievement",
    "continuation",
    "equity",
    "teaching",
    "programmes",
    "access",
    "safety",
    "resources",
    "staff_capacity",
    "administration",
    "leadership",
    "cooperation",
)
QUESTIONS = (
    "support_team",
    "early_support_rules",
    "data_person",
    "wellbeing_plan",
    "inter_sector_team",
    "shared_methodologists",
    "transport_to_support",
    "parents_informed",
    "report_published",
)
PROGRAMMES = ("4.2.2.1", "4.2.2.3", "4.2.2.4", "4.2.3.1")
INTERESTS = ("reading_together", "shared_specialists", "data_for_schools", "teacher_exchange", "early_support")
_ASKED = (*(f"unclear_{code}" for code in PROGRAMMES), *(f"interest_{topic}" for topic in INTERESTS))
"""What the state asks boards of its programmes, and what they would like to do together with others."""
_ANSWERS = ("yes", "partly", "no", "")
_FIELDS = ("stem", "civic", "culture", "career", "talent")
_AUDIENCES, _FORMS = (
    ("teachers", "school_leaders", "board", "teams"),
    ("course", "collaboration", "practice", "supervision"),
)
_PROGRAMME = "4.2.2.3"
_GRADES = [*(grade_text(grade) for grade in range(13)), ""]


def _school_years(world: World, each: int = 1) -> tuple[Integers, Integers]:
    """Return school and school year of `each` rows a school and recent year."""
    school = np.tile(np.repeat(np.arange(len(world.network)), each), len(RECENT))
    return school, np.repeat(RECENT, each * len(world.network))


def lesson_hours(world: World, plants: Plants, rng: np.random.Generator) -> pd.DataFrame:
    """Return the `lesson_hours` table of grades 1 to 12; 7 % of lessons are not held, in one place and subject more."""
    taught = world.recent.loc[world.recent["grade"] >= 1, ["school_year", "school", "grade"]].drop_duplicates()
    taught = taught.sort_values(["school_year", "school", "grade"])
    size, domains = len(taught), tuple(HOURS)
    school = np.repeat(taught["school"].to_numpy(), len(domains))
    domain = np.tile(np.arange(len(domains)), size)
    habit = rng.normal(0, 0.06, (len(world.network), len(domains)))
    planned = np.rint(np.array(list(HOURS.values()))[domain] * (1 + habit[school, domain])).astype(int)
    lost = rng.beta(1.6, 21, len(planned))
    subject, share = planted.LOST_LESSONS
    here = (world.network["place"].to_numpy()[school] == plants.lost_lessons) & (domain == domains.index(subject))
    lost = np.where(here, np.clip(share + rng.normal(0, 0.04, len(planned)), 0, 0.46), lost)
    return pd.DataFrame(
        {
            "school_id": coded(school, world.network["school_id"].tolist()),
            "school_year": np.repeat(taught["school_year"].to_numpy(), len(domains)),
            "grade": coded(np.repeat(taught["grade"].to_numpy(), len(domains)), _GRADES),
            "domain": coded(domain, domains),
            "planned": planned,
            "delivered": np.rint(planned * (1 - lost)).astype(int),
        }
    )


def activities(world: World, rng: np.random.Generator) -> pd.DataFrame:
    """Return the `activities` table: six a school and year, half of them for one grade."""
    school, year = _school_years(world, 6)
    low, high = (world.network[c].to_numpy()[school] for c in ("lowest", "highest"))
    grade = np.where(rng.random(len(school)) < 0.5, rng.integers(low, high + 1), len(_GRADES) - 1)
    return pd.DataFrame(
        {
            "activity_id": [f"A{i + 1:06d}" for i in range(len(school))],
            "school_year": year,
            "school_id": coded(school, world.network["school_id"].tolist()),
            "grade": coded(grade, _GRADES),
            "field": coded(rng.choice(5, len(school), p=[0.3, 0.2, 0.25, 0.15, 0.1]), _FIELDS),
            "pupils": rng.poisson(18, len(school)) + 4,
            "hours": rng.integers(2, 36, len(school)),
        }
    )


def development_events(world: World, plants: Plants, rng: np.random.Generator) -> pd.DataFrame:
    """Return the `development_events` table: two a school and year and six a municipality.

    Topics are competences; in one municipality none is the competence that its teachers lack.
    """
    school, year = _school_years(world, 2)
    places = np.arange(len(world.towns))
    place = np.concatenate([world.network["place"].to_numpy()[school], np.tile(np.repeat(places, 6), len(RECENT))])
    year = np.concatenate([year, np.repeat(RECENT, 6 * len(places))])
    size, names = len(place), tuple(COMPETENCES)
    school = np.concatenate([school, np.full(size - len(school), len(world.network))])
    topic, left_out = rng.integers(0, len(names), size), names.index(planted.LOCAL_GAP[0])
    topic = np.where((place == plants.local_gap) & (topic == left_out), (left_out + 2) % len(names), topic)
    return pd.DataFrame(
        {
            "event_id": [f"E{i + 1:05d}" for i in range(size)],
            "school_year": year,
            "programme": coded((rng.random(size) < 0.4).astype(int), ("", _PROGRAMME)),
            "municipality_id": world.towns["municipality_id"].to_numpy()[place],
            "school_id": coded(school, [*world.network["school_id"], ""]),
            "audience": coded(rng.choice(4, size, p=[0.7, 0.12, 0.05, 0.13]), _AUDIENCES),
            "form": coded(rng.choice(4, size, p=[0.5, 0.25, 0.15, 0.1]), _FORMS),
            "topic": coded(topic, names),
            "hours": rng.integers(2, 25, size),
            "participants": rng.poisson(12, size) + 2,
        }
    )


def self_evaluation(world: World, plants: Plants, rng: np.random.Generator) -> pd.DataFrame:
    """Return the `self_evaluation` table: schools judge themselves each year and are accredited each sixth.

    Schools judge themselves 0.3 levels better than accreditation does, one municipality's by a level more.
    """
    number, size = len(world.network), len(CRITERIA)
    quality = 2.5 + 0.35 * rng.normal(0, 1, (number, 1)) + 0.35 * rng.normal(0, 1, (number, size))
    school, year = _school_years(world)
    due = (np.arange(number)[school] + year) % 6 == 0
    kind = 0.3 + planted.KIND_SELF * (world.network["place"].to_numpy() == plants.kind_self)
    rows = [
        (school, year, "self", quality[school] + kind[school, None]),
        (school[due], year[due], "accreditation", quality[school[due]]),
    ]
    parts = [
        pd.DataFrame(
            {
                "school_id": coded(np.repeat(who, size), world.network["school_id"].tolist()),
                "school_year": np.repeat(when, size),
                "criterion": coded(np.tile(np.arange(size), len(who)), CRITERIA),
                "source": source,
                "level": np.rint(level + 0.3 * rng.normal(0, 1, level.shape)).clip(1, 4).astype(int).ravel(),
            }
        )
        for who, when, source, level in rows
    ]
    return pd.concat(parts, ignore_index=True)


def board_survey(world: World, rng: np.random.Generator) -> pd.DataFrame:
    """Return the `board_survey` table: nine questions a year, what is unclear and of interest; 4 % left without an answer."""
    places, years = len(world.towns), len(RECENT)
    own = rng.choice(4, (years, places, len(QUESTIONS)), p=[0.45, 0.3, 0.21, 0.04])
    asked = rng.choice(4, (years, places, len(_ASKED)), p=[0.25, 0.25, 0.46, 0.04])
    answers, questions = np.concatenate([own, asked], axis=2), (*QUESTIONS, *_ASKED)
    return pd.DataFrame(
        {
            "municipality_id": np.tile(np.repeat(world.towns["municipality_id"], len(questions)), years),
            "school_year": np.repeat(RECENT, places * len(questions)),
            "question": coded(np.tile(np.arange(len(questions)), years * places), questions),
            "answer": coded(answers.ravel(), _ANSWERS),
        }
    )
