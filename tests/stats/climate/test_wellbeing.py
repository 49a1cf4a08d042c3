"""What is said of wellbeing: of whom, against what, and when nothing is said."""

import pandas as pd
import pytest

from analysis.params import load_params
from analysis.release import release
from analysis.stats.climate import wellbeing
from analysis.stats.climate.answers import answers_of
from analysis.stats.climate.strata import means, strata
from analysis.stats.climate.survey import home_of

TWO_PLACES = [
    ("A1", "5", 150, 130, 2.8), ("A2", "5", 140, 60, 3.2), ("A3", "5", 20, 15, 3.4),
    ("B1", "5", 200, 150, 4.0), ("B2", "5", 100, 90, 4.3),
]  # fmt: skip


def of(found: pd.DataFrame, reference: str = "", **keys: str) -> pd.DataFrame:
    mine = (found["indicator"] == "wellbeing_scale") & (found["reference"] == reference) & (found["grade"] == "")
    for key, value in keys.items():
        mine &= found[key] == value
    return found[mine]


def test_a_municipality_differs_from_the_country_by_its_share_of_the_rest(survey) -> None:
    made = survey(TWO_PLACES)
    found = wellbeing(*made, "country")
    cells = strata(answers_of(made[0], made[1]), made[2], home_of(made[3]))
    each = means(cells, ["municipality_id"], pd.Series({"joy": 0.0})).set_index("municipality_id")
    gap = of(found, "country", municipality_id="A").iloc[0]
    assert gap["estimate"] == pytest.approx(300 / 610 * (each.loc["A", "estimate"] - each.loc["B", "estimate"]))
    error = 300 / 610 * (each.loc["A", "variance"] + each.loc["B", "variance"]) ** 0.5
    assert gap["high"] - gap["low"] == pytest.approx(2 * 1.972 * error, rel=0.03)
    assert gap["verdict"] == "differs"


def test_a_school_is_shown_where_answers_response_and_reliability_allow(survey) -> None:
    found = wellbeing(*survey(TWO_PLACES), "country")
    schools = of(found)
    schools = schools[schools["school_id"] != ""].set_index("school_id")
    assert schools["estimate"].notna().to_dict() == {"A1": True, "A2": False, "A3": True, "B1": True, "B2": True}
    assert (schools.loc["A2", "n"], schools.loc["A2", "verdict"]) == (60, "too_few")  # 43 % answered
    counted = found[found["indicator"] == "wellbeing_schools"].set_index("municipality_id")
    assert counted[["estimate", "n"]].to_numpy().tolist() == [[2.0, 3], [2.0, 2]]
    alike = wellbeing(*survey([(f"A{i}", "5", 60, 50, 3.5) for i in range(8)], noise=1.0), "country")
    assert of(alike)[of(alike)["school_id"] != ""]["estimate"].isna().all()  # schools that do not differ


def test_a_change_is_judged_by_the_errors_of_both_years(survey) -> None:
    before = survey([("A1", "5", 150, 130, 3.6), ("B1", "5", 150, 130, 3.9)], year=2025)
    now = survey([("A1", "5", 150, 130, 3.0), ("B1", "5", 150, 130, 3.92)], seed=9)
    answers, roster = (pd.concat([before[i], now[i]]) for i in (0, 2))
    found = wellbeing(answers, now[1], roster, now[3], "country")
    changes = of(found, "last_year", school_id="").set_index("municipality_id")
    assert changes["verdict"].to_dict() == {"A": "differs", "B": "not_distinguishable"}
    assert changes["year_from"].tolist() == [2025, 2025]
    levels = of(found, "", municipality_id="A", school_id="").set_index("school_year")["estimate"]
    assert changes.loc["A", "estimate"] == pytest.approx(levels[2026] - levels[2025])


def test_a_board_has_no_country_and_keeps_the_figures_on_its_scales(survey) -> None:
    found = wellbeing(*survey([c for c in TWO_PLACES if c[0][0] == "A"]), "board")
    assert set(found["municipality_id"]) == {"A"}
    assert "country" not in set(found["reference"])
    assert len(found[found["indicator"] == "wellbeing_reliability"]) == 3


def test_nine_respondents_are_never_shown_nor_told_by_what_stands_beside_them(survey) -> None:
    few = [("A1", "5", 9, 9, 3.0), ("A1", "8", 60, 55, 3.1), ("A2", "8", 70, 65, 3.2), ("B1", "5", 200, 150, 4.0)]
    shown = release(wellbeing(*survey(few), "country"), load_params()).rows
    shown = shown[shown["indicator"] == "wellbeing_scale"]
    assert (shown["n"].dropna() >= 10).all()
    grades = shown[(shown["municipality_id"] == "A") & (shown["grade"] != "")]
    assert len(grades) == 2
    assert grades["estimate"].isna().all()  # grade 8 and the whole would give grade 5


def test_a_change_goes_with_the_level_of_either_year(survey) -> None:
    before = survey([("A1", "5", 9, 9, 3.6), ("B1", "5", 150, 130, 3.9)], year=2025)
    now = survey([("A1", "5", 150, 130, 3.0), ("B1", "5", 150, 130, 3.92)], seed=9)
    answers, roster = (pd.concat([before[i], now[i]]) for i in (0, 2))
    shown = release(wellbeing(answers, now[1], roster, now[3], "country"), load_params()).rows
    changes = of(shown, "last_year", school_id="").set_index("municipality_id")["estimate"]
    assert changes.isna().to_dict() == {"A": True, "B": False}


def test_without_answers_or_items_there_is_nothing(survey) -> None:
    answers, items, roster, schools = survey(TWO_PLACES)
    assert wellbeing(answers.iloc[:0], items, roster, schools, "country").empty
    assert wellbeing(answers, items.iloc[:0], roster, schools, "country").empty
    assert wellbeing(answers, items.assign(item="other"), roster, schools, "country").empty
    assert len(wellbeing(answers, items, pd.DataFrame(), schools, "country"))
