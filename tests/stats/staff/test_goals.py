"""Teachers' own goals, and what staff say hinders and helps: shares and means by hand."""

import numpy as np
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


SCHOOLS = pd.DataFrame({"school_id": ["A1", "A2"], "municipality_id": "M1", "staff_total": [10.0, 90.0]})


def answers(school: str = "A1", year: int = 2026, **of_item: list[int]) -> pd.DataFrame:
    rows = [(f"{school}{i}", year, item, value) for item, values in of_item.items() for i, value in enumerate(values)]
    return pd.DataFrame(rows, columns=["respondent", "school_year", "item", "value"]).assign(
        municipality_id="M1", school_id=school
    )


def test_who_agrees_on_average_over_the_items_of_a_dimension(params) -> None:
    found = development_views(
        answers(B1=[5, 4, 3, 1], B2=[4, 3, 5, 1], F1=[4, 4, 4, 5], S1=[1, 1, 1, 1]), ITEMS, SCHOOLS, params
    )
    shares = found.set_index("part")["estimate"]
    assert shares.to_dict() == {"barrier:time": 50.0, "form:practice": 100.0}
    assert (found["n"] == 4).all()
    assert set(found["population"]) == {"respondents"}


def test_schools_weigh_as_their_staff_by_their_newest_survey(params) -> None:
    given = [
        answers("A1", F1=[5] * 10), answers("A2", 2025, F1=[1] * 10 + [5] * 10), answers("A1", 2024, F1=[1] * 10),
    ]  # fmt: skip
    (row,) = development_views(pd.concat(given), ITEMS, SCHOOLS, params).itertuples()
    assert row.estimate == pytest.approx(0.1 * 100 + 0.9 * 50)
    assert (row.n, row.year_from, row.school_year) == (30, 2025, 2026)


def test_the_interval_of_a_weighted_share_holds_it(params) -> None:
    rng = np.random.default_rng(4)
    held = []
    for _ in range(300):
        small, large = rng.random(10) < 0.6, rng.random(40) < 0.2
        given = [answers(s, F1=list(np.where(yes, 5, 2))) for s, yes in (("A1", small), ("A2", large))]
        (row,) = development_views(pd.concat(given), ITEMS, SCHOOLS, params).itertuples()
        held.append(row.low <= 100 * (0.1 * 0.6 + 0.9 * 0.2) <= row.high)
    assert np.mean(held) >= 0.93


def test_a_survey_that_does_not_ask_shows_nothing(params) -> None:
    assert development_views(answers(S1=[1, 2, 3]), ITEMS, SCHOOLS, params).empty
    assert development_views(answers(), ITEMS, SCHOOLS, params).empty
