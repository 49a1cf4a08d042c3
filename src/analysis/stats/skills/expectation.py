"""How many points in a skill do pupils with a given total usually have?"""

import numpy as np
import pandas as pd

from analysis.stats.skills.sheets import Sheet, by_skill

ENOUGH = 100
"""So many pupils at least stand behind an expectation; where a total is rarer, its neighbours join in."""
FACILITY = "item_facility:"
"""Measure of ``published`` rows that hold an item's difficulty (percent of its points), followed by the item's name."""
_FLAT = 1e-9


def expected(totals: np.ndarray, scores: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Mean points in each skill of pupils with the same total.

    The mean of those with that very total where they are ``ENOUGH``; otherwise a line through the nearest totals, as many
    on both sides as it takes. Skills then still add up to the total.

    Parameters
    ----------
    totals : ndarray, shape (pupils,)
        Totals of the pupils who are the measure.
    scores : ndarray, shape (pupils, skills)
        Their points in each skill.
    at : ndarray, shape (others,)
        Totals asked for; one that nobody has lies between its neighbours, or is the outermost one's.

    Returns
    -------
    ndarray, shape (others, skills)
    """
    levels, place = np.unique(np.round(totals, 6), return_inverse=True)
    middle = totals.mean()
    t = levels - middle
    n = np.bincount(place).astype("float64")
    y = np.column_stack([np.bincount(place, weights=scores[:, s]) for s in range(scores.shape[1])])
    summed = np.column_stack([n, n * t, n * t**2, y, y * t[:, None]])
    summed = np.vstack([np.zeros(summed.shape[1]), np.cumsum(summed, axis=0)])
    low, high = _windows(summed[:, 0])
    inside = summed[high] - summed[low]
    count, st, stt = inside[:, 0], inside[:, 1], inside[:, 2]
    sy, sty = inside[:, 3 : 3 + y.shape[1]], inside[:, 3 + y.shape[1] :]
    spread = stt - st**2 / count
    tilted = (high - low > 1) & (spread > _FLAT)
    rise = (sty - (st / count)[:, None] * sy) / np.where(tilted, spread, 1.0)[:, None]
    curve = sy / count[:, None] + np.where(tilted[:, None], rise, 0.0) * (t - st / count)[:, None]
    return np.column_stack([np.interp(at, levels, curve[:, s]) for s in range(curve.shape[1])])


def _windows(running: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return first and one past the last total of each window: as narrow as holds enough pupils, all of them if need be."""
    size = len(running) - 1
    here = np.arange(size)
    low, high = here.copy(), here + 1
    for width in range(1, size):
        short = running[high] - running[low] < ENOUGH
        if not short.any():
            break
        low[short] = np.maximum(here[short] - width, 0)
        high[short] = np.minimum(here[short] + width + 1, size)
    return low, high


def expected_from_published(sheet: Sheet, published: pd.DataFrame) -> np.ndarray | None:
    """What a board's own pupils would have in each skill if only their totals set them apart from the country.

    The country's mean in a skill and in total follow from published difficulties of items (no pupil of the board goes into
    them); how points in the skill rise with the total is seen in the board's own pupils: a line through the country's means.

    Parameters
    ----------
    sheet : Sheet
        The board's pupils.
    published : pd.DataFrame
        Contract ``published``; rows whose measure is ``item_facility:<item>``, in percent.

    Returns
    -------
    ndarray, shape (pupils, skills), or None
        None where an item's difficulty was not published.
    """
    facility = published_facility(sheet, published)
    if facility is None:
        return None
    skills, scores, _ = by_skill(sheet)
    totals = scores.sum(axis=1)
    country = _skill_means(sheet, facility, skills)
    own = totals - totals.mean()
    spread = (own**2).sum()
    rise = own @ scores / spread if spread > _FLAT else np.zeros(len(skills))
    line: np.ndarray = country[None, :] + np.outer(totals - country.sum(), rise)
    return line


def published_facility(sheet: Sheet, published: pd.DataFrame) -> np.ndarray | None:
    """Return the published difficulty of every item of a test as a share of its points, or None if one is missing."""
    if published.empty:
        return None
    rows = published[published["measure"].astype("str").str.startswith(FACILITY) & (published["unit"] == "percent")]
    for key, value in sheet.test.items():
        rows = rows[rows[key] == value] if key != "level" else rows[rows[key].fillna("") == value]
    found = rows.drop_duplicates("measure", keep="last").set_index("measure")["value"].astype("float64")
    share = found.reindex([FACILITY + str(item) for item in sheet.items]).to_numpy() / 100
    return None if np.isnan(share).any() else share


def _skill_means(sheet: Sheet, facility: np.ndarray, skills: list[str]) -> np.ndarray:
    points = facility * sheet.most
    return np.array([points[sheet.skills == skill].sum() for skill in skills])
