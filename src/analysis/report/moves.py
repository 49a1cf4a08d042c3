"""Section 2: is it getting better?"""

from typing import Any

import pandas as pd
from markupsafe import Markup

from analysis.evidence import each
from analysis.intake.unit import Unit
from analysis.release import Released
from analysis.report import naming, values
from analysis.report.figures import SMALL, position_by_year
from analysis.report.growth import growth
from analysis.report.html import Section, render, require_released
from analysis.report.sections import NOTHING, confidence, figure, section, source_line
from analysis.report.tables import Figure, details, table
from analysis.words.catalogue import capitalised, label, say
from analysis.words.numbers import listed, school_year

_MOST_PANELS = 6
_MOST_NAMED = 2


def how_it_moves(unit: Unit, released: Released) -> Section:
    """Make the section: small figures of the national position by year, those that move first; all years in a table.

    Below it stands how the same pupils moved.
    """
    require_released(released)
    own = released.where(municipality_id=unit.municipality_id, school_id="")
    yearly = own.where(indicator="attainment", unit="sd", reference="country")
    yearly = yearly.where(school_year=_years_shown(unit, yearly)) if len(yearly) else yearly
    series, same_pupils = _series(yearly), growth(unit, released)
    if not series:
        several = own.where(indicator="attainment").rows["school_year"].nunique() > 1
        why = "too_few" if len(yearly) else "not_comparable"
        heading, answer = say(f"moves_heading_{why}", unit.language), say(f"moves_{why}", unit.language)
        return section(unit, "moves", heading, answer, same_pupils) if several else NOTHING
    trends = {naming.key_of(row): row for row in each(own.where(indicator="trend").rows)}
    rank = ("down", "up", "steady", "short")
    order = sorted(series, key=lambda key: (max(1, rank.index(direction(trends.get(key)))), list(series).index(key)))
    panels = [panel(unit, series[key], trends.get(key)) for key in order[:_MOST_PANELS]]
    sub = say("moves_sub", unit.language, confidence=confidence(unit))
    bodies = [figure(render("panels.html.j2", panels=panels), sub), _behind(unit, series, trends), *same_pupils]
    return section(
        unit,
        "moves",
        _heading(unit, series, trends),
        say("moves_answer", unit.language),
        bodies,
        source_line(unit, yearly),
    )


def _years_shown(unit: Unit, yearly: Released) -> list[int]:
    years = yearly.rows["school_year"].unique()
    return [year for year in years if year > max(years) - unit.params.years_shown]


def _series(yearly: Released) -> dict[Any, Released]:
    """Every test held in at least two of the years, the last of them not long ago, in the order of stages."""
    rows = naming.test_order(yearly.rows)
    newest = rows["school_year"].max() if len(rows) else 0
    found = {}
    for row in each(rows.drop_duplicates(naming.TEST_KEYS)):
        one = yearly.where(**{key: getattr(row, key) for key in naming.TEST_KEYS})
        filled = one.rows.dropna(subset=["estimate"])
        filled = filled[filled["verdict"] != "too_few"]
        if len(filled) >= 2 and filled["school_year"].max() >= newest - 1:
            found[naming.key_of(row)] = one
    return found


def direction(trend: Any) -> str:
    """Return ``down``, ``up``, ``steady`` or ``short`` (too few data) of a row of ``trend``, or of none."""
    if trend is None or not trend.verdict:
        return "short"
    if trend.verdict != "differs":
        return "steady"
    return "down" if trend.estimate < 0 else "up"


def panel(unit: Unit, yearly: Released, trend: Any, size: tuple[int, int] = SMALL) -> dict[str, Any]:
    """Make one test's figure over the years: title, verdict in words, drawing and its text alternative."""
    rows = yearly.rows.dropna(subset=["estimate"]).sort_values("school_year")
    first, last = (next(each(rows.iloc[[i]])) for i in (0, -1))
    moving = direction(trend)
    words = label("verdict", moving, unit.language)
    title = capitalised(naming.what(unit, last))
    alt = say(
        "moves_alt",
        unit.language,
        what=title,
        first_year=school_year(int(first.school_year), unit.language),
        first=values.estimate(first, unit.language),
        last_year=school_year(int(last.school_year), unit.language),
        last=values.estimate(last, unit.language),
        verdict=capitalised(words),
    )
    key = "-".join(str(part) for part in ("moves", *size, *naming.key_of(last)))
    text = str(alt.unescape())
    drawing = position_by_year(yearly, unit.params.council_scale_sd, moving, unit.language, key, text, size)
    return {"title": title, "note": words, "drawing": drawing}


def _heading(unit: Unit, series: dict[Any, Released], trends: dict[Any, Any]) -> Markup:
    language = unit.language
    moving = [(key, trends[key]) for key in series if direction(trends.get(key)) in ("down", "up")]
    if not any(key in trends for key in series):
        return say("moves_heading_too_few", language)
    if not moving:
        return say("moves_heading_none", language)
    if len(moving) > _MOST_NAMED:
        return say("moves_heading_many", language, count=len(series), n=len(moving), all=len(series))
    items = [_item(unit, trend) for _, trend in moving]
    return say("moves_heading_some", language, list=capitalised(listed(items, language)))


def _item(unit: Unit, trend: Any) -> str:
    words = say(
        f"moves_item_{direction(trend)}",
        unit.language,
        stage=naming.stage(unit, trend),
        stage_gen=naming.stage(unit, trend, "genitive"),
        domain=naming.domain(unit, trend),
        domain_gen=naming.domain(unit, trend, "genitive"),
        level=naming.level(unit, trend),
    )
    return str(words.unescape())


def _behind(unit: Unit, series: dict[Any, Released], trends: dict[Any, Any]) -> Markup:
    language = unit.language
    years = sorted({int(y) for one in series.values() for y in one.rows["school_year"]})
    rows = []
    for key, one in series.items():
        by_year = {int(row.school_year): row for row in each(one.rows)}
        cells = [_cell(by_year.get(year), language) for year in years]
        trend = trends.get(key)
        name = capitalised(naming.what(unit, next(each(one.rows.iloc[[0]]))))
        rows.append((name, *cells, _cell(trend, language)))
    head = [
        say("column_domain", language),
        *(school_year(y, language) for y in years),
        say("moves_caption_trend", language),
    ]
    return details(say("moves_details", language), table(language, say("moves_caption", language), head, rows))


def _cell(row: Any, language: str) -> Figure:
    if row is None or (isinstance(row, float) and pd.isna(row)):
        return Figure("–")
    return Figure(values.estimate(row, language), values.interval(row, language))
