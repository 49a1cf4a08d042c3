"""How far groups of pupils are: all that were examined, in a fixed order."""

import math
from typing import Any

from markupsafe import Markup

from analysis.evidence import each
from analysis.intake.unit import Unit
from analysis.release import Released
from analysis.report import naming, values
from analysis.report.sections import confidence, confidence_of, figure
from analysis.report.strips import Scale, strip
from analysis.report.tables import DotRow, Figure, details, dots
from analysis.words.catalogue import capitalised, say
from analysis.words.numbers import WITHHELD

_SCALES = {"sd": 2.0, "points": 40.0, "percent": 40.0}


def examined_groups(unit: Unit, own: Released) -> list[Markup]:
    """Make a folded table a test of the groups of one attribute, all of them; its line says how many differ."""
    gaps = own.where(indicator="group_gap")
    home = gaps.where(reference="municipality")
    frame = home.rows
    window = frame["school_year"].max() - unit.params.pooled_years if len(frame) else 0
    frame = frame[frame["school_year"] > window]
    tests = list(each(naming.test_order(frame.drop_duplicates(naming.TEST_KEYS))))
    shown = frame.dropna(subset=["estimate"]).groupby(naming.TEST_KEYS, observed=True).size()
    tests = [test for test in tests if naming.key_of(test) in shown.index]
    bodies = []
    for test in tests:
        keys = {key: getattr(test, key) for key in (*naming.TEST_KEYS, "school_year", "unit")}
        bodies.append(_block(unit, test, home.where(**keys), gaps.where(reference="country", **keys)))
    return [details(say("groups_details", unit.language), *bodies)] if bodies else []


def _block(unit: Unit, test: Any, own: Released, country: Released) -> Markup:
    return details(gap_message(unit, test, own), gap_dots(unit, test, own, country))


def gap_message(unit: Unit, test: Any, own: Released) -> Markup:
    """Say how many of a test's groups differ from their municipality."""
    language, what = unit.language, capitalised(naming.what(unit, test))
    single = own.rows[~own.rows["group"].str.contains("&", regex=False)]
    judged = single[single["verdict"].isin(["differs", "not_distinguishable"])]
    differ = int((judged["verdict"] == "differs").sum())
    if judged.empty:
        return say("groups_block_few", language, what=what)
    return say("groups_block", language, count=len(judged), what=what, n=differ, all=len(judged))


def gap_scale(unit: Unit, measure: str) -> Scale:
    """Return the axis of gaps, the same on all pages of a run."""
    half = _SCALES[measure] * (unit.params.council_scale_sd if measure == "sd" else 1)
    return Scale(-half, half, (-half * 2 / 3, -half / 3, 0.0, half / 3, half * 2 / 3))


def gap_dots(unit: Unit, test: Any, own: Released, country: Released) -> Markup:
    """Draw the gaps of one test's groups, against the country (where it is known) and against the municipality."""
    language, measure, what = unit.language, test.unit, capitalised(naming.what(unit, test))
    scale = gap_scale(unit, measure)
    nation = {row.group: row for row in each(country.rows)}
    middle = municipality_mean(nation, own)
    rows = [_row(unit, row, nation.get(row.group), scale, middle) for row in fixed_order(unit, own)]
    suffix = "" if measure == "sd" else "_points"
    heads = [("column_country" + suffix,)] if nation else []
    heads.append(("column_own" + suffix,))
    small = str(say("column_interval", language, confidence=confidence(unit, own)))
    years = naming.years(unit, test)
    drawn = dots(
        language,
        str(say("groups_caption", language, what=what, years=years).unescape()),
        [say("column_group", language)],
        [(str(say(head[0], language)), small) for head in heads],
        scale,
        str(say("axis_country" if nation else "axis_own", language)),
        rows,
        unit=measure if measure == "sd" else "points",
        verdicts=False,
        merged="groups",
    )
    return figure(drawn, gap_words(unit, test))


def gap_words(unit: Unit, test: Any) -> Markup:
    """Say what is drawn of a test's groups, in which unit and of which years."""
    key = {"sd": "groups_sub", "points": "groups_sub_points", "percent": "groups_sub_percent"}[test.unit]
    return say(key, unit.language, confidence=confidence_of(unit, test), years=naming.years(unit, test))


def fixed_order(unit: Unit, own: Released) -> list[Any]:
    """Order the groups of one attribute: attributes in the order of the contract, then declared ones; values by their codes."""
    order = {attribute: i for i, attribute in enumerate(unit.attributes)}
    single = own.rows[~own.rows["group"].str.contains("&", regex=False)]
    return sorted(each(single), key=lambda row: (order.get(row.group.split("=")[0], 99), row.group))


def municipality_mean(nation: dict[str, Any], own: Released) -> float:
    """The municipality's own place: a group's place less its gap to the municipality, from the largest group shown."""
    shown = own.rows.dropna(subset=["estimate", "n"]).sort_values("n")
    shown = shown[shown["group"].isin(nation)]
    if shown.empty:
        return float("nan")
    largest = shown.iloc[-1]
    return float(nation[largest["group"]].estimate - largest["estimate"])


def _row(unit: Unit, row: Any, nation: Any, scale: Scale, middle: float) -> DotRow:
    language = unit.language
    drawn = nation if nation is not None else row
    text, small = values.estimate(drawn, language), values.interval(drawn, language)
    say_it = ", ".join(filter(None, (text, small)))
    mark = middle if nation is not None and not math.isnan(drawn.estimate) else None
    figures = [Figure(values.estimate(r, language), values.interval(r, language), _verdict(r, language))
               for r in (nation, row) if r is not None]  # fmt: skip
    return DotRow(
        block="",
        name=capitalised(naming.group(unit, row.group)),
        drawing=strip(scale, drawn.estimate, drawn.low, drawn.high, values.direction(drawn), say_it, mark),
        figures=tuple(figures),
        n=values.behind(row, language),
    )


def _verdict(row: Any, language: str) -> tuple[str, str, str]:
    return ("", "", "") if values.estimate(row, language) == WITHHELD else values.verdict(row, language)
