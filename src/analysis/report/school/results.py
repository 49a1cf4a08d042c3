"""A school's page: where its pupils stand against the country, and against what their earlier results let expect."""

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from analysis.evidence import each
from analysis.indicators import INDICATORS
from analysis.intake.unit import Unit
from analysis.release import Released
from analysis.report import naming, school_effects, values
from analysis.report.html import Section, require_released
from analysis.report.school.page import own_rows, paragraph
from analysis.report.sections import NOTHING, newest, section, source_line
from analysis.report.strips import Scale
from analysis.report.tables import details
from analysis.report.where import by_domain, place_dots
from analysis.words.catalogue import say
from analysis.words.numbers import listed, number

_ZERO = {"country": "axis_country", "municipality": "axis_own", "expected": "axis_expected"}
_HALF_POINTS = 30.0


@dataclass(frozen=True)
class Compared:
    """One kind of comparison of a school's results.

    Attributes
    ----------
    against : {"country", "municipality", "expected"}
        What the results are compared with.
    rows : Released
        A row a test, withheld ones among them.
    lower, higher, same, few, hidden : list of rows
        By verdict, in the order of tests; ``hidden`` are withheld.
    """

    against: str
    rows: Released
    lower: list[Any]
    higher: list[Any]
    same: list[Any]
    few: list[Any]
    hidden: list[Any]

    @property
    def judged(self) -> int:
        """How many results are judged."""
        return len(self.lower) + len(self.higher) + len(self.same)


def standing(unit: Unit, released: Released) -> Compared:
    """Return the school's place: against the country, or where nothing is known of it against the municipality."""
    rows = own_rows(unit, released, indicator="attainment")
    national = rows.where(reference="country")
    against = "country" if len(national) else "municipality"
    return _sorted(against, newest(national if len(national) else rows, unit))


def expected(unit: Unit, released: Released) -> Compared:
    """Return the school's results against what its pupils' earlier results let expect, drawn towards zero."""
    rows = own_rows(unit, released, indicator="school_effect", part="")
    national = rows.where(reference="country")
    return _sorted("expected", newest(national if len(national) else rows, unit))


def _sorted(against: str, rows: Released) -> Compared:
    tests = list(each(naming.test_order(rows.rows)))
    told = [row for row in tests if row.estimate == row.estimate]
    judged = {side: [row for row in told if values.direction(row) == side] for side in ("lower", "higher")}
    same = [row for row in told if row.verdict == "not_distinguishable"]
    few = [row for row in told if row.verdict == "too_few"]
    hidden = [row for row in tests if row.estimate != row.estimate]
    return Compared(against, rows, judged["lower"], judged["higher"], same, few, hidden)


def school_results(unit: Unit, released: Released) -> Section:
    """Make the section: place and value added, a row a test; tests of which too few pupils were there are named."""
    require_released(released)
    place, gain = standing(unit, released), expected(unit, released)
    if not len(place.rows):
        return NOTHING
    bodies = [body for measure in ("sd", "points", "percent") for body in _drawn(unit, place, measure)]
    bodies += _expected(unit, released, gain)
    bodies += paragraph(_hidden(unit, place))
    bodies.append(_how(unit))
    answer = Markup(" ").join(filter(None, [*beyond_heading(unit, place, gain), _talk(unit, place, gain)]))
    return section(unit, "school_results", heading(unit, place, gain), answer, bodies, source_line(unit, place.rows))


def heading(unit: Unit, place: Compared, gain: Compared) -> Markup:
    """Return the message: how many results differ from what was expected, or where that is not known from the others."""
    of = gain if gain.judged else place
    if not of.judged:
        return say("school_results_heading_few", unit.language)
    n = len(of.lower) + len(of.higher)
    key = f"school_results_heading_{of.against}" + ("" if n else "_none")
    return say(key, unit.language, count=of.judged, n=n, all=of.judged)


def beyond_heading(unit: Unit, place: Compared, gain: Compared) -> list[Markup]:
    """Say what differs from what was expected and from the country; that nothing does is not said where the heading does."""
    headed = gain if gain.judged else place
    told = [] if headed is gain and not (gain.lower or gain.higher) else [gain_in_words(unit, gain)]
    return told if headed is place and not (place.lower or place.higher) else [*told, place_in_words(unit, place)]


def place_in_words(unit: Unit, place: Compared) -> Markup:
    """Say which results are lower and higher than in the country (the municipality), and how many cannot be told apart."""
    return _in_words(unit, place, "school_place" if place.against == "country" else "school_gap")


def gain_in_words(unit: Unit, gain: Compared) -> Markup:
    """Say which results are below and above what was expected, and how many cannot be told apart."""
    return _in_words(unit, gain, "school_gain")


def _in_words(unit: Unit, of: Compared, words: str) -> Markup:
    language = unit.language
    parts = [
        say(f"{words}_{side}", language, list=listed(by_domain(unit, naming.test_order(rows)), language))
        for side, rows in (("lower", _frame(of, of.lower)), ("higher", _frame(of, of.higher))) if len(rows)
    ]  # fmt: skip
    if of.same:
        key = f"{words}_rest" if parts else f"{words}_same"
        parts.append(say(key, language, count=len(of.same), n=len(of.same)))
    return Markup(" ").join(parts)


def _frame(of: Compared, some: list[Any]) -> Any:
    rows = of.rows.rows
    return rows.loc[[row.Index for row in some]]


def few_in_words(unit: Unit, place: Compared) -> Markup:
    """Say of which tests too few pupils are there to judge; empty where of none."""
    if not place.few:
        return Markup("")
    items = by_domain(unit, _frame(place, place.few))
    return say("school_few", unit.language, list=listed(items, unit.language), few=INDICATORS["attainment"].smallest_n)


def _hidden(unit: Unit, place: Compared) -> Markup:
    few = few_in_words(unit, place)
    if not place.hidden:
        return few
    items = listed(by_domain(unit, _frame(place, place.hidden)), unit.language)
    return Markup(" ").join(filter(None, [few, say("school_hidden", unit.language, list=items)]))


def _talk(unit: Unit, place: Compared, gain: Compared) -> Markup:
    """Say how many of so many comparisons would differ by chance, and what a gap is for."""
    judged, differ = place.judged + gain.judged, any((place.lower, place.higher, gain.lower, gain.higher))
    if not judged:
        return Markup("")
    if not differ:
        return say("where_same", unit.language)
    chance = number(judged * (1 - unit.params.confidence), unit.language, 1)
    chances = say("school_chance", unit.language, n=judged, chance=chance)
    return Markup(" ").join([chances, say("effects_talk", unit.language)])


def _drawn(unit: Unit, of: Compared, measure: str) -> list[Markup]:
    """Draw the rows of one measure; those that are withheld stand in a sentence below."""
    rows = of.rows.where(unit=measure)
    shown = rows.at([i for i, row in enumerate(each(rows.rows)) if row.estimate == row.estimate])
    if not len(shown):
        return []
    words = {"country": "school_place", "municipality": "school_gap", "expected": "school_gain"}[of.against]
    column = "column_gap_sd" if measure == "sd" else "column_gap_points"
    said = "expectation" if of.against == "expected" else "verdict"
    return [
        place_dots(unit, shown, measure, words, column, axis=axis(unit, measure), zero=_ZERO[of.against], said=said)
    ]


def axis(unit: Unit, measure: str) -> Scale:
    """Return the axis of a school's figures, the same on all pages: twice as wide as the municipalities'."""
    half = 2 * unit.params.council_scale_sd if measure == "sd" else _HALF_POINTS
    return Scale(-half, half, (-half * 2 / 3, -half / 3, 0.0, half / 3, half * 2 / 3))


def _expected(unit: Unit, released: Released, gain: Compared) -> list[Markup]:
    drawn = _drawn(unit, gain, "sd")
    if not drawn:
        return paragraph(say("school_gain_none", unit.language))
    where = say(f"effects_where_{gain.rows.rows['reference'].iloc[0]}", unit.language)
    key = "school_gain_is" if school_effects.linked(unit, released) else "school_gain_is_covariates"
    title = Markup("<h3>{}</h3>").format(say("school_gain_title", unit.language))
    return [title, *drawn, *paragraph(say(key, unit.language, where=where), say("effects_method", unit.language))]


def _how(unit: Unit) -> Markup:
    text = Markup("<p>{}</p>").format(say("school_how_text", unit.language))
    return details(say("how_to_read", unit.language), text)
