"""What is withheld suffices: beside the attack, which shares no code with it, and beside the enumeration of whole tables."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.audit import attack as attacks
from analysis.audit.sets import Figure as Read
from analysis.audit.sets import LinkedSet
from analysis.release.suppression.give_back import give_back
from analysis.release.suppression.insiders import protect_insiders
from analysis.release.suppression.limits import Limits
from analysis.release.suppression.linked import Figure, Linked, axis
from analysis.release.suppression.protect import Guarded
from analysis.release.suppression.stage import Reason, Stage

SCHOOLS, SEXES = ("A", "B", "C", "D"), ("girl", "boy")
FIVE = Limits(5, 10, ())


def linked(table: np.ndarray, dims: dict[str, tuple[str, ...]] | None = None) -> Linked:
    """All margins and cells of a table with two dimensions, published under keys that name them."""
    dims = dims or {"school": SCHOOLS[: table.shape[0]], "sex": SEXES}
    empty = Linked(tuple(axis(name, levels) for name, levels in dims.items()), table.astype(float).ravel())
    sums = empty.sums(empty.truth)
    names = [[*levels, ""] for levels in dims.values()]
    figures = []
    for group in product(*names):
        place = empty.place({n: frozenset([g]) for n, g in zip(dims, group, strict=True) if g})
        key = ("size", "9", "CE", "", "2026-2026", *group)
        figures.append(Figure(place, sums[place], sums[place], frozenset([key]), 1 + np.log1p(sums[place])))
    return Linked(empty.axes, empty.truth, tuple(figures))


def small_ones(one: Linked, limit: int = 5) -> set[tuple[str, ...]]:
    """What a first line withholds: figures of one to ``limit − 1`` pupils."""
    return {key for figure in one.figures for key in figure.keys if 0 < figure.low < limit}


def suppressed(*sets: Linked, limits: Limits = FIVE, back: bool = True) -> Stage:
    first = set().union(*(small_ones(one) for one in sets))
    stage = Stage(("9", "CE"), [Guarded(one, limits, first) for one in sets], set(), first)
    stage.protect()
    protect_insiders(stage)
    if back:
        give_back(stage)
    return stage


def attacked(one: Linked, stage: Stage, limits: Limits = FIVE, *, whole: bool = False) -> attacks.Attacked:
    """Attack what is told, by the other room's code."""
    dims = {a.name: a.levels for a in one.axes}
    figures = []
    for figure in one.figures:
        if figure.keys.isdisjoint(stage.withheld):
            group = dict(zip(dims, next(iter(figure.keys))[5:], strict=True))
            figures.append(Read({n: frozenset([g]) for n, g in group.items() if g}, figure.low, figure.high))
    known = attacks.Limits(limits.smallest, limits.sensitive, frozenset(limits.attributes))
    return attacks.attack(
        LinkedSet("t", dims, tuple(figures)), one.truth.reshape([len(v) for v in dims.values()]), known, whole=whole
    )


def test_a_single_blank_takes_a_square_with_it():
    one = linked(np.array([[12, 3], [9, 8], [10, 7]]))
    stage = suppressed(one)
    assert len(stage.withheld) == 4
    assert attacked(one, stage).found == ()


def test_primary_suppression_alone_is_broken_and_what_is_added_mends_it():
    one = linked(np.array([[12, 3], [9, 8], [10, 4], [2, 15]]))
    first = small_ones(one)
    alone = Stage(("9", "CE"), [Guarded(one, FIVE, first)], set(), first)
    assert {found.judgement for found in attacked(one, alone).found} == {"exact"}
    assert attacked(one, suppressed(one)).found == ()


tables = st.lists(st.tuples(st.integers(0, 14), st.integers(0, 14)), min_size=2, max_size=4)


@settings(max_examples=60, deadline=None)
@given(tables)
def test_no_small_group_of_any_table_is_narrowed_down(rows):
    one = linked(np.array(rows))
    assert attacked(one, suppressed(one)).found == ()


@settings(max_examples=20, deadline=None)
@given(tables)
def test_nor_by_who_knows_that_pupils_are_whole(rows):
    one = linked(np.array(rows))
    assert attacked(one, suppressed(one), whole=True).found == ()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.integers(0, 7), min_size=8, max_size=8), min_size=2, max_size=3))
def test_nor_where_one_attribute_is_sensitive(rows):
    dims = {"school": SCHOOLS[: len(rows)], "sex": SEXES, "sen": ("no", "yes"), "language": ("lv", "other")}
    table = np.array(rows).reshape([len(v) for v in dims.values()])
    one = _pairs(table, dims)
    limits = Limits(5, 10, ("sen",))
    first = {key for f in one.figures for key in f.keys if 0 < f.low < (10 if key[7] else 5)}
    stage = Stage(("9", "CE"), [Guarded(one, limits, first)], set(), first)
    stage.protect()
    give_back(stage)
    assert attacked(one, stage, limits).found == ()


def _pairs(table: np.ndarray, dims: dict[str, tuple[str, ...]]) -> Linked:
    """Publish what crosses two dimensions at most."""
    whole = linked(table, dims)
    two = tuple(f for f in whole.figures if sum(bool(g) for g in next(iter(f.keys))[5:]) <= 2)
    return Linked(whole.axes, whole.truth, two)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=2, max_size=2))
def test_every_size_up_to_the_limit_is_that_of_some_whole_table(rows):
    """Enumeration: among all whole tables that agree with what is told, a small group is large in one and spread over five."""
    one = linked(np.array(rows))
    stage = suppressed(one)
    told = [f for f in one.figures if f.keys.isdisjoint(stage.withheld)]
    most = int(one.truth.sum()) + 6
    tables = np.array(list(product(range(min(most, 14) + 1), repeat=one.size)))
    for figure in told:
        tables = tables[tables[:, one.cells(figure.place)].sum(axis=1) == figure.low]
    true = one.sums(one.truth)
    for place in np.flatnonzero((true > 0) & (true < 5)):
        seen = tables[:, one.cells(int(place))].sum(axis=1)
        assert seen.max() >= 5
        assert seen.max() - seen.min() >= 5


def test_figures_that_weigh_more_are_told_before_others():
    table = np.array([[12, 3], [9, 8], [10, 7]])
    light = linked(table)
    heavy = tuple(
        Figure(f.place, f.low, f.high, f.keys, f.weight * (20 if next(iter(f.keys))[5] == "C" else 1))
        for f in light.figures
    )
    stage = suppressed(Linked(light.axes, light.truth, heavy))
    assert {key[5] for key in stage.withheld} == {"A", "B"}


def test_what_another_set_withholds_is_withheld_here_too():
    first, second = linked(np.array([[12, 3], [9, 8], [10, 7]])), linked(np.array([[12, 6], [9, 8], [10, 7]]))
    stage = suppressed(first, second)
    assert ("size", "9", "CE", "", "2026-2026", "A", "boy") in stage.withheld
    assert attacked(second, stage).found == ()
    assert attacked(first, stage).found == ()


def test_what_is_given_back_leaves_nothing_open():
    """Twelve schools by sex, special needs and result, all crossings told: the hardest kind of table."""
    dims = {
        "school": tuple(f"S{n:02d}" for n in range(12)),
        "sex": SEXES,
        "sen": ("no", "yes"),
        "passed": ("no", "yes"),
    }
    one = linked(np.random.default_rng(5).poisson(3, (12, 2, 2, 2)), dims)
    before, after = suppressed(one, back=False), suppressed(one)
    assert after.given_back == len(before.withheld - after.withheld) > 0
    assert after.withheld < before.withheld
    assert attacked(one, after).found == ()


def test_a_share_goes_with_the_size_of_its_group():
    one = linked(np.array([[12, 3], [9, 8], [10, 7]]))
    share = ("share", *("9", "CE", "", "2026-2026", "B", "boy"), "mathematics", "low_result_share", "")
    place = one.place({"school": frozenset(["B"]), "sex": frozenset(["boy"])})
    figures = tuple(
        Figure(f.place, f.low, f.high, f.keys | ({share} if f.place == place else set()), f.weight) for f in one.figures
    )
    stage = suppressed(Linked(one.axes, one.truth, figures))
    assert (share in stage.withheld) == (("size", *share[1:7]) in stage.withheld)


@pytest.mark.parametrize("wrong", [("size", "9", "CE", "", "2026-2026", "A", "girl")])
def test_a_figure_that_the_pupils_contradict_is_never_told(wrong):
    one = linked(np.array([[12, 8], [9, 8], [10, 7]]))
    stage = Stage(("9", "CE"), [Guarded(one, FIVE, set())], {wrong}, set())
    stage.protect()
    give_back(stage)
    assert wrong in stage.withheld


def test_what_may_be_large_and_is_known_within_a_few_is_open():
    """Girls of A are ten less those of B, who are four to seven: three to six."""
    dims = {"school": ("A", "B"), "sex": SEXES}
    whole = linked(np.array([[4, 2], [6, 1]]), dims)
    told = {("A", ""), ("B", ""), ("", "girl")}
    one = Linked(whole.axes, whole.truth, tuple(f for f in whole.figures if next(iter(f.keys))[5:] in told))
    guarded = Guarded(one, FIVE, set())
    girls = one.place({"school": frozenset(["A"]), "sex": frozenset(["girl"])})
    assert girls in guarded.targets[guarded.attack()]
    assert attacked(one, suppressed(one)).found == ()


def named(school: str, sex: str) -> tuple[str, ...]:
    return ("size", "9", "CE", "", "2026-2026", school, sex)


CELLS = {named(school, sex) for school in SCHOOLS[:3] for sex in SEXES}


def boys_of_a(withheld: set[tuple[str, ...]]) -> tuple[Guarded, int]:
    """Three boys in A, beside many of all others."""
    guarded = Guarded(linked(np.array([[12, 3], [9, 8], [10, 7]])), FIVE, withheld)
    return guarded, guarded.targets.tolist().index(guarded.linked.figures[1].place)


def test_what_was_asked_is_asked_again_when_less_is_told():
    guarded, boys = boys_of_a({named("A", "boy")})
    assert guarded.attack() == [boys]
    for key in sorted(CELLS):
        guarded.hide(key)
    guarded.ask(boys)
    assert not guarded.is_open(boys)


def test_what_was_asked_is_asked_again_when_more_is_told():
    """As many as 15 boys of A need girls of C to be others; what is told of them leaves those of B."""
    guarded, boys = boys_of_a(CELLS)
    guarded.ask(boys)
    guarded.tell(named("C", "girl"), CELLS - {named("C", "girl")})
    guarded.ask(boys)
    assert not guarded.is_open(boys)


def test_what_was_asked_while_more_was_told_is_asked_again():
    guarded, boys = boys_of_a(CELLS)
    undo = guarded.tell(named("A", "girl"), CELLS - {named("A", "girl")})
    guarded.ask(boys)
    assert guarded.is_open(boys)
    undo()
    guarded.ask(boys)
    assert not guarded.is_open(boys)


def test_a_size_takes_shares_with_it_that_another_figure_tells():
    share = ("share", "9", "CE", "", "2026-2026", "A", "boy", "mathematics", "low_result_share", "")
    one = linked(np.array([[12, 8], [9, 8], [10, 7]]))
    apart = tuple(
        Figure(f.place, f.low, f.high, frozenset([share]) if f.place == 0 else f.keys, f.weight) for f in one.figures
    )
    stage = Stage(("9", "CE"), [Guarded(Linked(one.axes, one.truth, apart), FIVE, set())], set(), set())
    assert stage.withhold(("size", *share[1:7])) == [("size", *share[1:7]), share]


def test_what_tells_the_same_number_goes_with_it_and_does_not_come_back_alone():
    """Failed at the mark of 15 % and below the pass mark, which is 15 %: one number, and the first line withholds one of them."""
    one = linked(np.array([[12, 8], [9, 8], [10, 7]]))
    at, failed = (
        ("share", *("9", "CE", "", "2026-2026", "", ""), "latvian", *own)
        for own in (("fail_share_at", "15"), ("fail_share", ""))
    )
    place = one.place({"school": frozenset(["A"])})
    figures = tuple(
        Figure(f.place, f.low, f.high, frozenset([at, failed]) if f.place == place else f.keys, f.weight)
        for f in one.figures
    )
    stage = Stage(("9", "CE"), [Guarded(Linked(one.axes, one.truth, figures), FIVE, {at})], set(), {at})
    assert {at, failed} <= stage.withheld
    stage.protect()
    stage.why[failed] = Reason(0, 0)
    give_back(stage)
    assert {at, failed} <= stage.withheld
