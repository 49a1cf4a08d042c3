"""The gate: what a run made of a municipality stays when nothing follows from it, and goes whole when something does."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from analysis.batch import gate
from analysis.batch.manifest import item_id, read_manifest
from analysis.batch.open import open_unit
from analysis.batch.suppressed import results_evidence
from analysis.evidence import KEYS


@pytest.fixture
def made(reports: Path, tmp_path: Path):
    """A copy of what a run published of two municipalities, before the gate."""
    out = tmp_path / "out"
    shutil.copytree(reports / "out", out)
    entries = {item_id(e): e for e in read_manifest(out)["items"] if e["slug"] in ("D004", "D005")}
    return out, {key: {**entry, "audited": False} for key, entry in entries.items()}


def states(entries) -> set[tuple[str, str, bool]]:
    return {(entry["slug"], entry["state"], bool(entry["audited"])) for entry in entries.values()}


def test_what_a_run_publishes_has_passed(reports):
    ended = json.loads((reports / "ended.json").read_text("utf-8"))
    assert ended["code"] == 0, ended["err"]
    assert all(entry["audited"] for entry in read_manifest(reports / "out")["items"])


def test_sound_pages_stay(made, demo_store):
    out, entries = made
    gate.guard(out, demo_store, entries, 1)
    assert states(entries) == {("D004", "done", True), ("D005", "done", True)}


def test_one_number_too_many_takes_all_of_its_municipality_back(made, demo_store):
    """A withheld size of one to four pupils is put into the file beside the page, as an error of the door would."""
    out, entries = made
    _tell_one(out / "public" / "20_municipality" / "D004.csv", "D004", demo_store)
    gate.guard(out, demo_store, entries, 1)
    assert states(entries) == {("D004", "failed", False), ("D005", "done", True)}
    assert {entry.get("reason") for entry in entries.values() if entry["slug"] == "D004"} == {gate.PRIVACY}
    assert not list(out.rglob("D004*"))
    assert list(out.rglob("D005.html"))
    why = demo_store / "failed" / "privacy-D004.json"
    assert why.stat().st_mode & 0o077 == 0
    assert {one["municipality_id"] for one in json.loads(why.read_text("utf-8"))} == {"D004"}


def _tell_one(path: Path, municipality_id: str, store: Path) -> None:
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    truth = results_evidence(open_unit(municipality_id, "", str(store), "board"))
    keys = [key for key in KEYS if key != "part"]
    true = truth[truth["n"].between(1, 4) & truth["group"].ne("") & truth["school_id"].eq("")][[*keys, "n"]]
    text = true.assign(**{k: true[k].map(lambda v: "" if pd.isna(v) else str(v).removesuffix(".0")) for k in keys})
    known = rows.reset_index().merge(text.drop_duplicates(keys), on=keys, suffixes=("", "_true"))
    known = known[known["n"] == ""]
    assert len(known)
    rows.loc[known["index"].iloc[0], "n"] = str(int(known["n_true"].iloc[0]))
    rows.to_csv(path, index=False)


def test_an_attack_that_fails_proves_nothing(made, demo_store, monkeypatch):
    out, entries = made
    monkeypatch.setattr(gate, "audit_municipality", lambda *_: (_ for _ in ()).throw(RuntimeError("solver")))
    gate.guard(out, demo_store, entries, 1)
    assert {state for _, state, _ in states(entries)} == {"failed"}
    assert json.loads((demo_store / "failed" / "privacy-D005.json").read_text("utf-8")) == {"error": "RuntimeError"}


def test_what_has_passed_is_not_attacked_again(made, demo_store, monkeypatch):
    out, entries = made
    monkeypatch.setattr(gate, "_holds", lambda *_: pytest.fail("attacked again"))
    gate.guard(out, demo_store, {key: {**entry, "audited": True} for key, entry in entries.items()}, 1)
