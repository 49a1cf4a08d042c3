"""A board's file of targets: read whole, every fault at once, and a raw percent is refused with what to use instead."""

from typing import Any

import pandas as pd
import pytest

from analysis.aims import targets_of
from analysis.faults import InputFaults, render
from analysis.params import ROOT, load_yaml
from analysis.plan.aims import data_faults

GOOD: dict[str, Any] = {
    "id": "a", "indicator": "attainment", "unit": "sd", "grade": "3", "test": "diagnostic", "domain": "numeracy",
    "start": {"year": 2024, "value": 0.0}, "aim": 0.1, "year": 2028,
}  # fmt: skip


def faults(*targets: dict[str, Any]) -> list[str]:
    with pytest.raises(InputFaults) as refused:
        targets_of({"targets": list(targets)}, "D001.yml")
    return [fault.code for fault in refused.value.faults]


def test_every_committed_file_is_sound() -> None:
    for path in (ROOT / "params" / "targets").glob("*.yml"):
        assert targets_of(load_yaml(path), path.name)


def test_a_file_may_hold_nothing() -> None:
    assert targets_of({}, "D001.yml") == ()


def test_a_target_keeps_what_was_written() -> None:
    target = targets_of({"targets": [GOOD | {"measured": [2026, 2028]}]}, "D001.yml")[0]
    assert (target.id, target.aim, target.measured, target.rises) == ("a", 0.1, (2026, 2028), True)
    falling = targets_of({"targets": [GOOD | {"aim": -0.1}]}, "D001.yml")[0]
    assert not falling.rises


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"indicator": "atainment"}, "P40"),
        ({"indicator": "growth"}, "P41"),
        ({"unit": "level"}, "P41"),
        ({"unit": "percent"}, "P42"),
        ({"indicator": "band_share"}, "P42"),
        ({"indicator": "low_result_share", "unit": "sd"}, "P41"),
        ({"indicator": "low_result_share", "unit": "percent", "aim": 120.0}, "P68"),
        ({"indicator": "low_result_share", "unit": "percent", "part": "reading", "aim": 12.0}, "P67"),
        ({"indicator": "low_result_share", "unit": "percent", "group": "sex=boy", "aim": 12.0}, "P46"),
        ({"indicator": "support_minutes", "unit": "minutes", "aim": 15.0}, "P67"),
        ({"year": 2024}, "P43"),
        ({"measured": [2024]}, "P43"),
        ({"measured": [2029]}, "P43"),
        ({"group": "sex=boy"}, "P46"),
        ({"indicator": "group_gap"}, "P46"),
        ({"aim": 0.0}, "P47"),
        ({"aim": "much"}, "P03"),
        ({"yaer": 2028}, "P04"),
    ],
)
def test_what_is_wrong_with_a_target_has_a_code(change: dict[str, Any], code: str) -> None:
    assert faults(GOOD | change) == [code]


def test_all_faults_are_told_at_once() -> None:
    assert faults(GOOD | {"unit": "percent"}, GOOD | {"year": 2020}) == ["P42", "P43", "P45"]


def test_a_raw_percent_is_refused_with_what_to_use() -> None:
    with pytest.raises(InputFaults) as refused:
        targets_of({"targets": [GOOD | {"unit": "percent"}]}, "D001.yml")
    for language in ("lv", "en"):
        told = render(refused.value.faults[0], language)
        assert "indicator: attainment, unit: sd" in told
        assert "“a”" in told or "„a”" in told


def _results(years: list[int]) -> pd.DataFrame:
    keys = {"grade": "3", "test": "diagnostic", "domain": "numeracy", "level": ""}
    return pd.DataFrame({"school_year": years, "sex": ["boy", "girl"] * (len(years) // 2)}).assign(**keys)


def test_a_year_that_is_past_and_was_not_measured_is_told_and_accepted() -> None:
    targets = targets_of({"targets": [GOOD | {"year": 2025}]}, "D001.yml")
    found = data_faults(targets, _results([2024, 2026]), [], "D001.yml")
    assert [(fault.code, fault.answer) for fault in found] == [("P44", "accept")]
    assert data_faults(targets, _results([2024, 2025]), [], "D001.yml") == []
    assert data_faults(targets_of({"targets": [GOOD]}, "D001.yml"), _results([2024, 2026]), [], "D001.yml") == []


def test_a_group_that_the_data_do_not_hold_is_told_with_the_nearest() -> None:
    targets = targets_of({"targets": [GOOD | {"indicator": "group_gap", "group": "sex=boys"}]}, "D001.yml")
    found = data_faults(targets, _results([2024, 2026]), ["sex"], "D001.yml")
    assert [(fault.code, fault.facts["nearest"]) for fault in found] == [("P46", "sex=boy")]
