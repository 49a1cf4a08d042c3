"""What can be decided of targets: those off course, those that cannot be told, those that cannot be measured."""

from collections.abc import Iterator
from typing import Any

import pandas as pd
from markupsafe import Markup

from analysis.aims import FOLLOWED
from analysis.evidence import each
from analysis.intake.unit import Unit
from analysis.plan.targets import CANNOT_TELL, NOT_MEASURABLE, OFF_COURSE, states
from analysis.release import Released
from analysis.report import naming, values
from analysis.report.council.candidate import Candidate
from analysis.report.sections import confidence_of
from analysis.report.targets.names import target_figure, target_id, target_name
from analysis.words.catalogue import counted, say
from analysis.words.numbers import number, school_year


def of_targets(unit: Unit, own: Released) -> Iterator[Candidate]:
    """Give each target that is off course, cannot be told or cannot be measured."""
    rows = own.where(indicator="target").rows
    if rows.empty:
        return
    settled = own.where(indicator="target_settled", unit="probability").rows.dropna(subset=["estimate"])
    values_of = {row.part: row for row in each(rows[rows["unit"] != "probability"])}
    for row, state in zip(each(rows), states(rows), strict=True):
        told = values_of.get(row.part)
        if state == NOT_MEASURABLE:
            yield _unmeasured(unit, row)
        elif row.unit == "probability" and state in (CANNOT_TELL, OFF_COURSE) and told is not None:
            yield _target(unit, row, state, told, list(each(settled[settled["part"] == row.part])))


def _name(unit: Unit, row: Any) -> str:
    """Name a place in the country as the page's other lines name tests; shares and support by what they are."""
    key = target_id(row.part)
    if any(aim.id == key and FOLLOWED[aim.indicator][0] in ("percent", "minutes") for aim in unit.aims):
        return target_name(unit, row)
    return naming.what(unit, row) + (f" · {naming.group(unit, row.group)}" if row.group else "")


def _unmeasured(unit: Unit, row: Any) -> Candidate:
    language, key = unit.language, target_id(row.part)
    decide = say("council_target_unmeasured", language, target=_name(unit, row))
    why = say(f"targets_why_{row.part.rpartition(':')[2]}", language)
    reason = say("council_target_unmeasured_why", language, years=naming.years(unit, row), why=why)
    return Candidate(
        f"target:{key}", frozenset({f"target:{key}"}), decide, reason, say("council_reached_none", language)
    )


def _target(unit: Unit, row: Any, state: str, told: Any, planned: list[Any]) -> Candidate:
    language, certain = unit.language, state == OFF_COURSE
    best = max(planned, key=lambda one: one.estimate, default=None)
    settle = Markup("")
    if best is not None:
        facts = {"years": naming.years(unit, _year_only(best)), "chance": number(best.estimate, language, 2)}
        settle = say("council_target_settle", language, **facts)
    words = {"target": _name(unit, row), "years": naming.years(unit, _year_only(row))}
    reason = say(f"council_target_{state}_why", language, chance=number(row.estimate, language, 2), settle=settle,
                 expected=_expected(told, language),
                 confidence=confidence_of(unit, told), interval=values.interval(told, language), years=words["years"],
                 n=counted("pupils" if told.unit == "minutes" else "results", int(row.n), language))  # fmt: skip
    first = min((int(one.school_year) for one in planned), default=0)
    measured = str(say("council_in_year", language, year=school_year(first, language)).unescape()) if first else ""
    return Candidate(f"target:{row.part}", frozenset({f"target:{row.part}"}), say(f"council_target_{state}", language, **words),
                     reason, say("council_reached_none", language), certain=certain, measured=measured, row=told)  # fmt: skip


def _expected(told: Any, language: str) -> str:
    """Say what is expected: a place in the country, or a figure in the target's own unit."""
    if told.unit in ("percent", "minutes"):
        return str(say("council_target_figure", language, estimate=target_figure(told, language)))
    place = str(say(f"gap_{told.unit}", language, gap=values.estimate(told, language)).unescape())
    return str(say("council_target_place", language, estimate=place))


def _year_only(row: Any) -> Any:
    return row._replace(year_from=pd.NA)
