"""The tests behind findings: Holm against statsmodels, the exact test against Fisher's, error rates by simulation."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from analysis.intake.findings.tests import conditional_tails, holm, too_frequent, unlike_others


@pytest.mark.parametrize("seed", range(5))
def test_holm_rejects_what_statsmodels_rejects(seed: int) -> None:
    p = pd.Series(np.random.default_rng(seed).beta(0.2, 4.0, size=30))
    assert list(holm(p, len(p))) == list(multipletests(p, 0.05, method="holm")[0])


def test_hypotheses_not_looked_at_make_it_harder() -> None:
    p = pd.Series([0.001, 0.02])
    assert list(holm(p, 2)) == [True, True]
    assert list(holm(p, 40)) == [True, False]


def test_one_stratum_is_fishers_exact_test() -> None:
    """3 of 40 here, 30 of 160 elsewhere."""
    tails = conditional_tails(pd.DataFrame({"count": [3], "n": [40], "all_count": [33], "all_n": [200]}))
    table = [[3, 37], [30, 130]]
    for tail, side in zip(tails, ("less", "greater"), strict=True):
        assert tail == pytest.approx(stats.fisher_exact(table, alternative=side).pvalue, rel=1e-9)


def test_several_strata_are_their_convolution() -> None:
    strata = pd.DataFrame({"count": [1, 2], "n": [10, 12], "all_count": [9, 20], "all_n": [80, 90]})
    rng = np.random.default_rng(1)
    drawn = rng.hypergeometric(9, 71, 10, 400_000) + rng.hypergeometric(20, 70, 12, 400_000)
    low, high = conditional_tails(strata)
    assert low == pytest.approx((drawn <= 3).mean(), abs=0.004)
    assert high == pytest.approx((drawn >= 3).mean(), abs=0.004)


def no_difference(rng: np.random.Generator, schools: int = 20, years: int = 3) -> pd.DataFrame:
    """Schools of very different size, years of very different rates, and no difference between schools."""
    sizes = rng.integers(5, 120, schools)
    rates = {"absent": rng.uniform(0.01, 0.15, years), "exempt": rng.uniform(0.005, 0.06, years)}
    rows = [(f"S{s}", y, kind, rng.binomial(sizes[s], rate[y]), sizes[s])
            for s in range(schools) for y in range(years) for kind, rate in rates.items()]  # fmt: skip
    return pd.DataFrame(rows, columns=["school_id", "stratum", "kind", "count", "n"])


def test_the_error_rate_holds_over_the_whole_delivery() -> None:
    """With every far-out unit looked at (no limit of size), a false alarm in no more than 5 % of 200 countries, and chance."""
    rng = np.random.default_rng(20261124)
    alarms = sum(
        len(unlike_others(no_difference(rng), "school_id", "stratum", few=0.0, times=1.0)) > 0 for _ in range(200)
    )
    assert alarms / 200 <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 200)


def test_a_planted_school_is_found() -> None:
    cells = no_difference(np.random.default_rng(7))
    largest = cells.groupby("school_id")["n"].sum().idxmax()
    planted = cells["school_id"].eq(largest)
    silent = cells.assign(count=cells["count"].mask(planted & cells["kind"].eq("absent"), 0))
    often = cells.assign(count=cells["count"].mask(planted & cells["kind"].eq("exempt"), cells["n"] // 4))
    found = {name: unlike_others(one, "school_id", "stratum") for name, one in (("silent", silent), ("often", often))}
    assert [(list(f["school_id"]), list(f["low"])) for f in found.values()] == [
        ([largest], [True]),
        ([largest], [False]),
    ]


def test_units_alike_but_for_chance_share_their_values() -> None:
    """Scores 0–20 drawn alike in 40 schools: in 100 countries hardly ever a value far too frequent."""
    rng = np.random.default_rng(3)
    school = np.repeat(np.arange(40), 25)
    alarms = 0
    for _ in range(100):
        rows = pd.DataFrame({"unit": school, "test": 1, "value": rng.binomial(20, 0.6, len(school))})
        alarms += len(too_frequent(rows, "unit", "test", "value", smallest_n=10, share=0.0)) > 0
    assert alarms / 100 <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 100)


def test_the_only_school_of_a_test_is_compared_with_nobody() -> None:
    rows = pd.DataFrame({"unit": "S1", "test": 1, "value": [7] * 30})
    assert len(too_frequent(rows, "unit", "test", "value", smallest_n=10, share=0.5)) == 0
