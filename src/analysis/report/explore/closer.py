"""The views that the board kept while exploring, between the sections and what is said about the data."""

from markupsafe import Markup

from analysis.intake.unit import Unit
from analysis.release import Released
from analysis.report.explore.choosing import available
from analysis.report.explore.views import show
from analysis.report.html import Section, render, require_released
from analysis.report.sections import NOTHING, section
from analysis.words.catalogue import say


def kept_views(unit: Unit, released: Released) -> Section:
    """Make the section of the views that the municipality's parameters name; none named, no section.

    A view that the data do not hold any more says so.
    """
    require_released(released)
    views = unit.params.views
    if not views:
        return NOTHING
    known = available(unit, released, [view.measure for view in views])
    bodies = [render("view.html.j2", shown=show(known, view), level=3) for view in views]
    return section(unit, "closer", say("closer_heading", unit.language), Markup(""), bodies)
