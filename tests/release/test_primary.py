"""Too few pupils, and what a row or its test gives away by itself."""

import pandas as pd
import pytest

from analysis.evidence import evidence
from analysis.params import load_params
from analysis.release import release


@pytest.mark.parametrize(("n", "released"), [(0, None), (1, None), (4, None), (5, 5), (9, 9)])
def test_fewer_than_five_pupils_are_nobodys_business(n: int, released: int | None, places, shown) -> None:
    assert shown(places({2026: n})) == [released]


@pytest.mark.parametrize(("n", "released"), [(5, None), (9, None), (10, 10)])
def test_special_needs_ask_for_ten(n: int, released: int | None, groups, shown) -> None:
    assert shown(groups("sen", {"yes": n, "no": 90})) == [released, None if released is None else 90]


def test_a_group_of_several_attributes_is_as_sensitive_as_its_most_sensitive(groups, shown) -> None:
    assert shown(groups("home_language", {"lv&sen=yes": 9, "lv&sen=no": 50, "other&sen=yes": 12})) == [None, 50, None]


def test_a_parameter_asks_for_more(places, tmp_path) -> None:
    own = tmp_path / "M1.yml"
    own.write_text("smallest_group: 12\n", encoding="utf-8")
    assert release(places({2025: 11, 2026: 12}), load_params(own)).rows["n"].isna().tolist() == [True, False]


def test_a_number_that_is_missing_is_not_large(places, shown) -> None:
    rows = places({2026: 50}).assign(n=pd.NA)
    assert shown(rows, "estimate") == [None]


def test_what_was_public_before_passes(shown) -> None:
    rows = pd.DataFrame({"school_id": ["A", "B"], "n": [2, None], "estimate": [55.0, 60.0]})
    rows = evidence(rows, indicator="school_mean", municipality_id="M1", unit="percent", population="papers")
    assert shown(rows, "estimate") == [55.0, 60.0]


def test_schools_are_counted_not_protected(shown) -> None:
    rows = pd.DataFrame({"population": ["schools", "pupils"], "n": [2, 3], "estimate": [2.0, 3.0]})
    assert shown(evidence(rows, indicator="roster", municipality_id="M1", unit="pupils")) == [2, None]


@pytest.mark.parametrize("gap", [0.0, 1e-16])
def test_a_mean_of_pupils_who_are_all_alike_is_withheld(gap: float, places, shown) -> None:
    rows = places({2026: 12}).assign(estimate=0.4, low=0.4, high=0.4 + gap, verdict="differs")
    assert shown(rows) == [None]
    assert shown(rows.assign(low=None, high=None, verdict="")) == [None]


def test_what_is_withheld_in_one_unit_is_withheld_in_all(places, shown) -> None:
    alike = places({2026: 12}).assign(estimate=100.0, low=100.0, high=100.0, unit="percent", reference="", verdict="")
    assert shown(pd.concat([alike, places({2026: 12})])) == [None, None]


@pytest.mark.parametrize(("part", "released"), [({"_0_49": 4, "_50_100": 60}, 0), ({"_0_49": 5, "_50_100": 60}, 2)])
def test_a_band_of_too_few_pupils_takes_its_neighbour_along(part: dict[str, int], released: int, bands, shown) -> None:
    assert sum(n is not None for n in shown(bands(**part))) == released


@pytest.mark.parametrize(("low", "failed", "kept"), [(20, 20, True), (20, 18, False), (20, 16, False), (20, 15, True)])
def test_few_between_the_failed_and_the_low_results(low: int, failed: int, kept: bool, shares, shown) -> None:
    rows = pd.concat([shares("fail_share", failed, 100), shares("low_result_share", low, 100)])
    assert shown(rows) == [100 if kept else None, 100]


@pytest.mark.parametrize(("high", "kept"), [(60, True), (59, False), (56, False), (55, True)])
def test_few_between_the_low_and_the_high_results(high: int, kept: bool, shares, shown) -> None:
    rows = pd.concat([shares("low_result_share", 40, 100), shares("high_result_share", high, 100)])
    assert shown(rows) == [100, 100 if kept else None]


@pytest.mark.parametrize(("low", "kept"), [(20, True), (22, False), (26, True), (29, False)])
def test_few_between_a_low_result_and_an_edge_of_the_bands(low: int, kept: bool, shares, bands, shown) -> None:
    spread = bands(_0_29=20, _30_49=11, _50_100=69)
    assert shown(pd.concat([shares("low_result_share", low, 100), spread])) == [100 if kept else None, 100, 100, 100]


def test_rates_of_another_test_do_not_matter(shares, shown) -> None:
    rows = pd.concat([shares("fail_share", 18, 100), shares("low_result_share", 20, 100, domain="latvian")])
    assert shown(rows) == [100, 100]
