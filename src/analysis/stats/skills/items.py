"""How hard is each item, how well does it agree with the rest of its test, and how consistent is the test?"""

import numpy as np
import pandas as pd
from scipy import stats

from analysis.evidence import evidence, no_evidence
from analysis.stats.intervals import mean_interval
from analysis.stats.skills.sheets import Sheet, sheets, whole

_NO_SPREAD = 1e-12
_FEWEST_FOR_R = 4  # Fisher's z has n − 3 below the root


def item_statistics(items: pd.DataFrame, item_map: pd.DataFrame, confidence: float = 0.95) -> pd.DataFrame:
    """Classical statistics of every item, and the reliability of every test. Nothing is said of a pupil.

    Facility: mean share of the item's highest points, over all pupils who have points for it; Student's interval.
    Item–rest correlation: of the item's points with the sum of all others; Fisher's interval. Reliability: Cronbach's
    alpha, the share of the total's variance that is not the items' own error at least; Feldt's interval (1965). The last
    two are computed from pupils who have points for every item: a missing item is not zero.

    Parameters
    ----------
    items : pd.DataFrame
        ``pupil, school_year, grade, test, domain, item, points``.
    item_map : pd.DataFrame
        ``school_year, grade, test, domain, item, skill, max_points``; items without a row here are left out.
    confidence : float
        0.90 or 0.95.

    Returns
    -------
    pd.DataFrame
        Evidence ``item_facility`` (percent), ``item_rest_correlation`` (``sd``: by how many SDs the rest differs where
        the item differs by one) with the item as ``part``, ``test_reliability`` (percent). An item that all answer alike
        has no correlation, a test of one item, or whose total all share, no reliability.
    """
    parts = [part for sheet in sheets(items, item_map) for part in _of_sheet(sheet, confidence)]
    return evidence(pd.concat(parts, ignore_index=True), confidence=confidence) if parts else no_evidence()


def _of_sheet(sheet: Sheet, confidence: float) -> list[pd.DataFrame]:
    complete = whole(sheet)
    n = len(complete.pupils)
    rest = correlations(complete.points)
    told = ~np.isnan(rest) & (n >= _FEWEST_FOR_R)
    with np.errstate(divide="ignore"):  # an item that is the rest: z is infinite, its interval a point
        half = stats.norm.ppf((1 + confidence) / 2) / np.sqrt(max(n - 3, 1))
        low, high = np.tanh(np.arctanh(rest) - half), np.tanh(np.arctanh(rest) + half)
    correlation = pd.DataFrame({"part": complete.items, "n": n, "estimate": rest, "low": low, "high": high})[told]
    parts = [
        facility(sheet, confidence).assign(indicator="item_facility", unit="percent", method="mean share"),
        correlation.assign(indicator="item_rest_correlation", unit="sd", method="item with all others"),
    ]
    reliability = alpha(complete.points)
    if not np.isnan(reliability):
        ends = feldt(reliability, n, len(complete.items), confidence)
        row = {"n": n, "estimate": 100 * reliability, "low": 100 * ends[0], "high": 100 * ends[1], "part": ""}
        parts.append(
            pd.DataFrame([row]).assign(indicator="test_reliability", unit="percent", method="Cronbach's alpha")
        )
    return [part.assign(**sheet.test) for part in parts if len(part)]


def facility(sheet: Sheet, confidence: float) -> pd.DataFrame:
    """Return each item's mean in percent of its highest points (``part, n, estimate, low, high``)."""
    share = pd.DataFrame(100 * sheet.points / sheet.most)
    n, mean = share.count(), share.mean()
    low, high = mean_interval(n, mean, share.std(), confidence)
    ends = {"low": np.minimum(low.clip(lower=0), mean), "high": np.maximum(high.clip(upper=100), mean)}
    return pd.DataFrame({"part": sheet.items, "n": n, "estimate": mean, **ends})


def correlations(points: np.ndarray) -> np.ndarray:
    """Correlate each item with the sum of all others.

    Parameters
    ----------
    points : ndarray, shape (pupils, items)
        Without missing values.

    Returns
    -------
    ndarray, shape (items,)
        Missing where the item or the rest has no spread.
    """
    if points.shape[0] < 2 or points.shape[1] < 2:
        return np.full(points.shape[1], np.nan)
    rest = points.sum(axis=1, keepdims=True) - points
    item, rest = points - points.mean(axis=0), rest - rest.mean(axis=0)
    spread = np.sqrt((item**2).sum(axis=0) * (rest**2).sum(axis=0))
    told = spread > _NO_SPREAD
    r = np.where(told, (item * rest).sum(axis=0) / np.where(told, spread, 1.0), np.nan)
    clipped: np.ndarray = np.clip(r, -1, 1)
    return clipped


def alpha(points: np.ndarray) -> float:
    """Cronbach's alpha, ``k/(k − 1)·(1 − Σ s²_item / s²_total)``; missing for one item, one pupil or equal totals.

    Parameters
    ----------
    points : ndarray, shape (pupils, items)
        Without missing values.
    """
    pupils, k = points.shape
    if k < 2 or pupils < 2:
        return float("nan")
    total = points.sum(axis=1).var(ddof=1)
    if total <= _NO_SPREAD:
        return float("nan")
    return float(k / (k - 1) * (1 - points.var(axis=0, ddof=1).sum() / total))


def feldt(reliability: float, pupils: int, k: int, confidence: float) -> tuple[float, float]:
    """Feldt's interval of alpha: (1 − α)/(1 − α̂) follows F with n − 1 and (n − 1)(k − 1) degrees of freedom."""
    tail = (1 - confidence) / 2
    f = stats.f.ppf(np.array([1 - tail, tail]), pupils - 1, (pupils - 1) * (k - 1))
    ends = 1 - (1 - reliability) * f
    return float(min(ends[0], reliability)), float(max(ends[1], reliability))
