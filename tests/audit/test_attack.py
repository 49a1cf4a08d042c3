"""The attack finds what follows from published figures and nothing more: beside enumeration of all whole tables."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.audit.attack import UNKNOWN, Limits, attack, judge, strangers
from analysis.audit.bounds import Contradiction, Reader, whole_ends
from analysis.audit.sets import Figure, LinkedSet

DIMS = {"school": ("A", "B", "C"), "sex": ("girl", "boy")}


def size(n: float, **group: str) -> Figure:
    return Figure({name: frozenset([level]) for name, level in group.items()}, n, n)


def share(percent: float, digit: float, event: dict[str, str], **group: str) -> Figure:
    named = {name: frozenset([level]) for name, level in event.items()}
    own = {name: frozenset([level]) for name, level in group.items()}
    return Figure(own, percent - digit / 2, percent + digit / 2, named)


def all_figures(table: np.ndarray, hidden: set[tuple[int, int]] = frozenset()) -> list[Figure]:
    """Margins and inner cells of schools by sex, without those hidden."""
    schools, sexes = DIMS.values()
    figures = [size(table.sum())]
    figures += [size(table[i].sum(), school=s) for i, s in enumerate(schools)]
    figures += [size(table[:, j].sum(), sex=x) for j, x in enumerate(sexes)]
    return figures + [
        size(table[i, j], school=s, sex=x)
        for (i, s), (j, x) in product(enumerate(schools), enumerate(sexes))
        if (i, j) not in hidden
    ]


FIVE = Limits(5, 10, frozenset())


def test_one_blank_in_a_line_is_no_blank():
    table = np.array([[12, 3], [9, 8], [10, 7]])
    made = attack(LinkedSet("t", DIMS, tuple(all_figures(table, {(0, 1)}))), table.astype(float), FIVE)
    assert [(one.size, one.low, one.high, one.judgement) for one in made.found] == [(3, 3, 3, "exact")]
    assert made.targets == 1


def test_four_blanks_in_a_square_hide_it():
    table = np.array([[12, 3], [9, 8], [10, 7]])
    hidden = {(0, 0), (0, 1), (1, 0), (1, 1)}
    made = attack(LinkedSet("t", DIMS, tuple(all_figures(table, hidden))), table.astype(float), FIVE)
    assert made.targets == 1
    assert made.found == ()


def test_two_blanks_whose_sum_is_small_are_narrow():
    table = np.array([[1, 2], [9, 8], [10, 7]])
    hidden = {(0, 0), (0, 1), (1, 0), (1, 1)}
    made = attack(LinkedSet("t", DIMS, tuple(all_figures(table, hidden))), table.astype(float), FIVE)
    assert {(one.size, one.low, one.high, one.judgement) for one in made.found} == {
        (1, 0, 3, "narrow"), (2, 0, 3, "narrow"), (3, 3, 3, "exact")
    }  # fmt: skip


def test_what_may_be_large_and_is_known_within_a_few_is_narrow():
    """Girls of A are ten less those of B, who are four to seven: three to six."""
    dims = {"school": ("A", "B"), "sex": ("girl", "boy")}
    truth = np.array([[4.0, 2.0], [6.0, 1.0]])
    figures = (size(6, school="A"), size(7, school="B"), size(10, sex="girl"))
    found = {str(one.group): one for one in attack(LinkedSet("t", dims, figures), truth, FIVE).found}
    girls = found[str({"school": frozenset({"A"}), "sex": frozenset({"girl"})})]
    assert (girls.size, girls.low, girls.high, girls.judgement) == (4, 3, 6, "narrow")


def test_a_rate_beside_a_known_size_is_a_count():
    dims = {"school": ("A", "B"), "result": ("failed", "passed")}
    truth = np.array([[3.0, 27.0], [11.0, 40.0]])
    figures = (size(30, school="A"), share(10, 1, {"result": "failed"}, school="A"))
    made = attack(LinkedSet("t", dims, figures), truth, FIVE)
    assert [(one.low, one.high) for one in made.found] == [(3, 3)]
    unknown = attack(LinkedSet("t", dims, figures[1:]), truth, FIVE)
    assert unknown.found == ()


def test_a_part_of_a_group_that_is_shown_is_judged_by_the_group():
    """Ten is asked for of sensitive groups; that those among eight are no more than eight everybody knows."""
    dims = {"sex": ("girl", "boy"), "sen": ("yes", "no")}
    truth = np.array([[3.0, 5.0], [6.0, 40.0]])
    limits = Limits(5, 10, frozenset({"sen"}))
    shown = (size(8, sex="girl"), size(46, sex="boy"))
    assert attack(LinkedSet("t", dims, shown), truth, limits).found == ()
    told = attack(LinkedSet("t", dims, (*shown, size(9, sen="yes"))), truth, limits).found
    assert {(one.size, one.judgement) for one in told} == {(9, "exact"), (6, "proven_small")}


def test_a_shown_small_group_does_not_lower_what_is_asked():
    truth = np.array([[12, 3], [9, 8], [10, 7.0]])
    made = attack(LinkedSet("t", DIMS, (size(3, school="A", sex="boy"),)), truth, FIVE)
    assert [one.judgement for one in made.found] == ["exact"]


def test_a_stranger_proves_the_same_without_the_truth_and_nothing_of_what_may_be_none():
    table = np.array([[12, 3], [9, 8], [10, 7]])
    made = strangers(LinkedSet("t", DIMS, tuple(all_figures(table, {(0, 1)}))), FIVE)
    assert [(one.size, one.low, one.high, one.judgement) for one in made.found] == [(-1, 3, 3, "exact")]
    square = {(0, 0), (0, 1), (1, 0), (1, 1)}
    assert strangers(LinkedSet("t", DIMS, tuple(all_figures(table, square))), FIVE).found == ()


def test_a_figure_that_the_truth_does_not_know_is_refused():
    table = np.array([[12, 3], [9, 8], [10, 7]])
    figures = [*all_figures(table)[1:], size(50)]
    with pytest.raises(Contradiction):
        attack(LinkedSet("t", DIMS, tuple(figures)), table.astype(float), FIVE)
    with pytest.raises(Contradiction):
        Reader(LinkedSet("t", DIMS, tuple(figures))).most(np.ones(6, dtype=bool))


def test_what_has_no_limit_is_told_so_and_the_next_question_is_answered():
    reader = Reader(LinkedSet("t", DIMS, (size(7, school="A"),)))
    linked = LinkedSet("t", DIMS)
    assert reader.most(linked.mask({"school": frozenset(["B"])}))[0] == np.inf
    assert reader.most(linked.mask({"school": frozenset(["A"])}))[0] == 7
    assert reader.least(linked.mask({"school": frozenset(["A"])}))[0] == 7


def enumerated(figures: list[Figure], most: int) -> list[np.ndarray]:
    """Every whole table with no more than `most` in a cell that agrees with all sizes."""
    linked = LinkedSet("t", DIMS)
    masks = [(linked.mask(figure.group), figure.low) for figure in figures]
    tables = np.array(list(product(range(most + 1), repeat=6)))
    keep = np.ones(len(tables), dtype=bool)
    for mask, n in masks:
        keep &= tables[:, mask].sum(axis=1) == n
    return tables[keep]


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(0, 5), min_size=6, max_size=6), st.sets(st.tuples(st.integers(0, 2), st.integers(0, 1))))
def test_ends_are_those_of_all_whole_tables(cells, hidden):
    """Sizes of schools by sex make a transport problem, whose ends are whole: equal, not only around them."""
    table = np.array(cells).reshape(3, 2)
    figures = all_figures(table, hidden)
    tables = enumerated(figures, int(table.sum(axis=1).max()))
    linked = LinkedSet("t", DIMS, tuple(figures))
    for whole in (False, True):
        reader = Reader(linked, whole=whole)
        for place in range(6):
            group = np.arange(6) == place
            ends = whole_ends(reader.least(group)[0], reader.most(group)[0])
            assert ends == (tables[:, place].min(), tables[:, place].max())


@settings(deadline=None, max_examples=100)
@given(st.lists(st.integers(0, 9), min_size=12, max_size=12), st.randoms(), st.booleans(), st.sampled_from([0.0, 0.3]))
def test_clearing_by_tables_seen_finds_what_solving_each_finds(cells, random, whole, public):
    dims = {"school": ("A", "B"), "sex": ("girl", "boy"), "sen": ("yes", "no", "?")}
    truth = np.array(cells, dtype=float).reshape(2, 2, 3)
    linked = LinkedSet("t", dims)
    every = [linked.group_at(s, tuple(p)) for s in linked.subsets() for p in np.argwhere(linked.sums(truth, s) >= 0)]
    shown = [(g, "public" if random.random() < public else "") for g in every if random.random() < 0.6]
    sizes = [truth.ravel()[linked.mask(g)].sum() for g, _ in shown]
    figures = tuple(Figure(g, n, n, source=source) for (g, source), n in zip(shown, sizes, strict=True))
    linked, without = (LinkedSet("t", dims, tuple(f for f in figures if f.source or all_)) for all_ in (True, False))
    made = attack(linked, truth, FIVE, whole=whole)
    told_apart = [g for g in every if not any(levels == {UNKNOWN} for levels in g.values())]
    small = [g for g in told_apart if 0 < truth.ravel()[linked.mask(g)].sum() < 5]
    slowly, anyway = {}, 0
    for group in small:
        low, high = solved_alone(linked, group, whole=whole)
        least, most = solved_alone(without, group, whole=whole)
        if judge(low, high, 5) and not (high >= min(5, most) and high - low >= min(5, most - least)):
            slowly[str(group)] = (low, high)
        anyway += judge(least, most, 5) is not None and str(group) not in slowly
    assert made.targets == len(small)
    assert {str(one.group): (one.low, one.high) for one in made.found} == slowly
    assert made.anyway == anyway


def solved_alone(linked: LinkedSet, group: dict[str, frozenset[str]], *, whole: bool) -> tuple[float, float]:
    reader, mask = Reader(linked, whole=whole), linked.mask(group)
    return whole_ends(reader.least(mask)[0], reader.most(mask)[0])


def test_a_group_without_limit_clears_no_other_whose_number_is_published():
    """With one figure alone the rest may have any size; the single pupil that it tells of is found all the same."""
    linked = LinkedSet("t", {"school": ("A", "B"), "sex": ("girl", "boy")})
    truth = np.array([[0.0, 0.0], [0.0, 1.0]])
    boys = next(g for g in (linked.group_at(("sex",), (i,)) for i in range(2)) if truth.ravel()[linked.mask(g)].sum())
    made = attack(LinkedSet("t", linked.dims, (Figure(boys, 1, 1),)), truth, FIVE)
    assert {str(one.group): one.judgement for one in made.found}[str(boys)] == "exact"
    cells = Reader(LinkedSet("t", linked.dims, (Figure(boys, 1, 1),))).most(linked.mask({"school": frozenset("A")}))[1]
    assert cells.ravel()[linked.mask(boys)].sum() == 1


def test_what_a_reader_knows_anyway_is_told_apart():
    """Three pupils sat in A, which is public: that one to three of them are girls follows from it, how many does not."""
    table = np.array([[1.0, 2.0], [9.0, 8.0], [10.0, 7.0]])
    public = Figure({"school": frozenset(["A"])}, 3, 3, source="public")
    hidden = attack(LinkedSet("t", DIMS, (public,)), table, FIVE)
    assert hidden.found == ()
    assert hidden.anyway == 3  # the school, its girls, its boys
    girls = Figure({"school": frozenset(["A"]), "sex": frozenset(["girl"])}, 1, 1)
    told = attack(LinkedSet("t", DIMS, (public, girls)), table, FIVE)
    assert {next(iter(one.group["sex"])): one.judgement for one in told.found} == {"girl": "exact", "boy": "exact"}
