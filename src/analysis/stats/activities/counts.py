"""What do schools offer, how many take part, and how many hours are that for a pupil?"""

import pandas as pd

from analysis.activity_rules import AIMS, FIELDS
from analysis.stats.activities.reach import school_bounds
from analysis.stats.activities.tables import PLACE, SCHOOL

NO_GRADE = "any"
"""Stands for participations in activities that name no grade: with those of the grades they add up to all."""
_HOURS = "participants times hours, divided by pupils enrolled"


def offer(offers: pd.DataFrame) -> pd.DataFrame:
    """Number (``n``) and hours of each school's activities by field, zeros included: what is offered is no secret."""
    schools = offers[SCHOOL].drop_duplicates().merge(pd.DataFrame({"field": FIELDS}), how="cross")
    given = offers.groupby([*SCHOOL, "field"]).agg(
        n=("hours", "size"), known=("hours", "count"), hours=("hours", "sum")
    )
    rows = schools.merge(given.reset_index(), on=[*SCHOOL, "field"], how="left").fillna(
        {"n": 0, "known": 0, "hours": 0.0}
    )
    rows = _at_least(rows, rows["known"] < rows["n"]).rename(columns={"field": "part"})
    rows = rows.assign(n=rows["n"].astype("int64"))
    return rows.assign(indicator="activity_offer", unit="hours", population="schools", method="activities of the year")


def participations(offers: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Participations by ``keys`` and ``part``; a child counts in each activity. None is no row."""
    rows: pd.DataFrame = offers.groupby([*keys, "part"])["pupils"].sum().reset_index()
    rows = rows[rows["pupils"] > 0]
    rows = rows.assign(estimate=rows["pupils"], n=rows["pupils"].astype("int64"))
    return rows.assign(
        indicator="activity_participations", unit="pupils", method="participants of each activity added up"
    )


def hours(offers: pd.DataFrame, pupils: pd.DataFrame, keys: list[str], parts: tuple[str, ...] = FIELDS) -> pd.DataFrame:
    """Hours for each pupil enrolled, zeros included; where an activity gives no hours they are at least those known."""
    rows = pupils.merge(pd.DataFrame({"part": parts}), how="cross")
    sums = (
        offers.assign(unknown=offers["total"].isna())
        .groupby([*keys, "part"], as_index=False)[["total", "unknown"]]
        .sum()
    )
    rows = rows.merge(sums, on=[*keys, "part"], how="left").fillna({"total": 0.0, "unknown": 0})
    rows = _at_least(rows.assign(hours=rows["total"] / rows["n"]), rows["unknown"] > 0)
    return rows.assign(indicator="activity_hours", unit="hours", method=_HOURS)


def by_aim(offers: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each aim of each activity, ``part`` ``aim|<aim>``; one activity may have several."""
    rows = offers.explode("aims").dropna(subset="aims")
    return rows.assign(part="aim|" + rows["aims"].astype("str"))


AIM_PARTS = tuple(f"aim|{aim}" for aim in AIMS)


def reach(offers: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """Bounds of the share of pupils reached: of each school, of the municipality, and there by field."""
    whole = school_bounds(offers, cells)
    fields = [school_bounds(offers[offers["part"] == part], cells).assign(part=part) for part in FIELDS]
    everybody = cells.groupby(PLACE)["n"].sum().rename("n").reset_index()
    placed = (
        pd.concat([whole.assign(part=""), *fields]).groupby([*PLACE, "part"], as_index=False)[["low", "high"]].sum()
    )
    rows = pd.concat([whole, placed.merge(everybody, on=PLACE)], ignore_index=True).query("high > 0")
    rows = rows.assign(low=100 * rows["low"] / rows["n"], high=100 * rows["high"] / rows["n"])
    return rows.assign(indicator="activity_reach", unit="percent", method="bounds from participants of each activity")


def _at_least(rows: pd.DataFrame, unknown: "pd.Series[bool]") -> pd.DataFrame:
    return rows.assign(estimate=rows["hours"].mask(unknown), low=rows["hours"].where(unknown))
