"""The place expected of municipalities with similar pupils: the second mark of section 1, and what is said of it."""

from collections.abc import Hashable
from typing import Any

import pandas as pd
from markupsafe import Markup

from analysis.evidence import each
from analysis.intake.unit import Unit
from analysis.release import Released
from analysis.report import naming, values
from analysis.report.sections import newest
from analysis.report.strips import hollow_tick
from analysis.words.catalogue import say
from analysis.words.numbers import listed


def key_of(row: Any) -> tuple[Hashable, ...]:
    """Return the test and its year: an expectation stands beside the same year's place alone."""
    return (*naming.key_of(row), int(row.school_year))


def places(similar: Released) -> dict[tuple[Hashable, ...], Any]:
    """Return the expected places by test and year."""
    rows = similar.where(reference="country", school_id="").rows
    return {key_of(row): row for row in each(rows[rows["estimate"].notna()])}


def key(language: str) -> Markup:
    """Explain the mark."""
    tick = Markup('<svg width="14" height="18" viewBox="0 2 14 22" aria-hidden="true">{}</svg>').format(
        Markup(hollow_tick(7))
    )
    return Markup('<p class="key">{} {}</p>').format(tick, say("where_expected_key", language))


def note(row: Any, language: str) -> str:
    """Say the expected place with the interval in which such municipalities lie."""
    facts = {"estimate": values.estimate(row, language), "interval": values.interval(row, language)}
    return str(say("where_expected_note", language, **facts).unescape())


def sentences(unit: Unit, similar: Released) -> list[Markup]:
    """Say it in a paragraph; nothing where there is nothing to say."""
    told = message(unit, similar)
    return [Markup("<p>{}</p>").format(told)] if told else []


def message(unit: Unit, similar: Released) -> Markup:
    """Say which results are beyond the interval printed beside them; nothing where none could be judged.

    A gap that chance alone does not explain may still be an ordinary one among similar municipalities: a place inside
    the interval that holds 95 % of them is never told to be lower or higher than expected.
    """
    language, held = unit.language, places(similar)
    rows = similar.where(reference="similar", school_id="").rows
    judged = rows[rows["verdict"].isin(["differs", "not_distinguishable"])]
    if judged.empty:
        return Markup("")
    beyond = [row.verdict == "differs" and _beyond(row, held.get(key_of(row))) for row in each(judged)]
    differs = naming.test_order(judged[beyond])
    told = []
    for name, mine in (("lower", differs["estimate"] < 0), ("higher", differs["estimate"] > 0)):
        if mine.any():
            told.append(say(f"where_expected_{name}", language, list=listed(_items(unit, differs[mine]), language)))
    if len(differs) < len(judged):
        told.append(say("where_expected_rest" if told else "where_expected_same", language))
    return Markup(" ").join(told)


def given(unit: Unit, own: Released, *, earlier: bool) -> list[Markup]:
    """Say which results differ from the country once pupils are compared with their like; nothing where nothing is known.

    A municipality's mean differs from the country's for whom it teaches as well; the nested model's effect of the
    municipality is what is left of the gap, beside the differences between its schools.
    """
    language = unit.language
    rows = newest(own, unit, indicator="municipality_effect", reference="country").rows
    rows = rows[rows["verdict"].isin(["differs", "not_distinguishable"])]
    if rows.empty:
        return []
    ends = {"year_from": rows["year_from"].fillna(rows["school_year"]).min(), "school_year": rows["school_year"].max()}
    facts = {
        "years": naming.years(unit, next(each(rows))._replace(**ends)),
        "given": say("where_given_earlier" if earlier else "where_given_covariates", language),
    }
    differs, told = naming.test_order(rows[rows["verdict"] == "differs"]), []
    for name, mine in (("lower", differs["estimate"] < 0), ("higher", differs["estimate"] > 0)):
        if mine.any():
            told.append(
                say(f"where_given_{name}", language, list=listed(_items(unit, differs[mine]), language), **facts)
            )
    if len(differs) < len(rows):
        told.append(say("where_given_rest" if told else "where_given_same", language, **facts))
    return [Markup("<p>{}</p>").format(Markup(" ").join(told))]


def _beyond(away: Any, place: Any) -> bool:
    return place is not None and not place.low <= place.estimate + away.estimate <= place.high


def _items(unit: Unit, rows: pd.DataFrame) -> list[str]:
    """``matemātika (9. klase, CE; +0,12 SD, no 0,03 līdz 0,21)``."""
    language = unit.language
    return [
        f"{naming.domain(unit, row)} ({naming.block(unit, row)}; {values.estimate(row, language)}\u00a0SD, "
        f"{values.interval(row, language)})"
        for row in each(rows)
    ]
