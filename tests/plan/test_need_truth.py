"""Expected need beside the demo's truth, which draws its need otherwise: by ability over all years, attributes and chance.

The truth calls 18 % of the country's entitled in need and the definition a fifth: numbers are compared after that. How shares
of 42 municipalities go together is measured by ``benchmarks/need.py``; the four here hardly differ.
"""

import json
from pathlib import Path

import pandas as pd
import pytest

from analysis.batch import open_unit
from analysis.plan.need import support_need
from analysis.programmes import load_programmes


@pytest.fixture(scope="module")
def beside_truth(demo: Path, demo_store: Path) -> pd.DataFrame:
    """Reading, 2026, by municipality: what is expected, what is true, and how many get it."""
    told = []
    for place in ("D001", "D002", "D003", "D004"):
        unit = open_unit(place, store=str(demo_store), edition="board")
        rows = support_need(unit.table("enrolments"), unit.results, unit.table("marks"), unit.table("support_given"),
                            load_programmes(), unit.attributes, unit.params)  # fmt: skip
        whole = rows[(rows["part"] == "reading") & (rows["school_id"] == "")].set_index("indicator")
        given = unit.table("support_given").query("programme == 'reading' and school_year == 2026")
        ends = whole.loc["support_need", ["low", "high"]].to_dict()
        told.append(
            {"municipality_id": place, "n": whole["n"].iloc[0], "get": len(given)} | whole["estimate"].to_dict() | ends
        )
    truth = pd.DataFrame(json.loads((demo / "truth.json").read_text("utf-8"))["support_by_place"])
    truth = truth.query("programme == 'reading' and school_year == 2026")
    return pd.DataFrame(told).merge(truth, on="municipality_id").set_index("municipality_id")


def test_the_need_of_municipalities_is_near_the_truth(beside_truth: pd.DataFrame) -> None:
    need, truth = beside_truth["support_need"], beside_truth["need"]
    assert need.sum() / truth.sum() == pytest.approx(20 / 18, abs=0.12)
    scaled = truth * 20 / 18
    assert (scaled.between(beside_truth["low"], beside_truth["high"])).sum() >= 3


def test_places_where_nobody_needs_them_do_not_count_as_served(beside_truth: pd.DataFrame) -> None:
    """In one municipality reading places stand in the schools that need them least: of 39 who get it 9 are in need."""
    misplaced = beside_truth.loc["D003"]
    assert misplaced["support_served"] < misplaced["get"] / 2
    assert misplaced["support_served"] == pytest.approx(misplaced["served"], abs=8)
    others = beside_truth.drop(index="D003")
    assert (others["support_served"] / others["served"]).between(0.85, 1.01).all()
