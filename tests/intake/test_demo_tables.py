"""The demo fills every table of the contract, and what the tables say of each other adds up."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.intake.contracts import KEYS, TABLES
from analysis.intake.delivery import Delivery, read_delivery
from analysis.intake.demo import cut_board
from analysis.intake.demo.world import draw
from analysis.intake.provenance import own_columns

TEST = ["school_year", "grade", "test", "domain", "level"]
TEN, FIVE, THREE = (set(range(first, 2027)) for first in (2017, 2022, 2024))
YEARS = {"results": TEN, "enrolments": TEN, "published": TEN, "items": THREE, "item_map": THREE}
WITHOUT_YEAR = {"municipalities", "schools", "pupils", "wellbeing_items", "staff_survey_items", "competences"}


@pytest.fixture(scope="module")
def delivery(demo: Path) -> Delivery:
    return read_delivery(demo)


@pytest.fixture(scope="module")
def tables(delivery: Delivery) -> dict[str, pd.DataFrame]:
    return delivery.tables


def test_every_table_of_the_contract_is_there_and_nothing_is_at_fault(delivery: Delivery) -> None:
    assert set(delivery.tables) == set(TABLES)
    assert {fault.code for fault in delivery.faults if fault.answer != "accept"} == set()


@pytest.mark.parametrize("name", TABLES)
def test_a_table_has_its_models_columns_types_ranges_and_one_row_a_key(
    name: str, tables: dict[str, pd.DataFrame]
) -> None:
    rows = tables[name]
    assert len(rows) > 0
    TABLES[name].validate(rows, lazy=True)
    assert not rows.duplicated(list(KEYS[name])).any()


@pytest.mark.parametrize("name", sorted(set(TABLES) - WITHOUT_YEAR))
def test_results_go_back_ten_years_items_three_and_everything_else_five(
    name: str, tables: dict[str, pd.DataFrame]
) -> None:
    assert set(tables[name]["school_year"].astype(int)) == YEARS.get(name, FIVE)


@pytest.mark.parametrize("name", sorted(TABLES))
def test_no_column_is_empty_everywhere(name: str, tables: dict[str, pd.DataFrame]) -> None:
    rows = tables[name]
    assert [column for column in own_columns(rows) if rows[column].isna().all()] == []


def test_pupils_are_enrolled_year_after_year_from_preschool_to_grade_9(tables: dict[str, pd.DataFrame]) -> None:
    rows = tables["enrolments"].assign(number=lambda f: f["grade"].replace("PS", "0").astype(int))
    rows = rows.sort_values(["pupil_id", "school_year"])
    same = rows["pupil_id"].eq(rows["pupil_id"].shift())
    step = rows["number"].diff()[same]
    years = rows["school_year"].diff()[same]
    assert ((years == 1) | (rows["number"][same] > 9)).all()
    assert set(step[years == 1]) <= {0, 1}
    assert (step == 0).mean() < 0.01  # who repeats a grade


@pytest.mark.parametrize(("start", "due"), [("3", range(2023, 2027)), ("6", range(2023, 2027))])
def test_early_results_meet_the_exam_of_grade_9_once_it_is_due(
    start: str, due: range, tables: dict[str, pd.DataFrame]
) -> None:
    main = tables["results"].loc[lambda f: f["session"].isna() & (f["status"] == "present")]
    early = main[(main["grade"] == start) & (main["test"] == "diagnostic")].drop_duplicates("pupil_id")
    late = main[(main["grade"] == "9") & (main["test"] == "CE") & (main["domain"] == "mathematics")]
    both = late.merge(early[["pupil_id", "school_year"]], on="pupil_id", suffixes=("", "_early"))
    share = both.groupby("school_year").size() / late.groupby("school_year").size()
    assert set(share.index) == set(due)
    assert share.min() > 0.85
    assert set((both["school_year"] - both["school_year_early"]).astype(int)) >= {9 - int(start)}


def test_published_school_figures_are_sums_of_the_pupils_results(tables: dict[str, pd.DataFrame]) -> None:
    main = tables["results"].loc[lambda f: f["session"].isna() & (f["status"] == "present") & (f["test"] == "CE")]
    main = main.assign(level=main["level"].fillna(""), percent=100 * main["score"] / main["score_max"])
    own = main.groupby(["school_id", *TEST])["percent"].agg(["size", "mean"])
    told = tables["school_results"].assign(level=lambda f: f["level"].fillna("")).set_index(["school_id", *TEST])
    own = own.loc[told.index]
    assert (told["n"] == own["size"]).all()
    assert (told["n"] >= 5).all()
    np.testing.assert_allclose(told["mean_score"], own["mean"], atol=0.051)
    bands = tables["school_bands"].assign(level=lambda f: f["level"].fillna(""))
    wide = bands.pivot(index=["school_id", *TEST], columns="band", values="n").loc[told.index]
    assert (wide.sum(axis=1) == told["n"]).all()
    band = (main["percent"].round(9) // 10).clip(upper=9)
    first = main.groupby(["school_id", *TEST, band])["percent"].size().unstack(fill_value=0).loc[told.index]
    assert (first.to_numpy() == wide.to_numpy()).all()


def test_marks_go_with_results_and_the_year_with_its_terms(tables: dict[str, pd.DataFrame]) -> None:
    marks = tables["marks"].pivot(index=["pupil_id", "school_year", "domain"], columns="term", values="mark")
    whole = marks.dropna()
    assert (whole["year"] == np.floor((whole["1"] + whole["2"]) / 2 + 0.5)).all()
    assert marks.loc[marks[["1", "2"]].isna().any(axis=1), "year"].isna().all()
    assert 0.02 < (whole["year"] < 4).mean() < 0.12
    exam = tables["results"].loc[lambda f: (f["grade"] == "9") & f["session"].isna() & (f["domain"] == "mathematics")]
    joined = exam.merge(whole.reset_index(), on=["pupil_id", "school_year", "domain"])
    percent = joined["score"] / joined["score_max"]
    assert 0.6 < percent.corr(joined["year"]) < 0.9


def test_support_goes_to_the_entitled_alone(tables: dict[str, pd.DataFrame]) -> None:
    years = tables["enrolments"].assign(grade=lambda f: f["grade"].replace("PS", "0").astype(int))
    given = tables["support_given"].merge(years, on=["pupil_id", "school_year"], validate="many_to_one")
    given = given.merge(tables["pupils"], on="pupil_id")
    grades = given.groupby("programme")["grade"].agg(["min", "max"])
    assert tuple(grades.loc["reading"]) == (1, 3)
    assert tuple(grades.loc["counselling"]) == (1, 12)
    assert set(given.loc[given["programme"] == "subject", "grade"]) == {9}
    # Home language, income and needs are blank here and there; repeating is always known.
    assert set(given.loc[given["programme"] == "subject", "repeats"]) == {"yes"}
    mentored = given[given["programme"] == "mentor"]
    assert (mentored["school_year"] - mentored["birth_year"] >= 14).all()  # 13 before the school year begins
    assert (given["from"] < given["to"]).all()
    assert (given["to"].dt.year == given["school_year"]).all()


def test_nobody_gets_a_place_that_is_not_there(tables: dict[str, pd.DataFrame]) -> None:
    place = tables["schools"].set_index("school_id")["municipality_id"]
    years = tables["enrolments"][["pupil_id", "school_year", "school_id"]]
    given = tables["support_given"].merge(years, on=["pupil_id", "school_year"])
    given["municipality_id"] = given["school_id"].map(place)
    given.loc[given["programme"] != "reading", "school_id"] = ""
    keys = ["programme", "municipality_id", "school_id", "school_year", "specialist"]
    places = tables["support_capacity"].assign(school_id=lambda f: f["school_id"].fillna("")).set_index(keys)["places"]
    taken = given.groupby(keys).size()
    assert (taken <= places.loc[taken.index]).all()
    assert taken.sum() > 0.9 * places.sum()


def test_minutes_a_child_in_need_are_near_those_the_state_audit_found(tables: dict[str, pd.DataFrame]) -> None:
    """Speech therapist 11, psychologist 14 to 18, special educator 7 to 11 minutes a week; the demo leaves some room."""
    given = tables["support_given"].groupby("specialist")["minutes"].mean()
    capacity = tables["support_capacity"].groupby("specialist")[["minutes_per_week", "places"]].sum()
    a_place = capacity["minutes_per_week"] / capacity["places"]
    pd.testing.assert_series_equal(given, a_place, check_names=False, rtol=0.05)
    covered = 0.65  # children in need with a place, on the whole
    for specialist, (low, high) in {
        "speech_therapist": (8, 13),
        "psychologist": (12, 19),
        "special_educator": (6, 12),
    }.items():
        assert low < covered * a_place[specialist] < high, specialist


def test_evidence_of_teachers_has_observers_where_somebody_observed(tables: dict[str, pd.DataFrame]) -> None:
    evidence = tables["teacher_evidence"]
    assert evidence["observer_id"].notna().eq(evidence["source"] == "observation").all()
    assert set(evidence["competence"]) == set(tables["competences"]["competence"])
    assert evidence.groupby("teacher_id")["school_id"].nunique().eq(1).all()
    known = evidence[["teacher_id", "school_year"]].drop_duplicates()
    goals = tables["teacher_goals"].merge(known, on=["teacher_id", "school_year"], validate="many_to_one")
    assert len(goals) == len(tables["teacher_goals"]) == 2 * len(known)


def test_respondents_of_one_survey_are_not_those_of_another(tables: dict[str, pd.DataFrame]) -> None:
    wellbeing, staff = (tables[name] for name in ("wellbeing", "staff_survey"))
    assert not set(wellbeing["respondent_id"]) & set(staff["respondent_id"])
    for rows in (wellbeing, staff):
        assert rows.groupby("respondent_id")["school_year"].nunique().eq(1).all()
    answered = wellbeing.drop_duplicates("respondent_id").fillna({"grade": ""})
    keys = ["school_year", "school_id", "role", "grade"]
    roster = tables["wellbeing_roster"].fillna({"grade": ""}).set_index(keys)["eligible"]
    counts = answered.groupby(keys).size()
    assert (counts <= roster.loc[counts.index]).all()


def test_schools_hold_lessons_in_the_grades_they_teach(tables: dict[str, pd.DataFrame]) -> None:
    hours = tables["lesson_hours"]
    assert (hours["delivered"] <= hours["planned"]).all()
    taught = tables["enrolments"][["school_id", "school_year", "grade"]].drop_duplicates()
    both = hours.merge(taught, on=["school_id", "school_year", "grade"], validate="many_to_one")
    assert len(both) == len(hours)


@pytest.mark.slow
def test_the_country_has_as_many_pupils_and_schools_as_the_audit_counted() -> None:
    """183,659 pupils and 583 schools (State Audit Office, 2026); the largest city has a third of the pupils."""
    rng = np.random.default_rng(2026)
    world = draw("country", None, rng, rng.spawn(1)[0])
    newest = world.recent[(world.recent["school_year"] == 2026) & (world.recent["grade"] >= 1)]
    assert 175_000 < len(newest) < 190_000
    assert len(world.towns) == 42
    assert 570 <= len(world.network) <= 600
    shares = newest["place"].value_counts(normalize=True)
    assert shares[0] == pytest.approx(1 / 3, abs=0.02)
    assert shares.iloc[1:].max() < 0.05


# --- one board's part


@pytest.fixture(scope="module")
def board(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Delivery:
    return read_delivery(cut_board(demo, "D003", tmp_path_factory.mktemp("board") / "D003", with_published=True))


def test_a_boards_delivery_holds_every_table_and_is_sound(board: Delivery) -> None:
    assert set(board.tables) == set(TABLES)
    assert {fault.code for fault in board.faults if fault.answer != "accept"} == set()


def test_a_boards_tables_are_its_own_rows_and_all_of_them(board: Delivery, tables: dict[str, pd.DataFrame]) -> None:
    schools = set(tables["schools"].query("municipality_id == 'D003'")["school_id"])
    years = tables["enrolments"].loc[lambda f: f["school_id"].isin(schools), ["pupil_id", "school_year"]]
    for name in ("wellbeing", "staff_survey", "teacher_evidence", "activities", "lesson_hours", "school_bands"):
        assert len(board.tables[name]) == tables[name]["school_id"].isin(schools).sum(), name
        assert set(board.tables[name]["school_id"]) <= schools
    for name in ("support_capacity", "development_events", "board_survey", "methodologists"):
        assert set(board.tables[name]["municipality_id"]) == {"D003"}
        assert len(board.tables[name]) == (tables[name]["municipality_id"] == "D003").sum()
    for name in ("marks", "support_given"):
        assert len(board.tables[name]) == len(tables[name].merge(years, on=["pupil_id", "school_year"])), name
    teachers = set(board.tables["teacher_evidence"]["teacher_id"])
    assert set(board.tables["teacher_goals"]["teacher_id"]) == teachers
    for name in ("competences", "wellbeing_items", "staff_survey_items", "item_map"):
        pd.testing.assert_frame_equal(board.tables[name], tables[name])
