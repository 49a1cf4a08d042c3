"""Scales of wellbeing as figures: each role's ratings, their change, grades, schools, and how precisely they measure."""

import math
from collections.abc import Hashable
from typing import Any

import pandas as pd
from markupsafe import Markup

from analysis.evidence import each
from analysis.intake.unit import Unit
from analysis.release import Released
from analysis.report import naming, values
from analysis.report.climate.ratings import Beside, rating, ratings
from analysis.report.school.tables import by_name
from analysis.report.sections import confidence_of, figure
from analysis.report.tables import Figure, table
from analysis.words.catalogue import capitalised, label, labels, say
from analysis.words.collation import latvian_key
from analysis.words.numbers import listed, number, percent

_MOST_COLUMNS = 4


def wellbeing_of(unit: Unit, released: Released) -> Released:
    """Return the municipality's own ratings of its newest survey."""
    own = released.where(indicator="wellbeing_scale", municipality_id=unit.municipality_id)
    years = own.rows["school_year"].dropna()
    return own.where(school_year=int(years.max())) if len(years) else own


def in_order(rows: pd.DataFrame, kind: str = "scale") -> list[Any]:
    """Order rows by role and as the catalogue has the scales (or dimensions), unknown ones last by their code."""
    known = {code: i for i, code in enumerate(labels()[kind])}
    return sorted(each(rows), key=lambda row: (row.group, known.get(row.part, len(known)), row.part))


def scale_name(unit: Unit, part: str) -> str:
    """Return the name of a scale; a map may bring its own."""
    return label("scale", part, unit.language, own=unit.facts["labels"])


def role_name(unit: Unit, group: str) -> str:
    """Return who answers."""
    return label("role", group.partition("=")[2], unit.language)


def scale_of_role(unit: Unit, row: Any) -> str:
    """Return a scale with those who answered: ``drošība (skolēni)``."""
    names = {"scale": scale_name(unit, row.part), "role": role_name(unit, row.group)}
    return str(say("climate_of_role", unit.language, **names).unescape())


def drawn(unit: Unit, own: Released, released: Released, rows: list[Any]) -> list[Markup]:
    """Draw a table a role and a row a scale: rating with interval, the country's beside, change since the survey before."""
    language = unit.language
    nation = _by_key(released.where(indicator="wellbeing_scale", municipality_id="", reference="").newest())
    gaps, changes = (_by_key(own.where(reference=name, school_id="")) for name in ("country", "last_year"))
    facts = {"years": naming.years(unit, rows[0]), "confidence": confidence_of(unit, rows[0])}
    country = say("climate_sub_country", language) if nation else ""
    under, made = say("climate_sub", language, **facts, country=country), []
    for group in dict.fromkeys(row.group for row in rows):
        mine = [row for row in rows if row.group == group]
        names = [("", capitalised(scale_name(unit, row.part))) for row in mine]
        keys, beside = [(row.group, row.part) for row in mine], Beside(nation, gaps, changes)
        caption, head = str(say("climate_caption", language)), [str(say("column_scale", language))]
        body = ratings(unit, mine, keys, names, beside, caption, head)
        made.append(figure(body, under, capitalised(role_name(unit, group))))
        under = Markup("")
    return made


def _by_key(rows: Released) -> dict[Hashable, Any]:
    found = rows.rows[rows.rows["grade"] == ""].dropna(subset=["estimate"])
    return {(row.group, row.part): row for row in each(found)}


def changed(unit: Unit, own: Released) -> Markup:
    """Say which ratings surely changed since the survey before."""
    language = unit.language
    rows = in_order(own.where(reference="last_year", school_id="").rows.dropna(subset=["estimate"]))
    if not rows:
        return Markup("")
    year = naming.years(unit, rows[0]._replace(school_year=rows[0].year_from))
    items = [
        str(
            say(
                "climate_change_item", language, scale=scale_of_role(unit, row),
                change=number(row.estimate, language, 2, signed=True), interval=values.interval(row, language),
            ).unescape()
        )
        for row in rows
        if row.verdict == "differs"
    ]  # fmt: skip
    if not items:
        return say("climate_changed_none", language, year=year)
    return say("climate_changed", language, year=year, list=listed(items, language))


def by_grade(unit: Unit, own: Released) -> Markup:
    """Make a table of grades with a column a scale of the pupils'."""
    rows = own.where(reference="", school_id="", group="role=pupil")
    rows = rows.where(grade=[grade for grade in rows.rows["grade"].unique() if grade])
    found = naming.test_order(rows.rows.dropna(subset=["estimate"]))
    if found.empty:
        return Markup("")
    scales = list(dict.fromkeys(row.part for row in in_order(found)))
    cells = {(row.grade, row.part): rating(row, unit.language) for row in each(found)}
    grades = list(dict.fromkeys(found["grade"]))
    head = [str(say("column_stage", unit.language)), *(capitalised(scale_name(unit, scale)) for scale in scales)]
    named = {grade: naming.stage(unit, next(row for row in each(found) if row.grade == grade)) for grade in grades}
    body = [[named[grade], *(cells.get((grade, scale), Figure("–")) for scale in scales)] for grade in grades]
    years = naming.years(unit, next(each(found)))
    return table(unit.language, str(say("climate_grades_caption", unit.language, years=years).unescape()), head, body)


def by_school(unit: Unit, own: Released) -> list[Markup]:
    """Make a table of schools for each role; where nothing can be said of a school, the table says so."""
    language, made = unit.language, []
    schools = own.where(reference="").rows
    schools = schools[schools["school_id"] != ""]
    for group in sorted(schools["group"].unique()):
        found = schools[schools["group"] == group]
        if found["estimate"].isna().all():
            continue
        cells = {(row.part, row.school_id): _school(row, language) for row in each(found)}
        scales = list(dict.fromkeys(row.part for row in in_order(found)))
        role, years = role_name(unit, group), naming.years(unit, next(each(found)))
        caption = say("climate_schools_caption", language, Role=capitalised(role), years=years)
        for first in range(0, len(scales), _MOST_COLUMNS):
            heads = {scale: capitalised(scale_name(unit, scale)) for scale in scales[first : first + _MOST_COLUMNS]}
            made.append(by_name(unit, cells, heads, caption))
    return made


def _school(row: Any, language: str) -> Figure:
    if row.verdict == "too_few":
        return Figure(str(say("climate_too_few", language)))
    return rating(row, language)


def precision(unit: Unit, released: Released, rows: list[Any]) -> Markup:
    """Make a table of how consistent each scale is, how much schools differ on it, and of how many something can be said."""
    language = unit.language
    found = released.where(indicator="wellbeing_reliability").newest().rows.dropna(subset=["estimate"])
    measured = {(row.group, *row.part.split("|")): row.estimate / 100 for row in each(found)}
    told = {
        (row.group, row.part.split("|")[0]): row
        for row in each(released.where(indicator="wellbeing_schools", municipality_id=unit.municipality_id).rows)
    }
    body = []
    for row in rows:
        figures = [
            number(measured.get((row.group, row.part, name), math.nan), language, 2) for name in ("alpha", "omega")
        ]
        figures.append(percent(100 * measured.get((row.group, row.part, "icc"), math.nan), language))
        schools = told.get((row.group, row.part))
        count = say("climate_told", language, n=int(schools.estimate), all=int(schools.n)) if schools else "–"
        body.append([capitalised(scale_of_role(unit, row)), *figures, count])
    head = [str(say(f"column_{name}", language)) for name in ("scale", "alpha", "omega", "between", "told")]
    return table(language, str(say("precision_caption", language)), head, body)


def names_in_order(codes: set[str], kind: str, unit: Unit) -> list[str]:
    """Order codes as the catalogue has them, unknown ones last by name."""
    known = {code: i for i, code in enumerate(labels()[kind])}
    return sorted(codes, key=lambda code: (known.get(code, len(known)), latvian_key(label(kind, code, unit.language))))
