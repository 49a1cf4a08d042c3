"""What a more even plan costs: children served in all where every school has to reach a share of its need."""

import math
from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from analysis.evidence import each
from analysis.intake.unit import Unit
from analysis.plan.floors import COUNTED, EVEN, PLAN, SHARES
from analysis.release import Released
from analysis.report.support.kinds import told
from analysis.report.tables import Figure, table
from analysis.words.catalogue import counted, say
from analysis.words.numbers import number, span

_NAMES = {25: "even_quarter", 50: "even_half", 75: "even_three_quarters"}
_HALF, _NONE = 50, "0"


def price_of_even(unit: Unit, released: Released) -> list[Markup]:
    """Say what a floor for every school and the most even plan cost, with a table; nothing where nothing was worked out."""
    rows = _rows(unit, released)
    if not told(rows.get(f"served|{_NONE}")):
        return []
    note = say("even_note", unit.language, counted=counted("children_to", COUNTED, unit.language))
    words = Markup(" ").join(_sentences(unit, rows))
    return [Markup("<p>{}</p>").format(words), _table(unit, rows), Markup('<p class="key">{}</p>').format(note)]


def even_in_short(unit: Unit, released: Released) -> Markup:
    """Say the same in short; empty where nothing was worked out."""
    rows = _rows(unit, released)
    return Markup(" ").join(_sentences(unit, rows)) if told(rows.get(f"served|{_NONE}")) else Markup("")


def money_short(unit: Unit, released: Released) -> Markup:
    """Say that the budget does not cover the time of the specialists that there are; empty where it does."""
    own = released.where(indicator="plan_budget", municipality_id=unit.municipality_id).rows
    euro = {row.part: row.estimate for row in each(own)}
    if not euro.get("budget", math.nan) < euro.get("time", math.nan):
        return Markup("")
    return say("money_short", unit.language, **{part: number(sum_, unit.language) for part, sum_ in euro.items()})


def _rows(unit: Unit, released: Released) -> dict[str, Any]:
    own = released.where(indicator="plan_floor", municipality_id=unit.municipality_id).rows
    return {row.part: row for row in each(own)}


def _sentences(unit: Unit, rows: dict[str, Any]) -> Iterator[Markup]:
    if rows["most"].estimate < min(filter(None, SHARES)) / 5:
        yield say("even_nowhere", unit.language)
    else:
        yield _floor(unit, rows, _HALF)
    for key, words in ((EVEN, "even_most_even"), (PLAN, "even_this_plan")):
        if (row := rows[f"fewer|{key}"]).estimate >= 1:
            yield say(words, unit.language, **_fewer(row, unit.language))


def _floor(unit: Unit, rows: dict[str, Any], share: int) -> Markup:
    """Say of one floor how many fewer are served, that as many are, or that it cannot be kept."""
    language, most = unit.language, rows["most"]
    name, row = say(_NAMES[share], language), rows.get(f"fewer|{share}")
    if row is None:
        ends = span(most.low, most.high, language)
        return say("even_impossible", language, share=name, most=_percent(most.estimate, language), interval=f"{ends}")
    if row.estimate < 1:
        return say("even_as_many", language, share=name)
    return say("even_fewer", language, share=name, **_fewer(row, language))


def _fewer(row: Any, language: str) -> dict[str, Any]:
    n = int(row.estimate)
    return {"count": n, "n": number(n, language), "interval": span(row.low, row.high, language)}


def _percent(value: float, language: str) -> str:
    return number(value, language) + ("\u00a0%" if language == "lv" else "%")


def _table(unit: Unit, rows: dict[str, Any]) -> Markup:
    language, most = unit.language, rows["most"].estimate
    shares = sorted({*SHARES, int(most)})
    names = {
        str(s): say("even_highest" if s == most else "even_at_least", language, n=number(s, language)) for s in shares
    }
    names |= {_NONE: say("even_none", language), EVEN: say("even_even", language), PLAN: say("even_plan", language)}
    head = [str(say(f"column_even{column}", language)) for column in ("", "_served", "_fewer", "_below")]
    cells = [(name, *_cells(unit, rows, key)) for key, name in names.items()]
    return table(language, str(say("even_caption", language)), head, cells)


def _cells(unit: Unit, rows: dict[str, Any], key: str) -> list[Figure]:
    language = unit.language
    if f"served|{key}" not in rows:
        return [Figure(str(say("even_not_possible", language))), Figure("–"), Figure("–")]
    served, fewer, below = (rows[f"{what}|{key}"] for what in ("served", "fewer", "below"))
    return [
        Figure(number(served.estimate, language), span(served.low, served.high, language)),
        Figure("–")
        if key == _NONE
        else Figure(number(fewer.estimate, language), span(fewer.low, fewer.high, language)),
        Figure(number(below.estimate, language)),
    ]
