"""What cannot be fitted is refused in words: what was found, and what to do; never a wrong estimate."""

import numpy as np
import pandas as pd
import pytest

from analysis.stats.mixed import UnfitDesign, fit_crossed, fit_nested, fit_shares, fit_slope

N = 60
RNG = np.random.default_rng(0)
Y, W = RNG.normal(size=N), RNG.normal(size=N)
X = np.column_stack([np.ones(N), W])
G = np.arange(N) % 6
OF_TWO = np.arange(N) // 2


@pytest.mark.parametrize(
    ("words", "given"),
    {
        "one group": ("inner holds 1 group", (Y, X, np.zeros(N))),
        "one outer group": ("outer holds 1 group", (Y, X, G, np.zeros(N))),
        "groups of one": ("residual spread", (Y, X, np.arange(N))),
        "an inner group in every outer one": ("inner spread", (Y, X, G, G)),
        "crossed": ("6 inner groups lie in more than one outer group.*crossed", (Y, X, G, np.arange(N) % 4)),
        "constant scores": ("y is constant", (np.full(N, 61.3), X, G)),
        "scores that a column explains": ("explain it entirely", (3 * W + 1, X, G)),
        "one value a group": ("nothing varies inside", (G * 1.0, X[:, :1], G)),
        "a column twice": ("column 3", (Y, np.column_stack([X, 2 * W - 5]), G)),
        "a named column twice": ("prior", (Y, pd.DataFrame({"1": 1.0, "w": W, "prior": 2 * W}), G)),
        "a column of zeros": ("column 3", (Y, np.column_stack([X, np.zeros(N)]), G)),
        "columns for the groups themselves": ("inner spread", (Y, np.eye(6)[G], G)),
        "columns for the outer groups": ("outer spread", (Y, np.eye(3)[G // 2], G, G // 2)),
        "a prior missing for everyone": ("column 2", (Y, np.column_stack([np.ones(N), np.full(N, np.nan)]), G)),
        "a score missing": ("in y", (np.where(np.arange(N) == 3, np.nan, Y), X, G)),
        "an infinite score": ("in y", (np.where(np.arange(N) == 3, np.inf, Y), X, G)),
        "a school missing": ("10 rows have no inner", (Y, X, np.where(G == 1, None, G.astype(str)))),
        "300 levels": ("60 rows for 300 columns", (Y, np.eye(300)[:N], G)),
        "as many columns as rows": ("60 rows for 60 columns", (Y, np.eye(N), G)),
        "no rows": ("0 rows for 2 columns", (Y[:0], X[:0], G[:0])),
        "lengths that differ": ("as long as its rows", (Y[:-1], X, G)),
        "a flat x": ("rows × columns", (Y, W, G)),
        "text for numbers": ("y holds values that are no numbers", (np.array(["a"] * N), X, G)),
        "missing whole numbers": ("in y", (pd.Series([None] + [1] * (N - 1), dtype="Int64"), X, G)),
    }.values(),
)
def test_a_nested_model_is_refused_in_words(words: str, given: tuple) -> None:
    with pytest.raises(UnfitDesign, match=words):
        fit_nested(*given)


@pytest.mark.parametrize(
    ("words", "given"),
    {
        "a slope that is constant": ("slope is constant", (Y, X, G, np.ones(N))),
        "a slope that is missing": ("slope is constant or not finite", (Y, X, G, np.full(N, np.nan))),
        "a slope that is a school's": ("fewer than two groups", (Y, X, G, G * 1.0)),
        "two schools": ("too few groups", (Y, X, G % 2, W)),
        "two pupils a school": ("too few groups, or too few rows", (Y, X, OF_TWO, W)),
        "one school": ("group holds 1 group", (Y, X, np.zeros(N), W)),
        "lines without a rest": ("nothing varies around", (Y[G] + Y[G + 6] * W, X, G, W)),
    }.values(),
)
def test_a_model_of_lines_is_refused_in_words(words: str, given: tuple) -> None:
    with pytest.raises(UnfitDesign, match=words):
        fit_slope(*given)


ONES = np.ones(N)
FAILED = (RNG.random(N) < 0.4) * 1.0


@pytest.mark.parametrize(
    ("words", "given"),
    {
        "nobody fails": ("nobody or everybody", (0 * ONES, ONES, X, G)),
        "everybody fails": ("nobody or everybody", (ONES, ONES, X, G)),
        "more than all": ("whole numbers", (2 * ONES, ONES, X, G)),
        "an empty cell": ("whole numbers", (0 * ONES, 0 * ONES, X, G)),
        "halves": ("whole numbers", (FAILED / 2, ONES, X, G)),
        "a column that tells entirely": ("tell entirely", (W > 0, ONES, X, G)),
        "groups that tell entirely": ("tell entirely", (G < 3, ONES, X[:, :1], G)),
        "one pupil a school": ("residual spread", (FAILED, ONES, X, np.arange(N))),
        "crossed": ("crossed", (FAILED, ONES, X, G, np.arange(N) % 4)),
        "a size missing": ("whole numbers", (FAILED, ONES * np.nan, X, G)),
    }.values(),
)
def test_a_model_of_shares_is_refused_in_words(words: str, given: tuple) -> None:
    with pytest.raises(UnfitDesign, match=words):
        fit_shares(*given)


def test_crossed_groups_are_refused_in_the_same_words() -> None:
    with pytest.raises(UnfitDesign, match="school holds 1 group"):
        fit_crossed(Y, X, {"school": np.zeros(N), "area": G})
    with pytest.raises(UnfitDesign, match="y is constant"):
        fit_crossed(np.ones(N), X, {"school": G})


def test_a_group_of_one_beside_larger_ones_is_no_trouble() -> None:
    groups = np.where(np.arange(N) == 0, 99, G)
    fit = fit_nested(Y + G, X, groups)
    assert fit.inner.loc[99, "n"] == 1
    assert np.isfinite(fit.inner).all(axis=None)
