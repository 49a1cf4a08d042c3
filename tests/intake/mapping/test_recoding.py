"""What a map does to the values of a column, step by step."""

import numpy as np
import pandas as pd
import pytest

from analysis.faults import Fault
from analysis.intake.mapping.maps import ColumnRule
from analysis.intake.mapping.recoding import changed, coalesced, school_year, text_of, too_short, unnamed_codes
from analysis.intake.reading.rawtable import RawTable


def steps(values: list[str], **rule: object) -> list[str]:
    column = pd.Series(values, dtype="str")
    raw = RawTable("a.csv", pd.DataFrame({"x": column}), np.arange(len(values)) + 2)
    return changed(column, ColumnRule.model_validate({"from": "x"} | rule), raw).tolist()


@pytest.mark.parametrize(
    ("text", "ends", "starts"),
    [
        ("2022./2023.", "2023", "2023"), ("2022_2023", "2023", "2023"), ("2017/18", "2018", "2018"), ("1999/00", "2000", "2000"),
        ("2025./2026. m.g.", "2026", "2026"), ("2023", "2023", "2024"), ("2023.", "2023", "2024"),
        ("2020/2023", "2020/2023", "2020/2023"), ("23", "23", "23"), ("", "", ""),
        ("2020/2021/2022", "2020/2021/2022", "2020/2021/2022"),
    ],
)  # fmt: skip
def test_school_years_are_named_by_the_year_they_end_in(text: str, ends: str, starts: str) -> None:
    assert school_year(text, starts=False) == ends
    assert school_year(text, starts=True) == starts


def test_codes_are_exchanged_others_stay_or_become_the_default_and_empty_stays_empty() -> None:
    assert steps(["F", "X", ""], recode={"F": "girl"}) == ["girl", "X", ""]
    assert steps(["F", "X", ""], recode={"F": "girl"}, default="boy") == ["girl", "boy", ""]
    assert steps(["F", ""], recode={"F": "girl", "": "boy"}) == ["girl", "boy"]


def test_a_status_is_made_of_a_score() -> None:
    assert steps(["5", "0", ""], filled="present", default="absent") == ["present", "present", "absent"]


def test_leading_words_are_taken_off_before_codes_are_exchanged() -> None:
    rule = {"strip_prefix": ["Centralizētais eksāmens ", "CE "], "recode": {"Matemātika": "mathematics"}}
    assert steps(["Centralizētais eksāmens Matemātika", "CE Matemātika", "Matemātika"], **rule) == ["mathematics"] * 3


def test_units_are_converted_by_factor_and_shift_and_text_is_left_for_the_checks() -> None:
    assert steps(["0,5", "1", "", "x"], factor=100) == ["50", "100", "", "x"]
    assert steps(["32"], factor=0, shift=7) == ["7"]
    assert steps(["0.1"], factor=3) == ["0.3"]


def test_an_unknown_id_becomes_one_of_its_own_in_every_row() -> None:
    ids = steps(["0", "17", "", "0"], unknown=["0"])
    assert ids[1] == "17"
    assert len(set(ids)) == 4
    assert all(i.startswith("?") for i in (ids[0], ids[2], ids[3]))


def test_the_first_filled_of_several_columns_counts_and_signs_of_absence_do_not() -> None:
    columns = [pd.Series(["N/D", " a ", ""], dtype="str"), pd.Series(["x", "y", "…"], dtype="str")]
    assert coalesced(columns, ["N/D", "…"]).tolist() == ["x", "a", ""]
    assert coalesced([], []) is None


def test_words_and_columns_make_a_text() -> None:
    frame = pd.DataFrame({"d": ["1", " 2"], "s": ["7", "8"]}, dtype="str")
    assert text_of(frame, "Skola {d}-{s}!").tolist() == ["Skola 1-7!", "Skola 2-8!"]


def test_dates_of_the_maps_form_become_year_month_day_and_others_are_left_for_the_checks() -> None:
    assert steps(["01.09.2024", "", "2024-09-01", "32.13.2024"], date="%d.%m.%Y") == [
        "2024-09-01", "", "2024-09-01", "32.13.2024",
    ]  # fmt: skip


def short(values: list[str], **rule: object) -> list[Fault]:
    raw = RawTable("a.csv", pd.DataFrame({"x": pd.Series(values, dtype="str")}), np.arange(len(values)) + 2)
    return too_short(raw.frame["x"], ColumnRule.model_validate({"from": "x"} | rule), raw)


def test_digits_fewer_than_the_width_have_lost_their_zeros_and_the_id_is_not_shown() -> None:
    (fault,) = short(["0023000", "23000", "123", "LV23", ""], width=7)
    assert (fault.code, fault.line, fault.column) == ("I01", 3, "x")
    assert fault.facts == {"found": "3, 5", "expected": 7, "count": 2}
    assert short(["0023000"], width=7) == []
    assert short(["1"]) == []


@pytest.mark.parametrize(
    ("table", "target", "more", "told"),
    [
        ("results", "domain", {}, True),
        ("results", "domain", {"default": "other"}, False),  # the map says what others are
        ("results", "status", {}, False),  # a closed list: V15 says it
        ("results", "score", {}, False),  # a number: V05 says it
    ],
)
def test_values_that_a_recode_does_not_name_are_told_where_nothing_else_would(
    table: str, target: str, more: dict[str, str], told: bool
) -> None:
    raw = RawTable(
        "a.csv", pd.DataFrame({"x": ["mat", "lat", "", "lat", "mathematics"]}, dtype="str"), np.arange(5) + 2
    )
    column = ColumnRule.model_validate({"from": "x", "recode": {"mat": "mathematics"}} | more)
    faults = unnamed_codes(raw, table, target, column, [])
    assert [(f.code, f.line, f.facts) for f in faults] == [("M09", 3, {"count": 2, "different": 1})] * told
