"""A school's page: what does it offer outside lessons, beside the municipality?"""

from typing import Any

from markupsafe import Markup

from analysis.activity_rules import FIELDS
from analysis.evidence import each
from analysis.intake.unit import Unit
from analysis.release import Released
from analysis.report import naming
from analysis.report.activities.figures import by_part, field_name, hours_of, participants_of
from analysis.report.activities.talent import tests_of, without_offer
from analysis.report.html import Section, require_released
from analysis.report.school.page import own_rows
from analysis.report.sections import NOTHING, section, source_line
from analysis.report.tables import Figure, table
from analysis.words.catalogue import label, say
from analysis.words.numbers import listed, number, percent


def offers_of(unit: Unit, released: Released) -> dict[str, Any]:
    """Return what the school offers by field; empty where it reported nothing."""
    return by_part(own_rows(unit, released), "activity_offer")


def school_activities(unit: Unit, released: Released) -> Section:
    """Make the section: a row a field, the municipality's hours a pupil beside."""
    require_released(released)
    offers, language = offers_of(unit, released), unit.language
    if not offers:
        return NOTHING
    own = own_rows(
        unit, released, indicator=["activity_offer", "activity_participations", "activity_hours", "activity_reach"]
    )
    years = naming.years(unit, next(iter(offers.values())))
    key = Markup('<p class="key">{}</p>').format(say("school_activities_key", language))
    bodies = [_table(unit, released, own, offers, years), key]
    return section(
        unit, "school_activities", _heading(unit, own), _answer(unit, released, offers), bodies, source_line(unit, own)
    )


def lacks_talent(unit: Unit, released: Released) -> str:
    """Name the tests whose high results have no activity for talent beside them; empty where there are none."""
    return tests_of(unit, without_offer(unit, released).get(unit.school_id, []))


def _heading(unit: Unit, own: Released) -> Markup:
    for row in each(own.where(indicator="activity_reach").rows.dropna(subset=["low"])):
        low, high = (percent(end, unit.language, 1) for end in (row.low, row.high))
        return say("activities_heading", unit.language, low=low, high=high)
    return say("activities_heading_plain", unit.language)


def _answer(unit: Unit, released: Released, offers: dict[str, Any]) -> Markup:
    language = unit.language
    none = [label("activity_field", field, language) for field in FIELDS if field in offers and not offers[field].n]
    said = [say("school_activities_none", language, list=listed(none, language))] if none else []
    if tests := lacks_talent(unit, released):
        said.append(say("school_activities_talent", language, list=tests))
    return Markup(" ").join(said)


def _table(unit: Unit, released: Released, own: Released, offers: dict[str, Any], years: str) -> Markup:
    language, people, hours = unit.language, by_part(own, "activity_participations"), by_part(own, "activity_hours")
    year = int(next(iter(offers.values())).school_year)
    place = by_part(
        released, "activity_hours", school_id="", municipality_id=unit.municipality_id, grade="", school_year=year
    )
    body = [
        (
            field_name(unit, field),
            Figure(_offered(offers[field], language), _people(people.get(field), offers[field].n, language)),
            hours_of(hours.get(field), language),
            hours_of(place.get(field), language),
        )
        for field in FIELDS
        if field in offers
    ]
    names = ("field", "activities_offered", "hours_each", "municipality")
    head = [str(say(f"column_{name}", language)) for name in names]
    return table(language, str(say("school_activities_caption", language, years=years).unescape()), head, body)


def _offered(offer: Any, language: str) -> str:
    if not offer.n:
        return str(say("activities_nothing", language))
    n, hours = number(int(offer.n), language), hours_of(offer, language)
    return str(say("activities_offered", language, n=n, hours=hours))


def _people(row: Any, offers: int, language: str) -> str:
    if not offers:
        return ""
    return str(say("activities_participants", language, n=participants_of(row, language, offers)))
