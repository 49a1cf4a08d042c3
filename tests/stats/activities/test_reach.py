"""Bounds of reach hold every way in which pupils can be spread over activities, and both are reached by one."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.stats.activities.reach import school_bounds
from analysis.stats.activities.tables import spread_over

KEYS = {"municipality_id": "M", "school_id": "S1", "school_year": 2026}
sizes = st.lists(st.integers(1, 12), min_size=1, max_size=3)


@st.composite
def schools(draw: st.DrawFn) -> tuple[list[int], list[tuple[str, int]]]:
    """Draw pupils of each grade, and activities: grade (empty: any) and how many take part, never more than there are."""
    grades = draw(sizes)
    named = st.integers(0, len(grades) - 1).flatmap(lambda g: st.tuples(st.just(str(g)), st.integers(0, grades[g])))
    whole = st.tuples(st.just(""), st.integers(0, sum(grades)))
    return grades, draw(st.lists(st.one_of(named, whole), min_size=1, max_size=6))


def bounds(grades: list[int], offers: list[tuple[str, int]]) -> tuple[float, float]:
    cells = pd.DataFrame([{**KEYS, "grade": str(g), "n": n} for g, n in enumerate(grades)])
    rows = pd.DataFrame([{**KEYS, "grade": grade, "pupils": float(n)} for grade, n in offers])
    found = school_bounds(spread_over(rows, cells), cells)
    return float(found["low"].iloc[0]), float(found["high"].iloc[0])


@settings(max_examples=60, deadline=None)
@given(schools(), st.integers(0, 2**32 - 1))
def test_the_true_number_reached_lies_inside(school, seed) -> None:
    grades, offers = school
    rng = np.random.default_rng(seed)
    grade_of = np.repeat([str(g) for g in range(len(grades))], grades)
    reached: set[int] = set()
    for grade, n in offers:
        able = np.arange(len(grade_of)) if grade == "" else np.flatnonzero(grade_of == grade)
        reached |= {int(one) for one in rng.choice(able, n, replace=False)}
    low, high = bounds(grades, offers)
    assert low <= len(reached) <= high


@settings(max_examples=60, deadline=None)
@given(schools())
def test_both_bounds_are_reached_by_some_way_of_spreading(school) -> None:
    grades, offers = school
    low, high = bounds(grades, offers)
    # The same first pupils of each grade every time; activities without a grade take those first who are reached anyway.
    largest = [max((n for grade, n in offers if grade == str(g)), default=0) for g in range(len(grades))]
    assert low == max(sum(largest), max((n for grade, n in offers if grade == ""), default=0))
    # New pupils every time, as long as there are any.
    own = [min(size, sum(n for grade, n in offers if grade == str(g))) for g, size in enumerate(grades)]
    assert high == min(sum(grades), sum(own) + sum(n for grade, n in offers if grade == ""))


def test_more_participants_than_pupils_reach_no_more_than_there_are() -> None:
    assert bounds([10, 5], [("1", 8), ("", 3)]) == (5.0, 8.0)
    assert bounds([10, 5], [("", 40)]) == (15.0, 15.0)
