"""Crossings of groups: beside their parts they must not tell how few are left."""

import pandas as pd
import pytest

from analysis.evidence import evidence
from analysis.params import load_params
from analysis.release import release

PARAMS = load_params()


def gaps(sizes: dict[str, int], **columns) -> pd.DataFrame:
    rows = pd.DataFrame({"group": list(sizes), "n": list(sizes.values())})
    rows = rows.assign(estimate=0.1, low=-0.1, high=0.3, verdict="not_distinguishable")
    constants = {"indicator": "group_gap", "unit": "sd", "reference": "municipality", "confidence": 0.90}
    keys = {"municipality_id": "M1", "school_year": 2026, "grade": "9", "test": "CE", "domain": "mathematics"}
    return evidence(rows, **(constants | keys | columns))


def shown(rows: pd.DataFrame) -> dict[str, bool]:
    out = release(rows, PARAMS).rows
    return dict(zip(out["group"], out["n"].notna(), strict=True))


SINGLES = {"sex=boy": 100, "sex=girl": 100, "low_income=yes": 60, "low_income=no": 140}


@pytest.mark.parametrize(("boys", "told"), [(56, False), (59, False), (55, True), (60, True), (40, True)])
def test_a_crossing_that_leaves_few_of_its_part_is_withheld(boys: int, told: bool) -> None:
    found = shown(gaps(SINGLES | {"low_income=yes&sex=boy": boys}))
    assert found["low_income=yes&sex=boy"] is told
    assert all(found[name] for name in SINGLES)


def test_the_larger_limit_holds_for_sensitive_attributes() -> None:
    sizes = {"sex=boy": 100, "sex=girl": 100, "sen=yes": 45, "sen=no": 155}
    assert not shown(gaps(sizes | {"sen=yes&sex=boy": 36}))["sen=yes&sex=boy"]
    assert shown(gaps(sizes | {"sen=yes&sex=boy": 35}))["sen=yes&sex=boy"]


def test_few_of_a_value_that_is_not_listed_follow_from_all_that_are() -> None:
    sizes = SINGLES | {"town=a": 90, "town=b": 90, "town=c": 20}
    found = shown(gaps(sizes | {"sex=boy&town=a": 50, "sex=boy&town=b": 47}))
    assert found["sex=boy&town=b"] is False
    assert found["sex=boy&town=a"] is True  # with it, 47 + 3 are left
    assert all(shown(gaps(sizes | {"sex=boy&town=a": 50, "sex=boy&town=b": 40})).values())


def test_pupils_without_a_value_hide_nobody_and_are_nobody() -> None:
    # Three boys of whom the income is unknown: both values are listed, nobody is recognised by being unknown.
    sizes = {"sex=boy": 100, "sex=girl": 100, "low_income=yes": 80, "low_income=no": 114}
    crossed = {"low_income=yes&sex=boy": 40, "low_income=no&sex=boy": 57}
    assert all(shown(gaps(sizes | crossed)).values())


def test_what_is_withheld_does_not_follow_from_the_other_part() -> None:
    sizes = {"sex=boy": 100, "sex=girl": 100, "low_income=yes": 60, "low_income=no": 140}
    crossed = {"low_income=yes&sex=boy": 57, "low_income=no&sex=boy": 43, "low_income=no&sex=girl": 97}
    found = shown(gaps(sizes | crossed))
    assert not found["low_income=yes&sex=boy"]
    assert not found["low_income=no&sex=boy"]  # 100 − 43 = 57
    assert not found["low_income=no&sex=girl"]  # and 140 − 97 = 43 again


def test_crossings_go_with_their_parts() -> None:
    found = shown(gaps({"sex=boy": 4, "sex=girl": 96, "town=a": 50, "town=b": 50, "sex=girl&town=a": 44}))
    assert not found["sex=girl&town=a"]
    assert found["town=a"]


def test_a_named_group_is_withheld_with_its_gap_and_in_every_reference() -> None:
    sizes = SINGLES | {"low_income=yes&sex=boy": 57}
    named = gaps({"low_income=yes&sex=boy": 57}, indicator="support_group", unit="pupils", part="headline")
    out = release([gaps(sizes), gaps(sizes, reference="country"), named], PARAMS).rows
    assert out.loc[out["group"] == "low_income=yes&sex=boy", ["n", "estimate"]].isna().all(axis=None)
    assert out.loc[~out["group"].str.contains("&"), "n"].notna().all()


def test_other_tests_and_years_are_pools_of_their_own() -> None:
    crossed = SINGLES | {"low_income=yes&sex=boy": 40}
    few = SINGLES | {"low_income=yes&sex=boy": 57}
    out = release([gaps(crossed), gaps(few, domain="latvian"), gaps(crossed, year_from=2024)], PARAMS).rows
    pair = out[out["group"].str.contains("&")]
    assert pair["n"].isna().tolist() == [False, True, False]


def test_the_order_of_rows_decides_nothing() -> None:
    sizes = SINGLES | {"town=a": 90, "town=b": 90, "town=c": 20, "sex=boy&town=a": 50, "sex=boy&town=b": 47}
    rows = gaps(sizes)
    shuffled = rows.sample(frac=1, random_state=3).reset_index(drop=True)
    assert shown(rows) == shown(shuffled)


def test_a_pool_whose_number_is_told_tells_who_has_no_value() -> None:
    whole = gaps({"": 200}, indicator="behind_as_a_whole", reference="country", year_from=2024)
    out = release([gaps({"sex=boy": 97, "sex=girl": 100}, year_from=2024), whole], PARAMS).rows
    assert out["n"].isna().tolist() == [True, False, False]
