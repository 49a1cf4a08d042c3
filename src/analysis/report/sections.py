"""What every section shares: question, message, answer, figures, source, the board's own words."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from markupsafe import Markup

from analysis.intake.unit import Unit
from analysis.release import Released
from analysis.report.html import Section, render
from analysis.words.catalogue import say
from analysis.words.numbers import percent, school_year

NOTHING = Section(Markup(""))


def section(
    unit: Unit, key: str, heading: object, answer: object, bodies: Sequence[Markup], source: str = ""
) -> Section:
    """Put a section together.

    Parameters
    ----------
    unit : Unit
        Language and the board's comments.
    key : {"short", "where", "moves", "groups", "early", "schools", "skills", "thresholds", "targets", "hours", "changed", "data"}
        The section, also its anchor.
    heading, answer : str or Markup
        The message, and the one sentence that answers the question.
    bodies : sequence of Markup
        Figures and tables, in order.
    source : str
        Data, years and number behind; links to the section about the data.
    """
    comment = unit.params.comments.get(key, "")
    html = render(
        "section.html.j2",
        id=key,
        question=say(f"question_{key}", unit.language),
        heading=heading,
        answer=answer,
        bodies=bodies,
        source=source,
        source_link=say("source_link", unit.language),
        comment=comment,
        comment_by=say("comment_by", unit.language),
    )
    return Section(html)


def source_name(unit: Unit) -> str:
    """Return where the data came from, in the reader's language."""
    source = unit.facts["source"]
    return str(source[unit.language]) if source else str(say("data_no_source", unit.language))


def source_line(unit: Unit, rows: Released, n: str = "") -> str:
    """Return the line under a figure: data, years, number behind."""
    years = rows.rows["school_year"].dropna()
    first = rows.rows["year_from"].dropna()
    ends = sorted({int(years.max()), int(min([years.min(), *first]))})
    words = "–".join(school_year(year, unit.language) for year in ends)
    tail = " m.\u00a0g" if unit.language == "lv" else ""
    return str(say("source_line", unit.language, source=source_name(unit), years=words + tail, n=f"; {n}" if n else ""))


def confidence(unit: Unit, rows: Released | None = None) -> str:
    """Return the level of the intervals in words: that of the rows shown, which not every parameter file decides."""
    levels = [] if rows is None else rows.rows["confidence"].dropna().tolist()
    return percent(100 * (levels or [unit.params.confidence])[0], unit.language)


def confidence_of(unit: Unit, row: Any) -> str:
    """Return the level of one row's interval in words."""
    return percent(100 * (unit.params.confidence if pd.isna(row.confidence) else row.confidence), unit.language)


def figure(body: Markup, subtitle: object = "", title: object = "") -> Markup:
    """Put a figure with its measure, unit and years above it."""
    return render("figure.html.j2", title=title, subtitle=subtitle, body=body)


def newest(released: Released, unit: Unit, /, **keys: Any) -> Released:
    """Return each test's newest row within the window of pooled years; older tests are not today's state."""
    rows = released.where(**keys)
    frame = rows.rows
    if frame.empty:
        return rows
    window = int(frame["school_year"].max()) - unit.params.pooled_years
    rows = rows.where(school_year=[y for y in frame["school_year"].unique() if y > window])
    return rows.newest()
