"""Rows of evidence of a plan: served, not served, minutes, euro, and what one more place buys."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from analysis.evidence import each, evidence
from analysis.plan.curves import BUDGET, PLACES, Curves
from analysis.plan.matching import CENTRAL, Plan
from analysis.plan.task import Integers

_METHOD = "plan: integer programme under capacity"
_MANY = {PLACES: 10, BUDGET: 10_000}
_LEVELS = (["part"], ["part", "school_id"], ["part", "grade"])


def plan_evidence(
    plan: Plan,
    curves: Curves | None,
    audit: Mapping[str, Mapping[str, Any]],
    *,
    municipality_id: str,
    school_year: int,
    evener: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return what a plan says, in the evidence shape.

    ``n`` is the number of eligible pupils behind a row, never the few who are planned for, so that ``release()`` judges
    rows as it judges a need; school × grade × part is left out, since it adds up to the rest. ``part`` is ``programme`` or
    ``programme/specialist``, with what is counted after a bar.

    Parameters
    ----------
    plan, curves
        Of one task; without curves nothing is said of what more or fewer places do.
    audit : mapping
        Of :func:`analysis.plan_limits.audit_minutes`.
    municipality_id, school_year
        Whose plan, for which school year.
    evener : pd.DataFrame, optional
        Of :func:`analysis.plan.floors.floor_prices`.

    Returns
    -------
    pd.DataFrame
        ``plan_served``, ``plan_unserved`` (pupils; by part, by part and school, by part and grade; ``low`` and ``high`` over low,
        central and high need and effect, so that ``low`` ≥ 1 marks what is chosen in all; ``method`` of ``plan_unserved`` is
        ``limit:<limits>``); ``plan_minutes`` (a week, per child ``|served`` and per child in ``|need``); ``plan_cost`` (euro a
        year, by part and in all; ``|place``: of one child's minutes); ``plan_marginal`` (``|+5``, ``|-5``: places, ``|price10``:
        dual price of ten places; part ``budget``: euro);
        ``plan_budget`` (euro a year): the ``budget``, and what all ``time`` of specialists that there is costs;
        ``plan_floor``: parts of :func:`analysis.plan.floors.floor_prices`;
        ``audit_minutes`` by specialist.
    """
    where = {"municipality_id": municipality_id, "school_year": school_year}
    parts = [*_children(plan), _minutes(plan), _cost(plan), *([_marginal(plan, curves)] if curves else [])]
    parts += [_budget(plan), *([] if evener is None else [evener.assign(n=_everybody(plan), indicator="plan_floor")])]
    rows = [evidence(part, **({"method": _METHOD} if "method" not in part else {}), **where) for part in parts]
    facts = pd.DataFrame([{"part": s, "low": float(f["low"]), "high": float(f["high"]), "school_year": f["year"]}
                          for s, f in audit.items()])  # fmt: skip
    rows.append(evidence(facts, indicator="audit_minutes", unit="minutes", method="State Audit Office"))
    return pd.concat(rows, ignore_index=True)


def _children(plan: Plan) -> list[pd.DataFrame]:
    found = []
    limits = (
        plan.units[plan.units["unserved"] > 0].groupby(["part", "limit"], sort=True)["unserved"].sum().reset_index()
    )
    most = limits.sort_values("unserved", ascending=False, kind="stable").drop_duplicates("part")
    by_part = most.set_index("part")["limit"]
    by_school = plan.units.drop_duplicates(["part", "school_id"]).set_index(["part", "school_id"])["limit"]
    for keys in _LEVELS:
        sums = plan.scenarios.groupby([*keys, "scenario"], sort=True)[["n", "served", "unserved"]].sum().reset_index()
        for name in ("served", "unserved"):
            ends = sums.groupby(keys, sort=True)[name].agg(low="min", high="max")
            own = sums[sums["scenario"] == CENTRAL].set_index(keys).rename(columns={name: "estimate"})
            rows = own[["n", "estimate"]].join(ends).astype(dict.fromkeys(["estimate", "low", "high"], "float64"))
            if name == "unserved" and "grade" not in keys:
                limit = by_school if "school_id" in keys else by_part
                rows["method"] = "limit:" + limit.reindex(rows.index).fillna("").astype("str")
            found.append(rows.reset_index().assign(indicator=f"plan_{name}", unit="pupils"))
    return found


def _minutes(plan: Plan) -> pd.DataFrame:
    """Return minutes a week with children: planned ones by child served, those that there are by child in need."""
    c, rows = plan.task.capacity, []
    for part, own in c.groupby("part", sort=True):
        units = _served_by(plan, str(part))
        n, children = int(plan.units.loc[units, "n"].sum()), int(plan.used.loc[own.index, "children"].sum())
        if children and own["minute"].notna().all():
            each = float(plan.used.loc[own.index, "minutes"].sum()) / children
            rows.append({"part": f"{part}|served", "n": n, "estimate": each})
        need = plan.scenarios[plan.scenarios["unit"].isin(units)].groupby("scenario")["need"].sum()
        if len(need) and need.min() > 0 and own["minutes"].notna().all():
            shared = own["minutes"].sum() / need
            ends = {"estimate": shared[CENTRAL], "low": shared.min(), "high": shared.max()}
            rows.append({"part": f"{part}|need", "n": n, **ends})
    return _named(rows, "plan_minutes", "minutes")


def _cost(plan: Plan) -> pd.DataFrame:
    """Return euro a year by part and in all; empty where a price is not known."""
    euro = plan.used["cost"].groupby(plan.task.capacity["part"], sort=True).sum(min_count=1)
    unknown = plan.task.capacity["price"].isna().groupby(plan.task.capacity["part"]).any()
    euro = euro.mask(unknown)
    everybody = _everybody(plan)
    rows = [
        {"part": part, "n": int(plan.units.loc[_served_by(plan, str(part)), "n"].sum()), "estimate": cost}
        for part, cost in euro.items()
    ]
    rows.append({"part": "", "n": everybody, "estimate": euro.sum(skipna=False)})
    return _named([*rows, *_of_a_place(plan)], "plan_cost", "eur")


def _of_a_place(plan: Plan) -> list[dict[str, Any]]:
    """Return what a child's minutes at the place of one part cost a year, the mean of its capacities where they differ."""
    c = plan.task.capacity
    euro = (c["minute"] / c["size"] * c["price"]).groupby(c["part"], sort=True).agg(lambda own: own.mean(skipna=False))
    n = {part: int(plan.units.loc[_served_by(plan, str(part)), "n"].sum()) for part in euro.index}
    return [{"part": f"{part}|place", "n": n[part], "estimate": cost} for part, cost in euro.dropna().items()]


def _budget(plan: Plan) -> pd.DataFrame:
    """Return the budget beside what all the time that there is would cost; nothing without a budget."""
    c, budget = plan.task.capacity, plan.task.limits.budget_eur_per_year
    euro = {"budget": budget, "time": (c["minutes"] * c["price"]).sum(skipna=False)}
    rows = [] if budget is None else [{"part": part, "estimate": cost} for part, cost in euro.items()]
    return _named(rows, "plan_budget", "eur").assign(n=_everybody(plan))


def _marginal(plan: Plan, curves: Curves) -> pd.DataFrame:
    """Return the steps of the curves, and dual prices of ten places and ten thousand euro."""
    rows = []
    for point in each(curves.points[curves.points["step"] != 0]):
        mark = "|post" if point.specialist else ""
        ends = {"estimate": point.gain, "low": point.low, "high": point.high}
        rows.append({"kind": point.kind, "of": point.part, "what": f"{point.step:+.0f}{mark}", **ends})
    for price in each(curves.prices):
        many = _MANY[str(price.kind)]
        rows.append(
            {"kind": price.kind, "of": price.part, "what": f"price{many}", "estimate": many * float(price.price)}
        )
    for row in rows:
        places = row["kind"] == PLACES
        row["n"] = int(plan.units.loc[_served_by(plan, str(row["of"])), "n"].sum()) if places else _everybody(plan)
        row["part"] = f"{row['of'] if places else BUDGET}|{row['what']}"
    return _named(rows, "plan_marginal", "points" if plan.task.limits.effects else "pupils")


def _served_by(plan: Plan, part: str) -> Integers:
    """Return the units that capacity of a part can serve."""
    return np.unique(plan.task.ways.unit[(plan.task.capacity["part"] == part).to_numpy()[plan.task.ways.capacity]])


def _everybody(plan: Plan) -> int:
    """Return the eligible pupils of the part that has most: others are among them or nearly so."""
    return int(plan.units.groupby("part")["n"].sum().max()) if len(plan.units) else 0


def _named(rows: list[dict[str, Any]], indicator: str, unit: str) -> pd.DataFrame:
    columns = ["part", "n", "estimate", "low", "high"]
    return pd.DataFrame(rows, columns=columns).assign(indicator=indicator, unit=unit)
