"""Section on the plan before: have the gaps for which visits were planned moved more than they would by themselves?"""

from typing import Any

import pandas as pd
from markupsafe import Markup

from analysis.evidence import each
from analysis.intake.unit import Unit
from analysis.plan.visited import AFTER, BEFORE, EXPECTED, MOVED, OTHERS, VISITED
from analysis.release import Released
from analysis.release.door import DECIMALS
from analysis.report import naming, values
from analysis.report.html import Section, require_released
from analysis.report.sections import NOTHING, confidence, section, source_line
from analysis.report.staff.gaps import competence
from analysis.report.tables import Figure, table
from analysis.words.catalogue import label, say
from analysis.words.collation import latvian_key
from analysis.words.numbers import WITHHELD, number


def visited(unit: Unit, released: Released) -> Section:
    """Make the section; without an earlier issue of the board's page whose plan can be followed there is none."""
    require_released(released)
    own, language = released.where(municipality_id=unit.municipality_id), unit.language
    rows = [row for row in each(own.where(indicator=MOVED).rows) if row.domain]
    told = [row for row in rows if row.verdict in ("differs", "not_distinguishable")]
    if not rows:
        return NOTHING
    n = sum(row.verdict == "differs" for row in told)
    key = "few" if not told else "some" if n else "none"
    key += "_alone" if len(told) == 1 else ""
    answer = [say("visited_answer", language), *_beside(unit, own)]
    heading = say(f"visited_heading_{key}", language, count=len(told), n=n, all=len(told))
    followed = own.where(indicator=[BEFORE, AFTER, EXPECTED, MOVED])
    return section(
        unit, "visited", heading, Markup(" ").join(answer), [_table(unit, own, rows)], source_line(unit, followed)
    )


def _beside(unit: Unit, own: Released) -> list[Markup]:
    """Say by how much gaps changed on average where visits were planned and elsewhere, where both are told."""
    found = {row.part: row for row in each(own.where(indicator=MOVED, domain="").rows.dropna(subset=["estimate"]))}
    if not {VISITED, OTHERS} <= set(found):
        return []
    facts = {name: _level(found[part], unit.language) for name, part in (("own", VISITED), ("others", OTHERS))}
    said = {f"{name}_interval": one.interval for name, one in facts.items()} | {n: one.text for n, one in facts.items()}
    return [say("visited_beside", unit.language, confidence=confidence(unit, own.where(indicator=MOVED)), **said)]


def _table(unit: Unit, own: Released, rows: list[Any]) -> Markup:
    language, names = unit.language, dict(naming.alphabetical(unit))
    at = {
        (row.indicator, row.school_id, row.part): row
        for row in each(own.where(indicator=[BEFORE, AFTER, EXPECTED]).rows)
    }
    order = sorted(
        rows, key=lambda row: (latvian_key(names.get(row.school_id, "")), latvian_key(competence(unit, row.part)))
    )
    body = [
        (
            f"{names.get(row.school_id) or say('visited_whole', language)}: {competence(unit, row.part)}",
            *(_level(at.get((name, row.school_id, row.part)), language) for name in (BEFORE, EXPECTED, AFTER)),
            _moved(row, language),
        )
        for row in order
    ]
    head = [str(say(f"column_{name}", language)) for name in ("place", BEFORE, EXPECTED, AFTER, MOVED)]
    facts = {"confidence": confidence(unit, own.where(indicator=MOVED)), "years": naming.years(unit, rows[0])}
    return table(language, str(say("visited_caption", language, **facts).unescape()), head, body)


def _level(row: Any, language: str) -> Figure:
    if row is None or pd.isna(row.estimate):
        return Figure(WITHHELD)
    n = "" if pd.isna(row.low) or row.indicator == MOVED else f"n\u00a0{number(int(row.n), language)}"
    small = " · ".join(filter(None, (values.interval(row, language), n)))
    return Figure(number(row.estimate, language, DECIMALS["level"], signed=True), small)


def _moved(row: Any, language: str) -> Figure:
    """Return the verdict with what it rests on."""
    if not row.verdict:
        return Figure(WITHHELD)
    code = ("smaller" if row.estimate < 0 else "larger") if row.verdict == "differs" else row.verdict
    one = _level(row, language)
    return Figure(label("moved", code, language), "" if row.verdict == "too_few" else f"{one.text} ({one.interval})")
