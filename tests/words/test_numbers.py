"""Numbers, intervals and dates as readers of Latvian and English expect them."""

import datetime
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.words.numbers import MINUS, NBSP, WITHHELD, date, listed, number, percent, school_year, span, tied

NUMBERS = [
    (0, 0, "0", "0"),
    (3.5, 1, "3,5", "3.5"),
    (-0.29, 2, "−0,29", "−0.29"),
    (999, 0, "999", "999"),
    (9876.5, 1, "9\u00a0876,5", "9\u00a0876.5"),
    (1234567, 0, "1\u00a0234\u00a0567", "1\u00a0234\u00a0567"),
    (-0.004, 2, "0,00", "0.00"),
    (0.125, 2, "0,12", "0.12"),
]


@pytest.mark.parametrize(("value", "decimals", "latvian", "english"), NUMBERS)
def test_numbers(value: float, decimals: int, latvian: str, english: str) -> None:
    assert number(value, "lv", decimals) == latvian
    assert number(value, "en", decimals) == english


@pytest.mark.parametrize(
    ("value", "text"), [(0.3, "+0,3"), (-0.3, "−0,3"), (0.0, "0,0"), (0.04, "0,0"), (-0.04, "0,0")]
)
def test_a_signed_number_that_rounds_to_zero_has_no_sign(value: float, text: str) -> None:
    assert number(value, "lv", 1, signed=True) == text


@pytest.mark.parametrize("missing", [None, math.nan, np.nan, pd.NA])
def test_a_missing_number_is_the_one_sign_for_what_is_withheld(missing: object) -> None:
    assert (
        number(missing, "lv", 1)
        == percent(missing, "en")
        == span(missing, 1, "lv")
        == span(0, missing, "en")
        == WITHHELD
    )


def test_percents() -> None:
    assert percent(15, "lv") == f"15{NBSP}%"
    assert percent(15, "en") == "15%"
    assert percent(7.25, "lv", 1) == f"7,2{NBSP}%"


def test_intervals_in_words() -> None:
    assert span(-0.29, -0.13, "lv", 2).replace(NBSP, " ") == "no −0,29 līdz −0,13"
    assert span(-0.29, -0.13, "en", 2) == "−0.29 to −0.13"
    assert span(5, 9.5, "lv", 1, unit="percent").replace(NBSP, " ") == "no 5,0 līdz 9,5 %"
    assert span(5, 9.5, "en", 1, unit="percent") == "5.0 to 9.5%"


def test_an_interval_in_latvian_breaks_between_its_ends_alone() -> None:
    assert span(-1000, 1000, "lv").split(" ") == ["no\u00a0−1\u00a0000", "līdz\u00a01\u00a0000"]


def test_school_years_and_dates() -> None:
    assert (school_year(2026, "lv"), school_year(2026, "en")) == ("2025./2026.", "2025/26")
    assert (school_year(2000, "lv"), school_year(2000, "en")) == ("1999./2000.", "1999/00")
    day = datetime.date(2026, 11, 23)
    assert (date(day, "lv"), date(day, "en")) == (f"2026.{NBSP}gada 23.{NBSP}novembris", "23 November 2026")


def test_words_are_listed() -> None:
    assert listed([], "lv") == ""
    assert listed(["a"], "lv") == "a"
    assert (listed(["a", "b", "c"], "lv"), listed(["a", "b", "c"], "en")) == ("a, b un c", "a, b and c")


@given(st.floats(-1e9, 1e9), st.sampled_from(["lv", "en"]), st.integers(0, 4), st.booleans())
def test_a_printed_number_can_be_read_back(value: float, language: str, decimals: int, signed: bool) -> None:
    text = number(value, language, decimals, signed=signed)
    point = "," if language == "lv" else "."
    plain = text.replace(NBSP, "").replace(MINUS, "-").replace(point, ".")
    assert float(plain) == round(value, decimals)
    assert "-" not in text
    assert ("," if language == "en" else ".") not in text
    assert text.count(point) == (decimals > 0)
    whole = text.lstrip("+−").split(point)[0].split(NBSP)
    assert len(whole[0]) <= 3
    assert all(len(group) == 3 for group in whole[1:])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("6. klase", ["6.~klase"]),
        ("2026. gadā un 2025./2026. m. g.", ["2026.~gadā", "un", "2025./2026.~m.~g."]),
        ("Tie ir 12. Nākamie", ["Tie", "ir", "12.", "Nākamie"]),
        ("no 3,5 līdz 4. ēkas", ["no", "3,5", "līdz", "4.~ēkas"]),
        ("16. (3. vieta)", ["16.", "(3.~vieta)"]),
    ],
)
def test_an_ordinal_number_never_parts_from_its_noun(text: str, words: list[str]) -> None:
    assert tied(text).split(" ") == [word.replace("~", NBSP) for word in words]
    assert tied(tied(text)) == tied(text)
