"""A store is written whole or not at all, keyed by content, and read by slices."""

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pytest

from analysis.faults import InputFaults
from analysis.intake import store as module
from analysis.intake.store import Store, open_store, slug, write_atomically, write_store

SHARED = {"schools": pd.DataFrame({"school_id": ["S1", "S2"], "municipality_id": ["D1", "0023000"]})}
PARTS = {"results": pd.DataFrame({"municipality_id": ["0023000", "D1", "0023000"], "score": [1.0, 2.0, 3.0]})}


def write(folder: Path, key: str = "k1", **facts: object) -> Store:
    return write_store(folder, key, SHARED, PARTS, {"scope": "country", **facts})


def test_what_was_written_is_read_by_table_and_by_municipality(tmp_path: Path) -> None:
    write(tmp_path, note="ā")
    store = open_store(tmp_path)
    assert store.key == "k1"
    assert store.facts == {"scope": "country", "note": "ā", "format": module.FORMAT}
    assert store.table("schools")["municipality_id"].tolist() == ["D1", "0023000"]  # text, zeros kept
    assert store.slice("results", "0023000")["score"].tolist() == [1.0, 3.0]
    assert store.slice("results", "D9").empty
    assert store.table("nothing").empty


def test_the_newest_version_is_current_and_the_older_stays(tmp_path: Path) -> None:
    write(tmp_path, "k1")
    write(tmp_path, "k2")
    assert open_store(tmp_path).key == "k2"
    write(tmp_path, "k1")
    assert open_store(tmp_path).key == "k1"
    assert (tmp_path / "k2" / "facts.json").exists()


def test_a_version_that_is_there_is_left_alone(tmp_path: Path) -> None:
    before = write(tmp_path).folder.stat().st_mtime_ns
    assert write(tmp_path).folder.stat().st_mtime_ns == before


def test_the_same_content_gives_the_same_bytes(tmp_path: Path) -> None:
    one, other = write(tmp_path / "a").folder, write(tmp_path / "b").folder
    files = sorted(p.relative_to(one) for p in one.rglob("*") if p.is_file())
    assert files == sorted(p.relative_to(other) for p in other.rglob("*") if p.is_file())
    assert all((one / f).read_bytes() == (other / f).read_bytes() for f in files)


def test_a_failure_leaves_nothing_behind_and_the_old_version_current(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path)

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(module, "_write_tables", fail)
    with pytest.raises(OSError, match="disk full"):
        write(tmp_path, "k2")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["CURRENT", "k1"]
    assert open_store(tmp_path).key == "k1"


def test_a_version_appears_in_one_move(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("moved by nobody")

    monkeypatch.setattr(module.os, "rename", fail)
    with pytest.raises(OSError, match="moved by nobody"):
        write(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_two_runs_may_prepare_at_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(lambda _: write(tmp_path).key, range(16)))
    assert set(keys) == {"k1"}
    assert sorted(p.name for p in tmp_path.iterdir()) == ["CURRENT", "k1"]
    assert len(open_store(tmp_path).slice("results", "D1")) == 1


def test_a_version_is_for_its_owner_alone(tmp_path: Path) -> None:
    assert stat.S_IMODE(write(tmp_path).folder.stat().st_mode) == 0o700


def test_an_empty_or_broken_store_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        open_store(tmp_path)
    (tmp_path / "CURRENT").write_text("gone\n", "utf-8")
    with pytest.raises(FileNotFoundError):
        open_store(tmp_path)


@pytest.mark.parametrize(
    ("municipality_id", "name"),
    [("0023000", "0023000"), ("D-1_a", "D-1_a"), ("../../etc", "______etc"),
     ("Ādaži novads", "_da_i_novads"), ("", "_"), ("x" * 99, "x" * 60)],
)  # fmt: skip
def test_a_file_name_is_made_of_allowed_characters_alone(municipality_id: str, name: str) -> None:
    assert slug(municipality_id) == name


def test_two_ids_of_one_file_name_never_overwrite_each_other(tmp_path: Path) -> None:
    parts = {"results": pd.DataFrame({"municipality_id": ["D 1", "D.1"]})}
    with pytest.raises(ValueError, match="one file name"):
        write_store(tmp_path, "k", {}, parts, {})
    assert not (tmp_path / "k").exists()


def test_a_file_is_replaced_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.json"
    write_atomically(path, json.dumps({"a": 1}))
    assert json.loads(path.read_text("utf-8")) == {"a": 1}

    def fail(*_: object) -> None:
        raise OSError("interrupted")

    monkeypatch.setattr(module.os, "replace", fail)
    with pytest.raises(OSError, match="interrupted"):
        write_atomically(path, b"half")
    assert json.loads(path.read_text("utf-8")) == {"a": 1}
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]


def test_a_store_of_another_version_is_told_and_not_read(tmp_path):
    store = module.write_store(tmp_path, "key", {}, {}, {})
    facts = store.folder / module.FACTS
    facts.write_text(facts.read_text("utf-8").replace(f'"format": {module.FORMAT}', '"format": 1'), "utf-8")
    with pytest.raises(InputFaults) as caught:
        module.open_store(tmp_path)
    assert [fault.code for fault in caught.value.faults] == ["D28"]
