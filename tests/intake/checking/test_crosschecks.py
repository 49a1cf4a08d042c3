"""What two tables say of one thing: refused where both cannot be true, counted where they only do not fit."""

import pandas as pd
import pytest

from analysis.intake.checking.crosschecks import cross_faults
from analysis.intake.checking.crossnotes import cross_notes

TEST = {"school_year": 2024.0, "grade": "9", "test": "CE", "domain": "mathematics"}
Frame = pd.DataFrame


def table(*rows: dict[str, object], base: dict[str, object] = TEST, file: str = "a.csv") -> Frame:
    frame = Frame([base | row for row in rows])
    text = [name for name in ("level", "grade", "session", "item", "pupil_id") if name in frame]
    frame = frame.astype(dict.fromkeys(text, "str"))
    return frame.assign(_file=file, _line=range(2, 2 + len(frame)))


ITEM_MAP = table({"item": "u1", "max_points": 2.0}, {"item": "u2", "max_points": 1.0})
ITEMS = table(
    {"pupil_id": "a", "item": "u1", "points": 2.0}, {"pupil_id": "a", "item": "u2", "points": 0.5},
    {"pupil_id": "b", "item": "u1", "points": 0.0}, {"pupil_id": "b", "item": "u2", "points": 1.0},
)  # fmt: skip


def results(*scores: tuple[str, float | None, float], **more: object) -> Frame:
    rows = [{"pupil_id": pupil, "score": score, "score_max": top} for pupil, score, top in scores]
    return table(*rows, base=TEST | {"status": "present", "session": None} | more)


def noted(**tables: Frame) -> dict[str, object]:
    return {f.code: f.facts["count"] for f in cross_notes(tables)}


def test_points_up_to_the_maximum_pass_and_above_it_are_told() -> None:
    assert cross_faults("items", {"items": ITEMS, "item_map": ITEM_MAP}) == []
    over = ITEMS.assign(points=[2.5, 0.5, 2.0, 1.25])  # the third has all that the item gives
    faults = cross_faults("items", {"items": over, "item_map": ITEM_MAP})
    assert [(f.code, f.line, f.facts["value"], f.facts["high"]) for f in faults] == [
        ("V19", 2, "2.5", "2"),
        ("V19", 5, "1.25", "1"),
    ]


def test_an_item_means_another_thing_in_another_test() -> None:
    other = ITEM_MAP.assign(domain="latvian", max_points=0.1)
    assert cross_faults("items", {"items": ITEMS, "item_map": other}) == []


def test_without_the_other_table_nothing_is_asked() -> None:
    assert cross_faults("items", {"items": ITEMS}) == []
    assert noted(items=ITEMS, results=results(("a", 1, 3))) == {}


def test_an_item_of_a_survey_belongs_to_one_role() -> None:
    answers = table(
        {"item": "j1", "role": "pupil"}, {"item": "j1", "role": "teacher"}, {"item": "x", "role": "pupil"}, base={}
    )
    items = table({"item": "j1", "role": "pupil"}, base={})
    faults = cross_faults("wellbeing", {"wellbeing": answers, "wellbeing_items": items})
    assert [(f.code, f.line, f.facts["role"]) for f in faults] == [("I10", 3, "pupil")]


@pytest.mark.parametrize(
    ("given", "count"),
    [
        (results(("a", 2.5, 3), ("b", 1, 3)), 0),
        (results(("a", 2.5, 3), ("b", 2, 3)), 1),
        (results(("a", 83.0, 100), ("b", 30, 100)), 0),  # another scale
        (results(("a", 1, 3), session="additional"), 0),
        (results(("a", 1, 3), ("a", 2, 3)), 0),  # two levels: which one the items belong to is not known
        (results(("a", None, 3), status="absent"), 0),
    ],
)
def test_points_add_up_to_the_score_where_both_have_one_scale(given: Frame, count: int) -> None:
    assert noted(items=ITEMS, item_map=ITEM_MAP, results=given) == ({"D20": count} if count else {})


def test_no_more_answer_than_could() -> None:
    base: dict[str, object] = {"school_year": 2024.0, "school_id": "S1", "role": "pupil"}
    answers = table(
        *({"respondent_id": r, "grade": g} for r, g in (("a", "5"), ("a", "5"), ("b", "5"), ("c", "6"))), base=base
    )
    roster = table({"grade": "5", "eligible": 2.0}, {"grade": "6", "eligible": 0.0}, base=base)
    assert noted(wellbeing=answers, wellbeing_roster=roster) == {"D21": 1}
    whole = table({"grade": None, "eligible": 3.0}, base=base)
    assert noted(wellbeing=answers, wellbeing_roster=whole) == {}
    assert noted(wellbeing=answers, wellbeing_roster=whole.assign(eligible=2.0)) == {"D21": 1}


def test_support_is_given_in_programmes_that_have_a_capacity_that_year() -> None:
    given = table({"programme": "A"}, {"programme": "B"}, {"programme": "A", "school_year": 2023.0})
    assert noted(support_given=given, support_capacity=table({"programme": "A"})) == {"D22": 2}


def test_lessons_held_and_planned() -> None:
    assert noted(lesson_hours=table({"planned": 10.0, "delivered": 10.0}, {"planned": 10.0, "delivered": 11.0})) == {
        "D23": 1
    }


def test_bands_add_up_to_the_published_number_where_there_is_one() -> None:
    bands = table(*({"school_id": "S1", "level": None, "band": float(b), "n": 4.0} for b in range(3)))
    for n, count in ((12.0, 0), (11.0, 1), (float("nan"), 0)):
        school = table({"school_id": "S1", "level": None, "n": n})
        assert noted(school_bands=bands, school_results=school) == ({"D24": count} if count else {})


def test_marks_of_pupils_who_are_not_enrolled_that_year() -> None:
    marks = table({"pupil_id": "a"}, {"pupil_id": "b"}, {"pupil_id": "?m.csv:3"})
    enrolments = table({"pupil_id": "a"}, {"pupil_id": "b", "school_year": 2023.0})
    assert noted(marks=marks, enrolments=enrolments) == {"D25": 1}


def test_an_activity_has_no_more_pupils_than_its_school_or_grade() -> None:
    enrolments = table(
        *({"pupil_id": p, "school_id": "S1", "grade": g} for p, g in (("a", "8"), ("b", "9"), ("c", "9")))
    )
    base: dict[str, object] = {"school_year": 2024.0, "school_id": "S1"}
    activities = table(
        {"grade": "9", "pupils": 2.0}, {"grade": "9", "pupils": 3.0},
        {"grade": None, "pupils": 3.0}, {"grade": None, "pupils": 4.0}, base=base,
    )  # fmt: skip
    assert noted(activities=activities, enrolments=enrolments) == {"D26": 2}


def test_a_result_of_another_grade_than_the_enrolment() -> None:
    enrolments = table({"pupil_id": "a", "grade": "8"}, {"pupil_id": "b"})
    assert noted(results=results(("a", 1, 3), ("b", 2, 3)), enrolments=enrolments) == {"D27": 1}


def test_a_note_names_the_one_file_or_the_table() -> None:
    lessons = table({"planned": 1.0, "delivered": 2.0}), table({"planned": 1.0, "delivered": 2.0}, file="b.csv")
    assert [f.file for f in cross_notes({"lesson_hours": lessons[0]})] == ["a.csv"]
    assert [f.file for f in cross_notes({"lesson_hours": pd.concat(lessons)})] == ["lesson_hours"]
