"""A school's page: can these figures be trusted? As on the municipality's page, with what this school lacks."""

from markupsafe import Markup

from analysis.indicators import INDICATORS
from analysis.intake.unit import Unit
from analysis.release import Released
from analysis.report.climate.section import missing_climate
from analysis.report.data import about
from analysis.report.html import Section, require_released
from analysis.report.school.activities import offers_of
from analysis.report.school.groups import groups_of
from analysis.report.school.hours import shares_of
from analysis.report.school.page import own_rows
from analysis.report.school.results import expected, standing
from analysis.report.school.skills import gaps_of
from analysis.report.sections import confidence
from analysis.report.staff.gaps import GAP
from analysis.report.support.kinds import kinds
from analysis.words.catalogue import say


def about_school_data(unit: Unit, released: Released) -> Section:
    """Make the section; it is there on every page, also on that of a school without results."""
    require_released(released)
    few = INDICATORS["attainment"].smallest_n
    method = say("school_method_text", unit.language, confidence=confidence(unit), few=few)
    return about(unit, own_rows(unit, released), _missing(unit, released), method)


def _missing(unit: Unit, released: Released) -> list[Markup]:
    place = standing(unit, released)
    lacks = {
        "school_missing_results": not len(place.rows),
        "school_missing_expected": len(place.rows) > 0 and not expected(unit, released).judged,
        "school_missing_skills": not len(gaps_of(unit, released)),
        "school_missing_groups": not len(groups_of(unit, released)),
        "school_missing_support": not kinds(unit, released, unit.school_id),
        "school_missing_hours": not shares_of(unit, released),
        "school_missing_activities": not offers_of(unit, released),
        "school_missing_staff": not len(released.where(indicator=GAP, school_id="").rows.dropna(subset=["estimate"])),
    }
    gone = [say(key, unit.language) for key, lacking in lacks.items() if lacking]
    return [*gone, *missing_climate(unit)]
