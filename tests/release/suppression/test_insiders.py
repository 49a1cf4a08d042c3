"""A pupil who is alone in a group learns no other small group: beside the attack, which shares no code with it."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.release.suppression.test_aside import as_read
from tests.release.suppression.test_protect import FIVE, linked, small_ones, suppressed, tables

from analysis.audit import attack as attacks
from analysis.audit.insiders import insiders
from analysis.release.suppression.cuts import UNKNOWN
from analysis.release.suppression.give_back import give_back
from analysis.release.suppression.insiders import alone, learnt, protect_insiders
from analysis.release.suppression.linked import Figure, Linked, axis
from analysis.release.suppression.protect import Guarded
from analysis.release.suppression.stage import Stage


def followed(one: Linked, stage: Stage) -> int:
    """How many groups follow exactly for pupils who are alone in a group, by the other room's code."""
    truth = one.truth.reshape([len(a.levels) for a in one.axes])
    return insiders(as_read(one, stage.withheld), truth, attacks.Limits(5, 10, frozenset()), 99).exact


def test_whoever_is_alone_in_a_cell_learns_the_other_one_of_two_blanks():
    """A boy alone in A: A and B are blank, five boys are in both together, so that there are four in B."""
    one = linked(np.array([[12, 1], [15, 4], [10, 7]]))
    first = small_ones(one)
    stage = Stage(("9", "CE"), [Guarded(one, FIVE, first)], set(), first)
    stage.protect()
    assert len(learnt(stage.sets[0])) == 1
    assert followed(one, stage) == 1
    protect_insiders(stage)
    assert followed(one, stage) == 0


@settings(max_examples=40, deadline=None)
@given(tables)
def test_no_pupil_alone_in_a_cell_learns_another_small_group(rows):
    one = linked(np.array(rows))
    assert followed(one, suppressed(one)) == 0


DIMS = {"band": ("low", "middle", "high"), "income": ("low", "other", UNKNOWN)}


def with_bands(*schools: list[tuple[int, int, int]]) -> Linked:
    """Bands of results by income, in one school or two: bands are public, incomes published, no table has them together."""
    several = {"school": ("A", "B")} if len(schools) > 1 else {}
    dims = several | DIMS
    one = Linked(tuple(axis(name, levels) for name, levels in dims.items()), np.array(schools, dtype=float).ravel())
    sums = one.sums(one.truth)
    names = [("band", band) for band in DIMS["band"]] + [("income", income) for income in DIMS["income"][:2]]
    figures = []
    for (name, level), where in product(names, several.get("school", [""])):
        group = {name: frozenset([level])} | ({"school": frozenset([where])} if where else {})
        number, public = sums[one.place(group)], name == "band"
        figures.append(Figure(one.place(group), number, number, frozenset() if public else frozenset([("size", where, level)]),
                              0.0 if public else 1.0, fixed=public, aside=public))  # fmt: skip
    return Linked(one.axes, one.truth, tuple(figures))


def stage_of(one: Linked) -> Stage:
    first = {key for figure in one.figures for key in figure.keys if 0 < figure.low < FIVE.smallest}
    return Stage(("9", "CE"), [Guarded(one, FIVE, first)], set(), first)


def test_whoever_is_alone_in_a_group_of_no_table_subtracts_as_well():
    """Three are in the middle band, which is public; incomes of all are known, as their numbers tell: the other two are low."""
    one = with_bands([(9, 8, 0), (2, 1, 0), (9, 9, 0)])
    stage = stage_of(one)
    stage.protect()
    assert stage.withheld == set()
    assert len(alone(stage.sets[0])) == 1
    assert followed(one, stage) == 1
    protect_insiders(stage)
    assert stage.withheld != set()
    assert followed(one, stage) == 0


def test_whoever_is_alone_by_three_properties_subtracts_as_well():
    """The same in a school that has a second one beside it: the pupil is alone by school, band and income."""
    one = with_bands([(9, 8, 0), (2, 1, 0), (9, 9, 0)], [(9, 9, 3), (8, 9, 3), (9, 9, 3)])
    stage = stage_of(one)
    stage.protect()
    assert stage.withheld == set()
    (guarded,) = stage.sets
    assert one.depth[guarded.targets[alone(guarded)]].tolist() == [3]
    assert followed(one, stage) == 1
    protect_insiders(stage)
    assert stage.withheld != set()
    assert followed(one, stage) == 0


def test_what_follows_from_public_numbers_alone_ends_nothing():
    """Bands and incomes are public: that the other two of the middle band are low follows whatever is withheld."""
    one = with_bands([(9, 8, 0), (2, 1, 0), (9, 9, 0)])
    public = tuple(replace(figure, fixed=True, aside=True, keys=frozenset()) for figure in one.figures)
    stage = stage_of(replace(one, figures=public))
    stage.protect()
    assert len(learnt(stage.sets[0])) == 1
    protect_insiders(stage)
    assert stage.withheld == set()
    assert learnt(stage.sets[0]) == []


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 1)), min_size=3, max_size=3))
def test_beside_what_is_public_nobody_alone_learns_another_small_group(rows):
    for schools in ([rows], [rows, [(9, 9, 3), (8, 9, 3), (9, 9, 3)]]):
        one = with_bands(*schools)
        stage = stage_of(one)
        stage.protect()
        protect_insiders(stage)
        give_back(stage)
        assert followed(one, stage) == 0


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 1)), min_size=3, max_size=3))
def test_tables_seen_and_their_mixtures_clear_nothing_that_follows(rows):
    """Whoever has seen no table has to ask for each group: it comes to the same pairs."""
    one = with_bands(rows, [(9, 9, 3), (8, 1, 3), (9, 9, 3)])
    stage = stage_of(one)
    stage.protect()
    assert learnt(stage.sets[0]) == learnt(Guarded(one, FIVE, stage.withheld))


@pytest.mark.parametrize(
    ("seen", "follows"),
    [
        ([(0, 0.7)], True),  # as many alone, the other by less than a pupil
        ([(0, 1.0)], False),
        ([(0.8, 3.0)], True),  # not one in the group
        ([(-1, 1.0), (1, 0.4)], True),  # half of each: 0.7
        ([(-1, 1.0), (1, 1.0)], False),
        ([(-1, 4.0), (3, 0.0)], False),  # three quarters of the first
        ([(-1, 0.0), (3, 3.9)], True),  # one quarter of the second
        ([(-1, 4.0), (-0.5, 4.0)], True),  # no table with more
    ],
)
def test_only_what_differs_by_a_pupil_where_the_group_is_one_is_cleared(seen, follows):
    one = linked(np.array([[12, 1], [15, 4], [10, 7]]))
    stage = Stage(("9", "CE"), [Guarded(one, FIVE, small_ones(one))], set(), small_ones(one))
    (guarded,) = stage.sets
    pairs = learnt(guarded)
    assert [guarded.sizes[target] for _, target in pairs] == [4]
    for own, other in seen:
        guarded.learn(one.truth + np.array([0, own, 0, other, 0, 0]))
    assert (learnt(guarded) == pairs) is follows
