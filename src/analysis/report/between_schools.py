"""Section 5: how much of the differences lies between schools, and in how many of them high results are rare or frequent."""

from typing import Any

from markupsafe import Markup

from analysis.evidence import each
from analysis.intake.unit import Unit
from analysis.release import Released
from analysis.report import high_results, naming, values
from analysis.report.school.tables import Compared, of_test
from analysis.report.sections import confidence_of, newest
from analysis.words.catalogue import say
from analysis.words.numbers import listed

_FEWEST_SCHOOLS = 3


def between_schools(unit: Unit, released: Released, drawn: list[Compared]) -> list[Markup]:
    """Make the paragraph beside the drawn tests; schools are counted, neither named nor ordered."""
    own = released.where(municipality_id=unit.municipality_id)
    told = [*_spread(unit, own, drawn), *_high(unit, own, high_results.of_country(released))]
    return [Markup("<p>{}</p>").format(Markup(" ").join(told))] if told else []


def _spread(unit: Unit, own: Released, drawn: list[Compared]) -> list[Markup]:
    language, spread = unit.language, own.where(indicator="school_spread", part="schools")
    found = [(test, row) for test, _ in drawn for row in each(of_test(spread, test).rows.dropna(subset=["estimate"]))]
    items = [_share(unit, test, row) for test, row in found]
    if not items:
        return []
    facts = {"stage": naming.stage(unit, found[0][0]), "confidence": confidence_of(unit, found[0][1])}
    return [say("schools_spread", language, list=listed(items, language), **facts)]


def _share(unit: Unit, test: Any, row: Any) -> str:
    facts = {"share": values.estimate(row, unit.language), "interval": values.interval(row, unit.language)}
    return str(say("schools_spread_item", unit.language, domain=naming.domain(unit, test), **facts).unescape())


def _high(unit: Unit, own: Released, nation: "high_results.Nation") -> list[Markup]:
    rows = newest(own, unit, indicator="high_result_share").rows
    schools = [row for row in each(rows[rows["school_id"].ne("")]) if row.verdict]
    sides = high_results.judged(schools, nation)
    if not sides or len({row.school_id for row in schools}) < _FEWEST_SCHOOLS:
        return []
    facts = {"more": sides.count("higher"), "fewer": sides.count("lower"), "all": len(sides)}
    return [say("schools_high", unit.language, count=len(sides), **facts)]
