"""What a target is about, and figures in its unit, in the reader's language."""

from typing import Any

from analysis.aims import OF_SHARES
from analysis.intake.unit import Unit
from analysis.release.door import DECIMALS
from analysis.report import naming
from analysis.report.programme_names import part_name, programmes_of
from analysis.words.catalogue import say
from analysis.words.numbers import WITHHELD, number, percent


def target_name(unit: Unit, row: Any, goal: bool = False) -> str:
    """Return what a target's row is about: a test and a group, a share of results, or support.

    Parameters
    ----------
    row : a row of evidence
        Of ``target``, ``target_set`` or ``target_now``; which figure it is stands in the board's file.
    goal : bool
        In Latvian in the form that follows "a goal".
    """
    language, key = unit.language, target_id(row.part)
    aim = next((aim for aim in unit.aims if aim.id == key), None)
    form = "_goal" if goal else ""
    if aim is not None and aim.indicator.startswith("support_"):
        words = say(f"targets_of_{aim.indicator}{form}", language, part=_part(unit, aim.part))
        return str(words.unescape())
    case = "nominative" if language == "en" else "locative"
    stage = naming.stage(unit, row, case) + naming.level(unit, row)
    if aim is not None and aim.indicator in OF_SHARES:
        what = naming.domain(unit, row, case) + (" " if language == "lv" else ", ") + stage
        return str(say(f"targets_of_{aim.indicator}{form}", language, what=what).unescape())
    what = naming.domain(unit, row, case if goal else "nominative") + (" " if language == "lv" else ", ") + stage
    if not row.group:
        return what
    return str(say("targets_name", language, what=what, group=naming.group(unit, row.group)).unescape())


def _part(unit: Unit, part: str) -> str:
    """Name a programme, a programme by a specialist, or a specialist."""
    programmes = programmes_of(unit)
    known = programmes.specialists.get(part)
    return str(getattr(known, unit.language)) if known else part_name(programmes, part, unit.language)


def target_id(part: str) -> str:
    """Return the board's name of a target from a row's ``part``."""
    return part.partition(":not_measurable")[0]


def target_figure(row: Any, language: str) -> str:
    """Return a figure of a target: places signed, shares in percent, minutes with their unit."""
    decimals = DECIMALS[row.unit]
    if row.unit == "percent":
        return percent(row.estimate, language, decimals)
    if row.unit == "minutes":
        text = number(row.estimate, language, decimals)
        return text if text == WITHHELD else str(say("targets_minutes", language, n=text))
    return number(row.estimate, language, decimals, signed=True)
