"""How are pupils and teachers? Scales by municipality, grade and school, with response, reliability and change."""

from collections.abc import Iterator

import pandas as pd

from analysis.evidence import evidence, no_evidence
from analysis.stats.climate.answers import Answers, answers_of
from analysis.stats.climate.links import links, named
from analysis.stats.climate.strata import means, strata
from analysis.stats.climate.survey import Survey, differ, home_of, owner, shown

ROLES = ("pupil", "teacher")
_PLACE, _SCHOOL = ["municipality_id"], ["municipality_id", "school_id"]


def wellbeing(
    answers: pd.DataFrame, items: pd.DataFrame, roster: pd.DataFrame, schools: pd.DataFrame, scope: str,
    confidence: float = 0.95, results: pd.DataFrame | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Judge the wellbeing survey of a whole delivery.

    Parameters
    ----------
    answers, items, roster : pd.DataFrame
        Contracts ``wellbeing`` (with ``respondent``), ``wellbeing_items``, ``wellbeing_roster`` (may be empty).
    schools : pd.DataFrame
        Contract ``schools``.
    scope : {"country", "board"}
        A board's own answers are not the country's: there are no rows of the country then.
    confidence : float
        0.90 or 0.95.
    results : pd.DataFrame, optional
        Of :func:`analysis.stats.climate.links.school_results`; without them no association is looked for.

    Returns
    -------
    pd.DataFrame
        Evidence of respondents; ``group`` is ``role=pupil`` or ``role=teacher``, ``part`` the scale.

        - ``wellbeing_scale`` (level, 1–5): each municipality, its grades, and schools of at least ten respondents where
          half answered and a school's mean can be told from others' (reliability 0.7; other schools have their number of
          respondents alone, and ``too_few``); ``reference`` ``country`` and ``last_year`` (the survey before,
          ``year_from``): differences with verdict.
        - ``wellbeing_response`` (percent of those who could answer), where the roster is known.
        - ``wellbeing_reliability`` (percent): ``<scale>|alpha``, ``|omega``, ``|icc``.
        - ``wellbeing_schools`` (schools): how many of a municipality's are shown (``<scale>|shown``) of how many there are.
        - ``wellbeing_link`` of :func:`analysis.stats.climate.links.links` and, of all of a municipality's, those ``named``.
        - ``wellbeing_careless`` (percent of respondents left out, whose equal answers contradict each other).
    """
    if answers.empty or items.empty:
        return no_evidence()
    survey = Survey(
        "wellbeing", "wellbeing_scale", "mean of items, schools and grades weighted by the roster", confidence
    )
    home = home_of(schools)
    parts = []
    for role in ROLES:
        found = answers_of(*(rows[rows["role"] == role] for rows in (answers, items)))
        own = roster[roster["role"] == role] if len(roster) else roster
        made = _of_role(survey, found, own, home, scope, results) if len(found.people) else iter(())
        parts += [part.assign(group=f"role={role}") for part in made if len(part)]
    if not parts:
        return no_evidence()
    rows = pd.concat(parts, ignore_index=True)
    rows = pd.concat([rows, named(rows[rows["indicator"] == "wellbeing_link"])], ignore_index=True)
    population = (
        rows["indicator"].map({"wellbeing_schools": "schools", "wellbeing_link": "schools"}).fillna("respondents")
    )
    return evidence(rows, population=population, confidence=confidence)


def _of_role(
    survey: Survey, answers: Answers, roster: pd.DataFrame, home: "pd.Series[str]", scope: str,
    results: pd.DataFrame | None,
) -> Iterator[pd.DataFrame]:  # fmt: skip
    apart = differ(answers)
    icc = {scale: of.icc for scale, of in apart.items()}
    between = pd.Series({scale: of.between for scale, of in apart.items()})
    cells = strata(answers, roster, home)
    place, school, grades = (means(cells, by, between) for by in (_PLACE, _SCHOOL, [*_PLACE, "grade"]))
    told = shown(school, icc)
    yield survey.levels(place)
    yield survey.levels(grades[grades["grade"] != ""])
    yield survey.schools(school, told)
    yield survey.change(place, _PLACE)
    yield survey.change(told, _SCHOOL)
    if scope == "country":
        whole = means(cells, [], between)
        yield survey.levels(whole)
        yield survey.against_all(place, whole)
    yield _counted(school, told)
    if results is not None:
        yield links(cells, results, icc, scope, survey.confidence)
    yield survey.response(place)
    yield survey.response(school)
    yield survey.reliability(answers, icc, owner(home, scope))
    yield _left_out(answers, owner(home, scope))


def _counted(school: pd.DataFrame, told: pd.DataFrame) -> pd.DataFrame:
    """Count, in the newest year of each municipality, the schools that are shown."""
    keys = ["scale", "municipality_id", "school_year"]
    newest = school["school_year"] == school.groupby("municipality_id")["school_year"].transform("max")
    rows = school.assign(told=school.index.isin(told.index))[newest]
    count = rows.groupby(keys)["told"].agg(["sum", "size"]).reset_index()
    return count.assign(
        part=count["scale"] + "|shown", estimate=count["sum"].astype("float64"), n=count["size"],
        indicator="wellbeing_schools", unit="pupils", method="enough answers, response and reliability",
    )  # fmt: skip


def _left_out(answers: Answers, whose: str) -> pd.DataFrame:
    everybody = len(answers.people) + answers.careless
    row = {"estimate": 100 * answers.careless / everybody, "n": everybody, "municipality_id": whose}
    return pd.DataFrame([row]).assign(
        indicator="wellbeing_careless", unit="percent", method="equal answers to items that ask opposite things",
        school_year=int(answers.people["school_year"].max()),
    )  # fmt: skip
