"""Lessons and minutes by hand, the audit's ratios on a fixture, and what small groups may not tell."""

import pandas as pd
import pytest

from analysis.evidence import evidence
from analysis.params import load_params
from analysis.plan.hours import (
    beside_results,
    lesson_hours,
    support_minutes,
    support_minutes_in_need,
)  # fmt: skip
from analysis.plan_limits import audit_hours, audit_minutes
from analysis.release import release

PARAMS = load_params()


def lessons(*rows: tuple[str, int, str, str, float, float]) -> pd.DataFrame:
    columns = ["school_id", "school_year", "grade", "domain", "planned", "delivered"]
    return pd.DataFrame(rows, columns=columns).assign(municipality_id="M1")


def given(*rows: tuple[str, str, str, float], year: int = 2026, **more: object) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["pupil", "school_id", "specialist", "minutes"])
    base = {"school_year": year, "programme": "counselling", "from": pd.NaT, "to": pd.NaT, "municipality_id": "M1"}
    return frame.assign(**(base | more))


def test_the_audits_ratios_come_out_of_a_register_that_has_them() -> None:
    """Delivered hours below plan by up to 46 % in mathematics, 27 % in Latvian, 24 % in English; planned hours 750 apart."""
    rows = lessons(
        ("S1", 2024, "5", "mathematics", 100, 54), ("S1", 2024, "6", "mathematics", 50, 27),
        ("S2", 2024, "5", "mathematics", 900, 880), ("S1", 2024, "5", "latvian", 200, 146),
        ("S2", 2024, "5", "latvian", 200, 190), ("S1", 2024, "5", "english", 100, 76), ("S2", 2024, "5", "english", 100, 95),
    )  # fmt: skip
    found = lesson_hours(rows, PARAMS)
    of_schools = found[found["school_id"] != ""]
    shares = of_schools[of_schools["indicator"] == "lesson_hours_share"].groupby("domain")["estimate"].min()
    assert (100 - shares).to_dict() == pytest.approx(audit_hours())
    planned = of_schools[(of_schools["part"] == "planned") & (of_schools["domain"] == "mathematics")]["estimate"]
    assert planned.max() - planned.min() == 750


def test_a_municipality_is_the_sum_of_its_schools_year_by_year() -> None:
    rows = lessons(
        ("S1", 2025, "5", "latvian", 100, 90), ("S1", 2026, "5", "latvian", 100, 80), ("S2", 2026, "5", "latvian", 300, 300),
        ("S2", 2026, "6", "latvian", 0, 0),
    )  # fmt: skip
    found = lesson_hours(rows, PARAMS)
    share = found[(found["indicator"] == "lesson_hours_share") & (found["school_id"] == "")]
    assert share[["school_year", "n", "estimate"]].values.tolist() == [[2025, 1, 90], [2026, 2, 95]]
    schools = found[(found["indicator"] == "lesson_hours_share") & (found["school_id"] != "")]
    assert schools[["school_id", "school_year", "estimate"]].values.tolist() == [["S1", 2026, 80], ["S2", 2026, 100]]
    assert release(found, PARAMS).rows["estimate"].notna().all()  # lessons are no children
    assert lesson_hours(pd.DataFrame(), PARAMS).empty
    nothing = lesson_hours(lessons(("S1", 2026, "5", "latvian", 0, 0)), PARAMS)
    assert set(nothing["indicator"]) == {"lesson_hours"}


def test_the_audits_minutes_come_out_of_a_register_that_has_them() -> None:
    """Children in need twice those supported: minutes of the audit after halving."""
    told = {name: (float(fact["low"]), float(fact["high"])) for name, fact in audit_minutes().items()}
    rows, need = [], []
    for specialist, ends in told.items():
        for school, minutes in zip(("S1", "S2"), ends, strict=True):
            rows += [(f"{specialist}{school}{i}", school, specialist, 2 * minutes) for i in range(10)]
            need.append({"municipality_id": "M1", "school_id": school, "part": specialist, "estimate": 20.0})
    children = evidence(pd.DataFrame(need), indicator="risk_band", unit="pupils")
    found = support_minutes_in_need(given(*rows), children)
    ends = found.groupby("part")["estimate"].agg(["min", "max"]).apply(tuple, axis=1)
    assert ends.to_dict() == told


def test_part_of_a_year_counts_by_its_part_and_two_supports_of_a_child_add_up() -> None:
    rows = given(("P1", "S1", "psychologist", 20), ("P1", "S1", "psychologist", 10), ("P2", "S1", "psychologist", 30))
    rows["from"] = pd.to_datetime([None, "2025-09-01", "2026-01-15"])
    rows["to"] = pd.to_datetime([None, "2026-12-31", "2026-05-31"])
    days = (pd.Timestamp("2026-05-31") - pd.Timestamp("2025-09-01")).days + 1
    second = 30 * ((pd.Timestamp("2026-05-31") - pd.Timestamp("2026-01-15")).days + 1) / days
    found = support_minutes(rows)
    assert found[["school_id", "n", "estimate"]].values.tolist() == [
        ["", 2, pytest.approx((30 + second) / 2)], ["S1", 2, pytest.approx((30 + second) / 2)]
    ]  # fmt: skip


def test_the_newest_year_counts_and_unknown_minutes_do_not() -> None:
    old, new = given(("P1", "S1", "psychologist", 90), year=2025), given(("P2", "S1", "psychologist", 15))
    unknown = given(("P3", "S1", "psychologist", float("nan")))
    assert set(support_minutes(pd.concat([old, new, unknown]))["estimate"]) == {15.0}
    assert support_minutes(unknown).empty
    assert support_minutes(pd.DataFrame()).empty


def test_need_has_an_interval_and_so_have_its_minutes() -> None:
    ends = {"estimate": [20.0, 12.0], "low": [10.0, 8.0], "high": [40.0, 16.0]}
    need = pd.DataFrame({"part": ["psychologist", "librarian"]} | ends)
    children = evidence(need, indicator="risk_band", municipality_id="M1", unit="pupils")
    found = support_minutes_in_need(given(*[(f"P{i}", "S1", "psychologist", 20.0) for i in range(10)]), children)
    figures = found.set_index("part")[["n", "low", "estimate", "high"]]
    assert figures.loc["psychologist"].tolist() == [20, 5, 10, 20]
    assert figures.loc["librarian"].tolist() == [12, 0, 0, 0]


def test_support_of_few_children_is_withheld_and_does_not_follow_from_the_rest() -> None:
    rows = [(f"A{i}", "S1", "psychologist", 20.0) for i in range(30)] + [
        (f"B{i}", "S2", "psychologist", 25.0) for i in range(12)
    ]
    rows += [(f"C{i}", "S3", "psychologist", 40.0) for i in range(9)] + [
        (f"D{i}", "S1", "librarian", 10.0) for i in range(9)
    ]
    shown = release(support_minutes(given(*rows)), PARAMS).rows.set_index(["part", "school_id"])["n"]
    assert shown["psychologist", ""] == 51
    assert shown["psychologist", "S1"] == 30
    assert shown[[("psychologist", "S2"), ("psychologist", "S3"), ("librarian", ""), ("librarian", "S1")]].isna().all()


def test_beside_results_nothing_is_concluded() -> None:
    hours = lesson_hours(lessons(("S1", 2026, "9", "latvian", 100, 80), ("S2", 2026, "9", "english", 100, 90)), PARAMS)
    places = pd.DataFrame(
        {"school_id": ["S1", "S2", "S3"], "domain": ["latvian", "latvian", "english"], "estimate": 0.1}
    )
    results = evidence(places, indicator="attainment", municipality_id="M1", unit="sd", reference="municipality")
    both = beside_results(hours, results)
    assert both[["indicator", "school_id", "domain"]].values.tolist() == [
        ["attainment", "S1", "latvian"], ["lesson_hours_share", "S1", "latvian"]
    ]  # fmt: skip
    assert set(both["verdict"]) == {""}
