"""What one more place, specialist or euro buys, and what a cut costs."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from scipy import optimize, sparse

from analysis.plan.matching import effects
from analysis.plan.model import Change, Model, build
from analysis.plan.solving import best
from analysis.plan.task import NEEDS, Task

PLACES, BUDGET = "places", "budget"
_COLUMNS = ["kind", "part", "step", "level", "specialist", "gain", "low", "high", "relaxed"]
_ALMOST = 1e-6


@dataclass(frozen=True)
class Curves:
    """Marginal curves of one task.

    Attributes
    ----------
    points : pd.DataFrame
        One row a step: ``kind`` (``places``, ``budget``), ``part`` (empty for the budget), ``step`` (places, euro; 0 is
        today), ``level`` (places or euro after the step), ``specialist`` (whether the step is one full post more or
        fewer), ``gain`` (worth of what is served more, in children where effects are empty), ``low, high`` over low,
        central and high need, ``relaxed`` (central need, children divisible).
    prices : pd.DataFrame
        ``kind, part, price``: dual price of one place with its minutes, or of one euro, in the relaxation at today's limits.
    """

    points: pd.DataFrame = field(repr=False)
    prices: pd.DataFrame = field(repr=False)


def curves(task: Task, parts: Collection[str] | None = None) -> Curves:
    """Solve anew at more and fewer places of each part (of some, where they are named), and at more and less money.

    A place that is added brings the minutes of one child and may stand in any school that has the part's capacity; the
    budget stays as it is, so that a curve is flat where money is what limits. A cut takes places, with their minutes,
    where they are missed least. Each side of today is concave in the relaxation; today itself may be a kink where places
    stand in the wrong schools: a cut then costs less than as many new places buy.

    Returns
    -------
    Curves
        Steps of ``curve_places`` and one specialist (``minutes_per_specialist``), and of ``curve_budget_percent``.
    """
    own = [*(_worths(task, name, whole=True) for name in NEEDS), _worths(task, "central", whole=False)]
    if any(np.isnan(worth(Change())) for worth in own[1::2]):
        return Curves(pd.DataFrame([], columns=_COLUMNS), prices(task))
    steps = pd.DataFrame(_changes(task, parts))
    if steps.empty:
        return Curves(pd.DataFrame([], columns=_COLUMNS), prices(task))
    side = np.sign(steps["step"])
    told = [_along(rows, own) for _, rows in steps.groupby(["kind", "part", side], sort=False)]
    gains = pd.concat(told).sort_index()
    ends = gains[list(NEEDS)]
    points = steps.assign(gain=gains["central"], low=ends.min(axis=1), high=ends.max(axis=1), relaxed=gains["relaxed"])
    return Curves(points.dropna(subset="gain")[_COLUMNS].reset_index(drop=True), prices(task))


def _along(steps: pd.DataFrame, own: list[Callable[[Change], float]]) -> pd.DataFrame:
    """Return the gains of the steps on one side of today; where the farthest changes nothing, none nearer does.

    What is possible with less is possible with more: a search that was stopped early is helped by its neighbours.
    """
    today = [worth(Change()) for worth in own]
    if (steps["step"] == 0).all():
        return pd.DataFrame(0.0, index=steps.index, columns=[*NEEDS, "relaxed"])
    found = []
    for worth, now in zip(own, today, strict=True):
        ordered = steps.sort_values("step")
        far = ordered["change"].iloc[-1 if ordered["step"].iloc[0] > 0 else 0]
        flat = abs(worth(far) - now) < _ALMOST
        values = pd.Series([now if flat else worth(change) for change in ordered["change"]], index=ordered.index)
        more = bool(ordered["step"].iloc[0] > 0)
        found.append((values.cummax().clip(lower=now if more else None, upper=None if more else now) - now).round(6))
    return pd.concat(found, axis=1, keys=[*NEEDS, "relaxed"])


def _worths(task: Task, name: str, *, whole: bool) -> Callable[[Change], float]:
    """Return the worth of the best plan of one need as a function of a change; missing where no plan is possible."""
    need, effect = task.units[name].to_numpy(), effects(task)

    @cache
    def worth(change: Change) -> float:
        model = build(task, need, effect, change=change)
        found = best(model, whole=whole)
        return float("nan") if found is None else float(model.worth @ found.columns)

    return worth


def _changes(task: Task, parts: Collection[str] | None) -> list[dict[str, object]]:
    """List the steps of every curve with what is known of them."""
    found: list[dict[str, object]] = []
    for part, own in task.capacity.groupby("part", sort=True):
        now = int(own["places"].sum())
        if (parts is not None and part not in parts) or own["places"].isna().any():
            continue  # nobody knows what one more would be more than
        post = places_of(task, own)
        sizes = sorted({*task.limits.curve_places, *([post] if post else [])})
        for step in [*(-s for s in reversed(sizes) if s <= now), 0, *sizes]:
            known = {
                "kind": PLACES,
                "part": part,
                "step": step,
                "level": now + step,
                "specialist": abs(step) == post > 0,
            }
            found.append(known | {"change": Change(str(part), step) if step else Change()})
    budget = task.limits.budget_eur_per_year
    for percent in (
        () if budget is None
        else sorted({p * sign for p in (0, *task.limits.curve_budget_percent) for sign in (-1, 1)})
    ):  # fmt: skip
        euro = round(percent / 100 * (budget or 0.0), 2)
        known = {"kind": BUDGET, "part": "", "step": euro, "level": (budget or 0.0) + euro, "specialist": False}
        found.append(known | {"change": Change(budget=euro)})
    return found


def places_of(task: Task, own: pd.DataFrame, posts: float = 1.0) -> int:
    """Return how many children full posts of a part serve; 0 where its minutes or a child's are not known.

    Parameters
    ----------
    task : Task
        Whose ``minutes_per_specialist`` hold.
    own : pd.DataFrame
        The part's rows of its capacity.
    posts : float
        How many, none below zero.
    """
    minutes = task.limits.minutes_per_specialist.get(str(own["specialist"].iloc[0]))
    longest = own["minute"].max()
    if minutes is None or not longest > 0:
        return 0
    return int(own["size"].iloc[0] * (posts * minutes // longest))


def prices(task: Task) -> pd.DataFrame:
    """Return dual prices of the relaxation: what the last place of a part, and the last euro, is worth."""
    model = build(task, task.units["central"].to_numpy(), effects(task))
    dual = _duals(model)
    rows = []
    if dual:
        c = task.capacity
        child = np.nan_to_num((c["minute"] / c["size"]).to_numpy())
        own = [dual.get(("places", str(i)), 0.0) + child[i] * dual.get(("minutes", str(i)), 0.0) for i in range(len(c))]
        best_place = pd.Series(own, index=c["part"], dtype="float64").groupby(level=0, sort=True).max().round(6)
        rows += [{"kind": PLACES, "part": part, "price": price} for part, price in best_place.items()]
        if task.limits.budget_eur_per_year is not None:
            rows.append({"kind": BUDGET, "part": "", "price": round(dual.get(("budget", ""), 0.0), 9)})
    return pd.DataFrame(rows, columns=["kind", "part", "price"])


def _duals(model: Model) -> dict[tuple[str, str], float]:
    """Return what one more unit of each upper end is worth in the relaxation; nothing where it has no solution."""
    up, down = np.isfinite(model.upper), np.isfinite(model.lower)
    matrix = sparse.vstack([model.matrix[up], -model.matrix[down]]).tocsr()
    ends = np.concatenate([model.upper[up], -model.lower[down]])
    bounds = np.column_stack([model.least, model.most])
    found: Any = optimize.linprog(-model.worth, A_ub=matrix, b_ub=ends, bounds=bounds, method="highs")  # type: ignore[call-overload]  # sparse is allowed
    if not found.success:
        return {}
    names = [model.names[i] for i in np.flatnonzero(up)]
    return {name: -float(value) for name, value in zip(names, found.ineqlin.marginals[: len(names)], strict=True)}
