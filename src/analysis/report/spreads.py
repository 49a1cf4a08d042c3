"""How results are spread over bands of ten percent, beside the country."""

from typing import Any

import pandas as pd
from markupsafe import Markup

from analysis.evidence import each
from analysis.intake.unit import Unit
from analysis.release import Released
from analysis.report import naming, values
from analysis.report.figures import SMALL, spread
from analysis.report.html import render
from analysis.report.sections import figure, newest
from analysis.report.tables import Figure, details, table
from analysis.words.catalogue import capitalised, counted, say
from analysis.words.numbers import percent

_MOST_SPREADS = 3
_LAST_GRADES = ("9", "10", "11", "12")


def spreads(unit: Unit, released: Released) -> list[Markup]:
    """Draw the spread of at most three tests of the grade that most pupils sat last, and fold the figures behind."""
    language = unit.language
    own = newest(released.where(municipality_id=unit.municipality_id), unit, indicator="band_share")
    tests = naming.test_order(own.rows.dropna(subset=["n"]).drop_duplicates(naming.TEST_KEYS))
    last = tests[tests["grade"].isin(_LAST_GRADES)] if tests["grade"].isin(_LAST_GRADES).any() else tests
    most = last.groupby("grade")["n"].sum().sort_values(kind="stable").index[-1] if len(last) else ""
    panels = []
    for row in list(each(last[last["grade"] == most]))[:_MOST_SPREADS]:
        keys = {key: getattr(row, key) for key in (*naming.TEST_KEYS, "school_year", "indicator")}
        panels.append(spread_panel(unit, row, own.where(**keys), released.where(municipality_id="", **keys)))
    if not panels:
        return []
    sub = sub_of(released.where(municipality_id="", indicator="band_share"), language)
    tables = [panel["table"] for panel in panels]
    return [
        figure(render("panels.html.j2", panels=panels), sub, say("bands_title", language)),
        details(say("bands_details", language), *tables),
    ]


def sub_of(nation: Released, language: str) -> Markup:
    """Say what a spread shows: beside the country, without it, or why it is not there."""
    return say(("bands_sub" if _told(nation) else "bands_sub_alone") if len(nation) else "bands_sub_own", language)


def _told(nation: Released) -> bool:
    return bool(nation.rows["estimate"].notna().all()) and len(nation) > 0


def spread_panel(
    unit: Unit, row: Any, mine: Released, nation: Released, size: tuple[int, int] = SMALL
) -> dict[str, Any]:
    """Make one test's figure of the spread: title, note, drawing, its text alternative, and the table behind it.

    Where nothing may be told of the country it stands without it.
    """
    nation = nation if _told(nation) else nation.at([])
    language, what = unit.language, capitalised(naming.what(unit, row))
    bands = mine.rows
    first, last = bands.iloc[0], bands.iloc[-1]
    facts = {
        "what": what,
        "n": counted("pupils", int(first["n"]), language),
        "first": _band(first["part"], language),
        "last": _band(last["part"], language),
        "first_share": percent(first["estimate"], language, 1),
        "last_share": percent(last["estimate"], language, 1),
    }
    alt = str(say("bands_alt", language, **facts).unescape())
    key = "-".join(str(part) for part in ("spread", *size, *naming.key_of(row)))
    shares = [(bands, nation.rows)] if len(nation) else [(bands, None)]
    body = [
        (
            _band(band["part"], language),
            Figure(percent(band["estimate"], language, 1), values.interval(_row(band), language)),
            *([percent(other["estimate"].iloc[i], language, 1)] if other is not None else []),
        )
        for own_bands, other in shares
        for i, (_, band) in enumerate(own_bands.iterrows())
    ]
    head = [say("column_band", language), say("column_municipality", language)]
    head += [say("column_nation", language)] if len(nation) else []
    return {
        "title": what,
        "note": counted("pupils", int(first["n"]), language),
        "drawing": spread(mine, nation, language, key, alt, size),
        "says": say("view_spread", language, **facts),
        "table": table(language, say("bands_caption", language, what=what), head, body),
    }


def _band(part: str, language: str) -> str:
    return part.replace("-", "–") + ("\u00a0%" if language == "lv" else "%")


def _row(series: pd.Series) -> Any:
    return next(each(series.to_frame().T.astype({"estimate": float, "low": float, "high": float})))
