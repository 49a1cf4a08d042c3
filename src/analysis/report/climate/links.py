"""Schools' ratings beside their results: an association at the level of the municipality, folded, without a cause."""

from typing import Any

from markupsafe import Markup

from analysis.evidence import each
from analysis.indicators import INDICATORS
from analysis.intake.unit import Unit
from analysis.release import Released
from analysis.report import values
from analysis.report.climate.scales import in_order, scale_of_role
from analysis.report.sections import confidence_of
from analysis.report.tables import Figure, details, table
from analysis.words.catalogue import capitalised, say
from analysis.words.numbers import listed, number, percent

_Rows = dict[tuple[str, str], Any]


def links_folded(unit: Unit, released: Released) -> list[Markup]:
    """Fold a table of scales; nothing where too few schools of the municipality and of the country can be compared."""
    language, found = unit.language, released.where(indicator="wellbeing_link")
    own, nation = (_by_part(found.where(municipality_id=place)) for place in (unit.municipality_id, ""))
    whole = [row for row in in_order(found.where(unit="sd").rows) if "|" not in row.part]
    rows = {(row.group, row.part): row for row in whole if row.municipality_id in ("", unit.municipality_id)}
    if not rows:
        return []
    heads = ["scale", "link", *(["link_country"] if nation else []), "link_reliability", "link_schools"]
    body = [
        [
            capitalised(scale_of_role(unit, row)), _figure(own.get(key), language),
            *([_figure(nation.get(key), language)] if nation else []), *_behind(own if key in own else nation, key, language),
        ]
        for key, row in rows.items()
    ]  # fmt: skip
    caption = say("link_caption", language, confidence=confidence_of(unit, whole[0]))
    made = table(language, str(caption), [str(say(f"column_{name}", language)) for name in heads], body)
    said = Markup(" ").join([*_said(unit, own), say("link_text", language)])
    return [details(say("link_title", language), made, Markup("<p>{}</p>").format(said))]


def _by_part(rows: Released) -> _Rows:
    return {(row.group, row.part): row for row in each(rows.rows.dropna(subset=["estimate"]))}


def _figure(row: Any, language: str) -> Figure:
    return Figure("–") if row is None else Figure(values.estimate(row, language), values.interval(row, language))


def _behind(rows: _Rows, key: tuple[str, str], language: str) -> tuple[str, str]:
    """Return reliability and number of the schools: the municipality's, or where it has too few the country's."""
    sure = rows.get((key[0], f"{key[1]}|reliability"))
    return percent(sure.estimate, language) if sure is not None else "–", number(int(rows[key].n), language)


def _said(unit: Unit, own: _Rows) -> list[Markup]:
    """Name the associations that stand among all that were looked at."""
    language, scales = unit.language, [row for (_, part), row in own.items() if "|" not in part]
    if not scales:
        return [say("link_few", language, few=INDICATORS["wellbeing_link"].smallest_n)]
    named = [own[key] for key in own if (key[0], f"{key[1]}|named") in own]
    sides = {side: [row for row in named if values.direction(row) == side] for side in ("higher", "lower")}
    said = [
        say(f"link_{side}", language, list=listed([scale_of_role(unit, row) for row in rows], language))
        for side, rows in sides.items()
        if rows
    ]
    return [*said, say("link_many" if said else "link_none", language, all=len(scales))]
