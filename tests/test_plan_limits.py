"""Limits of a plan: what is wrong with the file is told in words, and what is unknown stays empty."""

from pathlib import Path

import pandas as pd
import pytest

from analysis.faults import InputFaults, tell
from analysis.params import ROOT
from analysis.plan.entries import entry_faults
from analysis.plan_limits import Effect, Limits, Travel, audit_minutes, load_limits


def own(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "D001.yml"
    path.write_text(text, "utf-8")
    return path


def test_without_a_file_nothing_but_capacity_limits(tmp_path):
    assert load_limits() == load_limits(tmp_path / "none.yml") == Limits()
    assert Limits().budget_eur_per_year is None
    assert Limits().effects == {}


def test_the_files_in_the_project_are_sound_and_say_that_they_are_invented():
    for path in (ROOT / "params" / "plan").glob("*.yml"):
        assert "invented" in load_limits(path).source


def test_other_peoples_keys_pass():
    limits = Limits.model_validate({"programmes": [{"name": "x"}]})
    assert limits.programmes == [{"name": "x"}]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("budget_eur_per_year: -1", "P30"),
        ("floor_percent: {school: 101}", "P06"),
        ("travel: {speed_km_per_hour: 0}", "P06"),
        ("effects: {reading: {low: 3, central: 2, high: 4, source: x}}", "P32"),
        ("bugdet_eur_per_year: 1", "P04"),
        ("budget_eur_per_year: daudz", "P03"),
        ("floor_percent: {skola: 1}", "P04"),
    ],
)
def test_a_wrong_entry_is_refused_by_name(tmp_path, text, code):
    with pytest.raises(InputFaults) as refused:
        load_limits(own(tmp_path, text))
    assert [fault.code for fault in refused.value.faults] == [code]
    assert text.split(":")[0].split("_")[0] in tell(refused.value.faults, "lv")[0]


def frames() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    need = pd.DataFrame({"part": ["reading", "mentor"]})
    capacity = pd.DataFrame({"programme": ["reading", "subject"], "school_id": ["S1", None], "specialist": ["teacher", "teacher"],
                             "places": [3.0, None], "minutes_per_week": [60.0, None], "cost_per_hour": [10.0, None],
                             "school_year": 2026})  # fmt: skip
    return need, capacity, pd.DataFrame({"school_id": ["S1"]})


@pytest.mark.parametrize(
    ("limits", "code", "named"),
    [
        (Limits(budget_eur_per_year=10.0), "P31", "weeks_per_year"),
        (Limits(effects={"reading": Effect(low=1, central=1, high=1, source="-")}), "P32", "effects"),
        (Limits(group_size={"readng": 3}), "P33", "readng"),
        (Limits(minutes_per_child={"techer": 3.0}), "P34", "techer"),
        (Limits(travel=Travel(base="S9")), "P35", "S9"),
        (Limits(), "P37", "subject"),
        (Limits(), "P38", "mentor"),
        (Limits(), "P39", "subject"),
    ],
)
def test_entries_that_do_not_fit_together_are_told_in_both_languages(limits, code, named):
    found = [fault for fault in entry_faults(limits, *frames(), "D001.yml") if fault.code == code]
    assert found
    for language in ("lv", "en"):
        assert named in " ".join(tell(found, language))


def test_a_school_that_the_municipality_does_not_have_is_told():
    need, capacity, _ = frames()
    found = entry_faults(Limits(), need, capacity, pd.DataFrame({"school_id": ["S2"]}), "D001.yml")
    assert "P35" in [fault.code for fault in found]


def test_the_audit_says_11_and_14_to_18_and_7_to_11():
    told = {name: (fact["low"], fact["high"]) for name, fact in audit_minutes().items()}
    assert told == {"speech_therapist": (11, 11), "psychologist": (14, 18), "special_educator": (7, 11)}
