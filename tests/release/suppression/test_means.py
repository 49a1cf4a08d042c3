"""Means are withheld where small groups follow from them: judged by the attack, which shares no code with what withholds."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.release.suppression.test_protect import linked, small_ones

from analysis.audit import attack as attacks
from analysis.audit.sets import Figure as Read
from analysis.audit.sets import LinkedSet, Scores
from analysis.audit.sets import Mean as MeanRead
from analysis.evidence import each, evidence
from analysis.release.suppression.cuts import Periods
from analysis.release.suppression.give_back import give_back
from analysis.release.suppression.keys import mean_key, size_of, whole_mean_key
from analysis.release.suppression.limits import Limits
from analysis.release.suppression.linked import Figure, Linked, Mean, Means, axis
from analysis.release.suppression.means import held_means, means_of, said_of
from analysis.release.suppression.protect import Guarded
from analysis.release.suppression.protect_means import protect_means
from analysis.release.suppression.solver import NotSolved
from analysis.release.suppression.stage import Stage

FIVE = Limits(5, 10, ())
DOMAIN = "mathematics"


def with_means(one: Linked, results: np.ndarray, telling=None, implied=(), aside=()) -> Linked:
    """Publish beside every size the mean of 0 to 100 points, exactly; some are implied by distances, some known anyway."""
    ends, told = np.repeat([0.0, 100.0], one.size), []
    for figure in one.figures:
        inside = np.zeros(one.size)
        inside[one.cells(figure.place)] = 1
        key = next(iter(figure.keys))
        if figure.low and (telling is None or key[5:] in telling):
            mean = results.ravel() @ inside / figure.low
            told.append(
                Mean(
                    ("public" if key[5:] in aside else "mean", *key[1:], DOMAIN),
                    np.tile(inside, 2) * (ends - mean),
                    figure.low,
                    key[5:] in implied,
                    key[5:] in aside,
                )
            )
    public = [f for f in one.figures if next(iter(f.keys))[5:] in aside]
    beside = tuple(replace(f, keys=frozenset(), weight=0.0, fixed=True, aside=True) for f in public)
    return replace(one, figures=(*one.figures, *beside), means=Means(ends, tuple(told)))


def suppressed(one: Linked, public: set = frozenset(), limits: Limits = FIVE, gone: set = frozenset()) -> Stage:
    """Protect a set; a size that is public is told, however small, and its mean is not. Some sizes are gone from the start."""
    small = small_ones(one) if not limits.attributes else {
        key for f in one.figures for key in f.keys if 0 < f.low < (10 if key[6] else 5)
    }  # fmt: skip
    first, means = (small - public) | gone, {("mean", *key[1:], DOMAIN) for key in small}
    stage = Stage(("9", "CE"), [Guarded(one, limits, first)], set(), first | means)
    if public:
        stage.sets[0].attack()
        return stage
    stage.protect()
    give_back(stage)
    protect_means(stage)
    return stage


def attacked(one: Linked, results: np.ndarray, withheld: set, sensitive: frozenset = frozenset()) -> attacks.Attacked:
    """Attack what is told, by the other room's code."""
    dims = {"period": ("2026",)} | {a.name: a.levels for a in one.axes}
    whom = {
        k: {n: frozenset([g]) for n, g in zip(list(dims)[1:], k[5:7], strict=True) if g}
        for f in one.figures
        for k in f.keys
    }
    at = {f.place: whom[next(iter(f.keys))] for f in one.figures if f.keys}
    figures = tuple(Read(at[f.place], f.low, f.high, source="public" if f.aside else "")
                    for f in one.figures if f.keys.isdisjoint(withheld))  # fmt: skip
    means = []
    for mean in one.means.told:
        if mean.aside or (mean.key not in withheld and (mean.implied or size_of(mean.key) not in withheld)):
            middle, source = -mean.row[: one.size].min(), "public" if mean.aside else ""
            means.append(MeanRead(whom[size_of(mean.key)], middle - 1e-5, middle + 1e-5, "percent", source=source))
    shape = [1, *(len(a.levels) for a in one.axes)]
    scores = Scores({"2026": (0.0, 100.0)}, {"percent": {"2026": (0.0, 1.0)}}, tuple(means), results.reshape(shape))
    return attacks.attack(
        LinkedSet("t", dims, figures, scores), one.truth.reshape(shape), attacks.Limits(5, 10, sensitive)
    )


def one_small_school() -> tuple[Linked, np.ndarray]:
    """Schools of 60, 47 and 3, all sizes public; the means of all and of the larger two are told."""
    table, results = np.array([[60], [47], [3]]), np.array([[3600.0], [2300.0], [200.0]])
    return with_means(linked(table, {"school": ("A", "B", "C"), "sex": ("girl",)}), results), results


def test_a_school_whose_size_is_public_is_pinned_until_a_mean_beside_it_is_withheld():
    one, results = one_small_school()
    stage = suppressed(one, public=small_ones(one))
    before = set(stage.withheld)
    assert {f.judgement for f in attacked(one, results, before).found} == {"exact", "pinned"}
    protect_means(stage)
    assert {f.judgement for f in attacked(one, results, stage.withheld).found} == {"exact"}
    assert {key[5] for key in stage.withheld - before} == {"B"}  # the smallest that bounds it; the mean of all stays


def test_where_a_mean_is_public_another_one_goes():
    table, results = np.array([[60], [47], [3]]), np.array([[3600.0], [2300.0], [200.0]])
    dims = {"school": ("A", "B", "C"), "sex": ("girl",)}
    one = with_means(linked(table, dims), results, aside={("B", ""), ("B", "sex=girl")})
    stage = suppressed(one, public=small_ones(one))
    before = set(stage.withheld)
    protect_means(stage)
    assert {f.judgement for f in attacked(one, results, stage.withheld).found} == {"exact"}
    assert {key[5] for key in stage.withheld - before} == {"A"}


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_nothing_follows_where_some_means_are_public(data):
    rows = data.draw(tables)
    table = np.array([[len(own) for own in row] for row in rows])
    results = np.array([[float(sum(own)) for own in row] for row in rows])
    aside = data.draw(st.sets(st.sampled_from([("", ""), ("A", ""), ("B", "")])))
    one = with_means(linked(table), results, aside=aside)
    try:
        stage = suppressed(one)
    except NotSolved:  # the sizes of the page are too much beside what is public: nothing of the test is told
        return
    assert attacked(one, results, stage.withheld).found == ()


def test_a_mean_that_distances_imply_may_be_told_where_its_size_is_not():
    """Schools may stand beside the mean of all though their number is withheld; what no distance implies goes with its size."""
    table = np.array([[40, 35], [50, 44], [38, 52]])
    whole = {("size", "9", "CE", "", "2026-2026", "", "")}
    for implied in (True, False):
        one = with_means(linked(table), table * 55.0, implied={("", "")} if implied else ())
        stage = Stage(("9", "CE"), [Guarded(one, FIVE, whole)], set(), whole)
        stage.protect()
        protect_means(stage)
        assert any(key[0] == "mean" and key[5:7] == ("", "") for key in stage.withheld) is not implied


cells = st.lists(st.integers(0, 100), max_size=12)
tables = st.lists(st.tuples(cells, cells), min_size=2, max_size=3)


@settings(max_examples=80, deadline=None)
@given(tables, st.booleans())
def test_nothing_follows_from_sizes_and_means_of_any_table(rows, implied):
    table = np.array([[len(own) for own in row] for row in rows])
    results = np.array([[float(sum(own)) for own in row] for row in rows])
    one = with_means(linked(table), results, implied={("", "")} if implied else ())
    stage = suppressed(one, gone={("size", "9", "CE", "", "2026-2026", "", "")} if implied else set())
    assert attacked(one, results, stage.withheld).found == ()


@settings(max_examples=40, deadline=None)
@given(tables)
def test_nor_where_the_attribute_is_sensitive(rows):
    table = np.array([[len(own) for own in row] for row in rows])
    results = np.array([[float(sum(own)) for own in row] for row in rows])
    one = with_means(linked(table, {"school": ("A", "B", "C")[: len(rows)], "sen": ("yes", "no")}), results)
    stage = suppressed(one, limits=Limits(5, 10, ("sen",)))
    assert attacked(one, results, stage.withheld, frozenset({"sen"})).found == ()


def test_means_are_withheld_only_where_something_follows_from_them():
    """Large groups all round: every mean stays."""
    table = np.array([[40, 35], [50, 44], [38, 52]])
    one = with_means(linked(table), table * 55.0)
    assert {key for key in suppressed(one).withheld if key[0] == "mean"} == set()


def test_a_group_that_means_alone_narrow_down_is_as_wide_again_without_them():
    """Of eight pupils in A with a mean of 95 at most one has less than 20 points; no size tells that."""
    dims = {"period": ("2026:0", "2026:20"), "school": ("A", "B")}
    axes = tuple(axis(name, levels, [frozenset(levels)]) for name, levels in dims.items())
    truth = np.array([1.0, 9.0, 7.0, 31.0])
    plain = Linked(axes, truth)
    ends = np.array([0.0, 0.0, 20.0, 20.0, 20.0, 20.0, 100.0, 100.0])
    inside = plain.inside({"school": frozenset(["A"])}).astype(float)
    key = ("mean", "9", "CE", "", "2026-2026", "A", "", DOMAIN)
    mean = Mean(key, np.tile(inside, 2) * (ends - 710 / 8), 8.0)
    place = plain.place({"school": frozenset(["A"])})
    told = replace(plain, figures=(Figure(place, 8, 8, frozenset([size_of(key)]), 1.0),), means=Means(ends, (mean,)))
    stage = Stage(("9", "CE"), [Guarded(told, FIVE, set())], set(), set())
    stage.protect()
    assert stage.withheld == set()
    protect_means(stage)
    assert stage.withheld == {key}


def test_a_group_that_a_public_mean_narrows_stays_as_wide_as_that_leaves_it():
    """Of all 48 pupils at most three have less than 20 points, which is public; the page's mean of A would leave one."""
    dims = {"period": ("2026:0", "2026:20"), "school": ("A", "B")}
    axes = tuple(axis(name, levels, [frozenset(levels)]) for name, levels in dims.items())
    plain = Linked(axes, np.array([1.0, 0.0, 7.0, 40.0]))
    ends = np.array([0.0, 0.0, 20.0, 20.0, 20.0, 20.0, 100.0, 100.0])
    inside = plain.inside({"school": frozenset(["A"])}).astype(float)
    key = ("mean", "9", "CE", "", "2026-2026", "A", "", DOMAIN)
    means = (
        Mean(key, np.tile(inside, 2) * (ends - 710 / 8), 8.0),
        Mean(("public", "all"), ends - 4520 / 48, 48.0, aside=True),
    )
    figures = (
        Figure(plain.place({"school": frozenset(["A"])}), 8, 8, frozenset([size_of(key)]), 1.0),
        Figure(plain.place({}), 48, 48, frozenset(), 0.0, fixed=True, aside=True),
    )
    told = replace(plain, figures=figures, means=Means(ends, means))
    stage = Stage(("9", "CE"), [Guarded(told, FIVE, set())], set(), set())
    stage.protect()
    assert stage.withheld == set()
    protect_means(stage)
    assert stage.withheld == {key}


def test_all_but_one_of_a_group_by_a_sensitive_attribute_is_what_the_group_is():
    dims = {"school": ("A", "B"), "sen": ("yes", "no")}
    table, results = np.array([[1, 7], [20, 30]]), np.array([[60.0, 420.0], [900.0, 1700.0]])
    one = with_means(linked(table, dims), results, {("A", ""), ("", "")})
    kept = {("A", ""), ("", "")}
    one = replace(one, figures=tuple(f for f in one.figures if next(iter(f.keys))[5:] in kept))
    stage = Stage(("9", "CE"), [Guarded(one, Limits(5, 10, ("sen",)), set())], set(), set())
    protect_means(stage)
    assert stage.withheld == set()


def pupils(**columns) -> pd.DataFrame:
    """Six results of two schools in two years, places by (45, 20) and (60, 10)."""
    value = pd.Series([40.0, 50.0, 65.0, 70.0, 55.0, 80.0])
    year = pd.Series([2025, 2025, 2025, 2026, 2026, 2026])
    less, by = year.map({2025: 45.0, 2026: 60.0}), year.map({2025: 20.0, 2026: 10.0})
    given = {
        "school_year": year,
        "value": value,
        "points": value - less,
        "position": (value - less) / by,
        "scale": "percent",
    }
    return pd.DataFrame(given | columns)


LEVELS = pd.DataFrame({"period": ["2025"] * 3 + ["2026"] * 3, "school": ["A", "A", "B", "A", "B", "B"]})
WHEN = Periods((2025, 2026), {}, {})


def of_both_schools() -> Linked:
    axes = tuple(axis(name, sorted(set(LEVELS[name]))) for name in LEVELS)
    return Linked(axes, np.array([2.0, 1.0, 1.0, 2.0]))


def mean_row(estimate: float, unit: str = "sd", **columns) -> pd.DataFrame:
    row = {"municipality_id": "D001", "grade": "9", "test": "CE", "domain": DOMAIN, "school_year": 2026, "n": 40}
    figures = {"estimate": estimate, "low": estimate - 0.1, "high": estimate + 0.1}
    reference = columns.pop("reference", "country")
    return evidence(pd.DataFrame([row | figures | columns]), indicator="attainment", unit=unit, reference=reference)


def read(*frames: pd.DataFrame, **columns):
    return means_of(of_both_schools(), said_of(pd.concat(frames, ignore_index=True), WHEN, pupils(**columns)), LEVELS)


def holds(mean: Mean, ends: np.ndarray, sums: list[float], n: list[float]) -> float:
    """What the true pupils and results make of a row: a cell as pupils with the least and with the most result."""
    size, n = len(n), np.array(n)
    most = (np.array(sums) - n * ends[:size]) / (ends[size:] - ends[:size])
    return float(np.concatenate([n - most, most]) @ mean.row)


def test_rows_of_means_hold_of_the_pupils_behind_them():
    own = (40 - 45) / 20 + (50 - 45) / 20 + (70 - 60) / 10
    means, wrong = read(
        mean_row(own / 3, school_id="A", year_from=2025), mean_row(205 / 3, "percent", reference=""),
    )  # fmt: skip
    assert wrong == set()
    assert len(means.told) == 2
    for mean in means.told:
        assert holds(mean, means.ends, [90, 65, 70, 135], [2, 1, 1, 2]) == pytest.approx(0, abs=1e-9)
        assert holds(mean, means.ends, [90, 65, 71, 134], [2, 1, 1, 2]) == pytest.approx(
            0.1 if mean.key[5] else 0, abs=1e-9
        )


def test_a_mean_that_is_not_these_pupils_is_never_told():
    row = mean_row(0.5, school_id="A", year_from=2025)
    assert read(row)[1] == {mean_key(next(each(row)))}


OF_A = {"school_id": "A", "school_year": 2025, "n": 2, "band": np.nan, "mean_score": 22.5, "score_max": 50.0}


def beside(outside: list[dict], before: pd.DataFrame | None = None) -> list[Mean]:
    """What is known without the pages: two pupils of A had 40 and 50 percent in 2025."""
    said = said_of(mean_row(0).iloc[:0], WHEN, pupils(), before, pd.DataFrame(outside))
    means, wrong = means_of(of_both_schools(), said, LEVELS)
    assert wrong == set()
    return [] if means is None else list(means.told)


def test_a_published_mean_of_a_school_is_known_and_cannot_be_withheld():
    (mean,) = beside([OF_A])
    assert (mean.n, mean.aside) == (2, True)
    ends = np.repeat([0.0, 100.0], 4)
    assert holds(mean, ends, [90, 65, 70, 135], [2, 1, 1, 2]) == pytest.approx(0, abs=1e-9)
    assert holds(mean, ends, [91, 65, 70, 135], [2, 1, 1, 2]) == pytest.approx(1, abs=1e-9)
    assert len(beside([OF_A | {"mean_score": 22.52}])) == 1  # rounded


@pytest.mark.parametrize(
    "change", [{"mean_score": 22.6}, {"school_year": 2020}, {"band": 4.0}, {"mean_score": np.nan}, {"school_id": "Z"}]
)
def test_a_published_mean_of_other_pupils_tells_nothing(change):
    assert beside([OF_A | change]) == []


def test_a_mean_that_an_earlier_issue_told_is_known_where_it_still_holds():
    then = mean_row((0.5 - 0.5) / 3 + 1 / 3 + 0.004, school_id="A", year_from=2025)
    own = (40 - 45) / 20 + (50 - 45) / 20 + (70 - 60) / 10
    assert [(mean.n, mean.aside) for mean in beside([], then)] == [(3, True)]
    assert own / 3 == pytest.approx(1 / 3)
    assert beside([], mean_row(own / 3 + 0.01, school_id="A", year_from=2025)) == []
    assert beside([], then.assign(estimate=np.nan)) == []
    apart = mean_row(0.1, school_id="A", year_from=2025, reference="municipality")
    assert sorted((mean.n, mean.key[6]) for mean in beside([], apart)) == [(3, "A"), (6, "")]


def test_a_distance_from_the_municipality_tells_the_mean_of_all():
    row = mean_row(0.5, school_id="A", year_from=2025, reference="municipality")
    means, wrong = read(row)
    assert {mean.key for mean in means.told} == {mean_key(next(each(row))), whole_mean_key(next(each(row)))}
    assert {mean.key for mean in means.told if mean.implied} == {whole_mean_key(next(each(row)))}
    assert wrong == set()


def test_results_that_are_no_percents_are_measured_by_their_place():
    own = (40 - 45) / 20 + (50 - 45) / 20 + (70 - 60) / 10
    means, wrong = read(mean_row(own / 3, school_id="A", year_from=2025), scale="score")
    assert wrong == set()
    sums = [20 * x for x in ((90 - 90) / 20, (65 - 45) / 20, 1.0, (135 - 120) / 10)]
    assert holds(means.told[0], means.ends, sums, [2, 1, 1, 2]) == pytest.approx(0, abs=1e-9)


def test_what_an_earlier_issue_withheld_of_means_stays_withheld():
    now = mean_row(0.5, school_id="A", year_from=2025)
    then = now.assign(estimate=np.nan, low=np.nan, high=np.nan, n=pd.array([pd.NA], dtype="Int64"))
    assert held_means(now, then) == {mean_key(next(each(now)))}
    assert held_means(now, now) == held_means(now, None) == set()


def test_the_same_means_whatever_the_order_of_pupils():
    row, order = mean_row(0.25 + 1 / 12, school_id="A", year_from=2025), [5, 3, 1, 0, 2, 4]
    said = said_of(row, WHEN, pupils().iloc[order].reset_index(drop=True))
    again, _ = means_of(of_both_schools(), said, LEVELS.iloc[order].reset_index(drop=True))
    assert (again.told[0].row == read(row)[0].told[0].row).all()


def test_results_that_public_bands_pin_by_themselves_end_nothing():
    """Three pupils of A lie between 40 and 50, which is public: to withhold means changes nothing."""
    periods, schools = ("2026:0", "2026:40", "2026:50"), ("A", "B")
    years = frozenset(periods)
    axes = (axis("period", periods, [years]), axis("school", schools))
    truth = np.array([[0.0, 9.0], [3.0, 8.0], [0.0, 9.0]])
    one = Linked(axes, truth.ravel())
    key = ("size", "9", "CE", "", "2026-2026", "", "")
    figures = [Figure(one.place({}), 29.0, 29.0, frozenset([key]), 1.0)]
    for number, period in enumerate(periods):
        place = one.place({"period": frozenset([period]), "school": frozenset("A")})
        n = float(truth[number, 0])
        figures.append(Figure(place, n, n, frozenset(), 0.0, fixed=True, aside=True))
    ends = np.concatenate([np.repeat([0.0, 40.0, 50.0], 2), np.repeat([40.0, 50.0, 100.0], 2)])
    mean = Mean(("mean", *key[1:], DOMAIN), ends - 1305 / 29, 29.0)
    public = replace(one, figures=tuple(figures), means=Means(ends, (mean,)))
    stage = Stage(("9", "CE"), [Guarded(public, FIVE, set())], set(), set())
    stage.sets[0].attack()
    protect_means(stage)
    assert stage.withheld == set()
    ours = tuple(
        replace(figure, fixed=False, aside=False, keys=figure.keys or frozenset([("size", "x")])) for figure in figures
    )
    alone = Stage(("9", "CE"), [Guarded(replace(public, figures=ours), FIVE, set())], set(), set())
    with pytest.raises(NotSolved):
        protect_means(alone)
