"""Need is counted where it is certain, drawn where it is expected, and not told where nobody knows it."""

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.batch import open_unit
from analysis.evidence import COLUMNS
from analysis.params import load_params
from analysis.plan.need import split, support_need
from analysis.programmes import load_programmes

DAY = date(2026, 5, 31)
PARTS = ["support_need", "support_served", "support_unmet"]


def municipality(schools: int = 4, a_grade: int = 25, seed: int = 1) -> dict[str, pd.DataFrame]:
    """One municipality: grades 1 to 3 and 9, results of grade 3 in three years; in the first school results are low."""
    rng = np.random.default_rng(seed)
    grades = np.repeat(["1", "2", "3", "9"], a_grade)
    enrolled = pd.DataFrame(
        {"grade": np.tile(grades, schools), "school_id": np.repeat([f"S{j}" for j in range(schools)], len(grades))}
    )
    enrolled = enrolled.assign(
        pupil=[f"p{i}" for i in range(len(enrolled))], school_year=2026, municipality_id="M", repeats="no",
        sen=np.where(rng.random(len(enrolled)) < 0.1, "yes", "no"), age=pd.array([9] * len(enrolled), dtype="Int8"),
    )  # fmt: skip
    size = 3 * schools * 30
    results = pd.DataFrame(
        {"school_id": [f"S{i % schools}" for i in range(size)], "school_year": 2024 + np.arange(size) % 3,
         "pupil": [f"q{i}" for i in range(size)], "sen": np.where(rng.random(size) < 0.1, "yes", "no")}
    )  # fmt: skip
    z = rng.normal(size=size) - 0.7 * (results["sen"] == "yes") - 0.7 * (results["school_id"] == "S0")
    results = results.assign(
        municipality_id="M", grade="3", test="diagnostic", domain="literacy", level="", session="", status="present",
        known=True, enrolled=True, scale="percent", value=60 + 15 * z, points=15 * z, position=z, low_cut=60 - 15 * 0.8416,
    )  # fmt: skip
    return {"enrolments": enrolled, "results": results, "marks": pd.DataFrame(), "given": pd.DataFrame()}


def given_to(pupils: "pd.Series[str]", programme: str = "reading") -> pd.DataFrame:
    return pd.DataFrame({"pupil": list(pupils), "school_year": 2026, "programme": programme, "specialist": "teacher"})


def needed(tables: dict[str, pd.DataFrame], *own: dict[str, Any], modelled: pd.DataFrame | None = None) -> pd.DataFrame:
    return support_need(
        **tables, programmes=load_programmes(own), attributes=["sen"], params=load_params(), modelled=modelled
    )


def of(rows: pd.DataFrame, indicator: str, part: str = "reading", **keys: str) -> pd.DataFrame:
    mine = (rows["indicator"] == indicator) & (rows["part"] == part)
    for key, value in keys.items():
        mine &= rows[key] == value
    return rows[mine]


def notes(rows: pd.DataFrame) -> dict[str, int]:
    found = rows[rows["indicator"] == "support_note"]
    return dict(zip(found["part"], found["n"].astype(int), strict=True))


def test_a_need_adds_up_from_grades_over_schools_to_the_municipality() -> None:
    tables = municipality()
    enrolled = tables["enrolments"]
    tables["given"] = given_to(enrolled.loc[enrolled["grade"] == "2", "pupil"].iloc[::5])
    rows = needed(tables)
    assert list(rows.columns) == list(COLUMNS)
    for indicator in PARTS:
        whole, schools = of(rows, indicator, school_id=""), of(rows, indicator, grade="")
        grades = of(rows, indicator)
        grades = grades[grades["grade"] != ""]
        sums = [whole["estimate"].sum(), schools.query("school_id != ''")["estimate"].sum(), grades["estimate"].sum()]
        assert sums[0] == pytest.approx(sums[1]) == pytest.approx(sums[2])
    need, served, unmet = (of(rows, i, grade="").set_index("school_id")["estimate"] for i in PARTS)
    assert np.allclose(need, served + unmet)
    share = of(rows, "support_met_share", grade="").set_index("school_id")["estimate"]
    assert np.allclose(share, 100 * served / need)
    assert of(rows, "support_need", school_id="")["n"].item() == 4 * 75


def test_low_results_of_a_school_and_a_group_are_expected_of_its_pupils_to_come() -> None:
    rows = needed(municipality())
    schools = of(rows, "support_need", grade="").query("school_id != ''").set_index("school_id")
    assert schools["estimate"].idxmax() == "S0"
    assert ((schools["low"] < schools["estimate"]) & (schools["estimate"] < schools["high"])).all()
    whole = of(rows, "support_need", school_id="").iloc[0]
    expected = 300 * (municipality()["results"].eval("value < low_cut")).mean()
    assert whole["low"] < expected < whole["high"]
    assert "1, 2, 3 by diagnostic of 3" in whole["method"]


def test_pupils_of_a_grade_far_from_every_test_have_no_need_invented() -> None:
    tables = municipality()
    own = {"code": "reading", "eligible": {"grades": [1, 2, 3, 9]}}
    rows = needed(tables, own)
    assert notes(rows)["reading:no_results"] == 100
    assert set(of(rows, "support_need")["grade"]) == {"", "1", "2", "3"}


def test_without_results_without_a_country_or_without_a_rate_the_need_is_not_known() -> None:
    tables = municipality()
    alone = tables["results"].assign(position=np.nan, points=np.nan, low_cut=np.nan)
    for results, reason in ((pd.DataFrame(), "no_results"), (alone, "no_country")):
        rows = needed(tables | {"results": results})
        assert of(rows, "support_need").empty
        assert notes(rows)[f"reading:{reason}"] == 300
    assert notes(needed(tables))["counselling/psychologist:need_unknown"] == 400
    assert of(needed(tables), "support_need", "counselling/psychologist").empty


def test_where_nothing_is_known_of_who_is_served_nothing_is_met_or_unmet() -> None:
    rows = needed(municipality())
    assert of(rows, "support_served").empty
    assert of(rows, "support_unmet").empty
    assert notes(rows)["reading:served_unknown"] == 300


def test_a_board_that_knows_its_share_is_believed_and_chance_is_added() -> None:
    own = {"code": "counselling", "need": {"percent": {"psychologist": 10}}}
    rows = needed(municipality(), own)
    whole = of(rows, "support_need", "counselling/psychologist", school_id="").iloc[0]
    assert whole["estimate"] == pytest.approx(40, abs=1)
    assert (whole["low"], whole["high"]) == pytest.approx((30, 50), abs=2)  # 40 ± 1.645 · 6
    assert "10 %" in whole["method"]
    assert of(rows, "support_need", "counselling/librarian").empty


def test_whoever_repeats_after_a_failed_exam_is_certain_to_need_it() -> None:
    tables = municipality()
    ninth = tables["enrolments"].index[tables["enrolments"]["grade"] == "9"][:8]
    tables["enrolments"].loc[ninth, "repeats"] = "yes"
    who = tables["enrolments"].loc[ninth, "pupil"]
    exam = tables["results"].iloc[:8].assign(
        pupil=who.to_numpy(), grade="9", test="CE", domain="mathematics", school_year=2025, value=[5.0] * 6 + [50.0] * 2,
        position=-2.0)  # fmt: skip
    second = exam.assign(domain="latvian", value=[5.0] * 3 + [50.0] * 5)
    marks = pd.DataFrame(
        {"pupil": list(who), "school_year": 2025, "term": "year", "domain": "x", "mark": [3.0, 5, 5, 5, 3, 5, 5, 5]}
    )
    tables |= {"results": pd.concat([tables["results"], exam, second], ignore_index=True), "marks": marks}
    tables["given"] = given_to(who.iloc[[0, 6]], "subject")
    rows = needed(tables)
    # Six failed maths, three of them Latvian too; of the three with one exam failed two have all marks from 4 on.
    whole = of(rows, "support_need", "subject", school_id="").iloc[0]
    assert (whole["n"], whole["estimate"], whole["low"], whole["high"]) == (4, 4.0, 4.0, 4.0)
    assert np.isnan(whole["confidence"])
    assert of(rows, "support_unmet", "subject", school_id="")["estimate"].item() == 3
    assert notes(rows)["subject:not_eligible"] == 1


def test_early_signs_tell_a_need_of_the_municipality_alone() -> None:
    signs = pd.DataFrame([{"indicator": "risk_band", "part": "expected", "municipality_id": "M", "grade": "6",
                           "domain": "mathematics", "n": 200, "estimate": 30.0, "low": 20.0, "high": 40.0}])  # fmt: skip
    own = {"code": "maths", "name": {"lv": "x", "en": "x"}, "for_whom": "pupils", "unit": "places",
           "eligible": {"grades": [9]}, "need": {"early_signs": {"grade": 6, "domain": "mathematics"}}}  # fmt: skip
    tables = municipality()
    tables["given"] = given_to(tables["enrolments"].query("grade == '9'")["pupil"].iloc[:12], "maths")
    rows = needed(tables, own, modelled=signs)
    need = of(rows, "support_need", "maths")
    assert need[["school_id", "grade", "n"]].to_numpy().tolist() == [["", "", 200]]
    assert need[["estimate", "low", "high"]].to_numpy()[0] == pytest.approx([30, 20, 40], abs=2)
    assert of(rows, "support_served", "maths")["estimate"].item() == pytest.approx(12, abs=0.2)
    assert notes(needed(tables, own))["maths:no_signs"] == 100


@settings(deadline=None, max_examples=200)
@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12), st.booleans()), min_size=1, max_size=12))
def test_served_children_are_never_more_than_get_it_or_need_it(units: list[tuple[int, int, bool]]) -> None:
    need = np.array([[float(n)] for n, _, _ in units])
    gets = np.array([float(g) for _, g, _ in units])
    first = np.array([i for i, (_, _, new) in enumerate(units) if new or i == 0])
    served, unmet = split(need, gets, first)
    school = np.searchsorted(first, np.arange(len(units)), side="right") - 1
    for j in range(len(first)):
        mine = school == j
        total, places = need[mine].sum(), gets[mine].sum()
        assert served[mine].sum() == pytest.approx(min(total, places))
        assert unmet[mine].sum() == pytest.approx(max(0.0, total - places))
    assert (served[:, 0] <= gets + 1e-9).all()
    assert (unmet <= need + 1e-9).all()


def test_same_rows_in_another_order_give_the_same_figures() -> None:
    tables = municipality()
    tables["given"] = given_to(tables["enrolments"]["pupil"].iloc[::9])
    mixed = {name: rows.sample(frac=1, random_state=3) if len(rows) else rows for name, rows in tables.items()}
    columns = ["indicator", "part", "school_id", "grade", "n", "estimate", "low", "high"]
    assert needed(tables)[columns].round(6).equals(needed(mixed)[columns].round(6))


def test_a_municipality_of_the_demo_has_its_need_told(demo_store) -> None:
    unit = open_unit("D001", store=str(demo_store), edition="board")
    rows = support_need(unit.table("enrolments"), unit.results, unit.table("marks"), unit.table("support_given"),
                        load_programmes(), unit.attributes, unit.params, modelled=unit.modelled, day=DAY)  # fmt: skip
    whole = of(rows, "support_need", school_id="").iloc[0]
    assert 0.12 < whole["estimate"] / whole["n"] < 0.30
    assert "1 by monitoring of PS" in whole["method"]
    assert set(rows["school_year"]) == {2026}
    assert needed(
        {name: unit.table("enrolments").head(0) for name in ("enrolments", "results", "marks", "given")}
    ).empty
