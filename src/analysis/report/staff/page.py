"""The page on teachers' development and methodologists: in short, and the frame around its sections."""

import re
from collections.abc import Iterator

from markupsafe import Markup

from analysis.intake.unit import Unit
from analysis.release import Released
from analysis.report.frame import footer, header_of
from analysis.report.html import Section, render, require_released
from analysis.report.sections import section
from analysis.report.staff import visits as staff_visits
from analysis.report.staff.events import without_event
from analysis.report.staff.gaps import GAP, competence, gap_in_words, lacking, no_gap_in_words
from analysis.words.catalogue import say
from analysis.words.numbers import listed


def staff_in_short(unit: Unit, released: Released) -> Section:
    """Say in a few sentences what is lacking, what no event was about, and where methodologists go first."""
    require_released(released)
    language, own = unit.language, released.where(municipality_id=unit.municipality_id)
    items = list(_items(unit, own)) or [(say("staff_short_nothing", language), "data")]
    words = [(text, link, say(f"nav_{link}", language)) for text, link in items]
    return section(unit, "short", say("staff_short_heading", language), "", [render("short.html.j2", items=words)])


def _items(unit: Unit, own: Released) -> Iterator[tuple[Markup, str]]:
    language = unit.language
    if below := lacking(unit, own):
        yield gap_in_words(unit, own, below[0]), "staff"
    elif len(gaps := own.where(indicator=GAP, school_id="")):
        yield no_gap_in_words(unit, gaps.rows), "staff"
    if without := without_event(unit, own):
        names = listed([competence(unit, row.part) for row in without], language)
        yield say("events_answer_missing", language, list=names), "events"
    plan = own.where(indicator=["visits_wanted", "visits_planned"])
    if len(plan):
        first = [staff_visits.heading(unit, plan) + ".", *staff_visits.first_in_words(unit, plan)]
        yield Markup(" ").join(first), "visits"


def staff_header(unit: Unit, released: Released, *sections: Section) -> Section:
    """Make the page's header with the contents of the sections that are there."""
    require_released(released)
    keys = re.findall(r'<section id="([a-z_]+)"', "".join(str(one.html) for one in sections))
    return header_of(unit, released, "staff", [(key, str(say(f"nav_{key}", unit.language))) for key in keys])


def staff_footer(unit: Unit, released: Released) -> Section:
    """Make the page's footer."""
    return footer(unit, released, "staff")
