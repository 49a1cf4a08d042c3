"""The demo's yearly wellbeing survey of pupils and teachers: items, who could answer, who did and what."""

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from analysis.intake.demo import plants as planted
from analysis.intake.demo.places import Floats, Integers
from analysis.intake.demo.plants import Plants
from analysis.intake.demo.tables import coded, grade_text
from analysis.intake.demo.world import RECENT, World

SCALES = {
    "pupil": ("belonging", "safety", "teacher_support", "engagement"),
    "teacher": ("work_joy", "collegial_support", "workload"),
}
ITEMS_A_SCALE = 4
GRADES = (5, 8, 11)
ROLES = ("pupil", "teacher")
_GRADE_TEXT = [*(grade_text(grade) for grade in range(13)), ""]
_GENERAL, _OWN, _NOISE = 0.6, 0.5, 0.62
_TEACHERS = 13


def wellbeing_items() -> pd.DataFrame:
    """Return the `wellbeing_items` table: four items a scale, the last of each scale reversed."""
    rows = [
        (f"{role[0].upper()}{scale * ITEMS_A_SCALE + i + 1:02d}", role, name, "yes" if i + 1 == ITEMS_A_SCALE else "no")
        for role, scales in SCALES.items()
        for scale, name in enumerate(scales)
        for i in range(ITEMS_A_SCALE)
    ]
    return pd.DataFrame(rows, columns=["item", "role", "scale", "reversed"])


def _eligible(world: World) -> pd.DataFrame:
    """Return one row a person who may answer: school_year, school, role (code), grade (13: teachers)."""
    pupils = world.recent.loc[world.recent["grade"].isin(GRADES), ["school_year", "school", "grade"]].assign(role=0)
    school = np.repeat(np.arange(len(world.network)), world.teachers)
    teachers = pd.DataFrame(
        {
            "school_year": np.repeat(RECENT, len(school)),
            "school": np.tile(school, len(RECENT)),
            "grade": _TEACHERS,
            "role": 1,
        }
    )
    rows = pd.concat([pupils, teachers]).astype("int64")
    return rows.sort_values(["school_year", "role", "school", "grade"], kind="stable", ignore_index=True)


def wellbeing(world: World, plants: Plants, rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the `wellbeing` table and its roster.

    Who is less well answers less often; in one municipality few pupils answer, one school's pupils are silent
    for a year, and one scale is low in one municipality. A respondent's number tells nothing of the person.
    """
    people = _eligible(world)
    keys = ["school_year", "school", "role", "grade"]
    counted = people.groupby(keys).size().rename("eligible").reset_index()
    school = world.network["school_id"].tolist()
    roster = pd.DataFrame(
        {
            "school_year": counted["school_year"],
            "school_id": coded(counted["school"], school),
            "role": coded(counted["role"], ROLES),
            "grade": coded(counted["grade"], _GRADE_TEXT),
            "eligible": counted["eligible"],
        }
    )
    place = world.network["place"].to_numpy()
    ours = rng.normal(0, 0.15, (len(world.network), 1 + len(SCALES["pupil"])))
    general = rng.normal(0, 1, len(people)) + ours[people["school"], 0]
    answers = _answering(people, place, general, plants, rng)
    people, general = people[answers].reset_index(drop=True), general[answers]
    number = rng.permutation(len(people))
    parts = [
        _answers(people[people["role"] == role], general, number, ours[:, 1:], place, plants, school, rng)
        for role in range(len(ROLES))
    ]
    return pd.concat(parts, ignore_index=True), roster


def _answering(
    people: pd.DataFrame, place: Integers, general: Floats, plants: Plants, rng: np.random.Generator
) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Draw who answers."""
    pupil = (people["role"] == 0).to_numpy()
    here = place[people["school"].to_numpy()]
    share = np.where(pupil, planted.RESPONSE["pupil"], planted.RESPONSE["teacher"])
    share = np.where(pupil & (here == plants.low_response), planted.LOW_RESPONSE, share)
    answers = rng.random(len(people)) < expit(logit(share) + planted.SILENCE * general)
    silent = (people["school"] == plants.silent) & (people["school_year"] == planted.SILENT_SCHOOL_YEAR)
    return np.asarray(answers & ~(silent & pupil).to_numpy())


def _answers(
    people: pd.DataFrame,
    general: Floats,
    number: Integers,
    ours: Floats,
    place: Integers,
    plants: Plants,
    schools: list[str],
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Return the answers of one role: 1 to 5 around 3.6; a reversed item turns the answer round."""
    role = ROLES[int(people["role"].iloc[0])]
    rows, school = people.index.to_numpy(), people["school"].to_numpy()
    scales = SCALES[role]
    standing = _GENERAL * general[rows, None] + _OWN * rng.normal(0, 1, (len(rows), len(scales)))
    standing += ours[school, : len(scales)]
    if role == planted.WEAK_SCALE[0]:
        weak = place[school] == plants.weak_scale
        standing[weak, scales.index(planted.WEAK_SCALE[1])] += planted.WEAK_SCALE[2] * np.hypot(_GENERAL, _OWN)
    each = np.repeat(standing, ITEMS_A_SCALE, axis=1)
    value = np.rint(3.6 + each + _NOISE * rng.normal(0, 1, each.shape)).clip(1, 5).astype(np.int8)
    items = wellbeing_items().query("role == @role")
    turned = (items["reversed"] == "yes").to_numpy()
    value[:, turned] = 6 - value[:, turned]
    size = value.shape[1]
    return pd.DataFrame(
        {
            "respondent_id": coded(np.repeat(number[rows], size), [f"W{i + 1:06d}" for i in range(len(number))]),
            "school_year": np.repeat(people["school_year"].to_numpy(), size),
            "role": coded(np.full(len(rows) * size, ROLES.index(role)), ROLES),
            "school_id": coded(np.repeat(school, size), schools),
            "grade": coded(np.repeat(people["grade"].to_numpy(), size), _GRADE_TEXT),
            "item": coded(np.tile(items.index.to_numpy(), len(rows)), wellbeing_items()["item"].tolist()),
            "value": value.ravel(),
        }
    )
