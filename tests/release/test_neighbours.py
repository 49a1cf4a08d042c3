"""What adds up with a withheld figure to one that is shown goes as well."""

import pandas as pd
import pytest

from analysis.evidence import evidence


def test_of_two_values_both_go_for_the_municipality_knows_its_own_number(groups, shown) -> None:
    assert shown(groups("sex", {"boy": 4, "girl": 60})) == [None, None]


def test_of_several_the_smallest_neighbour_goes(groups, shown) -> None:
    assert shown(groups("ethnicity", {"a": 40, "b": 3, "c": 9, "d": 20})) == [40, None, None, 20]


def test_two_blanks_that_are_together_a_small_group_take_a_third(groups, shown) -> None:
    assert shown(groups("ethnicity", {"a": 40, "b": 2, "c": 2, "d": 20})) == [40, None, None, None]
    assert shown(groups("ethnicity", {"a": 40, "b": 3, "c": 2, "d": 20})) == [40, None, None, 20]


def test_sets_of_one_pool_of_years_and_of_one_year_are_closed_alike(groups, shown) -> None:
    # A pool of one year has no first year; sets by a missing key must not be lost.
    for columns in ({}, {"year_from": 2024}):
        assert shown(groups("sex", {"boy": 4, "girl": 60}, **columns)) == [None, None]


def test_other_attributes_tests_and_references_are_sets_of_their_own(groups, shown) -> None:
    rows = [
        groups("sex", {"boy": 4, "girl": 60}),
        groups("moved", {"no": 30, "yes": 34}),
        groups("sex", {"boy": 30, "girl": 34}, domain="latvian"),
    ]
    assert shown(pd.concat(rows)) == [None, None, 30, 34, 30, 34]


def test_against_the_country_and_the_municipality_the_same_rows_go(groups, shown) -> None:
    sizes = {"a": 40, "b": 3, "c": 9}
    rows = pd.concat([groups("ethnicity", sizes), groups("ethnicity", sizes, reference="country")])
    assert shown(rows) == [40, None, None] * 2


def test_schools_of_a_test(schools, shown) -> None:
    assert shown(schools({"A": 40, "B": 3, "C": 9})) == [40, None, None]
    assert shown(schools({"A": 40, "B": 9})) == [40, 9]
    assert shown(schools({"A": 3})) == [None]


@pytest.mark.parametrize(
    ("sizes", "whole", "expected"),
    [
        ({"boy": 40, "girl": 57}, 100, [None, 57]),  # three unknown: their mean follows
        ({"boy": 40, "girl": 55}, 100, [40, 55]),  # five unknown are no small group
        ({"boy": 40, "girl": 60}, 100, [40, 60]),
        ({"girl": 97}, 100, [None]),
        ({"boy": 499, "girl": 499}, 1000, [499, 499]),  # two among a thousand: what is left has no digits
    ],
)
def test_pupils_whose_value_is_unknown(
    sizes: dict[str, int], whole: int, expected: list, groups, places, shown
) -> None:
    rows = pd.concat([groups("sex", sizes), places({2026: whole})])
    assert shown(rows)[:-1] == expected


def test_unknown_pupils_hide_nobody(groups, places, shown) -> None:
    rows = pd.concat([groups("ethnicity", {"a": 50, "b": 3, "c": 43}), places({2026: 100})])
    assert shown(rows)[:-1] == [50, None, None]


def test_unknown_pupils_of_a_pool_of_years(groups, places, shown) -> None:
    pool = groups("sex", {"boy": 40, "girl": 57}, year_from=2024)
    assert shown(pd.concat([pool, places({2023: 9, 2024: 30, 2025: 30, 2026: 40})]))[:2] == [None, 57]
    assert shown(pd.concat([pool, places({2023: 9, 2024: 30, 2025: 27, 2026: 40})]))[:2] == [40, 57]


def test_unknown_pupils_follow_from_another_attribute_too(groups, shown) -> None:
    rows = pd.concat([groups("sex", {"boy": 40, "girl": 57}), groups("moved", {"no": 70, "yes": 30})])
    assert shown(rows) == [None, 57, 70, 30]


def test_the_larger_limit_holds_for_unknown_special_needs(groups, places, shown) -> None:
    rows = pd.concat([groups("sen", {"no": 60, "yes": 31}), places({2026: 100})])
    assert shown(rows)[:2] == [60, None]


def high_shares(member: str, counts: dict[str, tuple[int, int]], **columns) -> pd.DataFrame:
    """Shares of high results: value (or school) → pupils and high results among them."""
    n, events = (pd.Series([pair[i] for pair in counts.values()], dtype="float64") for i in (0, 1))
    rows = pd.DataFrame({member: list(counts), "n": n.astype("int64"), "estimate": 100 * events / n})
    rows = rows.assign(low=0.8 * rows["estimate"], high=(1.2 * rows["estimate"] + 1).clip(upper=100))
    test = {"municipality_id": "M1", "school_year": 2026, "grade": "9", "test": "CE", "domain": "mathematics"}
    return evidence(rows, indicator="high_result_share", unit="percent", confidence=0.95, **(test | columns))


def test_a_coded_share_does_not_follow_from_the_other_value(shown) -> None:
    """2 of 60 are high, told as at most 10 %: beside all (40 of 300) the other value's 38 would tell the two."""
    rows = high_shares("group", {"moved=no": (240, 38), "moved=yes": (60, 2)})
    whole = high_shares("group", {"": (300, 40)})
    assert shown(pd.concat([whole, rows])) == [300, None, 60]
    assert shown(pd.concat([whole, rows]), "high")[2] == 10.0


def test_without_a_coded_share_both_values_are_told(shown) -> None:
    assert shown(high_shares("group", {"moved=no": (240, 48), "moved=yes": (60, 12)})) == [240, 60]


def test_schools_add_up_to_the_municipality(shown) -> None:
    counts = {"A": (60, 2), "B": (50, 1), "C": (40, 12), "D": (150, 30), "E": (160, 30)}
    assert shown(high_shares("school_id", counts)) == [60, 50, None, 150, 160]


def test_the_hidden_have_enough_high_results_between_them(shown) -> None:
    """One of 60 and, withheld, three of 30: four together would still be few, so another school goes."""
    counts = {"A": (60, 1), "B": (24, 3), "C": (90, 20), "D": (150, 30)}
    assert shown(high_shares("school_id", counts)) == [60, 24, None, 150]
    nearly_all = {"A": (60, 59), "B": (24, 21), "C": (90, 60), "D": (150, 100)}
    assert shown(high_shares("school_id", nearly_all)) == [60, 24, None, 150]


@pytest.mark.parametrize(("pool", "told"), [(41, False), (44, False), (45, True), (40, True)])
def test_the_other_years_of_a_pool_do_not_follow(pool: int, told: bool, groups, shown) -> None:
    """40 pupils this year and 43 in three years: three in the two years before."""
    gaps = groups("moved", {"yes": pool, "no": 400}, year_from=2024)
    shares = high_shares("group", {"moved=yes": (40, 10), "moved=no": (140, 30)})
    assert shown(pd.concat([gaps, shares])) == [pool, 400, *((40, 140) if told else (None, None))]


def test_the_countrys_own_shares_are_no_set(shown) -> None:
    """Told in tens and steps: 300 boys and 300 girls of 610 are not ten pupils without a sex."""
    rows = high_shares("group", {"": (610, 120), "sex=boy": (300, 60), "sex=girl": (300, 60)}, municipality_id="")
    assert shown(rows) == [610, 300, 300]


def test_shares_with_and_without_a_countrys_beside_them_are_one_set(shown) -> None:
    few = high_shares("group", {"overage=yes": (3, 1)})
    rest = high_shares("group", {"overage=no": (187, 40)}, reference="threshold", verdict="differs")
    assert shown(pd.concat([few, rest])) == [None, None]
