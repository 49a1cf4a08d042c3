"""The nested logit: against Laplace's approximation written out in full, quadrature of the likelihood, and R where it is."""

import shutil
import subprocess

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, special
from statsmodels.tools.numdiff import approx_hess

from analysis.stats.mixed import fit_shares
from analysis.stats.mixed.laplace import Cells, laplace, modes


def cells(seed: int = 0, outers: int = 5, inners: int = 4, sd: tuple[float, float] = (0.8, 0.7)):
    """Count who fails by school and sex."""
    rng = np.random.default_rng(seed)
    inner = np.repeat(np.arange(outers * inners), 2)
    outer, sex = inner // inners, np.tile([0.0, 1.0], outers * inners)
    size = rng.integers(5, 40, len(inner))
    effect = sd[0] * rng.normal(size=outers)[outer] + sd[1] * rng.normal(size=outers * inners)[inner]
    count = rng.binomial(size, special.expit(-1 + 0.5 * sex + effect))
    return count, size, np.column_stack([np.ones_like(sex), sex]), inner, outer


def dense_laplace(count, size, line, z, prior) -> float:
    """Laplace's log likelihood with full matrices and a general optimiser."""
    root = np.linalg.cholesky(prior)

    def negative(u):
        eta = line + z @ root @ u
        return -(count @ eta - size @ np.logaddexp(0, eta)) + u @ u / 2

    def slope(u):
        return -root.T @ z.T @ (count - size * special.expit(line + z @ root @ u)) + u

    best = optimize.minimize(negative, np.zeros(len(prior)), jac=slope, method="BFGS", options={"gtol": 1e-9}).x
    share = special.expit(line + z @ root @ best)
    bend = root.T @ z.T @ ((size * share * (1 - share))[:, None] * (z @ root)) + np.eye(len(prior))
    return -negative(best) - np.linalg.slogdet(bend)[1] / 2


def test_log_likelihood_is_laplace_s_written_out_in_full() -> None:
    count, size, x, inner, outer = cells(1)
    fit = fit_shares(count, size, x, inner, outer)
    z = np.hstack([pd.get_dummies(inner).to_numpy(float), pd.get_dummies(outer).to_numpy(float)])
    prior = np.diag(np.repeat([fit.variance_inner, fit.variance_outer], [20, 5]))
    likelihood = dense_laplace(count, size, x @ fit.coefficients, z, prior)
    assert fit.log_likelihood == pytest.approx(likelihood, abs=1e-7)
    for change in (0.9, 1.1):
        nearby = dense_laplace(count, size, x @ fit.coefficients, z, prior * change)
        assert nearby < fit.log_likelihood


def test_the_slope_of_the_deviance_is_exact() -> None:
    count, size, x, inner, _ = cells(2)
    data = Cells(count.astype(float), size.astype(float), x, inner, np.arange(0, 20, 4), np.arange(20) // 4)
    point, step = np.array([-0.8, 0.4, 0.5, 0.3]), 1e-5

    def at(place):
        return laplace(data, modes(data, x @ place[:2], place[2:], np.zeros(20)), place[2:])

    for i, move in enumerate(step * np.eye(4)):
        difference = (at(point + move)[0] - at(point - move)[0]) / (2 * step)
        assert at(point)[1][i] == pytest.approx(difference, rel=1e-5, abs=1e-5)


def test_quadrature_of_the_whole_likelihood_finds_nearly_the_same() -> None:
    """One level: the integral over each school's effect by Gauss and Hermite; Laplace is a little off, as it has to be."""
    count, size, x, inner, _ = cells(3, outers=15, sd=(0.0, 0.9))
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)

    def negative(place):
        eta = (x @ place[:2])[:, None] + np.exp(place[2]) * nodes
        terms = count[:, None] * eta - size[:, None] * np.logaddexp(0, eta)
        by_school = np.add.reduceat(terms, np.arange(0, len(count), 2))
        return -special.logsumexp(by_school, axis=1, b=weights / weights.sum()).sum()

    exact = optimize.minimize(negative, [-1, 0.5, -0.2], method="BFGS")
    fit = fit_shares(count, size, x, inner)
    assert fit.coefficients == pytest.approx(exact.x[:2], abs=0.01)
    assert np.sqrt(fit.variance_inner) == pytest.approx(np.exp(exact.x[2]), rel=0.02)
    assert fit.log_likelihood == pytest.approx(-exact.fun, abs=0.5), "0.02 a school"
    errors = np.sqrt(np.diag(np.linalg.inv(approx_hess(exact.x, negative))))
    assert fit.errors == pytest.approx(errors[:2], rel=0.02)


def test_rows_of_single_pupils_and_their_counts_give_the_same() -> None:
    count, size, x, inner, outer = cells(4)
    one = fit_shares(count, size, x, inner, outer)
    of = np.repeat(np.arange(len(size)), size)
    failed = np.concatenate([np.arange(n) < k for n, k in zip(size, count, strict=True)])
    order = np.random.default_rng(0).permutation(len(of))
    of, failed = of[order], failed[order]
    single = fit_shares(failed, np.ones(len(of)), x[of], inner[of], outer[of])
    assert single.log_likelihood == pytest.approx(one.log_likelihood, abs=1e-8)
    assert single.coefficients == pytest.approx(one.coefficients, abs=1e-8)
    assert single.inner["effect"].to_numpy() == pytest.approx(one.inner["effect"].to_numpy(), abs=1e-8)
    assert single.inner["n"].tolist() == one.inner["n"].tolist()


def test_who_passes_is_the_mirror_of_who_fails() -> None:
    count, size, x, inner, outer = cells(5)
    failed, passed = (fit_shares(k, size, x, inner, outer) for k in (count, size - count))
    assert passed.coefficients == pytest.approx(-failed.coefficients, abs=1e-8)
    assert passed.variance_outer == pytest.approx(failed.variance_outer, abs=1e-8)


def test_schools_that_do_not_differ_end_at_zero_and_at_the_plain_logit() -> None:
    at_zero = 0
    for seed in range(20):
        count, size, x, inner, _ = cells(seed, outers=3, sd=(0.0, 0.0))
        fit = fit_shares(count, size, x, inner)
        assert fit.coefficients == pytest.approx([-1, 0.5], abs=0.8)
        if fit.variance_inner == 0:
            at_zero += 1
            share = special.expit(x @ fit.coefficients)
            assert x.T @ (count - size * share) == pytest.approx([0, 0], abs=1e-6)
    assert 5 < at_zero < 18


@pytest.mark.shared
def test_chemistry_fails_as_in_the_reference(chem97) -> None:
    """glmer 1.1-31; its own search stops 0.0005 below the maximum, hence the bar of its coefficients."""
    frame = chem97.frame
    fit = fit_shares(frame["score"] == 0, np.ones(len(frame)), chem97.x, frame["school"], frame["lea"])
    reference = pd.read_csv(chem97.folder / "chem97_coefs.csv").query("model == 'g_fail_laplace'")
    assert fit.coefficients == pytest.approx(reference["estimate"].to_numpy(), abs=1e-4)
    assert fit.errors == pytest.approx(reference["se"].to_numpy(), abs=1e-4)
    assert fit.variance_inner == pytest.approx(1.318188, abs=1e-4)
    assert (fit.variance_outer, fit.boundary) == (0.0, ("outer",))
    assert fit.log_likelihood == pytest.approx(-8242.897990, abs=1e-3)
    assert fit.log_likelihood > -8242.897990


R = """
suppressMessages(library(lme4))
d <- read.csv("cells.csv")
m <- glmer(cbind(count, size - count) ~ sex + (1 | outer/inner), d, family = binomial,
           control = glmerControl(optimizer = "bobyqa"))
r <- as.data.frame(ranef(m, condVar = TRUE))
write.csv(r[r$grpvar == "outer", c("condval", "condsd")], "effects.csv", row.names = FALSE)
constant <- sum(lchoose(d$size, d$count))
v <- as.data.frame(VarCorr(m))
cat(fixef(m), v$vcov[v$grp == "inner:outer"], v$vcov[v$grp == "outer"], as.numeric(logLik(m)) - constant)
"""


def test_r_gives_the_same(tmp_path) -> None:
    rscript = shutil.which("Rscript")
    if rscript is None or subprocess.run([rscript, "-e", "library(lme4)"], capture_output=True, check=False).returncode:
        pytest.skip("R with lme4 is not here")
    count, size, x, inner, outer = cells(6, outers=10)
    frame = pd.DataFrame({"count": count, "size": size, "sex": x[:, 1], "inner": inner, "outer": outer})
    frame.to_csv(tmp_path / "cells.csv", index=False)
    ran = subprocess.run([rscript, "-e", R], cwd=tmp_path, capture_output=True, encoding="utf-8", check=True)
    fit = fit_shares(count, size, x, inner, outer)
    own = [*fit.coefficients, fit.variance_inner, fit.variance_outer, fit.log_likelihood]
    assert own == pytest.approx(list(map(float, ran.stdout.split())), abs=1e-3)
    effects = pd.read_csv(tmp_path / "effects.csv")
    assert fit.outer["effect"].to_numpy() == pytest.approx(effects["condval"].to_numpy(), abs=1e-3)
    assert fit.outer["conditional_sd"].to_numpy() == pytest.approx(effects["condsd"].to_numpy(), abs=1e-3)
