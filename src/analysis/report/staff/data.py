"""The page on staff: can these figures be trusted? As on the municipality's page, with the tables of staff that are lacking."""

from markupsafe import Markup

from analysis.intake.unit import Unit
from analysis.release import Released
from analysis.report.data import about
from analysis.report.html import Section, require_released
from analysis.words.catalogue import say

_TABLES = {
    "competences": {"competences", "teacher_evidence"},
    "goals": {"teacher_goals"},
    "views": {"staff_survey", "staff_survey_items"},
    "events": {"development_events"},
    "methodologists": {"methodologists"},
}
"""What the page shows, and the tables that it takes."""


def about_staff_data(unit: Unit, released: Released) -> Section:
    """Make the section; it is there on every page, also on that of a municipality without any table of staff."""
    require_released(released)
    return about(unit, released, _missing(unit, released))


def _missing(unit: Unit, released: Released) -> list[Markup]:
    there = set(unit.facts["tables"])
    found = [say(f"staff_missing_{name}", unit.language) for name, tables in _TABLES.items() if not tables <= there]
    if not len(released.where(indicator="gap_moved")):
        found.append(say("staff_missing_visited", unit.language))
    return found
