"""From which stage to which later test: the farthest outcome that at least two cohorts have reached."""

from dataclasses import dataclass

import pandas as pd

from analysis.stats.earlier import family, grade_number
from analysis.stats.scale import main_session

STAGES = ("PS", "3", "6")
OUTCOMES = ("9", "6", "3")
_FEWEST_COHORTS = 2
_EXAM = "CE"


@dataclass(frozen=True)
class Pair:
    """A stage at which pupils are looked at, and the test that is awaited.

    Attributes
    ----------
    stage : str
        Grade in which the signs are read, ``PS``, ``3`` or ``6``.
    grade, test, domain, level : str
        The later test.
    """

    stage: str
    grade: str
    test: str
    domain: str
    level: str = ""

    @property
    def years(self) -> int:
        """School years from the stage to the outcome of who repeats no grade."""
        return grade_number(self.grade) - grade_number(self.stage)


def pairs(results: pd.DataFrame) -> list[list[Pair]]:
    """List what can be foretold, a list a stage × family of domains: the farthest outcome first.

    Outcomes are tests of the newest year in which their grade was tested, of a family that the stage tests too; exams
    stand before other tests. At least two cohorts have gone from the stage to the outcome: one to learn from, one to
    judge on.

    Parameters
    ----------
    results : pd.DataFrame
        All results with ``status``, ``session`` and ``value``.
    """
    rows = main_session(results)
    if rows.empty:
        return []
    tests = rows[["grade", "test", "domain", "level", "school_year"]].drop_duplicates().astype({"grade": "str"})
    found: dict[tuple[str, str], list[Pair]] = {}
    for stage in STAGES:
        of_stage = tests[tests["grade"] == stage]
        began = set(of_stage["school_year"])
        families = {family(domain) for domain in of_stage["domain"]}
        for pair, years in _outcomes(tests, stage):
            linked = [year for year in years if year - pair.years in began]
            if family(pair.domain) in families and len(linked) >= _FEWEST_COHORTS:
                found.setdefault((stage, family(pair.domain)), []).append(pair)
    return list(found.values())


def _outcomes(tests: pd.DataFrame, stage: str) -> list[tuple[Pair, list[int]]]:
    """Return the later tests, the farthest first, with their school years."""
    later = [grade for grade in OUTCOMES if grade_number(grade) > grade_number(stage)]
    found = []
    for grade in later:
        of_grade = tests[tests["grade"] == grade]
        if (of_grade["test"] == _EXAM).any():
            of_grade = of_grade[of_grade["test"] == _EXAM]
        for (test, domain, level), rows in of_grade.groupby(["test", "domain", "level"], observed=True, sort=True):
            if rows["school_year"].max() == of_grade["school_year"].max():
                pair = Pair(stage, grade, str(test), str(domain), str(level))
                found.append((pair, sorted(int(year) for year in rows["school_year"])))
    return found
