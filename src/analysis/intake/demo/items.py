"""The points of a demo exam, spread over its items and skills.

A pupil's points are given: they are dealt to the single points of the exam, the likeliest first. A point is
likelier the easier its item, the lower its step within the item and the better the pupil does on that item
by chance; in one municipality every point of one skill is harder. Items therefore always sum to the score.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.intake.demo.exams import Exam
from analysis.intake.demo.places import Floats, Integers

SKILLS = {
    "mathematics": ("algebra", "geometry", "data", "number"),
    "latvian": ("reading", "writing", "language"),
}
WEAK = ("mathematics", "geometry", -0.8)
"""The planted weakness: domain, skill, shift of every point's logit."""
SCHOOL_YEARS = (2024, 2025, 2026)
_SIZES = (1, 2, 4, 5)
NAMES = tuple(f"{i + 1:02d}" for i in range(60))
"""Names that items may have, in order."""


@dataclass(frozen=True)
class Items:
    """Items of one exam: names, skills and highest points in order."""

    names: list[str]
    skills: list[str]
    points: Integers


def has_items(exam: Exam) -> bool:
    """Tell whether item points are delivered: grade-9 Latvian and mathematics of the newest three years."""
    return exam.grade == 9 and exam.domain in SKILLS and exam.school_year in SCHOOL_YEARS


def layout(exam: Exam) -> Items:
    """Return the exam's items: 1, 2, 4 and 5 points in turn, the skills in turn, the last item cut to fit."""
    points: list[int] = []
    left = exam.points
    while left:
        points.append(min(_SIZES[len(points) % len(_SIZES)], left))
        left -= points[-1]
    skills = SKILLS[exam.domain]
    # One full turn of sizes before the next skill starts a turn shifted by one: every skill meets every size.
    turn = [skills[(i + i // len(_SIZES)) % len(skills)] for i in range(len(points))]
    return Items(list(NAMES[: len(points)]), turn, np.asarray(points))


def deal(items: Items, score: Integers, shift: Floats, rng: np.random.Generator) -> Integers:
    """Deal each pupil's points to the items.

    Parameters
    ----------
    items : Items
        Layout of the exam.
    score : ndarray of int, shape (pupils,)
        Points to deal, at most the sum of `items.points`.
    shift : ndarray of float, shape (pupils, items)
        Added to the logit of each of the item's points.
    rng : numpy.random.Generator
        Source of item difficulty and chance.

    Returns
    -------
    ndarray of int, shape (pupils, items)
        Points per item; every row sums to its score.
    """
    number = len(items.points)
    item = np.repeat(np.arange(number), items.points)
    starts = np.concatenate([[0], np.cumsum(items.points)[:-1]])
    step = np.arange(len(item)) - starts[item]
    easiness = rng.normal(0, 1, number)[item] - 0.4 * step
    person = rng.normal(0, 0.7, (len(score), number)) + shift
    key = easiness + person[:, item] + rng.logistic(0, 0.6, (len(score), len(item)))
    rank = np.argsort(np.argsort(-key, axis=1), axis=1)
    return np.asarray(np.add.reduceat((rank < score[:, None]).astype(np.int64), starts, axis=1))


def items_and_map(
    exams: list[Exam],
    results: pd.DataFrame,
    years: pd.DataFrame,
    weak_place: int | None,
    rng: np.random.Generator,
    chance: np.random.Generator,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the item points (exam, row, item, points) and the item map (exam, item, skill, max_points).

    In `weak_place`, if there is one, every point of the weak skill is harder.

    The oldest year has draws of its own (`chance`): the others stay as they were before it was added.
    """
    parts, maps = [], []
    for number, exam in enumerate(exams):
        if not has_items(exam):
            continue
        items = layout(exam)
        sat = results[(results["exam"] == number) & (results["session"] == 0) & (results["status"] == 0)]
        weak = np.array([(exam.domain, skill) == WEAK[:2] for skill in items.skills], dtype=float)
        here = (years["place"].to_numpy()[sat["row"]] == (-1 if weak_place is None else weak_place)).astype(float)
        draws = chance if exam.school_year == SCHOOL_YEARS[0] else rng
        points = deal(items, sat["score"].to_numpy().astype(np.int64), WEAK[2] * np.outer(here, weak), draws)
        parts.append(
            pd.DataFrame(
                {
                    "exam": number,
                    "row": np.repeat(sat["row"].to_numpy(), len(items.names)),
                    "item": pd.Categorical.from_codes(np.tile(np.arange(len(items.names)), len(sat)), pd.Index(NAMES)),
                    "points": points.ravel(),
                }
            )
        )
        maps.append(
            pd.DataFrame({"exam": number, "item": items.names, "skill": items.skills, "max_points": items.points})
        )
    return pd.concat(parts, ignore_index=True), pd.concat(maps, ignore_index=True)
