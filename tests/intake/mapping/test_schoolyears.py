"""A column of school years keeps to one form."""

import pandas as pd
import pytest

from analysis.intake.mapping.schoolyears import is_school_year, mixed_years, year_form


def mixed(*texts: str) -> list[tuple[str, int | None, object]]:
    faults = mixed_years("a.csv", "Gads", pd.Series(texts, dtype="str"), range(2, 2 + len(texts)))
    return [(f.code, f.line, f.facts["expected"]) for f in faults]


@pytest.mark.parametrize(
    "text", ["2022./2023.", "2022_2023", "2017/18", "2025./2026. m.g.", "2025/2026", "2023.", "2022–2023", "2023. g."]
)
def test_forms_of_school_years(text: str) -> None:
    assert is_school_year(text)


@pytest.mark.parametrize("text", ["2023", "22/23", "x", "", "1/2", "2022/23/24", "202"])
def test_what_is_none_or_needs_no_telling(text: str) -> None:
    assert not is_school_year(text)


def test_other_digits_are_the_same_form() -> None:
    assert year_form("2022./2023.  m.g.") == year_form("2017./2018. M.G.")
    assert year_form("2023") != year_form("2022/2023")


def test_one_form_is_sound_and_of_two_the_rarer_is_told_with_the_form_of_the_rest() -> None:
    assert mixed("2022./2023.", "2021./2022.", "") == []
    assert mixed("2023", "2022") == []
    assert mixed("2022./2023.", "2023", "2021./2022.") == [("V16", 3, "2022./2023.")]
