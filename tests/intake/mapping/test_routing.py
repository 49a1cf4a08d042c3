"""Every row of a file is some rule's, or left out with a reason and counted; none disappears."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.faults import render
from analysis.intake.mapping.routing import routed
from analysis.intake.mapping.rules import FileRule
from analysis.intake.reading.rawtable import RawTable

WHY = {"lv": "iemesls", "en": "reason"}


def raw(**columns: list[str]) -> RawTable:
    frame = pd.DataFrame(columns, dtype="str")
    return RawTable("a.csv", frame, np.arange(len(frame)) + 2)


def rule(**rest: object) -> FileRule:
    return FileRule.model_validate({"pattern": "a.csv", "tables": {"results": {"pupil_id": "Kods"}}} | rest)


TYPES = raw(Tips=["CE", "DD", " CE ", "MD"], Kods=["1", "2", "3", "4"])


def test_a_value_decides_which_rule_takes_a_row() -> None:
    parts, excluded, faults = routed(TYPES, [rule(when={"Tips": ["CE"]}), rule(when={"Tips": ["DD", "MD"]})])
    assert [part.lines.tolist() for part in parts] == [[2, 4], [3, 5]]
    assert (excluded, faults) == ([], [])


def test_of_several_columns_all_must_fit() -> None:
    table = raw(Tips=["CE", "CE"], Klase=["9", "12"])
    (part, _), _, faults = routed(table, [rule(when={"Tips": ["CE"], "Klase": ["12"]}), rule(when={"Klase": ["9"]})])
    assert part.lines.tolist() == [3]
    assert faults == []


def test_rows_that_no_rule_takes_are_a_fault_with_the_values_expected_and_not_the_one_found() -> None:
    table = raw(Tips=["CE", "Slepens", "DD"], Kods=["1", "2", "3"])
    _, _, (fault,) = routed(table, [rule(when={"Tips": ["CE"]}), rule(when={"Tips": ["DD"]})])
    assert (fault.code, fault.line, fault.column, fault.facts) == ("M03", 3, "Tips", {"count": 1, "expected": "CE, DD"})
    assert "Slepens" not in render(fault)


def test_the_first_rule_may_leave_out_rows_that_nobody_takes() -> None:
    table = raw(Tips=["CE", "", "Kopā"], Kods=["1", "2", "3"])
    out = [{"column": "Tips", "in": ["", "Kopā"], "reason": WHY}]
    parts, excluded, faults = routed(table, [rule(when={"Tips": ["CE"]}, exclude=out)])
    assert parts[0].lines.tolist() == [2]
    assert [e.count for e in excluded] == [2]
    assert [f.code for f in faults] == ["D04"]


def test_rows_are_kept_where_a_column_is_one_of_some_values_and_the_others_counted() -> None:
    keep = [{"column": "Tips", "in": ["CE"], "reason": WHY}]
    parts, excluded, faults = routed(TYPES, [rule(keep=keep)])
    assert parts[0].lines.tolist() == [2, 4]
    assert [(e.count, e.reason) for e in excluded] == [(2, WHY)]
    assert "(2): iemesls" in render(faults[0])


def test_a_row_is_counted_once_by_the_first_reason() -> None:
    both = [{"column": "Tips", "in": ["DD"], "reason": WHY}, {"column": "Kods", "in": ["2", "4"], "reason": WHY}]
    _, excluded, _ = routed(TYPES, [rule(exclude=both)])
    assert [e.count for e in excluded] == [1, 1]


def test_conditions_that_leave_nothing_are_told_with_their_columns() -> None:
    _, _, faults = routed(TYPES, [rule(keep=[{"column": "Tips", "in": ["Ce"], "reason": WHY}])])
    fault = next(f for f in faults if f.code == "M05")
    assert "Tips" in render(fault)
    assert "results" in render(fault)


@given(
    st.lists(st.sampled_from(["A", "B", "C", ""]), min_size=1, max_size=12),
    st.lists(st.lists(st.sampled_from(["A", "B", "C", ""]), max_size=3, unique=True), min_size=1, max_size=3),
    st.lists(st.sampled_from(["A", "B", "C", ""]), max_size=2),
)
@settings(deadline=None)
def test_every_row_is_taken_left_out_or_told(cells: list[str], routes: list[list[str]], out: list[str]) -> None:
    """Counted against plain loops: a row is in some part, among the excluded ones of some rule, or behind M03."""
    excludes = [{"column": "x", "in": out, "reason": WHY}] if out else []
    rules = [rule(when={"x": values}, exclude=excludes) for values in routes]
    parts, _, faults = routed(raw(x=cells), rules)
    taken = {int(line) for part in parts for line in part.lines}
    homeless = next((int(str(f.facts["count"])) for f in faults if f.code == "M03"), 0)
    named = {value for values in routes for value in values}
    assert taken == {i + 2 for i, cell in enumerate(cells) if cell in named and cell not in out}
    assert homeless == sum(cell not in named and cell not in out for cell in cells)


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ({"exclude": [{"column": "a", "in": [], "reason": WHY}]}, "at least 1"),
        ({"keep": [{"column": "a", "in": ["x"], "reason": {"lv": "a"}}]}, "lv, en"),
    ],
)
def test_a_condition_needs_values_and_a_reason_in_both_languages(bad: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        rule(**bad)
