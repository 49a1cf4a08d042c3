"""Schools' ratings beside their results: the drawn association is found, intervals hold it, chance is not named."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.stats.climate.links import links, named, school_results

PLACES = [f"P{i:03d}" for i in range(400)]


def drawn(rho: float, schools: int, seed: int, scales: int = 1) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw 400 municipalities in which schools' ratings and results are correlated by ``rho``."""
    rng = np.random.default_rng(seed)
    n = len(PLACES) * schools
    result = rng.normal(size=n)
    base = pd.DataFrame(
        {
            "municipality_id": np.repeat(PLACES, schools), "school_id": [f"S{i:05d}" for i in range(n)],
            "school_year": 2026, "grade": "6", "n": 50,
        }
    )  # fmt: skip
    cells = [
        base.assign(scale=f"s{k}", mean=3 + 0.2 * (rho * result + np.sqrt(1 - rho**2) * rng.normal(size=n)))
        for k in range(scales)
    ]
    results = base.assign(test="CE", domain="literacy", level="", mean=0.3 * result)
    return pd.concat(cells, ignore_index=True), results


def found(cells: pd.DataFrame, results: pd.DataFrame, icc: float = 0.05, scope: str = "board") -> pd.DataFrame:
    return links(cells, results, dict.fromkeys(cells["scale"].unique(), icc), scope, 0.95)


@pytest.mark.parametrize("schools", [8, 15, 40])
@pytest.mark.parametrize("rho", [0.0, 0.4, 0.7])
def test_intervals_hold_the_drawn_association(schools: int, rho: float) -> None:
    rows = found(*drawn(rho, schools, seed=schools)).query("unit == 'sd'")
    truth = 6 / np.pi * np.arcsin(rho / 2)  # Spearman's correlation of a bivariate normal (Pearson 1907)
    assert len(rows) == 400
    assert rows["estimate"].mean() == pytest.approx(truth, abs=0.08 if schools == 8 else 0.05)
    assert ((rows["low"] <= truth) & (truth <= rows["high"])).mean() >= 0.93


@pytest.mark.parametrize("schools", [8, 20])
def test_of_seven_scales_without_any_association_at_most_five_percent_of_places_name_one(schools: int) -> None:
    rows = found(*drawn(0.0, schools, seed=5, scales=7))
    assert named(rows)["municipality_id"].nunique() / 400 <= 0.05
    assert rows.query("verdict == 'differs'")["municipality_id"].nunique() / 400 > 0.12  # one by one many would be


def test_a_strong_association_is_named_and_is_the_rank_correlation() -> None:
    cells, results = drawn(0.8, 30, seed=1)
    rows = found(cells, results)
    assert len(named(rows)) > 390
    one = rows[(rows["municipality_id"] == "P007") & (rows["unit"] == "sd")].iloc[0]
    mine = cells["municipality_id"] == "P007"
    assert one["estimate"] == pytest.approx(stats.spearmanr(cells["mean"][mine], results["mean"][mine]).statistic)
    assert (one["n"], one["verdict"]) == (30, "differs")


@pytest.mark.parametrize("rho", [0.0, 0.8])
def test_neither_grades_nor_tests_make_or_hide_an_association(rho: float) -> None:
    cells, results = drawn(rho, 20, seed=3)
    old = (
        cells.index % 2 == 0
    )  # every second school has older pupils, who rate lower and sit a test with higher results
    grade = np.where(old, "9", "6")
    plain = found(cells, results).query("unit == 'sd'")["estimate"].mean()
    older = (
        cells.assign(grade=grade, mean=cells["mean"] - 2 * old),
        results.assign(grade=grade, mean=results["mean"] + 2 * old),
    )
    for shifted in (older, (older[0], results), (cells, older[1])):
        assert found(*shifted).query("unit == 'sd'")["estimate"].mean() == pytest.approx(plain, abs=0.06)
    assert (
        stats.spearmanr(older[0]["mean"][:20], older[1]["mean"][:20]).statistic < -0.3
    )  # what would be told otherwise


def test_seven_schools_or_schools_of_few_answers_or_results_are_not_correlated() -> None:
    cells, results = drawn(0.8, 8, seed=2)
    assert found(cells[cells.index % 8 > 0], results).empty
    assert found(cells.assign(n=np.where(cells.index % 8 > 0, 50, 9)), results).empty
    assert found(cells, results.assign(n=np.where(cells.index % 8 > 0, 50, 29))).empty
    assert found(cells.assign(mean=3.0), results).empty


def test_the_country_has_all_schools_and_a_board_has_no_country() -> None:
    cells, results = drawn(0.5, 8, seed=4)
    nation = found(cells, results, scope="country").query("municipality_id == ''")
    assert nation.set_index("unit").loc["sd", "n"] == 3200
    assert nation.set_index("unit").loc["percent", "estimate"] == pytest.approx(100 * 50 * 0.05 / (1 + 49 * 0.05))
    assert found(cells, results)["municipality_id"].ne("").all()


def test_results_are_main_sessions_of_the_newest_years() -> None:
    rows = pd.DataFrame(
        {
            "municipality_id": "A", "school_id": "A1", "school_year": [2026, 2024, 2023, 2026], "grade": "6", "test": "CE",
            "domain": "literacy", "level": "", "session": ["", "", "", "additional"], "status": "present",
            "value": 1.0, "position": [0.5, 1.0, 9.0, 9.0],
        }
    )  # fmt: skip
    found = school_results(rows, 3)
    assert dict(zip(found["school_year"], found["mean"], strict=True)) == {2024: 1.0, 2026: 0.5}
