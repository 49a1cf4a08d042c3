"""A change since an earlier issue tells nothing that either issue withholds."""

from typing import Any

import pandas as pd
import pytest

from analysis.evidence import evidence
from analysis.params import Params
from analysis.release import release

TEST = {"municipality_id": "M", "school_year": 2026, "grade": "9", "test": "CE", "domain": "mathematics"}
PARTS = {"total": -0.10, "data": 0.02, "definition": 0.0, "boundary": -0.05, "mix": 0.03, "rest": -0.10}


def place(n: int = 60, **more: Any) -> pd.DataFrame:
    row = {"indicator": "attainment", "n": n, "estimate": -0.2, "low": -0.3, "high": -0.1, "unit": "sd"}
    return evidence(pd.DataFrame([TEST | row | {"reference": "country", "verdict": "differs"} | more]))


def change(numbers: dict[str, Any] | None = None, indicator: str = "change", **more: Any) -> pd.DataFrame:
    rows = [{"part": part, "estimate": value, "n": (numbers or {}).get(part, 60)} for part, value in PARTS.items()]
    given = TEST | {"indicator": indicator, "unit": "sd", "reference": "last_year", "year_from": 2025} | more
    return evidence(pd.DataFrame([given | row for row in rows]))


def shown(params: Params, *frames: pd.DataFrame) -> set[str]:
    rows = release(list(frames), params).rows
    rows = rows[rows["reference"] == "last_year"].dropna(subset=["estimate"])
    return set(rows["part"])


def test_parts_of_a_figure_that_is_shown_are_shown_and_add_up(params: Params) -> None:
    assert shown(params, place(), change()) == set(PARTS)
    rows = release([place(), change()], params).rows
    parts = rows[(rows["reference"] == "last_year") & (rows["part"] != "total")]
    assert round(100 * parts["estimate"].sum()) == -10


def test_what_is_withheld_today_has_no_change(params: Params) -> None:
    """Old figure plus change would be the figure."""
    assert shown(params, place(n=4), change()) == set()
    assert shown(params, change()) == set()


def test_what_was_withheld_then_has_no_change(params: Params) -> None:
    """Today's figure less the change would be the old one; such rows come without a number of pupils."""
    assert shown(params, place(), change(dict.fromkeys(PARTS, pd.NA))) == set()


@pytest.mark.parametrize("part", ["data", "boundary", "definition"])
@pytest.mark.parametrize("n", [pd.NA, 3])
def test_no_part_is_left_to_be_worked_out_from_the_others(params: Params, part: str, n: Any) -> None:
    assert shown(params, place(), change({part: n})) == {"total"}


def test_another_test_or_year_does_not_stand_for_the_figure(params: Params) -> None:
    assert shown(params, place(domain="english"), change()) == set()
    assert shown(params, place(school_year=2025), change()) == set()


def test_shares_that_differ_by_few_pupils_go_as_a_whole(params: Params, shares: Any) -> None:
    rate = shares("low_result_share", 60, 200)
    where = {k: v for k, v in TEST.items() if k not in rate or rate[k].iloc[0] == v} | {"municipality_id": "M1"}

    def moved(pupils: int) -> pd.DataFrame:
        rows = pd.DataFrame({"part": ["total", "data", "definition", "boundary", "rest"], "n": 200})
        rows["estimate"] = [100 * pupils / 200, 0.0, 100 * pupils / 200, 0.0, 0.0]
        return evidence(rows, indicator="low_result_change", unit="percent", reference="last_year", **where)

    assert shown(params, rate, moved(3)) == set()
    assert shown(params, rate, moved(12)) == {"total", "data", "definition", "boundary", "rest"}


def test_a_group_withheld_today_is_not_said_to_be_named_before(params: Params) -> None:
    group = {"group": "sex=boy", "unit": "pupils", "reference": "country", "year_from": 2024}

    def named(indicator: str, part: str, n: int) -> pd.DataFrame:
        return evidence(pd.DataFrame([TEST | group | {"indicator": indicator, "part": part, "n": n, "estimate": 9.0}]))

    for n, expected in ((40, 1), (3, 0)):
        rows = release([named("support_group", "headline", n), named("named_before", "before", 40)], params).rows
        assert rows.loc[rows["indicator"] == "named_before", "estimate"].notna().sum() == expected
