"""Whether limits, need, capacity and schools speak of the same things: every entry that nothing else knows is told."""

from collections.abc import Iterable

import pandas as pd

from analysis.faults import Fault
from analysis.params import nearest
from analysis.plan_limits import Limits


def entry_faults(
    limits: Limits, need: pd.DataFrame, capacity: pd.DataFrame, schools: pd.DataFrame, file: str
) -> list[Fault]:
    """Check the entries of a plan against each other.

    Parameters
    ----------
    limits, need, capacity, schools
        As :func:`analysis.plan.task.task` takes them.
    file : str
        Name of the file of limits.

    Returns
    -------
    list of Fault
        Rejected: P31 (a budget without weeks or prices), P32 (effects for some programmes alone), P33–P35 (unknown
        programme, specialist, school). Accepted: P37 (capacity without need), P38 (need without capacity), P39 (capacity
        that knows neither places nor minutes).
    """
    rows = capacity[capacity["school_year"] == capacity["school_year"].max()]
    parts = set(need["part"].astype("str"))
    wanted = {part.split("/")[0] for part in parts}
    offered = {str(p) for p in rows["programme"].unique()}
    specialists = {str(s) for s in rows["specialist"].dropna().unique() if s}
    specialists |= {part.partition("/")[2] for part in parts} - {""}
    at_home = set(schools["school_id"].astype("str"))
    return [
        *_unknown("P33", {"effects": limits.effects, "group_size": limits.group_size}, wanted | offered, file),
        *_unknown("P34", {name: getattr(limits, name) for name in ("minutes_per_child", "minutes_per_specialist")},
                  specialists, file),
        *_unknown("P35", {"travel.base": [limits.travel.base] if limits.travel.base else []}, at_home, file),
        *_unknown("P35", {"support_capacity": sorted({str(s) for s in rows["school_id"].dropna() if s})}, at_home, file),
        *_money(limits, rows, file),
        *([Fault("P32", file, facts={"key": "effects"})] if limits.effects and offered - set(limits.effects) else []),
        *(Fault("P37", file, facts={"what": name}) for name in sorted(offered - wanted)),
        *(Fault("P38", file, facts={"what": name}) for name in sorted(wanted - offered)),
        *_nothing_known(rows, file),
    ]  # fmt: skip


def _unknown(code: str, given: dict[str, Iterable[str]], known: set[str], file: str) -> list[Fault]:
    return [
        Fault(code, file, facts={"key": key, "value": name, "nearest": nearest(name, sorted(known))})
        for key, names in given.items() for name in names if name not in known
    ]  # fmt: skip


def _money(limits: Limits, rows: pd.DataFrame, file: str) -> list[Fault]:
    """Find what a budget needs and does not have."""
    if limits.budget_eur_per_year is None:
        return []
    found = ["weeks_per_year"] if limits.weeks_per_year is None else []
    found += sorted({f"cost_per_hour ({p})" for p in rows.loc[rows["cost_per_hour"].isna(), "programme"]})
    return [Fault("P31", file, facts={"key": key}) for key in found]


def _nothing_known(rows: pd.DataFrame, file: str) -> list[Fault]:
    nothing = rows[rows["places"].isna() & rows["minutes_per_week"].isna()]
    return [Fault("P39", file, facts={"what": name}) for name in sorted(nothing["programme"].astype("str").unique())]
