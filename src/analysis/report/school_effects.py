"""Section 5 where pupils' earlier results are known: are schools' pupils where one would expect them?"""

from typing import Any

from markupsafe import Markup

from analysis.evidence import each
from analysis.intake.unit import Unit
from analysis.release import Released
from analysis.report import naming, values
from analysis.report.between_schools import between_schools
from analysis.report.figures import FUNNEL
from analysis.report.html import Section, render
from analysis.report.school.figures import caterpillar, effect_funnel
from analysis.report.school.tables import Compared, by_test, drawn_of, figure_of, folded, of_test
from analysis.report.sections import confidence, figure, newest, section, source_line
from analysis.report.tables import Figure, details
from analysis.words.catalogue import capitalised, counted, label, say
from analysis.words.numbers import WITHHELD, listed

_FEWEST_SCHOOLS = 3
_WORTH_TELLING = 10.0  # percent of the differences between schools


def compared(unit: Unit, released: Released) -> list[Compared]:
    """Return the tests in which at least three schools have a value added that can be shown, each with its schools."""
    rows = released.where(indicator="school_effect", part="", municipality_id=unit.municipality_id)
    against_country = rows.where(reference="country")
    rows = newest(against_country if len(against_country) else rows, unit)
    frame = rows.rows
    if frame.empty:
        return []
    shown = frame[frame["estimate"].notna()]
    counts = shown.groupby(naming.TEST_KEYS, observed=True)["school_id"].transform("size")
    tests = naming.test_order(shown[counts >= _FEWEST_SCHOOLS].drop_duplicates(naming.TEST_KEYS))
    return [(test, of_test(rows, test)) for test in each(tests)]


def judged(of_tests: list[Compared]) -> tuple[int, int, int]:
    """Return how many comparisons are above, how many below what was expected, and how many were judged."""
    rows = [row for _, rows in of_tests for row in each(rows.rows)]
    directions = [values.direction(row) for row in rows]
    all_judged = sum(row.verdict in ("differs", "not_distinguishable") for row in rows)
    return directions.count("higher"), directions.count("lower"), all_judged


def linked(unit: Unit, released: Released) -> bool:
    """Tell whether pupils' earlier results are known, or only what a map declares of them."""
    return len(released.where(indicator="earlier_missing", municipality_id=unit.municipality_id)) > 0


def with_effects(unit: Unit, released: Released, of_tests: list[Compared]) -> Section:
    """Make the section: bars without names, schools by name in alphabetical order, and what the intake tells."""
    drawn = drawn_of(of_tests)
    panels = [panel(unit, test, rows) for test, rows in drawn]
    bodies = [figure(render("panels.html.j2", panels=panels), measure(unit, *drawn[0]))]
    bodies += below(unit, released, of_tests, drawn)
    heading, answer = message(unit, released, of_tests)
    return section(unit, "schools", heading, answer, bodies, source_line(unit, drawn[-1][1]))


def measure(unit: Unit, test: Any, rows: Released) -> Markup:
    """Say what the bars show."""
    return say("effects_sub", unit.language, years=naming.years(unit, test), confidence=confidence(unit, rows))


def below(
    unit: Unit, released: Released, of_tests: list[Compared], drawn: list[Compared], size: tuple[int, int] = FUNNEL
) -> list[Markup]:
    """Return what stands below the bars: whom they leave out, the schools by name, the funnels of the drawn tests."""
    told = [*_told(unit, released, drawn), *between_schools(unit, released, drawn)]
    return [*told, folded(unit, of_tests, _by_name), *_funnels(unit, released, drawn, size)]


def message(unit: Unit, released: Released, of_tests: list[Compared]) -> tuple[Markup, Markup]:
    """Return heading and answer: how many comparisons differ from what was expected, and what that is."""
    higher, lower, all_judged = judged(of_tests)
    facts = {"n": higher + lower, "all": all_judged}
    key = "effects_heading" if higher + lower else "effects_heading_none"
    return say(key, unit.language, count=all_judged, **facts), _answer(unit, released, of_tests)


def _answer(unit: Unit, released: Released, of_tests: list[Compared]) -> Markup:
    """Say what is expected, and how many are above and below; what the interval does not exclude is not told."""
    language = unit.language
    higher, lower, _ = judged(of_tests)
    where = say(f"effects_where_{of_tests[0][0].reference}", language)
    parts = [say("effects_start" if linked(unit, released) else "effects_start_covariates", language, where=where)]
    if higher + lower:
        parts.append(say("effects_counts", language, higher=higher, lower=lower))
    return Markup(" ").join([*parts, say("effects_talk", language)])


def panel(unit: Unit, test: Any, rows: Released, size: tuple[int, int] = FUNNEL) -> dict[str, Any]:
    """Make one test's bars: title, number of schools, drawing and its text alternative."""
    language, what = unit.language, capitalised(naming.what(unit, test))
    frame = rows.rows
    n = counted("schools", int(frame["estimate"].notna().sum()), language)
    higher, lower, _ = judged([(test, rows)])
    alt = str(say("effects_alt", language, what=what, n=n, higher=higher, lower=lower).unescape())
    key = "-".join(str(part) for part in ("caterpillar", *size, *naming.key_of(test)))
    axis = str(say("effects_axis", language))
    drawing = caterpillar(rows, unit.params.council_scale_sd, language, axis, key, alt, size)
    return {"title": what, "note": n, "drawing": drawing}


def _told(unit: Unit, released: Released, drawn: list[Compared]) -> list[Markup]:
    """Sentences about the drawn tests: what the intake lets foresee, whose earlier results are missing, the method."""
    language = unit.language
    explained = released.where(indicator="explained_by_intake", part="schools", municipality_id="")
    missing = released.where(indicator="earlier_missing", municipality_id=unit.municipality_id, group="")
    told = []
    for key, rows in (("effects_intake", explained), ("effects_missing", missing)):
        found = [(test, row) for test, _ in drawn for row in each(of_test(rows, test).rows)]
        items = [f"{naming.domain(unit, test)} – {values.estimate(row, language)}" for test, row in found]
        items = [item for item, (_, row) in zip(items, found, strict=True) if _worth_telling(row)]
        if items:
            told.append(say(key, language, list=listed(items, language), stage=naming.stage(unit, found[0][0])))
    told.append(say("effects_method", language))
    return [Markup("<p>{}</p>").format(Markup(" ").join(told))]


def _worth_telling(row: Any) -> bool:
    """Leave out what is withheld, and an intake that lets foresee next to nothing."""
    return values.behind(row, "en") != WITHHELD and not (
        row.indicator == "explained_by_intake" and row.estimate < _WORTH_TELLING
    )


def _by_name(unit: Unit, of_tests: list[Compared]) -> Markup:
    grade, level = capitalised(naming.stage(unit, of_tests[0][0])), confidence(unit, of_tests[0][1])
    return by_test(unit, of_tests, say("effects_caption", unit.language, grade=grade, confidence=level), _cell)


def _cell(row: Any, language: str) -> Figure:
    """Give a school's figure, and in words what its interval excludes."""
    direction = values.direction(row)
    if direction == "same":
        return figure_of(row, language)
    return figure_of(row, language, f"{values.SHAPES[direction]} {label('expectation', direction, language)}")


def _funnels(unit: Unit, released: Released, drawn: list[Compared], size: tuple[int, int]) -> list[Markup]:
    """Fold the funnels: whether a school is unusual among schools, which is another question."""
    language = unit.language
    plain = released.where(indicator="school_effect", part="unshrunken", municipality_id=unit.municipality_id)
    panels = []
    for test, _ in drawn:
        rows = of_test(plain, test)
        frame = rows.rows.dropna(subset=["estimate", "n"])
        if len(frame) < _FEWEST_SCHOOLS:
            continue
        what, n = capitalised(naming.what(unit, test)), counted("schools", len(frame), language)
        outside = counted("schools", int((frame["verdict"] == "differs").sum()), language)
        alt = str(say("schools_alt", language, what=what, n=n, outside=outside).unescape())
        key = "-".join(str(part) for part in ("effect-funnel", *size, *naming.key_of(test)))
        axis = str(say("schools_axis_n", language))
        drawing = effect_funnel(rows, 2 * unit.params.council_scale_sd, language, axis, key, alt, size)
        panels.append({"title": what, "note": n, "drawing": drawing})
    if not panels:
        return []
    body = figure(render("panels.html.j2", panels=panels), say("effects_funnel_sub", language))
    return [details(say("effects_funnel", language), body)]
