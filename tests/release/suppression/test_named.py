"""A group that is named has as many pupils as a name needs: that is told also where its figures are not."""

import numpy as np
import pandas as pd
from tests.release.suppression.test_aside import FIVE, attacked, suppressed

from analysis.evidence import evidence
from analysis.params import load_params
from analysis.release.suppression.cuts import Periods
from analysis.release.suppression.figures import Told, told, with_figures
from analysis.release.suppression.linked import Linked, axis
from analysis.release.suppression.protect import Guarded

PARAMS = load_params()
WHEN = Periods((2026,), {}, {})


def of(**values: str) -> dict[str, frozenset[str]]:
    return {name: frozenset([value]) for name, value in values.items()}


def size(n: float, **group: str) -> Told:
    return Told(of(**group), n, n, ("size", "9", "CE", "", "2026-2026", *group.values()), n)


def learners(*more: Told) -> Linked:
    """Of 34 pupils who learn the language 30 have one background and are named; three and one have others."""
    dims = {"background": ("x", "y", "z"), "learns": ("no", "yes")}
    truth = np.array([[100.0, 30.0], [50.0, 3.0], [40.0, 1.0]])
    one = Linked(tuple(axis(name, levels) for name, levels in dims.items()), truth.ravel())
    cells = [
        size(n, background=b, learns=v)
        for b, row in zip("xyz", truth, strict=True)
        for v, n in zip(("no", "yes"), row, strict=True)
    ]
    first = [size(34, learns="yes"), *cells]
    return with_figures(one, [*first, *more])[0]


NAMED = Told(of(background="x", learns="yes"), 30, float("inf"), (), 0.0, named=True)


def test_a_named_row_tells_as_many_pupils_as_a_name_needs():
    row = {"municipality_id": "D001", "grade": "9", "test": "CE", "school_year": 2026, "domain": "mathematics", "n": 44}
    rows = evidence(pd.DataFrame([row | {"group": "sex=boy", "estimate": 4.0, "low": 1.0, "high": 8.0}]),
                    indicator="support_group", part="headline", unit="pupils").assign(told=False)  # fmt: skip
    name, *_ = told(rows, pd.Series([5]), WHEN, PARAMS)
    assert (name.low, name.high, name.key, name.named) == (PARAMS.smallest_named_group, float("inf"), (), True)
    assert name.group["sex"] == {"boy"}


def test_the_rest_of_a_total_beside_a_name_is_not_left_narrow():
    one = learners(NAMED)
    stage = suppressed(one)
    assert attacked(one, stage).found == ()


def test_planned_without_the_name_it_would_be():
    """The pattern that looks safe until one reads the name of the group whose figure is blank."""
    plain = learners()
    stage = suppressed(plain)
    assert attacked(plain, stage).found == ()
    assert attacked(learners(NAMED), stage).found != ()


def test_a_name_is_told_by_the_page_and_excuses_no_narrow_group():
    (name,) = [figure for figure in learners(NAMED).figures if figure.fixed]
    assert not name.aside
    guarded = Guarded(learners(NAMED), FIVE, set())
    assert np.isinf(guarded.known_high).all()
