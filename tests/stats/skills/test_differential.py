"""Differential items: R's table, statsmodels, planted differences, and what must be refused."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.contingency_tables import StratifiedTable
from tests.stats.skills.exams import answers, long, mapped

from analysis.intake.delivery import read_delivery
from analysis.stats import differential_items
from analysis.stats.skills.differential import classes, logistic, mantel_haenszel

PUPILS, ITEMS = 4089, 40
PLANTED = {j: sign * size for j, (sign, size) in enumerate(
    [(1, 0.75), (-1, 0.75), (1, 0.8), (-1, 0.8), (1, 0.85), (-1, 0.85), (1, 0.9), (-1, 0.9), (1, 0.75), (-1, 0.9)])}  # fmt: skip


def named(found: pd.DataFrame) -> set[str]:
    rows = found[(found["indicator"] == "item_difference") & found["method"].str.contains("class [BC]$", regex=True)]
    return set(rows["part"])


def groups(focal: np.ndarray, name: str = "sex") -> pd.Series:
    text = np.where(focal, "girl", "boy")
    return pd.Series(text, index=[f"P{i:05d}" for i in range(len(focal))], name=name)


@pytest.mark.shared
def test_the_czech_exam_by_school_type_is_the_table_of_base_r(shared_data: Path) -> None:
    tables = read_delivery(shared_data / "czmatura", ("czmatura",)).tables
    reference = pd.read_csv(shared_data / "czmatura" / "czmatura_schooltype_items.csv").set_index("item")
    items = tables["items"].pivot(index="pupil_id", columns="item", values="points")[reference.index]
    gymnasium = tables["enrolments"].set_index("pupil_id")["gymnasium"].reindex(items.index) == "yes"
    binary = reference.index[reference["max"] == 1]
    reached = (items[binary] == 1).to_numpy()
    totals = np.repeat(items.sum(axis=1).to_numpy()[:, None], len(binary), axis=1)
    found = mantel_haenszel(reached, totals, gymnasium.to_numpy())
    ratios = logistic(reached, totals, gymnasium.to_numpy())
    for mine, theirs in (
        ("odds_ratio", "mh_or_ref_over_focal"),
        ("chi2", "mh_chisq"),
        ("p", "mh_p"),
        ("delta", "mh_delta"),
    ):
        assert found[mine].to_numpy() == pytest.approx(reference.loc[binary, theirs].to_numpy(), rel=1e-9)
    for mine, theirs in (("uniform", "lr_uniform"), ("nonuniform", "lr_nonuniform"), ("both", "lr_both")):
        assert ratios[mine].to_numpy() == pytest.approx(reference.loc[binary, f"{theirs}_chisq"].to_numpy(), abs=1e-7)


def test_odds_ratio_error_and_test_are_those_of_statsmodels() -> None:
    rng = np.random.default_rng(8)
    reached = answers(rng, 800, 10) == 1
    focal = rng.random(800) < 0.4
    total = reached.sum(axis=1)
    found = mantel_haenszel(reached, np.repeat(total[:, None], 10, axis=1), focal)
    for j in (0, 7):
        cells = [np.array([[np.sum(reached[m, j] == answer) for answer in (True, False)]
                           for m in ((total == t) & ~focal, (total == t) & focal)]) for t in np.unique(total)]  # fmt: skip
        table = StratifiedTable([c for c in cells if (c.sum(axis=0) > 0).all() and (c.sum(axis=1) > 0).all()])
        row = found.iloc[j]
        assert row["odds_ratio"] == pytest.approx(table.oddsratio_pooled)
        assert row["se"] == pytest.approx(2.35 * table.logodds_pooled_se)
        assert row["chi2"] == pytest.approx(table.test_null_odds(correction=True).statistic)


@pytest.fixture(scope="module")
def simulated() -> tuple[pd.DataFrame, pd.Series]:
    rng = np.random.default_rng(11)
    focal = rng.random(PUPILS) < 0.5
    shift = np.zeros((PUPILS, ITEMS))
    for j, size in PLANTED.items():
        shift[focal, j] = size
    return long(answers(rng, PUPILS, ITEMS, shift, np.where(focal, -0.2, 0.0))), groups(focal)


def test_every_planted_item_is_found_and_no_other(simulated) -> None:
    items, group = simulated
    assert named(differential_items(items, mapped(ITEMS), group)) == {f"{j + 1:02d}" for j in PLANTED}


def test_the_sign_says_for_whom_an_item_is_harder(simulated) -> None:
    items, group = simulated
    found = differential_items(items, mapped(ITEMS), group)
    rows = found[found["indicator"] == "item_difference"].set_index("part")
    assert len(set(rows["group"])) == 1
    focal_is_girl = set(rows["group"]) == {"sex=girl"}
    for j, size in PLANTED.items():
        estimate = rows.loc[f"{j + 1:02d}", "estimate"]
        assert estimate == pytest.approx(2.35 * size * (1 if focal_is_girl else -1), abs=0.7)
    assert (rows.loc[list(rows.index[10:]), "low"] <= 0).mean() > 0.4


def test_items_that_differ_leave_the_total_once() -> None:
    """One-sided differences pull the total along: without purification fair items look harder for the others."""
    rng = np.random.default_rng(12)
    focal = rng.random(PUPILS) < 0.5
    shift = np.zeros((PUPILS, 20))
    shift[focal, :6] = -1.2
    points = answers(rng, PUPILS, 20, shift)
    found = differential_items(long(points), mapped(20), groups(focal))
    purified = found[found["indicator"] == "item_difference"].set_index("part")["estimate"].abs()
    raw = mantel_haenszel(points == 1, np.repeat(points.sum(axis=1)[:, None], 20, axis=1), focal)["delta"].abs()
    assert found["method"].str.contains("purified once").any()
    assert purified.iloc[6:].mean() < raw.iloc[6:].mean() / 2
    first = mantel_haenszel(points == 1, np.repeat(points.sum(axis=1)[:, None], 20, axis=1), focal)
    fair = ~((first["delta"].abs() > 1) & (first["p"] < 0.05)).to_numpy()
    for j in (0, 10):  # the item itself stays in its own total
        total = points[:, fair].sum(axis=1) + (0 if fair[j] else points[:, j])
        again = mantel_haenszel(points[:, [j]] == 1, total[:, None], focal)["delta"].abs()
        assert purified.iloc[j] == pytest.approx(again.iloc[0])


def test_a_difference_that_turns_with_the_total_is_seen_by_the_slope_alone() -> None:
    rng = np.random.default_rng(13)
    focal = rng.random(6000) < 0.5
    theta = rng.normal(0, 1, 6000)
    points = (rng.random((6000, 20)) < 1 / (1 + np.exp(-theta[:, None]))).astype("float64")
    points[:, 0] = rng.random(6000) < 1 / (1 + np.exp(-np.where(focal, 0.1, 2.0) * theta))
    found = differential_items(long(points), mapped(20), groups(focal)).set_index(["indicator", "part"])
    assert found.loc[("item_difference_slope", "01"), "verdict"] == "differs"
    assert abs(found.loc[("item_difference", "01"), "estimate"]) < 0.5
    others = found.loc["item_difference_slope"].iloc[1:]
    assert (others["verdict"] == "differs").mean() < 0.25


def test_an_item_of_several_points_counts_as_reached_from_half_of_them() -> None:
    rng = np.random.default_rng(14)
    focal = rng.random(3000) < 0.5
    shift = np.zeros((3000, 30))
    shift[focal, :3] = -0.9
    points = answers(rng, 3000, 30, shift)
    several = np.column_stack([points[:, :3].sum(axis=1), points[:, 3:]])
    found = differential_items(long(several), mapped(28, most=[3.0, *[1.0] * 27]), groups(focal))
    assert "01" in named(found)


def test_classes_follow_size_and_error() -> None:
    found = pd.DataFrame({"delta": [0.9, -1.2, 1.6, -1.6, np.nan], "se": [0.1, 0.2, 0.5, 0.2, np.nan],
                          "p": [0.0, 0.01, 0.01, 0.0, np.nan]})  # fmt: skip
    assert classes(found) == ["A", "B", "B", "C", ""]


def test_of_many_values_those_with_enough_pupils_are_each_compared_with_all_others() -> None:
    rng = np.random.default_rng(15)
    items = long(answers(rng, 900, 6))
    values = rng.choice(["a", "b", "c", *[f"r{i}" for i in range(297)]], 900, p=[0.3, 0.3, 0.3, *[0.1 / 297] * 297])
    group = pd.Series(values, index=[f"P{i:05d}" for i in range(900)], name="place")
    found = differential_items(items, mapped(6), group)
    assert set(found["group"]) == {"place=a", "place=b", "place=c"}
    assert (found["n"] < 400).all()


@pytest.mark.parametrize("case", ["one group", "few", "one item", "all the same total", "constant item", "unknown"])
def test_where_nothing_can_be_compared_there_is_nothing_or_less(case: str) -> None:
    rng = np.random.default_rng(16)
    points, focal = answers(rng, 400, 8), np.arange(400) % 2 == 0
    if case == "one group":
        focal[:] = True
    if case == "few":
        focal = np.arange(400) < 30
    if case == "one item":
        points = points[:, :1]
    if case == "all the same total":
        points = np.tile([[1.0, 0.0], [0.0, 1.0]], (200, 1))
        focal = np.arange(400) % 3 == 0
    if case == "constant item":
        points[:, 0] = 1
    group = groups(focal)
    found = differential_items(long(points), mapped(points.shape[1]), group.iloc[:0] if case == "unknown" else group)
    if case == "constant item":
        assert set(found["part"]) == {f"{j:02d}" for j in range(2, 9)}
    elif case == "all the same total":
        assert set(found["indicator"]) <= {"item_difference"}
    else:
        assert found.empty


def test_who_stands_in_two_groups_is_refused() -> None:
    items = long(answers(np.random.default_rng(17), 300, 5))
    group = groups(np.arange(300) % 2 == 0)
    with pytest.raises(ValueError, match="each pupil once"):
        differential_items(items, mapped(5), pd.concat([group, group]))
    with pytest.raises(ValueError, match="named"):
        differential_items(items, mapped(5), group.rename(None))
