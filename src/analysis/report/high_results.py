"""Section 3, beside those who need support: in which groups high results are rarer or more frequent than in the country."""

import math
from typing import Any

from markupsafe import Markup

from analysis.evidence import each
from analysis.intake.unit import Unit
from analysis.release import Released
from analysis.report import naming, values
from analysis.report.early.checks import is_shown
from analysis.report.groups import fixed_order
from analysis.report.sections import confidence, figure, newest
from analysis.report.strips import Scale, strip
from analysis.report.tables import DotRow, Figure, details, dots, left_out, table
from analysis.report.where import high_cut
from analysis.words.catalogue import capitalised, label, say
from analysis.words.numbers import listed, number, percent

_SCALE = Scale(0, 60, (0, 15, 30, 45, 60), zero=None)
_MOST_NAMED = 3
_JUDGED = ("differs", "not_distinguishable")
Nation = dict[tuple[Any, ...], Any]


def high_results(unit: Unit, released: Released, *, whole: bool = True) -> list[Markup]:
    """Make the part of the section: groups that differ from the same pupils in the country; if ``whole``, all others folded.

    Otherwise a sentence says where they stand.
    """
    own = released.where(municipality_id=unit.municipality_id, school_id="")
    shares = newest(own, unit, indicator="high_result_share")
    frame = shares.rows
    groups = [row for row in each(frame[frame["group"].ne("")]) if is_shown(row)]
    if not groups:
        return []
    everybody = list(each(naming.test_order(frame[frame["group"].eq("")])))
    nation = of_country(released)
    differing = _pruned(groups, everybody, nation)
    heading = Markup("<h3>{}</h3>").format(_heading(unit, [*everybody, *groups], nation))
    bodies = [heading, Markup("<p>{}</p>").format(_answer(unit, everybody, differing, nation))]
    if differing:
        bodies.append(_dots(unit, shares, differing, nation))
    left = say("high_details", unit.language)
    return [*bodies, _folded(unit, own, shares, everybody, nation) if whole else left_out(unit.language, left)]


def of_country(released: Released) -> Nation:
    """Return the country's shares by test, year and group."""
    rows = released.where(indicator="high_result_share", municipality_id="").rows
    return {_key(row): row for row in each(rows) if is_shown(row)}


def judged(rows: list[Any], nation: Nation) -> list[str]:
    """Return on which side of the country's share each of the shares lies that could be judged by one that is shown."""
    return [side(row, nation) for row in rows if row.verdict in _JUDGED and _key(row) in nation]


def side(row: Any, nation: Nation) -> str:
    """Return on which side of the country's share a share lies, where it surely does."""
    there = nation.get(_key(row))
    return "same" if there is None else values.direction(row, _level(there))


def _level(there: Any) -> float:
    """Return the country's share; of a coded one its bound."""
    ends = (there.estimate, there.high, there.low)
    return float(next(end for end in ends if not math.isnan(end)))


def _key(row: Any) -> tuple[Any, ...]:
    return (*naming.key_of(row), int(row.school_year), row.group)


def _pruned(groups: list[Any], whole: list[Any], nation: Nation) -> list[Any]:
    """Return what differs, those lacking most high results first; where all pupils of a test do, they stand for its groups."""
    of_whole = {(naming.key_of(row), side(row, nation)) for row in whole}
    found = [row for row in groups if (naming.key_of(row), side(row, nation)) not in of_whole]
    found = [row for row in [*whole, *found] if side(row, nation) != "same"]

    def more(row: Any) -> float:
        return float(row.n * (row.estimate - _level(nation[_key(row)])))

    fewer = sorted((row for row in found if side(row, nation) == "lower"), key=more)
    return fewer + sorted((row for row in found if side(row, nation) == "higher"), key=more, reverse=True)


def _heading(unit: Unit, rows: list[Any], nation: Nation) -> Markup:
    language, sides = unit.language, judged(rows, nation)
    differ = len(sides) - sides.count("same")
    if not sides:
        return say("high_heading_alone", language)
    if not differ:
        return say("high_heading_none", language)
    return say("high_heading", language, count=len(sides), n=differ, all=len(sides))


def _answer(unit: Unit, whole: list[Any], differing: list[Any], nation: Nation) -> Markup:
    language, counted = unit.language, [row for row in whole if not math.isnan(row.estimate)]
    parts = []
    if counted:
        high, results = sum(row.estimate * row.n / 100 for row in counted), sum(int(row.n) for row in counted)
        facts = {"n": number(high, language), "all": number(results, language)}
        parts.append(say("high_count", language, count=results, **facts))
    for key, name in (("high_fewer", "lower"), ("high_more", "higher")):
        rows = [row for row in differing if side(row, nation) == name][:_MOST_NAMED]
        items = [
            str(say("high_item", language, group=_group(unit, row), what=naming.what(unit, row)).unescape())
            for row in rows
        ]
        parts += [say(key, language, list=listed(items, language))] if items else []
    if any(side(row, nation) == "lower" for row in differing):
        parts.append(say("high_talk", language))
    return Markup(" ").join(parts)


def _group(unit: Unit, row: Any) -> str:
    return naming.group(unit, row.group) if row.group else str(say("high_all", unit.language))


def _dots(unit: Unit, shares: Released, differing: list[Any], nation: Nation) -> Markup:
    language, shown = unit.language, differing[: unit.params.groups_shown]
    level = confidence(unit, shares)
    heads = [(str(say("column_here", language)), str(say("column_interval", language, confidence=level)))]
    drawn = dots(
        language,
        str(say("high_caption", language)),
        [str(say("column_group", language))],
        [*heads, (str(say("column_there", language)), "")],
        _SCALE,
        "",
        [_row(unit, row, nation) for row in shown],
        unit="percent",
        verdicts=False,
    )
    sub = say(
        "high_sub", language, confidence=level, years=naming.years(unit, max(shown, key=lambda row: row.school_year))
    )
    if len(shown) < len(differing):
        sub += say("high_first", language, n=number(len(shown), language))
    return figure(drawn, sub)


def _row(unit: Unit, row: Any, nation: Nation) -> DotRow:
    language, there, where = unit.language, nation[_key(row)], side(row, nation)
    text, small, country = values.estimate(row, language), values.interval(row, language), _there(there, language)
    told = ", ".join((text, small, str(say("high_country", language, share=country))))
    return DotRow(
        block="",
        name=capitalised(_group(unit, row)),
        drawing=strip(_SCALE, row.estimate, row.low, row.high, where, told, _level(there)),
        figures=(Figure(text, small, values.verdict(row, language, "frequency", _level(there))), Figure(country)),
        n=values.behind(row, language),
        note=naming.what(unit, row),
    )


def _folded(unit: Unit, own: Released, shares: Released, whole: list[Any], nation: Nation) -> Markup:
    """Fold the groups of each stage: a table a test, groups in the fixed order of their attributes."""
    language, stages = unit.language, dict[str, list[Markup]]()
    for test in whole:
        of_test = shares.where(**{key: getattr(test, key) for key in naming.TEST_KEYS})
        groups = fixed_order(unit, of_test.where(group=sorted({*of_test.rows["group"]} - {""})))
        if any(is_shown(row) for row in groups):
            stages.setdefault(test.grade, []).append(_of_test(unit, test, groups, nation))
    named = {test.grade: capitalised(naming.stage(unit, test)) for test in whole}
    bodies = [details(named[grade], *tables) for grade, tables in stages.items()]
    note = Markup('<p class="key">{}</p>').format(say("high_note", language, high=high_cut(unit, own)))
    return details(say("high_details", language), *bodies, note)


def _of_test(unit: Unit, test: Any, groups: list[Any], nation: Nation) -> Markup:
    language = unit.language
    what, years = capitalised(naming.what(unit, test)), naming.years(unit, test)
    caption = say("high_caption_test", language, what=what, years=years, confidence=confidence(unit))
    heads = [str(say(f"column_{name}", language)) for name in ("group", "here", "pupils", "there")]
    names = {row.group: naming.group(unit, row.group) if row.group else str(say("high_all", language)) for row in
             [test, *groups]}  # fmt: skip
    body = [(capitalised(names[row.group]), *_cells(unit, row, nation)) for row in [test, *groups]]
    return table(language, str(caption.unescape()), heads, body, merged="groups")


def _cells(unit: Unit, row: Any, nation: Nation) -> tuple[Figure, Figure, Figure]:
    """Give a group's share with its interval and side, its number, and the country's share; that goes with the group's."""
    language, there, where = unit.language, nation.get(_key(row)), side(row, nation)
    share = values.estimate(row, language)
    if not is_shown(row):
        return Figure(share), Figure(share), Figure(share)
    told = "" if where == "same" else f"{values.SHAPES[where]} {label('frequency', where, language)}"
    small = Markup("<br>").join(filter(None, (values.interval(row, language), told)))
    country = "–" if there is None else _there(there, language)
    return Figure(share, small), Figure(values.behind(row, language)), Figure(country)


def _there(row: Any, language: str) -> str:
    """Return the country's share, told in whole percents at the finest."""
    return values.estimate(row, language) if math.isnan(row.estimate) else percent(row.estimate, language)
