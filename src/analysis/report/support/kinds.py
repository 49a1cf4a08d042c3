"""Kinds of support as the page tells them: a programme or its specialist, with need, places, who is served, who is left."""

import math
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.evidence import each
from analysis.intake.unit import Unit
from analysis.release import Released
from analysis.report.programme_names import programmes_of
from analysis.words.catalogue import label, labels, say
from analysis.words.numbers import listed

_ROWS = ("support_need", "support_served", "support_unmet", "plan_served", "plan_unserved", "support_places")
LACKS, ENOUGH, UNSURE, UNKNOWN = "lacks", "enough", "unsure", "unknown"


@dataclass(frozen=True)
class Kind:
    """One kind of support in one place: released rows, None where there is none.

    Attributes
    ----------
    part : str
        ``programme`` or ``programme/specialist``.
    need, served, reached, left, places : row or None
        Children who need it, of them those who get it now, those whom the plan serves, those whom it (without a plan:
        today) leaves, and places.
    """

    part: str
    need: Any = None
    served: Any = None
    reached: Any = None
    left: Any = None
    places: Any = None

    @property
    def state(self) -> str:
        """Whether children are surely left, surely not, or neither; unknown without need, or without who is served."""
        if not told(self.need) or not told(self.left):
            return UNKNOWN
        least = self.left.estimate if math.isnan(self.left.low) else self.left.low
        most = self.left.estimate if math.isnan(self.left.high) else self.left.high
        return LACKS if least >= 1 else ENOUGH if most < 1 else UNSURE

    @property
    def limits(self) -> tuple[str, ...]:
        """What binds, by :mod:`analysis.plan.binding`; nothing where there is no plan or nobody is left."""
        method = "" if self.reached is None or self.left is None else str(self.left.method)
        return tuple(filter(None, method.removeprefix("limit:").split("+"))) if method.startswith("limit:") else ()


def told(row: Any) -> bool:
    """Tell whether there is a row and its figure is shown."""
    return row is not None and not math.isnan(row.estimate)


def rounded_apart(kind: Kind) -> bool:
    """Tell whether, as printed, who is served and who is left do not add up to the need."""
    known = told(kind.need) and told(kind.reached) and told(kind.left)
    return bool(known and kind.need.estimate != kind.reached.estimate + kind.left.estimate)


def kinds(unit: Unit, released: Released, school_id: str = "") -> list[Kind]:
    """List the kinds of support with a need that is known: most children left first, then most in need.

    Without places of a programme there is no plan for it that says anything: today's figures stand for it.
    """
    rows = released.where(indicator=list(_ROWS), municipality_id=unit.municipality_id, grade="")
    offered = {row.part for row in each(rows.where(indicator="support_places").rows)}
    of: dict[str, dict[str, Any]] = {}
    for row in each(rows.where(school_id=school_id).rows):
        of.setdefault(row.part, {})[row.indicator] = row
    found = [_kind(part, own, offered) for part, own in of.items() if told(own.get("support_need"))]
    return sorted(found, key=lambda kind: (-_size(kind.left), -_size(kind.need), kind.part))


def _kind(part: str, own: dict[str, Any], offered: set[str]) -> Kind:
    need, served, places = own["support_need"], own.get("support_served"), own.get("support_places")
    if "plan_served" in own and offered & {part, part.partition("/")[0]}:
        return Kind(part, need, served, own["plan_served"], own.get("plan_unserved"), places)
    return Kind(part, need, served, None, own.get("support_unmet"), places)


def _size(row: Any) -> float:
    return float(row.estimate) if told(row) else 0.0


def told_as(part: str, known: list[Kind]) -> str:
    """Return the kind that a part of the capacity belongs to: places stand by specialist, some needs by programme alone."""
    return part if any(kind.part == part for kind in known) else part.partition("/")[0]


def name_of(unit: Unit, part: str) -> str:
    """Return a kind's name: the specialist where there is one (``psihologs``), otherwise the programme, in small letters."""
    code, _, specialist = part.partition("/")
    known = programmes_of(unit)
    if specialist:
        names = known.specialists.get(specialist)
        return f"„{specialist}”" if names is None else str(getattr(names, unit.language))
    return _lowered(programme_name(unit, code))


def programme_name(unit: Unit, code: str) -> str:
    """Return a programme's name; an unknown code stays as it is, in quotation marks."""
    entries = [entry for entry in programmes_of(unit).entries if entry.code == code]
    if not entries:
        return f"„{code}”" if unit.language == "lv" else f"“{code}”"
    return str(getattr(entries[-1].name, unit.language))


def _lowered(name: str) -> str:
    return name[:1].lower() + name[1:] if name[1:2].islower() else name


def because(unit: Unit, kind: Kind, besides: tuple[str, ...] = ()) -> str:
    """Say which limit binds, as an end of a sentence: ``trūkst vietu un naudas``; empty where none (else) is known."""
    language, limits = unit.language, [limit for limit in kind.limits if limit not in besides]
    for alone in ("floor", "no_capacity"):
        if alone in limits:
            return str(say(f"places_{alone}", language).unescape())
    known = [label("limit", code, language) for code in limits if code in labels()["limit"]]
    return str(say("places_limits", language, list=listed(known, language)).unescape()) if known else ""


def misplaced(unit: Unit, released: Released, part: str) -> int:
    """Count places of a kind that stand in schools where surely fewer children need them."""
    own = released.where(municipality_id=unit.municipality_id, part=part, grade="")
    places = {row.school_id: row.estimate for row in each(own.where(indicator="support_places").rows) if row.school_id}
    need = {row.school_id: row.high for row in each(own.where(indicator="support_need").rows)}
    return int(sum(max(n - need[school], 0) for school, n in places.items() if need.get(school, math.nan) < n))


def unknown_places(unit: Unit, released: Released) -> list[Kind]:
    """List places of kinds whose need is not known, with who gets them now."""
    own = released.where(municipality_id=unit.municipality_id, school_id="", grade="")
    named = own.where(indicator=["support_need", "support_note", "support_served"])
    parts = {str(row.part).split(":")[0] for row in each(named.rows)}
    by_specialist = {part.partition("/")[0] for part in parts if "/" in part}
    needed = {row.part for row in each(own.where(indicator="support_need").rows)}
    served = {row.part: row for row in each(own.where(indicator="support_served").rows)}
    found = []
    for row in each(own.where(indicator="support_places").rows):
        programme, _, specialist = row.part.partition("/")
        if bool(specialist) == (programme in by_specialist) and row.part not in needed:
            found.append(Kind(row.part, served=served.get(row.part), places=row))
    return sorted(found, key=lambda kind: kind.part)


def heading_name(unit: Unit, kind: Kind) -> str:
    """Return for whom places are lacking, as a heading says it; empty where the catalogue has no such form."""
    given = labels()["places_for"].get(kind.part)
    return str(given[unit.language]) if given else ""


def is_missing(row: Any) -> bool:
    """Tell whether a row is there, but its figure is not."""
    return row is not None and bool(pd.isna(row.estimate))
