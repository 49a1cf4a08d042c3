"""An issue is frozen whole or not at all, never changed, and read as it was written."""

import json
import stat
from pathlib import Path

import pandas as pd
import pytest

from analysis.evidence import evidence
from analysis.faults import InputFaults
from analysis.intake import issues as module
from analysis.intake.issues import as_csv, freeze, issues
from analysis.intake.store import Store, write_store
from analysis.params import load_params
from analysis.release import release
from analysis.report.frame import evidence_csv

SUMS = pd.DataFrame(
    {"figure": ["attainment"], "school_year": [2025], "school_id": ["001"], "sex": [""], "cut": [float("nan")], "n": [3],
     "total": [0.1 + 0.2], "squares": [1 / 3]}
)  # fmt: skip
CONTENT = {"sums/D1.csv": as_csv(SUMS), "parameters/thresholds.yml": b"thresholds: []\n"}


def codes(*arguments: object) -> list[str]:
    with pytest.raises(InputFaults) as caught:
        freeze(*arguments)  # type: ignore[arg-type]
    return [fault.code for fault in caught.value.faults]


def test_numbers_and_ids_come_back_exactly(tmp_path: Path) -> None:
    issue = freeze(tmp_path, "2025", CONTENT, {"store": "k1"})
    read = issue.read("sums/D1.csv")
    pd.testing.assert_frame_equal(read, SUMS, check_dtype=False)
    assert read["total"].iloc[0] == 0.1 + 0.2
    assert read["school_id"].iloc[0] == "001"


def test_evidence_comes_back_as_it_was_published(tmp_path: Path) -> None:
    rows = pd.DataFrame(
        {
            "part": ["=1+1", *"abcdefgh", ""],
            "n": [30] * 9 + [3],
            "estimate": [0.25] * 9 + [0.1],
            "low": [0.1] * 9 + [0.0],
            "high": [0.4] * 9 + [0.2],
            "grade": "6",
        }
    )
    told = release(
        evidence(rows, indicator="attainment", municipality_id="D1", school_year=2025, unit="sd"), load_params()
    )
    path = module.evidence_path("public", "20_municipality", "D1")
    issue = freeze(tmp_path, "2025", {path: evidence_csv(told).encode()}, {})
    pd.testing.assert_frame_equal(issue.read(path), told.rows)


def test_it_is_open_to_the_board_alone(tmp_path: Path) -> None:
    folder = freeze(tmp_path, "2025", CONTENT, {}).folder
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*") if path.is_file()} == {0o600}


def test_the_same_content_may_be_frozen_again_and_other_content_is_refused(tmp_path: Path) -> None:
    first = freeze(tmp_path, "2025", CONTENT, {"store": "k1"})
    before = {path: path.read_bytes() for path in first.folder.rglob("*") if path.is_file()}
    assert freeze(tmp_path, "2025", CONTENT, {"store": "k1"}).facts == first.facts
    assert codes(tmp_path, "2025", CONTENT | {"more": b""}, {"store": "k1"}) == ["D40"]
    assert codes(tmp_path, "2025", CONTENT, {"store": "k2"}) == ["D40"]
    assert {path: path.read_bytes() for path in first.folder.rglob("*") if path.is_file()} == before
    assert [path.name for path in (tmp_path / "issues").iterdir()] == ["2025"]


def test_nothing_is_left_of_an_issue_that_could_not_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, _: bytes) -> None:
        if path.name == module.FACTS:
            raise OSError(28, "no space")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()

    monkeypatch.setattr(module, "_write", full)
    with pytest.raises(OSError, match="no space"):
        freeze(tmp_path, "2025", CONTENT, {})
    assert list((tmp_path / "issues").iterdir()) == []


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "-x", "ērglis", "a b", "x" * 41, "a\n"])
def test_a_name_is_checked_by_an_allow_list(tmp_path: Path, name: str) -> None:
    assert codes(tmp_path, name, CONTENT, {}) == ["P50"]
    assert list(tmp_path.iterdir()) == []


def test_issues_have_an_order_that_needs_no_clock(tmp_path: Path) -> None:
    for name in ("b", "a", "c"):
        freeze(tmp_path, name, CONTENT, {"name": name})
    assert [issue.name for issue in issues(tmp_path)] == ["b", "a", "c"]


def test_they_survive_new_deliveries_and_formats_of_the_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    freeze(tmp_path, "2025", CONTENT, {})
    monkeypatch.setattr("analysis.intake.store.FORMAT", 99)
    assert isinstance(write_store(tmp_path, "k9", {}, {}, {}), Store)
    assert [issue.name for issue in issues(tmp_path)] == ["2025"]


def test_a_later_format_and_a_damaged_file_are_told(tmp_path: Path) -> None:
    issue = freeze(tmp_path, "2025", CONTENT, {})
    (issue.folder / "sums/D1.csv").write_bytes(as_csv(SUMS.assign(n=4)))
    with pytest.raises(InputFaults, match="D42"):
        issue.read("sums/D1.csv")
    facts = json.loads((issue.folder / module.FACTS).read_text("utf-8"))
    (issue.folder / module.FACTS).write_text(json.dumps(facts | {"format": 2}), "utf-8")
    with pytest.raises(InputFaults, match="D41"):
        issues(tmp_path)
