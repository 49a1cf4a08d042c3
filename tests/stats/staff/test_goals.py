"""Teachers' own goals, and what staff say hinders and helps: shares and means by hand."""

import pandas as pd
import pytest

from analysis.params import Params, load_params
from analysis.stats.staff import development_views, teacher_goals


@pytest.fixture(scope="module")
def params() -> Params:
    return load_params()


def goals(*rows: tuple[object, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["teacher", "school_year", "competence", "aim"]).assign(municipality_id="M1")


def test_of_a_teacher_the_newest_year_counts(params) -> None:
    found = teacher_goals(
        goals(("a", 2025, "planning", 2), ("a", 2026, "digital", 3), ("b", 2026, "digital", 4), ("c", 2025, "planning", 1),
              ("d", 2021, "planning", 4)),
        params,
    ).set_index(["indicator", "part"])  # fmt: skip
    assert found.loc[("goal_share", "planning"), ["n", "estimate"]].tolist() == [3, pytest.approx(100 / 3)]
    assert found.loc[("goal_share", "digital"), ["n", "estimate"]].tolist() == [3, pytest.approx(200 / 3)]
    assert found.loc[("goal_aim", "digital"), ["n", "estimate"]].tolist() == [2, 3.5]
    assert set(found["population"]) == {"teachers"}


def test_a_goal_without_an_aim_is_a_goal(params) -> None:
    found = teacher_goals(goals(("a", 2026, "digital", None), ("b", 2026, "digital", 3)), params).set_index("indicator")
    assert found.loc["goal_share", "estimate"] == 100
    assert found.loc["goal_aim", ["n", "estimate"]].tolist() == [1, 3.0]


def test_no_goals_are_no_evidence(params) -> None:
    assert teacher_goals(goals(), params).empty


ITEMS = pd.DataFrame(
    {"item": ["B1", "B2", "F1", "S1"], "dimension": ["barrier:time", "barrier:time", "form:practice", "leadership"]}
)


def answers(**of_item: list[int]) -> pd.DataFrame:
    rows = [(f"R{i}", 2026, item, value) for item, values in of_item.items() for i, value in enumerate(values)]
    return pd.DataFrame(rows, columns=["respondent", "school_year", "item", "value"]).assign(municipality_id="M1")


def test_who_agrees_on_average_over_the_items_of_a_dimension(params) -> None:
    found = development_views(
        answers(B1=[5, 4, 3, 1], B2=[4, 3, 5, 1], F1=[4, 4, 4, 5], S1=[1, 1, 1, 1]), ITEMS, params
    )
    shares = found.set_index("part")["estimate"]
    assert shares.to_dict() == {"barrier:time": 50.0, "form:practice": 100.0}
    assert (found["n"] == 4).all()
    assert set(found["population"]) == {"respondents"}


def test_a_survey_that_does_not_ask_shows_nothing(params) -> None:
    assert development_views(answers(S1=[1, 2, 3]), ITEMS, params).empty
    assert development_views(answers(), ITEMS, params).empty
