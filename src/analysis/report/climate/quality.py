"""Quality levels of schools: how many are at each, by their own judgement and by accreditation, and where the two differ."""

from typing import Any

from markupsafe import Markup

from analysis.evidence import each
from analysis.intake.unit import Unit
from analysis.release import Released
from analysis.report.climate.parted import parted
from analysis.report.climate.scales import names_in_order
from analysis.report.tables import Figure, details, table
from analysis.stats.climate.quality import FEWEST_TO_COUNT
from analysis.words.catalogue import capitalised, label, say
from analysis.words.numbers import number

_LEVELS = (1, 2, 3, 4)


def quality_bodies(unit: Unit, released: Released) -> list[Markup]:
    """Fold a table of criteria; nothing where fewer than three schools have a level."""
    own = released.where(municipality_id=unit.municipality_id, school_id="")
    counts = _by_part(own, "quality_schools")
    criteria = names_in_order({part.split("|")[0] for part in counts}, "criterion", unit)
    if not criteria:
        return []
    language, apart = unit.language, _by_part(own, "quality_apart")
    body = [
        [
            capitalised(criterion_name(unit, criterion)),
            *(_counts(counts, f"{criterion}|{source}", language) for source in ("self", "accreditation")),
            _apart(apart, criterion, language),
        ]
        for criterion in criteria
    ]
    head = [str(say(f"column_{name}", language)) for name in ("criterion", "self", "accreditation", "apart")]
    text = Markup("<p>{}</p>").format(Markup(" ").join([say("quality_text", language), *_parted(unit, released)]))
    made = table(language, str(say("quality_caption", language)), head, body)
    return [details(say("quality_title", language), made, text)]


def _parted(unit: Unit, released: Released) -> list[Markup]:
    """Count the schools in which level and data point apart, where three at least have both; only the board's edition can."""
    found = parted(unit, released)
    counts = found.assign(apart=found["side"] != "").groupby("criterion")["apart"].agg(["sum", "size"])
    counts = counts[counts["size"] >= FEWEST_TO_COUNT]
    if counts.empty:
        return []
    language, apart = unit.language, counts[counts["sum"] > 0]
    items = [
        str(say("quality_parted_item", language, criterion=criterion_name(unit, name), n=row["sum"], all=row["size"]))
        for name in names_in_order(set(apart.index), "criterion", unit)
        for row in [apart.loc[name]]
    ]
    return [say("quality_parted", language, list="; ".join(items)) if items else say("quality_parted_none", language)]


def criterion_name(unit: Unit, code: str) -> str:
    """Return the name of a criterion; a map may bring its own."""
    return label("criterion", code, unit.language, own=unit.facts["labels"])


def _by_part(rows: Released, indicator: str) -> dict[str, Any]:
    return {row.part: row for row in each(rows.where(indicator=indicator).rows.dropna(subset=["estimate"]))}


def _counts(counts: dict[str, Any], part: str, language: str) -> Figure:
    """Return the number of schools at each level, from the lowest, and of how many."""
    found = [counts.get(f"{part}|{level}") for level in _LEVELS]
    there = [row for row in found if row is not None]
    if not there:
        return Figure("–")
    text = " · ".join(number(row.estimate, language) if row is not None else "0" for row in found)
    return Figure(text, str(say("quality_of", language, n=int(there[0].n))))


def _apart(apart: dict[str, Any], criterion: str, language: str) -> Figure:
    sides = [apart.get(f"{criterion}|{side}") for side in ("higher", "lower")]
    if None in sides:
        return Figure("–")
    text = " · ".join(number(row.estimate, language) for row in sides if row is not None)
    return Figure(text, str(say("quality_of", language, n=int(sides[0].n)))) if sides[0] is not None else Figure("–")
