"""The manifest says what was published, in an order that does not depend on who was ready first."""

import hashlib
import json

import pytest

from analysis.batch.manifest import (
    MANIFEST,
    broken_files,
    intact,
    item_id,
    read_manifest,
    run_facts,
    sha256,
    write_manifest,
)
from analysis.intake.store import open_store
from analysis.params import ROOT


def entry(out, slug="D001", language="lv", text="<html></html>", **more):
    name = f"public/small/{slug}.html"
    (out / name).parent.mkdir(parents=True, exist_ok=True)
    (out / name).write_text(text, "utf-8")
    files = {name: {"sha256": hashlib.sha256(text.encode()).hexdigest(), "size": len(text)}}
    keys = {"edition": "public", "notebook": "small", "slug": slug, "language": language, "state": "done"}
    return keys | {"files": files} | more


def test_the_order_of_items_is_that_of_their_keys(tmp_path):
    items = [entry(tmp_path, "D002"), entry(tmp_path, "D001"), entry(tmp_path, "D001", "en")]
    write_manifest(tmp_path, {"index": {}}, items)
    one = (tmp_path / MANIFEST).read_bytes()
    write_manifest(tmp_path, {"index": {}}, reversed(items))
    assert (tmp_path / MANIFEST).read_bytes() == one
    assert [item_id(i)[2:] for i in read_manifest(tmp_path)["items"]] == [
        ("D001", "en"),
        ("D001", "lv"),
        ("D002", "lv"),
    ]


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"schema": 999, "items": []}'])
def test_a_manifest_that_cannot_be_read_is_an_empty_one(text, tmp_path):
    (tmp_path / MANIFEST).write_text(text)
    assert read_manifest(tmp_path) == {}
    assert broken_files(tmp_path) == [MANIFEST]


def test_a_folder_without_manifest_cannot_be_verified(tmp_path):
    assert broken_files(tmp_path) == [MANIFEST]


def test_verify_finds_a_changed_a_cut_and_a_missing_file(tmp_path):
    items = [entry(tmp_path, f"D00{i}") for i in range(1, 5)]
    (tmp_path / "public/index.html").write_text("index")
    write_manifest(tmp_path, {"index": {"public/index.html": sha256(b"index")}}, items)
    assert broken_files(tmp_path) == []
    folder = tmp_path / "public" / "small"
    (folder / "D001.html").write_text("<html><html>")
    (folder / "D002.html").write_text("<html></ht")
    (folder / "D003.html").unlink()
    (tmp_path / "public/index.html").write_text("other")
    assert broken_files(tmp_path) == ["public/index.html", *(f"public/small/D00{i}.html" for i in (1, 2, 3))]


def test_the_last_good_page_of_a_failed_item_is_verified_too(tmp_path):
    write_manifest(tmp_path, {"index": {}}, [entry(tmp_path, state="failed", reason="time")])
    assert broken_files(tmp_path) == []
    (tmp_path / "public/small/D001.html").write_text("cut")
    assert broken_files(tmp_path) == ["public/small/D001.html"]


def test_intact_means_every_file_as_recorded(tmp_path):
    item = entry(tmp_path)
    assert intact(tmp_path, item)
    (tmp_path / "public/small/D001.html").write_text("other")
    assert not intact(tmp_path, item)
    assert not intact(tmp_path, item | {"files": {}})


def test_names_are_written_as_they_are(tmp_path):
    write_manifest(tmp_path, {"index": {}}, [entry(tmp_path, name="Ķekava")])
    assert "Ķekava" in (tmp_path / MANIFEST).read_text("utf-8")
    assert json.loads((tmp_path / MANIFEST).read_text("utf-8"))["schema"] == 1


def test_a_run_names_the_digests_of_all_parameters_that_plans_rest_on(demo_store):
    told = run_facts(open_store(demo_store), {})["parameters"]
    assert {"defaults.yml", "thresholds.yml", "programmes.yml", "audit_minutes.yml", "plan/D001.yml"} <= set(told)
    assert told["plan/D001.yml"] == sha256((ROOT / "params" / "plan" / "D001.yml").read_bytes())
