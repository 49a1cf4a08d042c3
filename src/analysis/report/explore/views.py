"""One view of the results: what it says in a sentence, how many stand behind it, its figure and its table."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pandas as pd
from markupsafe import Markup

from analysis.evidence import each
from analysis.intake.unit import Unit
from analysis.params import View
from analysis.release import Released
from analysis.report import groups, moves, naming, school_differences, spreads, values, where
from analysis.report.drawing import WIDE
from analysis.report.explore.choosing import Available, rows_of
from analysis.report.explore.modelled import DRAWN, Drawn, early_refused, nothing_left
from analysis.report.sections import confidence, figure, source_line
from analysis.report.short import facts_of
from analysis.report.tables import Figure, table
from analysis.words.catalogue import capitalised, counted, label, say
from analysis.words.numbers import number, school_year

_SHARES = {"low": "column_low", "high": "column_high", "failed": "column_failed"}


@dataclass(frozen=True)
class Shown:
    """A view as it is shown.

    Attributes
    ----------
    title : str
        Measure, stage and domain in words.
    sentence : Markup
        What it says; where there is nothing to show, why.
    behind : str
        How many pupils stand behind it.
    measure : str
        What is drawn, in which unit.
    bodies : tuple of Markup
        Figure and table.
    rows : Released or None
        Exactly the rows shown.
    source : str
        Data and years.
    """

    title: str
    sentence: Markup
    behind: str
    rows: Released | None
    bodies: tuple[Markup, ...] = ()
    measure: str = ""
    source: str = ""


def show(available: Available, view: View) -> Shown:
    """Show a view with the page's own figures and tables.

    Parameters
    ----------
    available : Available
        What can be looked at in the municipality.
    view : View
        What to show.

    Returns
    -------
    Shown
        Also where nothing can be shown: the sentence says why.
    """
    unit = available.unit
    rows, title = rows_of(available, view), title_of(unit, view)
    if rows is None:
        return Shown(title, say("view_nothing", unit.language), "", None)
    if why := _why_nothing(unit, rows, view.measure):
        dated = bool(rows.rows["school_year"].notna().any())  # early signs that were refused have no year
        return Shown(title, why, _behind(unit, rows), rows, source=source_line(unit, rows) if dated else "")
    sentence, bodies, measure = _DRAWN.get(view.measure, _tests)(unit, rows, view)
    return Shown(title, sentence, _behind(unit, rows), rows, bodies, str(measure), source_line(unit, rows))


def _why_nothing(unit: Unit, rows: Released, measure: str) -> Markup:
    """Say why nothing is drawn: early signs that did not pass their trial, or figures that are withheld."""
    if measure == "early" and (refused := early_refused(unit, rows)):
        return refused
    left = nothing_left(unit, rows, measure)
    if not (_nothing_left(rows.rows, measure) if left is None else left):
        return Markup("")
    k = {"k": unit.params.smallest_group, "k_sensitive": unit.params.smallest_group_sensitive}
    return say("view_withheld", unit.language, **k)


def _nothing_left(frame: pd.DataFrame, measure: str) -> bool:
    """Tell whether all figures are withheld, or one of a municipality's spread, which is drawn whole or not at all."""
    withheld = frame[["estimate", "low", "high"]].isna().all(axis=1)
    return bool(withheld[frame["municipality_id"] != ""].any() if measure == "spread" else withheld.all())


def title_of(unit: Unit, view: View) -> str:
    """Return a view's name: ``Vieta valstī · 9. klase, CE · matemātika``."""
    row, language = SimpleNamespace(**view.model_dump()), unit.language
    parts = [label("measure", view.measure, language)]
    parts += [stage_of(unit, view.measure, view.grade, view.test)] if view.grade else []
    parts += [naming.domain(unit, row) + naming.level(unit, row)] if view.domain else []
    parts += [label("attribute", view.attribute, language, own=unit.facts["labels"])] if view.attribute else []
    parts += [school_year(view.year, language)] if view.year else []
    return capitalised(" · ".join(parts))


def stage_of(unit: Unit, measure: str, grade: str, test: str) -> str:
    """Return a stage's name with its exam; of early signs the stage alone tells when, the test what came later."""
    row = SimpleNamespace(grade=grade, test=test)
    if measure != "early":
        return naming.stage(unit, row, with_test=True)
    later = naming.test_name(unit, row) or label("test", test, unit.language)
    return str(say("view_early_stage", unit.language, stage=naming.stage(unit, row), test=later).unescape())


def _behind(unit: Unit, rows: Released) -> str:
    """Say how many pupils (or schools) stand behind the figures, and how many figures are withheld."""
    language = unit.language
    own = rows.rows[rows.rows["municipality_id"] != ""]
    frame = own if len(own) else rows.rows
    shown = frame["n"].dropna().astype("int64")
    withheld = int((frame["estimate"].isna() & frame["n"].isna()).sum())
    populations = set(frame["population"])
    noun = populations.pop() if len(populations) == 1 else "pupils"
    parts = []
    if shown.empty:
        parts.append(say("behind_unknown", language))
    elif shown.nunique() == 1:
        parts.append(say("behind_one", language, n=counted(noun, int(shown.iloc[0]), language)))
    else:
        ends = {"low": number(int(shown.min()), language), "high": counted(noun, int(shown.max()), language)}
        parts.append(say("behind_several", language, **ends))
    parts += [say("behind_withheld", language, n=number(withheld, language))] if withheld else []
    return str(Markup(" ").join(parts).unescape())


def _tests(unit: Unit, rows: Released, view: View) -> Drawn:
    """Means and shares, a row a test."""
    measure = "percent" if view.measure in (*_SHARES, "percent") else rows.rows["unit"].iloc[0]
    words = f"view_{view.measure}" if view.measure in _SHARES else "where"
    drawn = where.place_dots(unit, rows, measure, words, _SHARES.get(view.measure, ""))
    sub = say(f"{words}_sub_{measure}", unit.language, confidence=confidence(unit))
    if len(rows) == 1:
        return _one(unit, next(each(rows.rows)), view.measure), (drawn,), sub
    if view.measure in ("place", "points"):
        empty = rows.at([])
        compared = {"sd": empty, "points": empty, str(measure): rows}
        heading, answer = where.message(unit, compared, empty)
        return (heading + Markup(". ") + answer).strip(), (drawn,), sub
    return say(f"view_{view.measure}_many", unit.language), (drawn,), sub


def _one(unit: Unit, row: Any, measure: str) -> Markup:
    """Say one figure, with the page's own sentence where it has one."""
    text = values.interval(row, unit.language)
    interval = say("view_interval", unit.language, confidence=confidence(unit), interval=text) if text else ""
    facts = facts_of(unit, row) | {"in_brackets": interval}
    key = f"view_{measure}"
    if measure in ("place", "points"):
        judged = {"differs": values.direction(row), "not_distinguishable": "same"}
        key = f"view_{measure}_{judged.get(row.verdict, 'too_few')}"
    return say(key, unit.language, **facts)


def _spread(unit: Unit, rows: Released, _: View) -> Drawn:
    mine, nation = rows.where(municipality_id=unit.municipality_id), rows.where(municipality_id="")
    panel = spreads.spread_panel(unit, next(each(mine.rows)), mine, nation, WIDE)
    sub = spreads.sub_of(nation, unit.language)
    return Markup("{}").format(panel["says"]), (figure(panel["drawing"], sub), panel["table"]), sub


def _moves(unit: Unit, rows: Released, _: View) -> Drawn:
    language = unit.language
    yearly = rows.where(indicator="attainment")
    trend = next(each(rows.where(indicator="trend").rows), None)
    panel = moves.panel(unit, yearly, trend, WIDE)
    sub = say("moves_sub", language, confidence=confidence(unit))
    moving = moves.direction(trend)
    if moving == "short":
        sentence = say("view_moves_short", language, what=panel["title"])
    else:
        sentence = say(f"view_moves_{moving}", language, **facts_of(unit, trend))
    head = [say(f"column_{c}", language) for c in ("year", "gap_sd", "pupils", "verdict")]
    body = [_year_row(unit, row) for row in each(yearly.rows.sort_values("school_year"))]
    return sentence, (figure(panel["drawing"], sub), table(language, panel["title"], head, body)), sub


def _year_row(unit: Unit, row: Any) -> tuple[object, ...]:
    language = unit.language
    cell = Figure(values.estimate(row, language), values.interval(row, language))
    year = school_year(int(row.school_year), language)
    return year, cell, values.behind(row, language), values.verdict(row, language)[2] or "–"


def _gaps(unit: Unit, rows: Released, _: View) -> Drawn:
    own, country = rows.where(reference="municipality"), rows.where(reference="country")
    test = next(each(own.rows))
    sentence = groups.gap_message(unit, test, own) + Markup(".")
    return sentence, (groups.gap_dots(unit, test, own, country),), groups.gap_words(unit, test)


def _schools(unit: Unit, rows: Released, _: View) -> Drawn:
    language, test = unit.language, next(each(rows.rows))
    panel = school_differences.panel(unit, test, rows, WIDE)
    measure = say("measure_sd" if test.unit == "sd" else "measure_points", language)
    sub = say("schools_sub", language, measure=measure, years=naming.years(unit, test))
    differ, judged = school_differences.judged([(test, rows)])
    key = "schools_heading" if differ else "schools_heading_none"
    sentence = say(key, language, count=judged, n=differ, all=judged) + Markup(".")
    return sentence, (figure(panel["drawing"], sub), school_differences.by_name(unit, [(test, rows)])), sub


def _published(unit: Unit, rows: Released, _: View) -> Drawn:
    public, averages = rows.where(indicator="school_mean"), rows.where(indicator="school_mean_average")
    test = next(each(public.rows))
    drawn = school_differences.published_figure(unit, test.grade, [test], public, averages)
    listed = school_differences.published_table(unit, public, [test])
    return say("schools_answer_public", unit.language), (drawn, listed), say("schools_public_sub", unit.language)


_DRAWN = DRAWN | {"spread": _spread, "moves": _moves, "gaps": _gaps, "schools": _schools, "published": _published}
