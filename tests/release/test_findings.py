"""Findings at the door: neither the few nor the all but few can be read, whatever is counted."""

import pandas as pd
import pytest

from analysis.intake.findings.checked import finding_evidence
from analysis.intake.findings.shape import shaped
from analysis.params import load_params
from analysis.release import release


def shown(count: int, of: int, **more: object) -> bool:
    given = {"code": "no_enrolment", "table": "results", "school_year": 2026, "year_from": 2026}
    found = shaped(pd.DataFrame([given | {"count": count, "of": of} | more]))
    row = release(finding_evidence(found), load_params()).rows.iloc[0]
    assert pd.isna(row["n"]) == pd.isna(row["estimate"])
    return not pd.isna(row["n"])


@pytest.mark.parametrize(
    ("count", "of", "out"),
    [(1, 61, False), (4, 500, False), (5, 500, True), (60, 61, False), (57, 61, False), (56, 61, True), (61, 61, True),
     (4, 4, False)],
)  # fmt: skip
def test_fewer_than_five_and_all_but_fewer_than_five_stay_inside(count: int, of: int, out: bool) -> None:
    assert shown(count, of) is out


@pytest.mark.parametrize(("count", "of", "out"), [(0, 61, False), (61, 61, False), (56, 61, True)])
def test_of_a_sex_status_or_score_neither_none_nor_all_is_told(count: int, of: int, out: bool) -> None:
    assert shown(count, of, group="sex=girl") is out


@pytest.mark.parametrize(("count", "out"), [(9, False), (10, True), (51, True), (52, False)])
def test_special_needs_and_surveys_have_the_larger_limit(count: int, out: bool) -> None:
    assert shown(count, 61, group="sen=yes") is out
    assert shown(count, 61, population="respondents") is out


def test_schools_may_be_counted() -> None:
    assert shown(2, 28, population="schools")
