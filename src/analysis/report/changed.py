"""Section 9: what has changed since an earlier issue, and which parts the change is made of."""

import math
from typing import Any

import pandas as pd
from markupsafe import Markup

from analysis.evidence import each
from analysis.intake.issues import Earlier
from analysis.intake.unit import Unit
from analysis.plan.changes import PARTS
from analysis.release import Released
from analysis.report import naming, values
from analysis.report.html import Section, require_released
from analysis.report.named import groups_since
from analysis.report.sections import NOTHING, confidence, confidence_of, figure, section, source_line
from analysis.report.strips import Scale, step, strip
from analysis.report.support.who import named_groups
from analysis.report.tables import DotRow, Figure, details, dots, table
from analysis.words.catalogue import capitalised, say
from analysis.words.numbers import listed, number

_SCALE = Scale(-0.45, 0.45, (-0.3, -0.15, 0.0, 0.15, 0.3))
_TESTS_DRAWN, _WORTH_DRAWING = 3, 0.05
_SHARES = {"low_result_change": "changed_table_low", "fail_change": "changed_table_fail"}
Test = dict[str, Any]


def what_changed(unit: Unit, released: Released) -> Section:
    """Make the section: where the store has an earlier issue and a figure in common can be shown."""
    require_released(released)
    own = released.where(municipality_id=unit.municipality_id)
    rows = own.where(indicator="change")
    shown = _tests(rows)
    if unit.earlier is None or not shown:
        return NOTHING
    drawn = _worth_drawing(shown)
    bodies = [_waterfalls(unit, unit.earlier, drawn, rows)] if drawn else []
    bodies.append(details(say("changed_details", unit.language), *_tables(unit, unit.earlier, own, shown)))
    if own.where(indicator="support_need").rows["estimate"].notna().any():
        bodies.append(Markup('<p class="key">{}</p>').format(say("changed_need", unit.language)))
    how = Markup("<p>{}</p>").format(say("changed_how_text", unit.language))
    bodies.append(details(say("changed_how", unit.language), how))
    totals = rows.where(part="total").rows
    answer = Markup(" ").join(_answer(unit, unit.earlier, own, totals))
    return section(unit, "changed", _heading(unit, totals), answer, bodies, source_line(unit, rows))


def short_changes(unit: Unit, released: Released) -> Markup | None:
    """Say in one sentence what differs from the earlier issue: results beyond chance, or the municipality's boundary.

    Nothing without an earlier issue, and where neither differs.
    """
    rows = released.where(municipality_id=unit.municipality_id, indicator="change")
    if unit.earlier is None or not _tests(rows):
        return None
    language, facts = unit.language, {"issue": unit.earlier.name}
    totals = rows.where(part="total").rows
    judged = totals[totals["verdict"].isin(["differs", "not_distinguishable"])]
    differ = judged[judged["verdict"] == "differs"]
    boundary = Markup(" ").join(_moved(unit, unit.earlier)[:1])
    if differ.empty:
        return say("short_changed_boundary", language, boundary=boundary, **facts) if boundary else None
    most = next(each(naming.test_order(differ).sort_values("estimate", key=abs, ascending=False, kind="stable")))
    words = say(
        "short_changed", language, count=len(judged), n=len(differ), all=len(judged), most=_differs(unit, most), **facts
    )
    return Markup(" ").join(filter(None, (words, boundary)))


def missing_changes(unit: Unit, released: Released) -> list[Markup]:
    """Say in section 10 why the page has no section 9."""
    if unit.earlier is None:
        return [capitalised(say("data_missing_changed", unit.language))]
    if _tests(released.where(municipality_id=unit.municipality_id, indicator="change")):
        return []
    words = say("data_missing_changed_nothing", unit.language, issue=unit.earlier.name)
    return [capitalised(words)]


def _tests(rows: Released) -> list[Test]:
    """Return the changes whose total is shown, test by test: part → row; the others may be withheld."""
    found: list[Test] = []
    frame = naming.test_order(rows.rows)
    for _, test in frame.groupby([*naming.TEST_KEYS, "school_year"], sort=False):
        parts = {row.part: row for row in each(test)}
        found += [parts] if not math.isnan(parts["total"].estimate) else []
    return found


def _worth_drawing(shown: list[Test]) -> list[Test]:
    """Keep the largest that differ, or in which more than the pupils' results changed."""

    def worth(test: Test) -> bool:
        counted = [abs(test[part].estimate) for part in ("data", "definition", "boundary") if part in test]
        more = max(counted, default=0) >= _WORTH_DRAWING
        return not math.isnan(test["rest"].estimate) and (more or test["total"].verdict == "differs")

    kept = [test for test in shown if worth(test)]
    first = sorted(kept, key=lambda t: (t["total"].verdict != "differs", -abs(t["total"].estimate)))[:_TESTS_DRAWN]
    return [test for test in kept if test in first]


def _heading(unit: Unit, totals: pd.DataFrame) -> Markup:
    judged = totals[totals["verdict"].isin(["differs", "not_distinguishable"])]
    differ = int((judged["verdict"] == "differs").sum())
    if judged.empty:
        return say("changed_heading_few", unit.language)
    if not differ:
        return say("changed_heading_none", unit.language)
    return say("changed_heading", unit.language, count=len(judged), n=differ, all=len(judged))


def _answer(unit: Unit, earlier: Earlier, own: Released, totals: pd.DataFrame) -> list[Markup]:
    language = unit.language
    parts = [say("changed_answer", language, issue=earlier.name)]
    differ = naming.test_order(totals[totals["verdict"] == "differs"])
    if len(differ):
        items = [_differs(unit, row) for row in each(differ)]
        parts.append(say("changed_differs", language, list=listed(items, language)))
    parts += _boundary(unit, earlier)
    groups = groups_since(own, {row.group for row in named_groups(unit, own)})
    if any(groups.values()):
        numbers = {name: number(len(codes), language) for name, codes in groups.items()}
        parts.append(say("changed_groups", language, **numbers))
    return parts


def _differs(unit: Unit, row: Any) -> str:
    language = unit.language
    words = say(
        "changed_differs_item", language, what=naming.what(unit, row), estimate=values.estimate(row, language),
        confidence=confidence_of(unit, row), interval=values.interval(row, language),
        n=values.behind(row, language, noun=True),
    )  # fmt: skip
    return str(words.unescape())


def _boundary(unit: Unit, earlier: Earlier) -> list[Markup]:
    """Say what the municipality was called then, and which schools came, left or are not listed."""
    then = earlier.places.get(earlier.municipality_id, unit.name)
    parts = [say("changed_then", unit.language, place=then)] if then != unit.name else []
    return [*parts, *_moved(unit, earlier), *([say("changed_not_listed", unit.language)] if earlier.left else [])]


def _moved(unit: Unit, earlier: Earlier) -> list[Markup]:
    """Say that schools came or left, and from which municipalities; names of places, no figures."""
    others = [name for code, name in earlier.places.items() if code != earlier.municipality_id]
    parts = [say("changed_boundary", unit.language, list=listed(others, unit.language))] if others else []
    return parts + ([say("changed_boundary_left", unit.language)] if len(earlier.away) else [])


def _waterfalls(unit: Unit, earlier: Earlier, drawn: list[Test], rows: Released) -> Markup:
    """Draw each change as parts that start where the last one ended, and the whole with its interval."""
    language = unit.language
    body = dots(
        language,
        str(say("changed_caption", language, issue=earlier.name).unescape()),
        [str(say("column_result", language)), str(say("column_part", language))],
        [(str(say("column_change", language)), "")],
        _SCALE,
        str(say("axis_before", language)),
        [row for test in drawn for row in _waterfall(unit, test)],
    )
    key = Markup('<p class="key">{}</p>').format(say("changed_key", language))
    return figure(body + key, say("changed_sub", language, confidence=confidence(unit, rows)))


def _waterfall(unit: Unit, test: Test) -> list[DotRow]:
    language, reached, drawn = unit.language, 0.0, []
    block = _name(unit, test["total"])
    for part in PARTS[1:]:
        if part not in test or test[part].estimate == 0:
            continue
        row, start = test[part], reached
        reached += row.estimate
        text = values.estimate(row, language)
        name = str(say(f"changed_part_{part}", language))
        picture = step(_SCALE, start, reached, f"{name}: {text}")
        drawn.append(DotRow(block, name, picture, (Figure(text),), values.behind(row, language)))
    return [*drawn, _whole(unit, block, test["total"])]


def _whole(unit: Unit, block: str, row: Any) -> DotRow:
    language = unit.language
    text, small = values.estimate(row, language), values.interval(row, language)
    picture = strip(_SCALE, row.estimate, row.low, row.high, values.direction(row), f"{text}, {small}")
    name = Markup("<b>{}</b>").format(say("changed_part_total", language))
    return DotRow(block, name, picture, (Figure(text, small),), values.behind(row, language), _verdict(row, language))


def _verdict(row: Any, language: str) -> tuple[str, str, str]:
    shape, css, words = values.verdict(row, language)
    return shape, css, str(say(f"changed_{css}", language)) if css in ("low", "high") else words


def _tables(unit: Unit, earlier: Earlier, own: Released, shown: list[Test]) -> list[Markup]:
    """Return the numbers behind: every result with all its parts; shares only of one and the same year."""
    language = unit.language
    words = {"issue": earlier.name, "confidence": confidence(unit, own.where(indicator="change"))}
    made = [_table(unit, str(say("changed_table", language, **words).unescape()), shown)]
    for indicator, key in _SHARES.items():
        shares = [t for t in _tests(own.where(indicator=indicator)) if any(abs(row.estimate) > 0 for row in t.values())]
        made += [_table(unit, str(say(key, language)), shares)] if shares else []
    return made


def _table(unit: Unit, caption: str, tests: list[Test]) -> Markup:
    language = unit.language
    parts = [part for part in PARTS if any(part in test for test in tests)]
    head = [str(say("column_result", language)), *(str(say(f"changed_part_{part}", language)) for part in parts)]
    rows = [[_name(unit, test["total"]), *(_cell(test.get(part), language) for part in parts)] for test in tests]
    return table(language, caption, head, rows)


def _name(unit: Unit, row: Any) -> str:
    """Name a test; where both reports speak of one school year, that year with it."""
    words = capitalised(naming.what(unit, row))
    return words if not pd.isna(row.year_from) else f"{words} ({naming.years(unit, row)})"


def _cell(row: Any, language: str) -> Figure:
    if row is None:
        return Figure("–")
    decimals = {"sd": 2, "percent": 1}[row.unit]
    return Figure(number(row.estimate, language, decimals, signed=True), values.interval(row, language))
