"""What rows of evidence tell, what the pupils contradict, and what counts as told in the domains of a test."""

import numpy as np
import pandas as pd
import pytest

from analysis.evidence import evidence
from analysis.params import load_params
from analysis.release.suppression.cuts import Periods
from analysis.release.suppression.figures import Told, with_figures
from analysis.release.suppression.figures import told as numbers_of
from analysis.release.suppression.keys import size_key, size_keys, valued
from analysis.release.suppression.linked import Linked, axis
from analysis.release.suppression.suppress import _first_line

PARAMS = load_params()


def told(school: str, n: float) -> Told:
    return Told({"school": frozenset([school])}, n, n, ("size", school), 1.0)


def test_a_number_that_the_pupils_contradict_is_no_figure():
    one = Linked((axis("school", ("A", "B")),), np.array([12.0, 9.0]))
    found, wrong = with_figures(one, [told("A", 12), told("B", 10)])
    assert [figure.keys for figure in found.figures] == [{("size", "A")}]
    assert wrong == {("size", "B")}


def test_bounds_and_numbers_of_one_group_are_one_figure():
    one = Linked((axis("school", ("A", "B")),), np.array([12.0, 9.0]))
    bound = Told({"school": frozenset(["A"])}, 0.0, 20.0, ("share", "A"), 3.0)
    (figure,), wrong = with_figures(one, [told("A", 12), bound])[0].figures, set()
    assert (figure.low, figure.high, figure.keys, figure.weight) == (12, 12, {("size", "A"), ("share", "A")}, 3.0)
    assert not wrong


def group(n: int, domain: str) -> pd.DataFrame:
    row = {"municipality_id": "D001", "grade": "6", "test": "diagnostic", "school_year": 2026, "domain": domain, "n": n}
    return evidence(
        pd.DataFrame([row | {"group": "sex=boy", "estimate": 0.1, "low": -0.2, "high": 0.4}]), indicator="group_gap", unit="sd",
        reference="country",
    )  # fmt: skip


def test_a_group_that_is_small_in_one_domain_is_told_in_none():
    rows = pd.concat([group(4, "literacy"), group(6, "numeracy")], ignore_index=True)
    known, first, _ = _first_line(rows, pd.Series([True, False]), PARAMS)
    assert first == known == set(size_keys(rows))


def test_a_group_that_one_domain_tells_is_told():
    rows = pd.concat([group(12, "literacy"), group(13, "numeracy")], ignore_index=True)
    assert _first_line(rows, pd.Series([True, False]), PARAMS)[1] == set()


def test_an_attribute_without_a_value_counts_all_pupils():
    row = next(group(30, "literacy").assign(group="sex=").itertuples())
    assert size_key(row)[-1] == ""
    assert valued("home_language=other&sex=") == ["home_language=other"]


@pytest.mark.parametrize(("part", "periods"), [("0-39", {"2026:0"}), ("0-100", None)])
def test_a_share_that_counts_all_says_no_more_than_their_number(part, periods):
    """A spread whose bands were merged to one: were it a figure of its own, to withhold it would withhold the size."""
    row = {
        "municipality_id": "D001",
        "grade": "6",
        "test": "diagnostic",
        "school_year": 2026,
        "domain": "literacy",
        "n": 40,
    }
    share = row | {"part": part, "estimate": 50.0, "low": 40.0, "high": 60.0}
    rows = evidence(pd.DataFrame([share]), indicator="band_share", unit="percent").assign(told=True)
    when = Periods((2026,), {2026: (0.0, 40.0)}, {})
    found = [one.group["period"] for one in numbers_of(rows, pd.Series([5]), when, PARAMS)]
    assert found == [when.between([2026]), *([periods] if periods else [])]
