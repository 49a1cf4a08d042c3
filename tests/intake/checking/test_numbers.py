"""A cell is a number as people write it, or none: nothing that only a program would read."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.intake.checking.numbers import LARGEST, number, percent, shown_number, why_no_number


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


def test_numbers_too_large_to_tell_from_their_neighbours_are_none() -> None:
    assert number("999999999999999") == 999999999999999
    assert math.isnan(number("1000000000000000"))
    assert math.isnan(number("9" * 400))


@settings(deadline=None)
@given(st.integers(-int(LARGEST) + 1, int(LARGEST) - 1))
def test_every_whole_number_that_is_read_is_read_exactly(whole: int) -> None:
    assert int(number(str(whole))) == whole


@settings(deadline=None)
@given(st.text(max_size=12))
def test_no_text_makes_it_fail_and_what_is_no_number_has_a_class(text: str) -> None:
    value, in_percent = number(text), percent(text)
    assert math.isnan(value) or abs(value) < LARGEST
    assert math.isnan(value) or math.isnan(in_percent)
    assert why_no_number(text) in ("V05", "V06", "V07", "V08")


@settings(deadline=None)
@given(st.from_regex(r"[-+0-9.,_xXeEoO %nafNAFi]{1,8}", fullmatch=True))
def test_what_python_reads_and_people_do_not_write_is_never_read_in_silence(text: str) -> None:
    value = number(text)
    if not math.isnan(value):
        plain = text.strip().replace(" ", "").replace(",", ".")
        assert float(plain) == value
        assert not set(plain) & set("_xXeEoO%nafNAFi")


@pytest.mark.parametrize(
    ("text", "value"), [("64,5 %", 64.5), ("31%", 31), ("7\u00a0%", 7), ("1 234,5%", 1234.5), ("-3 %", -3), ("5％", 5)]
)
def test_a_number_before_a_percent_sign(text: str, value: float) -> None:
    assert percent(text) == value
    assert math.isnan(number(text))


@pytest.mark.parametrize("text", ["64,5", "%", "x %", "5 %%", "% 5", "1e3 %", "5 ‰"])
def test_what_is_no_percentage(text: str) -> None:
    assert math.isnan(percent(text))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *((word, "V06") for word in ("NaN", "nan", "inf", "-Infinity", "NULL", "None", "N/D", "#N/A", "#DIV/0!", "NA", "∞")),
        ("9" * 20, "V06"), ("1,5e400", "V07"),
        *((form, "V07") for form in ("0x1F", "0b101", "0o17", "1_000", "1e3", "1.5E-4", "1,2E+11", "5L", "3j")[:7]),
        *((digits, "V08") for digits in ("٣١", "３１", "½", "x²", "৫", "Ⅷ")),
        *((text, "V05") for text in ("x", "5x", "n", "1,5,6", "12 34", "", "-", "1.", "Anna")),
    ],
)  # fmt: skip
def test_the_class_of_a_cell_that_is_no_number(text: str, code: str) -> None:
    assert why_no_number(text) == code


def test_only_known_words_are_repeated() -> None:
    assert shown_number(" NULL ") == "NULL"
    assert shown_number("Anna") is None
