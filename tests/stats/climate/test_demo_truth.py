"""What was planted in the demo's surveys is found, and little else."""

import json

import pandas as pd
import pytest

from analysis.batch.open import open_unit
from analysis.intake.store import open_store


@pytest.fixture(scope="module")
def found(demo_store) -> pd.DataFrame:
    ids = open_store(demo_store).table("municipalities")["municipality_id"]
    parts = [open_unit(str(i), store=str(demo_store)).modelled for i in ids]
    return pd.concat(parts).drop_duplicates()


@pytest.fixture(scope="module")
def truth(demo) -> dict:
    return json.loads((demo / "truth.json").read_text("utf-8"))


def newest_gaps(found: pd.DataFrame, indicator: str) -> pd.DataFrame:
    rows = found[(found["indicator"] == indicator) & (found["reference"] == "country")]
    return rows[rows["school_year"] == rows["school_year"].max()]


def test_the_weak_scale_is_found_where_it_was_planted(found, truth) -> None:
    weak = truth["wellbeing"]["weak_scale"]
    gaps = newest_gaps(found, "wellbeing_scale")
    mine = gaps[(gaps["part"] == weak["scale"]) & (gaps["group"] == f"role={weak['role']}")]
    assert mine.loc[mine["estimate"].idxmin(), "municipality_id"] == weak["municipality_id"]
    assert mine.set_index("municipality_id").loc[weak["municipality_id"], "verdict"] == "differs"


def test_the_weak_dimension_is_found_where_it_was_planted(found, truth) -> None:
    weak = truth["learning_organisation"]
    gaps = newest_gaps(found, "slo_dimension")
    mine = gaps[gaps["part"] == weak["dimension"]].set_index("municipality_id")
    assert mine["estimate"].idxmin() == weak["municipality_id"]
    assert mine.loc[weak["municipality_id"], "verdict"] == "differs"


def test_response_is_what_was_drawn_and_the_silent_school_is_not_told(found, truth) -> None:
    told = truth["wellbeing"]
    response = found[(found["indicator"] == "wellbeing_response") & (found["group"] == "role=pupil")]
    low = response[
        (response["municipality_id"] == told["low_response"]["municipality_id"]) & (response["school_id"] == "")
    ]
    assert low["estimate"].mean() == pytest.approx(100 * told["low_response"]["share"], abs=4)
    silent = found[
        (found["indicator"] == "wellbeing_scale") & (found["school_id"] == told["silent"]["school_id"])
        & (found["school_year"] == told["silent"]["school_year"]) & (found["group"] == "role=pupil")
    ]  # fmt: skip
    assert silent["estimate"].isna().all()
