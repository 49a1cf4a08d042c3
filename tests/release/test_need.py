"""Counts of children who get support are sensitive: few, none and all but few are withheld, with all that tells them."""

from typing import Any

import numpy as np
import pandas as pd
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from analysis.evidence import evidence
from analysis.params import load_params
from analysis.release import release

LIMIT = 10
Schools = list[list[tuple[int, int]]]


def support(schools: Schools) -> pd.DataFrame:
    """Rows of one programme: (eligible, served) by school and grade; the need is half of the eligible."""
    rows: list[dict[str, Any]] = []

    def add(school: str, grade: str, n: int, served: int) -> None:
        keys = {"school_id": school, "grade": grade, "n": n, "unit": "pupils"}
        figures = {"support_need": n / 2, "support_served": served, "support_unmet": n / 2 - served}
        rows.extend(keys | {"indicator": name, "estimate": float(value)} for name, value in figures.items())
        if grade == "" and n:
            rows.append(keys | {"indicator": "support_met_share", "estimate": 200.0 * served / n, "unit": "percent"})

    for j, grades in enumerate(schools):
        for g, (n, served) in enumerate(grades):
            add(f"S{j}", str(g + 1), n, served)
        add(f"S{j}", "", sum(n for n, _ in grades), sum(s for _, s in grades))
    add("", "", sum(n for grades in schools for n, _ in grades), sum(s for grades in schools for _, s in grades))
    return evidence(pd.DataFrame(rows), municipality_id="M", school_year=2026, part="reading")


def shown(schools: Schools) -> pd.DataFrame:
    rows = release(support(schools), load_params()).rows
    return rows.set_index(["indicator", "school_id", "grade"])["estimate"].sort_index()


def test_few_none_and_all_but_few_are_withheld_and_what_tells_them_too() -> None:
    rows = shown([[(40, 20)], [(39, 3)], [(40, 0)], [(40, 37)], [(40, 12)], [(40, 10)], [(4, 2)]])
    served = rows["support_served"].xs("", level="grade")
    assert served[["S1", "S2", "S3", "S6"]].isna().all()
    assert served[["S0", "S4", "S5", ""]].tolist() == [20, 12, 10, 84]
    for name in ("support_unmet", "support_met_share"):
        assert rows[name].xs("", level="grade").isna().equals(served.isna())
    need = rows["support_need"].xs("", level="grade")
    assert need[need.isna()].index.tolist() == ["S1", "S6"]  # four pupils, and the next smallest beside them
    assert need["S2"] == 20


def test_one_withheld_school_does_not_follow_from_the_total() -> None:
    rows = shown([[(60, 30)], [(60, 12)], [(60, 2)]])
    assert rows["support_served"].xs("", level="grade")[["S1", "S2"]].isna().all()  # 44 − 30 − 12 would be told


def test_two_blanks_that_are_few_together_need_a_third() -> None:
    served = shown([[(60, 30)], [(60, 12)], [(60, 2)], [(60, 2)]])["support_served"].xs("", level="grade")
    assert served[["S1", "S2", "S3"]].isna().all()
    assert served["S0"] == 30


def test_grades_go_with_their_school() -> None:
    rows = shown([[(60, 30)], [(30, 11), (30, 11)], [(60, 2)]])
    assert (
        rows["support_served"]["S1"].isna().all()
    )  # 11 + 11 would tell the school, and the school the two of the other


COUNTS = st.tuples(st.integers(0, 30), st.integers(0, 30)).map(lambda pair: (max(pair), min(pair)))


@settings(deadline=None, max_examples=40, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(st.lists(st.lists(COUNTS, min_size=1, max_size=3), min_size=1, max_size=6))
def test_no_small_number_of_served_children_follows_from_its_neighbours(schools: Schools) -> None:
    """What is left of a total, when all shown parts are taken off, is nothing or at least the limit."""
    told = shown(schools).to_dict()
    levels = [("", [(f"S{j}", "") for j in range(len(schools))])]
    levels += [(f"S{j}", [(f"S{j}", str(g + 1)) for g in range(len(grades))]) for j, grades in enumerate(schools)]
    for whole, keys in levels:
        total, parts = told["support_served", whole, ""], [told["support_served", *key] for key in keys]
        hidden = sum(np.isnan(part) for part in parts)
        if not np.isnan(total) and hidden:
            assert (hidden >= 2 and total - np.nansum(parts) >= LIMIT) or hidden == len(parts) > 1
    for (indicator, *key), value in told.items():
        if indicator == "support_served":
            assert np.isnan(value) or value >= LIMIT
        if indicator in ("support_unmet", "support_met_share") and np.isnan(told["support_served", *key]):
            assert np.isnan(value)


def planned(schools: list[tuple[int, int]]) -> pd.DataFrame:
    """A programme for all who may be served, so that need is a plain count: (eligible, served by the plan) by school."""
    rows = []
    for j, (n, served) in enumerate([*schools, (sum(n for n, _ in schools), sum(s for _, s in schools))]):
        keys = {"school_id": f"S{j}" if j < len(schools) else "", "part": "subject", "n": n, "unit": "pupils"}
        figures = {"support_need": (n, 2026), "plan_served": (served, 2027), "plan_unserved": (n - served, 2027)}
        rows += [keys | {"indicator": i, "estimate": float(v), "school_year": y} for i, (v, y) in figures.items()]
    return release(evidence(pd.DataFrame(rows), municipality_id="M"), load_params()).rows


def test_a_need_that_is_withheld_does_not_follow_from_the_plan() -> None:
    """Served and left are the need again: 21 − (10 + 2) − (4 + 2) would be the three pupils of the smallest school."""
    told = planned([(12, 10), (6, 4), (3, 2)]).pivot(index="school_id", columns="indicator", values="estimate")
    assert told.loc["", "support_need"] == 21
    hidden = told.index[told["support_need"].isna()]
    assert list(hidden) == ["S1", "S2"]
    assert told.loc[hidden, ["plan_served", "plan_unserved"]].isna().all().all()


@settings(deadline=None, max_examples=40, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(st.lists(COUNTS.filter(lambda pair: pair[0] > 0), min_size=1, max_size=6))
def test_no_small_number_of_pupils_follows_from_a_plan(schools: list[tuple[int, int]]) -> None:
    told = planned(schools).pivot(index="school_id", columns="indicator", values="estimate")
    both = told["plan_served"] + told["plan_unserved"]
    shown = both.drop("").dropna()
    if np.isfinite(both[""]) and len(shown) < len(schools):
        assert both[""] - shown.sum() >= load_params().smallest_group
