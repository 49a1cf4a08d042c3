"""Preparing is repeatable, whole or not at all, and safe to do twice at once."""

import os
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pytest

from analysis.batch.prepare import code_hash, prepare
from analysis.faults import InputFaults
from analysis.intake.contracts import IDS
from analysis.intake.demo import cut_board
from analysis.intake.store import open_store, write_store

ROOT = Path(__file__).resolve().parents[2]


def content(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def delivery(demo, tmp_path_factory):
    """A small board's part of the demo: every table, a second to prepare."""
    return cut_board(demo, "D004", tmp_path_factory.mktemp("prepare") / "board", with_published=True)


@pytest.fixture(scope="module")
def prepared(delivery, tmp_path_factory):
    store = tmp_path_factory.mktemp("prepare") / "store"
    prepare(delivery, (), store)
    return store


def test_a_second_preparation_changes_nothing(delivery, prepared, tmp_path):
    store = Path(shutil.copytree(prepared, tmp_path / "store"))
    again = prepare(delivery, (), store)
    assert again.store.key == open_store(prepared).key
    assert content(store) == content(prepared)


def test_the_same_delivery_elsewhere_gives_the_same_store(delivery, prepared, tmp_path):
    elsewhere = shutil.copytree(delivery, tmp_path / "another name")
    prepare(Path(elsewhere), (), tmp_path / "store")
    assert content(tmp_path / "store") == content(prepared)


def test_other_data_are_another_version_and_become_current(delivery, prepared, tmp_path):
    store, changed = tmp_path / "store", Path(shutil.copytree(delivery, tmp_path / "changed"))
    shutil.copytree(prepared, store)
    (changed / "published.csv").unlink()
    made = prepare(changed, (), store)
    assert made.store.key != open_store(prepared).key
    assert open_store(store).key == made.store.key
    assert len([path for path in store.iterdir() if path.is_dir()]) == 2


def test_a_faulty_delivery_writes_nothing(delivery, tmp_path):
    shutil.copytree(delivery, tmp_path / "bad")
    (tmp_path / "bad" / "schools.csv").write_text("")
    with pytest.raises(InputFaults):
        prepare(tmp_path / "bad", (), tmp_path / "store")
    assert not (tmp_path / "store").exists()


def test_the_store_knows_no_id_of_a_person_and_no_birth_year(demo, demo_store):
    frames = [pd.read_csv(path, dtype=str, usecols=lambda column: column in IDS) for path in demo.glob("*.csv")]
    ids = {i for frame in frames for column in frame for i in frame[column].dropna().unique()}
    tables = list(demo_store.rglob("*.parquet"))
    assert tables
    for path in tables:
        rows = pd.read_parquet(path)
        assert not {*IDS, "birth_year"} & set(rows.columns), path.name
        for column in rows.select_dtypes(include=["str", "category"]):
            assert not ids & set(rows[column].dropna().unique().astype(str)), (path.name, column)


def test_the_code_of_the_package_is_part_of_the_key(tmp_path, monkeypatch):
    package = tmp_path / "src" / "analysis"
    (package / "stats").mkdir(parents=True)
    (package / "stats" / "one.py").write_text("a = 1")
    monkeypatch.setattr("analysis.batch.prepare.ROOT", tmp_path)
    before = code_hash.__wrapped__("stats")
    (package / "stats" / "one.py").write_text("a = 2")
    assert code_hash.__wrapped__("stats") != before


WRITER = """
import sys
from pathlib import Path
import numpy as np
import pandas as pd
from analysis.intake.store import write_store

rows = pd.DataFrame({"municipality_id": np.repeat([f"D{i:03}" for i in range(40)], 500), "value": np.arange(20000.0)})
print("ready", flush=True)
for number in range(10_000):
    write_store(Path(sys.argv[1]), f"version-{number}", {"all": rows}, {"results": rows}, {"number": number})
"""


@pytest.mark.slow
def test_a_writer_killed_at_any_moment_leaves_a_whole_store(tmp_path):
    """Ten kills at scattered moments: what is current can be read whole, each time."""
    rows = pd.DataFrame({"municipality_id": ["D000"], "value": [0.0]})
    write_store(tmp_path, "first", {"all": rows}, {"results": rows}, {"number": -1})
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    for wait in range(10):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)], env=environment, stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
        time.sleep(0.05 + 0.037 * wait)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        store = open_store(tmp_path)
        assert "number" in store.facts
        assert len(store.table("all")) == (1 if store.key == "first" else 20_000)
        assert len(store.slice("results", "D000")) == (1 if store.key == "first" else 500)
        for version in tmp_path.glob("version-*"):
            shutil.rmtree(version)
        write_store(tmp_path, "first", {"all": rows}, {"results": rows}, {"number": -1})


def test_two_preparations_at_once_end_in_one_whole_version(delivery, prepared, tmp_path):
    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(lambda _: prepare(delivery, (), tmp_path / "store").store.key, range(2)))
    assert len(set(made)) == 1
    assert content(tmp_path / "store") == content(prepared)
