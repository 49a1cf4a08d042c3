"""A run of two municipalities' schools with kernels: whole pages, both languages, and the same by plain Papermill."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.batch.manifest import broken_files, read_manifest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def ran(demo_store, once, command):
    """A school of D005 and one of D004, in both languages."""

    def fill(folder: Path) -> None:
        asked = ("--notebook", "30_school", "--only", "S027", "--only", "S026", "--language", "both", "--workers", "2")
        ended = command("reports", "--store", demo_store, *asked, "--out", folder / "out")
        (folder / "ended.txt").write_text(f"{ended.returncode}\n{ended.stdout}{ended.stderr}", "utf-8")

    return once("school-run", fill)


def test_every_school_has_a_page_in_the_boards_edition(ran):
    ended = (ran / "ended.txt").read_text("utf-8")
    assert ended.startswith("0\n4 lapas gatavas"), ended
    names = {path.relative_to(ran / "out").as_posix() for path in (ran / "out").rglob("*.*") if path.name != ".lock"}
    pages = {f"board/30_school/S0{i}{end}" for i in (26, 27) for end in (".html", ".en.html", ".csv")}
    assert names == pages | {"board/index.html", "manifest.json"}
    assert broken_files(ran / "out") == []
    assert {(item["slug"], item["state"]) for item in read_manifest(ran / "out")["items"]} == {
        (f"S0{i}", "done") for i in (26, 27)
    }


def test_index_and_languages_are_linked(ran):
    index = (ran / "out" / "board" / "index.html").read_text("utf-8")
    assert len(re.findall(r'href="30_school/S0\d\d\.html"', index)) == 2
    page = (ran / "out" / "board" / "30_school" / "S027.html").read_text("utf-8")
    assert 'href="S027.en.html"' in page
    assert 'href="../index.html"' in page


def test_what_was_computed_for_one_school_is_kept_for_the_others(ran, demo_store):
    kept = sorted(path.name.split(".")[0] for path in (demo_store / "evidence").glob("*.parquet"))
    assert {"D004", "D005"} <= set(kept)
    assert len(kept) == len(set(kept))


def test_a_public_edition_is_refused_with_the_words_for_it(demo_store, command, tmp_path):
    ended = command(
        "reports", "--store", demo_store, "--notebook", "30_school", "--edition", "public", "--out", tmp_path
    )
    assert ended.returncode == 2
    assert "P70" in ended.stdout
    assert "--edition board" in ended.stdout


def test_plain_papermill_gives_the_page_of_the_batch(ran, demo_store, command, tmp_path):
    """Also where nothing is kept: a page is the same whether or not its evidence was at hand."""
    ended = command(
        "reports", "--store", demo_store, "--notebook", "30_school", "--only", "S028", "--out", tmp_path / "lv"
    )
    assert ended.returncode == 0, ended.stderr
    parameters = {"municipality": "D005", "params_file": "params/D005.yml", "store": str(demo_store), "school": "S028"}
    raw = [part for name, value in parameters.items() for part in ("-r", name, value)]
    for path in (demo_store / "evidence").glob("D005.*.parquet"):
        path.unlink()
    subprocess.run(
        [sys.executable, "-m", "papermill", ROOT / "notebooks" / "30_school.ipynb", tmp_path / "out.ipynb",
         "--no-progress-bar", *raw],
        cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT / "src")}, check=True, capture_output=True,
    )  # fmt: skip
    assert command("page", tmp_path / "out.ipynb", "--out", tmp_path / "S028.html").returncode == 0
    folder = tmp_path / "lv" / "board" / "30_school"
    for name in ("S028.html", "S028.csv"):
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()
