"""Groups within schools: an attribute of a school is told as a whole, and no small group follows from the totals."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.evidence import evidence
from analysis.params import load_params
from analysis.release import release

PARAMS = load_params()
TEST = {
    "municipality_id": "M1",
    "school_year": 2026,
    "year_from": 2024,
    "grade": "9",
    "test": "CE",
    "domain": "mathematics",
}
Counts = dict[str, dict[str, int]]


def rows_of(counts: Counts, unknown: dict[str, int] | None = None, attribute: str = "sex") -> list[pd.DataFrame]:
    """Evidence of one test: each school's own figure, and those of the values of one attribute in it."""
    cells = [(s, f"{attribute}={v}", n) for s, of in counts.items() for v, n in of.items() if n]
    groups = pd.DataFrame(cells, columns=["school_id", "group", "n"]).assign(estimate=0.1, low=-0.4, high=0.6)
    totals = {school: sum(of.values()) + (unknown or {}).get(school, 0) for school, of in counts.items()}
    whole = pd.DataFrame(
        {"school_id": list(totals), "n": list(totals.values()), "estimate": 0.1, "low": -0.2, "high": 0.4}
    )
    same = {"unit": "sd", "reference": "country", "confidence": 0.95} | TEST
    return [evidence(whole, indicator="attainment", **same), evidence(groups, indicator="school_group", **same)]


def told(counts: Counts, unknown: dict[str, int] | None = None, attribute: str = "sex") -> dict[str, set[str]]:
    """What is told after release: school → values."""
    found = release(rows_of(counts, unknown, attribute), PARAMS).where(indicator="school_group").rows
    found = found[found["estimate"].notna()]
    return {school: set(own["group"].str.split("=").str[1]) for school, own in found.groupby("school_id")}


def test_large_groups_of_large_schools_are_told():
    counts = {school: {"boy": 40, "girl": 35} for school in ("A", "B", "C")}
    assert told(counts) == {school: {"boy", "girl"} for school in counts}


def test_a_small_group_takes_its_attribute_and_that_of_the_smallest_other_school_with_it():
    """Of 3 girls in school A nothing may be known: A's 40 less its boys, or all girls less those of B and C, are 3."""
    counts = {"A": {"boy": 37, "girl": 3}, "B": {"boy": 20, "girl": 22}, "C": {"boy": 60, "girl": 60}}
    assert told(counts) == {"C": {"boy", "girl"}}


def test_a_group_that_does_not_occur_is_not_told_as_none():
    counts = {"A": {"boy": 40, "girl": 0}, "B": {"boy": 30, "girl": 30}}
    assert "A" not in told(counts)


def test_few_of_unknown_value_hide_the_attribute_many_do_not():
    counts = {school: {"boy": 40, "girl": 35} for school in ("A", "B")}
    assert set(told(counts, {"A": 3})) == {"B"}
    assert set(told(counts, {"A": 8})) == {"A", "B"}


def test_a_sensitive_attribute_needs_ten_of_each_value():
    counts = {"A": {"yes": 9, "no": 60}, "B": {"yes": 12, "no": 60}, "C": {"yes": 15, "no": 90}}
    assert set(told(counts, attribute="sen")) == {"C"}
    assert set(told({school: {"yes": 10, "no": 60} for school in "AB"}, attribute="sen")) == {"A", "B"}


def test_a_school_whose_own_figure_is_withheld_tells_no_group():
    counts = {"A": {"boy": 2, "girl": 2}, "B": {"boy": 40, "girl": 35}, "C": {"boy": 41, "girl": 35}}
    assert "A" not in told(counts)


def spans(counts: Counts, shown: dict[str, set[str]]) -> list[tuple[int, int, int]]:
    """(true number, least, most) of each small group that is not told, by trying every split that fits all totals."""
    hidden = [school for school in counts if school not in shown]
    girls = sum(counts[school]["girl"] for school in hidden)
    totals = [sum(counts[school].values()) for school in hidden]
    found = []
    for i, school in enumerate(hidden):
        others = sum(totals) - totals[i]
        fits = [x for x in range(totals[i] + 1) if 0 <= girls - x <= others]
        found.append((counts[school]["girl"], min(fits), max(fits)))
        found.append((counts[school]["boy"], totals[i] - max(fits), totals[i] - min(fits)))
    return found


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 45), st.integers(0, 45)), min_size=1, max_size=6))
def test_no_small_group_can_be_narrowed_down_while_any_school_is_told(sizes):
    counts = {f"S{i}": {"boy": boys, "girl": girls} for i, (boys, girls) in enumerate(sizes) if boys + girls >= 5}
    shown = told(counts) if counts else {}
    for school, values in shown.items():
        assert values == {"boy", "girl"}
        assert min(counts[school].values()) >= 5
    if shown:
        for n, least, most in spans(counts, shown):
            assert not 0 < n < 5 or (most >= 5 and most - least >= 5)


@pytest.mark.parametrize("order", [1, -1])
def test_the_order_of_rows_decides_nothing(order):
    counts = {"A": {"boy": 37, "girl": 3}, "B": {"boy": 20, "girl": 22}, "C": {"boy": 22, "girl": 20}}
    rows = pd.concat(rows_of(counts), ignore_index=True).iloc[::order]
    shown = release(rows, PARAMS).rows.query("indicator == 'school_group' and estimate == estimate")
    assert set(shown["school_id"]) == {"C"}
