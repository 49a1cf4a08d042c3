"""Is an item harder for one group than for other pupils with the same total? (differential item functioning, DIF)"""

import warnings
from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.genmod.families import Binomial
from statsmodels.genmod.generalized_linear_model import GLM

from analysis.evidence import evidence, no_evidence, verdict
from analysis.indicators import INDICATORS
from analysis.stats.skills.sheets import Sheet, of_pupils, sheets, whole

DELTA = 2.35  # 4/1.7: from log odds to the scale on which items have a spread of four
_LARGE, _MODERATE = 1.5, 1.0
_ONE_SIDED, _LEVEL = 1.645, 0.05
_HALF = 0.5
SMALLEST_N = INDICATORS["item_difference"].smallest_n


def differential_items(
    items: pd.DataFrame, item_map: pd.DataFrame, group: pd.Series, confidence: float = 0.95
) -> pd.DataFrame:
    """Compare a group with all other pupils of the same total, item by item, after one purification.

    Items that differ by more than one delta (p < 0.05) leave the total, once, and every item is compared anew; the item
    itself always stays in its own total. Of an item with several points, at least half of them count as reached.

    Parameters
    ----------
    items, item_map : pd.DataFrame
        As in :func:`analysis.stats.skills.item_statistics`; pupils count who have points for every item.
    group : pd.Series
        Value of one attribute by pupil; the name of the series names the attribute. Of two values the rarer one is
        compared with the other, of more each with all others. Pupils without a value are left out, and so are values
        with fewer pupils on either side than the indicator's smallest n.
    confidence : float
        0.90 or 0.95.

    Returns
    -------
    pd.DataFrame
        Evidence with the item as ``part``, the pupils of the group as n. ``item_difference``: Mantel–Haenszel Δ, negative
        where the item is harder for the group; the class of Zwick (2012) ends ``method``: C large, B moderate, A neither.
        ``item_difference_slope``: by how much Δ changes where the total is one SD higher (logistic regression).

    Raises
    ------
    ValueError
        A pupil stands in ``group`` twice, or the series has no name.
    """
    if group.name is None or group.index.has_duplicates:
        raise ValueError("group: a named series with each pupil once")
    values = group.dropna().astype("str")
    parts = [
        part
        for sheet in sheets(items, item_map)
        for value, own, focal in _comparisons(whole(sheet), values)
        for part in _compared(own, focal, f"{group.name}={value}", confidence)
    ]
    if not parts:
        return no_evidence()
    return evidence(pd.concat(parts, ignore_index=True), unit="points", reference="zero", confidence=confidence)


def _comparisons(sheet: Sheet, values: "pd.Series[str]") -> Iterator[tuple[str, Sheet, np.ndarray]]:
    """Give each value that has enough pupils, on both sides, with the pupils compared and who of them is in the group."""
    at = values.index.astype("str").get_indexer(sheet.pupils) if len(values) else np.full(len(sheet.pupils), -1)
    own = of_pupils(sheet, at >= 0)
    mine = values.to_numpy(dtype=object)[at[at >= 0]] if len(values) else np.array([], dtype=object)
    counts = pd.Series(mine, dtype="str").value_counts().sort_index().sort_values(kind="stable")
    for value in sorted(counts.index if len(counts) > 2 else counts.index[:1]):
        focal = mine == value
        if len(own.items) > 1 and min(focal.sum(), (~focal).sum()) >= SMALLEST_N:
            yield str(value), own, focal


def _compared(sheet: Sheet, focal: np.ndarray, name: str, confidence: float) -> list[pd.DataFrame]:
    reached = sheet.points >= _HALF * sheet.most
    first = mantel_haenszel(reached, np.repeat(sheet.points.sum(axis=1)[:, None], reached.shape[1], axis=1), focal)
    leave = flagged(first)
    leave = leave & (not leave.all())  # with every item gone there would be no total left
    own = sheet.points[:, ~leave].sum(axis=1)[:, None] + np.where(leave, sheet.points, 0.0)
    found = mantel_haenszel(reached, own, focal) if leave.any() else first
    how = "Mantel-Haenszel, " + ("purified once" if leave.any() else "all items")
    found = found.assign(method=[f"{how}; class {c}" for c in classes(found)], indicator="item_difference")
    slope = logistic(reached, own, focal).rename(columns={"slope": "delta", "slope_se": "se"})
    slope = slope.assign(method="logistic regression, total by group", indicator="item_difference_slope")
    same = {**sheet.test, "part": sheet.items, "group": name, "n": int(focal.sum())}
    return [_with_interval(rows.assign(**same), confidence) for rows in (found, slope)]


def _with_interval(rows: pd.DataFrame, confidence: float) -> pd.DataFrame:
    rows = rows[np.isfinite(rows["delta"]) & np.isfinite(rows["se"])]
    half = stats.norm.ppf((1 + confidence) / 2) * rows["se"]
    low, high = rows["delta"] - half, rows["delta"] + half
    return rows.assign(estimate=rows["delta"], low=low, high=high, verdict=verdict(low, high, rows["n"], SMALLEST_N))


def flagged(found: pd.DataFrame) -> np.ndarray:
    """Tell which items leave the total: more than one delta apart, p < 0.05."""
    out: np.ndarray = ((found["delta"].abs() > _MODERATE) & (found["p"] < _LEVEL)).to_numpy(dtype=bool)
    return out


def classes(found: pd.DataFrame) -> list[str]:
    """Class of each item after Zwick (2012): C large, B moderate, A neither; empty where nothing could be compared."""
    size = found["delta"].abs()
    large = (size >= _LARGE) & ((size - _MODERATE) / found["se"] > _ONE_SIDED)
    moderate = (size >= _MODERATE) & (found["p"] < _LEVEL)
    return [
        "" if np.isnan(d) else "C" if c else "B" if b else "A" for d, c, b in zip(size, large, moderate, strict=True)
    ]


def mantel_haenszel(reached: np.ndarray, totals: np.ndarray, focal: np.ndarray) -> pd.DataFrame:
    """Common odds ratio of all items over the strata of a total.

    Strata in which a group, or an answer, does not occur are dropped. Standard error of Robins, Breslow and Greenland,
    χ² with the correction for continuity: what ``mantelhaen.test`` of R and statsmodels' ``StratifiedTable`` give.

    Parameters
    ----------
    reached : ndarray of bool, shape (pupils, items)
        Whether a pupil reached the item.
    totals : ndarray, shape (pupils, items)
        Total by which pupils are compared, item by item.
    focal : ndarray of bool, shape (pupils,)
        Who is in the group.

    Returns
    -------
    pd.DataFrame
        A row an item: ``odds_ratio`` of the others over the group, ``chi2``, ``p``, ``delta`` (−2.35 ln OR) and its
        standard error ``se``; missing where no stratum is left or the ratio is 0 or infinite.
    """
    return pd.DataFrame([_one_item(reached[:, j], totals[:, j], focal) for j in range(reached.shape[1])])


def _one_item(reached: np.ndarray, total: np.ndarray, focal: np.ndarray) -> dict[str, float]:
    a, b, c, d = _strata(reached, total, focal)[1]
    full = ((a + b) * (c + d) * (a + c) * (b + d)) > 0
    a, b, c, d = a[full], b[full], c[full], d[full]
    n = a + b + c + d
    right, wrong = a * d / n, b * c / n
    if not (right.sum() > 0 and wrong.sum() > 0):
        return dict.fromkeys(("odds_ratio", "chi2", "p", "delta", "se"), float("nan"))
    ratio = right.sum() / wrong.sum()
    expected = (a + b) * (a + c) / n
    variance = ((a + b) * (c + d) * (a + c) * (b + d) / (n**2 * (n - 1))).sum()
    chi2 = max(abs((a - expected).sum()) - 0.5, 0) ** 2 / variance
    p, q = (a + d) / n, (b + c) / n
    error = np.sqrt(
        (p * right).sum() / (2 * right.sum() ** 2)
        + (p * wrong + q * right).sum() / (2 * right.sum() * wrong.sum())
        + (q * wrong).sum() / (2 * wrong.sum() ** 2)
    )
    found = {"odds_ratio": ratio, "chi2": chi2, "p": stats.chi2.sf(chi2, 1), "delta": -DELTA * np.log(ratio)}
    return found | {"se": DELTA * error}


def _strata(reached: np.ndarray, total: np.ndarray, focal: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the totals that occur, and by total: others who reached the item and did not, the group's who did and did not."""
    levels, at = np.unique(np.round(total, 6), return_inverse=True)
    cell = at * 4 + 2 * focal + ~reached
    return levels, np.bincount(cell, minlength=4 * len(levels)).reshape(-1, 4).T.astype("float64")


def logistic(reached: np.ndarray, totals: np.ndarray, focal: np.ndarray) -> pd.DataFrame:
    """Logistic regression of each item on the total, the group, and both multiplied (Swaminathan and Rogers 1990).

    Parameters
    ----------
    reached, totals, focal : ndarray
        As in :func:`mantel_haenszel`.

    Returns
    -------
    pd.DataFrame
        A row an item: likelihood ratios ``uniform`` (group added), ``nonuniform`` (product added), ``both``, and the
        product's coefficient on the delta scale for a total one SD higher, ``slope``, with ``slope_se``; missing where the
        total foretells the item without error.
    """
    return pd.DataFrame([_logistic_item(reached[:, j], totals[:, j], focal) for j in range(reached.shape[1])])


def _logistic_item(reached: np.ndarray, total: np.ndarray, focal: np.ndarray) -> dict[str, float]:
    """Fit from counts by total and group: nothing else decides the likelihood."""
    levels, (a, b, c, d) = _strata(reached, total, focal)
    missing = dict.fromkeys(("uniform", "nonuniform", "both", "slope", "slope_se"), float("nan"))
    spread = total.std()
    if spread <= 0:
        return missing
    t = np.tile((levels - total.mean()) / spread, 2)
    g = np.repeat([0.0, 1.0], len(levels))
    counts = np.column_stack([np.concatenate([a, c]), np.concatenate([b, d])])
    there = counts.sum(axis=1) > 0
    design = np.column_stack([np.ones_like(t), t, g, t * g])[there]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            fits = [GLM(counts[there], design[:, :k], family=Binomial()).fit(tol=1e-12) for k in (2, 3, 4)]
        except (Warning, ValueError, np.linalg.LinAlgError, FloatingPointError):
            return missing  # separated: the likelihood has no maximum
    if not all(fit.converged for fit in fits):
        return missing
    total_only, with_group, full = (float(fit.deviance) for fit in fits)
    found = {"uniform": total_only - with_group, "nonuniform": with_group - full, "both": total_only - full}
    return found | {"slope": DELTA * float(fits[2].params[3]), "slope_se": DELTA * float(fits[2].bse[3])}
