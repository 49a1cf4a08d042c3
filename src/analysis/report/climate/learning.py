"""The school as a learning organisation, as its staff see it: the municipality, and how its schools are spread."""

from collections.abc import Hashable
from typing import Any

import pandas as pd
from markupsafe import Markup

from analysis.evidence import each
from analysis.intake.unit import Unit
from analysis.release import Released
from analysis.report import naming, values
from analysis.report.climate.ratings import Beside, ratings
from analysis.report.climate.scales import names_in_order
from analysis.report.sections import confidence_of, figure
from analysis.report.tables import details, table
from analysis.words.catalogue import capitalised, label, say
from analysis.words.numbers import number


def learning_bodies(unit: Unit, released: Released) -> list[Markup]:
    """Return the figure of dimensions, who answered, and how many schools differ; nothing without a staff survey."""
    own = released.where(municipality_id=unit.municipality_id, school_id="")
    levels = {row.part: row for row in _told(own, "slo_dimension", reference="")}
    if not levels:
        return []
    order = names_in_order(set(levels), "dimension", unit)
    return [*_figure(unit, own, released, [levels[part] for part in order]), *_schools(unit, own, order)]


def dimension_name(unit: Unit, part: str) -> str:
    """Return the name of a dimension; a map may bring its own."""
    return label("dimension", part, unit.language, own=unit.facts["labels"])


def _told(rows: Released, indicator: str, **keys: Any) -> list[Any]:
    return list(each(rows.where(indicator=indicator, **keys).rows.dropna(subset=["estimate"])))


def _figure(unit: Unit, own: Released, released: Released, rows: list[Any]) -> list[Markup]:
    language = unit.language
    nation = {row.part: row for row in _told(released, "slo_dimension", municipality_id="", reference="")}
    gaps = {row.part: row for row in _told(own, "slo_dimension", reference="country")}
    ends = {row.part: row.estimate for row in _told(own, "slo_schools", unit="level")}
    spread: dict[Hashable, tuple[float, float]] = {
        row.part: (ends[f"{row.part}|q25"], ends[f"{row.part}|q75"]) for row in rows if f"{row.part}|q25" in ends
    }
    keys = [row.part for row in rows]
    names = [("", capitalised(dimension_name(unit, row.part))) for row in rows]
    caption, head = str(say("learning_caption", language)), [str(say("column_dimension", language))]
    body = ratings(unit, rows, keys, names, Beside(nation, gaps, spread=spread), caption, head)
    facts = {
        "spread": say("learning_sub_spread", language) if spread else "",
        "country": say("climate_sub_country", language) if nation else "",
        "confidence": confidence_of(unit, rows[0]),
    }
    under = say("learning_sub", language, years=naming.years(unit, rows[0]), **facts)
    return [figure(body, under, say("learning_title", language)), *_response(unit, own)]


def _response(unit: Unit, own: Released) -> list[Markup]:
    language = unit.language
    return [
        Markup('<p class="key">{}</p>').format(
            say("learning_response", language, share=values.estimate(row, language), n=number(int(row.n), language))
        )
        for row in _told(own, "slo_response")
        if not pd.isna(row.n)
    ]


def _schools(unit: Unit, own: Released, order: list[str]) -> list[Markup]:
    """Fold how many schools lie surely below and above the country."""
    language = unit.language
    counts = {row.part: row for row in _told(own, "slo_schools", unit="pupils")}
    body = [
        [
            capitalised(dimension_name(unit, part)),
            *(number(counts[f"{part}|{side}"].estimate, language) for side in ("below", "above")),
            number(int(counts[f"{part}|below"].n), language),
        ]
        for part in order
        if {f"{part}|below", f"{part}|above"} <= set(counts)
    ]
    if not body:
        return []
    head = [str(say(f"column_{name}", language)) for name in ("dimension", "below", "above", "of_schools")]
    made = table(language, str(say("learning_schools_caption", language)), head, body)
    return [details(say("learning_schools", language), made)]
