"""The methodologists' plan: needs by hand, the optimum by trying every plan, fairness, limits that bind."""

import itertools
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.evidence import evidence
from analysis.plan.visits import EVERY_SCHOOL, FIRST, NO_FIELD, needs, visit_evidence, visit_plan
from analysis.plan_limits import Limits, Travel, Visits
from analysis.staff_rules import load_staff_rules

FIELDS = ("mathematics", "inclusion")
SCHOOLS = pd.DataFrame({"school_id": ["S0", "S1", "S2"], "lat": np.nan, "lon": np.nan})
KM_A_DEGREE = 2 * np.pi * 6371.0088 / 360


def wanted(*rows: tuple[str, str, int, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["school_id", "field", "signs", "weight"])


def people(**visits: list[int]) -> pd.DataFrame:
    rows = [(f"M{f}{i}", 2026, "M1", f, n) for f, each in visits.items() for i, n in enumerate(each)]
    return pd.DataFrame(rows, columns=["methodologist", "school_year", "municipality_id", "field", "visits"])


def planned(plan: Any) -> dict[tuple[str, str], int]:
    return {(row.school_id, row.field): row.planned for row in plan.units.itertuples()}


# --- needs ------------------------------------------------------------------------------------------------------------------


def row(indicator: str, school: str, estimate: float, *, verdict: str = "differs", **more: Any) -> pd.DataFrame:
    unit, reference = {
        "skill_gap": ("percent", "country"),
        "competence_gap": ("level", "threshold"),
        "slo_dimension": ("level", ""),
    }[indicator]
    facts = {
        "school_id": school,
        "estimate": estimate,
        "low": estimate - 0.1,
        "high": estimate + 0.1,
        "n": 30,
        "verdict": verdict,
    }
    facts |= {"indicator": indicator, "unit": unit, "reference": reference, "municipality_id": "M1"} | more
    return evidence(pd.DataFrame([facts]))


def test_signs_are_steps_begun_and_weights_their_size() -> None:
    rows = pd.concat([
        row("skill_gap", "S0", -3.0, domain="mathematics", part="algebra"),
        row("skill_gap", "S0", -1.0, domain="mathematics", part="number"),
        row("competence_gap", "S1", 1.5, part="differentiation"),
    ])  # fmt: skip
    found = needs(rows, load_staff_rules()).set_index(["school_id", "field"])
    assert found.loc[("S0", "mathematics")].tolist() == [2 + 1, 1.5 + 0.5]
    assert found.loc[("S1", "inclusion")].tolist() == [2, 1.5]


def test_staff_and_the_learning_organisation_add_weight_and_no_need_of_their_own() -> None:
    gap = row("skill_gap", "S0", -2.0, domain="latvian", part="reading")
    general = row("competence_gap", "S0", 0.8, part="planning")
    country = row("slo_dimension", "", 3.8, part="team_learning", municipality_id="", verdict="")
    own = row("slo_dimension", "S0", 3.4, part="team_learning", verdict="")
    assert needs(pd.concat([general, country, own]), load_staff_rules()).empty
    chosen = ([gap], [gap, general], [gap, general, country, own], [gap, general, own])
    weights = [needs(pd.concat(rows), load_staff_rules())["weight"].iloc[0] for rows in chosen]
    assert weights == pytest.approx([1.0, 1.5, 2.0, 1.5])


def test_what_is_not_sure_not_lower_or_of_no_field_is_no_need() -> None:
    rows = pd.concat([
        row("skill_gap", "S0", -3.0, domain="mathematics", verdict="not_distinguishable", low=-4.0, high=1.0),
        row("skill_gap", "S1", 3.0, domain="mathematics"),
        row("skill_gap", "S2", -3.0, domain="sport"),
        row("competence_gap", "", 1.5, part="inclusion"),
        row("competence_gap", "S1", -1.5, part="inclusion"),
    ])  # fmt: skip
    assert needs(rows, load_staff_rules()).empty


# --- the plan ---------------------------------------------------------------------------------------------------------------


def drawn(seed: int) -> tuple[pd.DataFrame, pd.DataFrame, Limits]:
    rng = np.random.default_rng(seed)
    pairs = [(s, f) for s in SCHOOLS["school_id"] for f in FIELDS if rng.random() < 0.7] or [("S0", "inclusion")]
    rows = [(s, f, int(rng.integers(1, 3)), float(rng.integers(1, 9)) / 2) for s, f in pairs]
    offers = {f: rng.integers(0, 4, int(rng.integers(1, 3))).tolist() for f in FIELDS if rng.random() < 0.8}
    travel = Travel(minutes_between_schools=float(rng.choice([0, 30])), base="S0") if rng.random() < 0.6 else Travel()
    rule = Visits(
        per_sign=1, most=2, minutes=60.0 if rng.random() < 0.7 else None, every_school=bool(rng.random() < 0.5),
        minutes_per_methodologist=float(rng.choice([0, 90, 180, 400])) if rng.random() < 0.6 else None,
    )  # fmt: skip
    return wanted(*rows), people(**offers), Limits(visits=rule, travel=travel)


def cost_of(school: str, limits: Limits) -> float:
    """Minutes of one visit with the way there and back; without the minutes of a visit nothing is counted."""
    way = limits.travel.minutes_between_schools or 0.0
    return 0.0 if limits.visits.minutes is None else limits.visits.minutes + (0 if school == "S0" else 2 * way)


def best_by_trying(rows: pd.DataFrame, methodologists: pd.DataFrame, limits: Limits) -> float:
    """Return the worth of the best plan of all there are, fair ones only where there is one."""
    offered = methodologists.groupby("field")["visits"].agg(["sum", "size"])
    rows = rows[rows["field"].isin(offered.index)].reset_index(drop=True)
    if rows.empty:
        return 0.0
    most = (rows["signs"] * limits.visits.per_sign).clip(upper=limits.visits.most)
    found: dict[bool, float] = {}
    for plan in itertools.product(*(range(n + 1) for n in most)):
        given = rows.assign(planned=plan)
        by_field = given.groupby("field")["planned"].sum()
        if (by_field > offered["sum"].reindex(by_field.index)).any():
            continue
        minutes = limits.visits.minutes_per_methodologist
        if minutes is not None and limits.visits.minutes is not None:
            used = (
                (given["planned"] * given["school_id"].map(lambda s: cost_of(s, limits))).groupby(given["field"]).sum()
            )
            if (used > minutes * offered["size"].reindex(used.index) + 1e-6).any():
                continue
        worth = sum(w * sum(1 / k for k in range(1, n + 1)) for w, n in zip(rows["weight"], plan, strict=True))
        fair = bool((given.groupby("school_id")["planned"].sum() > 0).all())
        found[fair] = max(found.get(fair, 0.0), worth)
    if limits.visits.every_school and True in found:
        return found[True]
    return max(found.values(), default=0.0)


@pytest.mark.parametrize("part", range(6))
def test_no_plan_is_worth_more_by_trying_every_plan(part: int) -> None:
    """150 cases: needs, visits, minutes, way and fairness drawn at random."""
    for seed in range(25 * part, 25 * (part + 1)):
        rows, methodologists, limits = drawn(seed)
        plan = visit_plan(rows, methodologists, SCHOOLS, limits)
        assert plan is not None
        assert plan.worth == pytest.approx(best_by_trying(rows, methodologists, limits)), seed
        told = plan.units.merge(rows, on=["school_id", "field"])
        told = told[told["planned"] > 0]
        worth = sum(
            w * sum(1 / k for k in range(1, n + 1)) for w, n in zip(told["weight_y"], told["planned"], strict=True)
        )
        assert worth == pytest.approx(plan.worth), seed


def test_the_first_visits_go_where_the_need_is_weightiest_and_each_school_gets_one() -> None:
    rows = wanted(("S0", "inclusion", 3, 6.0), ("S1", "inclusion", 3, 1.0), ("S2", "inclusion", 3, 2.0))
    fair = visit_plan(rows, people(inclusion=[4]), SCHOOLS, Limits())
    free = visit_plan(rows, people(inclusion=[4]), SCHOOLS, Limits(visits=Visits(every_school=False)))
    assert fair is not None and free is not None  # noqa: PT018
    assert planned(fair) == {("S0", "inclusion"): 2, ("S1", "inclusion"): 1, ("S2", "inclusion"): 1}
    assert planned(free)["S0", "inclusion"] == 3
    assert set(planned(free).values()) == {3, 0, 1}
    assert fair.every_school
    assert not free.every_school


def test_where_not_every_school_can_be_visited_the_plan_says_so_and_still_helps() -> None:
    rows = wanted(("S0", "inclusion", 1, 1.0), ("S1", "inclusion", 1, 2.0), ("S2", "inclusion", 1, 3.0))
    plan = visit_plan(rows, people(inclusion=[1]), SCHOOLS, Limits())
    assert plan is not None
    assert not plan.every_school
    assert planned(plan)["S2", "inclusion"] == 1
    assert set(plan.units.loc[plan.units["planned"] < plan.units["wanted"], "limit"]) == {"places"}


def test_a_field_without_a_methodologist_is_left_out_and_named() -> None:
    rows = wanted(("S0", "inclusion", 1, 1.0), ("S0", "mathematics", 1, 1.0))
    plan = visit_plan(rows, people(mathematics=[5]), SCHOOLS, Limits())
    assert plan is not None
    assert plan.units.set_index("field")["limit"].to_dict() == {"inclusion": NO_FIELD, "mathematics": ""}
    nobody = visit_plan(rows, people(english=[5]), SCHOOLS, Limits())
    assert nobody is not None
    assert set(nobody.units["limit"]) == {NO_FIELD}


def test_the_limit_that_binds_is_named() -> None:
    rows = wanted(("S0", "inclusion", 1, 1.0), ("S1", "inclusion", 1, 1.0))

    def limit(visits: int, minutes: float, way: float) -> set[str]:
        rule = Visits(minutes=60.0, minutes_per_methodologist=minutes)
        limits = Limits(visits=rule, travel=Travel(minutes_between_schools=way, base="S0"))
        plan = visit_plan(rows, people(inclusion=[visits]), SCHOOLS, limits)
        assert plan is not None
        return set(plan.units["limit"]) - {""}

    assert limit(9, 2400.0, 30.0) == set()
    assert limit(3, 2400.0, 30.0) == {"places"}
    assert limit(9, 200.0, 0.0) == {"minutes"}
    assert limit(9, 310.0, 30.0) == {"travel"}


def test_the_way_is_the_distance_of_the_schools() -> None:
    """A degree of the equator at 60 km an hour is 111 minutes: there and back and an hour at the school take 282."""
    schools = pd.DataFrame({"school_id": ["S0", "S1"], "lat": [0.0, 0.0], "lon": [0.0, 1.0]})
    rows = wanted(("S0", "inclusion", 1, 0.1), ("S1", "inclusion", 1, 9.0))
    whole = 60 + 2 * KM_A_DEGREE
    for minutes, visits in ((whole - 1, 0), (whole + 1, 1)):
        rule = Visits(minutes=60.0, minutes_per_methodologist=minutes, per_sign=1, every_school=False)
        limits = Limits(visits=rule, travel=Travel(speed_km_per_hour=60.0, base="S0"))
        plan = visit_plan(rows, people(inclusion=[1]), schools, limits)
        assert plan is not None
        assert planned(plan)["S1", "inclusion"] == visits


def test_no_need_is_no_plan_and_only_the_newest_year_of_methodologists_counts() -> None:
    assert visit_plan(wanted(), people(inclusion=[3]), SCHOOLS, Limits()) is None
    assert visit_evidence(None, "M1", 2026).empty
    old = people(inclusion=[9]).assign(school_year=2025)
    plan = visit_plan(wanted(("S0", "inclusion", 3, 1.0)), pd.concat([old, people(inclusion=[2])]), SCHOOLS, Limits())
    assert plan is not None
    assert planned(plan) == {("S0", "inclusion"): 2}


def test_evidence_counts_visits_and_never_persons() -> None:
    rows = wanted(("S0", "inclusion", 2, 4.0), ("S1", "inclusion", 1, 1.0))
    plan = visit_plan(rows, people(inclusion=[3], english=[7]), SCHOOLS, Limits())
    found = visit_evidence(plan, "M1", 2026)
    assert set(found["population"]) == {"schools"}
    assert set(found["unit"]) == {"visits"}
    assert found[found["indicator"] == "visits_offered"]["estimate"].sum() == 10
    whole = found[(found["school_id"] == "") & (found["domain"] == "") & (found["indicator"] != "visits_offered")]
    assert whole.set_index("indicator")["estimate"].to_dict() == {"visits_wanted": 6.0, "visits_planned": 3.0}
    assert set(whole["method"]) == {"", EVERY_SCHOOL}
    of_field = found[
        (found["school_id"] == "") & (found["domain"] == "inclusion") & (found["indicator"] == "visits_planned")
    ]
    assert of_field[["estimate", "method"]].to_numpy().tolist() == [[3.0, "floor+places"]]
    first = found[(found["indicator"] == "visits_planned") & (found["part"] == FIRST)]
    assert first["school_id"].tolist() == ["S0"]


def test_the_same_input_in_another_order_gives_the_same_plan() -> None:
    for seed in range(10):
        rows, methodologists, limits = drawn(seed)
        first = visit_plan(rows, methodologists, SCHOOLS, limits)
        second = visit_plan(
            rows.sample(frac=1, random_state=1), methodologists.sample(frac=1, random_state=2), SCHOOLS, limits
        )
        assert first is not None and second is not None  # noqa: PT018
        pd.testing.assert_frame_equal(first.units, second.units)
