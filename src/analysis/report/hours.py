"""Section: how many planned lessons were held, and how many minutes of support are there for a child?"""

from typing import Any

import pandas as pd
from markupsafe import Markup

from analysis.evidence import each
from analysis.intake.unit import Unit
from analysis.plan_limits import audit_hours
from analysis.release import Released
from analysis.report import naming, values
from analysis.report.html import Section, require_released
from analysis.report.school.tables import by_name
from analysis.report.sections import NOTHING, figure, section, source_line
from analysis.report.strips import Scale, strip
from analysis.report.support.minutes import minutes_answer, support_time
from analysis.report.tables import DotRow, Figure, details, dots, left_out, table
from analysis.words.catalogue import capitalised, counted, labels, say
from analysis.words.numbers import listed, number, percent

_LESSONS, SHARE = "lesson_hours", "lesson_hours_share"
_SUPPORT = ("support_minutes", "support_minutes_in_need")


def hours(unit: Unit, released: Released, *, whole: bool = True) -> Section:
    """Make the section: a row a subject and a row a specialist, schools folded in alphabetical order.

    Without ``whole`` the results beside the lessons stay out, as a review that is printed needs it; a sentence says where.
    """
    require_released(released)
    own = released.where(municipality_id=unit.municipality_id)
    lessons = own.where(indicator=[_LESSONS, SHARE]).newest()
    support = own.where(indicator=list(_SUPPORT))
    shares = in_order(lessons.where(indicator=SHARE, school_id="").rows.dropna(subset=["estimate"]))
    minutes = support_time(unit, support)
    if not shares and not minutes:
        return NOTHING
    bodies = _lessons(unit, own, lessons, shares) if shares else []
    beside = _beside(unit, lessons, released, shares)
    bodies += beside if whole or not beside else [left_out(unit.language, say("hours_results", unit.language))]
    bodies += [*minutes, _how(unit)]
    heading, answer = _message(unit, shares, support)
    shown = lessons if shares else support
    return section(unit, "hours", heading, answer, bodies, source_line(unit, shown))


def in_order(rows: pd.DataFrame) -> list[Any]:
    """Order subjects as the catalogue does, unknown ones last by their code."""
    known = {code: i for i, code in enumerate(labels()["domain"])}
    return sorted(each(rows), key=lambda row: (known.get(row.domain, len(known)), row.domain))


def _message(unit: Unit, shares: list[Any], support: Released) -> tuple[Markup, Markup]:
    language = unit.language
    answer = minutes_answer(unit, support)
    if not shares:
        return say("hours_heading_minutes", language), answer
    low, high = (percent(end([row.estimate for row in shares]), language, 1) for end in (min, max))
    items = []
    for row in shares:
        latvian = language == "lv"
        name = {
            "domain_loc" if latvian else "domain": naming.domain(unit, row, "locative" if latvian else "nominative")
        }
        items.append(
            str(say("hours_answer_item", language, share=percent(row.estimate, language, 1), **name).unescape())
        )
    schools = counted("schools", int(max(row.n for row in shares)), language)
    years = naming.years(unit, shares[0])
    said = say("hours_answer", language, years=years, list=listed(items, language), schools=schools)
    heading = (
        say("hours_heading_one", language, share=low)
        if low == high
        else say("hours_heading", language, low=low, high=high)
    )
    return heading, Markup(" ").join(filter(None, (said, answer)))


def _lessons(unit: Unit, own: Released, lessons: Released, shares: list[Any]) -> list[Markup]:
    language = unit.language
    years = naming.years(unit, shares[0])
    bodies = [figure(_dots(unit, own, lessons, shares), say("hours_sub", language, years=years)), *_audit(unit, shares)]
    caption = say("hours_schools_caption", language, years=years)
    cells = {
        (row.domain, row.school_id): held(row, sums(lessons, row), language)
        for row in each(lessons.where(indicator=SHARE).rows) if row.school_id
    }  # fmt: skip
    heads = {row.domain: naming.domain(unit, row) for row in shares}
    if schools := by_name(unit, cells, heads, caption):
        bodies.append(details(say("hours_schools", language), schools))
    return [*bodies, *_by_year(unit, own, heads)]


def sums(lessons: Released, row: Any) -> dict[str, float]:
    """Return planned and held hours of a place's subject."""
    rows = lessons.where(
        indicator=_LESSONS, school_id=row.school_id, domain=row.domain, school_year=int(row.school_year)
    ).rows
    return {str(part): float(hours) for part, hours in zip(rows["part"], rows["estimate"], strict=True)}


def held(row: Any, sums: dict[str, float], language: str) -> Figure:
    """Return the share of lessons held, with hours held and planned below it."""
    share = percent(row.estimate, language, 1)
    if not {"planned", "delivered"} <= set(sums):
        return Figure(share)
    facts = {"held": number(sums["delivered"], language), "planned": number(sums["planned"], language)}
    return Figure(share, str(say("hours_of", language, **facts)))


def _dots(unit: Unit, own: Released, lessons: Released, shares: list[Any]) -> Markup:
    language = unit.language
    everywhere = lessons.where(indicator=SHARE).rows
    lowest = float(everywhere["estimate"].min())
    highest = max(100.0, float(everywhere["estimate"].max()))
    low, high = 10 * (lowest // 10), 10 * -(-highest // 10)
    axis = Scale(low, high, tuple(low + (high - low) * part / 4 for part in range(5)), zero=None)
    rows = []
    for row in shares:
        figures = (held(row, sums(lessons, row), language), _before(own, row, language))
        mine = everywhere[(everywhere["domain"] == row.domain) & (everywhere["school_id"] != "")]["estimate"]
        outer = (float(mine.min()), float(mine.max())) if len(mine) else None
        said = ", ".join(filter(None, (figures[0].text, figures[0].interval)))
        drawing = strip(axis, row.estimate, float("nan"), float("nan"), "same", said, outer=outer)
        rows.append(DotRow("", capitalised(naming.domain(unit, row)), drawing, figures, values.behind(row, language)))
    heads = [(str(say(f"column_{name}", language)), "") for name in ("held", "before")]
    return dots(
        language, str(say("hours_caption", language)), [str(say("column_domain", language))], heads, axis, "", rows,
        unit="percent", verdicts=False, n_head=str(say("column_schools", language)),
        n_short=str(say("of_schools_short", language)),
    )  # fmt: skip


def _before(own: Released, row: Any, language: str) -> Figure:
    year = int(row.school_year) - 1
    rows = own.where(indicator=SHARE, school_id="", domain=row.domain, school_year=year).rows
    return Figure(percent(rows["estimate"].iloc[0], language, 1)) if len(rows) else Figure("–")


def _audit(unit: Unit, shares: list[Any]) -> list[Markup]:
    """Put the State Audit Office's figures of the same subjects beside."""
    language, latvian, found = unit.language, unit.language == "lv", audit_hours()
    items = [
        str(
            say(
                "hours_audit_item", language, share=percent(found[row.domain], language),
                **{"domain_loc" if latvian else "domain": naming.domain(unit, row, "locative" if latvian else "nominative")},
            ).unescape()
        )
        for row in shares if row.domain in found
    ]  # fmt: skip
    if not items:
        return []
    return [Markup('<p class="key">{}</p>').format(say("hours_audit", language, list=listed(items, language)))]


def _by_year(unit: Unit, own: Released, heads: dict[str, str]) -> list[Markup]:
    language, rows = unit.language, own.where(indicator=SHARE, school_id="").rows
    if rows["school_year"].nunique() < 2:
        return []
    cells = {(row.domain, int(row.school_year)): percent(row.estimate, language, 1) for row in each(rows)}
    by_year = {int(row.school_year): naming.years(unit, row) for row in each(rows.sort_values("school_year"))}
    body = [(words, *(cells.get((domain, year), "–") for domain in heads)) for year, words in by_year.items()]
    caption = str(say("hours_years_caption", language))
    drawn = table(language, caption, [str(say("column_year", language)), *heads.values()], body)
    return [details(say("hours_years", language), drawn)]


def _beside(unit: Unit, lessons: Released, released: Released, shares: list[Any]) -> list[Markup]:
    """Fold lessons and results of the same subject side by side, a table a subject; nothing is concluded from it."""
    language = unit.language
    results = released.where(municipality_id=unit.municipality_id, indicator="attainment", unit="sd").newest().rows
    results = results[
        (results["school_id"] != "") & results["estimate"].notna() & (results["reference"] == "municipality")
    ]
    tables = []
    for subject in shares:
        held = lessons.where(indicator=SHARE, domain=subject.domain).rows
        cells: dict[tuple[Any, str], Figure] = {
            ("held", row.school_id): Figure(percent(row.estimate, language, 1)) for row in each(held) if row.school_id
        }
        heads: dict[Any, str] = {"held": str(say("column_held", language))}
        for row in each(naming.test_order(results[results["domain"] == subject.domain])):
            heads.setdefault(naming.key_of(row), capitalised(naming.block(unit, row)))
            small = " · ".join(filter(None, (values.interval(row, language), f"n\u00a0{values.behind(row, language)}")))
            cells[naming.key_of(row), row.school_id] = Figure(values.estimate(row, language), small)
        both = {school for column, school in cells if column != "held"} & {
            school for column, school in cells if column == "held"
        }
        kept = {key: cell for key, cell in cells.items() if key[1] in both}
        facts = {"domain": capitalised(naming.domain(unit, subject)), "years": naming.years(unit, subject)}
        caption = say("hours_results_caption", language, **facts)
        tables += [by_name(unit, kept, heads, caption)] if both else []
    note = Markup('<p class="key">{}</p>').format(say("hours_results_text", language))
    return [details(say("hours_results", language), note, *tables)] if tables else []


def _how(unit: Unit) -> Markup:
    return details(say("hours_how", unit.language), Markup("<p>{}</p>").format(say("hours_how_text", unit.language)))
