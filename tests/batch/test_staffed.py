"""From a frozen issue of the board's page on staff to the gaps whose visits it planned."""

import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from analysis.batch import open_unit
from analysis.batch.issues import NOTEBOOK, STAFF, earlier_for
from analysis.batch.staffed import staff_evidence
from analysis.evidence import evidence
from analysis.intake.issues import evidence_path, freeze
from analysis.intake.store import open_store
from analysis.plan.visited import AFTER, BEFORE, MOVED
from analysis.staff_rules import load_staff_rules
from analysis.stats.staff import competence_gaps

PLACE = "D001"
FOLLOWED = ["gap_before", "gap_after", "gap_expected", "gap_moved"]


def published(year: int, n: int) -> pd.DataFrame:
    """An earlier page: a gap of 20 teachers in every school known to it, and visits planned to the first."""
    schools = [f"S{i:03d}" for i in range(1, 13)]
    gaps = pd.DataFrame({"school_id": ["", *schools], "part": "differentiation", "estimate": 1.5, "n": n})
    common = {"municipality_id": PLACE, "school_year": year}
    gaps = gaps.assign(low=1.2, high=1.8)
    return pd.concat(
        [
            evidence(gaps, indicator="competence_gap", unit="level", population="teachers", **common),
            evidence(
                pd.DataFrame({"school_id": schools[:1], "domain": "inclusion", "estimate": 2.0, "n": 2}),
                indicator="visits_planned", unit="visits", population="schools", **common,
            ),
        ]
    )  # fmt: skip


@pytest.fixture
def frozen(demo_store, tmp_path):
    """Freeze an issue of other data beside a copy of the demo store; ``board`` says whether it had the page on staff."""

    def make(*, board: bool, n: int = 20) -> Path:
        shutil.copytree(demo_store, tmp_path / "store", dirs_exist_ok=True)
        store = open_store(tmp_path / "store")
        schools = store.table("schools")[["school_id", "municipality_id"]].astype("str")
        page = published(2025, n).to_csv(index=False).encode()
        content = {"schools.csv": schools.to_csv(index=False).encode()}
        content[evidence_path("public", NOTEBOOK, PLACE)] = page
        if board:
            content[evidence_path("board", STAFF, PLACE)] = page
        freeze(tmp_path / "store", "before", content, {"store": "other", "params": {}, "places": {PLACE: "Vidzare"}})
        return tmp_path / "store"

    return make


def followed(store: Path, edition: str) -> pd.DataFrame:
    rows = pd.concat(staff_evidence(open_unit(PLACE, "", str(store), edition, "lv")), ignore_index=True)
    return rows[rows["indicator"].isin(FOLLOWED)]


def test_the_plan_of_the_issue_is_followed_in_the_boards_edition_alone(frozen):
    store = frozen(board=True)
    rows = followed(store, "board")
    assert set(rows["indicator"]) >= {BEFORE, AFTER, MOVED}
    before = rows[rows["indicator"] == BEFORE]
    assert before["estimate"].eq(1.5).all()
    assert (set(before["year_from"]), set(before["school_year"])) == ({2025}, {2026})
    assert followed(store, "public").empty


def test_today_s_gap_rests_on_later_years_alone(frozen):
    store = frozen(board=True)
    unit = open_unit(PLACE, "", str(store), "board", "lv")
    rows = unit.table("teacher_evidence")
    assert set(rows["school_year"]) > {2026}
    after = followed(store, "board").query("indicator == @AFTER").set_index("school_id")
    of_newest = competence_gaps(
        rows[rows["school_year"] == 2026], unit.table("competences"), unit.schools, load_staff_rules(), unit.params
    )
    alone = of_newest[(of_newest["indicator"] == "competence_gap") & (of_newest["part"] == "differentiation")]
    wanted = alone.set_index("school_id").loc[after.index]
    assert len(after) > 0
    assert after["estimate"].tolist() == wanted["estimate"].tolist()
    assert after["n"].tolist() == wanted["n"].tolist()


def test_without_the_page_on_staff_or_with_too_few_teachers_nothing_is_followed(frozen):
    store = frozen(board=False)
    assert followed(store, "board").empty
    earlier = earlier_for(open_store(store), PLACE, open_unit(PLACE, "", str(store), "board", "lv").params, "board")
    assert earlier is not None
    assert earlier.staff.empty


def test_gaps_of_fewer_teachers_than_may_be_told_are_not_followed(frozen):
    assert followed(frozen(board=True, n=9), "board").empty


def test_an_earlier_issue_of_a_page_without_gaps_is_no_error(frozen):
    store = frozen(board=True)
    unit = open_unit(PLACE, "", str(store), "board", "lv")
    none = replace(unit.earlier, staff=unit.earlier.staff.query("indicator == 'visits_planned'"))
    rows = pd.concat(staff_evidence(replace(unit, earlier=none)), ignore_index=True)
    assert not rows["indicator"].isin(FOLLOWED).any()
