"""What a school is asked, in words: released findings put together by school and question."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from analysis.evidence import each
from analysis.intake.findings.checked import Checked
from analysis.release import Released
from analysis.report import naming
from analysis.words.catalogue import counted, label, say, sentences
from analysis.words.collation import latvian_key
from analysis.words.columns import about_column
from analysis.words.numbers import WITHHELD, number

_SEXES = {"lv": {"sex=girl": "meitenes", "sex=boy": "zēni"}, "en": {"sex=girl": "girls", "sex=boy": "boys"}}
_OTHER = {"sex=girl": "sex=boy", "sex=boy": "sex=girl"}


@dataclass(frozen=True)
class Place:
    """Where one finding is: stage, test, domain; years; how many of how many; the row of evidence it was made of."""

    where: str
    years: str
    number: str
    row: Any
    file: str


@dataclass(frozen=True)
class Line:
    """One question to one school: what was found, what to ask, and everywhere it was found."""

    school_id: str
    code: str
    found: str
    ask: str
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Block:
    """All questions to one school, the most important first; ``school_id`` is empty for those about the whole."""

    school_id: str
    name: str
    lines: tuple[Line, ...]


def blocks(checked: Checked, released: Released) -> list[Block]:
    """Put released findings together by school: the whole municipality first, then schools by their most important question.

    Raises
    ------
    ValueError
        If the findings released are not those of ``checked``.
    """
    by_school: dict[str, list[Line]] = {}
    for line in _lines(checked, released):
        by_school.setdefault(line.school_id, []).append(line)
    names = dict(zip(checked.schools["school_id"], checked.schools["name"], strict=True))
    whole = say("check_whole_board" if checked.municipality_id else "check_all", checked.language)
    found = [
        Block(
            school, str(names.get(school, school)) if school else str(whole.unescape()), tuple(sorted(lines, key=_rank))
        )
        for school, lines in by_school.items()
    ]
    return sorted(
        found, key=lambda b: (b.school_id != "", _rank(b.lines[0]), -len(b.lines), latvian_key(b.name), b.school_id)
    )


def _rank(line: Line) -> tuple[int, str]:
    return int(sentences()[f"finding_{line.code}"]["priority"]), line.found


def _lines(checked: Checked, released: Released) -> Iterable[Line]:
    rows = list(each(released.where(indicator="data_finding").rows))
    files = [] if checked.rejected else list(checked.findings["file"])
    if len(rows) != len(files):
        raise ValueError("findings and what was released of them do not match")
    lines: dict[tuple[str, str, str], Line] = {}
    for row, file in zip(rows, files, strict=True):
        code = row.part.split(":")[0]
        facts = _facts(checked, row)
        found, ask = (str(say(f"{kind}_{code}", checked.language, **facts).unescape()) for kind in ("finding", "ask"))
        key = (row.school_id, code, found)
        place = Place(_where(checked, row), _years(checked, row), _number(checked, row), row, file)
        line = lines.get(key, Line(row.school_id, code, found, ask, ()))
        lines[key] = replace(line, places=(*line.places, place))
    return lines.values()


def _facts(checked: Checked, row: Any) -> dict[str, str]:
    """What the words of a finding may name; each uses its own."""
    language = checked.language
    _, table, column = (*row.part.split(":", 2), "", "")[:3]
    names = dict(zip(checked.schools["school_id"], checked.schools["name"], strict=True))
    value = row.group.partition("=")[2]
    facts = {
        "column": column,
        "attribute": _attribute(checked, table, column),
        "name": str(names.get(row.school_id, row.school_id)),
        "other": str(names.get(column, column)),
        "value": number(float(value), language, 0) if row.group.startswith("score=") and value != "same" else "",
        "status": str(say(f"check_status_{value}", language)) if row.group.startswith("status=") else "",
        "role": str(say(f"check_role_{column}", language)) if column in ("pupil", "teacher", "staff") else "",
        "sex": _SEXES[language].get(_OTHER.get(row.group, ""), ""),
    }
    return {name: text for name, text in facts.items() if text}


def _attribute(checked: Checked, table: str, column: str) -> str:
    """Name an attribute as the templates do; one that a map declares has the name of its column."""
    try:
        return about_column(table, column, checked.language)
    except KeyError:
        return column


def _where(checked: Checked, row: Any) -> str:
    parts = [naming.stage(checked, row)] if row.grade else []
    if row.test and not (row.domain and row.test in ("diagnostic", "monitoring")):
        parts.append(label("test", row.test, checked.language, own=checked.facts["labels"]))
    parts += [naming.domain(checked, row)] if row.domain else []
    return ", ".join(parts)


def _years(checked: Checked, row: Any) -> str:
    return "" if pd.isna(row.school_year) else naming.years(checked, row)


def _number(checked: Checked, row: Any) -> str:
    """Say how many of how many; a number that is withheld has its sign, one that words already tell is not said."""
    language = checked.language
    code = row.part.split(":")[0]
    if code == "spelled_twice" or (code == "year_lacking" and row.population == "schools"):
        return ""
    if pd.isna(row.n):
        return str(say("check_withheld", language, sign=WITHHELD))
    count, of = int(row.estimate), int(row.n)
    if count == of:
        noun = {"papers": "rows", "respondents": "respondents"}.get(row.population, row.population)
        return counted(noun, of, language)
    population = row.population if row.population in ("papers", "respondents") else "pupils"
    return str(say(f"check_of_{population}", language, count=of, some=number(count, language), n=number(of, language)))
