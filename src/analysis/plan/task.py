"""What a plan has to solve: children in need by school, grade and programme; capacity; and who can serve whom."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.plan_limits import Limits, Travel

Floats = npt.NDArray[Any]
Integers = npt.NDArray[Any]
NEEDS = ("low", "central", "high")
_EARTH_KM = 6371.0088
_ALMOST = 1e-9


@dataclass(frozen=True)
class Ways:
    """The options of a task as arrays, one element an option.

    ``unit`` and ``capacity`` are places in the frames, ``pair`` numbers pairs of capacity and school, ``size`` is the
    group's, ``contact`` minutes a week of a group (a child), ``minute`` the same with the way, ``price`` euro a year of one
    minute a week; unknown minutes and prices are nothing.
    """

    unit: Integers
    capacity: Integers
    pair: Integers
    size: Integers
    contact: Floats
    minute: Floats
    price: Floats


@dataclass(frozen=True)
class Task:
    """A plan's input, in one order whatever the order of the frames it came from.

    Attributes
    ----------
    rows : pd.DataFrame
        ``part, school_id, grade, n``, whole children in need ``low, central, high``, and ``unit``, the row's place in ``units``.
    units : pd.DataFrame
        Rows that nothing tells apart (the grades of one school and part, unless a floor holds for grades), with sums.
    capacity : pd.DataFrame
        ``programme, specialist, part, school_id, places, minutes`` (a week, missing where unknown), ``minute`` (of a child or
        group), ``stated`` (whether limits say so; otherwise minutes by places), ``size`` (children of a group), ``price``
        (euro a year of one minute a week, missing where unknown).
    options : pd.DataFrame
        Who can serve whom: ``unit, capacity`` (places in the frames), ``school_id``, and ``travel``, minutes on the
        way for a minute with children.
    limits : Limits
        The municipality's own.
    travel_known : bool
        Whether the way between schools was counted for every option that has one.
    """

    rows: pd.DataFrame = field(repr=False)
    units: pd.DataFrame = field(repr=False)
    capacity: pd.DataFrame = field(repr=False)
    options: pd.DataFrame = field(repr=False)
    limits: Limits
    travel_known: bool

    @cached_property
    def ways(self) -> Ways:
        """The options as arrays."""
        o, c = self.options, self.capacity
        cap = o["capacity"].to_numpy(dtype="int64")
        pair = o.groupby(["capacity", "school_id"], sort=True).ngroup().to_numpy(dtype="int64")
        contact = np.nan_to_num(c["minute"].to_numpy(dtype="float64"))[cap]
        size, price = c["size"].to_numpy(dtype="int64")[cap], np.nan_to_num(c["price"].to_numpy(dtype="float64"))[cap]
        minute = contact * (1 + o["travel"].to_numpy(dtype="float64"))
        return Ways(o["unit"].to_numpy(dtype="int64"), cap, pair, size, contact, minute, price)


def task(
    need: pd.DataFrame, capacity: pd.DataFrame, schools: pd.DataFrame, limits: Limits, *, apart: bool = False
) -> Task:  # fmt: skip
    """Put need, capacity and limits together.

    Parameters
    ----------
    need : pd.DataFrame
        ``school_id, grade, part`` (``programme`` or ``programme/specialist``), ``n`` (eligible pupils), ``estimate, low,
        high`` (expected children in need who are not served yet); rows without an estimate count as no need.
    capacity : pd.DataFrame
        Contract ``support_capacity`` of one municipality; its newest school year counts. A row that knows neither places
        nor minutes serves nobody: nothing is invented for it.
    schools : pd.DataFrame
        ``school_id, lat, lon``.
    limits : Limits
        Of :func:`analysis.plan_limits.load_limits`.
    apart : bool
        Whether grades stay units of their own, as a floor for grades makes them.

    Returns
    -------
    Task
        Children are whole: of each part they are the differences of the rounded running sum over schools and grades, so
        that each row has its expected number rounded up or down and the part as a whole, and each school, is right to
        one child. ``low`` and ``high`` take the ends of all rows at once, the widest band there is.
    """
    rows = _whole(need)
    key = ["part", "school_id", *(["grade"] if apart or limits.floor_percent.grade else [])]
    units = rows.groupby(key, sort=True)[["n", *NEEDS]].sum().reset_index()
    rows = rows.merge(units[key].assign(unit=range(len(units))), on=key)
    units[["programme", "specialist"]] = _named(units["part"])
    offered = _offered(capacity, limits)
    options = _options(units, offered)
    lost, known = _travel(options, offered, schools, limits.travel)
    return Task(rows, units, offered, options.assign(travel=lost), limits, known)


def within_totals(rows: pd.DataFrame, need: pd.DataFrame) -> pd.DataFrame:
    """Draw the ends of each row in, so that together they are the ends of the municipality's own interval.

    Rows are not all low or all high at once: the sum of their ends is far wider than what is known of the sum.

    Parameters
    ----------
    rows : pd.DataFrame
        Need by school, grade and part.
    need : pd.DataFrame
        Evidence with ``support_need`` of the whole municipality (``school_id`` and ``grade`` empty).
    """
    whole = need[(need["indicator"] == "support_need") & (need["school_id"] == "") & (need["grade"] == "")]
    whole = whole.set_index("part")[["estimate", "low", "high"]]
    part = rows["part"].astype("str")
    sums = rows.groupby(part)[["estimate", "low", "high"]].sum()
    ends = {}
    for end in ("low", "high"):
        known = (whole[end] - whole["estimate"]).reindex(sums.index)
        share = (known / (sums[end] - sums["estimate"])).clip(0, 1).fillna(1.0)
        ends[end] = rows["estimate"] + (rows[end] - rows["estimate"]) * part.map(share)
    return rows.assign(**ends)


def _named(parts: "pd.Series[str]") -> pd.DataFrame:
    halves = parts.str.partition("/")
    return halves[[0, 2]].set_axis(["programme", "specialist"], axis=1)


def _whole(need: pd.DataFrame) -> pd.DataFrame:
    rows = need[["part", "school_id", "grade"]].astype("str")
    rows["n"] = need["n"].fillna(0).astype("int64")
    for name, column in zip(NEEDS, ("low", "estimate", "high"), strict=True):
        known = need[column].fillna(need["estimate"]).fillna(0).astype("float64")
        rows[name] = known.clip(lower=0, upper=rows["n"])
    rows = rows.sort_values(["part", "school_id", "grade", "n", *NEEDS], kind="stable", ignore_index=True)
    for name in NEEDS:
        running = np.floor(rows.groupby("part")[name].cumsum() + 0.5 + _ALMOST)
        before = running.groupby(rows["part"]).shift(fill_value=0.0)
        rows[name] = (running - before).astype("int64")
    return rows


def _offered(capacity: pd.DataFrame, limits: Limits) -> pd.DataFrame:
    """Return the capacity of the newest year with minutes and price of a child."""
    rows = capacity[capacity["school_year"] == capacity["school_year"].max()]
    text = {c: rows[c].astype("object").fillna("").astype("str") for c in ("programme", "specialist", "school_id")}
    given = {c: rows[c].astype("float64") for c in ("places", "minutes_per_week", "cost_per_hour")}
    found = pd.DataFrame(text | given).rename(columns={"minutes_per_week": "minutes"})
    found["part"] = found["programme"] + ("/" + found["specialist"]).where(found["specialist"] != "", "")
    stated = found["specialist"].map(limits.minutes_per_child).astype("float64")
    implied = (found["minutes"] / found["places"]).where(found["places"] > 0)
    found["minute"] = stated.fillna(implied)
    found["stated"] = stated.notna()
    found["size"] = found["programme"].map(limits.group_size).fillna(1).where(stated.notna(), 1).astype("int64")
    found["price"] = found["cost_per_hour"] / 60 * _weeks(rows, limits)
    keys = ["part", "school_id", "programme", "specialist"]
    return found.sort_values([*keys, "places", "minutes", "price"], kind="stable", ignore_index=True)


def _weeks(rows: pd.DataFrame, limits: Limits) -> Floats:
    """Return the weeks of support of each row: the limit's, fewer where the row is not valid that long."""
    if limits.weeks_per_year is None:
        return np.full(len(rows), np.nan)
    if not {"valid_from", "valid_to"} <= set(rows):
        return np.full(len(rows), limits.weeks_per_year)
    days = (pd.to_datetime(rows["valid_to"]) - pd.to_datetime(rows["valid_from"])).dt.days + 1
    return (days / 7).clip(upper=limits.weeks_per_year).fillna(limits.weeks_per_year).to_numpy(dtype="float64")


def _options(units: pd.DataFrame, offered: pd.DataFrame) -> pd.DataFrame:
    """Match units and capacity of one programme: an empty specialist or school on the one side fits any on the other."""
    left = units[["programme", "specialist", "school_id"]].assign(unit=range(len(units)))
    known = offered["places"].notna() | (offered["minutes"].notna() & offered["minute"].notna())
    right = offered[["programme", "specialist", "school_id"]].assign(capacity=range(len(offered)))[known]
    pairs = left.merge(right, on="programme", suffixes=("", "_of"))
    alike = (
        (pairs["specialist"] == pairs["specialist_of"]) | (pairs["specialist"] == "") | (pairs["specialist_of"] == "")
    )
    near = (pairs["school_id"] == pairs["school_id_of"]) | (pairs["school_id_of"] == "")
    kept = pairs[alike & near].sort_values(["unit", "capacity"], ignore_index=True)
    return kept[["unit", "capacity", "school_id"]]


def _travel(
    options: pd.DataFrame, offered: pd.DataFrame, schools: pd.DataFrame, travel: Travel
) -> tuple[Floats, bool]:  # fmt: skip
    """Return minutes on the way for a minute with children: there and back from the base, over the minutes of a visit."""
    visited = options["school_id"].where(offered["school_id"].to_numpy()[options["capacity"]] == "")
    ids = sorted(visited.dropna().unique())
    place = schools.drop_duplicates("school_id").set_index("school_id")[["lat", "lon"]].astype("float64").reindex(ids)
    kilometres = kilometres_between(place)
    base = travel.base or _middle(place, kilometres)
    way = pd.Series(np.nan, index=ids, dtype="float64")
    if travel.speed_km_per_hour is not None and base in way.index:
        way = kilometres[base] * 60 / travel.speed_km_per_hour
    if travel.minutes_between_schools is not None:
        way = way.fillna(travel.minutes_between_schools)
    way = way.mask(way.index == base, 0.0)
    lost = visited.map(2 * way / (travel.minutes_per_visit or np.nan)).astype("float64")
    return lost.fillna(0.0).to_numpy(dtype="float64"), bool(lost[visited.notna()].notna().all())


def kilometres_between(place: pd.DataFrame) -> pd.DataFrame:
    """Return great-circle distances (haversine) between places with ``lat`` and ``lon``; NaN where one is not known."""
    lat, lon = np.radians(place["lat"].to_numpy()), np.radians(place["lon"].to_numpy())
    half = np.sin((lat[:, None] - lat) / 2) ** 2
    half = half + np.cos(lat[:, None]) * np.cos(lat) * np.sin((lon[:, None] - lon) / 2) ** 2
    return pd.DataFrame(2 * _EARTH_KM * np.arcsin(np.sqrt(half)), index=place.index, columns=place.index)


def _middle(place: pd.DataFrame, kilometres: pd.DataFrame) -> str:
    total = kilometres.sum(axis=1).where(place["lat"].notna()).round(6).dropna()
    return str(total.idxmin()) if len(total) else next(iter(place.index.astype("str")), "")
