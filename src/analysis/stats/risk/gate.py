"""Whether early signs may be shown: probabilities that are right, and more than one test alone would tell."""

from typing import Literal

from analysis.stats.risk.backtest import Backtest
from analysis.stats.risk.calibration import Z90

SLOPES = (0.85, 1.15)
_EQUAL = 1e-9
Reason = Literal["", "slope", "count", "one_test"]


def verdict_on(test: Backtest) -> Reason:
    """Return why the signs must not be shown, or nothing where they may.

    ``slope``: the 90 % interval of the calibration slope lies outside 0.85–1.15 as a whole. ``count``: the number of
    events is outside the band that the drift of tests from year to year and chance allow. ``one_test``: area under the
    curve or recall at the workload is below that of the pupils' own-domain test alone; then that test serves better.
    """
    found = test.calibrated
    half = Z90 * found.slope_error
    if found.slope + half < SLOPES[0] or found.slope - half > SLOPES[1]:
        return "slope"
    if not test.count_low <= found.observed <= test.count_high:
        return "count"
    model, rule = test.model_ranking, test.one_test_ranking
    if model.auc < rule.auc - _EQUAL or model.found < rule.found - _EQUAL:
        return "one_test"
    return ""
