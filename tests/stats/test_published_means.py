"""What published means of schools allow, and what they do not."""

import numpy as np
import pandas as pd
import pytest

from analysis.stats import published_bands, published_means

KEYS = {"municipality_id": "M1", "grade": "12", "test": "CE", "domain": "mathematics", "level": "optimal"}


def means(n: list[float], score: list[float], year: int | list[int] = 2026, maximum: float = 50.0) -> pd.DataFrame:
    schools = [f"S{i}" for i in range(len(n))]
    return pd.DataFrame(
        {**KEYS, "school_id": schools, "school_year": year, "n": n, "mean_score": score, "score_max": maximum}
    )


def average(found: pd.DataFrame) -> pd.Series:
    return found[found["indicator"] == "school_mean_average"].iloc[0]


def test_schools_are_weighted_by_their_takers_where_all_are_published() -> None:
    found = average(published_means(means([10, 30], [20.0, 40.0])))
    assert (found["estimate"], found["n"], found["population"]) == (70.0, 40, "papers")  # (10·40 + 30·80) / 40


def test_where_one_number_is_missing_every_school_counts_alike() -> None:
    found = average(published_means(means([10, np.nan], [20.0, 40.0])))
    assert (found["estimate"], found["n"], found["population"]) == (60.0, 2, "schools")


def test_neither_has_an_interval_or_a_verdict_or_a_reference() -> None:
    found = published_means(means([10, 30], [20.0, 40.0]))
    assert found[["low", "high"]].isna().all(axis=None)
    assert set(found["verdict"]) == set(found["reference"]) == {""}


def test_only_the_newest_year_counts() -> None:
    found = published_means(means([10, 30], [20.0, 40.0], year=[2025, 2026]))
    assert found.loc[found["indicator"] == "school_mean", "school_id"].tolist() == ["S1"]


def test_nothing_published_nothing_said() -> None:
    assert published_means(pd.DataFrame()).empty
    assert published_bands(pd.DataFrame()).empty
    assert published_means(means([10], [20.0], maximum=np.nan)).empty


def test_published_bands_are_summed_over_schools() -> None:
    rows = pd.DataFrame({**KEYS, "school_id": ["A", "A", "B"], "school_year": 2026, "band": [0, 9, 9], "n": [1, 4, 5]})
    found = published_bands(rows)
    assert found["part"].tolist() == ["0-9", "90-100"]
    assert found["estimate"].tolist() == pytest.approx([10.0, 90.0])
    assert set(found["n"]) == {10}
