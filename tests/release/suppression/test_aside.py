"""What is known without today's pages: it is never withheld, and no group is made wider than it leaves it."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.audit import attack as attacks
from analysis.audit.sets import Figure as Read
from analysis.audit.sets import LinkedSet
from analysis.evidence import evidence
from analysis.params import load_params
from analysis.release.suppression.aside import BANDS, earlier_told, outside_told, years_with_bands
from analysis.release.suppression.cuts import Periods
from analysis.release.suppression.figures import Told, with_figures
from analysis.release.suppression.give_back import give_back
from analysis.release.suppression.insiders import protect_insiders
from analysis.release.suppression.limits import Limits
from analysis.release.suppression.linked import Figure, Linked, axis
from analysis.release.suppression.protect import Guarded
from analysis.release.suppression.solver import NotSolved
from analysis.release.suppression.stage import Stage

PARAMS = load_params()
WHEN = Periods((2025, 2026), {2026: tuple(map(float, BANDS))}, {})
DIMS = {"school": ("A", "B", "C", "D"), "sex": ("girl", "boy")}
FIVE = Limits(5, 10, ())


def with_public(rows: list[tuple[int, int]]) -> Linked:
    """All cells and margins of schools by sex, and once more what is public: how many there are in each school."""
    table = np.array(rows, dtype=float)
    dims = DIMS | {"school": DIMS["school"][: len(rows)]}
    one = Linked(tuple(axis(name, levels) for name, levels in dims.items()), table.ravel())
    sums = one.sums(one.truth)
    figures = []
    for school in (*dims["school"], ""):
        for sex in (*dims["sex"], ""):
            group = {n: frozenset([g]) for n, g in {"school": school, "sex": sex}.items() if g}
            place = one.place(group)
            key = frozenset([("size", "9", "CE", "", "2026-2026", school, sex)])
            figures.append(Figure(place, sums[place], sums[place], key, 1 + np.log1p(sums[place])))
            if school and not sex:
                figures.append(Figure(place, sums[place], sums[place], frozenset(), 0.0, fixed=True, aside=True))
    return Linked(one.axes, one.truth, tuple(figures))


def suppressed(one: Linked) -> Stage:
    first = {key for f in one.figures for key in f.keys if 0 < f.low < 5}
    stage = Stage(("9", "CE"), [Guarded(one, FIVE, first)], set(), first)
    stage.protect()
    protect_insiders(stage)
    give_back(stage)
    return stage


def as_read(one: Linked, withheld: set) -> LinkedSet:
    """What is told of a set, and what is known without the pages, as the attack reads it."""
    dims = {a.name: a.levels for a in one.axes}
    figures = []
    for figure in one.figures:
        at = np.unravel_index(figure.place, one.shape)
        group = {a.name: a.slices[i] for a, i in zip(one.axes, at, strict=True) if i != a.whole}
        if figure.fixed or figure.keys.isdisjoint(withheld):
            figures.append(Read(group, figure.low, figure.high, source="public" if figure.aside else ""))
    return LinkedSet("t", dims, tuple(figures))


def attacked(one: Linked, stage: Stage) -> attacks.Attacked:
    truth = one.truth.reshape([len(a.levels) for a in one.axes])
    return attacks.attack(as_read(one, stage.withheld), truth, attacks.Limits(5, 10, frozenset()))


def test_a_public_total_hides_nothing_so_that_more_goes():
    """Three boys in A: withheld beside the total of A they would be safe; that total is public, so the girls of A go too."""
    stage = suppressed(with_public([(12, 3), (9, 8), (10, 7)]))
    assert ("size", "9", "CE", "", "2026-2026", "A", "girl") in stage.withheld
    assert attacked(with_public([(12, 3), (9, 8), (10, 7)]), stage).found == ()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=2, max_size=4))
def test_no_group_is_narrower_than_what_is_public_leaves_it(rows):
    one = with_public(rows)
    assert attacked(one, suppressed(one)).found == ()


def test_of_a_school_whose_three_pupils_are_public_any_part_may_be_all_or_none():
    one = with_public([(1, 2), (9, 8), (10, 7)])
    stage = suppressed(one)
    made = attacked(one, stage)
    assert made.found == ()
    assert made.anyway > 0
    (guarded,) = stage.sets
    girls = int(np.flatnonzero(guarded.targets == one.place({"school": frozenset("A"), "sex": frozenset(["girl"])}))[0])
    assert (guarded.low[girls], guarded.high[girls]) == (0, 3)


def outside(**columns: object) -> pd.DataFrame:
    row = {"school_id": "A", "school_year": 2026, "n": 12.0, "band": np.nan}
    return pd.DataFrame([row | columns])


def test_public_numbers_speak_of_a_school_in_a_year():
    (told,) = outside_told(outside(), WHEN, PARAMS)
    assert told.group == {"school": {"A"}, "period": WHEN.between([2026])}
    assert (told.low, told.high, told.key, told.by_now, told.public) == (12, 12, (), 4, True)
    assert list(outside_told(outside(school_year=2019), WHEN, PARAMS)) == []


@pytest.mark.parametrize(("band", "levels"), [(0, {"2026:0"}), (4, {"2026:40"}), (9, {"2026:90"})])
def test_public_bands_speak_of_a_part_of_its_results(band, levels):
    (told,) = outside_told(outside(band=float(band)), WHEN, PARAMS)
    assert told.group["period"] == levels


def test_bands_of_a_year_that_is_not_cut_tell_nothing():
    assert list(outside_told(outside(band=3.0, school_year=2025), WHEN, PARAMS)) == []


def test_bands_are_used_where_every_percent_is_known():
    pupils = pd.DataFrame({"school_year": [2025, 2026, 2026], "scale": "percent", "value": [50.0, 60.0, np.nan]})
    bands = pd.concat([outside(band=3.0, school_year=year) for year in (2024, 2025, 2026)])
    assert years_with_bands(bands, pupils) == {2025}


def before(n: int, **columns: object) -> pd.DataFrame:
    row = {"municipality_id": "D001", "grade": "9", "test": "CE", "school_year": 2026, "domain": "mathematics", "n": n}
    told = {"estimate": 0.1, "low": -0.2, "high": 0.4}
    return evidence(pd.DataFrame([row | told | columns]), indicator="group_gap", unit="sd", reference="country")


def test_an_earlier_issue_told_a_size_that_few_may_have_changed():
    (told,) = earlier_told(before(30, group="sex=boy"), WHEN, PARAMS)
    assert told.group == {"sex": {"boy"}, "period": WHEN.between([2026])}
    assert (told.low, told.high, told.by_now) == (30, 30, PARAMS.smallest_group - 1)
    (sensitive,) = earlier_told(before(30, group="sen=yes"), WHEN, PARAMS)
    assert sensitive.by_now == PARAMS.smallest_group_sensitive - 1


def test_an_earlier_share_or_its_bound_counts_some_of_them():
    row = {"municipality_id": "D001", "grade": "9", "test": "CE", "school_year": 2026, "domain": "mathematics", "n": 50}
    plain = evidence(
        pd.DataFrame([row | {"estimate": 24.0, "low": 10.0, "high": 40.0}]),
        indicator="low_result_share",
        unit="percent",
    )
    coded = evidence(pd.DataFrame([row | {"high": 10.0}]), indicator="low_result_share", unit="percent")
    when = Periods((2026,), {2026: (0.0, float(PARAMS.low_result_percent))}, {})
    for rows, ends in ((plain, (12, 12)), (coded, (0, 5))):
        share = list(earlier_told(rows, when, PARAMS))[1]
        assert (share.low, share.high) == ends
        assert share.group["period"] == {"2026:0"}


@pytest.mark.parametrize(("now", "ends"), [(30, [(30, 30)]), (32, [(26, 34)]), (26, [(26, 34)]), (36, [])])
def test_what_was_told_earlier_is_taken_as_near_as_few_changes_allow(now, ends):
    one = Linked((axis("sex", ("girl", "boy")),), np.array([20.0, float(now)]))
    told = Told({"sex": frozenset(["boy"])}, 30, 30, (), 0.0, by_now=4.0)
    found, wrong = with_figures(one, [told])
    assert [(figure.low, figure.high) for figure in found.figures] == ends
    assert all(figure.fixed for figure in found.figures)
    assert wrong == set()


@pytest.mark.parametrize(("published", "ends"), [(36, (0, 36)), (27, (23, 31)), (31, (31, 31))])
def test_a_public_number_of_many_more_bounds_ours_and_withholds_nothing_of_it(published, ends):
    one = Linked((axis("sex", ("girl", "boy")),), np.array([20.0, 31.0]))
    boys = {"sex": frozenset(["boy"])}
    public = Told(boys, published, published, (), 0.0, by_now=4.0, public=True)
    found, withheld = with_figures(one, [Told(boys, 31, 31, ("size", "boy"), 1.0), public])
    assert [(figure.low, figure.high) for figure in found.figures if figure.fixed] == [ends]
    assert withheld == ({("size", "boy")} if published == 27 else set())


def test_fewer_pupils_than_ours_cannot_be_what_is_public():
    one = Linked((axis("sex", ("girl", "boy")),), np.array([20.0, 31.0]))
    with pytest.raises(NotSolved):
        with_figures(one, [Told({"sex": frozenset(["boy"])}, 26, 26, (), 0.0, by_now=4.0, public=True)])


def test_beside_a_number_that_differs_by_few_ours_is_not_told():
    one = Linked((axis("sex", ("girl", "boy")),), np.array([20.0, 31.0]))
    boys, girls = ({"sex": frozenset([sex])} for sex in ("boy", "girl"))
    ours = [Told(boys, 31, 31, ("size", "boy"), 1.0), Told(girls, 20, 20, ("size", "girl"), 1.0)]
    public = [Told(boys, 30, 30, (), 0.0, 4.0, public=True), Told(girls, 20, 20, (), 0.0, 4.0, public=True)]
    assert with_figures(one, [*ours, *public])[1] == {("size", "boy")}
