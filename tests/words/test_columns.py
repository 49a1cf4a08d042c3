"""Every table, column and code of the contract is said in both languages."""

import pytest

from analysis.intake.contracts import TABLES, codes, columns, dated, numeric
from analysis.words.columns import _words, about_code, about_column, about_table, example


@pytest.mark.parametrize("language", ["lv", "en"])
@pytest.mark.parametrize("table", TABLES)
def test_every_column_says_what_it_means(table, language):
    assert len(about_table(table, language)) > 15
    for column in columns(table):
        assert about_column(table, column, language), column


def test_a_name_with_two_meanings_is_told_in_the_words_of_its_table():
    assert about_column("results", "status", "en") == "whether the test was sat"
    assert about_column("published", "status", "en") == "official or provisional"


@pytest.mark.parametrize("table", TABLES)
def test_every_code_but_grades_has_words_of_its_own(table):
    for column, known in codes(table).items():
        if column != "grade":
            assert all(about_code(column, code, "lv") for code in known)
            assert [about_code(column, code, "lv") for code in known] != list(known), column


def test_a_grade_stands_for_itself():
    assert about_code("grade", "PS", "lv") == "PS"


@pytest.mark.parametrize("table", TABLES)
def test_examples_have_the_type_and_the_codes_of_their_column(table):
    for column in columns(table):
        value = example(table, column)
        if column in codes(table) and value != "":
            assert value in codes(table)[column], column
        if column in numeric(table) and value != "":
            assert isinstance(value, int | float), column
        if column in dated(table):
            assert str(value)[4] == "-", column


def test_no_words_are_left_over():
    named = {c for t in TABLES for c in columns(t)} | {f"{t}.{c}" for t in TABLES for c in columns(t)}
    assert set(_words()["columns"]) <= named
    assert set(_words()["tables"]) == set(TABLES)
