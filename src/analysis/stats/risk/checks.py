"""How well the signs worked on the held-out cohort, as rows: ranking, counts, calibration, net benefit, beside their rivals."""

import pandas as pd
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from analysis.stats.risk.backtest import Backtest
from analysis.stats.risk.ranking import Ranking

_Row = tuple[str, str, int, float | None, float | None, float | None]


def checks(test: Backtest, seen: int, confidence: float) -> pd.DataFrame:
    """Return the figures of a back-test.

    Parameters
    ----------
    test : Backtest
        What is told.
    seen : int
        Pupils who stood at the stage with the held-out cohort.
    confidence : float
        Level of the intervals.

    Returns
    -------
    pd.DataFrame
        ``part, unit, n, estimate, low, high``. ``auc``, ``recall``, ``precision``, each also ``…_one_test`` and
        ``…_school``; ``slope`` and ``expected_observed`` (100 is right; between the ends the tests' drift may take it);
        ``brier`` and ``brier_base``; ``net_benefit_5``, ``_10``, ``_20`` (per 100 pupils); ``followed`` (share of those seen
        at the stage who have the outcome).
    """
    z = float(stats.norm.ppf((1 + confidence) / 2))
    n, found = len(test.judged), test.calibrated
    rows: list[_Row] = []
    rankings = (("", test.model_ranking), ("_one_test", test.one_test_ranking), ("_school", test.school_ranking))
    for suffix, ranking in rankings:
        rows += _of_ranking(ranking, suffix, n, z, confidence)
    half = z * found.slope_error
    ends = [found.expected / max(count, 0.5) for count in (test.count_high, test.count_low)]
    rows += [
        ("slope", "percent", n, found.slope, found.slope - half, found.slope + half),
        ("expected_observed", "percent", n, found.ratio, min(found.ratio, ends[0]), max(found.ratio, ends[1])),
        ("brier", "probability", n, found.brier, None, None),
        ("brier_base", "probability", n, found.brier_base, None, None),
    ]
    rows += [(f"net_benefit_{100 * t:.0f}", "percent", n, b, None, None) for t, b in test.net_benefits.items()]
    rows.append(("followed", "percent", seen, min(n / seen, 1.0) if seen else None, None, None))
    frame = pd.DataFrame(rows, columns=["part", "unit", "n", "estimate", "low", "high"])
    figures = ["estimate", "low", "high"]
    frame[figures] = frame[figures].astype("float64")
    factor = frame["unit"].map({"percent": 100.0, "probability": 1.0})
    return frame.assign(**{column: frame[column] * factor for column in figures})


def _of_ranking(ranking: Ranking, suffix: str, n: int, z: float, confidence: float) -> list[_Row]:
    half = z * ranking.auc_error
    ends = (max(ranking.auc - half, 0.0), min(ranking.auc + half, 1.0))
    rows: list[_Row] = [("auc" + suffix, "probability", n, ranking.auc, *ends)]
    for name, whole in (("recall", ranking.events), ("precision", ranking.flagged)):
        share = min(ranking.found / whole, 1.0)
        low, high = proportion_confint(share * whole, whole, 1 - confidence, method="wilson")
        rows.append((name + suffix, "percent", whole, share, min(float(low), share), max(float(high), share)))
    return rows
