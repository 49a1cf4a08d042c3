"""The draft frame of the next strategy: needs, a measured start, the smallest aim that can be measured, what it costs now."""

import math
from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from analysis.evidence import each
from analysis.intake.unit import Unit
from analysis.programmes import Programmes
from analysis.release import Released
from analysis.release.door import DECIMALS
from analysis.report import naming, values
from analysis.report.html import Section, render, require_released
from analysis.report.programme_names import part_name, programmes_of
from analysis.report.sections import NOTHING, confidence_of, section, source_line
from analysis.report.support.who import gaps_of, key_of, named_groups, once_each
from analysis.words.catalogue import capitalised, say
from analysis.words.numbers import number, percent

_COLUMNS = ("need", "indicator", "start", "change", "decision", "cost")
_BOTH = math.sqrt(2)
"""Two equally exact measurements differ by more than chance where they are √2 half widths of one apart."""


def frame_of_strategy(unit: Unit, released: Released) -> Section:
    """Make the section: a row a need (programmes that do not reach all, groups that are named) with a start that is measured."""
    require_released(released)
    own = released.where(municipality_id=unit.municipality_id)
    programmes = programmes_of(unit)
    rows = [*_of_support(unit, own, programmes), *_of_groups(unit, own)]
    if not rows:
        return NOTHING
    language = unit.language
    head = [say(f"frame_column_{name}", language) for name in _COLUMNS]
    body = render("check_text.html.j2", caption=say("frame_caption", language), head=head, rows=rows)
    heading = say("frame_heading", language, count=len(rows), n=number(len(rows), language))
    source = source_line(unit, own.where(indicator=["support_met_share", "group_gap"]))
    return section(unit, "frame", heading, say("frame_answer", language), [body], source)


def smallest_change(row: Any) -> float:
    """Return the smallest change that another measurement as exact as this one tells apart from chance.

    The difference of two independent measurements with an interval of half width h each has one of √2·h, at the same
    confidence; rounded up as the figure is printed, so that what is promised can be told apart.
    """
    factor = 10.0 ** DECIMALS[row.unit]
    half = float(row.high - row.low) / 2
    return float(math.ceil(round(_BOTH * half * factor, 6)) / factor)


def _of_support(unit: Unit, own: Released, programmes: Programmes) -> Iterator[list[object]]:
    """Give each part of a programme with children left, by the share of its need that is met, most children first."""
    whole = own.where(school_id="", grade="")
    left = whole.where(indicator="support_unmet").rows.dropna(subset=["estimate"])
    left = left[left["estimate"] >= 1].sort_values(["estimate", "part"], ascending=[False, True], kind="stable")
    met = {row.part: row for row in each(whole.where(indicator="support_met_share").rows.dropna(subset=["estimate"]))}
    costs = whole.where(indicator="plan_cost").rows.dropna(subset=["estimate"])
    costs = costs[~costs["part"].str.endswith("|place")]
    for part in left["part"]:
        if part in met:
            name, indicator = part_name(programmes, part, unit.language), say("frame_indicator_met", unit.language)
            mine = costs[(costs["part"] == part) | costs["part"].str.startswith(f"{part}/")]
            yield _row(unit, name, indicator, met[part], float(mine["estimate"].sum()) if len(mine) else math.nan)


def _of_groups(unit: Unit, own: Released) -> Iterator[list[object]]:
    """Give each group that section 3 shows, by its gap; of groups one of which holds the other, that with more extra pupils."""
    language, gaps, given = unit.language, gaps_of(own), list[set[str]]()
    for row, _ in once_each(named_groups(unit, own))[: unit.params.groups_shown]:
        gap, codes = gaps[key_of(row)], set(row.group.split("&"))
        if any(codes <= other or other <= codes for other in given):
            continue
        given.append(codes)
        against = "country" if gap.reference == "country" else "own"
        name = say(
            "frame_group", language, group=capitalised(naming.group(unit, row.group)), what=naming.what(unit, row)
        )
        yield _row(unit, name, say(f"frame_indicator_gap_{against}", language), gap, math.nan)


def _row(unit: Unit, need: object, indicator: Markup, start: Any, cost: float) -> list[object]:
    language = unit.language
    told = say("frame_start", language, estimate=_estimate(start, language), confidence=confidence_of(unit, start),
               interval=values.interval(start, language), pupils=values.behind(start, language, noun=True),
               years=naming.years(unit, start))  # fmt: skip
    if math.isnan(start.low) or math.isnan(start.high):
        change = Markup("–")
    else:
        text = number(smallest_change(start), language, DECIMALS[start.unit])
        change = say(f"frame_change_{start.unit}", language, change=text)
    known = not math.isnan(cost)
    euro = (
        say("frame_cost_now", language, eur=number(cost, language)) if known else say("council_cost_unknown", language)
    )
    return [need, indicator, told, change, say("frame_open", language), euro]


def _estimate(row: Any, language: str) -> str:
    if row.unit == "percent" and not row.reference:
        return percent(row.estimate, language, 1)
    return str(say(f"gap_{row.unit}", language, gap=values.estimate(row, language)).unescape())
