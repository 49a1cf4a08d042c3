"""The demo's support for children: who needs it, which places there are, who gets them.

Four programmes of measure 4.2.3.1: reading (grades 1 to 3, places in schools), counselling by six specialists
(grades 1 to 12), subject support for those who repeat grade 9, mentors (from the age of 13). Need is drawn from
results, attributes and absence; places cover a part of it that differs between municipalities. In one
municipality reading places stand in the schools that need them least, in another there are few places at all.
"""

import numpy as np
import pandas as pd

from analysis.intake.demo import plants as planted
from analysis.intake.demo.places import Floats
from analysis.intake.demo.plants import Plants
from analysis.intake.demo.tables import coded, ids
from analysis.intake.demo.world import World

PROGRAMMES = ("reading", "counselling", "subject", "mentor")
SPECIALISTS = {
    "teacher": (60, 18.0),
    "psychologist": (22, 21.0),
    "social_pedagogue": (20, 16.0),
    "special_educator": (13, 17.5),
    "speech_therapist": (15, 17.0),
    "career_counsellor": (10, 15.0),
    "librarian": (30, 13.0),
    "mentor": (60, 14.0),
}
"""Specialist: minutes a week for a child, euro an hour (the latter invented)."""
_NAMES = tuple(SPECIALISTS)
_UNIT = ["school_year", "programme", "specialist", "place", "school"]
_READING, _COUNSELLING, _SUBJECT, _MENTOR = range(4)
_ANYWHERE = -1


def support(world: World, plants: Plants, rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return the tables `support_given` and `support_capacity`, and the truth.

    Returns
    -------
    given, capacity : pandas.DataFrame
        As the contract has them; places of reading are a school's, all others the municipality's.
    truth : pandas.DataFrame
        Per municipality, programme and school year: children in need, places, children in need who got one.
    """
    wishes = _wishes(world, rng)
    units = wishes.groupby(_UNIT)["need"].agg(need="sum", candidates="size").reset_index()
    share = rng.uniform(*planted.COVERAGE, len(world.towns))
    share[plants.low_coverage] = planted.LOW_COVERAGE
    units["places"] = np.rint(units["need"] * share[units["place"]]).astype(int)
    units = _misplaced(units, wishes, plants)
    wishes = wishes.merge(units[[*_UNIT, "places"]], on=_UNIT).sort_values([*_UNIT, "priority"], ignore_index=True)
    served = wishes[wishes.groupby(_UNIT).cumcount() < wishes["places"]]
    met = served.groupby(["place", "programme", "school_year"])["need"].sum().rename("served")
    told = (
        units.groupby(["place", "programme", "school_year"])[["need", "places"]].sum().join(met).fillna({"served": 0})
    )
    truth = (
        told.astype("int64")
        .reset_index()
        .assign(
            municipality_id=lambda f: world.towns["municipality_id"].to_numpy()[f["place"]],
            programme=lambda f: np.array(PROGRAMMES)[f["programme"]],
        )
    )
    return _given(world, served, rng), _capacity(world, units, rng), truth.drop(columns="place")


def _wishes(world: World, rng: np.random.Generator) -> pd.DataFrame:
    """Return who might get a place: one row a pupil, year and programme; the most urgent have the lowest `priority`."""
    rows = world.recent
    ability = world.ability[rows["pupil"].to_numpy()]
    sen, poor, other = (rows[c].to_numpy(dtype=float) for c in ("sen", "low_income", "other"))
    absence, grade = rows["absence"].to_numpy(), rows["grade"].to_numpy()
    age = rows["school_year"].to_numpy() - world.people.pupils["birth_year"].to_numpy()[rows["pupil"]]
    reading = -ability + 0.6 * sen + 0.3 * other + 0.6 * rng.normal(0, 1, len(rows))
    risk = 0.9 * sen + 0.5 * poor + 0.06 * absence - 0.3 * ability + 0.8 * rng.normal(0, 1, len(rows))
    lonely = 0.1 * absence + 0.3 * poor - 0.4 * ability + 0.6 * rng.normal(0, 1, len(rows))
    parts = [
        _of(rows, _READING, (grade >= 1) & (grade <= 3), reading, 0.18),
        _of(rows, _COUNSELLING, grade >= 1, risk, 0.12),
        _of(rows, _SUBJECT, (grade == 9) & rows["repeats"].to_numpy(), -ability, 1.0),
        _of(rows, _MENTOR, (grade >= 1) & (age >= 14), lonely, 0.03),
    ]
    wishes = pd.concat(parts, ignore_index=True)
    return wishes.assign(specialist=_specialists(wishes, rng))


def _of(
    rows: pd.DataFrame,
    programme: int,
    entitled: "np.ndarray[tuple[int], np.dtype[np.bool_]]",
    urgency: Floats,
    share: float,
) -> pd.DataFrame:
    """Return the entitled of one programme; the most urgent `share` of them in the country are in need.

    Reading keeps all of them, since a place may stand where nobody needs it; the others those in need alone.
    """
    own, urgent = rows[entitled], urgency[entitled]
    need = urgent >= np.quantile(urgent, 1 - share)
    kept = np.ones(len(own), dtype=bool) if programme == _READING else need
    school = own["school"].to_numpy() if programme == _READING else np.full(len(own), _ANYWHERE)
    columns = own[["pupil", "school_year", "place", "grade", "sen"]].assign(
        programme=programme, school=school, need=need, priority=-urgent
    )
    return columns[kept]


def _specialists(wishes: pd.DataFrame, rng: np.random.Generator) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    """Draw a specialist: special educators for special needs first, speech therapists to grade 4, career from grade 7."""
    drawn = rng.choice([1, 2, 4, 6], len(wishes), p=[0.35, 0.35, 0.24, 0.06])
    grade = wishes["grade"].to_numpy()
    late = (drawn == 4) & (grade > 4)
    drawn = np.where(late, np.where((grade >= 7) & (rng.random(len(wishes)) < 0.5), 5, 1), drawn)
    drawn = np.where(wishes["sen"] & (rng.random(len(wishes)) < 0.5), 3, drawn)
    programme = wishes["programme"].to_numpy()
    drawn = np.where(programme == _MENTOR, _NAMES.index("mentor"), drawn)
    return np.where((programme == _READING) | (programme == _SUBJECT), _NAMES.index("teacher"), drawn)


def _misplaced(units: pd.DataFrame, wishes: pd.DataFrame, plants: Plants) -> pd.DataFrame:
    """Move one municipality's reading places to the half of its schools with the smallest share in need."""
    here = (units["programme"] == _READING) & (units["place"] == plants.misplaced)
    own = wishes[(wishes["programme"] == _READING) & (wishes["place"] == plants.misplaced)]
    share = own.groupby("school")["need"].mean().sort_values()
    favoured = here & units["school"].isin(share.index[: max(1, len(share) // 2)])
    total = units[here].groupby("school_year")["places"].sum()
    room = units[favoured].groupby("school_year")["candidates"].sum()
    wanted = (units["candidates"] * units["school_year"].map(total / room)).round().fillna(0)
    moved = wanted.clip(upper=units["candidates"]).where(favoured, 0).astype(int)
    return units.assign(places=units["places"].where(~here, moved))


def _given(world: World, served: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return `support_given`: from autumn or February to the end of May, 6 % without an individual plan."""
    year, size = served["school_year"].to_numpy(), len(served)
    minutes = np.array([SPECIALISTS[name][0] for name in _NAMES])[served["specialist"]]
    late = rng.random(size) < 0.3
    starts = [
        f"{y - 1}-{month}" if month != "02-02" else f"{y}-{month}"
        for y in range(year.min(), year.max() + 1)
        for month in ("09-15", "02-02")
    ]
    ends = [f"{y}-05-29" for y in range(year.min(), year.max() + 1)]
    first = year - year.min()
    return pd.DataFrame(
        {
            "pupil_id": coded(served["pupil"], ids(len(world.people.pupils))),
            "school_year": year,
            "programme": coded(served["programme"], PROGRAMMES),
            "specialist": coded(served["specialist"], _NAMES),
            "minutes": minutes + 5 * rng.integers(-1, 2, size),
            "from": coded(2 * first + late, starts),
            "to": coded(first, ends),
            "plan": coded((rng.random(size) < 0.06).astype(int), ("yes", "no")),
        }
    ).sort_values(["school_year", "pupil_id"], kind="stable", ignore_index=True)


def _capacity(world: World, units: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return `support_capacity`; what an hour costs differs by municipality."""
    units = units[units["places"] > 0].reset_index(drop=True)
    minutes = np.array([SPECIALISTS[name][0] for name in _NAMES])[units["specialist"]]
    cost = np.array([SPECIALISTS[name][1] for name in _NAMES])[units["specialist"]]
    dear = np.exp(rng.normal(0, 0.06, len(world.towns)))
    schools = [*world.network["school_id"], ""]
    return pd.DataFrame(
        {
            "programme": coded(units["programme"], PROGRAMMES),
            "municipality_id": world.towns["municipality_id"].to_numpy()[units["place"]],
            "school_id": coded(np.where(units["school"] == _ANYWHERE, len(schools) - 1, units["school"]), schools),
            "school_year": units["school_year"],
            "specialist": coded(units["specialist"], _NAMES),
            "places": units["places"],
            "minutes_per_week": units["places"] * minutes,
            "cost_per_hour": (cost * dear[units["place"]]).round(2),
            "valid_from": (units["school_year"] - 1).astype(str) + "-09-01",
            "valid_to": units["school_year"].astype(str) + "-05-31",
        }
    )
