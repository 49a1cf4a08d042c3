"""The demo a school year earlier: without its newest year, two municipalities that merged since, and results that came late."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.intake.demo.exams import YEARS
from analysis.intake.demo.places import municipalities
from analysis.intake.demo.world import World

NEWEST = YEARS[-1]
_MERGED_INTO, _LATE_IN = "D002", "D003"
_SCHOOLS_THAT_CAME = 2


@dataclass(frozen=True)
class Before:
    """What was otherwise a year earlier.

    Attributes
    ----------
    place : pd.DataFrame
        The municipality that is no longer there, one row of the contract's `municipalities`.
    schools : list of str
        Its schools, now those of `into`.
    into : str
        The municipality it was merged into.
    late : str
        School whose results of its last year came late in part; empty where there is none.
    pupils : set of str
        Identifiers of pupils who were enrolled by then.
    """

    place: pd.DataFrame
    schools: list[str]
    into: str
    late: str
    pupils: "pd.Series[bool]"

    @property
    def truth(self) -> dict[str, Any]:
        """What `truth.json` says of it."""
        merged = {"municipality_id": self.place["municipality_id"].iloc[0], "into": self.into, "schools": self.schools}
        return {"earlier": {"school_year": NEWEST - 1, "merged_since": merged, "results_missing_in": self.late}}


def year_before(world: World) -> Before:
    """Choose what was otherwise; by position alone, so that seed and size change nothing.

    Raises
    ------
    ValueError
        All invented places are in use, or there is only one municipality.
    """
    number = len(world.sizes)
    place = municipalities(number + 1).tail(1)
    if number == 1 or len(place) + number != len(municipalities(number + 1)):
        raise ValueError(f"a boundary cannot change between {number} municipalities")
    homes = world.network[["school_id", "municipality_id"]].astype("str")
    came = homes.loc[homes["municipality_id"] == _MERGED_INTO, "school_id"].tolist()[-_SCHOOLS_THAT_CAME:]
    late = homes.loc[homes["municipality_id"] == _LATE_IN, "school_id"].tolist()[:1]
    there = [rows.loc[rows["school_year"] < NEWEST, "pupil"] for rows in (world.people.years, world.people.between)]
    enrolled = pd.Series(False, index=range(len(world.people.pupils)))
    enrolled[np.unique(np.concatenate([codes.to_numpy() for codes in there]))] = True
    return Before(place, came, _MERGED_INTO, late[0] if late else "", enrolled)


def as_before(name: str, frame: pd.DataFrame, before: Before) -> pd.DataFrame:
    """Return a table as it was a year earlier."""
    if "school_year" in frame:
        frame = frame[frame["school_year"].astype("int64") < NEWEST]
    if name == "pupils":
        frame = frame[before.pupils.to_numpy()]
    if name == "municipalities":
        frame = pd.concat([frame, before.place], ignore_index=True)
    elif {"municipality_id", "school_id"} <= set(frame.columns):
        moved = frame["school_id"].isin(before.schools)
        old = before.place["municipality_id"].iloc[0]
        frame = frame.assign(municipality_id=frame["municipality_id"].astype("str").mask(moved, old))
    if name == "results":
        last = (frame["school_year"] == NEWEST - 1) & (frame["school_id"].astype("str") == before.late)
        frame = frame[~last | (np.arange(len(frame)) % 3 > 0)]
    return frame.reset_index(drop=True)
