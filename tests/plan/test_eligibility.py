"""A programme serves whom its rule admits: compared, pupil by pupil, with the rule in plain Python on real birthdays."""

import zlib
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.intake.derived import AGES_TOLD
from analysis.params import threshold_percent
from analysis.plan.eligibility import NO, UNKNOWN, YES, eligible, failed_exams
from analysis.programmes import Programme, Rule, day_in, school_year_of

GRADES = ["PS", *map(str, range(1, 13))]
DAYS = st.dates(date(2024, 9, 1), date(2026, 8, 31))
MONTH_DAYS = st.sampled_from(["12-31", "09-01", "01-01", "03-15"])
RULES = st.builds(
    Rule,
    grades=st.sampled_from([(), ("1", "2", "3"), ("9",), ("7", "8", "9", "10")]),
    second_semester_only=st.sampled_from([(), ("1",), ("9",)]),
    second_semester=st.sampled_from(["01-01", "02-02"]),
    age_from=st.none() | st.integers(13, 16),
    age_to=st.none() | st.integers(16, 19),
    age_on=MONTH_DAYS,
    where=st.sampled_from([{}, {"repeats": ("yes",)}, {"sen": ("yes",), "sex": ("girl", "boy")}]),
    failed_exam=st.none() | st.just({"grade": "9", "test": "CE"}),
    other_route=st.none() | st.builds(dict, lowest_mark=st.just(4.0), exams=st.integers(1, 2)),
)
PUPIL = st.fixed_dictionaries(
    {
        "grade": st.sampled_from([*GRADES, "9", "9"]), "born": st.none() | st.dates(date(2001, 1, 1), date(2019, 12, 31)),
        "sen": st.sampled_from(["yes", "no", None]), "sex": st.sampled_from(["girl", "boy", None]),
        "repeats": st.sampled_from(["yes", "no", "yes"]),
        "exams": st.dictionaries(st.tuples(st.sampled_from([2024, 2025]), st.sampled_from(["mathematics", "latvian"])),
                                 st.lists(st.sampled_from([3.0, 9.9, 10.0, 12.0, 55.0]), min_size=1, max_size=2), max_size=3),
        "marks": st.dictionaries(st.sampled_from([2024, 2025]), st.lists(st.integers(1, 10), min_size=1, max_size=3)),
    }
)  # fmt: skip


def programme(rule: Rule, first: date = date(2024, 1, 1)) -> Programme:
    name = {"lv": "x", "en": "x"}
    return Programme.model_validate(
        {"code": "x", "name": name, "measure": "own", "for_whom": "pupils", "unit": "places", "eligible": rule,
         "valid_from": first, "valid_to": date(2026, 6, 30)}
    )  # fmt: skip


def tables(pupils: list[dict[str, Any]], year: int) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    names = [f"p{i}" for i in range(len(pupils))]
    ages = [np.nan if p["born"] is None else float(np.clip(year - p["born"].year, *AGES_TOLD)) for p in pupils]
    enrolled = pd.DataFrame({k: [p[k] for p in pupils] for k in ("grade", "sen", "sex", "repeats")})
    enrolled = enrolled.assign(pupil=names, school_year=year, age=pd.array(ages, dtype="Float64").astype("Int8"))
    results = [
        {"pupil": name, "school_year": y, "domain": domain, "session": "" if i == 0 else "additional", "value": value}
        for name, p in zip(names, pupils, strict=True)
        for (y, domain), values in p["exams"].items()
        for i, value in enumerate(values)
    ]
    same = {"grade": "9", "test": "CE", "status": "present", "scale": "percent", "known": True}
    marks = [
        {"pupil": name, "school_year": y, "term": "year", "domain": str(i), "mark": float(mark)}
        for name, p in zip(names, pupils, strict=True)
        for y, given_marks in p["marks"].items()
        for i, mark in enumerate(given_marks)
    ]
    empty = pd.DataFrame(columns=["pupil", "school_year", "term", "domain", "mark"])
    return (
        enrolled,
        pd.DataFrame(results).assign(**same) if results else pd.DataFrame(),
        pd.DataFrame(marks) if marks else empty,
    )


def admitted(rule: Rule, pupil: dict[str, Any], day: date) -> bool | None:
    """Whether the rule admits a pupil, read off the pupil's real birthday; None where something it asks for is missing."""
    answers: list[bool | None] = [not rule.grades or pupil["grade"] in rule.grades]
    if pupil["grade"] in rule.second_semester_only:
        answers.append(day >= day_in(school_year_of(day), rule.second_semester))
    if rule.age_from is not None or rule.age_to is not None:
        on, born = day_in(school_year_of(day), rule.age_on), pupil["born"]
        age = None if born is None else on.year - born.year - ((on.month, on.day) < (born.month, born.day))
        answers.append(
            None if age is None else (rule.age_from or 0) <= age <= (99 if rule.age_to is None else rule.age_to)
        )
    answers += [None if pupil[c] is None else pupil[c] in allowed for c, allowed in rule.where.items()]
    if rule.failed_exam is not None:
        years = {y for y, _ in pupil["exams"] if y < school_year_of(day)}
        last = max(years, default=0)
        best = {domain: max(v) for (y, domain), v in pupil["exams"].items() if y == last}
        failed = sum(v < (threshold_percent(last, "9", "CE", d) or 0) for d, v in best.items())
        answers.append(failed > 0 if years else None)
        if rule.other_route is not None and years and failed == rule.other_route.exams:
            lowest = min(pupil["marks"][last]) if last in pupil["marks"] else None
            answers.append(None if lowest is None else lowest < rule.other_route.lowest_mark)
    return False if False in answers else None if None in answers else True


@settings(max_examples=150, deadline=None)
@given(RULES, st.lists(PUPIL, min_size=1, max_size=25), DAYS)
def test_nobody_is_served_whom_the_rule_does_not_admit(rule: Rule, pupils: list[dict[str, Any]], day: date) -> None:
    entry = programme(rule)
    told = eligible(entry, *tables(pupils, school_year_of(day)), day)
    for state, pupil in zip(told["state"], pupils, strict=True):
        truth = admitted(rule, pupil, day) if entry.valid_on(day) else False
        if state == YES:
            assert truth is True
        if state == NO:
            assert truth is not True
        if rule.age_on == "12-31" or (rule.age_from, rule.age_to) == (None, None):
            assert state == {True: YES, False: NO, None: UNKNOWN}[truth]  # nothing is lost: the birth year decides


def random_pupils(rng: np.random.Generator, size: int) -> list[dict[str, Any]]:
    def one() -> dict[str, Any]:
        grade = GRADES[rng.integers(len(GRADES))] if rng.random() < 0.5 else "9"
        born = date(int(rng.integers(2003, 2018)), int(rng.integers(1, 13)), int(rng.integers(1, 29)))
        exams = {(int(y), str(d)): [float(rng.integers(0, 30))] for y in (2024, 2025) for d in ("mathematics", "latvian")
                 if rng.random() < 0.6}  # fmt: skip
        return {"grade": grade, "born": born if rng.random() < 0.95 else None, "sen": "yes", "sex": "boy",
                "repeats": "yes" if rng.random() < 0.7 else "no", "exams": exams,
                "marks": {2025: [int(rng.integers(2, 11))]} if rng.random() < 0.8 else {}}  # fmt: skip

    return [one() for _ in range(size)]


@pytest.mark.parametrize("code", ["reading", "counselling", "subject", "mentor"])
def test_of_two_thousand_pupils_none_is_ineligible_in_any_kind_of_support(code: str) -> None:
    from analysis.programmes import load_programmes

    day = date(2026, 5, 31)
    entry = load_programmes().on(day)[code]
    assert entry.eligible is not None
    pupils = random_pupils(np.random.default_rng(zlib.crc32(code.encode())), 2000)
    told = eligible(entry, *tables(pupils, 2026), day)
    truth = [admitted(entry.eligible, pupil, day) for pupil in pupils]
    assert told["state"].tolist() == [{True: YES, False: NO, None: UNKNOWN}[t] for t in truth]
    assert 20 < (told["state"] == YES).sum() < 2000
    lacking = told["state"] == UNKNOWN
    assert (told["lacks"] != "").tolist() == lacking.tolist()


def test_the_first_grade_waits_for_the_second_semester_where_that_is_switched_on() -> None:
    pupil = {
        "grade": "1",
        "born": date(2018, 5, 5),
        "sen": "no",
        "sex": "boy",
        "repeats": "no",
        "exams": {},
        "marks": {},
    }
    on, off = Rule(grades=("1", "2", "3"), second_semester_only=("1",)), Rule(grades=("1", "2", "3"))
    states = [
        eligible(programme(rule), *tables([pupil], 2026), day)["state"].iloc[0]
        for rule in (on, off)
        for day in (date(2025, 12, 31), date(2026, 1, 1))
    ]
    assert states == [NO, YES, YES, YES]


def test_an_exam_passed_in_the_additional_session_was_not_failed() -> None:
    pupil = {"grade": "9", "born": None, "sen": None, "sex": None, "repeats": "yes", "marks": {},
             "exams": {(2025, "mathematics"): [4.0, 31.0], (2025, "latvian"): [9.9]}}  # fmt: skip
    _, results, _ = tables([pupil], 2026)
    assert failed_exams(results, "9", "CE", before=2026)[["exam_year", "failed"]].to_numpy().tolist() == [[2025, 1]]
    absent = results.assign(status="absent", value=np.nan)
    assert failed_exams(absent, "9", "CE", before=2026).empty  # absent is not zero


def test_without_a_rule_or_outside_its_dates_nobody_is_served() -> None:
    pupils = random_pupils(np.random.default_rng(1), 5)
    for entry in (programme(Rule(), first=date(2026, 6, 1)), programme(Rule()).model_copy(update={"eligible": None})):
        assert (eligible(entry, *tables(pupils, 2026), date(2026, 5, 31))["state"] == NO).all()


def test_a_column_that_is_not_there_leaves_it_open() -> None:
    enrolled, results, marks = tables(random_pupils(np.random.default_rng(2), 5), 2026)
    told = eligible(
        programme(Rule(where={"sen": ("yes",)})), enrolled.drop(columns="sen"), results, marks, date(2026, 5, 31)
    )
    assert set(told["state"]) == {UNKNOWN}
    assert set(told["lacks"]) == {"sen"}
