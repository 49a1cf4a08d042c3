"""Section on development events: who was trained, in which form, for how many hours, beside what is lacking."""

import math
from collections.abc import Iterator
from typing import Any

import pandas as pd
from markupsafe import Markup

from analysis.evidence import each
from analysis.intake.unit import Unit
from analysis.release import Released
from analysis.release.door import DECIMALS
from analysis.report import naming
from analysis.report.html import Section, require_released
from analysis.report.sections import NOTHING, section, source_line
from analysis.report.staff.gaps import GAP, competence, lacking
from analysis.report.tables import details, table
from analysis.stats.staff.events import NO_TOPIC
from analysis.words.catalogue import capitalised, label, labels, say
from analysis.words.collation import latvian_key
from analysis.words.numbers import WITHHELD, listed, number

_HOURS = "development_hours"
_TOGETHER = ("collaboration", "supervision")


def development(unit: Unit, released: Released) -> Section:
    """Make the section; without events there is none."""
    require_released(released)
    own = released.where(municipality_id=unit.municipality_id)
    rows = own.where(indicator=_HOURS, school_id="")
    if not len(rows):
        return NOTHING
    language, without = unit.language, without_event(unit, own)
    names = listed([competence(unit, row.part) for row in without], language)
    known = lacking(unit, own)
    key = "missing" if without else "all" if known else "plain"
    answer = [*_answer(unit, rows), *([say("events_answer_missing", language, list=names)] if without else [])]
    bodies = [_topics(unit, own), *_ways(unit, rows)]
    heading = say(f"events_heading_{key}", language, list=names)
    return section(unit, "events", heading, Markup(" ").join(answer), bodies, source_line(unit, rows))


def cooperation(unit: Unit, released: Released) -> Section:
    """Make the review's section on events of the programmes, joint ones and supervision; without either there is none."""
    require_released(released)
    language, rows = unit.language, released.where(municipality_id=unit.municipality_id, indicator=_HOURS, school_id="")
    forms = [row for row in each(rows.where(test="", group=[f"form={form}" for form in _TOGETHER]).rows) if row.n > 0]
    if not forms and not rows.rows["test"].ne("").any():
        return NOTHING
    said = [_together(row, language) for row in forms]
    heading = say(f"cooperation_heading{'' if said else '_none'}", language, list=capitalised(listed(said, language)))
    tests = sorted({*rows.rows["test"]} - {""})
    bodies = [table_of for test in tests for table_of in _tables(unit, rows, test)]
    return section(unit, "cooperation", heading, say("cooperation_answer", language), bodies, source_line(unit, rows))


def _together(row: Any, language: str) -> str:
    """Name a form and how many took part."""
    n = say("events_participants", language, count=int(row.n), n=number(int(row.n), language))
    return str(say("cooperation_item", language, form=label("event_form", row.group.partition("=")[2], language), n=n))


def without_event(unit: Unit, own: Released) -> list[Any]:
    """Return the gaps about which there was no event at all."""
    topics = set(own.where(indicator=_HOURS, school_id="").rows["part"])
    return [row for row in lacking(unit, own) if row.part not in topics] if topics else []


def _answer(unit: Unit, rows: Released) -> list[Markup]:
    language = unit.language
    whole = next(each(rows.where(part="", group="", test="").rows), None)
    if whole is None or pd.isna(whole.n):
        return []
    n = say("events_participants", language, count=int(whole.n), n=number(int(whole.n), language))
    facts = {"years": naming.years(unit, whole), "n": n}
    if math.isnan(whole.estimate):
        return [say("events_answer_unknown", language, **facts)]
    return [say("events_answer", language, hours=number(whole.estimate, language), **facts)]


def _topics(unit: Unit, own: Released) -> Markup:
    """Put topics and gaps side by side: topics alphabetically, gaps without an event among them."""
    language = unit.language
    topics = {row.part: row for row in each(own.where(indicator=_HOURS, test="", school_id="").rows) if row.part}
    gaps = {row.part: row for row in each(own.where(indicator=GAP, school_id="").rows) if row.verdict == "differs"}
    lacks = {part for part, row in gaps.items() if row.estimate > 0}
    names = {part: _topic(unit, part) for part in [*topics, *(p for p in lacks if p not in topics)]}
    lacked = {part: number(gaps[part].estimate, language, DECIMALS["level"]) for part in lacks}
    order = sorted(names, key=lambda part: (part == NO_TOPIC, latvian_key(names[part])))
    body = [(capitalised(names[part]), *_figures(unit, topics.get(part)), lacked.get(part, "–")) for part in order]
    head = [str(say(f"column_{name}", language)) for name in ("topic", "participants", "hours_of_all", "gap")]
    caption = say("events_caption", language, years=naming.years(unit, next(iter(topics.values()))))
    return table(language, str(caption), head, body)


def _topic(unit: Unit, part: str) -> str:
    if part == NO_TOPIC:
        return str(say("events_other", unit.language))
    return competence(unit, part) if part in labels()["competence"] else part


def _figures(unit: Unit, row: Any) -> tuple[str, str]:
    language = unit.language
    if row is None:
        return str(say("events_none", language)), "–"
    if pd.isna(row.n):
        return WITHHELD, WITHHELD
    return number(int(row.n), language), "–" if math.isnan(row.estimate) else number(row.estimate, language)


def _ways(unit: Unit, rows: Released) -> list[Markup]:
    """Fold forms and audiences of all events, and forms within each programme."""
    tables = [one for test in sorted(rows.rows["test"].unique()) for one in _tables(unit, rows, test)]
    return [details(say("events_ways", unit.language), *tables)] if tables else []


def _tables(unit: Unit, rows: Released, test: str) -> Iterator[Markup]:
    """Make tables of forms and of audiences: of one programme, or (empty) of all events."""
    language, years = unit.language, naming.years(unit, next(each(rows.rows)))
    for by, kind in (("form", "event_form"), ("audience", "audience")):
        found = [row for row in each(rows.where(test=test).rows) if row.group.startswith(f"{by}=")]
        body = [
            (capitalised(label(kind, row.group.partition("=")[2], language)), *_figures(unit, row)) for row in found
        ]
        whole = next(each(rows.where(test=test, part="", group="").rows), None)
        body += [(str(say("events_together", language)), *_figures(unit, whole))] if test else []
        head = [str(say(f"column_{name}", language)) for name in (by, "participants", "hours_of_all")]
        caption = say(f"events_{'programme' if test else by}_caption", language, years=years, programme=test)
        if found:
            yield table(language, str(caption.unescape()), head, body)
