"""What activities are for: the file that ships is whole, its slips are faults, the longest prefix counts."""

from pathlib import Path

import pytest

from analysis.activity_rules import ACTIVITIES, AIMS, FIELDS, load_activity_rules
from analysis.faults import InputFaults


def test_every_field_has_an_aim_and_every_aim_a_field() -> None:
    rules = load_activity_rules()
    assert set(rules.aims) == set(FIELDS)
    assert all(rules.fields_of(aim) for aim in AIMS)


def test_the_longest_prefix_goes_before_the_field() -> None:
    rules = load_activity_rules().model_copy(update={"prefixes": {"A": ("variety",), "AB": ("civic_practice",)}})
    assert rules.aims_of("AB1", "stem") == ("civic_practice",)
    assert rules.aims_of("AC1", "stem") == ("variety",)
    assert rules.aims_of("B1", "career") == ("labour_market", "practice")


def test_an_unknown_aim_and_a_slip_in_a_key_are_faults(tmp_path: Path) -> None:
    words = ACTIVITIES.read_text("utf-8")
    file = tmp_path / "activities.yml"
    file.write_text(words.replace("civic: [variety,", "civic: [fun,").replace("small_school:", "smal_school:"), "utf-8")
    with pytest.raises(InputFaults) as found:
        load_activity_rules(file)
    assert {fault.code for fault in found.value.faults} == {"P03", "P04"}
