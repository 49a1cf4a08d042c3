"""A group was named before, is new, or is named no longer; of what was withheld nothing is said."""

from typing import Any

import pandas as pd
import pytest

from analysis.evidence import evidence
from analysis.intake.issues import Earlier
from analysis.plan import named_before

TEST = {"municipality_id": "A", "grade": "6", "test": "diagnostic", "domain": "literacy", "school_year": 2026}


def row(indicator: str, group: str, **more: Any) -> dict[str, Any]:
    unit = {"support_group": "pupils", "group_gap": "sd"}[indicator]
    part = "headline" if indicator == "support_group" else ""
    given = {"indicator": indicator, "group": group, "n": 40, "estimate": 5.0, "unit": unit, "part": part}
    return TEST | given | {"reference": "country"} | more


def examined(*groups: str, **more: Any) -> list[dict[str, Any]]:
    return [row("group_gap", group, **more) for group in groups]


def frame(*rows: dict[str, Any]) -> pd.DataFrame:
    return evidence(pd.DataFrame(list(rows)))


def earlier(*rows: dict[str, Any]) -> Earlier:
    told = frame(*({**r, "school_year": 2025} for r in rows))
    return Earlier("first", "d", "A", {}, {}, frozenset(), frozenset(), pd.DataFrame(), told, pd.DataFrame())


ALL = examined("sex=boy", "sex=girl", "sen=yes")


def said(now: pd.DataFrame, then: Earlier | None) -> dict[str, str]:
    found = named_before(now, then)
    return dict(zip(found["group"], found["part"], strict=True))


def test_named_then_and_now_new_and_gone() -> None:
    now = frame(*ALL, row("support_group", "sex=boy"), row("support_group", "sen=yes"))
    then = earlier(*ALL, row("support_group", "sex=boy"), row("support_group", "sex=girl"))
    assert said(now, then) == {"sex=boy": "before", "sen=yes": "new", "sex=girl": "gone"}


def test_without_an_earlier_issue_nothing_is_said() -> None:
    assert named_before(frame(*ALL, row("support_group", "sex=boy")), None).empty


def test_what_was_withheld_then_is_neither_new_nor_named_before() -> None:
    now = frame(*ALL, row("support_group", "sex=boy"))
    hidden = {"n": None, "estimate": None}
    assert said(now, earlier(*ALL, row("support_group", "sex=boy", **hidden))) == {}


def test_a_group_not_examined_then_is_not_new() -> None:
    now = frame(*ALL, row("support_group", "sen=yes"))
    assert said(now, earlier(*examined("sex=boy", "sex=girl"))) == {}


@pytest.mark.parametrize("now", [examined("sex=girl"), examined("sex=boy", n=None, estimate=None)])
def test_a_group_not_shown_today_is_not_gone(now: list[dict[str, Any]]) -> None:
    assert said(frame(*now), earlier(*ALL, row("support_group", "sex=boy"))) == {}


def test_what_the_page_did_not_list_then_is_not_gone() -> None:
    assert said(frame(*ALL), earlier(*ALL, row("support_group", "sex=boy", part=""))) == {}
