"""What a reader knows beside the pages: near enough to the truth it is used."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.audit.aside import Aside
from analysis.audit.attack import Limits, attack
from analysis.audit.run import _beside_public
from analysis.audit.sets import Figure, LinkedSet
from analysis.audit.truth import settled

DIMS = {"sex": ("girl", "boy")}
TRUTH = np.array([20.0, 31.0])
BOYS = {"sex": frozenset(["boy"])}


def earlier(n: float, source: str = "earlier") -> LinkedSet:
    return LinkedSet("t", DIMS, (Figure(BOYS, n, n, source=source, slack=4.0),))


@pytest.mark.parametrize(("n", "ends"), [(31, [(31, 31)]), (30, [(26, 34)]), (34, [(30, 38)]), (26, [])])
def test_what_an_issue_told_is_near_the_truth_or_tells_nothing(n, ends):
    assert [(one.low, one.high) for one in settled(earlier(n), TRUTH).figures] == ends


@pytest.mark.parametrize(("n", "ends"), [(26, (26, 26)), (36, (0, 36)), (28, (24, 32)), (31, (31, 31))])
def test_what_others_published_of_many_more_bounds_ours_and_of_fewer_stays_to_be_refused(n, ends):
    assert [(one.low, one.high) for one in settled(earlier(n, source="public"), TRUTH).figures] == [ends]


def test_without_the_truth_all_of_it_is_near():
    assert [(one.low, one.high) for one in settled(earlier(26), None).figures] == [(22, 30)]


def test_without_the_truth_what_the_pages_tell_of_the_same_group_stands_for_it():
    own = Figure(BOYS, 31, 31)
    public, before = (replace(earlier(37, source=source), figures=(own, *earlier(37, source=source).figures))
                      for source in ("public", "earlier"))  # fmt: skip
    assert [(one.low, one.high) for one in settled(public, None).figures] == [(31, 31), (0, 37)]
    assert settled(before, None).figures == (own,)


def test_a_share_that_does_not_hold_any_more_tells_nothing():
    half = Figure({}, 49.9, 50.1, event=BOYS, source="earlier", slack=4.0)
    assert settled(LinkedSet("t", DIMS, (half,)), TRUTH).figures == ()
    assert settled(LinkedSet("t", DIMS, (half,)), np.array([20.0, 20.0])).figures == (half,)


def test_two_issues_together_give_away_what_neither_does():
    """Four boys of A are blank in both; the first issue told the girls of A, the second one their school."""
    dims = {"school": ("A", "B"), "sex": ("girl", "boy")}
    truth = np.array([[12.0, 4.0], [9.0, 8.0]])
    girls = Figure({"school": frozenset("A"), "sex": frozenset(["girl"])}, 12, 12, source="earlier", slack=4.0)
    school = Figure({"school": frozenset("A")}, 16, 16)
    limits = Limits(5, 10, frozenset())
    assert attack(LinkedSet("t", dims, (school,)), truth, limits).found == ()
    assert attack(LinkedSet("t", dims, (girls,)), truth, limits).found == ()
    (both,) = attack(settled(LinkedSet("t", dims, (girls, school)), truth), truth, limits).found
    assert (both.judgement, both.low, both.high) == ("exact", 4, 4)


def test_bands_count_where_the_percent_of_every_pupil_is_known():
    test = {"grade": "9", "test": "CE", "domain": "mathematics", "level": ""}
    outside = pd.DataFrame([test | {"school_id": "A", "school_year": year, "n": 3, "band": 4} for year in (2025, 2026)])
    pupils = pd.DataFrame([test | {"school_year": 2025, "scale": "percent", "value": 45.0},
                           test | {"school_year": 2026, "scale": "percent", "value": np.nan}])  # fmt: skip
    aside = Aside(outside)
    assert aside.of(test, pupils).outside["school_year"].tolist() == [2025]
    assert aside.of(test).outside["school_year"].tolist() == [2025, 2026]
    assert len(aside.of(test | {"grade": "6"}).outside) == 0


def test_a_number_told_beside_a_public_one_that_differs_by_few_is_counted():
    own = Figure(BOYS, 31, 31)
    near, same = (Figure(BOYS, *ends, name="public boys", source="public", slack=4.0) for ends in ((26, 34), (31, 31)))
    assert _beside_public(LinkedSet("t", DIMS, (own, near))) == {"public boys"}
    assert _beside_public(LinkedSet("t", DIMS, (own, same))) == set()
    assert _beside_public(LinkedSet("t", DIMS, (near,))) == set()
    assert _beside_public(LinkedSet("t", DIMS, (own, replace(near, low=0.0, slack=0.0)))) == set()
