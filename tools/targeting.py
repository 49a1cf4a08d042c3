"""Which way of choosing reaches the children in need, beside the truth: on drawn countries, where it is known.

Each country's newest cohort is held out; every municipality chooses a tenth of its pupils in grade 6, by school, group, one
test, early signs, by the true risk that nobody can know better, or by lot. In need is whose grade 9 mathematics result was
below 40 % in the end. The same pupils are drawn with no effects of schools and groups, with schools that differ, and with
groups that do as well; and once more with results dealt out by lot, so that nothing tells who is in need.

Run: ``python -m tools.targeting`` (a quarter of a minute). Printed figures stand in docs/targeting.md; a test compares them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))  # also as a plain script of a clone

from analysis.desk.known_truth import SIGNS, oracle_of, placed
from analysis.intake.demo import known_country
from analysis.intake.demo.scores import Setting
from analysis.params import Params, load_params
from analysis.stats.risk import backtest, followed
from analysis.stats.risk.targeting import Targeting, targeting
from analysis.stats.risk.ways import scored

SEEDS = (1, 2)
SETTINGS: dict[Setting, str] = {"none": "pupils differ", "schools": "schools too", "effects": "groups too"}
ALL = ("school", "group", "rule", "model")
_SHARE = 0.10
_MUNICIPALITIES = 12


def held_out(setting: Setting, seeds: Iterable[int], params: Params) -> pd.DataFrame:
    """Return the held-out pupils of drawn countries with the score of each way, ``truth`` and ``board``: who chooses."""
    parts = []
    for seed in seeds:
        known = known_country(setting, seed=seed, municipalities=_MUNICIPALITIES)
        pupils = followed(placed(known, params), SIGNS, params.low_result_percent)
        test = backtest(pupils, SIGNS, workload=_SHARE)
        board = f"{seed}/" + test.judged["municipality_id"].astype("str")
        truth = oracle_of(test, known, params.low_result_percent)
        parts.append(scored(pupils, test).assign(truth=truth, board=board))
    return pd.concat(parts, ignore_index=True)


def compared(pupils: pd.DataFrame, ways: Iterable[str] = ALL) -> Targeting:
    """Compare some ways at equal budget, each municipality among its own pupils."""
    return targeting(pupils[["event", "board", *ways]], _SHARE, within="board")


def by_truth(pupils: pd.DataFrame) -> float:
    """Return how many children in need the true risk would have reached."""
    truth = pupils[["event", "board"]].assign(model=pupils["truth"])
    return float(targeting(truth, _SHARE, within="board").ways["reached"].iloc[0])


def figures(pupils: pd.DataFrame) -> dict[str, float]:
    """Return the percent of children in need that drawing lots, each way and the truth reach."""
    found = compared(pupils)
    reached = found.ways.set_index("way")["reached"] / found.in_need
    shares = {"lot": found.chosen / found.n, **reached[list(ALL)].to_dict(), "truth": by_truth(pupils) / found.in_need}
    return {way: round(100 * float(share), 1) for way, share in shares.items()}


def shuffled(pupils: pd.DataFrame) -> pd.DataFrame:
    """Deal the results out anew: nothing that was known of a pupil tells anything, and no risk is truer than another."""
    dealt = np.random.default_rng(1).permutation(pupils["event"].to_numpy())
    return pupils.assign(event=dealt, truth=0.0)


def answer(found: Targeting) -> str:
    """Return the way that suffices, or that there is no difference."""
    return found.suffices if (found.ways["verdict"] == "differs").any() else "no difference"


def row_of(name: str, pupils: pd.DataFrame) -> str:
    """Return a world's row of the page: shares, and what suffices of all ways and of those that ask for no test."""
    found, places = compared(pupils), compared(pupils, ("school", "group"))
    shares = " | ".join(f"{share:.1f}" for share in figures(pupils).values())
    return f"| {name} | {found.in_need:,} of {found.n:,} | {shares} | {answer(found)} | {answer(places)} |"


if __name__ == "__main__":
    worlds = {name: held_out(setting, SEEDS, load_params()) for setting, name in SETTINGS.items()}
    worlds["results by lot"] = shuffled(worlds[SETTINGS["none"]])
    for name, pupils in worlds.items():
        print(row_of(name, pupils))
