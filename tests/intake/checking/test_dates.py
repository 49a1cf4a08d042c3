"""A column of dates keeps to one form, and nobody guesses which number is the day."""

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.intake.checking.dates import FORMS, parse_dates

DATES = st.dates(date(1900, 1, 1), date(2199, 12, 31))


def parsed(*texts: str, fmt: str | None = None) -> list[str]:
    """The dates as year-month-day, or the class of fault."""
    column = pd.Series(texts, dtype="str")
    found = parse_dates(column, fmt)
    return [
        found.codes.get(text.strip()) or ("" if pd.isna(day) else str(day.date()))
        for text, day in zip(texts, found.values, strict=True)
    ]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2025-04-03", "2025-04-03"), (" 2025-4-3 ", "2025-04-03"), ("2025-04-03 00:00:00", "2025-04-03"),
        ("2025-04-03T00:00:00", "2025-04-03"), ("03.04.2025", "2025-04-03"), ("3.4.2025.", "2025-04-03"),
        ("03. 04. 2025.", "2025-04-03"), ("2025.04.03.", "2025-04-03"), ("2025/04/03", "2025-04-03"),
        ("31/12/2024", "2024-12-31"), ("12/31/2024", "2024-12-31"), ("31-12-2024", "2024-12-31"), ("", ""),
        ("29.02.2024", "2024-02-29"),
    ],
)  # fmt: skip
def test_forms_that_mean_one_day(text: str, day: str) -> None:
    assert parsed(text) == [day]


@pytest.mark.parametrize(
    "text", ["29.02.2023", "2025-13-01", "31/04/2025", "00.01.2025", "rīt", "2025", "1/2", "03.04.0025"]
)
def test_what_is_no_day_of_the_calendar(text: str) -> None:
    assert parsed(text) == ["V14"]


@pytest.mark.parametrize("text", ["03/04/2025", "03-04-2025", "03.04.25", "31.12.24"])
def test_what_leaves_the_day_open(text: str) -> None:
    assert parsed(text) == ["V12"]


def test_day_and_month_of_one_number_leave_nothing_open() -> None:
    assert parsed("04/04/2025", "03/04/2025") == ["2025-04-04", "V12"]


def test_one_decisive_date_decides_its_column() -> None:
    assert parsed("03/04/2025", "30/04/2025") == ["2025-04-03", "2025-04-30"]
    assert parsed("03/04/2025", "04/30/2025") == ["2025-03-04", "2025-04-30"]


def test_where_both_orders_are_proved_the_fewer_and_the_open_ones_are_told() -> None:
    assert parsed("30/04/2025", "29/04/2025", "04/30/2025", "03/04/2025") == ["2025-04-30", "2025-04-29", "V11", "V12"]


def test_of_several_forms_the_fewer_are_told() -> None:
    assert parsed("2025-04-03", "2025-04-04", "03.04.2025") == ["2025-04-03", "2025-04-04", "V11"]
    found = parse_dates(pd.Series(["03.04.2025", "04.04.2025", "2025-04-03"], dtype="str"))
    assert (found.forms, found.expected) == ({"2025-04-03": "2025-04-30"}, "30.04.2025.")


def test_serial_numbers_of_excel_are_told_unless_the_map_declares_them() -> None:
    assert parsed("45777", "2025-04-03") == ["V11", "2025-04-03"]
    assert parsed("45777", "45778") == ["V11", "V11"]
    assert parsed("45777", "45778.0", fmt="excel") == ["2025-04-30", "2025-05-01"]


def test_a_declared_format_is_the_only_one() -> None:
    assert parsed("03/04/2025", "03-04-2025", "31/02/2025", "", fmt="%d/%m/%Y") == ["2025-04-03", "V11", "V14", ""]
    assert parsed("04/03/25", fmt="%m/%d/%y") == ["2025-04-03"]


@settings(deadline=None, max_examples=60)
@given(
    st.lists(DATES, min_size=1, max_size=8),
    st.sampled_from(["%Y-%m-%d", "%d.%m.%Y", "%d.%m.%Y.", "%Y.%m.%d.", "%Y/%m/%d"]),
)
def test_a_column_of_one_plain_form_is_read_as_it_was_written(days: list[date], form: str) -> None:
    assert parsed(*(day.strftime(form).replace(day.strftime("%Y"), f"{day.year:04d}") for day in days)) == [
        str(d) for d in days
    ]


@settings(deadline=None, max_examples=60)
@given(st.lists(DATES, min_size=1, max_size=8))
def test_a_column_of_slashes_is_read_rightly_or_told_and_never_turned_round(days: list[date]) -> None:
    for day, read in zip(days, parsed(*(f"{d.day:02d}/{d.month:02d}/{d.year}" for d in days)), strict=True):
        assert read in (str(day), "V12")


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.tuples(DATES, st.sampled_from(["%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%Y-%m-%d"])), min_size=1, max_size=8
    )
)
def test_a_mixed_column_is_never_read_wrongly_without_a_word(cells: list[tuple[date, str]]) -> None:
    """Two orders in one column: a date that both may mean is never silently the other one where both are proved."""
    read = parsed(*(day.strftime(form) for day, form in cells))
    proved = {form[1] for day, form in cells if "/" in form and day.day > 12}
    for (day, form), result in zip(cells, read, strict=True):
        if "/" not in form or len(proved) > 1 or not proved:
            assert result in (str(day), "V11", "V12", "V14")


@settings(deadline=None, max_examples=100)
@given(st.lists(st.text(max_size=14), max_size=6), st.sampled_from([None, "%d.%m.%Y", "excel"]))
def test_no_text_makes_it_fail(texts: list[str], fmt: str | None) -> None:
    found = parse_dates(pd.Series(texts, dtype="str"), fmt)
    assert len(found.values) == len(texts)
    assert str(found.values.dtype) == "datetime64[ns]"
    assert set(found.codes.values()) <= {"V11", "V12", "V14"}


@settings(deadline=None, max_examples=40)
@given(st.integers(20000, 69999))
def test_a_serial_number_counts_days_as_excel_does(serial: int) -> None:
    assert parsed(str(serial), fmt="excel") == [str(date(1899, 12, 30) + timedelta(days=serial))]


def test_every_form_gives_an_example_of_itself() -> None:
    for form in FORMS[:-1]:
        assert form.pattern.fullmatch(form.name), form.name
