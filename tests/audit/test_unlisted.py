"""Rows that a file does not list, for nothing is told of them: the attack reads of which years they are all the same."""

import pandas as pd

from analysis.audit.results import books
from analysis.evidence import evidence
from analysis.params import load_params
from analysis.release import designed

TEST = {"municipality_id": "D001", "grade": "9", "test": "CE", "domain": "mathematics", "unit": "sd"}


def rows(indicator: str, keys: list[dict[str, object]], told: bool) -> pd.DataFrame:
    figures = {"n": 40, "estimate": 0.1, "low": -0.2, "high": 0.4} if told else {"n": pd.NA}
    return evidence(pd.DataFrame([TEST | {"school_year": 2026} | key | figures for key in keys]), indicator=indicator)


def test_years_and_pool_are_those_of_a_file_that_lists_every_row():
    years = [{"school_year": year} for year in (2023, 2024, 2025)]
    schools = [{"school_id": name, "year_from": 2024} for name in ("S1", "S2")]
    groups = [{"group": f"sex={name}", "year_from": 2024} for name in ("boy", "girl")]
    everything = pd.concat(
        [
            rows("attainment", [{}], told=True),
            rows("attainment", years, told=False),
            rows("attainment", schools, told=False),
            rows("group_gap", groups, told=False),
        ],
        ignore_index=True,
    )
    published = designed(everything)
    assert len(published) == 1 + 3
    (whole,), (thinned,) = list(books(everything, load_params())), list(books(published, load_params()))
    assert whole.years == thinned.years == (2024, 2025, 2026)
    assert whole.pool == thinned.pool
    assert not thinned.rows["indicator"].eq("table_rows").any()
