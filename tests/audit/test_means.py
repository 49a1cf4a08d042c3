"""Published rows are read as means on the scale they were printed in; models' estimates are not."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.audit.aside import Aside
from analysis.audit.means import measure_of, scores_of
from analysis.audit.results import Book
from analysis.evidence import evidence
from analysis.params import load_params

DIMS = {"period": ("2025", "2026:0", "2026:20", "2026:60"), "school": ("A", "B"), "sex": ("boy", "girl")}
REFERENCE = pd.DataFrame(
    {"school_year": [2025, 2026, 2026], "grade": ["9", "9", "6"], "test": "CE", "domain": "mathematics", "level": "",
     "mean": [45.0, 60.0, 1.0], "sd": [20.0, 10.0, 1.0]}
)  # fmt: skip


def row(
    estimate: float, unit: str = "sd", indicator: str = "attainment", reference: str = "country", **columns
) -> pd.DataFrame:
    keys = {
        "municipality_id": "D001",
        "grade": "9",
        "test": "CE",
        "domain": "mathematics",
        "school_year": 2026,
        "n": 40,
    }
    return evidence(
        pd.DataFrame([keys | {"estimate": estimate} | columns]), indicator=indicator, unit=unit, reference=reference
    )


def book(*frames: pd.DataFrame, percents: bool = True) -> Book:
    years = [row(50.0, "percent", reference="", school_year=year) for year in (2025, 2026)] if percents else []
    rows = pd.concat([*years, *frames], ignore_index=True).assign(file="x")
    return Book(rows, (2025, 2026), frozenset({2025, 2026}), {2026: (0.0, 20.0, 60.0)}, load_params(), Aside())


def said(one: Book, reference: pd.DataFrame | None = REFERENCE) -> dict:
    """What is read beside the two means in percent: group → ends, unit."""
    scores = scores_of(one, DIMS, measure_of(one, reference))
    return {
        tuple((name, *sorted(levels)) for name, levels in mean.group.items()): (mean.low, mean.high, mean.unit)
        for mean in (scores.means if scores else ()) if mean.unit != "percent"
    }  # fmt: skip


def near(low: float, high: float, unit: str) -> tuple:
    return (pytest.approx(low, abs=1e-6), pytest.approx(high, abs=1e-6), unit)


def test_a_mean_of_a_school_and_of_a_group_in_it():
    one = book(
        row(0.25, school_id="A", year_from=2025),
        row(-0.4, indicator="school_group", school_id="B", group="sex=boy", year_from=2025),
    )
    assert said(one) == {
        (("school", "A"),): near(0.245, 0.255, "sd"),
        (("school", "B"), ("sex", "boy")): near(-0.405, -0.395, "sd"),
    }


def test_what_a_model_says_and_what_is_withheld_is_no_mean():
    one = book(
        row(0.25, indicator="group_gap", group="sex=boy", year_from=2025),
        row(0.1, indicator="behind_as_a_whole", year_from=2025),
        row(float("nan"), school_id="A", year_from=2025),
    )  # fmt: skip
    assert said(one) == {}


def test_a_distance_tells_the_mean_of_all_beside_the_schools_own():
    apart = row(0.1, school_id="A", year_from=2025, reference="municipality")
    own = row(0.25, school_id="A", year_from=2025)
    assert said(book(apart)) == {}
    assert said(book(apart, own)) == {(("school", "A"),): near(0.245, 0.255, "sd"), (): near(0.14, 0.16, "sd")}
    other = row(-0.11, school_id="B", year_from=2025, reference="municipality")
    both = said(book(apart, own, other, row(0.05, school_id="B", year_from=2025)))
    assert both[()] == near(0.15, 0.16, "sd")  # 0.14 to 0.16, and 0.15 to 0.17


def test_a_distance_in_percent_tells_the_schools_mean_beside_that_of_all():
    apart = row(4.0, "percent", school_id="A", reference="municipality")
    one = book(apart)
    means = scores_of(one, DIMS, measure_of(one, None)).means
    assert [(m.low, m.high) for m in means if "school" in m.group] == [pytest.approx((53.9, 54.1))]


def test_results_are_percents_between_cuts_where_the_countrys_numbers_are_known():
    one = book(row(0.25, school_id="A", year_from=2025))
    measure = measure_of(one, REFERENCE)
    scores = scores_of(one, DIMS, measure)
    assert measure.column == "value"
    assert measure.scales["sd"] == {2025: (45.0, 20.0), 2026: (60.0, 10.0)}
    assert scores.ends == {"2025": (0, 100), "2026:0": (0, 20), "2026:20": (20, 60), "2026:60": (60, 100)}


def test_otherwise_places_are_the_results_and_no_cut_of_percents_bounds_them():
    pool = pd.DataFrame({"value": [300.0], "position": [1.5], "points": [20.0]})
    for one, reference in (
        (book(row(0.25, school_id="A", year_from=2025)), None),
        (book(row(0.25, school_id="A", year_from=2025), percents=False), REFERENCE),
    ):
        measure = measure_of(one, reference)
        assert measure.column == "position"
        assert measure.of_pupils(pool).tolist() == [30.0]
        assert set(scores_of(one, DIMS, measure).ends.values()) == {(-200.0, 200.0)}
        assert said(one, reference) == {(("school", "A"),): near(0.245, 0.255, "sd")}


def test_a_pool_with_a_year_of_which_the_country_is_not_known_is_no_row():
    assert said(book(row(0.25, school_id="A", year_from=2025)), REFERENCE[REFERENCE["school_year"] == 2026]) == {}


OUTSIDE = {"school_id": "A", "school_year": 2026, "n": 12, "band": np.nan, "mean_score": 36.5, "score_max": 50.0}


def known(outside: list[dict], *earlier: pd.DataFrame) -> list[tuple]:
    """Group, ends and source of the means that are known without the pages."""
    before = pd.concat(earlier, ignore_index=True).assign(file="issue") if earlier else Aside().earlier
    one = replace(book(), aside=Aside(pd.DataFrame(outside, columns=list(OUTSIDE)), before))
    found = scores_of(one, DIMS, measure_of(one, REFERENCE), beside=True).means
    assert known_apart(one) == len(found) - sum(bool(mean.source) for mean in found)
    return [
        (sorted(mean.group.get("school", ())), pytest.approx((mean.low, mean.high)), mean.source)
        for mean in found
        if mean.source
    ]


def known_apart(one: Book) -> int:
    return len(scores_of(one, DIMS, measure_of(one, REFERENCE)).means)


def test_published_means_of_schools_are_known_to_half_their_last_digit():
    assert known([OUTSIDE]) == [(["A"], (72.9, 73.1), "public")]
    two = known([OUTSIDE, OUTSIDE | {"school_year": 2025, "mean_score": 36.25}])
    assert two == [(["A"], (72.99, 73.01), "public"), (["A"], (72.49, 72.51), "public")]


@pytest.mark.parametrize(
    "change",
    [{"band": 7.0}, {"school_id": "elsewhere"}, {"school_year": 2020}, {"mean_score": np.nan}, {"score_max": np.nan}],
)
def test_a_published_number_that_is_no_mean_of_ours_tells_none(change):
    assert known([OUTSIDE | change]) == []


def test_means_that_an_earlier_issue_told_are_known():
    assert known([], row(0.25, school_id="B", year_from=2025)) == [(["B"], (0.245, 0.255), "earlier")]
