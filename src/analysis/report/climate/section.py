"""Section 7: how are pupils and teachers, and how do staff and schools see the school itself?"""

from typing import Any

from markupsafe import Markup

from analysis.evidence import each
from analysis.intake.unit import Unit
from analysis.release import Released
from analysis.report import values
from analysis.report.climate.learning import learning_bodies
from analysis.report.climate.links import links_folded
from analysis.report.climate.quality import quality_bodies
from analysis.report.climate.scales import (
    by_grade,
    by_school,
    changed,
    drawn,
    in_order,
    precision,
    scale_of_role,
    wellbeing_of,
)
from analysis.report.html import Section, require_released
from analysis.report.sections import NOTHING, section, source_line
from analysis.report.tables import details
from analysis.words.catalogue import capitalised, say
from analysis.words.numbers import listed, number, percent

_MOST_IN_HEADING = 3
_HALF = 50.0


def climate(unit: Unit, released: Released) -> Section:
    """Make the section: a row a scale and role, then dimensions of the staff survey, then quality levels.

    Parameters
    ----------
    unit : Unit
        The municipality.
    released : Released
        Evidence of surveys and levels among all others; without any of them there is no section.
    """
    require_released(released)
    own = wellbeing_of(unit, released)
    rows = in_order(own.where(reference="", school_id="", grade="").rows.dropna(subset=["estimate"]))
    learning, quality = learning_bodies(unit, released), quality_bodies(unit, released)
    if not (rows or learning or quality):
        return NOTHING
    bodies = [*drawn(unit, own, released, rows), *_folded(unit, own, released, rows)] if rows else []
    heading, answer = _message(unit, own, released, rows, bool(learning))
    bodies += [*learning, *quality, details(say("climate_how", unit.language), _how(unit, released))]
    shown = (
        own
        if rows
        else released.where(municipality_id=unit.municipality_id, indicator=["slo_dimension", "quality_schools"])
    )
    return section(unit, "climate", heading, answer, bodies, source_line(unit, shown))


def _message(unit: Unit, own: Released, released: Released, rows: list[Any], learning: bool) -> tuple[Markup, Markup]:
    """Return heading and answer: what differs from the country, who answered, what changed."""
    language = unit.language
    if not rows:
        return say("climate_heading_staff" if learning else "climate_heading_levels", language), Markup("")
    gaps = in_order(own.where(reference="country", school_id="").rows.dropna(subset=["estimate"]))
    answer = Markup(" ").join(filter(None, (_answered(unit, released), changed(unit, own))))
    if not gaps:
        return say("climate_heading_alone", language), answer
    sides = {side: [row for row in gaps if values.direction(row) == side] for side in ("lower", "higher")}
    differ = sum(map(len, sides.values()))
    if not differ:
        return say("climate_heading_none", language), answer
    if differ > _MOST_IN_HEADING:
        return say("climate_heading_many", language, n=differ, all=len(gaps)), answer
    words = [
        say(f"climate_heading_{side}", language, list=listed([scale_of_role(unit, row) for row in found], language))
        for side, found in sides.items()
        if found
    ]
    return Markup("; ").join([words[0], *(word[0].lower() + word[1:] for word in words[1:])]), answer


def _answered(unit: Unit, released: Released) -> Markup:
    """Say how many answered, and that few did."""
    language = unit.language
    rows = (
        released.where(indicator="wellbeing_response", municipality_id=unit.municipality_id, school_id="").newest().rows
    )
    found = list(each(rows.dropna(subset=["n"]).sort_values("group")))
    items = [
        str(
            say(
                f"climate_answer_{row.group.split('=')[1]}", language, share=values.estimate(row, language),
                n=number(int(row.n), language),
            ).unescape()
        )
        for row in found
    ]  # fmt: skip
    said = [say("climate_answer", language, list=listed(items, language))] if items else []
    if any(row.estimate < _HALF for row in found):
        said.append(say("climate_answer_low", language))
    return Markup(" ").join(said)


def _folded(unit: Unit, own: Released, released: Released, rows: list[Any]) -> list[Markup]:
    language = unit.language
    found = []
    if grades := by_grade(unit, own):
        found.append(details(say("climate_grades", language), grades))
    if schools := by_school(unit, own):
        found.append(details(say("climate_schools", language), *schools))
    found += links_folded(unit, released)
    return [*found, details(say("precision_title", language), precision(unit, released, rows))]


def _how(unit: Unit, released: Released) -> Markup:
    language = unit.language
    careless = released.where(indicator="wellbeing_careless").rows.dropna(subset=["estimate"])
    shares = [row.estimate for row in each(careless) if row.estimate > 0]
    more = [say("climate_careless", language, share=percent(max(shares), language, 1))] if shares else []
    return Markup("<p>{}</p>").format(Markup(" ").join([say("climate_how_text", language), *more]))


def missing_climate(unit: Unit) -> list[Markup]:
    """Say which surveys the data lack."""
    lacks = {
        "data_missing_wellbeing": {"wellbeing", "wellbeing_items"},
        "data_missing_staff_survey": {"staff_survey", "staff_survey_items"},
        "data_missing_levels": {"self_evaluation"},
    }  # fmt: skip
    there = set(unit.facts["tables"])
    return [capitalised(say(key, unit.language)) for key, tables in lacks.items() if not tables <= there]
