"""Groups that cross: simulated truth, the exact model where they nest, and guards that have to act."""

import numpy as np
import pytest

from analysis.stats.mixed import UnfitDesign, crossed, fit_crossed, fit_nested


def crossing(seed: int, school: float = 1.0, area: float = 0.7, n: int = 500):
    rng = np.random.default_rng(seed)
    groups = {"school": rng.integers(0, 12, n), "area": rng.integers(0, 9, n)}
    x = np.column_stack([np.ones(n), rng.normal(size=n)])
    effects = school * rng.normal(size=12)[groups["school"]] + area * rng.normal(size=9)[groups["area"]]
    return 60 + 2 * x[:, 1] + effects + rng.normal(size=n), x, groups


def test_variances_agree_with_the_moments_and_the_truth() -> None:
    found = [fit_crossed(*crossing(seed)) for seed in range(8)]
    assert {fit.engine for fit in found} == {"mixed model"}
    for fit in found:
        for level, variance in fit.variances.items():
            assert variance == pytest.approx(fit.moments[level], rel=0.25, abs=0.02)
    assert np.mean([fit.variances["school"] for fit in found]) == pytest.approx(1.0, abs=0.45)
    assert np.mean([fit.variances["area"] for fit in found]) == pytest.approx(0.49, abs=0.3)
    assert np.mean([fit.coefficients for fit in found], axis=0) == pytest.approx([60, 2], abs=0.5)


def test_nested_groups_get_what_the_exact_model_gives(rows) -> None:
    data = rows(seed=4, outers=8)
    slow = fit_crossed(data.y, data.x, {"inner": data.inner, "outer": data.outer})
    exact = fit_nested(data.y, data.x, data.inner, data.outer)
    assert slow.coefficients == pytest.approx(exact.coefficients, abs=1e-2)
    assert slow.variances["inner"] == pytest.approx(exact.variance_inner, rel=0.02)
    assert slow.variances["outer"] == pytest.approx(exact.variance_outer, rel=0.05)


def test_a_mixed_model_that_finds_nothing_where_groups_clearly_differ_is_refused(monkeypatch) -> None:
    y, x, groups = crossing(1)
    honest = crossed._mixed_model(y, x, groups, "reml")
    honest.vcomp[:] = 0.0
    monkeypatch.setattr(crossed, "_mixed_model", lambda *_: honest)
    with pytest.raises(UnfitDesign, match="area, school"):
        fit_crossed(y, x, groups)


@pytest.mark.parametrize("broken", ["intercept", "none"])
def test_a_wrong_intercept_or_no_convergence_gives_way_to_least_squares(monkeypatch, broken: str) -> None:
    y, x, groups = crossing(2)
    fitted = crossed._mixed_model(y, x, groups, "reml")
    fitted.fe_params[0] = 3.86
    monkeypatch.setattr(crossed, "_mixed_model", lambda *_: fitted if broken == "intercept" else None)
    fit = fit_crossed(y, x, groups)
    assert fit.engine.startswith("least squares")
    assert fit.reason
    assert fit.variances == {}
    assert fit.coefficients == pytest.approx([60, 2], abs=1)
    naive = np.sqrt(fit.variance_residual / fit.n)
    assert fit.errors[0] > 2 * naive, "errors allow for the groups"
