"""Rates near 0 and 100 % become "at most" and "at least", and never say more than that few pupils may be behind."""

import numpy as np
import pytest

from analysis.release import release
from analysis.release.coding import bound_for
from analysis.stats.talent import SHRUNKEN

K = 5
# Privacy rule P3: from this many pupils on, a rate may go no nearer to the ends than this.
P3 = {21: 10.0, 40: 5.0, 100: 2.0, 300: 1.0}

# n, bound: the rule's own, or the next step that leaves room for five pupils
BOUNDS = [
    (20, None), (21, 25.0), (24, 25.0), (25, 20.0), (39, 20.0), (40, 20.0), (49, 20.0), (50, 10.0), (99, 10.0),
    (100, 5.0), (249, 5.0), (250, 2.0), (299, 2.0), (300, 2.0), (499, 2.0), (500, 1.0), (20_000, 1.0),
]  # fmt: skip


@pytest.mark.parametrize(("n", "bound"), BOUNDS)
def test_bounds_by_size(n: int, bound: float | None) -> None:
    assert bound_for(n, K) == bound


def test_a_bound_is_never_nearer_than_the_rule_and_leaves_room_for_k() -> None:
    for n in range(21, 700):
        rule = P3[max(first for first in P3 if first <= n)]
        assert bound_for(n, K) >= rule
        assert bound_for(n, K) * n / 100 >= K


def test_where_no_step_leaves_room_there_is_no_rate() -> None:
    assert bound_for(39, 10) is None
    assert bound_for(40, 10) == 25.0


@pytest.mark.parametrize("n", [21, 39, 40, 99, 100, 299, 300, 1000])
@pytest.mark.parametrize("indicator", ["high_result_share", "fail_share"])
def test_none_just_at_and_just_above_the_bound(n: int, indicator: str, shares, params) -> None:
    bound = bound_for(n, K)
    last = int(np.floor(bound * n / 100))
    few = (0, 1, K - 1, last)
    at_most = release(shares(indicator, few, n), params).rows
    assert at_most[["n", "high", "verdict"]].drop_duplicates().to_numpy().tolist() == [[n, bound, ""]]
    assert at_most[["estimate", "low"]].isna().all(axis=None)
    at_least = release(shares(indicator, [n - events for events in few], n), params).rows
    assert at_least[["n", "low", "verdict"]].drop_duplicates().to_numpy().tolist() == [[n, 100 - bound, ""]]
    assert at_least[["estimate", "high"]].isna().all(axis=None)
    above = release(shares(indicator, last + 1, n), params).rows.iloc[0]
    assert above["estimate"] == pytest.approx(100 * (last + 1) / n, abs=0.051)


def test_a_shrunken_share_is_told_as_it_is_and_never_called_a_bound(shares, params) -> None:
    """Nine of 32, drawn to 18 %: "at most 20 %" would be wrong of these pupils."""
    row = shares("high_result_share", [9], 32).assign(
        estimate=18.0, low=8.0, high=34.0, method=SHRUNKEN + "municipality"
    )
    told = release(row, params).rows.iloc[0]
    assert (told["estimate"], told["low"], told["high"]) == (18.0, 8.0, 34.0)
    below = release(row.assign(estimate=10.0, low=4.0), params).rows.iloc[0]
    assert (below["n"], below["estimate"]) == (32, 10.0)  # nine of them, whatever a tenth of 32 is
    twenty = release(shares("high_result_share", [9], 20).assign(method=SHRUNKEN + "municipality"), params).rows.iloc[0]
    assert twenty[["n", "estimate", "low", "high"]].isna().all()


def test_twenty_pupils_have_no_rate(shares, shown) -> None:
    assert shown(shares("fail_share", [0, 3, 10, 20], 20)) == [None] * 4


def test_all_counts_below_k_look_the_same(shares, params) -> None:
    for n in (21, 30, 39, 99, 130, 399):
        rows = release(shares("fail_share", range(K), n), params).rows
        assert len(rows.drop_duplicates()) == 1


def test_a_mean_or_a_gap_is_not_coded(places, params) -> None:
    row = release(
        places({2026: 50}).assign(estimate=1.0, high=2.0, unit="percent", reference="", verdict=""), params
    ).rows.iloc[0]
    assert row[["low", "estimate", "high"]].tolist() == [-0.1, 1.0, 2.0]
