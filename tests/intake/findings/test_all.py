"""What is odd in sound data: each class on a few rows where it must be found, and on the same rows put right."""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import pytest

from analysis.faults import Fault
from analysis.intake.findings import attributes, counts, links, ratings, schools, values
from analysis.intake.findings.all import findings
from analysis.intake.findings.shape import COLUMNS
from analysis.intake.findings.statuses import statuses
from analysis.intake.mapping.maps import Map

Tables = dict[str, pd.DataFrame]


def world(n_schools: int = 6, pupils: int = 20, years: tuple[int, ...] = (2026,), grade: str = "6") -> Tables:
    """Schools of one municipality whose pupils sit two domains of one test; scores 0–29 spread evenly, nothing odd."""
    people = pd.DataFrame(
        [{"pupil_id": f"{y}-{s}-{i}", "school_year": float(y), "grade": grade, "school_id": f"S{s}", "i": i}
         for y in years for s in range(n_schools) for i in range(pupils)]
    )  # fmt: skip
    people = people.assign(sex=people["i"].map(lambda i: "girl" if i % 2 else "boy"), sen="no", _file="enrolments.csv")
    people["sen"] = people["sen"].mask(people["i"] % 5 == 0, "yes")
    people = people.assign(birth_year=people["school_year"] - 13)
    domains = pd.DataFrame({"domain": ["numeracy", "literacy"]})
    results = people.drop(columns=["sen", "birth_year"]).merge(domains, how="cross")
    results = results.assign(
        municipality_id="D1", test="diagnostic", level="", session="", status="present", enrolled="yes",
        score=(results["i"] * 7 % 30).astype("float64"), _file="results.csv",
    )  # fmt: skip
    places = pd.DataFrame({"school_id": [f"S{s}" for s in range(n_schools)], "municipality_id": "D1"})
    places = places.assign(name=[f"Kalna {s}. pamatskola" for s in range(n_schools)], kind="mixed")
    own = people[["pupil_id", "sex", "birth_year"]].drop_duplicates("pupil_id")
    return {
        "municipalities": pd.DataFrame({"municipality_id": ["D1"], "name": ["Kalni"]}),
        "schools": places,
        "pupils": own.reset_index(drop=True),
        "enrolments": people.drop(columns=["sex", "birth_year"]),
        "results": results,
    }


def changed(tables: Tables, table: str, where: Callable[[pd.DataFrame], Any], **values: Any) -> Tables:
    """The same tables with other values in some rows of one."""
    rows = tables[table].copy()
    flag = where(rows)
    for column, value in values.items():
        rows[column] = rows[column].where(~flag, value) if column in rows else pd.Series(value, index=rows.index)
    return tables | {table: rows}


def without(tables: Tables, table: str, where: Callable[[pd.DataFrame], Any]) -> Tables:
    """The same tables without some rows of one."""
    return tables | {table: tables[table][~where(tables[table])].reset_index(drop=True)}


def told(found: pd.DataFrame) -> list[tuple[Any, ...]]:
    return list(found[["code", "school_id", "count", "of"]].itertuples(index=False, name=None))


def codes(tables: Mapping[str, pd.DataFrame], settings: Map | None = None) -> set[str]:
    return set(findings(tables, settings or Map())["code"])


@pytest.fixture
def sound() -> Tables:
    return world()


def test_sound_data_raise_no_question(sound: Tables) -> None:
    found = findings(sound, Map())
    assert told(found) == []
    assert list(found.columns) == list(COLUMNS)


def test_nothing_is_looked_for_where_nothing_came() -> None:
    assert told(findings({}, Map())) == []


def test_results_without_an_enrolment_are_counted_by_school(sound: Tables) -> None:
    odd = changed(sound, "results", lambda r: (r["school_id"] == "S2") & (r["i"] < 7), enrolled=None)
    assert told(links.no_enrolment(odd)) == [("no_enrolment", "S2", 14, 40)]
    assert told(links.no_enrolment({k: v for k, v in odd.items() if k != "enrolments"})) == []


def test_an_unknown_pupil_is_unknown_and_not_without_an_enrolment(sound: Tables) -> None:
    odd = changed(sound, "results", lambda r: (r["school_id"] == "S1") & (r["i"] == 3), pupil_id="?7", enrolled=None)
    assert told(links.unknown_pupils(odd)) == [("unknown_pupils", "S1", 2, 40)]
    assert told(links.no_enrolment(odd)) == []


def test_pupils_without_a_row_among_the_results_are_asked_for_where_they_are_many(sound: Tables) -> None:
    assert told(links.no_result(without(sound, "results", lambda r: (r["school_id"] == "S1") & (r["i"] < 6)))) == [
        ("no_result", "S1", 6, 20)
    ]
    assert told(links.no_result(without(sound, "results", lambda r: (r["school_id"] == "S1") & (r["i"] < 1)))) == []


def test_a_grade_that_sat_nothing_at_all_is_another_question(sound: Tables) -> None:
    assert told(links.no_result(without(sound, "results", lambda r: r["school_id"] == "S1"))) == []


def with_items(tables: Tables, number: int = 10) -> Tables:
    """Answers of every paper: item k is right where the pupil's number says so, no two sheets of a school alike."""
    sheets = tables["results"][["pupil_id", "school_year", "grade", "test", "domain", "i", "school_id"]]
    items = sheets.merge(pd.DataFrame({"item": [f"{k}" for k in range(number)]}), how="cross")
    bits = items["i"] * 37 + items["school_id"].str[1:].astype(int) * 101
    points = (bits // 2 ** items["item"].astype(int)) % 2
    return tables | {"items": items.drop(columns=["i", "school_id"]).assign(points=points.astype("float64"))}


def test_papers_without_items_are_counted_where_others_have_them(sound: Tables) -> None:
    whole = with_items(sound)
    assert told(links.no_items(whole)) == []
    lost = whole["items"]["pupil_id"].str.startswith("2026-3-1")  # pupils 1 and 10–19
    assert told(links.no_items(whole | {"items": whole["items"][~lost]})) == [("no_items", "S3", 22, 40)]


def two_stages() -> Tables:
    """The same pupils in grade 3 in 2023 and in grade 6 in 2026."""
    early, late = world(years=(2023,), grade="3"), world(years=(2026,))
    rows = {t: pd.concat([early[t], late[t]], ignore_index=True) for t in ("enrolments", "results", "pupils")}
    same = {t: frame.assign(pupil_id=frame["pupil_id"].str[5:]) for t, frame in rows.items()}
    return late | same | {"pupils": same["pupils"].drop_duplicates("pupil_id")}


def test_pupils_of_a_school_whose_ids_changed_cannot_be_followed() -> None:
    assert told(links.no_earlier_stage(two_stages())) == []
    odd = two_stages()
    now = (odd["results"]["school_id"] == "S4") & (odd["results"]["school_year"] == 2026)
    odd["results"]["pupil_id"] = odd["results"]["pupil_id"].mask(now, "new-" + odd["results"]["pupil_id"])
    assert told(links.no_earlier_stage(odd)) == [
        ("few_earlier_stage", "", 20, 120), ("no_earlier_stage", "S4", 20, 20)
    ]  # fmt: skip


def test_a_first_stage_needs_no_earlier_one(sound: Tables) -> None:
    assert told(links.no_earlier_stage(sound)) == []


def absences(tables: Tables, share: int = 10, but: str = "") -> Tables:
    """Every n-th pupil of each school absent, but for one school."""
    return changed(
        tables, "results", lambda r: (r["i"] % share == 0) & (r["school_id"] != but), status="absent", score=None
    )


def test_a_school_that_marks_nobody_absent_is_told_from_chance() -> None:
    large = world(pupils=100)
    assert told(statuses(absences(large))) == []
    found = statuses(absences(large, but="S5"))
    assert told(found) == [("status_missing", "S5", 0, 100)]
    assert set(found["method"]) == {"exact conditional test, Holm 5%"}


def test_a_small_school_without_absences_is_no_question() -> None:
    assert told(statuses(absences(world(), but="S5"))) == []


def test_a_school_that_exempts_far_more_than_others_is_asked(sound: Tables) -> None:
    odd = changed(
        absences(sound), "results", lambda r: (r["school_id"] == "S0") & (r["i"] > 9), status="exempt", score=None
    )
    assert ("status_often", "S0", 10, 20) in told(statuses(odd))


def test_a_municipality_is_compared_with_the_others() -> None:
    large = world(n_schools=12, pupils=60)
    home = {f"S{s}": f"D{s // 4}" for s in range(12)}
    for table in ("schools", "results"):
        large[table] = large[table].assign(municipality_id=large[table]["school_id"].map(home))
    odd = changed(
        large, "results", lambda r: (r["i"] % 6 == 0) & (r["municipality_id"] != "D2"), status="absent", score=None
    )
    found = statuses(odd)
    assert ("D2", "") in set(found[["municipality_id", "school_id"]].itertuples(index=False, name=None))


def test_one_score_for_a_whole_school_is_found_and_at_the_ceiling_it_is_not(sound: Tables) -> None:
    def of_school(rows: pd.DataFrame) -> Any:
        return (rows["school_id"] == "S2") & (rows["domain"] == "numeracy")

    assert told(values.same_score(sound)) == []
    assert told(values.same_score(changed(sound, "results", of_school, score=13.0))) == [("same_score", "S2", 20, 20)]
    ceiling = changed(sound, "results", lambda r: of_school(r) & (r["i"] < 15), score=29.0)
    assert told(values.same_score(ceiling)) == []


def test_a_placeholder_stands_out_from_its_neighbours(sound: Tables) -> None:
    odd = changed(sound, "results", lambda r: (r["i"] % 3 == 0) & (r["domain"] == "literacy"), score=0.0)
    found = values.placeholder(odd)
    assert list(found["group"]) == ["score=0"]
    assert told(values.placeholder(sound)) == []


def test_frequent_scores_that_are_no_whole_numbers_are_no_placeholders(sound: Tables) -> None:
    assert told(values.placeholder(changed(sound, "results", lambda r: r["i"] % 3 == 0, score=6.442))) == []


def test_equal_answer_sheets_are_found_by_school() -> None:
    whole = with_items(world(n_schools=40))
    assert told(values.same_answers(whole)) == []
    items = whole["items"]
    copied = items["pupil_id"].isin([f"2026-7-{i}" for i in range(5)]) & (items["domain"] == "numeracy")
    sheet = items["item"].astype(int).isin([0, 3, 4, 8]).astype("float64")
    found = values.same_answers(whole | {"items": items.assign(points=items["points"].mask(copied, sheet))})
    assert told(found) == [("same_answers", "S7", 5, 20)]


def test_sheets_with_everything_right_may_be_equal() -> None:
    whole = with_items(world(n_schools=40))
    perfect = whole["items"]["pupil_id"].isin([f"2026-7-{i}" for i in range(8)])
    items = whole["items"].assign(points=whole["items"]["points"].mask(perfect, 1.0))
    assert told(values.same_answers(whole | {"items": items})) == []


def test_more_pupils_with_results_than_enrolled(sound: Tables) -> None:
    odd = without(sound, "enrolments", lambda r: (r["school_id"] == "S3") & (r["i"] < 6))
    assert told(counts.more_than_enrolled(odd)) == [("more_than_enrolled", "S3", 6, 20)]
    assert (
        told(counts.more_than_enrolled(without(sound, "enrolments", lambda r: (r["school_id"] == "S3") & (r["i"] < 2))))
        == []
    )


def test_bands_that_do_not_add_up(sound: Tables) -> None:
    test = {"school_id": "S1", "school_year": 2026.0, "grade": "12", "test": "CE", "domain": "english", "level": None}
    bands = pd.DataFrame([test | {"band": float(b), "n": 3.0} for b in range(10)])
    right, wrong = (pd.DataFrame([test | {"n": n, "mean_score": 60.0}]) for n in (30.0, 37.0))
    assert told(counts.bands_not_n(sound | {"school_bands": bands, "school_results": right})) == []
    assert told(counts.bands_not_n(sound | {"school_bands": bands, "school_results": wrong})) == [
        ("bands_not_n", "S1", 7, 37)
    ]


def survey(answers: Mapping[str, int], eligible: int = 12) -> Tables:
    given = [{"respondent_id": f"{s}{i}", "school_id": s} for s, n in answers.items() for i in range(n)]
    roster = pd.DataFrame({"school_id": ["S0", "S1", "S2"], "eligible": float(eligible)})
    same = {"school_year": 2026.0, "role": "pupil", "grade": "6"}
    return {
        "wellbeing": pd.DataFrame(given).assign(**same, item="w1", value=3.0),
        "wellbeing_roster": roster.assign(**same),
    }


def test_more_answers_than_there_were_people_to_answer(sound: Tables) -> None:
    found = counts.survey_answers(sound | survey({"S0": 12, "S1": 15, "S2": 5}))
    assert told(found) == [("more_than_eligible", "S1", 3, 15)]
    assert set(found["population"]) == {"respondents"}


def test_more_answers_of_staff_than_the_school_has_staff(sound: Tables) -> None:
    given = survey({"S0": 12, "S1": 15})["wellbeing"].drop(columns=["role", "grade"])
    older = survey({"S0": 20})["wellbeing"].drop(columns=["role", "grade"]).assign(school_year=2025.0)
    schools = sound["schools"].assign(staff_total=12.0)
    both = pd.concat([given, older])  # today's number of staff says nothing of an older survey
    found = counts.staff_answers(sound | {"staff_survey": both, "schools": schools})
    assert told(found) == [("more_than_eligible", "S1", 3, 15)]
    assert set(found["column"]) == {"staff"}
    lacking = sound["schools"].drop(columns="staff_total", errors="ignore")
    assert told(counts.staff_answers(sound | {"staff_survey": given, "schools": lacking})) == []


def test_a_school_that_sent_no_answers_is_asked_and_a_tiny_one_is_not(sound: Tables) -> None:
    assert told(counts.survey_answers(sound | survey({"S0": 12, "S2": 5}))) == [("no_answers", "S1", 12, 12)]
    assert told(counts.survey_answers(sound | survey({"S0": 6, "S2": 5}, eligible=6))) == []


def rated(alike: int, of: int, questions: int = 10, table: str = "wellbeing") -> Tables:
    """A school's survey in which some gave one answer to everything."""
    rows = [
        {"respondent_id": f"R{i}", "school_id": "S1", "school_year": 2026.0, "item": f"w{j}",
         "value": 4.0 if i < alike else 1.0 + (i + j) % 5}
        for i in range(of) for j in range(questions)
    ]  # fmt: skip
    given = pd.DataFrame(rows)
    return {table: given.assign(role="pupil", grade="6") if table == "wellbeing" else given}


@pytest.mark.parametrize("table", ["wellbeing", "staff_survey"])
def test_equal_answers_to_everything_are_asked_about_where_they_are_many(sound: Tables, table: str) -> None:
    assert told(ratings.same_ratings(sound | rated(3, 12, table=table))) == [("same_ratings", "S1", 3, 12)]
    assert told(ratings.same_ratings(sound | rated(3, 16, table=table))) == []  # below a fifth
    assert told(ratings.same_ratings(sound | rated(2, 4, table=table))) == []  # two may be chance
    assert told(ratings.same_ratings(sound | rated(3, 12, questions=9, table=table))) == []  # few questions


def test_a_pupil_in_two_schools_at_one_test(sound: Tables) -> None:
    twice = sound["results"].query("pupil_id == '2026-1-4'").assign(school_id="S2")
    odd = sound | {"results": pd.concat([sound["results"], twice], ignore_index=True)}
    assert told(counts.two_schools(odd)) == [("two_schools", "S1", 1, 20), ("two_schools", "S2", 1, 21)]
    assert told(counts.two_schools(sound)) == []


def test_a_pupil_in_two_grades_in_one_year(sound: Tables) -> None:
    assert told(counts.two_grades(changed(sound, "enrolments", lambda r: r["pupil_id"] == "2026-1-4", grade="9"))) == [
        ("two_grades", "S1", 1, 20)
    ]
    both = sound["results"].query("pupil_id == '2026-1-4'").assign(grade="7")
    odd = {"results": pd.concat([sound["results"], both], ignore_index=True)}
    assert told(counts.two_grades(sound | odd)) == [("two_grades", "S1", 1, 20)]


def test_an_exam_of_the_next_grade_is_usual(sound: Tables) -> None:
    assert told(counts.two_grades(changed(sound, "enrolments", lambda r: r["pupil_id"] == "2026-1-4", grade="5"))) == []


@pytest.mark.parametrize(
    ("then", "now", "odd"), [("5", "6", 0), ("6", "6", 0), ("4", "6", 1), ("7", "6", 1), ("PS", "1", 0), ("PS", "2", 1)]
)
def test_grades_go_up_by_one_a_year_or_are_repeated(then: str, now: str, odd: int) -> None:
    rows = pd.DataFrame({"pupil_id": "p", "school_year": [2025.0, 2026.0], "grade": [then, now], "school_id": "S0"})
    assert sum(counts.grade_jumps(world() | {"enrolments": rows})["count"]) == odd


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Kalna pamatskola", "KALNA  PAMATSKOLA", True),
        ("Kalna pamatskola", "Kalna psk.", True),
        ("Rīgas 1. vidusskola", "Rigas 1.vidusskola", True),
        ("Sauleskalna vidusskola", "Sauleskalnu vidusskola", True),
        ("Kalna 1. pamatskola", "Kalna 2. pamatskola", False),
        ("Kalna pamatskola", "Kalna vidusskola", False),
        ("Kalna pamatskola", "Salna pamatskola", False),
        ("Skola 1234567", "Skola 1234568", False),
        ("Kalna pamatskola", "Kalna pamatskola (filiāle)", False),
    ],
)
def test_schools_spelled_two_ways(one: str, other: str, same: bool) -> None:
    pair = pd.DataFrame({"school_id": ["A", "B"], "name": [one, other], "municipality_id": "D1"})
    assert told(schools.spelled_twice({"schools": pair})) == ([("spelled_twice", "A", 2, 2)] if same else [])


def test_the_same_name_in_two_municipalities_is_two_schools() -> None:
    pair = pd.DataFrame({"school_id": ["A", "B"], "name": "Kalna pamatskola", "municipality_id": ["D1", "D2"]})
    assert told(schools.spelled_twice({"schools": pair})) == []


def test_a_mixed_school_of_nearly_one_sex_contradicts_its_kind() -> None:
    tables = world(pupils=61)
    odd = changed(tables, "results", lambda r: r["school_id"] == "S3", sex="girl")
    odd = changed(odd, "results", lambda r: (r["school_id"] == "S3") & (r["i"] == 8), sex="boy")
    found = schools.kind_contradicted(odd)
    assert told(found) == [("kind_nearly_one_sex", "S3", 1, 61)]
    assert list(found["group"]) == ["sex=boy"]
    assert told(schools.kind_contradicted(tables)) == []


def test_a_school_of_one_sex_with_the_other_contradicts_its_kind(sound: Tables) -> None:
    odd = changed(sound, "schools", lambda s: s["school_id"] == "S3", kind="girls")
    assert told(schools.kind_contradicted(odd)) == [("kind_other_sex", "S3", 10, 20)]
    assert (
        told(schools.kind_contradicted(changed(sound, "schools", lambda s: s["name"] != "", kind="pamatskola"))) == []
    )


def test_a_subject_that_a_whole_school_lacks() -> None:
    tables = world(n_schools=12)
    odd = without(tables, "results", lambda r: (r["school_id"] == "S3") & (r["domain"] == "literacy"))
    found = schools.subject_lacking(odd)
    assert told(found) == [("subject_lacking", "S3", 20, 20)]
    assert list(found["domain"]) == ["literacy"]
    chosen = without(tables, "results", lambda r: r["school_id"].isin(["S3", "S4", "S5"]) & (r["domain"] == "literacy"))
    assert told(schools.subject_lacking(chosen)) == []


def test_a_year_that_a_school_lacks_though_its_pupils_were_there() -> None:
    tables = world(years=(2024, 2025, 2026))
    odd = without(tables, "results", lambda r: (r["school_id"] == "S3") & (r["school_year"] == 2026))
    found = schools.year_lacking(odd)
    assert told(found) == [("year_lacking", "S3", 20, 20)]
    assert list(found["school_year"]) == [2026]
    closed = without(odd, "enrolments", lambda r: (r["school_id"] == "S3") & (r["school_year"] == 2026))
    assert told(schools.year_lacking(closed)) == []
    assert told(schools.year_lacking(tables)) == []


def test_without_enrolments_a_year_lacks_between_two_others_only() -> None:
    tables = {k: v for k, v in world(years=(2024, 2025, 2026)).items() if k != "enrolments"}
    gap = without(tables, "results", lambda r: (r["school_id"] == "S3") & (r["school_year"] == 2025))
    end = without(tables, "results", lambda r: (r["school_id"] == "S3") & (r["school_year"] == 2026))
    assert [list(schools.year_lacking(one)["school_year"]) for one in (gap, end)] == [[2025], []]


def test_an_attribute_that_is_empty_for_a_whole_school(sound: Tables) -> None:
    odd = changed(sound, "enrolments", lambda r: r["school_id"] == "S1", sen=None)
    assert told(attributes.empty_in_school(odd, Map())) == [("empty_in_school", "S1", 20, 20)]
    everywhere = changed(sound, "enrolments", lambda r: r["school_id"] != "", sen=None)
    assert told(attributes.empty_in_school(everywhere, Map())) == []


def test_an_attribute_that_is_empty_for_many(sound: Tables) -> None:
    odd = changed(sound, "enrolments", lambda r: r["i"] < 3, sen=None)
    found = attributes.absent_values(odd, Map())
    assert told(found) == [("absent_values", "", 18, 120)]
    assert list(found["column"]) == ["sen"]
    assert (
        told(
            attributes.absent_values(
                changed(sound, "enrolments", lambda r: r["pupil_id"] == "2026-1-1", sen=None), Map()
            )
        )
        == []
    )


def test_an_attribute_that_was_filled_in_before_and_is_not_any_more() -> None:
    odd = changed(world(years=(2025, 2026)), "enrolments", lambda r: r["school_year"] == 2026, sen=None)
    assert told(attributes.absent_values(odd, Map())) == [("empty_in_municipality", "", 120, 120)]


def test_declared_attributes_are_looked_at_too(sound: Tables) -> None:
    settings = Map(attributes={"enrolments": ["gifted"]})
    odd = sound | {
        "enrolments": sound["enrolments"].assign(gifted=sound["enrolments"]["i"].map(lambda i: None if i < 3 else "no"))
    }
    assert "absent_values" in codes(odd, settings)
    assert "absent_values" not in codes(odd)


def test_an_attribute_with_one_value_for_everybody(sound: Tables) -> None:
    odd = changed(sound, "enrolments", lambda r: r["school_id"] != "", sen="no")
    assert told(attributes.constant(odd, Map())) == [("constant", "", 120, 120)]


def test_a_rare_mark_that_nobody_has_is_no_question(sound: Tables) -> None:
    assert told(attributes.constant(changed(sound, "enrolments", lambda r: r["i"] >= 0, repeats="no"), Map())) == []


def test_a_school_in_which_nobody_is_marked() -> None:
    tables = world(pupils=60)
    odd = changed(tables, "enrolments", lambda r: r["school_id"] == "S2", sen="no")
    found = attributes.constant(odd, Map())
    assert told(found) == [("nobody_marked", "S2", 0, 60)]
    assert list(found["group"]) == ["sen=yes"]
    assert told(attributes.constant(tables, Map())) == []


@pytest.mark.parametrize(("born", "odd"), [(2013, 0), (2014, 0), (2015, 1), (2009, 0), (2008, 1)])
def test_birth_years_that_no_pupil_of_the_grade_can_have(sound: Tables, born: int, odd: int) -> None:
    """Grade 6 in 2026: usually born in 2013."""
    tables = changed(sound, "pupils", lambda p: p["pupil_id"] == "2026-1-1", birth_year=float(born))
    assert sum(attributes.birth_years(tables)["count"]) == odd


def test_what_the_map_decided_and_what_ought_to_be_unique_is_told(sound: Tables) -> None:
    faults = [
        Fault("D05", "results.csv", facts={"table": "results", "count": 9}),
        Fault("D09", "results.csv", column="school + student", facts={"count": 4}),
        Fault("D08", "results.csv", facts={"count": 9}),
    ]
    found = counts.decided(sound, faults)
    assert told(found) == [("duplicates_decided", "", 9, 240), ("not_unique", "", 4, 240)]
    assert list(found["column"]) == ["", "school + student"]


def test_years_are_those_that_hold_the_oddity() -> None:
    tables = world(years=(2023, 2024, 2025, 2026))
    odd = changed(
        tables, "results", lambda r: (r["school_id"] == "S2") & r["school_year"].isin([2024, 2025]), enrolled=None
    )
    found = links.no_enrolment(odd)
    assert list(found[["year_from", "school_year", "count", "of"]].iloc[0]) == [2024, 2025, 80, 80]
