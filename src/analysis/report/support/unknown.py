"""What is not known of need, entitlement and places, in words."""

from collections.abc import Iterator
from typing import Any

import pandas as pd
from markupsafe import Markup

from analysis.evidence import each
from analysis.intake.unit import Unit
from analysis.release import Released
from analysis.report.support.kinds import kinds, name_of, told, unknown_places
from analysis.report.tables import details
from analysis.words.catalogue import capitalised, counted, label, labels, say
from analysis.words.numbers import listed, number

_COUNTED = ("not_enrolled", "not_eligible", "unknown", "no_results")


def unknown_folded(unit: Unit, released: Released) -> list[Markup]:
    """Fold what is not known; nothing where everything is."""
    items = list(dict.fromkeys(_items(unit, released)))
    if not items:
        return []
    body = Markup("<ul>{}</ul>").format(Markup("").join(Markup("<li>{}</li>").format(item) for item in items))
    return [details(say("places_unknown", unit.language), body)]


def _items(unit: Unit, released: Released) -> Iterator[Markup]:
    language = unit.language
    for kind in unknown_places(unit, released):
        facts: dict[str, Any] = {"served": ""}
        if told(kind.served):
            facts["served"] = say("places_unneeded_served", language, n=number(kind.served.estimate, language))
        n = int(kind.places.estimate) if told(kind.places) else None
        places = (
            say("places_not_given", language)
            if n is None
            else say("places_are", language, count=n, n=number(n, language))
        )
        yield say("places_unneeded", language, Name=capitalised(name_of(unit, kind.part)), places=places, **facts)
    for kind in kinds(unit, released):
        if kind.reached is None and kind.places is None:
            yield say("places_no_file", language, Name=capitalised(name_of(unit, kind.part)))
    yield from _notes(unit, released)


def _notes(unit: Unit, released: Released) -> Iterator[Markup]:
    """Give the reasons why a need is not known; kinds of one reason are named together, kinds of one programme too."""
    language, told_of = unit.language, dict[str, list[str]]()
    unneeded = {kind.part for kind in unknown_places(unit, released)}
    for row in each(released.where(indicator="support_note", municipality_id=unit.municipality_id).rows):
        part, _, code = row.part.partition(":")
        if code == "clash":
            yield say("places_clash", language)
            continue
        reason = code if code in labels()["need_note"] else "unknown"
        if reason == "need_unknown" and part in unneeded:
            continue  # said with its places
        if reason not in _COUNTED:
            told_of.setdefault(reason, []).append(name_of(unit, part))
        elif not pd.isna(row.n):  # a count that is withheld is not told as "some" either
            facts = {"what": label("need_note", reason, language), "n": counted("pupils", int(row.n), language)}
            yield say("places_unknown_count", language, Name=capitalised(name_of(unit, part)), **facts)
    for reason, names in told_of.items():
        what = label("need_note", reason, language)
        yield say("places_unknown_item", language, Name=capitalised(listed(names, language)), what=what)
