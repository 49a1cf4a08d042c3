"""What follows from means: beside enumeration of all whole tables with whole sums of results, and by hand."""

from dataclasses import replace
from itertools import product

import highspy
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.audit.attack import Limits, attack, strangers
from analysis.audit.bounds import Contradiction
from analysis.audit.scored import POINTS, Scored, agreeing, results_between
from analysis.audit.sets import Figure, LinkedSet, Mean, Scores

SCHOOLS = ("A", "B", "C")
FIVE = Limits(5, 10, frozenset({"sen"}))
PERCENT = {"percent": {"2026": (0.0, 1.0)}}


def of(**group: str) -> dict[str, frozenset[str]]:
    return {name: frozenset([level]) for name, level in group.items()}


def told(sizes, sums, half: float, groups) -> LinkedSet:
    """Schools of one year: the sizes of these groups and their means to half a digit."""
    dims = {"period": ("2026",), "school": SCHOOLS[: len(sizes)]}
    truth, results = np.array(sizes, dtype=float).reshape(1, -1), np.array(sums, dtype=float).reshape(1, -1)
    empty = LinkedSet("t", dims)
    figures, means = [], []
    for group in groups:
        inside = empty.mask(group)
        n, middle = truth.ravel()[inside].sum(), results.ravel()[inside].sum() / max(truth.ravel()[inside].sum(), 1)
        figures.append(Figure(group, n, n))
        if n:
            means.append(Mean(group, middle - half, middle + half, "percent"))
    scores = Scores({"2026": (0.0, 100.0)}, PERCENT, tuple(means), results)
    return replace(empty, figures=tuple(figures), scores=scores)


def test_a_blank_school_whose_size_is_public_is_pinned_by_all_the_others():
    """110 pupils have 6,100 points, 107 of them 5,900: three have 200, 66.7 each, to half a point for all 110."""
    linked = told([60, 47, 3], [3600, 2300, 200], 0.05, [of(), of(school="A"), of(school="B")])
    found = attack(linked, np.array([[60.0, 47.0, 3.0]]), FIVE).found
    school = [one for one in found if one.group == of(school="C") and one.judgement == "pinned"]
    assert [one.size for one in school] == [3]
    assert school[0].low < 200 / 3 < school[0].high
    assert school[0].high - school[0].low == pytest.approx(2 * 0.05 * (110 + 107) / 3, rel=1e-3)


def test_the_same_school_is_not_pinned_where_one_mean_beside_it_is_withheld():
    linked = told([60, 47, 3], [3600, 2300, 200], 0.05, [of(), of(school="A"), of(school="B")])
    for gone in range(3):
        means = tuple(mean for number, mean in enumerate(linked.scores.means) if number != gone)
        fewer = replace(linked, scores=replace(linked.scores, means=means))
        found = attack(fewer, np.array([[60.0, 47.0, 3.0]]), FIVE).found
        assert "pinned" not in {one.judgement for one in found}


def test_a_mean_bounds_how_many_can_have_a_low_result():
    """Nine pupils with a mean of 77: with a result below 20 for each of three the other six would need more than 100."""
    dims = {"period": ("2026:0", "2026:20", "2026:60"), "school": ("A",)}
    truth, results = np.array([[1.0], [0.0], [8.0]]), np.array([[15.0], [0.0], [678.0]])
    ends = {"2026:0": (0.0, 20.0), "2026:20": (20.0, 60.0), "2026:60": (60.0, 100.0)}
    scale = {"percent": dict.fromkeys(dims["period"], (0.0, 1.0))}
    whole = of()
    linked = LinkedSet("t", dims, (Figure(whole, 9, 9),))
    assert attack(linked, truth, FIVE).found == ()
    scored = replace(linked, scores=Scores(ends, scale, (Mean(whole, 76.95, 77.05, "percent"),), results))
    found = {(*one.group.items(),): one for one in attack(scored, truth, FIVE).found}
    one = found[(("period", frozenset(["2026:0"])),)]
    assert (one.low, one.high, one.judgement) == (0, 2, "narrow")


def test_places_in_the_country_of_two_years_are_added_up_on_the_scale_of_each():
    """A pool of years has one mean of places, each by its own year's mean and SD; the newest year's 4 pupils follow."""
    dims = {"period": ("2025", "2026"), "school": ("A",)}
    sizes, points = np.array([[20.0], [4.0]]), np.array([[1000.0], [260.0]])
    scale = {"sd": {"2025": (45.0, 20.0), "2026": (60.0, 10.0)}, "percent": dict.fromkeys(dims["period"], (0.0, 1.0))}
    pool = ((1000 - 20 * 45) / 20 + (260 - 4 * 60) / 10) / 24
    means = (Mean(of(), pool - 0.005, pool + 0.005, "sd"), Mean(of(period="2025"), 49.95, 50.05, "percent"))
    figures = (Figure(of(), 24, 24), Figure(of(period="2025"), 20, 20))
    ends = dict.fromkeys(dims["period"], (0.0, 100.0))
    linked = LinkedSet("t", dims, figures, Scores(ends, scale, means, points))
    pins = [one for one in attack(linked, sizes, FIVE).found if one.judgement == "pinned"]
    half = (0.005 * 24 + 0.05) * 10 / 4
    assert {(*one.group,): (one.low, one.high) for one in pins} == {
        ("period",): pytest.approx((65 - half, 65 + half)), ("period", "school"): pytest.approx((65 - half, 65 + half))
    }  # fmt: skip


def test_groups_by_their_results_are_no_targets_and_all_but_one_of_a_group_is_none_either():
    dims = {"period": ("2026:0", "2026:90"), "school": ("A",), "sen": ("yes", "no")}
    sizes = np.array([[[0.0, 2.0]], [[1.0, 5.0]]])
    results = np.array([[[0.0, 90.0]], [[95.0, 475.0]]])
    ends, scale = (
        {"2026:0": (0.0, 90.0), "2026:90": (90.0, 100.0)},
        {"percent": dict.fromkeys(dims["period"], (0.0, 1.0))},
    )
    mean = results.sum() / 8
    scores = Scores(ends, scale, (Mean(of(), mean - 0.05, mean + 0.05, "percent"),), results)
    found = attack(LinkedSet("t", dims, (Figure(of(), 8, 8),), scores), sizes, FIVE).found
    assert "pinned" not in {one.judgement for one in found}


@pytest.mark.parametrize("moved", [0.2, -0.2])
def test_a_mean_that_the_pupils_do_not_have_is_refused(moved):
    linked = told([12, 9], [600, 500], 0.05, [of(), of(school="A")])
    wrong = tuple(replace(mean, low=mean.low + moved, high=mean.high + moved) for mean in linked.scores.means)
    with pytest.raises(Contradiction):
        attack(replace(linked, scores=replace(linked.scores, means=wrong)), np.array([[12.0, 9.0]]), FIVE)


def test_a_public_mean_stands_in_for_one_that_is_withheld():
    """The same three pupils: the mean of all is blank on the page, but others have published it."""
    linked, truth = (
        told([60, 47, 3], [3600, 2300, 200], 0.05, [of(), of(school="A"), of(school="B")]),
        [[60.0, 47.0, 3.0]],
    )
    whole, *schools = linked.scores.means
    known = replace(linked, scores=replace(linked.scores, means=(replace(whole, source="public"), *schools)))
    found = attack(agreeing(known, np.array(truth)), np.array(truth), FIVE).found
    assert of(school="C") in [one.group for one in found if one.judgement == "pinned"]


def test_what_public_means_pin_by_themselves_is_no_finding():
    """Nine of ten pupils whose mean is public: theirs is known to eleven points, whatever the page says."""
    truth, dims = np.array([[9.0, 1.0], [20.0, 20.0]]), {"period": ("2025", "2026"), "school": ("A", "B")}
    results = np.array([[450.0, 60.0], [900.0, 1000.0]])
    sizes = (Figure(of(period="2025"), 10, 10, source="public"), Figure(of(), 50, 50))
    mean = Mean(of(period="2025"), 50.95, 51.05, "percent", source="public")
    scale = {"percent": dict.fromkeys(dims["period"], (0.0, 1.0))}
    linked = LinkedSet("t", dims, sizes, Scores(dict.fromkeys(dims["period"], (0.0, 100.0)), scale, (mean,), results))
    limits = Limits(10, 10, frozenset())
    assert "pinned" not in {one.judgement for one in attack(linked, truth, limits).found}
    own = replace(linked, scores=replace(linked.scores, means=(replace(mean, source=""),)))
    assert "pinned" in {one.judgement for one in attack(own, truth, limits).found}


def test_a_public_mean_of_other_pupils_tells_nothing_and_one_of_the_page_is_refused():
    linked = told([12, 9], [600, 405], 0.05, [of(school="A"), of(school="B")])
    moved = tuple(replace(mean, low=mean.low + 1, high=mean.high + 1) for mean in linked.scores.means)
    others = replace(linked, scores=replace(linked.scores, means=tuple(replace(one, source="public") for one in moved)))
    assert agreeing(others, np.array([[12.0, 9.0]])).scores is None
    half = replace(
        linked, scores=replace(linked.scores, means=(linked.scores.means[0], replace(moved[1], source="public")))
    )
    assert agreeing(half, np.array([[12.0, 9.0]])).scores.means == linked.scores.means[:1]
    pages = replace(linked, scores=replace(linked.scores, means=moved))
    assert agreeing(pages, np.array([[12.0, 9.0]])) == pages
    with pytest.raises(Contradiction):
        attack(pages, np.array([[12.0, 9.0]]), FIVE)


def test_a_result_outside_its_cell_is_refused():
    linked = told([12, 9], [600, 905], 0.05, [of(school="A")])
    with pytest.raises(Contradiction):
        attack(linked, np.array([[12.0, 9.0]]), FIVE)


def test_a_stranger_learns_a_size_from_means():
    """Twelve with a mean of 50 and some with none at all make a mean of 40: three, whoever they are."""
    figures = (Figure(of(school="A"), 12, 12),)
    dims = {"period": ("2026",), "school": ("A", "B")}
    means = (
        Mean(of(school="A"), 50, 50, "percent"),
        Mean(of(), 40, 40, "percent"),
        Mean(of(school="B"), 0, 0, "percent"),
    )
    linked = LinkedSet("t", dims, figures, Scores({"2026": (0.0, 100.0)}, PERCENT, means))
    found = strangers(linked, FIVE).found
    assert [(one.group, one.low, one.high) for one in found if "period" not in one.group] == [(of(school="B"), 3, 3)]


groups = st.lists(st.sampled_from([of(), *(of(school=s) for s in SCHOOLS)]), unique_by=str)
scores = st.tuples(*[st.lists(st.integers(0, 100), max_size=9)] * 3)


@settings(max_examples=60, deadline=None)
@given(scores, groups)
def test_truth_lies_inside_and_clearing_finds_what_asking_each_finds(results, shown):
    sizes, sums = [len(own) for own in results], [sum(own) for own in results]
    linked = told(sizes, sums, 0.05, shown)
    found = attack(linked, np.array([sizes], dtype=float), FIVE).found
    pins = {str(one.group): (one.low, one.high) for one in found if one.judgement == "pinned"}
    for name, n, total in zip(SCHOOLS, sizes, sums, strict=True):
        if 0 < n < 5:
            low, high = results_between(linked, of(school=name), n)
            assert low - 1e-6 <= total / n <= high + 1e-6
            assert (str(of(school=name)) in pins) == (high - low <= 2 * POINTS + 1e-6)


@settings(max_examples=40, deadline=None)
@given(st.tuples(*[st.lists(st.integers(0, 4), max_size=3)] * 2), groups, st.sampled_from([0.0, 0.25]))
def test_every_whole_table_with_whole_sums_lies_between_the_ends(results, shown, half):
    """Results of 0 to 4 points; all numbers of pupils up to 3 in two schools and all sums that they can have."""
    shown = [group for group in shown if group != of(school="C")]
    sizes, sums = [len(own) for own in results], [sum(own) for own in results]
    linked = told(sizes, sums, half, shown)
    linked = replace(linked, scores=replace(linked.scores, ends={"2026": (0.0, 4.0)}))
    reader = Scored(linked)
    whole = [(n, s) for n in range(4) for s in range(4 * n + 1)]
    agreeing = [pair for pair in product(whole, whole) if _agrees(linked, pair)]
    assert tuple(zip(sizes, sums, strict=True)) in agreeing
    for number, name in enumerate(SCHOOLS[:2]):
        mask = linked.mask(of(school=name))
        seen = [pair[number] for pair in agreeing]
        assert reader.least(mask)[0] - 1e-6 <= min(n for n, _ in seen)
        assert reader.most(mask)[0] + 1e-6 >= max(n for n, _ in seen)
        assert reader.results(mask, highspy.ObjSense.kMinimize)[0] - 1e-6 <= min(s for _, s in seen)
        assert reader.results(mask, highspy.ObjSense.kMaximize)[0] + 1e-6 >= max(s for _, s in seen)


def _agrees(linked: LinkedSet, pairs) -> bool:
    n, s = (np.array(values, dtype=float) for values in zip(*pairs, strict=True))
    sizes = all(n[linked.mask(f.group)].sum() == f.low for f in linked.figures)
    return sizes and all(
        mean.low * n[inside].sum() - 1e-9 <= s[inside].sum() <= mean.high * n[inside].sum() + 1e-9
        for mean in linked.scores.means for inside in [linked.mask(mean.group)]
    )  # fmt: skip


def test_the_ends_are_reached_where_means_are_exact():
    """Ten pupils with 20 points of 4 each; six have 20: the other four have none at all, and nobody can have more."""
    linked = told([6, 4], [20, 0], 0.0, [of(), of(school="A")])
    assert results_between(linked, of(school="B"), 4) == pytest.approx((0, 0), abs=1e-6)
    open_one = told([6, 4], [300, 200], 0.0, [of()])
    assert results_between(open_one, of(school="B"), 4) == pytest.approx((0, 100))


def test_results_that_public_bands_pin_by_themselves_are_no_finding():
    """Three pupils of a school lie between 40 and 50, which is public: their mean is known to five points."""
    dims = {"period": ("2026:0", "2026:40", "2026:50"), "school": ("A", "B")}
    truth, results = (
        np.array([[0.0, 9.0], [3.0, 8.0], [0.0, 9.0]]),
        np.array([[0.0, 180.0], [135.0, 360.0], [0.0, 630.0]]),
    )
    ends = {"2026:0": (0.0, 40.0), "2026:40": (40.0, 50.0), "2026:50": (50.0, 100.0)}
    scale = {"percent": dict.fromkeys(dims["period"], (0.0, 1.0))}
    whole = Mean(of(), 1305 / 29 - 0.05, 1305 / 29 + 0.05, "percent")
    size = Figure(of(), 29, 29)
    band = tuple(Figure(of(school="A", period=p), n, n) for p, n in zip(dims["period"], (0, 3, 0), strict=True))
    told = LinkedSet("t", dims, (size, *band), Scores(ends, scale, (whole,), results))
    assert "pinned" in {one.judgement for one in attack(told, truth, FIVE).found}
    public = tuple(replace(one, source="public") for one in band)
    known = replace(told, figures=(size, *public))
    assert "pinned" not in {one.judgement for one in attack(known, truth, FIVE).found}


def test_results_that_public_bands_leave_twice_the_points_are_no_finding_for_a_last_digit():
    """Three girls of four pupils lie in bands that leave them 46.67 to 66.67: as wide with the page as without it."""
    bands = (40, 50, 70)
    dims = {"period": tuple(f"2026:{band}" for band in bands), "school": ("A", "B"), "sex": ("boy", "girl")}
    truth = np.array([[[0.0, 1.0], [9.0, 9.0]], [[0.0, 2.0], [9.0, 9.0]], [[1.0, 0.0], [9.0, 9.0]]])
    middle = np.array([45.0, 55.0, 75.0]).reshape(-1, 1, 1)
    ends = {period: (float(band), float(band + 10)) for period, band in zip(dims["period"], bands, strict=True)}
    scale = {"percent": dict.fromkeys(dims["period"], (0.0, 1.0))}
    mean = float((truth * middle).sum() / truth.sum())
    whole = Mean(of(), mean - 0.05, mean + 0.05, "percent")
    public = tuple(
        Figure(of(school="A", period=p), n, n, source="public") for p, n in zip(dims["period"], (1, 2, 1), strict=True)
    )
    scores = Scores(ends, scale, (whole,), truth * middle)
    told = LinkedSet("t", dims, (Figure(of(), truth.sum(), truth.sum()), *public), scores)
    assert results_between(told, of(school="A", sex="girl"), 3) == (pytest.approx(140 / 3), pytest.approx(200 / 3))
    assert "pinned" not in {one.judgement for one in attack(told, truth, FIVE).found}
