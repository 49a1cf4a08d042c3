"""Programmes are dated data: what is not known is empty, what contradicts itself is told with file, entry and remedy."""

from datetime import date
from typing import Any

import pytest

from analysis.faults import InputFaults, render
from analysis.intake.demo.support import PROGRAMMES, SPECIALISTS
from analysis.programmes import day_in, last_day_of, load_programmes, school_year_of

FILE = "D001.yml"
NEW = {"code": "club", "name": {"lv": "Pulciņš", "en": "Club"}, "for_whom": "pupils", "unit": "places"}


def faults(*own: dict[str, Any], columns: tuple[str, ...] = ("sen", "repeats")) -> list[tuple[str, str]]:
    with pytest.raises(InputFaults) as refused:
        load_programmes(own, columns, own_file=FILE)
    return [(fault.code, render(fault, "en")) for fault in refused.value.faults]


def test_the_list_holds_the_kinds_of_all_four_measures_and_what_the_demo_gives() -> None:
    known = load_programmes()
    assert {entry.measure for entry in known.entries} == {"4.2.3.1", "4.2.2.3", "4.2.2.1", "4.2.2.4"}
    assert set(PROGRAMMES) <= {entry.code for entry in known.entries}
    assert set(SPECIALISTS) <= set(known.specialists)


def test_hours_costs_quotas_and_effects_are_not_known_and_stay_empty() -> None:
    for entry in load_programmes().entries:
        assert {"hours", "cost_per_hour", "quota", "effect", "combinable"} <= set(entry.unknown)
        assert entry.group_size is None


def test_the_other_route_of_those_with_one_failed_exam_holds_from_september_2025() -> None:
    known = load_programmes()
    rules = [known.on(day)["subject"].eligible for day in (date(2025, 8, 31), date(2025, 9, 1))]
    assert [rule is not None and rule.other_route is not None for rule in rules] == [False, True]
    assert "subject" not in known.on(date(2024, 7, 15))
    assert "reading" not in known.on(date(2029, 9, 1))


def test_a_board_changes_only_what_differs_and_adds_its_own() -> None:
    switched = {"code": "reading", "eligible": {"second_semester_only": [1]}, "cost_per_hour": 20}
    reading, club = (
        load_programmes([switched, NEW], own_file=FILE).on(date(2026, 5, 1))[c] for c in ("reading", "club")
    )
    assert reading.eligible is not None
    assert (reading.eligible.grades, reading.eligible.second_semester_only) == (("1", "2", "3"), ("1",))
    assert (reading.cost_per_hour, reading.measure, club.measure) == (20, "4.2.3.1", "own")
    assert load_programmes().on(date(2026, 5, 1))["reading"].cost_per_hour is None


WRONG = [
    ("P20", "subject", {"code": "subject", "valid_to": date(2026, 1, 1)}),
    ("P21", "age_from", {"code": "reading", "eligible": {"age_from": 13}}),
    ("P21", "age_to is below", {"code": "mentor", "eligible": {"age_to": 13, "age_from": 14}}),
    ("P21", "second_semester_only", {"code": "reading", "eligible": {"second_semester_only": [4]}}),
    ("P21", "later grade", {**NEW, "eligible": {"grades": [8], "failed_exam": {"grade": 9, "test": "CE"}}}),
    ("P21", "PS or 0–12", {**NEW, "eligible": {"grades": [13]}}),
    ("P22", "“senn”", {**NEW, "eligible": {"where": {"senn": ["yes"]}}}),
    ("P23", "psychologist", {**NEW, "specialists": ["psycholog"]}),
    ("P23", "librarian", {"code": "counselling", "need": {"percent": {"libarian": 5}}}),
    ("P24", "2020-01-01", {"code": "reading", "valid_to": date(2020, 1, 1)}),
    ("P24", "02-30", {"code": "mentor", "eligible": {"age_on": "02-30"}}),
    ("P25", "supervision", {"code": "supervision", "need": {"everyone": True}}),
    ("P25", "reading", {"code": "reading", "need": {"everyone": True, "low_result": {"domain": "literacy"}}}),
    ("P06", "13–19", {"code": "mentor", "eligible": {"age_from": 10}}),
    ("P06", "0–100", {"code": "counselling", "need": {"percent": {"librarian": 101}}}),
    ("P04", "valid_from", {"code": "reading", "valid_form": None}),
    ("P03", "club: unit", {key: value for key, value in NEW.items() if key != "unit"}),
]


@pytest.mark.parametrize(("code", "names", "own"), WRONG)
def test_an_impossible_entry_is_told_with_file_entry_and_remedy(code: str, names: str, own: dict[str, Any]) -> None:
    told = faults(own)
    assert {c for c, _ in told} == {code}
    assert all(FILE in line and names in line and own["code"] in line for _, line in told)


def test_everything_wrong_is_told_at_once() -> None:
    told = faults({"code": "reading", "eligible": {"age_from": 13}}, {**NEW, "specialists": ["x"], "valid_form": 1},
                  {"code": "counselling", "specialists": ["psycholog"], "valid_to": date(2020, 1, 1)})  # fmt: skip
    assert sorted(code for code, _ in told) == ["P04", "P21", "P23", "P24"]


def test_a_list_that_is_none_and_a_common_entry_changed_twice_are_refused() -> None:
    with pytest.raises(InputFaults, match="P03"):
        load_programmes(["reading"], own_file=FILE)  # type: ignore[list-item]
    assert [code for code, _ in faults({"code": "mentor"}, {"code": "mentor"})] == ["P20"]


def test_a_school_year_runs_from_september() -> None:
    assert [school_year_of(date(2025, month, 1)) for month in (8, 9)] == [2025, 2026]
    assert [day_in(2026, text) for text in ("12-31", "01-01")] == [date(2025, 12, 31), date(2026, 1, 1)]
    assert school_year_of(last_day_of(2026)) == 2026
