"""Answers become scores: turned items, missing ones, and answers that contradict themselves."""

import numpy as np
import pandas as pd
import pytest

from analysis.stats.climate.answers import answers_of

ITEMS = pd.DataFrame(
    {
        "item": [f"q{i}" for i in range(8)],
        "scale": ["joy"] * 4 + ["fear"] * 4,
        "reversed": ["no", "no", "no", "yes"] * 2,
    }
)


def given(*people: list[float | None], year: int = 2026) -> pd.DataFrame:
    rows = [
        {"respondent": f"R{i}", "school_year": year, "school_id": "S1", "grade": "5", "item": f"q{j}", "value": value}
        for i, answers in enumerate(people)
        for j, value in enumerate(answers)
        if value is not None
    ]
    return pd.DataFrame(rows)


def test_a_reversed_item_is_turned_round() -> None:
    scores = answers_of(given([5, 4, 5, 1, 1, 2, 1, 5]), ITEMS).scores()
    assert scores[["joy", "fear"]].to_numpy().tolist() == [[4.75, 1.25]]


def test_half_of_a_scales_items_make_a_score_and_fewer_do_not() -> None:
    scores = answers_of(given([5, 3, None, None, 2, None, None, None]), ITEMS).scores()
    assert scores["joy"].tolist() == [4.0]
    assert scores["fear"].isna().all()


@pytest.mark.parametrize("value", [1, 2, 4, 5])
def test_one_answer_to_opposite_questions_is_left_out_and_counted(value: float) -> None:
    found = answers_of(given([value] * 8, [4, 4, 5, 2, 1, 2, 1, 5]), ITEMS)
    assert found.careless == 1
    assert len(found.people) == len(found.values) == 1


def test_the_middle_to_everything_contradicts_nothing_nor_do_equal_answers_that_all_ask_alike() -> None:
    assert answers_of(given([3] * 8), ITEMS).careless == 0
    assert answers_of(given([5] * 8), ITEMS.assign(reversed="no")).careless == 0
    assert answers_of(given([5, 5, None, 5, None, None, None, None]), ITEMS).careless == 0  # too few to tell


def test_unknown_items_are_left_out_and_a_respondent_of_two_years_is_two() -> None:
    rows = pd.concat([given([5, 4, 5, 1]), given([1, 2, 1, 5], year=2025)])
    strange = rows.iloc[:1].assign(item="q99", value=1.0)
    found = answers_of(pd.concat([rows, strange]), ITEMS)
    assert found.people["school_year"].tolist() == [2025, 2026]
    assert found.scores()["joy"].tolist() == [1.25, 4.75]
    assert not np.isnan(found.of_scale("joy")).any()


def test_answers_in_any_order_are_the_same() -> None:
    rows = given([5, 4, 5, 1, 1, 2, 1, 5], [2, 2, 3, 4, 4, 2, 3, 3])
    turned = answers_of(rows.sample(frac=1, random_state=1), ITEMS)
    np.testing.assert_array_equal(turned.values, answers_of(rows, ITEMS).values)
