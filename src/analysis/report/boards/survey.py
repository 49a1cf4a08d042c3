"""Section on the survey of boards: what is unclear by programme, what interests, other answers; by question, never by board."""

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from analysis.evidence import each
from analysis.intake.unit import Unit
from analysis.release import Released
from analysis.report import naming
from analysis.report.html import Section, require_released
from analysis.report.sections import NOTHING, figure, section, source_line
from analysis.report.tables import Figure, details, table
from analysis.stats.boards import INTEREST, TEXT, UNCLEAR, YES
from analysis.words.catalogue import capitalised, counted, label, labels, say
from analysis.words.collation import latvian_key
from analysis.words.numbers import listed, number, percent, school_year

_KINDS = {UNCLEAR: "state_programme", INTEREST: "board_interest"}


def board_survey(unit: Unit, released: Released) -> Section:
    """Make the section; without answers there is none."""
    require_released(released)
    rows = released.where(indicator="board_answers")
    if not len(rows):
        return NOTHING
    language, shares = unit.language, _shares(rows)
    by_kind = {kind: [q for q in shares if q.startswith(kind)] for kind in _KINDS}
    others = [q for q in shares if not q.startswith(tuple(_KINDS))]
    unclear = sorted(by_kind[UNCLEAR], key=lambda q: (-_unclear(shares[q]), q))
    bodies = [_table(unit, rows, unclear, "unclear", "state_programme")] if unclear else []
    if by_kind[INTEREST]:
        bodies.append(_table(unit, rows, _by_name(unit, by_kind[INTEREST]), "interest", "interest"))
    if others:
        plain = _table(unit, rows, _by_name(unit, others), "question", "question")
        bodies.append(details(say("boards_others", language), plain) if bodies else plain)
    bodies.append(details(say("boards_how", language), Markup("<p>{}</p>").format(say("boards_how_text", language))))
    most = [q for q in unclear if _unclear(shares[q]) == _unclear(shares[unclear[0]])]
    return section(unit, "boards", _heading(unit, most), _answer(unit, rows, most), bodies, source_line(unit, rows))


def board_question(unit: Unit, code: str) -> str:
    """Return what a question is about, in words; one that nobody named stays its code."""
    kind = next((kind for kind in _KINDS if code.startswith(kind)), "")
    return label(_KINDS.get(kind, "board_question"), code.removeprefix(kind), unit.language, own=unit.facts["labels"])


def _shares(rows: Released) -> dict[str, dict[str, Any]]:
    """Return by question the row of each answer."""
    found: dict[str, dict[str, Any]] = {}
    for row in each(rows.where(reference="").rows):
        if row.part:
            found.setdefault(row.part, {})[row.group.partition("=")[2]] = row
    return found


def _unclear(answers: dict[str, Any]) -> float:
    """Percent of boards to which something is unclear, wholly or in part; to the digits that are printed."""
    return float(round(sum(answers[one].estimate for one in (YES, "partly") if one in answers)))


def _by_name(unit: Unit, questions: Sequence[str]) -> list[str]:
    return sorted(questions, key=lambda q: (latvian_key(board_question(unit, q)), q))


def _heading(unit: Unit, most: list[str]) -> Markup:
    if not most:
        return say("boards_heading_plain", unit.language)
    names = listed([board_question(unit, q) for q in most], unit.language)
    return say("boards_heading" if len(most) == 1 else "boards_heading_several", unit.language, name=names)


def _answer(unit: Unit, rows: Released, most: list[str]) -> Markup:
    language = unit.language
    whole = next(each(rows.where(part="").rows))
    told = round(whole.estimate * whole.n / 100)
    year = school_year(int(whole.school_year), language)
    year += "\u00a0m.\u00a0g." if language == "lv" else ""
    parts = [say("boards_answer_told", language, count=int(whole.n), year=year, told=told, n=int(whole.n))]
    if most:
        answers = _shares(rows)[most[0]]
        n = counted("boards", int(next(iter(answers.values())).n), language)
        facts = {"share": percent(_unclear(answers), language), "n": n}
        parts.append(say("boards_answer_unclear", language, **facts))
    return Markup(" ").join(parts)


def _table(unit: Unit, rows: Released, questions: Sequence[str], kind: str, column: str) -> Markup:
    language, shares = unit.language, _shares(rows)
    change = {row.part: row for row in each(rows.where(reference="last_year", group=f"answer={YES}").rows)}
    told = [one for one in labels()["board_answer"] if any(one in shares[q] for q in questions)]
    text = any(TEXT in shares[q] for q in questions)
    heads = [capitalised(label("board_answer", one, language)) for one in told]
    heads = [
        str(say(f"column_{column}", language)),
        *heads,
        *([str(say("column_board_text", language))] if text else []),
    ]
    heads.append(str(say("column_boards", language)))
    body = []
    for question in questions:
        own = shares[question]
        cells = [
            _cell(unit, own.get(one), change.get(question) if one == YES else None)
            for one in [*told, TEXT][: len(heads) - 2]
        ]
        cells.append(Figure(number(int(next(iter(own.values())).n), language)))
        body.append((capitalised(board_question(unit, question)), *cells))
    caption = say(f"boards_{kind}_caption", language, years=naming.years(unit, next(each(rows.where(part="").rows))))
    return figure(table(language, str(caption), heads, body))


def _cell(unit: Unit, row: Any, change: Any) -> Figure:
    """Give a share, and the change of the same boards below it."""
    if row is None:
        return Figure("–")
    below = "" if change is None else number(change.estimate, unit.language, 0, signed=True)
    return Figure(
        percent(row.estimate, unit.language), str(say("boards_change", unit.language, change=below)) if below else ""
    )
