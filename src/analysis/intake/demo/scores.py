"""The scores of the demo's pupils and the truth behind them.

A pupil's latent result is a sum: municipality (with a trend in two of them), school, groups, absence, one
interaction, and a residual with a lasting part, a part that fades from grade to grade, a part lasting
within the family of domains, and chance. Within each test it is standardised over the country's present
pupils; `demo_exams.Exam` turns that into points. Which pupils are present depends on groups and chance
only, never on the residual: expectations stay exact.
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.intake.demo.exams import FAMILIES, YEARS, Exam
from analysis.intake.demo.places import Floats, Integers

Setting = Literal["none", "schools", "effects"]
"""What is planted in results: nothing (chance alone), differences of municipalities and schools, or of groups as well."""
GROUPS = {
    "home_language=other": ("other", -0.25, ("language",)),
    "low_income=yes": ("low_income", -0.35, FAMILIES),
    "sen=yes": ("sen", -0.80, FAMILIES),
    "sex=boy": ("boy", -0.15, ("language",)),
}
"""Group: column of the careers, effect in latent units (about one national SD), families of domains."""
INTERACTION = -0.40
ABSENCE = -0.15
"""Per standard deviation of the logarithm of absence among pupils of like income."""
TREND = 0.05
MUNICIPALITY_SD, SCHOOL_SD, RESIDUAL_SD = 0.12, 0.055**0.5, 0.85**0.5
MIDDLE_YEAR = 2021.5

# Shares of the residual variance; two tests of one family three years apart then correlate about 0.65.
_LASTING, _FADING, _FAMILY, _CHANCE, _CARRY = 0.28, 0.27, 0.20, 0.25, 0.6
_ABSENT = {"CE": 0.012, "diagnostic": 0.05, "monitoring": 0.04}
STATUSES = ("present", "absent", "exempt", "certificate")


@dataclass(frozen=True)
class Effects:
    """Planted municipality and school effects (rows × families), municipalities with a special role, and whether groups differ.

    `wobble` is what a school has in one school year alone (school years × schools × families); the demo set has none.
    """

    municipality: Floats
    school: Floats
    interaction: int | None
    rising: int | None
    falling: int | None
    weak_skill: int | None
    groups: bool = True
    wobble: Floats | None = None

    def slope(self) -> Floats:
        """Return the trend of each municipality in latent units a year."""
        slope = np.zeros(len(self.municipality))
        if self.rising is not None:
            slope[self.rising] = TREND
        if self.falling is not None:
            slope[self.falling] = -TREND
        return slope


def _two_level(rows: int, sd: float, general: float, rng: np.random.Generator) -> Floats:
    """Draw effects of standard deviation `sd`, `general` of the variance shared by all families."""
    shared, own = rng.normal(0, 1, (rows, 1)), rng.normal(0, 1, (rows, len(FAMILIES)))
    return np.asarray(sd * (np.sqrt(general) * shared + np.sqrt(1 - general) * own))


def effects(places: int, schools: int, rng: np.random.Generator, setting: Setting = "effects") -> Effects:
    """Draw the effects; every setting draws the same chances.

    The first municipality has the interaction, the second rises and has the weak skill, the third falls. With
    `schools` groups and absence play no part; with `none` places play none either.
    """
    drawn = Effects(
        _two_level(places, MUNICIPALITY_SD, 0.8, rng),
        _two_level(schools, SCHOOL_SD, 0.75, rng),
        0,
        1 if places > 1 else None,
        2 if places > 2 else None,
        min(1, places - 1),
    )
    if setting == "effects":
        return drawn
    without = replace(drawn, groups=False, interaction=None)
    if setting == "schools":
        return without
    no_places, no_schools = np.zeros_like(drawn.municipality), np.zeros_like(drawn.school)
    return replace(without, municipality=no_places, school=no_schools, rising=None, falling=None, weak_skill=None)


def wobbling(planted: Effects, sd: float, rng: np.random.Generator) -> Effects:
    """Add what every school has in one school year alone, of standard deviation `sd` in latent units."""
    return replace(planted, wobble=rng.normal(0, sd, (len(YEARS), *planted.school.shape)))


def expected(years: pd.DataFrame, planted: Effects) -> Floats:
    """Return the expected latent result, pupil-years × families, before chance and standardising."""
    place = years["place"].to_numpy()
    value = planted.municipality[place] + planted.school[years["sat_at"].to_numpy()]
    value += (planted.slope()[place] * (years["school_year"].to_numpy() - MIDDLE_YEAR))[:, None]
    if planted.wobble is not None:
        value += planted.wobble[years["school_year"].to_numpy() - YEARS.start, years["sat_at"].to_numpy()]
    if not planted.groups:
        return np.asarray(value)
    for column, size, families in GROUPS.values():
        value[:, [FAMILIES.index(f) for f in families]] += size * years[[column]].to_numpy(dtype=float)
    value += ABSENCE * years[["habit"]].to_numpy()
    both = (years["other"] & years["boy"]).to_numpy() & (place == planted.interaction)
    value[both, FAMILIES.index("language")] += INTERACTION
    return np.asarray(value)


def residuals(years: pd.DataFrame, pupils: int, rng: np.random.Generator) -> Floats:
    """Return the residual of the latent result, pupil-years × families, standard deviation `RESIDUAL_SD`."""
    lasting = rng.normal(0, 1, pupils)
    family = rng.normal(0, 1, (pupils, len(FAMILIES)))
    stages = [rng.normal(0, 1, pupils)]
    for _ in range(4):
        stages.append(_CARRY * stages[-1] + np.sqrt(1 - _CARRY**2) * rng.normal(0, 1, pupils))
    pupil, stage = years["pupil"].to_numpy(), years["grade"].to_numpy() // 3
    common = np.sqrt(_LASTING) * lasting[pupil] + np.sqrt(_FADING) * np.stack(stages)[stage, pupil]
    chance = rng.normal(0, 1, (len(years), len(FAMILIES)))
    return np.asarray(RESIDUAL_SD * (common[:, None] + np.sqrt(_FAMILY) * family[pupil] + np.sqrt(_CHANCE) * chance))


def _status(exam: Exam, who: pd.DataFrame, rng: np.random.Generator) -> Integers:
    """Draw codes of `STATUSES`; special needs are exempted more often, certificates replace English only."""
    absent = _ABSENT[exam.test] * (1 + 0.8 * who["low_income"].to_numpy(dtype=float))
    exempt = (0.008 if exam.test == "CE" else 0.002) + (0.11 if exam.test == "CE" else 0.05) * who["sen"].to_numpy(
        dtype=float
    )
    certificate = {("english", 9): 0.004, ("english", 12): 0.05}.get((exam.domain, exam.grade), 0.0)
    edges = np.cumsum(np.stack([absent, exempt, np.full(len(who), certificate)]), axis=0)
    drawn = (rng.random(len(who)) < edges[::-1]).sum(axis=0)
    return np.asarray((4 - drawn) % 4)


def _retakes(exam: Exam, main: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return additional sessions: 60 % of those below the threshold, 40 % of the absent, a little better."""
    if exam.threshold is None:
        return main.iloc[:0]
    failed = main["score"].to_numpy() < exam.points * exam.threshold / 100
    chance = np.where(failed, 0.6, np.where(main["status"].to_numpy() == 1, 0.4, 0.0))
    again = main[rng.random(len(main)) < chance]
    z = again["z"].to_numpy() + 0.25 + rng.normal(0, 0.4, len(again))
    return again.assign(session=1, status=0, z=z, score=exam.score(z))


@dataclass(frozen=True)
class Sat:
    """Results in codes, true positions, and the latent standard deviation of each exam.

    `results`: exam, row of the careers, session (0 main, 1 additional), status, score, z. `truth`: exam,
    place, position, position_score, n. `latent`: latent results, pupil-years × families.
    """

    results: pd.DataFrame
    truth: pd.DataFrame
    latent_sd: Floats
    latent: Floats


def sit(exams: list[Exam], years: pd.DataFrame, planted: Effects, pupils: int, rng: np.random.Generator) -> Sat:
    """Let every pupil sit every test of the calendar that is due.

    Returns
    -------
    Sat
        `results` ordered by exam, session and pupil; `truth` as `_positions` says; `latent_sd` per exam.
    """
    fixed, choice = expected(years, planted), rng.random((len(years), len(FAMILIES)))
    latent = fixed + residuals(years, pupils, rng)
    due = years.groupby(["school_year", "grade"]).indices
    results, truth, scales = [], [], []
    for number, exam in enumerate(exams):
        rows = np.asarray(due[(exam.school_year, exam.grade)])
        low, high = exam.takes
        rows = rows[(choice[rows, exam.family] >= low) & (choice[rows, exam.family] < high)]
        status = _status(exam, years.iloc[rows], rng)
        x = latent[rows, exam.family]
        present = status == 0
        z = (x - x[present].mean()) / x[present].std()
        score = np.where(present, exam.score(z), np.nan)
        main = pd.DataFrame({"exam": number, "row": rows, "session": 0, "status": status, "score": score, "z": z})
        results += [main, _retakes(exam, main, rng)]
        kept = rows[present]
        scale, positions = _positions(exam, fixed[kept, exam.family], years["place"].to_numpy()[kept])
        truth.append(positions.assign(exam=number))
        scales.append(scale)
    return Sat(pd.concat(results, ignore_index=True), pd.concat(truth, ignore_index=True), np.asarray(scales), latent)


def _positions(exam: Exam, fixed: Floats, place: npt.NDArray[np.int64]) -> tuple[float, pd.DataFrame]:
    """Return the nation's latent SD and each municipality's true position among the present pupils.

    `position` is the expected mean in latent national SD; `position_score` the expected mean of the
    national z of the score itself (the rule from position to points bends, so the two differ a little far
    from the middle).
    """
    scale, centre, z = true_positions(exam, fixed)
    grouped = pd.DataFrame({"place": place, "position": centre, "position_score": z}).groupby("place")
    return scale, grouped.mean().assign(n=grouped.size()).reset_index()


def true_positions(exam: Exam, fixed: Floats) -> tuple[float, Floats, Floats]:
    """Return the nation's latent SD and what each present pupil's position is expected to be: latent, and of the score.

    Parameters
    ----------
    exam : Exam
        The test.
    fixed : ndarray of float, shape (pupils,)
        Expected latent results of all present pupils.
    """
    scale = float(np.sqrt(fixed.var() + RESIDUAL_SD**2))
    centre = (fixed - fixed.mean()) / scale
    nodes, weights = np.polynomial.hermite_e.hermegauss(15)
    shares = exam.share(centre[:, None] + RESIDUAL_SD / scale * nodes)
    mean, square = shares @ weights / weights.sum(), shares**2 @ weights / weights.sum()
    z = (mean - mean.mean()) / np.sqrt(square.mean() - mean.mean() ** 2)
    return scale, np.asarray(centre), np.asarray(z)


def covariance(first: list[tuple[int, int]], second: list[tuple[int, int]]) -> Floats:
    """Return the covariance of one pupil's residuals in tests given as (grade, family); equal pairs are the same test."""
    grade_1, family_1 = np.array(first).T[:, :, None]
    grade_2, family_2 = np.array(second).T[:, None, :]
    stages = np.abs(grade_1 // 3 - grade_2 // 3)
    shared = _LASTING + _FADING * _CARRY**stages + _FAMILY * (family_1 == family_2)
    same = (grade_1 == grade_2) & (family_1 == family_2)
    return np.asarray(RESIDUAL_SD**2 * (shared + _CHANCE * same))
