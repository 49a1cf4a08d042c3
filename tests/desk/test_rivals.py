"""Simpler rules do what their names say."""

import numpy as np
import pandas as pd
from statsmodels.stats.multitest import multipletests

from analysis.desk.rivals import false_discovery, rivals


def groups(**columns) -> pd.DataFrame:
    size = max(map(len, columns.values()))
    given = {"n": [100] * size, "raw_se": [0.1] * size, "own_raw": [-0.5] * size, "own_se": [0.1] * size} | columns
    return pd.DataFrame(given)


def test_benjamini_and_hochberg_as_statsmodels_has_it():
    p = np.random.default_rng(3).beta(0.4, 2, 60)
    assert false_discovery(p).tolist() == multipletests(p, 0.10, "fdr_bh")[0].tolist()
    assert false_discovery(np.array([])).tolist() == []


def test_one_test_at_a_time_names_what_is_two_errors_behind():
    named = rivals(groups(raw=[-0.19, -0.20, 0.5]), 0.10)
    assert named["each"].tolist() == [False, True, False]


def test_against_the_material_gap_a_group_has_to_be_further_behind():
    named = rivals(groups(raw=[-0.25, -0.60]), 0.10)
    assert named["bh"].tolist() == [True, True]
    assert named["bh_far"].tolist() == [False, True]


def test_both_asks_the_same_of_the_gap_to_the_municipality():
    named = rivals(groups(raw=[-0.5, -0.5], own_raw=[-0.5, -0.05]), 0.10)
    assert named["each"].tolist() == [True, True]
    assert named["each_both"].tolist() == [True, False]
    assert named["bh_both"].tolist() == [True, False]


def test_the_ten_lowest_are_always_ten_and_weigh_the_number_of_pupils():
    rows = groups(raw=list(np.linspace(-0.5, 0.5, 30)))
    named = rivals(rows, 0.10)
    assert named["top"].sum() == 10
    assert named["top"].nonzero()[0].tolist() == list(range(10))
    rows.loc[29, ["raw", "n"]] = [-0.2, 2000]
    assert rivals(rows, 0.10)["top"][29]


def test_groups_without_spread_are_named_by_no_test():
    named = rivals(groups(raw=[-0.5], raw_se=[0.0]), 0.10)
    assert not named["each"].any()
