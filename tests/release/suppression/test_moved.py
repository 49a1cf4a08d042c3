"""Figures beside the programmes that moved by few pupils since an issue told them: of the country, of support, of surveys."""

import pandas as pd
import pytest

from analysis.evidence import evidence
from analysis.params import load_params
from analysis.release import release
from analysis.release.primary import limits
from analysis.release.suppression.moved import moved_by_few, told_then
from analysis.release.suppression.pattern import Pattern, read_pattern

PARAMS = load_params()
BANDS = ("0-29", "30-49", "50-69", "70-100")


def one(indicator: str, n: int, estimate: float, unit: str, **columns: object) -> pd.DataFrame:
    row = {"municipality_id": "D001", "school_year": 2026, "n": n, "estimate": estimate}
    return evidence(pd.DataFrame([row | columns]), indicator=indicator, unit=unit)


def roster(n: int, **columns: object) -> pd.DataFrame:
    return one("roster", n, float(n), "pupils", **columns)


def bands(*counts: int, issue: str | None = None) -> pd.DataFrame:
    """Return the country's spread over bands."""
    facts = {
        "municipality_id": "",
        "school_year": 2026,
        "grade": "9",
        "test": "CE",
        "domain": "latvian",
        "n": sum(counts),
    }
    rows = [
        facts | {"part": part, "estimate": 100 * count / sum(counts)} for part, count in zip(BANDS, counts, strict=True)
    ]
    found = evidence(pd.DataFrame(rows), indicator="band_share", unit="percent", low=1.0, high=90.0)
    return found if issue is None else release(found, PARAMS).rows.assign(issue=issue)


def below(mark: int, count: int, n: int) -> pd.DataFrame:
    columns = {"municipality_id": "", "grade": "9", "test": "CE", "domain": "latvian", "part": str(mark)}
    return one("fail_share_at", n, 100 * count / n, "percent", **columns)


def told(then: pd.DataFrame, now: pd.DataFrame) -> list[bool]:
    """Return which rows of today are told beside an issue."""
    return (~moved_by_few(now, told_then(then), limits(now, PARAMS), PARAMS)).tolist()


@pytest.mark.parametrize(("then", "now", "stays"), [(31, 31, True), (31, 32, False), (31, 36, True)])
@pytest.mark.parametrize("years", [{}, {"year_from": 2024}])
def test_a_number_of_pupils_that_few_have_changed(then, now, stays, years, tmp_path):
    pattern = Pattern(frozenset(), frozenset(), then=told_then(roster(then, **years)))
    (tmp_path / "p.json").write_text(pattern.dump(), "utf-8")
    kept = read_pattern(tmp_path / "p.json")
    assert kept == pattern
    rows = roster(now, **years)
    assert release(rows, PARAMS, kept).rows["n"].notna().tolist() == [stays]


def test_figures_of_another_year_have_not_moved():
    assert told(roster(31), roster(33, school_year=2027)) == [True]
    assert told(roster(31), roster(33).iloc[:0]) == []


def test_every_issue_counts_and_not_the_last_one_alone():
    assert told(pd.concat([roster(31), roster(50)], ignore_index=True), roster(32)) == [False]


def test_of_those_who_answer_a_survey_ten_are_few():
    def answers(n: int) -> pd.DataFrame:
        return one("slo_dimension", n, 3.0, "level", population="respondents")

    assert told(answers(50), answers(59)) == [False]
    assert told(answers(50), answers(60)) == [True]


def test_an_estimate_in_pupils_is_a_number_of_pupils_too():
    def served(count: float) -> pd.DataFrame:
        return one("support_served", 60, count, "pupils", part="counselling")

    assert told(served(30.0), served(31.0)) == [False]
    assert told(served(30.0), served(30.0)) == [True]


def test_schools_and_public_figures_are_no_pupils():
    for columns in ({"population": "schools"}, {"population": "boards"}):
        assert told(roster(31, **columns), roster(32, **columns)) == [True]
    assert told(one("support_places", 30, 30.0, "pupils"), one("support_places", 31, 31.0, "pupils")) == [True]


class TestTheCountryInTwoIssues:
    def test_a_late_pupil_is_not_read_off_the_bands(self):
        assert told(bands(52, 108, 300, 139, issue="1"), bands(52, 109, 300, 139)) == [False] * 4

    def test_nor_is_a_result_that_was_corrected_and_all_bands_go_as_each_follows_from_the_others(self):
        assert told(bands(52, 108, 300, 140, issue="1"), bands(52, 107, 301, 140)) == [False] * 4

    def test_what_has_not_changed_or_by_many_in_every_band_stays(self):
        assert told(bands(52, 108, 300, 140, issue="1"), bands(52, 108, 300, 140)) == [True] * 4
        assert told(bands(52, 108, 300, 140, issue="1"), bands(60, 120, 300, 155)) == [True] * 4

    def test_few_between_two_marks_though_each_has_moved_by_many(self):
        then = pd.concat([below(30, 60, 600), below(40, 100, 600)], ignore_index=True)
        now = pd.concat([below(30, 70, 640), below(40, 112, 640)], ignore_index=True)
        assert told(then, now) == [False, False]
        assert told(then, pd.concat([below(30, 70, 640), below(40, 115, 640)], ignore_index=True)) == [True, True]

    def test_few_between_a_band_and_a_mark(self):
        then = pd.concat(
            [bands(100, 100, 300, 100, issue="1"), below(20, 60, 600).assign(issue="1")], ignore_index=True
        )
        now = pd.concat([bands(120, 100, 300, 120), below(20, 78, 640)], ignore_index=True)
        assert told(then, now) == [False] * 5

    def test_a_mark_that_is_told_as_a_bound_does_not_hide_what_is_beside_it(self):
        then = pd.concat([below(80, 480, 600), release(below(90, 595, 600), PARAMS).rows], ignore_index=True)
        now = pd.concat([below(80, 488, 610), below(90, 605, 610)], ignore_index=True)
        assert then["estimate"].isna().tolist() == [False, True]
        assert told(then, now) == [False, False]

    def test_a_late_pupil_is_not_read_off_bands_with_other_ends(self):
        then = bands(52, 108, 300, 140, issue="1")
        now = bands(30, 131, 300, 140).assign(part=["0-19", "20-49", "50-69", "70-100"])
        assert told(then, now) == [False] * 4

    def test_a_tenth_of_a_percent_of_many_hides_more_than_a_small_group(self):
        assert told(bands(1300, 2700, 7500, 3500, issue="1"), bands(1300, 2710, 7500, 3500)) == [True] * 4
        assert told(bands(1300, 2700, 7500, 3500, issue="1"), bands(1300, 2701, 7500, 3500)) == [False] * 4

    def test_numbers_told_to_the_ten_go_where_a_step_may_be_one_pupil(self):
        def high(n: int, share: float) -> pd.DataFrame:
            columns = {"municipality_id": "", "grade": "9", "test": "CE", "domain": "latvian", "group": "sex=girl"}
            return one("high_result_share", n, share, "percent", **columns)

        assert told(high(290, 10.0), high(290, 10.0)) == [True]
        assert told(high(290, 10.0), high(300, 10.0)) == [False]
        assert told(high(290, 10.0), high(290, 15.0)) == [False]
        assert told(high(290, 10.0), high(310, 15.0)) == [True]

    def test_a_share_that_is_told_as_a_bound_is_no_number(self):
        rows = below(10, 3, 600)
        then = release(rows, PARAMS).rows
        assert then["estimate"].isna().all()
        assert told(then, rows) == [True]
