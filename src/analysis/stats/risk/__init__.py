"""Early signs: who of today's pupils may have a low result at a later stage, how sure that is, and when it may be shown."""

from analysis.stats.risk.backtest import Backtest, Unfit, backtest
from analysis.stats.risk.cohorts import followed
from analysis.stats.risk.gate import verdict_on
from analysis.stats.risk.pairs import Pair, pairs

__all__ = ["Backtest", "Pair", "Unfit", "backtest", "followed", "pairs", "verdict_on"]
