"""The nested Gaussian model: against R's figures, the likelihood written out in full, statsmodels, and what must not matter."""

import os
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.regression.mixed_linear_model import MixedLM

from analysis.stats.mixed import fit_nested, fit_sums, sums
from analysis.stats.mixed.nested import profile

# How near the reference figures (lme4 1.1-31) a fit has to come.
COEFFICIENTS, VARIANCES, EFFECTS, LIKELIHOOD = 1e-5, 1e-4, 2e-5, 1e-3
TRAPS = 75
CONFIDENT = stats.norm.ppf(0.975)


@pytest.fixture(scope="module")
def chemistry(chem97):
    frame = chem97.frame
    found = sums(frame["score"], chem97.x, frame["school"], frame["lea"])
    return {method: fit_sums(found, method=method) for method in ("reml", "ml")}


@pytest.mark.shared
def test_chemistry_has_the_coefficients_and_variances_of_the_reference(chemistry) -> None:
    fit = chemistry["reml"]
    assert fit.coefficients == pytest.approx([5.972986, 2.569782, -0.744291, -0.037603], abs=COEFFICIENTS)
    assert fit.errors == pytest.approx([0.035039, 0.017126, 0.030296, 0.003821], abs=COEFFICIENTS)
    assert fit.variance_inner == pytest.approx(1.131803, abs=VARIANCES)
    assert fit.variance_outer == pytest.approx(0.020273, abs=VARIANCES)
    assert fit.variance_outer == pytest.approx(0.0202746, abs=2e-7), "the exact optimum, which lme4 misses by a little"
    assert fit.variance_residual == pytest.approx(5.042439, abs=VARIANCES)
    assert fit.log_likelihood == pytest.approx(-70511.684648, abs=LIKELIHOOD)
    assert fit.log_likelihood >= -70511.684648 - 1e-6, "no worse a maximum than the reference's"
    assert (fit.n, fit.boundary) == (31_022, ())


@pytest.mark.shared
def test_chemistry_by_full_likelihood(chemistry) -> None:
    fit = chemistry["ml"]
    assert fit.log_likelihood == pytest.approx(-70498.755697, abs=LIKELIHOOD)
    assert fit.coefficients == pytest.approx([5.9724425, 2.5697664, -0.7442546, -0.0376029], abs=COEFFICIENTS)
    assert [fit.variance_inner, fit.variance_outer] == pytest.approx([1.131754, 0.018988], abs=VARIANCES)
    assert fit.variance_residual == pytest.approx(5.041983, abs=VARIANCES)


@pytest.mark.shared
@pytest.mark.parametrize(("level", "table", "key"), [("inner", "school", "school"), ("outer", "lea", "lea")])
def test_effects_of_every_school_and_authority_are_those_of_the_reference(chem97, chemistry, level, table, key) -> None:
    reference = pd.read_csv(chem97.folder / f"chem97_m2_reml_{table}_blups.csv").set_index(key)
    found = getattr(chemistry["reml"], level).loc[reference.index]
    assert found["effect"].to_numpy() == pytest.approx(reference["blup"].to_numpy(), abs=EFFECTS)
    assert found["conditional_sd"].to_numpy() == pytest.approx(reference["condsd"].to_numpy(), abs=EFFECTS)


@pytest.mark.shared
def test_raw_means_call_62_of_131_authorities_different_and_the_model_none(chem97, chemistry) -> None:
    scores = chem97.frame.groupby("lea")["score"].agg(["mean", "std", "size"])
    half = stats.t.ppf(0.975, scores["size"] - 1) * scores["std"] / np.sqrt(scores["size"])
    naive = (scores["mean"] - chem97.frame["score"].mean()).abs() > half
    assert (naive.sum(), len(naive)) == (62, 131)
    for level, told_apart, of in (("outer", 0, 131), ("inner", 443, 2410)):
        groups = getattr(chemistry["reml"], level)
        excluded = groups["effect"].abs() > CONFIDENT * groups["conditional_sd"]
        assert (excluded.sum(), len(groups)) == (told_apart, of)


@pytest.mark.parametrize("method", ["reml", "ml"])
@pytest.mark.parametrize("nested", [True, False])
def test_likelihood_coefficients_and_effects_agree_with_the_model_written_out_in_full(rows, method, nested) -> None:
    data = rows(seed=1)
    fit = fit_nested(data.y, data.x, data.inner, data.outer if nested else None, method=method)
    z, outer = pd.get_dummies(data.inner).to_numpy(float), pd.get_dummies(data.outer).to_numpy(float)
    v = fit.variance_inner * z @ z.T + fit.variance_outer * outer @ outer.T + fit.variance_residual * np.eye(fit.n)
    solved, inverse = np.linalg.solve(v, data.x), np.linalg.inv(v)
    covariance = np.linalg.inv(data.x.T @ solved)
    beta = covariance @ solved.T @ data.y
    assert fit.coefficients == pytest.approx(beta, abs=1e-9)
    assert fit.covariance == pytest.approx(covariance, rel=1e-8)
    likelihood = stats.multivariate_normal.logpdf(data.y, data.x @ beta, v)
    if method == "reml":
        likelihood += len(beta) / 2 * np.log(2 * np.pi) - np.linalg.slogdet(data.x.T @ solved)[1] / 2
    assert fit.log_likelihood == pytest.approx(likelihood, abs=1e-8)
    rest = inverse @ (data.y - data.x @ beta)
    assert fit.inner["effect"].to_numpy() == pytest.approx(fit.variance_inner * z.T @ rest, abs=1e-9)
    known = fit.variance_inner - fit.variance_inner**2 * np.diag(z.T @ inverse @ z)
    assert fit.inner["conditional_sd"].to_numpy() == pytest.approx(np.sqrt(known), abs=1e-9)
    if nested:
        assert fit.outer["effect"].to_numpy() == pytest.approx(fit.variance_outer * outer.T @ rest, abs=1e-9)
    else:
        assert (fit.variance_outer, len(fit.outer)) == (0, 0)


@pytest.mark.parametrize("method", ["reml", "ml"])
def test_the_slope_of_the_deviance_is_exact(rows, method) -> None:
    data = rows(seed=2)
    found, ratio, step = sums(data.y, data.x, data.inner, data.outer), np.array([0.4, 0.2]), 1e-5
    for i, move in enumerate(step * np.eye(2)):
        sides = [profile(found, ratio + sign * move, method).deviance for sign in (1, -1)]
        assert profile(found, ratio, method).slope[i] == pytest.approx((sides[0] - sides[1]) / (2 * step), rel=1e-6)


def test_no_nearby_variances_are_likelier(rows) -> None:
    data = rows(seed=3)
    found = sums(data.y, data.x, data.inner, data.outer)
    fit = fit_sums(found)
    best = np.array([fit.variance_inner, fit.variance_outer]) / fit.variance_residual
    around = [best * np.exp(0.02 * np.array([np.cos(a), np.sin(a)])) for a in np.linspace(0, 2 * np.pi, 16)]
    assert min(profile(found, ratio, "reml").deviance for ratio in around) > -2 * fit.log_likelihood


def test_statsmodels_by_powell_finds_the_same(rows) -> None:
    data = rows(seed=4, outers=8)
    fit = fit_nested(data.y, data.x, data.inner, data.outer)
    frame = pd.DataFrame({"y": data.y, "x": data.x[:, 1], "inner": data.inner, "outer": data.outer})
    model = MixedLM.from_formula("y ~ x", frame, groups="outer", re_formula="1", vc_formula={"inner": "0 + C(inner)"})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        other = model.fit(method="powell", reml=True)
    assert fit.coefficients == pytest.approx(other.fe_params.to_numpy(), abs=1e-3)
    assert fit.errors == pytest.approx(np.asarray(other.bse_fe), rel=0.02)
    assert fit.variance_inner == pytest.approx(other.vcomp[0], rel=0.02)
    assert fit.variance_outer == pytest.approx(np.asarray(other.cov_re)[0, 0], rel=0.05)
    assert fit.log_likelihood >= other.llf - 1e-6


def test_equal_schools_have_the_variance_of_the_analysis_of_variance() -> None:
    rng = np.random.default_rng(5)
    groups, pupils = 20, 15
    values = rng.normal(size=(groups, 1)) + rng.normal(size=(groups, pupils))
    within = ((values - values.mean(axis=1, keepdims=True)) ** 2).sum() / (groups * (pupils - 1))
    between = values.mean(axis=1).var(ddof=1)
    inner = np.repeat(np.arange(groups), pupils)
    fit = fit_nested(values.ravel(), np.ones((values.size, 1)), inner)
    assert fit.variance_residual == pytest.approx(within, rel=1e-9)
    assert fit.variance_inner == pytest.approx(between - within / pupils, rel=1e-8)
    assert fit.variance_errors[2] == pytest.approx(within * np.sqrt(2 / (groups * (pupils - 1))), rel=1e-5)
    mean_error = np.sqrt(2 / (groups - 1)) * between
    inner_error = np.hypot(mean_error, fit.variance_errors[2] / pupils)
    assert fit.variance_errors[1] == pytest.approx(inner_error, rel=1e-5), "the textbook error of a balanced design"


def trap(seed: int, schools: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pupils of a few schools that do not differ at all, on a scale where a wrong intercept is easily seen."""
    rng = np.random.default_rng(seed)
    inner = np.repeat(np.arange(schools), rng.integers(20, 60, schools))
    x = np.column_stack([np.ones(len(inner)), rng.normal(size=len(inner))])
    return 60 + 5 * x[:, 1] + 10 * rng.normal(size=len(inner)), x, inner


def test_where_schools_do_not_differ_no_intercept_is_wrong() -> None:
    at_zero = 0
    for seed in range(TRAPS):
        y, x, inner = trap(seed, 5 + seed % 8)
        fit = fit_nested(y, x, inner)
        ols, *_ = np.linalg.lstsq(x, y, rcond=None)
        assert fit.coefficients == pytest.approx(ols, abs=1.0), "wrong intercepts: none allowed"
        if fit.variance_inner == 0:
            at_zero += 1
            assert fit.coefficients == pytest.approx(ols, abs=1e-9)
            assert fit.boundary == ("inner",)
            assert np.isnan(fit.variance_errors[1])
            assert (fit.inner[["effect", "conditional_sd"]] == 0).all(axis=None)
    assert TRAPS * 0.4 < at_zero < TRAPS * 0.8, "about half of such fits end exactly at zero"


@pytest.mark.slow
@pytest.mark.skipif(
    "BURTNICA_LONG" not in os.environ, reason="the long form shows what the default of statsmodels does"
)
def test_the_default_of_statsmodels_falls_into_the_trap() -> None:
    wrong = 0
    for seed in range(TRAPS):
        y, x, inner = trap(seed, 5 + seed % 8)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fit = MixedLM(y, x, inner).fit()
        wrong += abs(fit.fe_params[0] - 60) > 5
    print(f"statsmodels' default: {wrong} of {TRAPS} intercepts wrong")
    assert wrong > 0


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), shift=st.floats(-1e4, 1e4), scale=st.floats(0.01, 1000), nested=st.booleans())
def test_order_names_origin_and_unit_do_not_matter(rows, seed: int, shift: float, scale: float, nested: bool) -> None:
    data = rows(seed=seed, outers=4, inners=3, pupils=6)
    outer = data.outer if nested else None
    fit = fit_nested(data.y, data.x, data.inner, outer)
    rng = np.random.default_rng(seed)
    order, names = rng.permutation(fit.n), np.array([f"School {i}" for i in rng.permutation(100)])
    renamed = names[data.inner[order]]
    other = fit_nested(
        shift + scale * data.y[order], data.x[order], renamed, None if outer is None else names[outer[order]]
    )
    near = {"abs": 1e-7 * (scale + abs(shift) / 1e4), "rel": 1e-7}
    assert other.coefficients == pytest.approx(fit.coefficients * scale + [shift, 0], **near)
    assert other.errors == pytest.approx(fit.errors * scale, rel=1e-6)
    variances = [fit.variance_inner, fit.variance_outer, fit.variance_residual]
    again = [other.variance_inner, other.variance_outer, other.variance_residual]
    assert again == pytest.approx(np.array(variances) * scale**2, rel=1e-6, abs=1e-8 * scale**2)
    assert other.boundary == fit.boundary
    labels = names[fit.inner.index]
    assert other.inner.loc[labels, "effect"].to_numpy() == pytest.approx(fit.inner["effect"].to_numpy() * scale, **near)


def test_the_order_of_the_rows_does_not_show(rows) -> None:
    data = rows(seed=6)
    order = np.random.default_rng(0).permutation(len(data.y))
    one = fit_nested(data.y, data.x, data.inner, data.outer)
    other = fit_nested(data.y[order], data.x[order], data.inner[order], data.outer[order])
    assert other.inner["effect"].to_numpy() == pytest.approx(one.inner["effect"].to_numpy(), abs=1e-9)
    assert other.variance_outer == pytest.approx(one.variance_outer, abs=1e-9)
