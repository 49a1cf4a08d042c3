"""A difference of means is taken apart as statsmodels, and a sum by hand, take it apart."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from analysis.plan.parts import added_up, mean, mix, variance_of_mean


def cells(rows: pd.DataFrame) -> pd.DataFrame:
    grouped = rows.assign(squares=rows["y"] ** 2).groupby(["sex", "school"])
    return grouped.agg(n=("y", "size"), total=("y", "sum"), squares=("squares", "sum")).reset_index()


def world(seed: int, n: tuple[int, int] = (90, 120)) -> tuple[pd.DataFrame, pd.DataFrame]:
    rng, years = np.random.default_rng(seed), []
    for year, size in enumerate(n):
        sex = rng.choice(["boy", "girl"], size, p=[0.3 + 0.3 * year, 0.7 - 0.3 * year])
        school = rng.choice(["S1", "S2", "S3"], size)
        years.append(pd.DataFrame({"sex": sex, "school": school, "y": rng.normal(0.4 * (sex == "girl") + 0.1 * year)}))
    return years[0], years[1]


def test_mix_and_its_error_are_those_of_a_regression_with_a_year_effect() -> None:
    before, after = world(3)
    both = pd.concat([before.assign(year=0), after.assign(year=1)])
    fit = smf.ols("y ~ year + sex + school", both).fit()
    names = [name for name in fit.params.index if name not in ("Intercept", "year")]
    design = pd.DataFrame(fit.model.exog, columns=fit.model.exog_names)[names]
    year = both["year"].to_numpy()
    moved = (design[year == 1].mean() - design[year == 0].mean()).to_numpy()
    found = mix(cells(before), cells(after), ["sex", "school"])
    assert found is not None
    assert found.estimate == pytest.approx(moved @ fit.params[names])
    assert found.error == pytest.approx(np.sqrt(moved @ fit.cov_params().loc[names, names] @ moved))
    assert found.freedom == fit.df_resid
    rest = mean(cells(after)) - mean(cells(before)) - found.estimate
    assert rest == pytest.approx(fit.params["year"])


def test_where_only_the_shares_change_the_mix_is_the_whole_change_as_kitagawa_counts_it() -> None:
    def of(girls: int, boys: int) -> pd.DataFrame:
        y = [1.1, 0.9] * (girls // 2) + [0.1, -0.1] * (boys // 2)  # means 1 and 0 in both years
        return pd.DataFrame({"sex": ["girl"] * girls + ["boy"] * boys, "school": "S1", "y": y})

    before, after = cells(of(40, 20)), cells(of(20, 40))
    found = mix(before, after, ["sex", "school"])
    assert found is not None
    kitagawa = (20 / 60 - 40 / 60) * 1.0  # change of the girls' share times their distance to the boys
    assert found.estimate == pytest.approx(kitagawa)
    assert mean(after) - mean(before) == pytest.approx(kitagawa)


def test_where_shares_stay_nothing_is_the_mix() -> None:
    before, _ = world(5)
    found = mix(cells(before), cells(before.assign(y=before["y"] + 0.5)), ["sex", "school"])
    assert found is not None
    assert found.estimate == pytest.approx(0, abs=1e-12)


def test_what_only_one_year_has_is_left_to_the_rest() -> None:
    """A school of one year alone cannot be told from the year itself."""
    before, after = world(7)
    found = mix(cells(before.assign(school="old")), cells(after.assign(school="new")), ["school"])
    assert found is not None
    assert found.estimate == pytest.approx(0, abs=1e-12)


def test_an_attribute_unknown_for_all_of_a_year_is_left_out() -> None:
    before, after = world(8)
    with_it = mix(cells(before.assign(sex="")), cells(after), ["sex", "school"])
    without = mix(cells(before.assign(sex="")), cells(after), ["school"])
    assert with_it == without


def test_with_too_few_pupils_there_is_no_mix() -> None:
    before, after = world(9, (7, 7))
    assert mix(cells(before), cells(after), ["sex", "school"]) is None


def test_the_error_of_a_mean_is_that_of_its_pupils() -> None:
    before, _ = world(2)
    assert variance_of_mean(cells(before)) == pytest.approx(before["y"].var() / len(before))


def random_cells(rng: np.random.Generator) -> pd.DataFrame:
    """Six cells of one to nine pupils."""
    n = rng.integers(1, 10, 6)
    level, spread = rng.normal(0, 0.5, 6), rng.uniform(0.1, 1, 6)
    names = {"sex": ["boy", "girl"] * 3, "school": ["S1", "S1", "S2", "S2", "S3", "S3"]}
    return pd.DataFrame({**names, "n": n, "total": n * level, "squares": n * (level**2 + spread)})


def test_printed_parts_add_up_exactly_in_a_thousand_random_pairs() -> None:
    rng = np.random.default_rng(24)
    for _ in range(1000):
        before, after = random_cells(rng), random_cells(rng)
        found = mix(before, after, ["sex", "school"])
        steps: Any = rng.normal(0, 0.2, 3)
        change = mean(after) - mean(before)
        total = int(np.rint(100 * (steps.sum() + change)))
        parts = dict(zip(("data", "definition", "boundary"), steps, strict=True))
        parts |= {"mix": found.estimate} if found else {}
        whole = added_up(parts, total, 100)
        assert sum(whole.values()) == total
        exact = change - (found.estimate if found else 0.0)
        assert whole["rest"] / 100 == pytest.approx(exact, abs=0.026)  # five roundings of half a hundredth
