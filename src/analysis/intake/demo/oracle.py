"""The true risk of a low result: what planted effects and a pupil's earlier tests let expect, and nobody can know better."""

import numpy as np
import pandas as pd
from scipy.special import ndtr

from analysis.intake.demo.exams import Exam
from analysis.intake.demo.known import Known
from analysis.intake.demo.places import Floats
from analysis.intake.demo.scores import ABSENCE, RESIDUAL_SD, covariance, expected
from analysis.intake.demo.world import World


def true_risk(known: Known, outcomes: pd.DataFrame, limits: "pd.Series[float]") -> Floats:
    """Return the probability of a percent below the limit, given everything planted and the pupil's earlier results.

    The residuals of a pupil's tests are Gaussian with a known covariance, so what the earlier ones tell of the next is
    exact; a reader of scores knows them but for rounding. Absence in the year of the outcome is still to come and adds to
    the chance.

    Parameters
    ----------
    known : Known
        A country drawn with the earlier grades in its results.
    outcomes : pd.DataFrame
        Present rows of ``known.results``: the results to be foreseen, all of one grade.
    limits : pd.Series
        Percent below which a result is low, one value a row, the same within a test.
    """
    world = known.world
    fixed = expected(world.people.years, world.planted)
    grade = world.exams[int(outcomes["exam"].iloc[0])].grade
    earlier = _earlier(known, world.sat.latent - fixed, grade)
    to_come = ABSENCE if world.planted.groups else 0.0
    foreseen = fixed - to_come * world.people.years[["habit"]].to_numpy()
    risk = np.full(len(outcomes), np.nan)
    position = pd.Series(np.arange(len(outcomes)), index=outcomes.index)
    for number, own in outcomes.groupby("exam"):
        exam = world.exams[int(str(number))]
        mean, sd = _conditional(earlier.reindex(own["pupil"]), exam)
        centre, scale = _nation(known, world, int(str(number)))
        cut = centre + scale * _cut(exam, float(limits[own.index[0]]))
        risk[position[own.index]] = ndtr((cut - foreseen[own["row"], exam.family] - mean) / np.hypot(sd, to_come))
    return risk


def _earlier(known: Known, residual: Floats, grade: int) -> pd.DataFrame:
    """Return pupils × (grade, family): the residual of the newest present result of each earlier test."""
    exams = known.world.exams
    grades, families = (np.array([getattr(e, name) for e in exams]) for name in ("grade", "family"))
    rows = known.results[known.results["status"] == "present"]
    rows = rows[grades[rows["exam"]] < grade]
    exam = rows["exam"].to_numpy()
    told = pd.DataFrame(
        {
            "pupil": rows["pupil"].to_numpy(),
            "grade": grades[exam],
            "family": families[exam],
            "school_year": rows["school_year"].to_numpy(),
            "residual": residual[rows["row"].to_numpy(), families[exam]],
        }
    ).sort_values("school_year", kind="stable")
    newest = told.drop_duplicates(["pupil", "grade", "family"], keep="last")
    return newest.pivot(index="pupil", columns=["grade", "family"], values="residual")


def _conditional(earlier: pd.DataFrame, exam: Exam) -> tuple[Floats, Floats]:
    """Return mean and SD of each pupil's residual in the test, given those that are known."""
    tests = [(int(test[0]), int(test[1])) for test in earlier.columns]
    within, across = covariance(tests, tests), covariance(tests, [(exam.grade, exam.family)])[:, 0]
    values = earlier.to_numpy()
    mean, sd = np.zeros(len(values)), np.full(len(values), RESIDUAL_SD)
    patterns, which = np.unique(~np.isnan(values), axis=0, return_inverse=True)
    for i, there in enumerate(patterns):
        if there.any():
            weights = np.linalg.solve(within[np.ix_(there, there)], across[there])
            mine = which == i
            mean[mine] = values[np.ix_(mine, there)] @ weights
            sd[mine] = np.sqrt(RESIDUAL_SD**2 - across[there] @ weights)
    return mean, sd


def _nation(known: Known, world: World, number: int) -> tuple[float, float]:
    """Return mean and SD of the latent results by which the test was standardised."""
    rows = known.results[(known.results["exam"] == number) & (known.results["status"] == "present")]
    latent = world.sat.latent[rows["row"].to_numpy(), world.exams[number].family]
    return float(latent.mean()), float(latent.std())


def _cut(exam: Exam, limit: float) -> float:
    """Return the position below which the rounded score is below a limit in percent."""
    grid = np.linspace(-6, 6, 6001)
    needed = (np.ceil(exam.points * limit / 100 - 1e-9) - 0.5) / exam.points
    return float(np.interp(needed, exam.share(grid), grid))
