"""No canary leaves: a delivery full of private things goes through the batch, and every byte it publishes is searched.

The short form makes a page of each kind that differs in how it is written (a municipality's in both editions, the data, a
text document, a school's, one whose notebook fails); ``make canaries`` makes all pages of a municipality in both languages.
"""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from tests.canaries.planting import COMMENT, FORMULA, HOSTILE, MUNICIPALITY, Planted, plant
from tests.canaries.sweeping import found_in, readings
from tests.report.conftest import Read

from analysis.report.export import broken_rules

ALL = os.environ.get("BURTNICA_CANARIES") == "all"
NOTEBOOKS = ("10_data_check", "20_municipality", "21_failing", "40_four_year_review", "45_staff", "50_support_plan")
BOTH, BOARD = ("--edition", "public", "--edition", "board"), ("--edition", "board")
SHORT = (
    (("20_municipality",), ("D001",), BOTH),
    (("10_data_check", "21_failing", "40_four_year_review"), ("D001",), BOARD),
    (("30_school",), ("S001",), BOARD),
)
LONG = (((*NOTEBOOKS, "30_school", "55_council", "80_country"), ("D001", "country"), (*BOTH, "--language", "both")),)
Run = CompletedProcess[str]


@dataclass(frozen=True)
class Left:
    """What was planted, what a run left in its output folder, and what it said."""

    planted: Planted
    files: dict[str, bytes]
    said: dict[str, Run]


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory, command: Callable[..., Run]) -> Left:
    planted = plant(tmp_path_factory.mktemp("canaries"))
    raw, store, out = (planted.root / name for name in ("data/raw", "data/store/k", "reports"))
    more = {"PYTHONPATH": str(planted.root / "src"), "BURTNICA_KEY": str(planted.key_file), "cwd": planted.root}
    said = {"refused": command("check", planted.rude, **more)}
    said["prepare"] = command("prepare", raw, "--store", store, **more)
    for notebooks, only, options in LONG if ALL else SHORT:
        asked = [word for name in notebooks for word in ("--notebook", name)] + [
            w for slug in only for w in ("--only", slug)
        ]
        said[f"reports {notebooks[0]}"] = command("reports", "--store", store, "--out", out, *asked, *options, **more)
    files = {path.relative_to(out).as_posix(): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}
    return Left(planted, files, said)


@pytest.fixture(scope="module")
def pages(left: Left) -> dict[str, str]:
    return {name: data.decode("utf-8") for name, data in left.files.items() if name.endswith(".html")}


def test_the_run_was_a_whole_one(left: Left) -> None:
    """A sweep of nothing finds nothing: pages of each kind are there, and the telltale notebook failed where it should."""
    kinds = {name.split("/")[1] for name in left.files if name.endswith("1.html")}
    assert {"10_data_check", "20_municipality", "30_school", "40_four_year_review"} <= kinds
    assert {Path(name).suffix for name in left.files} >= {".html", ".csv", ".docx", ".json"}
    assert [left.said[name].returncode for name in ("prepare", "refused")] == [0, 1]
    (failed,) = {
        (e["reason"], e["error"]) for e in json.loads(left.files["manifest.json"])["items"] if e["state"] == "failed"
    }
    assert failed == ("cell_error", "ValueError")


def test_no_canary_is_in_a_published_byte(left: Left, capsys: pytest.CaptureFixture[str]) -> None:
    canaries = [canary for kind in left.planted.canaries.values() for canary in kind]
    found = {name: found_in(data, canaries) for name, data in left.files.items()}
    forms = {form for data in left.files.values() for form, _ in readings(data)}
    with capsys.disabled():
        print(
            f"\ncanaries: {left.planted.count} of {len(left.planted.canaries)} kinds, in {len(left.files)} files, "
            f"read in {len(forms)} forms; found {sum(map(len, found.values()))}"
        )
    assert {name: met for name, met in found.items() if met} == {}
    assert left.planted.count > 300
    assert {"html", "json", "base64>raw", "zip>png>raw", "zip>html"} - forms == set()


def test_the_key_is_in_no_published_byte(left: Left) -> None:
    assert [name for name, data in left.files.items() if left.planted.secret in data] == []
    assert [name for name in left.files if found_in(name.encode(), [left.planted.secret.hex()])] == []


def test_what_is_said_on_the_terminal_tells_of_no_child(left: Left) -> None:
    """Where things lie is told to the person who ran it; nothing else that is private is."""
    private = [c for kind, some in left.planted.canaries.items() if kind != "path" for c in some]
    said = {name: f"{run.stdout}\n{run.stderr}".encode() for name, run in left.said.items()}
    assert {name: met for name, text in said.items() if (met := found_in(text, private))} == {}


def test_names_of_files_hold_no_canary(left: Left) -> None:
    canaries = [canary for kind in left.planted.canaries.values() for canary in kind]
    assert found_in("\n".join(left.files).encode(), canaries) == {}


@pytest.mark.parametrize(
    ("text", "notebook"),
    [
        (HOSTILE, "30_school"),
        (HOSTILE, "10_data_check"),
        (MUNICIPALITY, "20_municipality"),
        (COMMENT, "20_municipality"),
    ],
)
def test_what_is_meant_to_be_seen_is_there_as_text(text, notebook, pages):
    shown = [html for name, html in pages.items() if f"/{notebook}/" in name]
    assert shown
    assert any(text in "".join(Read(html).text).replace("\u00a0", " ") for html in shown)


def test_it_is_there_as_nothing_else(pages):
    for name, html in pages.items():
        assert broken_rules(html) == [], name
        for tag, attributes in Read(html).tags:
            assert tag not in ("script", "b", "img") or "onclick" not in attributes, (name, tag)
            assert not {"onerror", "onclick"} & set(attributes), (name, tag)
        assert "<img src=x" not in html, name
        assert "<script" not in html, name


def test_a_name_that_is_a_formula_is_text_in_the_file_for_schools(left, pages):
    (page,) = [html for name, html in pages.items() if name == "board/10_data_check/D001.html"]
    inside = [text for form, text in readings(page.encode()) if form == "base64>raw" and "HYPERLINK" in text]
    cells = [line.split(";")[0] for text in inside for line in text.splitlines() if "HYPERLINK" in line]
    assert cells
    assert all(cell.lstrip('"').startswith("'=") for cell in cells)
    assert FORMULA.split("(")[0] in cells[0]
