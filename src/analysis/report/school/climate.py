"""On a school's page: how its pupils and staff see it, and the levels of quality that it and accreditation give."""

from collections.abc import Hashable, Iterator
from typing import Any

from markupsafe import Markup

from analysis.evidence import each
from analysis.intake.unit import Unit
from analysis.release import Released
from analysis.report import naming
from analysis.report.climate.learning import dimension_name
from analysis.report.climate.quality import criterion_name
from analysis.report.climate.ratings import Beside, ratings
from analysis.report.climate.scales import in_order, names_in_order, role_name, scale_name
from analysis.report.html import Section, require_released
from analysis.report.school.page import own_rows
from analysis.report.sections import NOTHING, confidence_of, figure, section, source_line
from analysis.report.tables import table
from analysis.stats.climate.survey import RESPONSE, SMALLEST_N
from analysis.words.catalogue import capitalised, say
from analysis.words.numbers import number, percent

_SURVEYS = ("wellbeing_scale", "slo_dimension")


def school_climate(unit: Unit, released: Released) -> Section:
    """Make the section: ratings that can be told, what cannot and why, and levels by criterion.

    Parameters
    ----------
    unit : Unit
        The municipality with ``school_id``.
    released : Released
        Of :func:`analysis.report.of_school`.
    """
    require_released(released)
    bodies = [body for indicator in _SURVEYS for body in _survey(unit, released, indicator)]
    bodies += _levels(unit, released)
    if not bodies:
        return NOTHING
    shown = own_rows(unit, released, indicator=[*_SURVEYS, "quality_level"])
    told = shown.where(indicator=list(_SURVEYS)).rows["estimate"].notna().any()
    heading = say("school_climate_heading" if told else "school_climate_heading_few", unit.language)
    return section(
        unit, "school_climate", heading, say("school_climate_answer", unit.language), bodies, source_line(unit, shown)
    )


def _survey(unit: Unit, released: Released, indicator: str) -> Iterator[Markup]:
    """Give a figure for each role that can be told, and a sentence for each that cannot."""
    own = own_rows(unit, released, indicator=indicator, reference="")
    years = own.rows["school_year"].dropna()
    if not len(years):
        return
    newest = own.where(school_year=int(years.max()))
    for group in sorted(newest.rows["group"].unique()):
        rows = newest.where(group=group)
        told = rows.rows.dropna(subset=["estimate"])
        title = capitalised(role_name(unit, group)) if group else say("learning_title", unit.language)
        if len(told):
            yield _drawn(unit, released, in_order(told, "scale" if group else "dimension"), title)
        else:
            yield _too_few(unit, rows, title)


def _drawn(unit: Unit, released: Released, rows: list[Any], title: str) -> Markup:
    """Draw ratings beside the municipality's, with the change since the survey before."""
    language, indicator = unit.language, rows[0].indicator
    of_all = released.where(
        indicator=indicator, municipality_id=unit.municipality_id, school_id="", reference="", grade=""
    )
    changes = own_rows(unit, released, indicator=indicator, reference="last_year", school_year=int(rows[0].school_year))
    keys = [_key(row) for row in rows]
    beside = Beside(_by_key(of_all.newest()), changes=_by_key(changes))
    name = scale_name if rows[0].group else dimension_name
    names = [("", capitalised(name(unit, row.part))) for row in rows]
    column = "scale" if rows[0].group else "dimension"
    body = ratings(
        unit, rows, keys, names, beside, str(say("climate_caption", language)), [str(say(f"column_{column}", language))]
    )
    facts = {"years": naming.years(unit, rows[0]), "confidence": confidence_of(unit, rows[0])}
    return figure(body, say("school_climate_sub", language, **facts), title)


def _key(row: Any) -> Hashable:
    return row.group, row.part


def _by_key(rows: Released) -> dict[Hashable, Any]:
    return {_key(row): row for row in each(rows.rows.dropna(subset=["estimate"]))}


def _too_few(unit: Unit, rows: Released, title: str) -> Markup:
    """Say why nothing is told: how many answered, where that may be said."""
    language, known = unit.language, rows.rows["n"].dropna()
    n = say("school_climate_answers", language, n=number(int(known.max()), language)) if len(known) else ""
    facts = {"who": title, "n": n, "least": SMALLEST_N, "share": percent(RESPONSE, language)}
    return Markup("<p>{}</p>").format(say("school_climate_few", language, **facts))


def _levels(unit: Unit, released: Released) -> list[Markup]:
    """Put the school's own levels beside those of accreditation."""
    language = unit.language
    found = {
        row.part: row
        for row in each(own_rows(unit, released, indicator="quality_level").rows.dropna(subset=["estimate"]))
    }
    criteria = names_in_order({part.split("|")[0] for part in found}, "criterion", unit)
    if not criteria:
        return []
    body = [
        [
            capitalised(criterion_name(unit, criterion)),
            *(_level(unit, found.get(f"{criterion}|{source}")) for source in ("self", "accreditation")),
        ]
        for criterion in criteria
    ]
    head = [str(say(f"column_{name}", language)) for name in ("criterion", "self", "accreditation")]
    return [table(language, str(say("school_levels_caption", language)), head, body)]


def _level(unit: Unit, row: Any) -> str:
    if row is None:
        return "–"
    return str(
        say("school_level", unit.language, level=number(row.estimate, unit.language), years=naming.years(unit, row))
    )
