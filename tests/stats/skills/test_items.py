"""Facility, item–rest correlation and alpha, against R's figures, pandas and the covariance matrix."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from tests.stats.skills.exams import answers, long, mapped

from analysis.intake.delivery import read_delivery
from analysis.stats import item_statistics
from analysis.stats.skills.items import alpha, correlations, feldt

# Base R on the same file, from data/README.md and czmatura_schooltype_items.csv beside it.
ALPHA, MEAN, SD = 0.892936, 27.708763, 12.068983
DIGITS = 1e-6


@pytest.fixture(scope="module")
def points() -> np.ndarray:
    return answers(np.random.default_rng(3), 300, 12)


def rows(found: pd.DataFrame, indicator: str) -> pd.DataFrame:
    return found[found["indicator"] == indicator].set_index("part")


@pytest.mark.shared
def test_the_czech_exam_is_what_base_r_says(shared_data: Path) -> None:
    tables = read_delivery(shared_data / "czmatura", ("czmatura",)).tables
    items = tables["items"].rename(columns={"pupil_id": "pupil"})
    reference = pd.read_csv(shared_data / "czmatura" / "czmatura_schooltype_items.csv").set_index("item")
    found = item_statistics(items, tables["item_map"])
    totals = items.groupby("pupil")["points"].sum()
    assert [totals.mean(), totals.std()] == pytest.approx([MEAN, SD], abs=DIGITS)
    assert rows(found, "test_reliability")["estimate"].tolist() == pytest.approx([100 * ALPHA], abs=100 * DIGITS)
    for indicator, column, factor in (("item_facility", "facility", 100), ("item_rest_correlation", "item_rest_r", 1)):
        mine = rows(found, indicator)["estimate"].reindex(reference.index)
        assert (mine - factor * reference[column]).abs().max() < 1e-9


def test_alpha_is_what_the_covariance_matrix_gives(points: np.ndarray) -> None:
    covariance = np.cov(points.T)
    k = len(covariance)
    expected = k * (covariance.sum() - np.trace(covariance)) / ((k - 1) * covariance.sum())
    assert alpha(points) == pytest.approx(expected, abs=1e-12)


def test_alpha_falls_when_an_item_that_agrees_is_left_out_as_in_the_formula_of_spearman_and_brown() -> None:
    half = np.random.default_rng(4).normal(size=(500, 2)) + np.random.default_rng(5).normal(size=(500, 1))
    half[:, 1] *= half[:, 0].std() / half[:, 1].std()
    r = np.corrcoef(half.T)[0, 1]
    assert alpha(half) == pytest.approx(2 * r / (1 + r), abs=1e-12)


def test_correlations_are_those_of_pandas(points: np.ndarray) -> None:
    frame = pd.DataFrame(points)
    expected = [frame[j].corr(frame.drop(columns=j).sum(axis=1)) for j in frame]
    assert correlations(points).tolist() == pytest.approx(expected, abs=1e-12)


def test_a_missing_item_is_not_zero_and_its_pupil_has_no_total(points: np.ndarray) -> None:
    holed = points.copy()
    holed[:40, 0] = np.nan
    found = item_statistics(long(holed), mapped(12))
    easy = rows(found, "item_facility")
    assert easy["n"].tolist() == [260, *[300] * 11]
    assert easy["estimate"].iloc[0] == pytest.approx(100 * points[40:, 0].mean())
    assert set(rows(found, "item_rest_correlation")["n"]) == {260}
    assert rows(found, "test_reliability")["estimate"].iloc[0] == pytest.approx(100 * alpha(points[40:]))


def test_feldts_interval_holds_the_alpha_of_parallel_items_as_often_as_it_says() -> None:
    rng, k, held = np.random.default_rng(6), 8, []
    true = k * 0.3 / (1 + (k - 1) * 0.3)  # items correlate by 0.3
    for _ in range(1000):
        x = np.sqrt(0.3) * rng.normal(size=(60, 1)) + np.sqrt(0.7) * rng.normal(size=(60, k))
        low, high = feldt(alpha(x), 60, k, 0.95)
        held.append(low <= true <= high)
    assert 0.93 <= np.mean(held) <= 0.97


@pytest.mark.parametrize("case", ["one item", "constant item", "all the same total", "no map", "one pupil", "nothing"])
def test_what_cannot_be_computed_is_left_out(case: str, points: np.ndarray) -> None:
    given = {
        "one item": points[:, :1], "constant item": np.column_stack([points, np.ones(300)]),
        "all the same total": np.tile([[1.0, 0.0], [0.0, 1.0]], (50, 1)), "one pupil": points[:1],
    }.get(case, points)  # fmt: skip
    items = long(given).iloc[: 0 if case == "nothing" else None]
    item_map = mapped(given.shape[1]).iloc[: 0 if case == "no map" else None]
    found = item_statistics(items, item_map)
    counts = found["indicator"].value_counts().to_dict()
    assert counts == {
        "one item": {"item_facility": 1},
        "constant item": {"item_facility": 13, "item_rest_correlation": 12, "test_reliability": 1},
        "all the same total": {"item_facility": 2, "item_rest_correlation": 2},
        "no map": {}, "one pupil": {"item_facility": 12}, "nothing": {},
    }[case]  # fmt: skip


def test_an_item_without_a_row_in_the_map_is_left_out(points: np.ndarray) -> None:
    found, without = item_statistics(long(points), mapped(11)), item_statistics(long(points[:, :11]), mapped(11))
    pd.testing.assert_frame_equal(found, without)


@settings(max_examples=8, deadline=None)
@given(arrays("int64", st.tuples(st.integers(2, 30), st.integers(1, 6)), elements=st.integers(0, 4)), st.randoms())
def test_neither_order_nor_names_nor_units_matter(whole, chance) -> None:
    whole = whole.astype("float64")
    items = long(whole)
    found = item_statistics(items, mapped(whole.shape[1], most=4.0))
    order = list(range(len(items)))
    chance.shuffle(order)
    renamed = items.iloc[order].assign(pupil=lambda rows: "x" + rows["pupil"])
    pd.testing.assert_frame_equal(found, item_statistics(renamed, mapped(whole.shape[1], most=4.0)))
    doubled = item_statistics(items.assign(points=2 * items["points"]), mapped(whole.shape[1], most=8.0))
    pd.testing.assert_frame_equal(found, doubled)
    assert (found["low"].isna() | (found["low"] <= found["estimate"])).all()
