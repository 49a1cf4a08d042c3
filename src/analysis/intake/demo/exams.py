"""The tests of the demo set and how hard each of them is.

A test turns a pupil's position z in the nation, N(0, 1), into a share of its points by the rule `expit(a +
b z + c min(z + 1, 0))`. Three constants meet three figures: the national mean, the standard deviation and,
in grade 9, the share of pupils below the pass threshold (c bends the lower tail; it is 0 where no such
share is known). Means of grade 9 up to 2025, numbers below the threshold and most means of grade 12 from
2020 to 2025 are published ones; standard deviations, the rest, and everything of diagnostic and monitoring
works are invented, and the works' means jump from year to year as real difficulty does.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import root
from scipy.special import expit, logit, ndtri

from analysis.intake.demo.places import Floats

YEARS = range(2017, 2027)
FIRST_TESTED = {0: 2024, 3: 2017, 6: 2017, 9: 2023, 12: 2017}
FAMILIES = ("numbers", "language", "science", "english")
"""Domains that measure the same ability share a family."""
FAMILY = {"numeracy": 0, "mathematics": 0, "literacy": 1, "latvian": 1, "science": 2, "english": 3}
THRESHOLD = {9: {2023: 10, 2024: 10, 2025: 10, 2026: 15}, 12: {2023: 10, 2024: 15, 2025: 15, 2026: 15}}
"""Pass thresholds in percent; grade 12 has 5 before 2023, and 2025 and 2026 there are assumed."""

# year: (mean percent, pupils below the threshold), IZM and VISC releases
_GRADE_9 = {
    "mathematics": {2023: (50.5, 826), 2024: (43.2, 592), 2025: (53.8, 310), 2026: (48.4, 900)},
    "latvian": {2023: (58.0, 90), 2024: (59.1, 88), 2025: (58.5, 71), 2026: (57.2, 210)},
    "english": {2023: (66.1, 143), 2024: (63.9, 156), 2025: (65.8, 143)},
}
# A third of all works, the published total being over three subjects.
_WORKS_9 = {2023: 18_090, 2024: 18_451, 2025: 17_171, 2026: 17_500}
_SD_9 = {"mathematics": 22.0, "latvian": 18.0, "english": 20.0}
# (domain, level): (years, mean percent a year, standard deviation, share of the grade that sits it: from, to)
_GRADE_12 = {
    ("latvian", ""): (range(2017, 2023), (51.9, 50.8, 52.4, 52.9, 53.6, 52.2), 18.5, (0.0, 0.95)),
    ("mathematics", ""): (range(2017, 2023), (35.4, 34.1, 32.7, 35.0, 36.0, 37.0), 21.0, (0.0, 0.97)),
    ("english", ""): (range(2017, 2023), (62.7, 61.4, 64.9, 70.0, 66.8, 69.1), 19.0, (0.0, 0.8)),
    ("latvian", "optimal"): (range(2023, 2027), (54.0, 52.6, 53.7, 52.9), 17.5, (0.0, 0.85)),
    ("mathematics", "optimal"): (range(2023, 2027), (35.0, 34.3, 43.7, 39.5), 20.0, (0.17, 0.99)),
    ("mathematics", "higher"): (range(2023, 2027), (60.0, 59.0, 62.0, 60.6), 21.0, (0.0, 0.17)),
    ("english", "higher"): (range(2023, 2027), (65.0, 66.0, 66.8, 65.7), 17.0, (0.0, 0.5)),
}
# (grade, test, domain): (first year, usual mean percent, standard deviation)
_WORKS = {
    (0, "monitoring", "numeracy"): (2024, 66, 17),
    (0, "monitoring", "literacy"): (2024, 63, 18),
    (0, "monitoring", "science"): (2024, 70, 15),
    (3, "diagnostic", "literacy"): (2017, 71, 17),
    (3, "diagnostic", "numeracy"): (2017, 68, 18),
    (6, "diagnostic", "literacy"): (2017, 66, 17),
    (6, "diagnostic", "numeracy"): (2017, 58, 20),
    (6, "diagnostic", "science"): (2017, 62, 17),
}
# Highest score in even and in odd years.
_POINTS = {
    "mathematics": (60, 75),
    "latvian": (75, 80),
    "english": (100, 90),
    "literacy": (40, 50),
    "numeracy": (40, 36),
    "science": (50, 45),
}


@dataclass(frozen=True)
class Exam:
    """One test of one school year, grade, domain and level.

    `takes` is the part (from, to) of the grade's pupils that sits it, `constants` are those of `rule`,
    `threshold` is in percent (None: no pass threshold), `points` is the highest score.
    """

    school_year: int
    grade: int
    test: str
    domain: str
    level: str
    points: int
    threshold: int | None
    takes: tuple[float, float]
    constants: tuple[float, float, float]

    @property
    def family(self) -> int:
        """Position of the domain's family in `FAMILIES`."""
        return FAMILY[self.domain]

    def share(self, z: Floats) -> Floats:
        """Return the expected share of the points at national position `z`."""
        return rule(z, *self.constants)

    def score(self, z: Floats) -> Floats:
        """Return whole points at national position `z`."""
        return np.rint(self.points * self.share(z))


def rule(z: Floats, a: float, b: float, c: float) -> Floats:
    """Return the expected share of points at position `z`: `expit(a + b z + c min(z + 1, 0))`."""
    return np.asarray(expit(a + b * z + c * np.minimum(z + 1, 0)), dtype=float)


def fit(mean: float, sd: float, *, below: float | None = None, cut: float = 0.0) -> tuple[float, float, float]:
    """Return the constants (a, b, c) of `rule` that meet a mean, a spread and the share below a cut.

    Parameters
    ----------
    mean, sd : float
        Wanted mean and standard deviation of the share of points (0 to 1).
    below, cut : float
        Wanted probability `below` of a share under `cut`; without it c = 0.

    Raises
    ------
    ValueError
        No rising rule meets the figures.
    """
    grid = np.linspace(-6, 6, 1201)
    weights = np.exp(-(grid**2) / 2)
    weights = weights / weights.sum()

    def miss(constants: Floats) -> list[float]:
        a, b, c = constants
        shares = rule(grid, a, b, c)
        centre = float(weights @ shares)
        spread = float(np.sqrt(weights @ (shares - centre) ** 2))
        z = float(ndtri(below)) if below is not None else 0.0
        tail = c if below is None else float(a + b * z + c * min(z + 1, 0) - logit(cut))
        return [centre - mean, spread - sd, tail]

    found = root(miss, [float(logit(mean)), 1.0, 0.0])
    a, b, c = (float(constant) for constant in found.x)
    if not found.success or b <= 0 or b + c <= 0:
        raise ValueError(f"no rule with mean {mean}, sd {sd}, {below} below {cut}")
    return a, b, c


def _grade_9(year: int, domain: str, figures: tuple[float, int]) -> Exam:
    """Build a grade-9 exam from its published mean and number of failures."""
    mean, fails = figures
    points, threshold = _POINTS[domain][year % 2], THRESHOLD[9][year]
    # Whole points: the lowest passing score starts half a point earlier before rounding.
    cut = (np.ceil(points * threshold / 100) - 0.5) / points
    constants = fit(mean / 100, _SD_9[domain] / 100, below=fails / _WORKS_9[year], cut=float(cut))
    return Exam(year, 9, "CE", domain, "", points, threshold, (0.0, 1.0), constants)


def calendar(rng: np.random.Generator) -> list[Exam]:
    """Return every test of the ten school years, ordered by year, grade, domain and level.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the yearly drift (standard deviation 4 percent) of diagnostic and monitoring works.
    """
    exams = [_grade_9(year, domain, row) for domain, rows in _GRADE_9.items() for year, row in rows.items()]
    for (domain, level), (years, means, sd, takes) in _GRADE_12.items():
        for year, mean in zip(years, means, strict=True):
            constants = fit(mean / 100, sd / 100)
            threshold = THRESHOLD[12].get(year, 5)
            exams.append(Exam(year, 12, "CE", domain, level, _POINTS[domain][year % 2], threshold, takes, constants))
    for (grade, test, domain), (first, mean, sd) in _WORKS.items():
        for year in range(first, YEARS.stop):
            constants = fit(float(np.clip(mean + rng.normal(0, 4), 45, 80)) / 100, sd / 100)
            exams.append(Exam(year, grade, test, domain, "", _POINTS[domain][year % 2], None, (0.0, 1.0), constants))
    return sorted(exams, key=lambda e: (e.school_year, e.grade, e.domain, e.level))
