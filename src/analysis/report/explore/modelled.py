"""Views of what models say, each with the figure of its section."""

from collections.abc import Callable

from markupsafe import Markup

from analysis.evidence import each
from analysis.intake.unit import Unit
from analysis.params import View
from analysis.release import Released
from analysis.report import expected, groups, naming, school_effects, where
from analysis.report.drawing import WIDE
from analysis.report.early.signs import below as early_below
from analysis.report.early.signs import blocks, why_no_early_signs
from analysis.report.early.signs import measure as early_measure
from analysis.report.early.signs import message as early_message
from analysis.report.early.signs import panel as early_panel
from analysis.report.sections import confidence, figure
from analysis.report.skills import dots_of, nation_of, shares_folded, shown_of
from analysis.report.skills import measure as skills_measure
from analysis.report.skills import message as skills_message
from analysis.report.support import who as support
from analysis.report.tables import details
from analysis.words.catalogue import capitalised, say

Drawn = tuple[Markup, tuple[Markup, ...], Markup]
"""What a view says, its figure and tables, and what is drawn in which unit."""


def support_of(unit: Unit, rows: Released, _: View) -> Drawn:
    """Show the groups that one test names, with their extra pupils; all groups examined are folded."""
    home, country = (rows.where(indicator="group_gap", reference=place) for place in ("municipality", "country"))
    test, named = next(each(home.rows)), support.named_groups(unit, rows)
    sentence = support.heading(unit, named) + Markup(". ") + support.answer_of(unit, named, rows)
    examined = details(groups.gap_message(unit, test, home), groups.gap_dots(unit, test, home, country))
    if not named:
        return sentence, (examined,), groups.gap_words(unit, test)
    listed = support.named_list(unit, named, rows, with_test=False)
    return sentence, (listed, examined), support.list_words(unit, support.gaps_of(rows)[support.key_of(named[0])])


def early_of(unit: Unit, rows: Released, _: View) -> Drawn:
    """Show the bands of one stage and domain, how pupils like them fared, and how well that has worked."""
    test, block = next(blocks(unit, rows))
    panel = early_panel(unit, test, block, WIDE)
    heading, answer = early_message(unit, test, block)
    sub = early_measure(unit)
    drawn = figure(panel["drawing"], sub, capitalised(str(panel["note"])))
    return heading + Markup(". ") + answer, (drawn, *early_below(unit, [(test, block)])), sub


def early_refused(unit: Unit, rows: Released) -> Markup:
    """Say why a stage has no early signs; empty where they were not refused."""
    return Markup(" ").join(capitalised(str(why)) + "." for why in why_no_early_signs(unit, rows))


def effects_of(unit: Unit, rows: Released, _: View) -> Drawn:
    """Show one test's schools beside what was expected: bars without names, the schools by name folded."""
    of_tests = school_effects.compared(unit, rows)
    sub = school_effects.measure(unit, *of_tests[0])
    drawn = figure(school_effects.panel(unit, *of_tests[0], WIDE)["drawing"], sub)
    heading, answer = school_effects.message(unit, rows, of_tests)
    return heading + Markup(". ") + answer, (drawn, *school_effects.below(unit, rows, of_tests, of_tests, WIDE)), sub


def expected_of(unit: Unit, rows: Released, _: View) -> Drawn:
    """Show places in the country beside those expected of municipalities with similar pupils."""
    place, similar = rows.where(indicator="attainment"), rows.where(indicator="expected_for_similar")
    sentence = expected.message(unit, similar) or say("where_heading_too_few", unit.language) + Markup(".")
    sub = say("where_sub_sd", unit.language, confidence=confidence(unit))
    return sentence, (where.place_dots(unit, place, "sd", similar=similar),), sub


def skills_of(unit: Unit, rows: Released, _: View) -> Drawn:
    """Show the skills of one exam against pupils of the same total; without such a comparison the shares alone."""
    gaps, shares, shown = skills_in(unit, rows)
    test = next(each(naming.test_order(shown.rows)))
    heading, answer = skills_message(unit, gaps)
    sub = skills_measure(unit, shown, nation_of(rows, test))
    bodies = (dots_of(unit, test, shown, rows, titled=False), *shares_folded(unit, shares, rows))
    return heading + Markup(". ") + answer, bodies, sub


def skills_in(unit: Unit, rows: Released) -> tuple[Released, Released, Released]:
    """Return gaps, shares, and which of the two is drawn."""
    own = rows.where(municipality_id=unit.municipality_id)
    gaps, shares = own.where(indicator="skill_gap"), own.where(indicator="skill_share")
    return gaps, shares, shown_of(gaps, shares)


def nothing_left(unit: Unit, rows: Released, measure: str) -> bool | None:
    """Tell whether nothing of a view of this kind can be shown; None where it has no rule of its own."""
    if measure == "early":
        return next(blocks(unit, rows), None) is None
    if measure == "support":
        return bool(rows.where(indicator="group_gap").rows["estimate"].isna().all())
    if measure == "skills":
        return bool(skills_in(unit, rows)[2].rows["estimate"].isna().all())
    return None


DRAWN: dict[str, Callable[[Unit, Released, View], Drawn]] = {
    "support": support_of,
    "early": early_of,
    "effects": effects_of,
    "expected": expected_of,
    "skills": skills_of,
}
