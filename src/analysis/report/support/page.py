"""The page of the support plan: what is decided by it, in short, and the frame around its sections."""

import math
import re
from collections.abc import Iterator

from markupsafe import Markup

from analysis.evidence import each
from analysis.intake.unit import Unit
from analysis.release import Released
from analysis.report.frame import footer, header_of
from analysis.report.html import Section, render, require_released
from analysis.report.sections import section
from analysis.report.support.audit import minutes, range_of
from analysis.report.support.curves import in_sentences
from analysis.report.support.even import even_in_short, money_short
from analysis.report.support.kinds import LACKS, kinds, name_of, told_as
from analysis.report.support.places import heading, lacks_in_short
from analysis.report.ways import ways_in_short
from analysis.words.catalogue import say
from analysis.words.numbers import listed, number, span

_NAMED = 3
Item = tuple[Markup, str]


def plan_in_short(unit: Unit, released: Released) -> Section:
    """Say in a few sentences what the plan comes to: who is left, minutes, one more post, a cut, what it costs."""
    require_released(released)
    language = unit.language
    items = [
        *_left(unit, released),
        *_minutes(unit, released),
        *_more(unit, released),
        *_even(unit, released),
        *_cost(unit, released),
        *ways_in_short(unit, released),
    ]
    known = kinds(unit, released)
    if not items:
        items = [(say("plan_nothing", language) if not known else heading(unit, known) + ".", "data")]
    words = [(text, link, say(f"nav_{link}", language)) for text, link in items]
    title = heading(unit, known) if known else say("plan_heading_nothing", language)
    return section(unit, "short", title, "", [render("short.html.j2", items=words)])


def _left(unit: Unit, released: Released) -> Iterator[Item]:
    for kind in [kind for kind in kinds(unit, released) if kind.state == LACKS][:_NAMED]:
        yield lacks_in_short(unit, kind), "support"


def _minutes(unit: Unit, released: Released) -> Iterator[Item]:
    """Give minutes of specialists for whom the State Audit Office has figures."""
    language, known = unit.language, kinds(unit, released)
    items = [
        say("plan_minutes_item", language, name=name_of(unit, told_as(one.part, known)), n=number(one.need.estimate, language),
            interval=span(one.need.low, one.need.high, language), audit=range_of(one.audit, language))
        for one in minutes(unit, released)
        if one.audit is not None and one.need is not None
    ]  # fmt: skip
    if items:
        yield (
            say("plan_minutes_below", language, list=Markup(listed([str(item) for item in items], language))),
            "support",
        )


def _more(unit: Unit, released: Released) -> Iterator[Item]:
    words = list(in_sentences(unit, released))
    if words:
        yield Markup(" ").join(words), "more"


def _even(unit: Unit, released: Released) -> Iterator[Item]:
    if words := even_in_short(unit, released):
        yield words, "by_school"


def _cost(unit: Unit, released: Released) -> Iterator[Item]:
    rows = released.where(indicator="plan_cost", municipality_id=unit.municipality_id, part="").rows
    for row in each(rows):
        if not math.isnan(row.estimate):
            cost = say("plan_cost", unit.language, euro=number(row.estimate, unit.language))
            yield Markup(" ").join(filter(None, (cost, money_short(unit, released)))), "support"


def unnumbered(*sections: Section) -> list[Section]:
    """Take the municipality page's numbers off the questions of its sections, for a page with an order of its own."""
    return [Section(Markup(re.sub(r'(class="q">)\d+\s·\s', r"\1", str(one.html))), one.facts) for one in sections]


def plan_header(unit: Unit, released: Released, *sections: Section) -> Section:
    """Make the header of the plan's page with the contents of the sections that are there."""
    require_released(released)
    keys = re.findall(r'<section id="([a-z_]+)"', "".join(str(one.html) for one in sections))
    return header_of(unit, released, "plan", [(key, str(say(f"nav_{key}", unit.language))) for key in keys])


def plan_footer(unit: Unit, released: Released) -> Section:
    """Make the footer of the plan's page."""
    return footer(unit, released, "plan")
