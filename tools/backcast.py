"""How many pupils would a pass mark of 15 % have failed in the grade 9 mathematics exam of 2025? Published figures alone.

Bands of 2025 are not published: only its mean and the number below 10 %. Its spread is taken to be that of 2023 or of
2024, moved and stretched on the logit of the share below each percent until both figures are met. How far off that may be
is told by foretelling 2024 from 2023 and the other way round, where the next band is published.

Run: ``python -m tools.backcast``. Printed figures stand in docs/thresholds.md; a test compares them.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations

import numpy as np
from scipy.optimize import nnls, root
from scipy.special import expit, logit
from scipy.stats import t

PERCENT = (np.arange(100) + 0.5) / 100
_PUBLISHED = 1e5  # weight of a published figure against smoothness


@dataclass(frozen=True)
class Year:
    """What is published of one year: mean share of points, pupils below 10 % and at 10–19 %, share from 90 %, takers."""

    mean: float
    below_10: int
    at_10: int | None
    from_90: float | None
    takers: int


# Takers are a third of all works of grade 9: three exams, each pupil mostly in all of them (domain facts as published:
# eng.lsm.lv a514545; vs.lv 2024-07-01; ogrenet.lv 15338; visc.gov.lv statistics).
YEARS = {
    2023: Year(0.505, 826, 1920, 0.0791, 54_271 // 3),
    2024: Year(0.432, 592, 2113, 0.0234, 55_353 // 3),
    2025: Year(0.538, 310, None, None, 51_599 // 3),
}
MINISTRY = 1500
"""Through maths alone, of "up to 2,000" at a mark of 15 % in 2025, said before the exam (ogrenet.lv 15338)."""


def shape(year: Year) -> np.ndarray:
    """Return shares below 1, 2, …, 100 %: the smoothest spread that meets the published figures of a year."""
    rough = np.diff(np.eye(100), 3, axis=0) * 1e3
    facts = np.vstack([np.ones(100), PERCENT, PERCENT < 0.1, PERCENT < 0.2, PERCENT < 0.9]).astype("float64")
    below = year.below_10 / year.takers
    known = np.array([1, year.mean, below, below + (year.at_10 or 0) / year.takers, 1 - (year.from_90 or 0)])
    system = np.vstack([rough, _PUBLISHED * facts])
    density, _ = nnls(system, np.concatenate([np.zeros(len(rough)), _PUBLISHED * known]), maxiter=5000)
    return density.cumsum()


def fitted(source: np.ndarray, year: Year) -> np.ndarray:
    """Move and stretch a shape on the logit scale until a year's mean and its share below 10 % are met."""
    base = logit(np.clip(source, 1e-9, 1 - 1e-9))

    def spread(line: np.ndarray) -> np.ndarray:
        cumulated = expit(line[0] + line[1] * base)
        cumulated[-1] = 1.0
        return np.asarray(cumulated)

    def miss(line: np.ndarray) -> list[float]:
        cumulated = spread(line)
        mean = float(np.diff(cumulated, prepend=0) @ PERCENT)
        return [mean - year.mean, float(logit(cumulated[9]) - logit(year.below_10 / year.takers))]

    return spread(root(miss, [0.0, 1.0]).x)


def checks() -> list[tuple[int, int, float, float]]:
    """Foretell pupils at 10–19 % of one year from the shape of the other: source, year, foretold, published."""
    found = []
    for source, goal in permutations((2023, 2024)):
        year, spread = YEARS[goal], fitted(shape(YEARS[source]), YEARS[goal])
        found.append((source, goal, float(spread[19] - spread[9]) * year.takers, float(year.at_10 or 0)))
    return found


def backcast(mark: int = 15, confidence: float = 0.95) -> tuple[float, float, float]:
    """Return the expected number below a mark in 2025, low and high end.

    The number below 10 % is known; what is added up to the mark has the relative error of the two checks (their root mean
    square, Student's quantile of two degrees of freedom) and the chance of a count.
    """
    year = YEARS[2025]
    spreads = [fitted(shape(YEARS[source]), year) for source in (2023, 2024)]
    added = float(np.mean([s[mark - 1] - s[9] for s in spreads])) * year.takers
    error = np.sqrt(np.mean([np.log(told / true) ** 2 for _, _, told, true in checks()]))
    half = t.ppf((1 + confidence) / 2, 2) * np.hypot(error, 1 / np.sqrt(added))
    return year.below_10 + added, year.below_10 + added * np.exp(-half), year.below_10 + added * np.exp(half)


def as_before(mark: int = 15) -> dict[int, float]:
    """Return how many lay below a mark in 2023 and 2024, by the smoothest spread."""
    return {y: float(shape(YEARS[y])[mark - 1]) * YEARS[y].takers for y in (2023, 2024)}


if __name__ == "__main__":
    print("checks (source, year, foretold, published):", [(a, b, round(c), round(d)) for a, b, c, d in checks()])
    print("below 15 % in 2023 and 2024:", {y: round(n) for y, n in as_before().items()})
    for percent in (15, 20):
        print(f"2025 below {percent} %:", [round(x) for x in backcast(percent)])
    print(
        "2025 by shape:",
        [round(float(fitted(shape(YEARS[s]), YEARS[2025])[14]) * YEARS[2025].takers) for s in (2023, 2024)],
    )
