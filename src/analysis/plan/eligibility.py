"""Which enrolled pupils a programme may serve on a day."""

from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.params import threshold_percent
from analysis.programmes import OtherRoute, Programme, Rule, day_in, school_year_of

States = npt.NDArray[np.int8]
NO, UNKNOWN, YES = 0, 1, 2
"""States of a condition; of several that all have to hold, the smallest one is what they come to."""
_YEAR = "year"  # `term` of a yearly mark
_LAST_DAY = "12-31"


def eligible(
    programme: Programme, enrolments: pd.DataFrame, results: pd.DataFrame, marks: pd.DataFrame, day: date
) -> pd.DataFrame:
    """Tell whom of the enrolled a programme may serve on a day.

    Whoever may not be served for sure is not eligible: who lacks what a rule asks for is ``unknown``, and counted apart.

    Parameters
    ----------
    programme : Programme
        With a rule; one without serves nobody, for it is not known whom it may serve.
    enrolments : pd.DataFrame
        Table of the store, one row a pupil of the day's school year: ``pupil, school_year, grade``, ``age`` (reached in the
        calendar year in which the school year ends), attributes.
    results, marks : pd.DataFrame
        Tables of the store, of this year and earlier ones; may be empty.
    day : date
        On which it is asked; outside the programme's validity nobody is eligible.

    Returns
    -------
    pd.DataFrame
        In the order and with the index of the enrolments: ``state`` (0 no, 1 unknown, 2 yes) and ``lacks``, which
        condition is unknown where the state is (``age``, ``exam``, ``marks`` or a column; else empty).
    """
    rule, size = programme.eligible, len(enrolments)
    if rule is None or not programme.valid_on(day):
        return pd.DataFrame({"state": np.zeros(size, "int8"), "lacks": ""}, index=enrolments.index)
    conditions = {"grade": _grade(rule, enrolments, day), "age": _age(rule, enrolments, day)}
    conditions |= {name: _value(enrolments, name, allowed) for name, allowed in rule.where.items()}
    conditions |= _exam(rule, enrolments, results, marks, day)
    state = np.minimum.reduce(list(conditions.values()))
    lacks = np.full(size, "", dtype="object")
    for name, found in conditions.items():
        lacks[(state == UNKNOWN) & (found == UNKNOWN) & (lacks == "")] = name
    return pd.DataFrame({"state": state, "lacks": lacks}, index=enrolments.index)


def _state(yes: npt.ArrayLike, known: npt.ArrayLike = True) -> States:
    found = np.where(np.asarray(known, dtype="bool"), np.where(np.asarray(yes, dtype="bool"), YES, NO), UNKNOWN)
    return found.astype("int8")


def _grade(rule: Rule, enrolments: pd.DataFrame, day: date) -> States:
    grade = enrolments["grade"].astype("str")
    yes = grade.isin(rule.grades) if rule.grades else pd.Series(True, index=grade.index)
    if day < day_in(school_year_of(day), rule.second_semester):
        yes &= ~grade.isin(rule.second_semester_only)
    return _state(yes)


def _age(rule: Rule, enrolments: pd.DataFrame, day: date) -> States:
    """Compare the age on the rule's own day: between two whole numbers, for the birthday is not known, but on 31 December."""
    size = len(enrolments)
    if rule.age_from is None and rule.age_to is None:
        return np.full(size, YES, dtype="int8")
    if "age" not in enrolments:
        return np.full(size, UNKNOWN, dtype="int8")
    school_year = school_year_of(day)
    reached = enrolments["age"].astype("Float64").to_numpy(dtype="float64", na_value=np.nan)
    oldest = reached - (school_year - day_in(school_year, rule.age_on).year)
    youngest = oldest - (rule.age_on != _LAST_DAY)
    known, low, high = ~np.isnan(oldest), rule.age_from or -np.inf, np.inf if rule.age_to is None else rule.age_to
    surely, perhaps = (youngest >= low) & (oldest <= high), (oldest >= low) & (youngest <= high)
    return _state(surely, known & (surely == perhaps))


def _value(enrolments: pd.DataFrame, column: str, allowed: tuple[str, ...]) -> States:
    if column not in enrolments:
        return np.full(len(enrolments), UNKNOWN, dtype="int8")
    values = enrolments[column].astype("object")
    return _state(values.astype("str").isin(allowed), values.notna())


def _exam(
    rule: Rule, enrolments: pd.DataFrame, results: pd.DataFrame, marks: pd.DataFrame, day: date
) -> dict[str, States]:
    """Who failed an exam of the rule's grade in their newest earlier year of it, and has no other way."""
    if rule.failed_exam is None:
        return {}
    failed = failed_exams(results, rule.failed_exam.grade, rule.failed_exam.test, before=school_year_of(day))
    found = enrolments[["pupil"]].merge(failed, on="pupil", how="left", validate="many_to_one")
    count = found["failed"].to_numpy(dtype="float64", na_value=np.nan)
    conditions = {"exam": _state(count > 0, ~np.isnan(count))}
    if rule.other_route is not None:
        conditions["marks"] = _no_other_route(rule.other_route, found, marks)
    return conditions


def failed_exams(results: pd.DataFrame, grade: str, test: str, *, before: int) -> pd.DataFrame:
    """Count, for each pupil, the exams failed in the newest year before one in which the pupil sat any.

    An exam is failed if the best result of all its sessions is below the year's threshold; an exam without a known
    threshold is not counted, and nobody fails by being absent.

    Parameters
    ----------
    results : pd.DataFrame
        Results of the store.
    grade, test : str
        The exam.
    before : int
        School year; earlier ones count.

    Returns
    -------
    pd.DataFrame
        ``pupil, exam_year, failed``; pupils without any such result, or known by no id, are not there.
    """
    nobody = pd.DataFrame({"pupil": pd.Series([], dtype="str"), "exam_year": [], "failed": []})
    if results.empty:
        return nobody
    of_exam = (results["grade"].astype("str") == grade) & (results["test"].astype("str") == test)
    sat = (results["status"] == "present") & (results["scale"].astype("str") == "percent") & results["value"].notna()
    rows = results[of_exam & sat & results["known"] & (results["school_year"] < before)]
    rows = rows[rows["school_year"] == rows.groupby("pupil")["school_year"].transform("max")]
    subject = rows["domain"].astype("str")
    best = rows.groupby([rows["pupil"], rows["school_year"], subject])["value"].max().reset_index()
    pairs = best[["school_year", "domain"]].drop_duplicates()
    cuts = [threshold_percent(int(year), grade, test, str(domain)) for year, domain in pairs.itertuples(index=False)]
    judged = best.merge(
        pairs.assign(cut=pd.Series(cuts, index=pairs.index, dtype="float64")), on=["school_year", "domain"]
    )
    judged = judged[judged["cut"].notna()]
    if judged.empty:
        return nobody
    counts = (judged["value"] < judged["cut"]).groupby([judged["pupil"], judged["school_year"]]).sum()
    return counts.rename("failed").reset_index().rename(columns={"school_year": "exam_year"})


def _no_other_route(route: OtherRoute, found: pd.DataFrame, marks: pd.DataFrame) -> States:
    """Tell who has no other way; with as many exams failed as the route allows, the year's marks decide."""
    may = (found["failed"] == route.exams).to_numpy(dtype="bool")
    if marks.empty:
        return _state(~may, ~may)
    yearly = marks[(marks["term"].astype("str") == _YEAR) & marks["mark"].notna()]
    lowest = yearly.groupby(["pupil", "school_year"])["mark"].min().rename("lowest").reset_index()
    told = found.merge(lowest, left_on=["pupil", "exam_year"], right_on=["pupil", "school_year"], how="left")["lowest"]
    good = (told >= route.lowest_mark).to_numpy(dtype="bool")
    return _state(~(may & good), ~may | told.notna().to_numpy(dtype="bool"))
