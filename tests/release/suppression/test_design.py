"""Tables of results of which much is blank: what is published of them, and that no figure goes with it."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.evidence import FIGURES, evidence
from analysis.release import designed, share_blank
from analysis.release.suppression.design import LEFT_OUT, MERGED, MOST_BLANK, tables

TEST = {"municipality_id": "D001", "grade": "9", "test": "CE", "domain": "mathematics", "school_year": 2026}


def table(told: int, blank: int, indicator: str = "attainment", **keys: str) -> pd.DataFrame:
    """Make a table of schools, those with a figure first."""
    figures = {"n": 40, "estimate": 0.1, "low": -0.2, "high": 0.4}
    rows = [TEST | {"school_id": f"S{i}"} | (figures if i < told else {}) | keys for i in range(told + blank)]
    return evidence(pd.DataFrame(rows, columns=[*TEST, "school_id", *keys, *FIGURES]), indicator=indicator, unit="sd")


def test_a_table_with_few_blanks_keeps_them():
    rows = table(17, 3)
    pd.testing.assert_frame_equal(designed(rows), rows)


def test_more_than_that_become_one_row_that_says_how_many():
    published = designed(table(16, 4))
    assert published["school_id"].tolist() == [*(f"S{i}" for i in range(16)), ""]
    (one,) = published.iloc[16:].itertuples()
    assert (one.indicator, one.part, one.n, one.estimate) == ("table_rows", "attainment:school:sd", 20, 4.0)
    assert one.method == MERGED


def test_a_table_with_nothing_to_tell_is_left_out():
    published = designed(table(0, 3))
    assert published["method"].tolist() == [LEFT_OUT]
    assert published["estimate"].tolist() == [3.0]


def test_each_form_test_and_reference_is_a_table_of_its_own():
    other = table(4, 0).assign(domain="latvian")
    country = table(4, 0).assign(reference="country")
    groups = table(4, 0).assign(school_id="", group=[f"sex={i}" for i in range(4)])
    rows = pd.concat([table(4, 4), other, country, groups], ignore_index=True)
    assert tables(rows)["n"].tolist() == [8]


def test_a_group_that_is_named_keeps_its_row_and_its_words():
    named = table(1, 3, "support_group", group="sex=boy", part="headline").assign(school_id="")
    assert designed(named)["group"].tolist() == ["sex=boy"] * 4


@pytest.mark.parametrize("keys", [{"municipality_id": ""}, {"population": "respondents"}, {"indicator": "need"}])
def test_what_is_not_of_results_is_left_alone(keys):
    rows = table(0, 3).assign(**keys)
    assert len(designed(rows)) == 3


def test_the_share_blank_is_the_same_before_and_after_and_counts_each_row():
    rows = pd.concat([table(6, 2), table(0, 4, "growth")], ignore_index=True)
    assert share_blank(rows) == share_blank(designed(rows)) == 50.0
    assert share_blank(rows.iloc[:0]) == 0.0
    assert share_blank(pd.concat([rows, table(0, 9, "data_note")])) == 50.0  # no figures of anybody


_TABLES = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.booleans()), max_size=5)


@settings(deadline=None, max_examples=25)
@given(_TABLES)
def test_every_figure_stays_and_no_table_is_left_with_too_many_blanks(given_tables):
    parts = [
        table(told, blank, "high_result_share" if other else "attainment").assign(domain=f"d{i}")
        for i, (told, blank, other) in enumerate(given_tables)
    ]
    rows = pd.concat([table(1, 0), *parts], ignore_index=True)
    published = designed(rows)
    own = published[published["indicator"] != "table_rows"]
    pd.testing.assert_frame_equal(
        own[own["n"].notna()].reset_index(drop=True), rows[rows["n"].notna()].reset_index(drop=True)
    )
    assert (own["n"].isna().groupby([own["indicator"], own["domain"]]).mean() <= MOST_BLANK).all()
    assert share_blank(published) == pytest.approx(share_blank(rows))


@settings(deadline=None, max_examples=25)
@given(_TABLES, st.randoms())
def test_what_goes_follows_from_what_is_blank_alone(given_tables, random):
    parts = [table(told, blank).assign(domain=f"d{i}") for i, (told, blank, _) in enumerate(given_tables)]
    rows = pd.concat([table(1, 0), *parts], ignore_index=True)
    other = rows.assign(n=[pd.NA if pd.isna(n) else random.randint(5, 99) for n in rows["n"]])
    keys = ["school_id", "domain", "part", "estimate"]
    pd.testing.assert_frame_equal(designed(rows)[keys], designed(other.astype({"n": "Int64"}))[keys])
