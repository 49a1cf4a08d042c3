"""Where a school's own level of quality and the data point apart: a question for the talk, never a verdict."""

from typing import Any

import numpy as np
import pandas as pd

from analysis.evidence import each
from analysis.intake.unit import Unit
from analysis.quality_rules import load_quality_rules
from analysis.release import Released
from analysis.report.sections import newest

_SURVEYS = {"wellbeing_scale": "scale", "slo_dimension": "dimension"}
_SPEAK = ("quality_level", "school_effect", "attainment", *_SURVEYS)
_COLUMNS = ["school_id", "kind", "code", "group", "side"]


def parted(unit: Unit, released: Released) -> pd.DataFrame:
    """Lay the own level of each school beside the data that speak to its criterion (``params/quality.yml``).

    Data lie *below* where an interval lies wholly below what results let expect, or below the municipality's mean, and none
    wholly above; *above* the other way round. They are apart from a good level (3 or 4) when below, from another when above.

    Parameters
    ----------
    unit : Unit
        The municipality.
    released : Released
        Levels and figures of single schools, which the board's edition alone has.

    Returns
    -------
    pd.DataFrame
        A row a school and criterion with a level and data: ``school_id, criterion, level, side`` (``below``, ``above`` where
        they are apart, otherwise empty) and ``data``: pairs of kind and row's keys that lie on that side.
    """
    rules, released = load_quality_rules(), released.where(indicator=list(_SPEAK))  # few of a page's rows
    levels = released.where(indicator="quality_level", municipality_id=unit.municipality_id).rows
    levels = levels[levels["part"].str.endswith("|self") & levels["estimate"].notna()]
    if levels.empty:
        return pd.DataFrame(columns=["school_id", "criterion", "level", "side", "data"])
    levels = levels.assign(criterion=levels["part"].str.removesuffix("|self"))
    asked = pd.DataFrame(
        [(criterion, *part) for criterion, data in rules.criteria.items() for part in data.parts],
        columns=["criterion", "kind", "code"],
    )
    told = pd.concat([_results(unit, released), _surveys(unit, released)], ignore_index=True).merge(
        asked, on=["kind", "code"]
    )
    both = told.merge(levels[["school_id", "criterion", "estimate"]], on=["school_id", "criterion"])
    rows = []
    for (school, criterion), one in both.groupby(["school_id", "criterion"], sort=True):
        sides, level = set(one["side"]) - {""}, int(one["estimate"].iloc[0])
        side = sides.pop() if len(sides) == 1 else ""
        side = side if side == ("below" if level >= rules.good else "above") else ""
        data = [(row.kind, row.code, row.group) for row in each(one) if row.side == side]
        rows.append((school, criterion, level, side, data))
    return pd.DataFrame(rows, columns=["school_id", "criterion", "level", "side", "data"])


def _results(unit: Unit, released: Released) -> pd.DataFrame:
    """Sides of results against what was expected; of schools of which that is not known, against the municipality."""
    against = "country" if unit.facts["scope"] == "country" else "municipality"
    effects = newest(released.where(indicator="school_effect", part="", reference=against), unit).rows
    places = newest(released.where(indicator="attainment", reference="municipality"), unit).rows
    effects, places = (rows[rows["school_id"].ne("") & rows["verdict"].isin(["differs", "not_distinguishable"])]
                       for rows in (effects, places))  # fmt: skip
    rows = pd.concat([effects, places[~places["school_id"].isin(effects["school_id"])]])
    side = np.where(rows["estimate"] < 0, "below", "above")
    return rows.assign(
        kind="results", code="", group=rows["indicator"], side=np.where(rows["verdict"] == "differs", side, "")
    )[_COLUMNS].drop_duplicates()


def _surveys(unit: Unit, released: Released) -> pd.DataFrame:
    """Sides of schools' ratings against their municipality's, of the surveys that its figure is made of."""
    rows = released.where(indicator=list(_SURVEYS), municipality_id=unit.municipality_id, reference="", grade="").rows
    rows = rows.dropna(subset=["estimate"]).sort_values("school_year", kind="stable")
    own, keys = rows["school_id"] != "", ["indicator", "part", "group"]
    place = rows[~own].drop_duplicates(keys, keep="last")
    both = rows[own].drop_duplicates(["school_id", *keys], keep="last").merge(place, on=keys, suffixes=("", "_all"))
    both = both[both["school_year"] >= both["year_from_all"].fillna(both["school_year_all"])]
    below, above = both["high"] < both["estimate_all"], both["low"] > both["estimate_all"]
    side: Any = np.select([below, above], ["below", "above"], "")
    return both.assign(kind=both["indicator"].map(_SURVEYS), code=both["part"], side=side)[_COLUMNS]
