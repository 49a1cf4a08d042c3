"""One function gives the evidence on marks, targets and hours; files that decide it are in the key, and at fault before a run."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analysis.aims import load_targets
from analysis.batch import parameter_files
from analysis.batch.aims import aims_evidence
from analysis.batch.asked import check_asked
from analysis.batch.manifest import run_facts
from analysis.batch.open import open_unit, unit_key
from analysis.batch.parameter_files import digests, own_paths, targets_path
from analysis.evidence import evidence
from analysis.faults import InputFaults
from analysis.intake.store import open_store
from analysis.intake.unit import Unit

TARGET = """targets:
  - {{id: a, indicator: group_gap, unit: sd, grade: "3", test: diagnostic, domain: numeracy, group: {group},
     start: {{year: 2024, value: 0.0}}, aim: {aim}, year: 2028}}
"""


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder of parameters of its own."""
    monkeypatch.setattr(parameter_files, "PARAMS", tmp_path)
    (tmp_path / "targets").mkdir()
    return tmp_path


def written(folder: Path, group: str = "sex=boy", aim: object = 0.1) -> Path:
    path = folder / "targets" / "D001.yml"
    path.write_text(TARGET.format(group=group, aim=aim))
    return path


def codes(store: Any, only: tuple[str, ...] = ()) -> list[str]:
    with pytest.raises(InputFaults) as refused:
        check_asked(store, only)
    return [fault.code for fault in refused.value.faults]


def test_a_unit_has_its_targets_and_all_kinds_of_evidence(demo_store: Path) -> None:
    unit = open_unit("D001", store=str(demo_store))
    assert [aim.id for aim in unit.aims] == [aim.id for aim in load_targets(targets_path("D001"))]
    found = set(pd.concat(aims_evidence(unit))["indicator"])
    assert {
        "fail_share_at",
        "fail_count_coming",
        "mark_skill",
        "target",
        "target_set",
        "lesson_hours_share",
        "support_minutes",
    } <= found
    assert "support_minutes_in_need" not in found
    without = set(pd.concat(aims_evidence(replace(unit, aims=())))["indicator"])
    assert not {name for name in without if name.startswith("target")}
    assert open_unit("D002", store=str(demo_store)).aims == ()


def test_need_counts_once_over_all_grades_and_by_its_specialist(demo_store: Path) -> None:
    unit = open_unit("D001", store=str(demo_store))
    given = unit.table("support_given")
    base = {
        "indicator": "support_need",
        "school_year": int(given["school_year"].max()),
        "part": "counselling/psychologist",
    }
    rows = [
        base | {"estimate": 200.0, "grade": ""},
        base | {"estimate": 120.0, "grade": "3"},
        base | {"estimate": 80.0, "grade": "4"},
    ]
    earlier = base | {"estimate": 900.0, "grade": "", "school_year": base["school_year"] - 1}
    need = evidence(pd.DataFrame([*rows, earlier]), unit="pupils", municipality_id="D001")
    minutes = pd.concat(aims_evidence(unit, need)).query("indicator == 'support_minutes_in_need' and school_id == ''")
    assert minutes[["part", "n"]].to_numpy().tolist() == [["psychologist", 200]]
    supported = pd.concat(aims_evidence(unit)).query(
        "indicator == 'support_minutes' and part == 'psychologist' and school_id == ''"
    )
    total = float((supported["estimate"] * supported["n"]).iloc[0])
    assert minutes["estimate"].iloc[0] == pytest.approx(total / 200)


def test_a_need_of_notes_alone_tells_no_minutes(demo_store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A delivery without support given, whose need nobody has said: the columns of an empty frame have no halves."""
    unit = open_unit("D001", store=str(demo_store))
    whole = Unit.table
    monkeypatch.setattr(Unit, "table", lambda self, name: whole(self, name).head(0))
    note = evidence(
        pd.DataFrame({"part": ["stem:need_unknown"], "estimate": [40.0]}),
        indicator="support_note", unit="pupils", municipality_id="D001", school_year=2026,
    )  # fmt: skip
    assert "support_minutes_in_need" not in set(pd.concat(aims_evidence(unit, note))["indicator"])


def test_a_target_changes_the_key_of_its_municipality_and_stands_in_the_manifest(
    demo_store: Path, folder: Path
) -> None:
    store = open_store(demo_store)
    keys = [(unit_key(store, place, {}, "public", "lv")) for place in ("D001", "D002")]
    assert set(digests(own_paths("D001"))) == set()
    path = written(folder)
    assert unit_key(store, "D001", {}, "public", "lv") != keys[0]
    assert unit_key(store, "D002", {}, "public", "lv") == keys[1]
    assert run_facts(store, {})["parameters"]["targets/D001.yml"] == digests([path])["targets/D001.yml"]


def test_faults_of_targets_are_told_before_a_run(demo_store: Path, folder: Path) -> None:
    store = open_store(demo_store)
    check_asked(store, ("D001",))
    written(folder, aim="much")
    assert codes(store) == ["P03"]
    written(folder, group="sex=man")
    assert codes(store) == ["P46"]
    written(folder)
    check_asked(store)
    written(folder, group="shoe=large")  # an attribute that was not delivered: the page says that it cannot be measured
    check_asked(store)


def test_an_unknown_slug_is_told(demo_store: Path, folder: Path) -> None:
    assert codes(open_store(demo_store), ("D01",)) == ["P05"]


def test_a_file_of_a_hostile_id_stays_in_its_folder() -> None:
    assert {path.parent.name for path in own_paths("../../etc/passwd")} == set(parameter_files.OF_ONE)
