"""The scale: a place among the country's pupils of the same test, from its pupils or from published figures alone."""

import numpy as np
import pandas as pd
import pytest

from analysis.stats.scale import (
    TEST,
    empty_reference,
    main_session,
    national_bands,
    national_reference,
    published_reference,
    with_position,
    with_standing,
    with_value,
)

KEYS = {"school_year": 2026, "grade": "3", "test": "diagnostic", "domain": "numeracy", "level": ""}


def raw(**columns: object) -> pd.DataFrame:
    size = max(len(v) for v in columns.values() if isinstance(v, list))
    base = {**KEYS, "session": "", "status": "present", "score": np.nan, "percent": np.nan}
    return pd.DataFrame({**base, **columns}, index=range(size))


def published(*rows: tuple[str, float, str]) -> pd.DataFrame:
    return pd.DataFrame([{**KEYS, "measure": m, "value": v, "unit": u, "status": "official"} for m, v, u in rows])


def test_only_present_pupils_of_the_main_session_with_a_result_count() -> None:
    rows = raw(
        score=[1.0, 2, 3, np.nan, 5],
        session=["", "additional", "", "", ""],
        status=["present", "present", "absent", "present", "exempt"],
    )
    kept = main_session(rows.assign(value=rows["score"]))
    assert kept["score"].tolist() == [1.0]


def test_a_slice_without_rows_or_columns_stays_empty() -> None:
    assert main_session(pd.DataFrame()).empty


def test_the_value_is_percent_only_where_every_result_of_the_test_has_one() -> None:
    rows = raw(domain=["a", "a", "b", "b"], score=[4.0, 5, 4, 5], percent=[40.0, 50, 40, np.nan])
    valued = with_value(rows)
    assert valued["scale"].tolist() == ["percent", "percent", "score", "score"]
    assert valued["value"].tolist() == [40.0, 50.0, 4.0, 5.0]


def test_an_absent_pupil_does_not_take_the_percents_away() -> None:
    valued = with_value(raw(score=[4.0, np.nan], percent=[40.0, np.nan], status=["present", "absent"]))
    assert valued["scale"].tolist() == ["percent", "percent"]


def test_the_national_reference_by_hand() -> None:
    rows = with_value(
        raw(score=[0.0, 10, 20, 30, 90], percent=[0.0, 10, 20, 30, 90], session=["", "", "", "", "additional"])
    )
    reference = national_reference(rows, 0.25).iloc[0]
    assert (reference["n"], reference["mean"], reference["source"]) == (4, 15.0, "pupils")
    assert reference["sd"] == pytest.approx(12.9099, abs=1e-4)  # sqrt(500 / 3)
    assert (reference["low_cut"], reference["high_cut"]) == (7.5, 22.5)


def test_over_the_country_positions_have_mean_zero_and_sd_one() -> None:
    rng = np.random.default_rng(3)
    values = rng.normal(60, 15, 500).tolist()
    rows = with_value(raw(percent=values, score=values, domain=["a", "b"] * 250))
    placed = with_position(rows, national_reference(rows, 0.2)).groupby("domain")["position"]
    assert placed.mean().tolist() == pytest.approx([0, 0], abs=1e-12)
    assert placed.std().tolist() == pytest.approx([1, 1])


def test_a_test_without_spread_has_points_but_no_position() -> None:
    rows = with_value(raw(percent=[50.0, 50.0], score=[5.0, 5.0]))
    placed = with_position(rows, national_reference(rows, 0.2))
    assert placed["points"].tolist() == [0.0, 0.0]
    assert placed["position"].isna().all()


def test_published_mean_and_sd_give_the_position_of_percents() -> None:
    rows = with_value(raw(percent=[40.0, 70.0], score=[4.0, 7.0]))
    reference = published_reference(published(("mean", 60, "percent"), ("sd", 20, "percent"), ("n", 17000, "pupils")))
    placed = with_position(rows, reference)
    assert placed["points"].tolist() == [-20.0, 10.0]
    assert placed["position"].tolist() == [-1.0, 0.5]


def test_published_percents_are_never_held_against_scores() -> None:
    rows = with_value(raw(score=[400.0, 700.0]))
    reference = published_reference(published(("mean", 60, "percent"), ("sd", 20, "percent")))
    placed = with_position(rows, reference)
    assert placed["points"].isna().all()
    assert placed["position"].isna().all()


def test_of_several_published_values_the_last_holds_and_other_measures_are_left_alone() -> None:
    rows = published(
        ("mean", 50, "percent"), ("share_below", 7, "percent"), ("mean", 51, "percent"), ("mean", 9, "points")
    )
    reference = published_reference(rows)
    assert reference["mean"].tolist() == [51.0]
    assert reference[["n", "sd", "low_cut", "high_cut"]].isna().all(axis=None)
    assert len(published_reference(published(("share_below", 7, "percent")))) == 0


def test_without_a_reference_nothing_is_known_of_the_country() -> None:
    rows = with_value(raw(percent=[40.0, 70.0], score=[4.0, 7.0]))
    placed = with_position(rows, empty_reference())
    assert placed[["points", "position", "low_cut", "high_cut"]].isna().all(axis=None)
    assert placed["value"].tolist() == [40.0, 70.0]


def test_national_bands_count_every_pupil_once_and_100_percent_in_the_last() -> None:
    rows = with_value(raw(percent=[0.0, 9.99, 10.0, 55.0, 99.0, 100.0], score=[0.0] * 6))
    bands = national_bands(rows)
    assert bands["band"].tolist() == list(range(10))
    assert bands["n"].tolist() == [2, 1, 0, 0, 0, 1, 0, 0, 0, 2]
    assert national_bands(with_value(raw(score=[1.0, 2.0]))).columns.tolist() == [*TEST, "band", "n"]


def two_years(**columns: object) -> pd.DataFrame:
    rng = np.random.default_rng(4)
    years = np.repeat([2025, 2026], 200)
    value = np.where(years == 2025, 43.2, 53.8) + rng.normal(0, 20, 400)
    base = {**KEYS, "session": "", "status": "present", "scale": "percent", "position": np.nan, "points": np.nan}
    return pd.DataFrame({**base, "value": value, "school_year": years, **columns}, index=range(400))


def test_the_standing_is_the_best_place_there_is() -> None:
    rows = two_years()
    own = with_standing(rows)
    assert set(own["against"]) == {"own"}
    assert own.groupby("school_year")["standing"].mean().tolist() == pytest.approx([0, 0], abs=1e-12)
    within = rows["value"] - rows.groupby("school_year")["value"].transform("mean")
    assert own["spread"].iloc[0] == pytest.approx(np.sqrt((within**2).sum() / 398))
    published = with_standing(rows.assign(points=rows["value"] - 50))
    assert set(published["against"]) == {"published"}
    assert published["standing"].tolist() == pytest.approx(((rows["value"] - 50) / own["spread"]).tolist())
    country = with_standing(rows.assign(points=1.0, position=[0.5] * 399 + [np.nan]))
    assert country["standing"].tolist()[:2] == [0.5, 0.5]
    assert country["against"].tolist()[-2:] == ["country", "published"]


def test_the_spread_of_percents_is_not_mixed_with_that_of_scores() -> None:
    rows = two_years()
    scores = rows["school_year"] == 2026
    rows.loc[scores, "value"] *= 10
    mixed = with_standing(rows.assign(scale=scores.map({True: "score", False: "percent"})))
    spread = mixed.groupby("school_year")["spread"].first()
    assert spread[2026] == pytest.approx(rows.loc[scores, "value"].std())
    assert spread[2025] == pytest.approx(rows.loc[~scores, "value"].std())


def test_results_that_are_all_alike_and_those_of_other_sessions_have_no_standing() -> None:
    assert with_standing(two_years(value=41.7))["standing"].isna().all()
    again = with_standing(two_years(session=["additional"] + [""] * 399))
    assert again["standing"].isna().tolist() == [True] + [False] * 399
    assert again["against"].iloc[0] == ""
