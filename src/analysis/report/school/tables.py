"""Tables of schools by name: in alphabetical order, one table a grade, whatever is told of them."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from analysis.evidence import each
from analysis.intake.unit import Unit
from analysis.release import Released
from analysis.report import naming, values
from analysis.report.tables import Figure, details, table
from analysis.words.catalogue import say
from analysis.words.numbers import WITHHELD

_MOST_PANELS = 3
Compared = tuple[Any, Released]
"""A row of a test, and the released rows of its schools."""


def of_test(rows: Released, test: Any) -> Released:
    """Return the rows of one test and school year."""
    return rows.where(**{key: getattr(test, key) for key in (*naming.TEST_KEYS, "school_year")})


def drawn_of(of_tests: list[Compared]) -> list[Compared]:
    """Choose at most three tests of one grade: the one that most schools share, of several the highest."""
    schools_of: dict[str, int] = {}
    for test, rows in of_tests:
        schools_of[test.grade] = max(schools_of.get(test.grade, 0), rows.rows["estimate"].notna().sum())
    grade = max(reversed(schools_of), key=lambda g: (schools_of[g], list(schools_of).index(g)))
    return [(test, rows) for test, rows in of_tests if test.grade == grade][:_MOST_PANELS]


def folded(unit: Unit, of_tests: list[Compared], table_of: Callable[[Unit, list[Compared]], Markup]) -> Markup:
    """Fold one table a grade: more columns would not fit on paper."""
    grades = dict.fromkeys(test.grade for test, _ in of_tests)
    tables = [table_of(unit, [(t, rows) for t, rows in of_tests if t.grade == grade]) for grade in grades]
    return details(say("schools_details", unit.language), *tables)


def by_test(
    unit: Unit, of_tests: list[Compared], caption: Markup, cell: Callable[[Any, str], Figure] | None = None
) -> Markup:
    """Make a table of schools with a column a test; ``cell`` turns a row into its figure."""
    make = cell or figure_of
    cells: dict[tuple[Hashable, str], Figure] = {
        (naming.key_of(test), row.school_id): make(row, unit.language)
        for test, rows in of_tests
        for row in each(rows.rows)
    }
    heads = {naming.key_of(test): naming.domain(unit, test) + naming.level(unit, test) for test, _ in of_tests}
    return by_name(unit, cells, heads, caption, merged="schools")


def by_name(
    unit: Unit,
    cells: Mapping[tuple[Hashable, str], Figure],
    heads: Mapping[Any, str],
    caption: Markup,
    merged: str = "",
) -> Markup:
    """Make a table of schools, alphabetically; those without any figure are left out.

    Parameters
    ----------
    unit : Unit
        Names of schools, the reader's language.
    cells : mapping
        (column, school_id) → figure.
    heads : mapping
        Column → its heading, in order.
    caption : Markup
        Shown above the table.
    merged : {"", "schools"}
        Whether schools of which nothing is told become a sentence as soon as much is blank (:func:`report.tables.table`).
    """
    body: Sequence[Sequence[object]] = [
        (name, *(cells.get((column, school_id), "–") for column in heads))
        for school_id, name in naming.alphabetical(unit)
        if any((column, school_id) in cells for column in heads)
    ]
    if not body:
        return Markup("")
    head = [str(say("column_school", unit.language)), *heads.values()]
    return table(unit.language, str(caption.unescape()), head, body, merged=merged)


def figure_of(row: Any, language: str, *also: str) -> Figure:
    """Return a school's figure with its interval, number of pupils and what else is said of it, in small print."""
    n = values.behind(row, language)
    small = (values.interval(row, language), "" if n == WITHHELD else f"n\u00a0{n}", *also)
    return Figure(values.estimate(row, language), " · ".join(filter(None, small)))
