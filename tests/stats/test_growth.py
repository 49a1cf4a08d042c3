"""Change of place of the same pupils, and growth percentiles."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

from analysis.stats.cohorts import cohorts
from analysis.stats.growth import growth
from analysis.stats.growth_percentiles import _splines, conditional_percentile, growth_percentiles, with_percentile
from analysis.stats.shrinking import independent


def test_growth_is_the_paired_mean_with_the_paired_error(country, followed_pupils) -> None:
    results, _, _ = followed_pupils(np.random.default_rng(0), 30, 1)
    found = growth(country(results)).set_index(["municipality_id", "school_id"])
    wide = results.pivot(index=["municipality_id", "school_id", "pupil"], columns="grade", values="position")
    for key in (("M1", ""), ("M2", "S002")):
        mine = wide.loc[key if key[1] else key[0]]
        paired = stats.ttest_rel(mine["9"], mine["6"]).confidence_interval(0.95)
        row = found.loc[key]
        assert (row["estimate"], row["low"], row["high"]) == pytest.approx(((mine["9"] - mine["6"]).mean(), *paired))
        assert (row["n"], row["part"], row["reference"]) == (len(mine), "6-9", "zero")


def test_pupils_without_both_results_have_no_growth(country, followed_pupils) -> None:
    results, _, _ = followed_pupils(np.random.default_rng(1), 30, 1)
    gone = results[(results["grade"] == "6")].index[::3]
    found = growth(country(results.drop(gone)))
    assert found.loc[found["school_id"] == "", "n"].sum() == (results["grade"] == "6").sum() - len(gone)


@pytest.mark.parametrize("what", ["a level", "chosen by the able", "own places"])
def test_a_place_among_others_than_before_gives_no_growth(country, followed_pupils, what: str) -> None:
    results, _, _ = followed_pupils(np.random.default_rng(2), 30, 1)
    scope = "country"
    if what == "a level":
        results["level"] = np.where(results["grade"] == "9", "higher", "")
    elif what == "chosen by the able":
        able = results[(results["grade"] == "6") & (results["position"] > 0)]["pupil"]
        results = results[results["pupil"].isin(able)]
    else:
        results, scope = results.assign(value=50 + 10 * results["position"], position=np.nan), "board"
    assert growth(country(results, scope=scope)).empty


@pytest.mark.shared
def test_egsingle_growth_is_that_of_pandas(shared_data, country) -> None:
    """60 schools over six years: the change from one grade to the next, each year's places taken within grade and year."""
    file = pd.read_csv(shared_data / "egsingle" / "egsingle.csv").drop_duplicates(["childid", "grade"], keep="last")
    file["school_year"] = (file["year"] + 2003.5).astype(int)
    groups = file.groupby(["grade", "school_year"])["math"]
    file["position"] = (file["math"] - groups.transform("mean")) / groups.transform("std")
    rows = file[["schoolid", "childid", "school_year", "grade", "position"]].assign(
        municipality_id="study", domain="mathematics", school_id=file["schoolid"].astype(str),
        pupil=file["childid"].astype(str), grade=file["grade"].astype(str), test="SES",
    )  # fmt: skip
    found = growth(country(rows))
    assert set(found["part"]) >= {"3-4", "4-5"}
    one = found[(found["part"] == "4-5") & (found["school_id"] == "")].iloc[0]
    before = rows[rows["grade"] == "4"][["pupil", "school_year", "position"]]
    after = rows[(rows["grade"] == "5") & rows["school_year"].between(2004, 2006) & rows["position"].notna()]
    pairs = after.merge(before, on="pupil", suffixes=("", "_then"))
    pairs = pairs[pairs["school_year_then"] < pairs["school_year"]].dropna(subset=["position_then"])
    change = pairs["position"] - pairs["position_then"]
    assert (one["n"], one["estimate"]) == (len(change), pytest.approx(change.mean()))


def starts(seed: int, n: int = 4000) -> tuple[np.ndarray, np.ndarray]:
    """Results whose middle bends, whose spread grows and whose tail is long above: nothing normal about them."""
    rng = np.random.default_rng(seed)
    start = rng.normal(0, 1, (n, 2)) @ np.array([[1, 0.7], [0, 0.7]])
    noise = (rng.gamma(2, 1, n) - 2) * (0.4 + 0.15 * np.clip(start[:, 0] + 2, 0, None))
    return start[:, 0] + 0.2 * start[:, 0] ** 2 + 0.3 * start[:, 1] + noise, start


def unevenness(percentile: np.ndarray, start: np.ndarray) -> float:
    """Root mean square distance of the shares of fifths of percentiles, within tenths of the start, from 20 %."""
    tenth, fifth = pd.qcut(start, 10, labels=False), np.clip(percentile // 20, 0, 4)
    return float(np.sqrt(((pd.crosstab(tenth, fifth, normalize="index").to_numpy() - 0.2) ** 2).mean()))


def test_percentiles_are_as_even_at_every_start_as_those_of_quantile_regression() -> None:
    """Same splines, 19 quantiles by statsmodels' QuantReg: same pupils, nearly the same percentiles, no worse calibration."""
    outcome, start = starts(0, 2500)
    mine = conditional_percentile(outcome, start)
    design = independent(np.column_stack([np.ones(len(start)), *(_splines(s) for s in start.T)]))
    levels = np.arange(0.05, 1, 0.05)
    fits = [sm.QuantReg(outcome, design).fit(q=q, max_iter=2000, p_tol=1e-4).params for q in levels]
    curves = np.sort(design @ np.array(fits).T, axis=1)
    theirs = np.array(
        [100 * np.interp(y, row, levels, left=0.02, right=0.98) for y, row in zip(outcome, curves, strict=True)]
    )
    assert np.corrcoef(mine, theirs)[0, 1] > 0.99
    assert np.abs(mine - theirs).mean() < 2.5
    chance = np.sqrt(0.2 * 0.8 / 250)  # of perfect percentiles, 250 pupils in each tenth
    for column in (0, 1):
        assert unevenness(theirs, start[:, column]) < 1.15 * chance
        assert unevenness(mine, start[:, column]) < 1.15 * chance


def test_percentiles_are_the_true_ones_where_the_truth_is_known() -> None:
    outcome, start = starts(1, 8000)
    scale = 0.4 + 0.15 * np.clip(start[:, 0] + 2, 0, None)
    noise = (outcome - start[:, 0] - 0.2 * start[:, 0] ** 2 - 0.3 * start[:, 1]) / scale + 2
    truth = 100 * stats.gamma.cdf(noise, 2)
    mine = conditional_percentile(outcome, start)
    assert np.corrcoef(mine, truth)[0, 1] > 0.99
    assert mine.mean() == pytest.approx(50, abs=0.3)


def test_a_constant_a_scale_and_the_order_change_no_percentile() -> None:
    outcome, start = starts(2, 1500)
    mine = conditional_percentile(outcome, start)
    assert conditional_percentile(3 * outcome + 7, 2 * start - 5) == pytest.approx(mine, abs=0.2)
    order = np.random.default_rng(0).permutation(len(outcome))
    assert conditional_percentile(outcome[order], start[order]) == pytest.approx(mine[order], abs=1e-9)


@pytest.mark.parametrize("outcome", [np.zeros(500), np.arange(500.0) % 3])
def test_equal_results_share_a_percentile(outcome: np.ndarray) -> None:
    found = conditional_percentile(outcome, np.ones((500, 1)))
    assert found.mean() == pytest.approx(50, abs=1)
    assert len(np.unique(found.round(6))) == len(np.unique(outcome)) or len(np.unique(outcome)) == 3
    assert ((found >= 0) & (found <= 100)).all()


def test_schools_whose_pupils_grow_more_stand_above_50(country, followed_pupils) -> None:
    results, effect, _ = followed_pupils(np.random.default_rng(5), 80, 3)
    found = growth_percentiles(country(results))
    schools = found[found["school_id"] != ""].set_index("school_id")
    assert np.corrcoef(schools["estimate"], effect.reindex(schools.index))[0, 1] > 0.85
    middle = (schools["low"] <= 50) & (schools["high"] >= 50)
    assert ((schools["verdict"] == "differs") == ~middle).all()
    assert (schools["estimate"] % 1 == 0).all()
    assert set(found["part"]) == {"6-9"}
    assert set(found.loc[found["school_id"] == "", "municipality_id"]) == {f"M{i}" for i in range(6)}


def test_percentiles_are_compared_within_a_year_and_pupils_with_one_start_by_it(country, followed_pupils) -> None:
    results, _, _ = followed_pupils(np.random.default_rng(6), 60, 2)
    third = results[results["grade"] == "6"].assign(grade="3", school_year=lambda r: r["school_year"] - 3)
    some = third[third["pupil"].str[-1] < "7"]
    rows = with_percentile(cohorts(country(pd.concat([results, some], ignore_index=True)))[-1])
    assert len(rows) == (results["grade"] == "9").sum()
    assert rows.groupby("year")["growth"].mean().to_numpy() == pytest.approx(50, abs=1)


@pytest.mark.parametrize("what", ["a board", "few pupils", "no start"])
def test_where_there_is_nobody_to_compare_with_there_is_no_percentile(country, followed_pupils, what: str) -> None:
    results, _, _ = followed_pupils(np.random.default_rng(7), 8 if what == "few pupils" else 40, 1)
    results = results[results["grade"] == "9"] if what == "no start" else results
    assert growth_percentiles(country(results, scope="board" if what == "a board" else "country")).empty
