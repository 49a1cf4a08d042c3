"""A cell is a number as people write it, or none: nothing that only a program would read."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.intake.numbers import number


@settings(deadline=None)
@given(st.integers(-(10**9), 10**9), st.integers(0, 999), st.sampled_from(".,"))
def test_either_decimal_mark_is_read(whole: int, thousandths: int, mark: str) -> None:
    assert number(f"{whole}{mark}{thousandths:03d}") == pytest.approx(float(f"{whole}.{thousandths:03d}"))


@pytest.mark.parametrize(
    ("text", "value"),
    [(" 64,5 ", 64.5), ("−3", -3), ("+3", 3), ("1 234", 1234),
     ("12\u00a0345\u00a0678,5", 12345678.5), ("1\u202f234", 1234), ("007", 7)],
)  # fmt: skip
def test_forms_that_people_write(text: str, value: float) -> None:
    assert number(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "n",
        "NaN",
        "inf",
        "1e3",
        "0x1F",
        "1_000",
        "٣١",
        "6 4",
        "12 34",
        "1,5,6",
        "1.234,5",
        "5%",
        "..",
        "1.",
        ".5",
        "2022./2023.",
    ],
)
def test_what_is_no_number_or_has_two_readings(text: str) -> None:
    assert math.isnan(number(text))
