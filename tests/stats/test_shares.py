"""Low, high and failed results, and the spread over bands of which none is small."""

import numpy as np
import pandas as pd
import pytest

from analysis.params import threshold_percent
from analysis.stats import band_shares, result_shares

EXAM = {"grade": "9", "test": "CE", "domain": "mathematics"}


def share(found: pd.DataFrame, indicator: str) -> pd.Series:
    return found[found["indicator"] == indicator].iloc[0]


def test_shares_of_percents_by_hand(results, params) -> None:
    found = result_shares(results(value=[39.9, 40.0, 79.9, 80.0, 100.0], high_cut=20.0, low_cut=90.0), params)
    low, high = share(found, "low_result_share"), share(found, "high_result_share")
    assert (low["n"], low["estimate"], high["estimate"]) == (5, 20.0, 40.0)
    # Wilson, 1 of 5 and 2 of 5
    assert (low["low"], low["high"]) == pytest.approx((3.62, 62.45), abs=0.01)
    assert (high["low"], high["high"]) == pytest.approx((11.76, 76.93), abs=0.01)
    assert set(found["indicator"]) == {"low_result_share", "high_result_share"}


def test_scores_are_judged_by_the_countrys_outer_shares_and_only_there(results, params) -> None:
    rows = results(value=[200.0, 300, 400, 500, 600], scale="score", low_cut=250.0, high_cut=500.0)
    found = result_shares(rows, params)
    assert share(found, "low_result_share")["estimate"] == 20.0
    assert share(found, "high_result_share")["estimate"] == 20.0
    assert result_shares(rows.assign(low_cut=np.nan, high_cut=np.nan), params).empty


def test_failed_is_below_the_years_threshold(results, params) -> None:
    year = next(y for y in range(2030, 2017, -1) if threshold_percent(y, **EXAM))
    cut = threshold_percent(year, **EXAM)
    found = result_shares(results(value=[cut - 0.1, cut, cut + 50, 99.0], school_year=year, **EXAM), params)
    failed = share(found, "fail_share")
    assert (failed["estimate"], failed["reference"], failed["verdict"]) == (25.0, "threshold", "")


def test_a_test_without_a_known_threshold_has_no_failed_share(results, params) -> None:
    assert "fail_share" not in set(result_shares(results(value=[1.0, 99.0]), params)["indicator"])


def test_shares_are_those_of_each_tests_newest_year(results, params) -> None:
    rows = results(value=[10.0, 90.0, 10.0], school_year=[2024, 2025, 2026], domain=["a", "a", "b"])
    found = result_shares(rows, params)
    low = found[found["indicator"] == "low_result_share"].set_index("domain")
    assert low["estimate"].to_dict() == {"a": 0.0, "b": 100.0}
    assert low["school_year"].to_dict() == {"a": 2025, "b": 2026}


def test_no_results_no_shares(results, params) -> None:
    for empty in (pd.DataFrame(), results(status="absent")):
        assert result_shares(empty, params).empty
        assert band_shares(empty, pd.DataFrame(), params).empty


def test_bands_by_hand(results, params) -> None:
    # 6 below 40, 4 + 3 in 40–59, 9 above: 40–49 alone holds too few
    rows = results(value=[5.0] * 6 + [45.0] * 4 + [55.0] * 3 + [95.0] * 8 + [100.0])
    found = band_shares(rows, pd.DataFrame(), params)
    assert found["part"].tolist() == ["0-9", "10-59", "60-100"]
    assert (found["estimate"] * found["n"] / 100).tolist() == pytest.approx([6, 7, 9])
    assert set(found["n"]) == {22}


def test_the_country_stands_over_the_same_bands(results, params) -> None:
    keys = {"school_year": 2026, "grade": "3", "test": "diagnostic", "domain": "numeracy", "level": ""}
    nation = pd.DataFrame({**keys, "band": range(10), "n": [10, 0, 0, 0, 0, 20, 0, 0, 0, 70]})
    nation = pd.concat([nation, nation.assign(domain="science", n=1)]).sample(frac=1, random_state=1)
    found = band_shares(results(value=[5.0] * 6 + [95.0] * 6), nation, params)
    country = found[found["municipality_id"] == ""]
    assert country["part"].tolist() == found.loc[found["municipality_id"] == "M1", "part"].tolist() == ["0-9", "10-100"]
    assert country["estimate"].tolist() == [10.0, 90.0]
    assert country["n"].tolist() == [100, 100]


def test_a_spread_that_has_no_two_bands_is_not_shown(results, params) -> None:
    assert band_shares(results(value=[5.0] * 4 + [95.0] * 4), pd.DataFrame(), params).empty


@pytest.mark.parametrize("seed", range(20))
def test_no_band_is_small_and_few_never_lie_between_an_edge_and_a_cut(results, params, seed: int) -> None:
    rng = np.random.default_rng(seed)
    values = np.clip(rng.normal(rng.uniform(30, 80), 20, rng.integers(10, 80)), 0, 100)
    rows = results(value=values, **EXAM, school_year=2025)
    bands = band_shares(rows, pd.DataFrame(), params)
    counts = (bands["estimate"] * bands["n"] / 100).round().to_numpy()
    assert counts.sum() == (len(values) if len(bands) else 0)
    assert (counts >= params.smallest_group).all()
    cuts = [params.low_result_percent, params.high_result_percent, threshold_percent(2025, **EXAM)]
    for edge in np.cumsum(counts)[:-1]:
        between = [abs(edge - (values < cut).sum()) for cut in cuts if cut is not None]
        assert not any(0 < few < params.smallest_group for few in between)
