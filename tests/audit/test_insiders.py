"""What a pupil who is alone in a cell learns: what all tables of whole pupils agree on, and not what is known anyway."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.audit.attack import Limits
from analysis.audit.insiders import insiders
from analysis.audit.sets import Figure, LinkedSet

FIVE = Limits(5, 10, frozenset())
DIMS = {"school": ("A", "B"), "sex": ("girl", "boy")}
GIRL_OF_A = {"school": frozenset("A"), "sex": frozenset(["girl"])}


def totals(truth: np.ndarray, *more: Figure) -> LinkedSet:
    """The margins of a table of schools and sexes are published, its cells are blank."""
    schools = [Figure({"school": frozenset(name)}, n, n) for name, n in zip("AB", truth.sum(axis=1), strict=True)]
    sexes = [Figure({"sex": frozenset([name])}, n, n) for name, n in zip(DIMS["sex"], truth.sum(axis=0), strict=True)]
    return LinkedSet("t", DIMS, (*schools, *sexes, *more))


def test_the_only_girl_of_a_school_subtracts_herself():
    """One girl and three boys at A; the three and the girls of B follow for her from the margins."""
    truth = np.array([[1.0, 3.0], [2.0, 9.0]])
    learnt = insiders(totals(truth), truth, FIVE, 9)
    assert (learnt.pupils, learnt.exact, learnt.anyway) == (1, 2, 0)


def test_what_is_known_without_the_pages_is_counted_apart():
    truth = np.array([[1.0, 3.0], [2.0, 9.0]])
    public = tuple(replace(figure, source="public") for figure in totals(truth).figures)
    learnt = insiders(LinkedSet("t", DIMS, public), truth, FIVE, 9)
    assert (learnt.exact, learnt.anyway) == (0, 2)


def test_where_nobody_is_alone_nobody_is_tried():
    truth = np.array([[2.0, 3.0], [2.0, 9.0]])
    assert insiders(totals(truth), truth, FIVE, 9).pupils == 0


def learnt_by_brute_force(truth: np.ndarray, published: LinkedSet) -> int:
    """Count pairs of a pupil alone in a cell and another small cell or margin that all tables of whole pupils agree on."""
    most = int(truth.sum())
    tables = [
        np.array(cells, dtype=float).reshape(2, 2) for cells in product(range(most + 1), repeat=4) if sum(cells) == most
    ]
    tables = [one for one in tables if all(f.low <= f.value(published, one) <= f.high for f in published.figures)]
    groups = [(i, j) for i in (0, 1, None) for j in (0, 1, None) if (i, j) != (None, None)]
    size = {g: [float(one[slice(None) if g[0] is None else g[0], slice(None) if g[1] is None else g[1]].sum()) for one in tables]
            for g in groups}  # fmt: skip
    true = {
        g: truth[slice(None) if g[0] is None else g[0], slice(None) if g[1] is None else g[1]].sum() for g in groups
    }
    exact = 0
    for alone in (g for g in groups if true[g] == 1):
        left = [place for place, n in enumerate(size[alone]) if n == 1]
        others = [g for g in groups if 0 < true[g] < 5 and not _nested(g, alone)]
        exact += sum(len({size[g][place] for place in left}) == 1 for g in others)
    return exact


def _nested(one: tuple[int | None, int | None], other: tuple[int | None, int | None]) -> bool:
    return any(all(b is None or a == b for a, b in zip(*pair, strict=True)) for pair in ((one, other), (other, one)))


@pytest.mark.slow
@given(st.lists(st.integers(0, 3), min_size=4, max_size=4), st.lists(st.booleans(), min_size=4, max_size=4))
@settings(max_examples=40, deadline=None)
def test_brute_force_agrees(cells, told):
    truth = np.array(cells, dtype=float).reshape(2, 2)
    every = Figure({}, truth.sum(), truth.sum())
    shown = (figure for figure, kept in zip(totals(truth).figures, told, strict=True) if kept)
    published = LinkedSet("t", DIMS, (every, *shown))
    assert insiders(published, truth, FIVE, 99).exact == learnt_by_brute_force(truth, published)
