"""How far are schools learning organisations, as their own staff see it?"""

from collections.abc import Iterator

import pandas as pd

from analysis.evidence import evidence, no_evidence
from analysis.stats.climate.answers import HIGHEST, LOWEST, Answers, answers_of
from analysis.stats.climate.strata import means, strata, with_interval
from analysis.stats.climate.survey import SMALLEST_N, Survey, differ, home_of, owner, shown

VIEWS = ("barrier:", "form:")
"""Beginnings of dimensions that are none of a learning organisation: what hinders development, which forms of it help."""
_QUARTILES = {"q25": 0.25, "q50": 0.5, "q75": 0.75}
_FEWEST_SCHOOLS = 8  # so that no quartile is one school's mean
_FEWEST_TO_COUNT = 3  # so that no count is about one school, or two that know each other's
_BY_CHANCE = ((HIGHEST - LOWEST + 1) ** 2 - 1) / 12  # variance of an answer drawn from all five alike
_PLACE, _SCHOOL = ["municipality_id"], ["municipality_id", "school_id"]


def learning_organisation(
    answers: pd.DataFrame, items: pd.DataFrame, schools: pd.DataFrame, scope: str, rounds: int = 3,
    confidence: float = 0.95,
) -> pd.DataFrame:  # fmt: skip
    """Judge the staff survey of a whole delivery, dimension by dimension.

    Schools are surveyed in turn: a municipality's figure takes each school's newest survey of the last ``rounds`` years.

    Parameters
    ----------
    answers, items : pd.DataFrame
        Contracts ``staff_survey`` (with ``respondent``) and ``staff_survey_items``; seven dimensions, eight, or others;
        items of ``VIEWS`` are reported apart (:func:`analysis.stats.staff.development_views`).
    schools : pd.DataFrame
        Contract ``schools``; ``staff_total`` is who could answer.
    scope : {"country", "board"}
        A board's own staff are not the country's.
    rounds : int
        Years taken together.
    confidence : float
        0.90 or 0.95.

    Returns
    -------
    pd.DataFrame
        Evidence of respondents, ``part`` the dimension.

        - ``slo_dimension`` (level, 1–5): each municipality, against the country, and schools of at least ten respondents
          where half of the staff answered and reliability is 0.7 (others: their number of respondents alone); the change
          of a school since its survey before.
        - ``slo_agreement`` (percent): r_wg(J) of those schools' staff (James, Demaree and Wolf 1984).
        - ``slo_schools``: how a municipality's schools are spread: quartiles of their means (``<dimension>|q25 …``), from
          eight schools of ten respondents on, and how many of them lie below and above the country (``|below, |above``).
        - ``slo_response`` and ``slo_reliability`` (percent), as for wellbeing.
    """
    items = items if items.empty else items[~items["dimension"].astype("str").str.startswith(VIEWS)]
    if answers.empty or items.empty:
        return no_evidence()
    found = answers_of(answers, items.rename(columns={"dimension": "scale"}))
    if not len(found.people):
        return no_evidence()
    survey = Survey("slo", "slo_dimension", "mean of items, schools weighted by their staff", confidence)
    parts = [part for part in _parts(survey, found, schools, scope, rounds) if len(part)]
    rows = pd.concat(parts, ignore_index=True)
    population = rows["indicator"].map({"slo_schools": "schools"}).fillna("respondents")
    return evidence(rows, population=population, confidence=confidence)


def _parts(survey: Survey, answers: Answers, schools: pd.DataFrame, scope: str, rounds: int) -> Iterator[pd.DataFrame]:
    apart, home = differ(answers), home_of(schools)
    icc = {scale: of.icc for scale, of in apart.items()}
    between = pd.Series({scale: of.between for scale, of in apart.items()})
    cells = strata(answers, staff_of(schools, answers.people), home)
    newest = newest_of(cells, rounds)
    first = newest.groupby("municipality_id")["first"].min()
    place, school = means(newest, _PLACE, between), means(cells, _SCHOOL, between)
    place = place.assign(year_from=place["municipality_id"].map(first))
    told, latest = shown(school, icc), newest_of(school, rounds)
    yield survey.levels(place)
    yield survey.schools(school, told)
    yield survey.change(told, _SCHOOL)
    yield _agreement(answers, told)
    if scope == "country":
        whole = means(newest, [], between).assign(year_from=int(first.min()))
        yield survey.levels(whole)
        yield survey.against_all(place, whole.drop(columns="year_from"))
        yield _sides(latest, whole, survey.confidence)
    yield _spread(latest)
    yield survey.response(place)
    yield survey.response(school)
    yield survey.reliability(answers, icc, owner(home, scope))


def staff_of(schools: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Return who could answer: the staff of each school in each year of its survey."""
    rows = people[["school_year", "school_id"]].drop_duplicates().assign(grade="")
    if "staff_total" not in schools:
        return rows.iloc[:0].assign(eligible=0.0)
    staff = schools.set_index(schools["school_id"].astype("str"))["staff_total"].astype("float64")
    return rows.assign(eligible=rows["school_id"].map(staff)).dropna(subset="eligible")


def newest_of(rows: pd.DataFrame, rounds: int) -> pd.DataFrame:
    """Keep each school's newest survey of the last years, as if all were of the newest year; ``first`` is the real one."""
    last = int(rows["school_year"].max())
    rows = rows[rows["school_year"] > last - rounds]
    rows = rows[rows["school_year"] == rows.groupby("school_id")["school_year"].transform("max")]
    return rows.assign(first=rows["school_year"], school_year=last)


def _agreement(answers: Answers, told: pd.DataFrame) -> pd.DataFrame:
    """Agreement of a school's staff on the items of a dimension, against answers given by chance."""
    keys, rows = ["school_year", "school_id"], []
    for scale in answers.scales:
        own = pd.DataFrame(answers.of_scale(scale))
        spread = own.groupby([answers.people[key] for key in keys]).var().mean(axis=1)
        left = (1 - spread / _BY_CHANCE).clip(0, 1)
        j = own.shape[1]
        rows.append((j * left / (j * left + (1 - left))).rename("estimate").reset_index().assign(scale=scale))
    found = told[["scale", "municipality_id", *keys, "n"]].merge(pd.concat(rows), on=["scale", *keys])
    found = found.assign(estimate=100 * found["estimate"]).rename(columns={"scale": "part"}).dropna(subset="estimate")
    return found.assign(indicator="slo_agreement", unit="percent", method="r_wg(J), chance: all answers alike")


def _sides(school: pd.DataFrame, whole: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """Count the schools whose mean surely lies below, and above, the country's."""
    rows = with_interval(school[school["n"] >= SMALLEST_N], confidence).merge(
        whole[["scale", "estimate"]], on="scale", suffixes=("", "_all")
    )
    sides = {"below": rows["high"] < rows["estimate_all"], "above": rows["low"] > rows["estimate_all"]}
    keys = ["scale", "municipality_id", "school_year"]
    parts = [
        side.groupby([rows[key] for key in keys]).agg(["sum", "size"]).reset_index().assign(name=name)
        for name, side in sides.items()
    ]
    found = pd.concat(parts, ignore_index=True)
    found = found[found["size"] >= _FEWEST_TO_COUNT]
    return found.assign(
        part=found["scale"] + "|" + found["name"], estimate=found["sum"].astype("float64"), n=found["size"],
        indicator="slo_schools", unit="pupils", method="schools of ten respondents and more; their interval excludes it",
    )  # fmt: skip


def _spread(school: pd.DataFrame) -> pd.DataFrame:
    """Quartiles of the means of a municipality's schools."""
    rows = school[school["n"] >= SMALLEST_N]
    keys = ["scale", "municipality_id", "school_year"]
    grouped = rows.groupby(keys)["estimate"]
    size = grouped.size()
    parts = [
        grouped.quantile(q)[size >= _FEWEST_SCHOOLS].rename("estimate").reset_index().assign(name=name)
        for name, q in _QUARTILES.items()
    ]
    found = pd.concat(parts, ignore_index=True).merge(size.rename("n").reset_index(), on=keys)
    return found.assign(
        part=found["scale"] + "|" + found["name"], indicator="slo_schools", unit="level", method="quartiles of schools"
    )
