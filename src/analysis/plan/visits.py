"""Where do methodologists go: which school and field first, what is left out, and which limit binds?"""

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from analysis.evidence import evidence, no_evidence
from analysis.plan.binding import binding
from analysis.plan.model import build
from analysis.plan.solving import best
from analysis.plan.task import Floats, Integers, Task, task
from analysis.plan_limits import Floors, Limits, Travel
from analysis.staff_rules import StaffRules

VISITOR, NO_FIELD = "methodologist", "no_field"
FIRST, EVERY_SCHOOL = "first", "every school"
_POINTS = 2.0
"""Percentage points of a skill that weigh as much as a level of a competence (decision 0031)."""
_MORE = 0.5
_ALMOST = 1e-6


@dataclass(frozen=True)
class VisitPlan:
    """The methodologists' plan of a year.

    Attributes
    ----------
    units : pd.DataFrame
        By ``school_id, field``: ``signs`` of a need, its ``weight``, visits ``wanted`` and ``planned``, and the ``limit`` that
        leaves some out (empty where none).
    offered : pd.DataFrame
        By ``field``: ``visits`` there are, and ``methodologists``.
    worth : float
        What the plan is worth: the first visit to a need its weight, the second half of it, the third a third.
    every_school : bool
        Whether each school with a need that a field serves is visited.
    """

    units: pd.DataFrame = field(repr=False)
    offered: pd.DataFrame = field(repr=False)
    worth: float
    every_school: bool


def needs(rows: pd.DataFrame, rules: StaffRules) -> pd.DataFrame:
    """Count the signs of a need by school and field, and weigh them.

    A sign is a skill in which a school's pupils are surely weaker than pupils of the same total (``skill_gap``: one for each
    two percentage points begun), or a competence of the field surely below what is required (``competence_gap``: one for each
    level begun, for the larger the gap the more individual the support). The weight is their size without rounding up, in
    the same steps. Where there is a sign, one half of it is added where the staff lacks a competence of no field, and one
    half where a dimension of the school as a learning organisation (``slo_dimension``) is surely lower.

    Parameters
    ----------
    rows : pd.DataFrame
        Evidence of a municipality as released: what is withheld decides nothing. Only the verdict ``differs`` counts.
    rules : StaffRules
        Fields with their domains and competences.

    Returns
    -------
    pd.DataFrame
        ``school_id, field, signs, weight``, sorted.
    """
    sure = rows[(rows["school_id"] != "") & (rows["verdict"] == "differs")]
    weaker = sure[(sure["indicator"] == "skill_gap") & (sure["estimate"] < 0)]
    lacking = sure[(sure["indicator"] == "competence_gap") & (sure["estimate"] > 0)]
    lower = _below_the_country(rows[(rows["indicator"] == "slo_dimension") & (rows["reference"] == "")])
    of_domain = {d: name for name, one in rules.fields.items() for d in one.domains}
    of_competence = {c: name for name, one in rules.fields.items() for c in one.competences}
    found = pd.concat([
        pd.DataFrame({"school_id": weaker["school_id"], "field": weaker["domain"].map(of_domain),
                      "weight": -weaker["estimate"] / _POINTS}),
        pd.DataFrame({"school_id": lacking["school_id"], "field": lacking["part"].map(of_competence),
                      "weight": lacking["estimate"]}),
    ]).dropna()  # fmt: skip
    found = found.assign(signs=np.ceil(found["weight"] - _ALMOST).astype("int64"))
    found = (
        found.astype({"school_id": "str", "field": "str"}).groupby(["school_id", "field"])[["signs", "weight"]].sum()
    )
    found = found.reset_index()
    general = set(lacking.loc[~lacking["part"].isin(of_competence), "school_id"])
    more = found["school_id"].isin(general).astype("float64") + found["school_id"].isin(lower)
    return found.assign(weight=found["weight"] * (1 + _MORE * more))


def _below_the_country(rows: pd.DataFrame) -> set[str]:
    """Return the schools whose staff surely place a dimension below the country's mean."""
    nation = rows[rows["municipality_id"] == ""].drop_duplicates("part").set_index("part")["estimate"]
    own = rows[rows["school_id"] != ""]
    return set(own.loc[own["high"] < own["part"].map(nation).astype("float64"), "school_id"])


def visit_plan(
    wanted: pd.DataFrame, methodologists: pd.DataFrame, schools: pd.DataFrame, limits: Limits
) -> VisitPlan | None:  # fmt: skip
    """Give visits to needs, by the optimiser of the support plan.

    A need of ``s`` signs takes ``s × per_sign`` visits, ``most`` at the most. The plan maximises the sum over needs of weight ×
    (1 + 1/2 + 1/3 + …) over its visits, under the visits of each field, the minutes of its methodologists with the way there
    and back, and one visit for every school with a need, where that is possible.

    Parameters
    ----------
    wanted : pd.DataFrame
        Of :func:`needs`.
    methodologists : pd.DataFrame
        Contract ``methodologists`` of one municipality; the newest year counts.
    schools : pd.DataFrame
        ``school_id, lat, lon``.
    limits : Limits
        ``visits``, ``travel``.

    Returns
    -------
    VisitPlan or None
        None without a need.
    """
    if wanted.empty:
        return None
    rule = limits.visits
    wanted = wanted.sort_values(["field", "school_id"], ignore_index=True)
    wanted = wanted.assign(wanted=(wanted["signs"] * rule.per_sign).clip(upper=rule.most))
    offered = _offered(methodologists)
    served = wanted[wanted["field"].isin(offered["field"])]
    if served.empty:
        left = wanted.assign(planned=0, limit=NO_FIELD)
        return VisitPlan(left, offered, 0.0, every_school=False)
    asked = _asked(served, offered, schools, limits)
    worth = _worth(asked, served)
    need = asked.units["central"].to_numpy()
    fair = best(build(asked, need, worth)) if rule.every_school else None
    free = replace(asked, limits=asked.limits.model_copy(update={"floor_percent": Floors()}))
    found = fair or best(build(free, need, worth))
    if found is None:
        raise RuntimeError("a plan without floors can always leave everybody out")
    visits = found.columns.astype("int64")[: len(asked.options)]
    planned = _by_step(asked, found.columns)
    without = planned if fair is None else _without_floors(free, need, worth, planned)
    units = _by_need(asked, planned, binding(asked, need, visits, without), wanted)
    return VisitPlan(units, offered, float(worth @ planned), every_school=fair is not None)


def _offered(methodologists: pd.DataFrame) -> pd.DataFrame:
    rows = methodologists[methodologists["school_year"] == methodologists["school_year"].max()]
    by_field = rows.astype({"field": "str", "visits": "float64"}).groupby("field")["visits"]
    return pd.DataFrame({"visits": by_field.sum(), "methodologists": by_field.size()}).reset_index()


def _asked(served: pd.DataFrame, offered: pd.DataFrame, schools: pd.DataFrame, limits: Limits) -> Task:
    """Put visits in the shape of the support plan: a step of a need is a grade with one child, a field's visits are places."""
    steps = served.loc[served.index.repeat(served["wanted"])]
    number = steps.groupby(["school_id", "field"]).cumcount() + 1
    need = pd.DataFrame({"school_id": steps["school_id"], "part": steps["field"], "grade": number.map("{:02d}".format)})
    rule = limits.visits
    minutes = np.nan if rule.minutes_per_methodologist is None else rule.minutes_per_methodologist
    capacity = offered.assign(
        programme=offered["field"], specialist=VISITOR, school_id="", places=offered["visits"], school_year=0,
        minutes_per_week=offered["methodologists"] * minutes, cost_per_hour=np.nan,
    )  # fmt: skip
    share = 100 / served.groupby("school_id")["wanted"].sum().max()
    floors = Floors(school=share) if rule.every_school else Floors()
    travel = limits.travel.model_copy(update={"minutes_per_visit": rule.minutes}) if rule.minutes else Travel()
    of_a_visit = {VISITOR: rule.minutes} if rule.minutes else {}
    own = Limits(travel=travel, floor_percent=floors, minutes_per_child=of_a_visit)
    one = need.assign(n=1, estimate=1.0, low=1.0, high=1.0).reset_index(drop=True)
    return task(one, capacity, schools, own, apart=True)


def _worth(asked: Task, served: pd.DataFrame) -> Floats:
    """Return the worth of each step: the weight of its need over the number of the step."""
    weight = served.set_index(["school_id", "field"])["weight"]
    of_unit = weight.reindex(pd.MultiIndex.from_frame(asked.units[["school_id", "part"]])).to_numpy(dtype="float64")
    return np.asarray(of_unit / asked.units["grade"].astype("int64").to_numpy())


def _without_floors(free: Task, need: Integers, worth: Floats, planned: Integers) -> Integers:
    """Return the visits of each step without fairness, where fairness costs anything at all."""
    found = best(build(free, need, worth))
    if found is None or worth @ planned >= found.most - _ALMOST:
        return planned
    return _by_step(free, found.columns)


def _by_step(asked: Task, columns: Floats) -> Integers:
    visits = columns[: len(asked.options)]
    return np.bincount(asked.ways.unit, weights=visits, minlength=len(asked.units)).astype("int64")


def _by_need(asked: Task, planned: Integers, limit: "pd.Series[str]", wanted: pd.DataFrame) -> pd.DataFrame:
    """Add steps up by need; named is the limit of its first step that is left out."""
    steps = asked.units[["school_id", "part", "grade"]].rename(columns={"part": "field"})
    steps = steps.assign(planned=planned, limit=limit.to_numpy()).sort_values("grade", kind="stable")
    by_need = steps.groupby(["school_id", "field"])
    total = by_need["planned"].sum()
    left = (
        steps[steps["limit"] != ""].drop_duplicates(["school_id", "field"]).set_index(["school_id", "field"])["limit"]
    )
    at = pd.MultiIndex.from_frame(wanted[["school_id", "field"]])
    found = wanted.assign(planned=total.reindex(at).fillna(0).to_numpy(dtype="int64"))
    named = left.reindex(at).to_numpy(dtype="object")
    found["limit"] = pd.Series(named, index=found.index).fillna("").astype("str")
    known = at.isin(total.index)
    found["limit"] = found["limit"].mask(~known, NO_FIELD)
    return found.assign(limit=found["limit"].where(found["planned"] < found["wanted"], ""))


def visit_evidence(plan: VisitPlan | None, municipality_id: str, school_year: int) -> pd.DataFrame:
    """Return the plan as evidence: ``visits_wanted`` and ``visits_planned`` (``method`` the limits) by school and field.

    ``part`` is ``first`` where the need of a field is weightiest and a visit is planned: there it begins. Rows without a
    school add up a field, those without a field everything; of these ``method`` says whether each school with a need that a
    field serves is visited. ``visits_offered`` is by field. Nothing in it counts persons.
    """
    if plan is None:
        return no_evidence()
    units = plan.units.rename(columns={"field": "domain"})
    most = units["weight"] >= units.groupby("domain")["weight"].transform("max") - _ALMOST
    units = units.assign(part=pd.Series("", index=units.index).mask(most & (units["planned"] > 0), FIRST))
    fields = units.groupby("domain")[["wanted", "planned"]].sum().reset_index()
    limits = units.groupby("domain")["limit"].agg(_joined)
    fields = fields.assign(limit=fields["domain"].map(limits))
    whole = fields[["wanted", "planned"]].sum().to_frame().T.assign(limit=EVERY_SCHOOL if plan.every_school else "")
    told = pd.concat([units, fields, whole], ignore_index=True)
    offered = plan.offered.rename(columns={"field": "domain", "visits": "estimate"})
    rows = [told.assign(indicator="visits_wanted", estimate=told["wanted"].astype("float64")),
            told.assign(indicator="visits_planned", estimate=told["planned"].astype("float64"), method=told["limit"]),
            offered.assign(indicator="visits_offered")]  # fmt: skip
    blanks = dict.fromkeys(("method", "part", "school_id", "domain"), "")
    return evidence(
        pd.concat(rows, ignore_index=True).fillna(blanks), unit="visits", municipality_id=municipality_id,
        school_year=school_year, population="schools", n=1,
    )  # fmt: skip


def _joined(limits: "pd.Series[str]") -> str:
    return "+".join(sorted({one for several in limits for one in several.split("+") if one}))


__all__ = ["EVERY_SCHOOL", "FIRST", "NO_FIELD", "VisitPlan", "needs", "visit_evidence", "visit_plan"]
