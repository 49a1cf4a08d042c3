"""Which way of choosing whom to support suffices: by school, class, group, one test or a model, at equal budget."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from analysis.evidence import each, evidence, no_evidence
from analysis.stats.cells import CellModel, NothingToModel, fit_cells
from analysis.stats.risk.ranking import served

Floats = npt.NDArray[Any]
WAYS = ("school", "class", "rule", "group", "model")
"""From the simplest to the most demanding: a school's rate, a class's rate, one test, groups of pupils, early signs."""
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
        Pupils, how many of them the budget allows, and children in need.
    """

    ways: pd.DataFrame = field(repr=False)
    best: str
    suffices: str
    n: int
    chosen: int
    in_need: int


def targeting(pupils: pd.DataFrame, workload: float, confidence: float = 0.95) -> Targeting:
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

    Returns
    -------
    Targeting
        "No difference" is said where the interval holds zero; how large a difference it does not rule out stands there too.
    """
    ways = [way for way in WAYS if way in pupils]
    event, chosen = pupils["event"].to_numpy(dtype="float64"), served(len(pupils), workload)
    hits = np.column_stack([_chance(pupils[way].to_numpy(dtype="float64"), chosen) for way in ways]) * event[:, None]
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


def targeting_evidence(
    found: Targeting, *, municipality_id: str, confidence: float = 0.95, **keys: Any
) -> pd.DataFrame:  # fmt: skip
    """Return a comparison in the evidence shape: shares of children in need reached, and differences to the best.

    Parameters
    ----------
    found : Targeting
        Of one cohort.
    municipality_id : str
        Whose pupils.
    confidence : float
        The one it was compared at.
    **keys
        Grade, test, domain, school year of the outcome.

    Returns
    -------
    pd.DataFrame
        ``targeting`` in percent of the children in need: ``part`` = the way (no interval); ``<way>|best``: the difference to
        the best with interval and verdict; ``suffices|<way>``: the way that suffices.
    """
    if not found.in_need:
        return no_evidence()
    of = 100 / found.in_need
    rows = [{"part": str(w.way), "estimate": of * float(w.reached)} for w in each(found.ways)]
    for w in each(found.ways[found.ways["verdict"] != ""]):
        ends = {"estimate": of * float(w.behind), "low": of * float(w.low), "high": of * float(w.high)}
        rows.append({"part": f"{w.way}|best", **ends, "confidence": confidence, "verdict": str(w.verdict)})
    rows.append({"part": f"suffices|{found.suffices}"})
    frame = pd.DataFrame(rows).assign(n=found.n, **keys)
    frame["verdict"] = frame.get("verdict", pd.Series("", index=frame.index)).fillna("")
    method = "ways of choosing at equal budget, judged on a held-out cohort"
    return evidence(frame, indicator="targeting", unit="percent", municipality_id=municipality_id, method=method)
