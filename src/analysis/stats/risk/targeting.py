"""Which way of choosing whom to support suffices: by school, class, one test, group or model, at equal budget."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from analysis.evidence import each, evidence, no_evidence
from analysis.indicators import INDICATORS
from analysis.stats.cells import CellModel, NothingToModel, fit_cells
from analysis.stats.risk.ranking import served

Floats = npt.NDArray[Any]
WAYS = ("school", "class", "rule", "group", "model")
"""From the simplest to the most demanding: a school's rate, a class's rate, one test, groups of pupils, early signs."""
SMALLEST_N = INDICATORS["targeting"].smallest_n
_DRAWS, _SEED = 4000, 20260101


@dataclass(frozen=True)
class Targeting:
    """Ways of choosing, judged on pupils whose outcome is known.

    Attributes
    ----------
    ways : pd.DataFrame
        By ``way``: ``reached`` (children in need among those chosen, expected), ``low, high`` and ``behind`` (difference to the
        best way, children; interval for all ways together), ``verdict`` (``differs``, ``not_distinguishable``; the best has
        none).
    best, suffices : str
        The way that reached most, and the simplest one not distinguishable from it.
    n, chosen, in_need : int
        Pupils, how many of them the budgets of all boards allow, and children in need.
    """

    ways: pd.DataFrame = field(repr=False)
    best: str
    suffices: str
    n: int
    chosen: int
    in_need: int


def targeting(pupils: pd.DataFrame, workload: float, confidence: float = 0.95, within: str = "") -> Targeting:
    """Compare ways of choosing at equal budget.

    Every way chooses as many pupils, those with the highest score first; where pupils of equal score stand at the edge,
    each has the same chance. A way's children reached are a sum over pupils, so the difference of two ways is one too,
    with an exact variance. Which way is best is chosen after looking: the interval's width is that of the largest of all
    differences, from the ways' joint normal distribution (as Tukey's for all pairs; drawn with a fixed seed).

    Parameters
    ----------
    pupils : pd.DataFrame
        ``event`` (1: in need) and one column of scores for each way of :data:`WAYS` that is known.
    workload : float
        Share of pupils that can be supported.
    confidence : float
        Of all intervals together.
    within : str
        Column of those who choose, each among its own pupils with a budget of its own; empty: one budget for all.

    Returns
    -------
    Targeting
        "No difference" is said where the interval holds zero; how large a difference it does not rule out stands there too.
    """
    ways = [way for way in WAYS if way in pupils]
    event, scores = pupils["event"].to_numpy(dtype="float64"), pupils[ways].to_numpy(dtype="float64")
    boards = pupils.groupby(within, observed=True).indices.values() if within else [np.arange(len(pupils))]
    chance = np.zeros_like(scores)
    for own in boards:
        chance[own] = np.column_stack([_chance(score, served(len(own), workload)) for score in scores[own].T])
    hits = chance * event[:, None]
    chosen = sum(served(len(own), workload) for own in boards)
    reached = hits.sum(axis=0)
    top = int(np.argmax(np.round(reached, 9)))
    covariance = np.cov(hits, rowvar=False).reshape(len(ways), len(ways)) * len(hits)
    half = _widest(covariance, confidence) * np.sqrt(_of_differences(covariance)[top])
    behind = reached - reached[top]
    rows = pd.DataFrame(
        {"way": ways, "reached": reached, "behind": behind, "low": behind - half, "high": behind + half}
    )
    differs = rows["high"] < 0
    rows["verdict"] = differs.map({True: "differs", False: "not_distinguishable"}).mask(rows.index == top, "")
    simplest = str(rows.loc[~differs, "way"].iloc[0])
    return Targeting(rows, ways[top], simplest, len(pupils), chosen, int(event.sum()))


def _chance(score: Floats, chosen: int) -> Floats:
    """Return each pupil's chance to be among the chosen: pupils of equal score at the edge share what is left."""
    edge = np.partition(score, len(score) - chosen)[len(score) - chosen]
    above, at = score > edge, score == edge
    chance: Floats = above + at * (chosen - above.sum()) / at.sum()
    return chance


def _of_differences(covariance: Floats) -> Floats:
    variance = np.diag(covariance)
    found: Floats = np.maximum(variance[:, None] + variance[None, :] - 2 * covariance, 0.0)
    return found


def _widest(covariance: Floats, confidence: float) -> float:
    """Return how many standard errors the largest of all differences keeps to, at a confidence."""
    error = np.sqrt(_of_differences(covariance))
    pairs = np.triu(error > 1e-9, 1)
    if pairs.sum() <= 1:
        return float(stats.norm.ppf((1 + confidence) / 2))
    values, vectors = np.linalg.eigh(covariance)
    drawn = np.random.default_rng(_SEED).standard_normal((_DRAWS, len(values))) @ (vectors * np.sqrt(values.clip(0))).T
    first, second = np.nonzero(pairs)
    largest = np.abs(drawn[:, first] - drawn[:, second]) / error[first, second]
    return float(np.quantile(largest.max(axis=1), confidence))


def group_score(past: pd.DataFrame, pupils: pd.DataFrame, attributes: Sequence[str]) -> Floats:
    """Return how far behind the group of each pupil is, from earlier pupils' results: the score of targeting by group.

    The cell model of all attributes (:func:`analysis.stats.cells.fit_cells`) shrinks each combination; a combination that
    was not there before has the mean of all.

    Parameters
    ----------
    past, pupils : pd.DataFrame
        ``attributes``; ``past`` also ``standing``.
    attributes : sequence of str
        Attributes of pupils.
    """
    try:
        model = fit_cells(past["standing"], past[list(attributes)])
    except NothingToModel:
        return np.zeros(len(pupils))
    known = _by_cell(model)
    keys = pupils[list(model.attributes)].astype("object").fillna("").astype("str").agg("&".join, axis=1)
    return -keys.map(known).fillna(model.prior_mean).to_numpy(dtype="float64")


def _by_cell(model: CellModel) -> dict[str, float]:
    return {
        "&".join(levels[code] for levels, code in zip(model.levels, codes, strict=True)): float(mean)
        for codes, mean in zip(model.codes, model.mean, strict=True)
    }


def targeting_evidence(found: Targeting, confidence: float = 0.95, **keys: Any) -> pd.DataFrame:
    """Return a comparison in the evidence shape: shares of children in need reached, and differences to the best.

    Parameters
    ----------
    found : Targeting
        Of one cohort.
    confidence : float
        The one it was compared at.
    **keys
        Whose pupils, stage, test and domain of the outcome, years.

    Returns
    -------
    pd.DataFrame
        ``targeting`` in percent: ``part`` = the way, of the children in need (``n``) those reached, without an interval;
        ``<way>|best``: the difference to the best with interval and verdict; ``lot``: of all pupils (``n``) those whom the
        budget allows, which is what drawing lots would reach. Empty where no child was in need.
    """
    if not found.in_need:
        return no_evidence()
    of = 100 / found.in_need
    rows: list[dict[str, Any]] = [{"part": str(w.way), "estimate": of * float(w.reached)} for w in each(found.ways)]
    for w in each(found.ways[found.ways["verdict"] != ""]):
        ends = {"estimate": of * float(w.behind), "low": of * float(w.low), "high": of * float(w.high)}
        judged = str(w.verdict) if found.in_need >= SMALLEST_N else "too_few"
        rows.append({"part": f"{w.way}|best", **ends, "confidence": confidence, "verdict": judged})
    rows.append({"part": "lot", "n": found.n, "estimate": 100 * found.chosen / found.n})
    frame = pd.DataFrame([{"n": found.in_need, "verdict": "", **row} for row in rows])
    method = "ways of choosing at equal budget, judged on a held-out cohort"
    return evidence(frame.assign(**keys), indicator="targeting", unit="percent", method=method)
