"""Which years are taken together, so that small municipalities can be read and no year that is withheld comes out."""

import numpy as np
import pytest

from analysis.stats.pools import newest_pool, standing_pools

K = 5


def pooled(results, sizes: dict[int, int], years: int = 3):
    year = np.repeat(list(sizes), list(sizes.values()))
    return newest_pool(results(school_year=year, position=np.zeros(len(year))), years, "position", K)


def test_the_newest_years_are_counted_back_from_the_tests_own_newest(results) -> None:
    pool = pooled(results, {2019: 9, 2021: 9, 2022: 9, 2023: 9, 2024: 9})
    assert len(pool) == 27
    assert set(pool["year_from"]) == {2022}
    assert set(pool["school_year"]) == {2024}


def test_a_year_without_the_test_is_not_made_up_from_an_older_one(results) -> None:
    pool = pooled(results, {2021: 9, 2022: 9, 2024: 9})
    assert len(pool) == 18
    assert set(pool["year_from"]) == {2022}


def test_one_year_has_no_first_year(results) -> None:
    assert set(pooled(results, {2024: 9})["year_from"]) == {0}


@pytest.mark.parametrize(
    ("sizes", "kept"),
    [
        ({2022: 50, 2023: 4, 2024: 50}, 100),  # the pool less the two years shown would give the four away
        ({2022: 50, 2023: 2, 2024: 2}, 50),  # two blank years of four pupils together, too
        ({2022: 50, 2023: 4, 2024: 4}, 58),  # together they are no small group
        ({2022: 4, 2023: 4, 2024: 4}, 12),  # a small municipality is read over the years
        ({2023: 2, 2024: 2}, 0),
    ],
)
def test_years_whose_pupils_are_too_few_even_together_stay_out(results, sizes: dict[int, int], kept: int) -> None:
    assert len(pooled(results, sizes)) == kept


def test_tests_have_pools_of_their_own(results) -> None:
    rows = results(
        school_year=[2020] * 6 + [2024] * 6, domain=["numeracy"] * 6 + ["science"] * 6, position=np.zeros(12)
    )
    pool = newest_pool(rows, 3, "position", K)
    assert pool.groupby("domain", observed=True)["school_year"].first().to_dict() == {"numeracy": 2020, "science": 2024}


def test_results_without_the_measure_are_left_out(results) -> None:
    rows = results(position=[0.0] * 6 + [np.nan])
    assert len(newest_pool(rows, 3, "position", K)) == 6
    assert newest_pool(rows.assign(position=np.nan), 3, "position", K).empty
    assert newest_pool(rows.iloc[:0], 3, "position", K).empty


def standing(rows, params):
    return [set(pool["cohort"]) for pool in standing_pools(rows, params)]


def test_percents_and_scores_are_not_pooled_by_their_own_sds(results, params) -> None:
    year = np.repeat([2024, 2025, 2026], 20)
    value = np.random.default_rng(1).normal(50, 10, 60)
    rows = results(school_year=year, value=value, scale=np.where(year == 2026, "score", "percent"))
    assert standing(rows, params) == [{2026}]
    assert standing(rows.assign(scale="percent"), params) == [{2024, 2025, 2026}]
    assert standing(rows.assign(position=0.1 * value), params) == [{2024, 2025, 2026}]  # the country's scale is one
    assert standing(rows.iloc[:0], params) == []
