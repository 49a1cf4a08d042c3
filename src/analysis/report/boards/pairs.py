"""Section on pairs for cooperation: which municipalities have something to tell each other, about what, and who is left over."""

from typing import Any

import pandas as pd
from markupsafe import Markup

from analysis.evidence import each
from analysis.intake.unit import Unit
from analysis.plan.pairs import INTEREST, KM_PER_TOPIC, PARTNER
from analysis.release import Released
from analysis.report import naming
from analysis.report.climate.scales import role_name
from analysis.report.html import Section, require_released
from analysis.report.sections import NOTHING, confidence, section, source_line
from analysis.report.tables import details
from analysis.words.catalogue import counted, label, labels, say
from analysis.words.collation import latvian_key
from analysis.words.numbers import listed, number

_NAMED = 4
"""Topics named of a direction; the rest is counted."""


def board_pairs(unit: Unit, released: Released) -> Section:
    """Make the section; where nothing is known of any municipality there is none."""
    require_released(released)
    own = released.where(indicator=["board_pair", "board_distance", "board_topic", "board_alone"])
    alone = own.where(indicator="board_alone").rows
    if not len(own) or ((alone["part"] == "unknown").all() and len(alone) == len(own)):
        return NOTHING
    language, names = unit.language, municipality_names(unit)
    pairs = own.where(indicator="board_pair").rows
    ordered = sorted(each(pairs), key=lambda row: sorted(latvian_key(names[one]) for one in _members(row)))
    items = [_pair(unit, own, row, names) for row in ordered]
    bodies = (
        [Markup("<ul>{}</ul>").format(Markup("").join(Markup("<li>{}</li>").format(i) for i in items))] if items else []
    )
    bodies += _left_over(unit, alone, names)
    how = say("pairs_how_text", language, km=number(KM_PER_TOPIC, language), confidence=confidence(unit))
    bodies.append(details(say("pairs_how", language), Markup("<p>{}</p>").format(how)))
    key = "" if items else "_none"
    heading = say(f"pairs_heading{key}", language, count=len(items), n=len(items))
    return section(unit, "pairs", heading, say(f"pairs_answer{key}", language), bodies, source_line(unit, own))


def municipality_names(unit: Unit) -> dict[str, str]:
    """Return the name of each municipality by its id."""
    places = unit.table("municipalities").astype({"municipality_id": "str", "name": "str"})
    return dict(zip(places["municipality_id"], places["name"], strict=True))


def _members(row: Any) -> tuple[str, str]:
    return row.municipality_id, row.group.removeprefix(PARTNER)


def _pair(unit: Unit, own: Released, row: Any, names: dict[str, str]) -> Markup:
    """Say what a pair is made of: who can tell about what, what both want, how far it is."""
    language = unit.language
    a, b = sorted(_members(row), key=lambda one: latvian_key(names[one]))
    distance = own.where(indicator="board_distance", municipality_id=row.municipality_id, group=row.group).rows
    km = say("pairs_no_km", language)
    if len(distance):
        km = say("pairs_km", language, km=number(distance["estimate"].iloc[0], language))
    parts = [Markup("<strong>{}</strong> ({}).").format(say("pairs_names", language, a=names[a], b=names[b]), km)]
    for one, other in ((a, b), (b, a)):
        topics = own.where(indicator="board_topic", municipality_id=one, group=PARTNER + other).rows
        topics = topics[~topics["part"].str.startswith(f"{INTEREST}:")]
        if len(topics):
            parts.append(say("pairs_tells", language, name=names[one], list=_topics(unit, topics)))
    both = own.where(indicator="board_topic", municipality_id=row.municipality_id, group=row.group).rows
    both = both[both["part"].str.startswith(f"{INTEREST}:")]
    if len(both):
        parts.append(say("pairs_both", language, list=_topics(unit, both)))
    return Markup(" ").join(parts)


def _topics(unit: Unit, rows: pd.DataFrame) -> str:
    """Name the first topics in alphabetical order and count the others."""
    names = sorted({topic_name(unit, row) for row in each(rows)}, key=latvian_key)
    more = [counted("topics", len(names) - _NAMED, unit.language)] if len(names) > _NAMED else []
    return "; ".join([*names[:_NAMED], *more])  # names hold commas and "and"


def topic_name(unit: Unit, row: Any) -> str:
    """Return what boards can talk about, in words."""
    indicator, part, role = row.part.split(":")
    own, language = unit.facts["labels"], unit.language
    if indicator == INTEREST:
        return label("board_interest", part, language, own=own)
    facts = {
        "domain": naming.domain(unit, row),
        "stage": naming.stage(unit, row, with_test=True) + naming.level(unit, row),
    }
    kind = {"skill_gap": "skill", "wellbeing_scale": "scale", "slo_dimension": "dimension"}.get(indicator)
    name = label(kind, part, language, own=own) if kind else facts["domain"]
    who = role_name(unit, f"role={role}") if role else ""
    return str(say(f"pairs_topic_{indicator}", language, name=name, who=who, **facts).unescape())


def _left_over(unit: Unit, alone: pd.DataFrame, names: dict[str, str]) -> list[Markup]:
    """Say why some have no partner, by reason; names in alphabetical order."""
    items = []
    for reason in labels()["board_alone"]:
        who = sorted((names[one] for one in alone.loc[alone["part"] == reason, "municipality_id"]), key=latvian_key)
        why = label("board_alone", reason, unit.language)
        items += [say("pairs_alone_item", unit.language, list=listed(who, unit.language), why=why)] if who else []
    told = Markup("").join(Markup("<li>{}</li>").format(item) for item in items)
    return [details(say("pairs_alone", unit.language), Markup("<ul>{}</ul>").format(told))] if items else []
