"""A notebook's string parameters open one municipality, or say in words what is wrong with them."""

import shutil

import pytest

from analysis.batch import open as opening
from analysis.batch import parameter_files
from analysis.batch.open import from_root, open_unit, params_path, unit_key
from analysis.faults import InputFaults
from analysis.intake.store import open_store
from analysis.params import ROOT


def codes(**parameters) -> list[tuple[str, object]]:
    with pytest.raises(InputFaults) as found:
        open_unit(**parameters)
    return [(fault.code, fault.facts.get("nearest", fault.facts.get("key"))) for fault in found.value.faults]


def test_a_municipality_is_opened_with_its_own_slice(demo_store):
    unit = open_unit("D002", store=str(demo_store), language="en")
    assert (unit.municipality_id, unit.language, unit.edition) == ("D002", "en", "public")
    assert set(unit.results["municipality_id"]) == {"D002"}
    assert set(unit.schools["municipality_id"]) == {"D002"}
    assert unit.store_key == open_store(demo_store).key


def test_a_number_in_place_of_a_text_is_a_fault_of_its_own(demo_store):
    """``-p municipality 0023000`` would have lost its zeros; ``-r`` keeps them."""
    assert codes(municipality=23000, store=str(demo_store)) == [("P03", "municipality")]


def test_all_faults_of_parameters_are_told_at_once(demo_store):
    found = codes(municipality=1, edition="secret", language="de", store=str(demo_store))
    assert found == [("P03", "municipality"), ("P03", "edition"), ("P03", "language")]


def test_an_unknown_municipality_is_refused_with_the_nearest_known_one(demo_store):
    assert codes(municipality="D0O1", store=str(demo_store)) == [("P05", "D001")]


def test_a_missing_params_file_means_the_defaults(demo_store):
    unit = open_unit("D002", "params/nobody.yml", str(demo_store))
    assert unit.params.contact == ""


def test_relative_paths_mean_the_project_root_from_any_folder(demo_store, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert open_unit("D001", "params/D001.yml", str(demo_store)).params.contact == "izglitiba@vidzare.example"
    assert from_root("params/x.yml") == ROOT / "params" / "x.yml"
    assert from_root("/elsewhere/x.yml").as_posix() == "/elsewhere/x.yml"


def test_the_params_file_of_a_hostile_id_stays_in_its_folder():
    assert params_path("../../etc/passwd").parent == ROOT / "params"


def test_the_key_changes_with_everything_that_decides_a_page(demo_store, monkeypatch, tmp_path):
    store = open_store(demo_store)
    given = {"municipality_id": "D001", "params": {"a": 1}, "edition": "public", "language": "lv"}
    other = {"municipality_id": "D002", "params": {"a": 2}, "edition": "board", "language": "en"}
    keys = {unit_key(store, **given), *(unit_key(store, **given | {name: other[name]}) for name in given)}
    monkeypatch.setattr(opening, "environment", lambda: {"pandas": "99"})
    keys.add(unit_key(store, **given))
    monkeypatch.setattr(opening, "code_hash", lambda: "changed")
    keys.add(unit_key(store, **given))
    thresholds = tmp_path / "thresholds.yml"
    thresholds.write_text("thresholds: []")
    monkeypatch.setattr(opening, "OF_ALL", (thresholds,))
    keys.add(unit_key(store, **given))
    (tmp_path / "plan").mkdir()
    (tmp_path / "plan" / "D001.yml").write_text("source: another")
    monkeypatch.setattr(parameter_files, "PARAMS", tmp_path)
    keys.add(unit_key(store, **given))
    assert len(keys) == 9
    assert {
        "thresholds.yml",
        "programmes.yml",
        "audit_minutes.yml",
        "review.yml",
        "staff.yml",
        "quality.yml",
        "activities.yml",
    } == {p.name for p in parameter_files.OF_ALL}


def test_the_demo_store_is_made_on_first_use_and_then_left_alone(demo, monkeypatch, tmp_path):
    monkeypatch.setattr(opening, "DEMO", tmp_path / "data" / "demo")
    monkeypatch.setattr(opening, "DEMO_STORE", tmp_path / "store")
    monkeypatch.setattr("analysis.intake.demo.write_demo", lambda out: shutil.copytree(demo, out))
    unit = open_unit("D001")
    assert unit.facts["demo"] is True
    made = (tmp_path / "store" / "CURRENT").stat().st_mtime_ns
    assert sorted(p.name for p in (tmp_path / "data").iterdir()) == ["demo"]
    assert open_unit("D001").key == unit.key
    assert (tmp_path / "store" / "CURRENT").stat().st_mtime_ns == made
