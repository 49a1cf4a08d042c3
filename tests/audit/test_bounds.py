"""Which cells may have any number of pupils is told as another solver tells it, one cell at a time."""

from itertools import product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from analysis.audit.bounds import Reader
from analysis.audit.sets import Figure, LinkedSet

DIMS = {"school": ("A", "B"), "sex": ("girl", "boy"), "result": ("low", "high")}
GROUPS = [
    {name: frozenset([level]) for name, level in zip(DIMS, levels, strict=True) if level}
    for levels in product(*[(*own, "") for own in DIMS.values()])
]
LOW = {"result": frozenset(["low"])}


def figures(truth: np.ndarray, sizes: list[int], shares: list[int]) -> tuple[Figure, ...]:
    linked = LinkedSet("t", DIMS)
    counted = [(GROUPS[i], float(truth[linked.mask(GROUPS[i])].sum())) for i in sizes]
    made = [Figure(group, n, n) for group, n in counted]
    for i in shares:
        group = linked.mask(GROUPS[i])
        if truth[group].sum():
            percent = 100 * truth[group & linked.mask(LOW)].sum() / truth[group].sum()
            made.append(Figure(GROUPS[i], percent - 0.05, percent + 0.05, LOW))
    return tuple(made)


def without_limit(linked: LinkedSet, cell: int) -> bool:
    above, limits = [], []
    for figure in linked.figures:
        group = linked.mask(figure.group).astype(float)
        within = group * linked.mask(figure.event) if figure.event else group
        low, high = (figure.low / 100, figure.high / 100) if figure.event else (0.0, 0.0)
        above += [within - high * group, low * group - within] if figure.event else [group, -group]
        limits += [0.0, 0.0] if figure.event else [figure.high, -figure.low]
    rows = (np.array(above), np.array(limits)) if above else (None, None)
    most = linprog(
        -np.eye(linked.size)[cell], *rows, bounds=(0, 1e6), method="highs-ipm"
    )  # what has a limit has one below 100
    return bool(-most.fun > 200)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.integers(0, 9), min_size=8, max_size=8),
    st.lists(st.integers(0, len(GROUPS) - 1), max_size=6),
    st.lists(st.sampled_from([i for i, group in enumerate(GROUPS) if "result" not in group]), max_size=3),
)
def test_cells_without_limit_are_those_of_another_solver(cells, sizes, shares):
    linked = LinkedSet("t", DIMS, figures(np.array(cells, dtype=float), sizes, shares))
    assert Reader(linked).unlimited.tolist() == [without_limit(linked, cell) for cell in range(linked.size)]


def test_a_sum_of_weights_is_made_as_large_and_as_small_as_can_be():
    linked = LinkedSet("t", {"sex": ("girl", "boy")}, (Figure({}, 10, 10), Figure({"sex": frozenset(["girl"])}, 2, 7)))
    reader = Reader(linked)
    assert [ask(np.array([3.0, 1.0]))[0] for ask in (reader.most, reader.least)] == [24, 14]
    assert reader.most(np.array([0.0, 1.0]))[0] == 8
