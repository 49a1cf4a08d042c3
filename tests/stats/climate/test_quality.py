"""Levels of quality: each school's newest, how many are at each, and where own level and accreditation differ."""

import pandas as pd

from analysis.params import load_params
from analysis.release import release
from analysis.stats.climate import quality_levels

SCHOOLS = pd.DataFrame({"school_id": ["S1", "S2", "S3", "S4"], "municipality_id": ["A", "A", "A", "B"]})


def levels(*rows: tuple[str, int, str, str, int]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["school_id", "school_year", "criterion", "source", "level"])


GIVEN = levels(
    ("S1", 2024, "safety", "self", 2), ("S1", 2026, "safety", "self", 4), ("S1", 2023, "safety", "accreditation", 3),
    ("S2", 2026, "safety", "self", 3), ("S2", 2022, "safety", "accreditation", 3), ("S3", 2025, "safety", "self", 2),
    ("S3", 2021, "safety", "accreditation", 3), ("S4", 2026, "safety", "self", 4), ("S4", 2026, "safety", "accreditation", 1),
)  # fmt: skip


def by_part(found: pd.DataFrame, indicator: str) -> dict[tuple[str, str], float]:
    rows = found[found["indicator"] == indicator]
    return {(row.school_id or row.municipality_id, row.part): row.estimate for row in rows.itertuples()}


def test_the_newest_level_of_each_source_counts() -> None:
    each = by_part(quality_levels(GIVEN, SCHOOLS), "quality_level")
    assert each["S1", "safety|self"] == 4
    assert each["S1", "safety|accreditation"] == 3


def test_schools_are_counted_by_level_from_three_on() -> None:
    found = quality_levels(GIVEN, SCHOOLS)
    assert by_part(found, "quality_schools") == {
        ("A", "safety|self|4"): 1, ("A", "safety|self|3"): 1, ("A", "safety|self|2"): 1, ("A", "safety|accreditation|3"): 3,
    }  # fmt: skip
    assert by_part(found, "quality_apart") == {("A", "safety|higher"): 1, ("A", "safety|lower"): 1}


def test_without_accreditation_nothing_is_apart_and_without_levels_there_is_nothing() -> None:
    own = quality_levels(GIVEN[GIVEN["source"] == "self"], SCHOOLS)
    assert by_part(own, "quality_apart") == {}
    assert quality_levels(GIVEN.iloc[:0], SCHOOLS).empty


def test_counts_of_schools_pass_the_door() -> None:
    assert release(quality_levels(GIVEN, SCHOOLS), load_params()).rows["estimate"].notna().all()
