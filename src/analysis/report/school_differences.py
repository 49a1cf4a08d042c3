"""Section 5: do schools differ more than chance?"""

from typing import Any

from markupsafe import Markup

from analysis.evidence import each
from analysis.intake.unit import Unit
from analysis.release import Released
from analysis.report import naming, school_effects, values
from analysis.report.between_schools import between_schools
from analysis.report.figures import FUNNEL, funnel, published_dots
from analysis.report.html import Section, render, require_released
from analysis.report.school.tables import Compared, by_test, drawn_of, folded, of_test
from analysis.report.sections import NOTHING, confidence, figure, section, source_line
from analysis.report.tables import details, table
from analysis.words.catalogue import capitalised, counted, say
from analysis.words.numbers import number, percent

_FEWEST_SCHOOLS = 3
_HALF_SCALE_POINTS = 30.0


def schools(unit: Unit, released: Released) -> Section:
    """Make the section: value added, or gaps to the municipality, or published means; schools by name only alphabetically."""
    require_released(released)
    of_effects = school_effects.compared(unit, released)
    if of_effects:
        return school_effects.with_effects(unit, released, of_effects)
    of_tests = compared(unit, released)
    if of_tests:
        return _with_funnels(unit, released, of_tests)
    public = released.where(indicator="school_mean", municipality_id=unit.municipality_id)
    return _published(unit, public, released) if len(public) else NOTHING


def compared(unit: Unit, released: Released) -> list[Compared]:
    """Return the tests of the last years in which at least three schools can be shown, each with its schools' gaps."""
    rows = released.where(indicator="attainment", reference="municipality", municipality_id=unit.municipality_id)
    return [(test, of_test(rows, test)) for test in comparable(unit, rows)]


def comparable(unit: Unit, released: Released) -> list[Any]:
    """Return a row of each test of the last years in which at least three schools can be shown."""
    rows = released.where(indicator="attainment", reference="municipality", municipality_id=unit.municipality_id)
    frame = rows.rows
    if frame.empty:
        return []
    window = frame["school_year"].max() - unit.params.pooled_years
    shown = frame[(frame["school_year"] > window) & frame["estimate"].notna()]
    counts = shown.groupby(naming.TEST_KEYS, observed=True)["school_id"].transform("size")
    return list(each(naming.test_order(shown[counts >= _FEWEST_SCHOOLS].drop_duplicates(naming.TEST_KEYS))))


def judged(of_tests: list[Compared]) -> tuple[int, int]:
    """Return how many gaps are outside the limits of chance, and how many were judged."""
    verdicts = [row.verdict for _, rows in of_tests for row in each(rows.rows)]
    return verdicts.count("differs"), verdicts.count("differs") + verdicts.count("not_distinguishable")


def _with_funnels(unit: Unit, released: Released, of_tests: list[Compared]) -> Section:
    language = unit.language
    drawn = drawn_of(of_tests)
    panels = [panel(unit, test, rows) for test, rows in drawn]
    measure = say("measure_sd" if drawn[0][0].unit == "sd" else "measure_points", language)
    sub = say("schools_sub", language, measure=measure, years=naming.years(unit, drawn[0][0]))
    bodies = [figure(render("panels.html.j2", panels=panels), sub), *between_schools(unit, released, drawn)]
    bodies.append(folded(unit, of_tests, by_name))
    differ, all_gaps = judged(of_tests)
    if differ:
        heading = say("schools_heading", language, count=all_gaps, n=differ, all=all_gaps)
    else:
        heading = say("schools_heading_none", language)
    chance = number(all_gaps * (1 - unit.params.confidence), language)
    answer = say("schools_answer", language, tests=number(all_gaps, language), chance=chance)
    return section(unit, "schools", heading, answer, bodies, source_line(unit, of_tests[-1][1]))


def panel(unit: Unit, test: Any, rows: Released, size: tuple[int, int] = FUNNEL) -> dict[str, Any]:
    """Make one test's funnel: title, note, drawing and its text alternative."""
    language, what = unit.language, capitalised(naming.what(unit, test))
    frame = rows.rows.dropna(subset=["estimate"])
    outside = int((frame["verdict"] == "differs").sum())
    n = counted("schools", len(frame), language)
    alt = say("schools_alt", language, what=what, n=n, outside=counted("schools", outside, language))
    key = "-".join(str(part) for part in ("funnel", *size, *naming.key_of(test)))
    axis, text = str(say("schools_axis_n", language)), str(alt.unescape())
    drawing = funnel(rows, half_scale(unit, test.unit), language, axis, key, text, size)
    return {"title": what, "note": n, "drawing": drawing}


def half_scale(unit: Unit, measure: str) -> float:
    """Return half the height of a funnel, the same on all pages of a run."""
    return 2 * unit.params.council_scale_sd if measure == "sd" else _HALF_SCALE_POINTS


def by_name(unit: Unit, of_tests: list[Compared]) -> Markup:
    """Make the table of one grade's tests: schools by name, alphabetically."""
    language = unit.language
    grade = capitalised(naming.stage(unit, of_tests[0][0]))
    measure = say("measure_sd" if of_tests[0][0].unit == "sd" else "measure_points", language)
    level = confidence(unit, of_tests[0][1])
    return by_test(unit, of_tests, say("schools_caption", language, grade=grade, measure=measure, confidence=level))


def _published(unit: Unit, public: Released, released: Released) -> Section:
    language = unit.language
    averages = released.where(indicator="school_mean_average", municipality_id=unit.municipality_id)
    tests = list(each(naming.test_order(public.rows.drop_duplicates(naming.TEST_KEYS))))
    bodies = []
    for grade in dict.fromkeys(test.grade for test in tests):
        of_grade = [test for test in tests if test.grade == grade]
        bodies.append(published_figure(unit, grade, of_grade, public, averages))
    bodies.append(published_table(unit, public, tests))
    heading, answer = say("schools_heading_public", language), say("schools_answer_public", language)
    return section(unit, "schools", heading, answer, bodies, source_line(unit, public))


def published_figure(unit: Unit, grade: str, tests: list[Any], public: Released, averages: Released) -> Markup:
    """Draw the published means of a grade's tests."""
    language = unit.language
    names = {test.domain: naming.domain(unit, test) for test in tests}
    frame = public.where(grade=grade).rows
    items = []
    for test in tests:
        means = frame.loc[frame["domain"] == test.domain, "estimate"]
        ends = {"low": percent(means.min(), language), "high": percent(means.max(), language)}
        items.append(str(say("schools_public_alt_item", language, what=names[test.domain], **ends).unescape()))
    n = counted("schools", frame["school_id"].nunique(), language)
    alt = str(say("schools_public_alt", language, n=n, list="; ".join(items)).unescape())
    drawing = published_dots(
        public.where(grade=grade), averages.where(grade=grade), names, language, f"schools-{grade}", alt
    )
    title = capitalised(naming.stage(unit, tests[0], with_test=True))
    return figure(drawing, say("schools_public_sub", language), title)


def published_table(unit: Unit, public: Released, tests: list[Any]) -> Markup:
    """Fold the published means by the name of the school."""
    language = unit.language
    found = {(naming.key_of(row), row.school_id): values.estimate(row, language) for row in each(public.rows)}
    with_results = {school_id for _, school_id in found}
    body = [
        (name, *(found.get((naming.key_of(test), school_id), "–") for test in tests))
        for school_id, name in naming.alphabetical(unit)
        if school_id in with_results
    ]
    head = [say("column_school", language), *(capitalised(naming.what(unit, test)) for test in tests)]
    return details(
        say("schools_details", language), table(language, say("schools_caption_public", language), head, body)
    )
