"""The review that a board files every four years: its chapters, filled with the page's own sections and the board's words."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from markupsafe import Markup

from analysis.intake.unit import Unit
from analysis.release import Released
from analysis.report.activities.section import activities
from analysis.report.changed import what_changed
from analysis.report.climate.section import climate
from analysis.report.council.frame_of_strategy import frame_of_strategy
from analysis.report.data import about_data
from analysis.report.document.text_document import document
from analysis.report.drawing import pictures_kept
from analysis.report.early.signs import early_signs
from analysis.report.frame import TextDocument, footer, header_of, title
from analysis.report.hours import hours
from analysis.report.html import Section, render, require_released
from analysis.report.moves import how_it_moves
from analysis.report.outline import Chapter, Part, load_outline
from analysis.report.school_differences import schools
from analysis.report.short import in_short
from analysis.report.skills import skills
from analysis.report.staff.events import cooperation, development
from analysis.report.staff.gaps import staff_gaps
from analysis.report.staff.visits import visits
from analysis.report.support.places import support_places
from analysis.report.support.who import who_needs_support
from analysis.report.targets.section import targets
from analysis.report.where import where_we_are
from analysis.words.catalogue import label, say
from analysis.words.numbers import listed

MAKERS: Mapping[str, Callable[[Unit, Released], Section]] = {
    "short": in_short,
    "where": where_we_are,
    "moves": how_it_moves,
    "groups": partial(who_needs_support, whole=False),
    "early": early_signs,
    "schools": schools,
    "skills": partial(skills, whole=False),
    "climate": climate,
    "activities": activities,
    "staff": staff_gaps,
    "events": development,
    "cooperation": cooperation,
    "visits": visits,
    "hours": partial(hours, whole=False),
    "targets": targets,
    "support": support_places,
    "changed": what_changed,
    "frame": frame_of_strategy,
    "data": about_data,
}
"""Sections that a part of the review may show, by their name in ``params/review.yml``."""


@dataclass(frozen=True)
class Review:
    """The review: its chapters as one section, their headings, and its figures as PNG by alternative text."""

    section: Section
    contents: tuple[tuple[str, str], ...]
    pictures: Mapping[str, bytes]

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Any:
        return self.section._repr_mimebundle_(include, exclude)


def four_year_review(unit: Unit, released: Released) -> Review:
    """Fill the skeleton of ``params/review.yml``.

    Parameters
    ----------
    unit : Unit
        The municipality, its own words (``comments``) and those of the last review (``previous_review``).
    released : Released
        All evidence of the municipality.

    Returns
    -------
    Review
        A part whose figures were not delivered says so, and which tables it would need; none is left out.
    """
    require_released(released)
    chapters = load_outline().chapters
    with pictures_kept() as pictures:
        html = render(
            "review.html.j2",
            chapters=[_chapter(unit, released, chapter) for chapter in chapters],
            previous_head=say("review_previous", unit.language),
            now_head=say("review_now", unit.language),
            now_empty=say("review_now_empty", unit.language),
            comment_by=say("comment_by", unit.language),
        )
    contents = tuple((c.key, getattr(c.title, unit.language)) for c in chapters)
    return Review(Section(html), contents, dict(pictures))


def review_header(unit: Unit, released: Released, review: Review) -> Section:
    """Make the review's header with its chapters as contents."""
    require_released(released)
    return header_of(unit, released, "review", review.contents)


def review_footer(unit: Unit, released: Released) -> Section:
    """Make the review's footer."""
    return footer(unit, released, "review")


def review_document(unit: Unit, released: Released, review: Review) -> TextDocument:
    """Return the review as DOCX: what the page says, in a form that the board can edit and file."""
    parts = (review_header(unit, released, review), review.section, review_footer(unit, released))
    page = "".join(str(part.html) for part in parts)
    return TextDocument(document(page, unit.language, title(unit, released, "review"), review.pictures))


def _chapter(unit: Unit, released: Released, chapter: Chapter) -> dict[str, Any]:
    return {
        "key": chapter.key,
        "title": getattr(chapter.title, unit.language),
        "parts": [_part(unit, released, part) for part in chapter.parts],
    }


def _part(unit: Unit, released: Released, part: Part) -> dict[str, Any]:
    bodies = list(_bodies(unit, released, part))
    return {
        "key": part.key,
        "title": getattr(part.title, unit.language),
        "previous": unit.params.previous_review.get(part.key, ""),
        "comment": unit.params.comments.get(part.key, ""),
        "bodies": bodies,
        "missing": "" if bodies else _missing(unit, part),
    }


def _bodies(unit: Unit, released: Released, part: Part) -> Iterator[Markup]:
    for name in part.shows:
        if name in MAKERS and (made := MAKERS[name](unit, released)).html:
            yield _lowered(made.html)


def _lowered(html: Markup) -> Markup:
    """Put headings two levels lower, without the page's own numbers: a section is a piece of a part of a chapter here."""
    plain = re.sub(r'(class="q">)\d+\s·\s', r"\1", str(html))  # str: in Markup a replacement would be escaped
    return Markup(re.sub(r"<(/?)h([23])\b", lambda found: f"<{found[1]}h{int(found[2]) + 2}", plain))


def _missing(unit: Unit, part: Part) -> Markup:
    """Say what a part would need: tables that were not delivered, or figures that no table holds."""
    language = unit.language
    if not part.needs:
        return say("review_by_hand", language)
    given = set(unit.facts["tables"])
    names = [label("table", table, language) for table in part.needs]
    key = "review_not_shown" if given & set(part.needs) else "review_not_delivered"
    return say(key, language, tables=listed(names, language), count=len(names))
