"""Variance components by moments: the analysis of variance where designs are balanced, the truth where it is known."""

import math
import time
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.stats.staff import Components, components, reliability, suffices

REFERENCE = Components(0.37, 0.10, 0.18, 0.35, 240, 4)
"""The shares of reference/methods.md §7."""


@pytest.mark.parametrize(
    ("lessons", "observers", "told"), [(1, 1, 0.37), (4, 1, 0.61), (2, 2, 0.54), (4, 4, 0.70), (1, 4, 0.56)]
)
def test_reliability_is_that_of_the_reference(lessons: int, observers: int, told: float) -> None:
    assert round(reliability(REFERENCE, lessons, observers), 2) == told


def test_the_formula_is_what_means_of_simulated_lessons_correlate_with_the_truth(seen) -> None:
    """Two independent sets of lessons by other observers correlate as high as the reliability says."""
    found = []
    for seed in range(12):
        rows = seen(seed, 300, 4, 4, pool=200)
        mean = rows.groupby("teacher")[["value", "truth"]].mean()
        found.append(np.corrcoef(mean["value"], mean["truth"])[0, 1] ** 2)
    # four observers in each of four lessons: the rest has sixteen values, so the reliability is a little above 4 x 4's 0.70
    assert np.mean(found) == pytest.approx(0.37 / (0.37 + 0.10 / 4 + 0.18 / 4 + 0.35 / 16), abs=0.02)


def test_a_balanced_crossing_gives_the_mean_squares_of_the_analysis_of_variance() -> None:
    """Three teachers, two observers, once each: by hand. SS between teachers 12, observers 1.5, rest 1."""
    values = {"A": (1, 3), "B": (2, 2), "C": (4, 6)}
    rows = pd.DataFrame(
        [(t, o, 1, v) for t, pair in values.items() for o, v in enumerate(pair)],
        columns=["teacher", "observer", "lesson", "value"],
    )
    grand = rows["value"].mean()
    of_teacher = 2 * ((rows.groupby("teacher")["value"].mean() - grand) ** 2).sum() / 2
    of_observer = 3 * ((rows.groupby("observer")["value"].mean() - grand) ** 2).sum() / 1
    total = ((rows["value"] - grand) ** 2).sum()
    rest = (total - 2 * of_teacher - of_observer) / 2
    found = components(rows)
    assert found is not None
    assert found.teacher == pytest.approx((of_teacher - rest) / 2)
    assert found.observer == pytest.approx((of_observer - rest) / 3)
    assert found.rest == pytest.approx(rest)


def test_balanced_lessons_within_teachers_give_the_nested_mean_squares() -> None:
    """Two teachers, two lessons, two values of one observer each: nested analysis of variance by hand."""
    rows = pd.DataFrame({"teacher": list("aaaabbbb"), "lesson": [1, 1, 2, 2] * 2, "observer": "o",
                         "value": [1.0, 2.0, 4.0, 5.0, 6.0, 9.0, 7.0, 8.0]})  # fmt: skip
    found = components(rows)
    assert found is not None
    ms_teacher, ms_lesson, ms_rest = 40.5, (9.0 + 0.0) / 2, (0.5 + 0.5 + 4.5 + 0.5) / 4
    assert found.rest == pytest.approx(ms_rest)
    assert found.lesson == pytest.approx((ms_lesson - ms_rest) / 2)
    assert found.teacher == pytest.approx((ms_teacher - ms_lesson) / 4)
    assert math.isnan(found.observer)


def test_known_shares_are_found_again_without_bias_in_an_unbalanced_crossing(seen) -> None:
    rng = np.random.default_rng(7)
    found = []
    for seed in range(60):
        rows = seen(seed, 60, 3, 2, pool=10)
        kept = rows[rng.random(len(rows)) < 0.7]
        one = components(kept)
        assert one is not None
        found.append((one.teacher, one.observer, one.lesson, one.rest))
    assert np.mean(found, axis=0) == pytest.approx([0.37, 0.10, 0.18, 0.35], abs=0.02)


def test_one_observer_for_all_cannot_be_told_from_the_level(seen) -> None:
    found = components(seen(1, 40, 3, 1, pool=1))
    assert found is not None
    assert math.isnan(found.observer)
    assert math.isnan(reliability(found, 4, 4))
    assert suffices(found, 0.65) is None


def test_observers_without_a_name_count_as_one(seen) -> None:
    found = components(seen(1, 40, 3, 2).assign(observer=None))
    assert found is not None
    assert math.isnan(found.observer)
    assert found.observers == 1


def test_lessons_seen_once_are_part_of_the_rest(seen) -> None:
    found = components(seen(3, 400, 4, 1))
    assert found is not None
    assert math.isnan(found.lesson)
    assert found.rest == pytest.approx(0.53, abs=0.06)


def test_teachers_seen_once_cannot_be_told_from_the_rest(seen) -> None:
    assert components(seen(1, 40, 1, 1)) is None
    assert components(seen(1, 40, 1, 1).head(0)) is None


def test_no_component_is_below_zero() -> None:
    rows = pd.DataFrame(
        {"teacher": list("aabbcc"), "observer": list("xyxyxy"), "lesson": 1, "value": [1, 5, 5, 1, 1, 5]}
    )
    found = components(rows)
    assert found is not None
    assert (found.teacher, found.observer) == (0.0, 0.0)
    assert found.rest > 0


def test_more_lessons_by_one_observer_end_where_more_observers_go_on() -> None:
    assert reliability(REFERENCE, 400, 1) < 0.79
    assert suffices(REFERENCE, 0.65) == (1, 6)
    assert suffices(REFERENCE, 0.80) == (2, 13)
    assert suffices(replace(REFERENCE, observer=5.0), 0.80) is None


def test_what_suffices_is_the_fewest_by_trying_all() -> None:
    for bar in (0.5, 0.65, 0.7, 0.8):
        told = suffices(REFERENCE, bar, 12, 0.5)
        reach = [(o, n) for o in range(1, 13) for n in range(o, 401) if reliability(REFERENCE, n, o, 12, 0.5) >= bar]
        assert told == min(reach)


def test_it_is_quick_for_240_teachers(seen) -> None:
    rows = seen(1, 240, 4, 4)
    begun = time.process_time()
    components(rows)
    assert time.process_time() - begun < 0.5
