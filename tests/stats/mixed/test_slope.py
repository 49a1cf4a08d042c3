"""A line of its own for every school: against R's figures, the likelihood written out in full, and edges of the covariance."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.stats.mixed import fit_nested, fit_slope

COEFFICIENTS, VARIANCES, EFFECTS, LIKELIHOOD = 1e-5, 1e-4, 2e-5, 1e-3


@pytest.fixture(scope="module")
def london(exam):
    x = np.column_stack([np.ones(len(exam)), exam["standLRT"]])
    return {m: fit_slope(exam["normexam"], x, exam["school"], exam["standLRT"], method=m) for m in ("reml", "ml")}


@pytest.mark.shared
def test_london_has_the_figures_of_the_reference(london) -> None:
    fit = london["reml"]
    assert fit.coefficients == pytest.approx([-0.011649, 0.556535], abs=COEFFICIENTS)
    assert fit.errors == pytest.approx([0.040111, 0.020114], abs=COEFFICIENTS)
    assert fit.spread.ravel() == pytest.approx([0.092118, 0.018342, 0.018342, 0.014967], abs=VARIANCES)
    assert fit.variance_residual == pytest.approx(0.553641, abs=VARIANCES)
    assert fit.log_likelihood == pytest.approx(-4663.800173, abs=LIKELIHOOD)
    assert not fit.singular


@pytest.mark.shared
@pytest.mark.parametrize(("term", "column"), [("(Intercept)", "intercept"), ("standLRT", "slope")])
def test_lines_of_every_london_school_are_those_of_the_reference(london, shared_data, term, column) -> None:
    table = pd.read_csv(shared_data / "exam" / "blups_exam_rs_reml.csv")
    reference = table[table["term"] == term].set_index("grp")
    found = london["reml"].groups.loc[reference.index]
    assert len(found) == 65
    assert found[column].to_numpy() == pytest.approx(reference["condval"].to_numpy(), abs=EFFECTS)
    assert found[f"{column}_sd"].to_numpy() == pytest.approx(reference["condsd"].to_numpy(), abs=EFFECTS)


@pytest.mark.shared
def test_london_with_intercepts_alone_has_the_published_deviance_and_effects(exam, shared_data) -> None:
    """The vignette of R's mlmRev gives the deviance with sex and the school's kind."""
    x = np.column_stack([np.ones(len(exam)), exam["standLRT"]])
    kinds = [exam["sex"] == "M", exam["schgend"] == "boys", exam["schgend"] == "girls"]
    fit = fit_nested(exam["normexam"], np.column_stack([x, *kinds]).astype(float), exam["school"])
    assert -2 * fit.log_likelihood == pytest.approx(9347.674, abs=LIKELIHOOD)
    table = pd.read_csv(shared_data / "exam" / "blups_exam_m1_ml.csv").set_index("grp")
    full = fit_nested(exam["normexam"], x, exam["school"], method="ml").inner.loc[table.index]
    assert full["effect"].to_numpy() == pytest.approx(table["condval"].to_numpy(), abs=EFFECTS)
    assert full["conditional_sd"].to_numpy() == pytest.approx(table["condsd"].to_numpy(), abs=EFFECTS)


def lines(seed: int, covariance=((0.4, 0.15), (0.15, 0.2)), groups: int = 20):
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(groups), rng.integers(5, 15, groups))
    w = rng.normal(3, 2, len(group))
    own = rng.multivariate_normal([0, 0], covariance, groups)[group]
    y = 10 + own[:, 0] + (1 + own[:, 1]) * w + rng.normal(size=len(group))
    return y, np.column_stack([np.ones_like(w), w]), group, w


@pytest.mark.parametrize("method", ["reml", "ml"])
def test_likelihood_and_lines_agree_with_the_model_written_out_in_full(method) -> None:
    y, x, group, w = lines(1)
    fit = fit_slope(y, x, group, w, method=method)
    z = pd.get_dummies(group).to_numpy(float)
    z = np.dstack([z, z * w[:, None]]).reshape(len(y), -1)
    prior = np.kron(np.eye(20), fit.spread)
    v = z @ prior @ z.T + fit.variance_residual * np.eye(len(y))
    solved = np.linalg.solve(v, x)
    beta = np.linalg.solve(x.T @ solved, solved.T @ y)
    assert fit.coefficients == pytest.approx(beta, abs=1e-8)
    assert fit.covariance == pytest.approx(np.linalg.inv(x.T @ solved), rel=1e-7)
    likelihood = stats.multivariate_normal.logpdf(y, x @ beta, v)
    if method == "reml":
        likelihood += np.log(2 * np.pi) - np.linalg.slogdet(x.T @ solved)[1] / 2
    assert fit.log_likelihood == pytest.approx(likelihood, abs=1e-7)
    modes = (prior @ z.T @ np.linalg.solve(v, y - x @ beta)).reshape(-1, 2)
    assert fit.groups[["intercept", "slope"]].to_numpy() == pytest.approx(modes, abs=1e-8)
    sds = np.sqrt(np.diag(prior - prior @ z.T @ np.linalg.solve(v, z @ prior))).reshape(-1, 2)
    assert fit.groups[["intercept_sd", "slope_sd"]].to_numpy() == pytest.approx(sds, abs=1e-8)


@pytest.mark.parametrize("seed", range(6))
def test_where_slopes_do_not_differ_the_edge_is_the_best_point(seed: int) -> None:
    """No worse than intercepts alone, and no nearby covariance is likelier."""
    y, x, group, w = lines(seed, ((0.2 * (seed % 2), 0), (0, 0)))
    fit = fit_slope(y, x, group, w)
    alone = fit_nested(y, x, group)
    assert fit.log_likelihood >= alone.log_likelihood - 1e-8
    assert fit.coefficients == pytest.approx(alone.coefficients, abs=1.0)
    if not fit.spread.any():
        assert fit.singular
        assert fit.coefficients == pytest.approx(np.linalg.lstsq(x, y, rcond=None)[0], abs=1e-8)


def test_order_names_origin_and_unit_do_not_matter() -> None:
    y, x, group, w = lines(7)
    fit = fit_slope(y, x, group, w)
    order = np.random.default_rng(0).permutation(len(y))
    moved = 5 * w[order] - 40
    names = np.array([f"S{99 - i}" for i in range(20)])
    other = fit_slope(100 + 3 * y[order], np.column_stack([x[order, 0], moved]), names[group[order]], moved)
    turn = 3 * np.array([[1.0, 8.0], [0.0, 1 / 5]])  # w = (moved + 40) / 5
    assert other.spread == pytest.approx(turn @ fit.spread @ turn.T, rel=1e-6)
    assert other.coefficients == pytest.approx(turn @ fit.coefficients + [100, 0], rel=1e-7)
    slopes = other.groups.loc[names[fit.groups.index], "slope"].to_numpy()
    assert slopes == pytest.approx(fit.groups["slope"].to_numpy() * 3 / 5, abs=1e-7)
