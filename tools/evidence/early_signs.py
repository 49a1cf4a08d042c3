"""Whether early signs come near the true risk, are right in number, and beat one test alone."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from analysis.desk.known_truth import SIGNS, oracle_of, placed
from analysis.intake.demo import Known, known_country
from analysis.params import Params
from analysis.stats.risk import Backtest, Unfit, backtest, followed, verdict_on
from analysis.stats.risk.ranking import ranking

WORKLOAD = 0.10
LIMITS = {"low": 40.0, "fail": 15.0}
"""Percent below which a result counts: low, and near the pass threshold."""


@dataclass(frozen=True)
class Judged:
    """One back-test beside the truth; areas under the curve, and recall at a tenth of the pupils."""

    seed: int
    municipality_id: str
    limit: str
    pupils: int
    events: int
    auc: float
    auc_oracle: float
    auc_one_test: float
    auc_school: float
    recall: float
    recall_oracle: float
    recall_one_test: float
    slope: float
    expected: float
    in_band: bool
    refused: str


def back_tests(
    seeds: Iterable[int], params: Params, *, own: bool, municipalities: int = 12
) -> tuple[pd.DataFrame, int]:
    """Draw countries, learn on cohorts known in time, and judge on the newest.

    Parameters
    ----------
    seeds : iterable of int
        One country each, with group effects.
    params : Params
        Of the scale.
    own : bool
        True: every municipality learns from its own pupils alone; False: from the country's.

    Returns
    -------
    tuple
        One row a back-test (:class:`Judged`), and how many could not be fitted for want of events.
    """
    rows, unfit = [], 0
    for seed in seeds:
        known = known_country("effects", seed=seed, municipalities=municipalities)
        results = placed(known, params)
        for limit, percent in LIMITS.items():
            pupils = followed(results, SIGNS, percent)
            boards = list(pupils.groupby("municipality_id")) if own else [("", pupils)]
            for place, mine in boards:
                try:
                    test = backtest(mine, SIGNS, workload=WORKLOAD)
                except Unfit:
                    unfit += 1
                    continue
                rows.append(asdict(_beside_truth(test, known, seed, str(place), limit)))
    return pd.DataFrame(rows), unfit


def _beside_truth(test: Backtest, known: Known, seed: int, place: str, limit: str) -> Judged:
    event = test.judged["event"].to_numpy()
    oracle = ranking(oracle_of(test, known, LIMITS[limit]), event, WORKLOAD)
    found = test.calibrated
    return Judged(
        seed=seed, municipality_id=place, limit=limit, pupils=len(event), events=int(event.sum()),
        auc=test.model_ranking.auc, auc_oracle=oracle.auc, auc_one_test=test.one_test_ranking.auc,
        auc_school=test.school_ranking.auc, recall=test.model_ranking.recall, recall_oracle=oracle.recall,
        recall_one_test=test.one_test_ranking.recall, slope=found.slope, expected=found.expected / found.observed,
        in_band=test.count_low <= found.observed <= test.count_high, refused=verdict_on(test),
    )  # fmt: skip


def sign_figures(tests: pd.DataFrame, limit: str) -> dict[str, float]:
    """Return means over back-tests of one limit, weighted by their events, and how often one test alone is better."""
    own = tests[tests["limit"] == limit]
    names = [
        "auc",
        "auc_oracle",
        "auc_one_test",
        "auc_school",
        "recall",
        "recall_oracle",
        "recall_one_test",
        "slope",
        "expected",
    ]
    means = {name: float(np.average(own[name], weights=own["events"])) for name in names}
    return means | {
        "tests": len(own),
        "events": float(own["events"].median()),
        "below_oracle": means["auc_oracle"] - means["auc"],
        "one_test_better": float((own["auc"] < own["auc_one_test"]).mean()),
        "refused": float((own["refused"] != "").mean()),
        "one_test_better_shown": float(((own["auc"] < own["auc_one_test"]) & (own["refused"] == "")).mean()),
    }
