"""How well a score puts first those who need it: area under the curve, and what is found at a workload."""

from dataclasses import dataclass

import numpy as np
from scipy import stats


@dataclass(frozen=True)
class Ranking:
    """How a score ranks.

    Attributes
    ----------
    auc, auc_error : float
        Chance that a pupil with the event stands before one without (ties count half), and its standard error.
    flagged : int
        Pupils whom the workload allows.
    found : float
        Expected number of them with the event; pupils of equal score are drawn at random.
    events : int
        Pupils with the event.
    """

    auc: float
    auc_error: float
    flagged: int
    found: float
    events: int

    @property
    def recall(self) -> float:
        """Share of the events that are among the flagged."""
        return self.found / self.events

    @property
    def precision(self) -> float:
        """Share of the flagged that have the event."""
        return self.found / self.flagged


def ranking(score: np.ndarray, event: np.ndarray, workload: float) -> Ranking:
    """Measure a score.

    Parameters
    ----------
    score : np.ndarray
        Shape (n,); higher means more at risk.
    event : np.ndarray
        Shape (n,), 0 or 1, with both values.
    workload : float
        Share of pupils that can be served, above 0 and below 1.
    """
    area, error = auc(score, event)
    flagged = served(len(score), workload)
    return Ranking(area, error, flagged, found_among(score, event, flagged), int(event.sum()))


def served(n: int, workload: float) -> int:
    """Return how many of n pupils a workload allows, one at the least."""
    return max(1, round(n * workload))


def auc(score: np.ndarray, event: np.ndarray) -> tuple[float, float]:
    """Return the area under the ROC curve and its standard error.

    Mann and Whitney's statistic by ranks; error by DeLong, DeLong and Clarke-Pearson (1988) from the same ranks (Sun and
    Xu 2014).
    """
    yes, no = score[event == 1], score[event == 0]
    m, n = len(yes), len(no)
    among_all = stats.rankdata(np.r_[yes, no])
    above = (among_all[:m] - stats.rankdata(yes)) / n
    below = 1 - (among_all[m:] - stats.rankdata(no)) / m
    variance = sum(part.var(ddof=1) / len(part) for part in (above, below) if len(part) > 1)
    return float(above.mean()), float(np.sqrt(variance))


def found_among(score: np.ndarray, event: np.ndarray, flagged: int) -> float:
    """Return how many events are expected among so many with the highest scores, equal ones drawn at random."""
    cut = np.partition(score, -flagged)[-flagged]
    above, equal = score > cut, score == cut
    drawn = (flagged - above.sum()) / equal.sum()
    return float(event[above].sum() + drawn * event[equal].sum())


def net_benefit(probability: np.ndarray, event: np.ndarray, threshold: float) -> float:
    """Return the net benefit of acting on a probability of at least ``threshold``: TP/N − FP/N · t/(1 − t).

    Vickers and Elkin (2006).
    """
    acted = probability >= threshold
    right, wrong = event[acted].sum(), (1 - event[acted]).sum()
    return float((right - wrong * threshold / (1 - threshold)) / len(event))
