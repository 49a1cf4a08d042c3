"""Faults: what is wrong with an input, where, what was expected and what to do, in words and without a child's data."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal, cast

from analysis.words.files import read_words

Answer = Literal["reject", "repair", "accept"]
_REGISTRY = Path(__file__).parent / "words" / "faults.yml"
_SHOWN_PER_CODE = 20
_LONGEST_VALUE = 80
_LONGEST_FACT = 400  # lists of columns and reasons written by the project, no cell values
_JOINT = r"[\s‐-―−-]{0,3}"
PERSONAL_CODE = (
    re.compile(  # old form DDMMYY-CNNNN with the days of a month, new form 32…39; not the decimals of a number
        r"(?<![\d+])(?<!\d[.,](?=\d{11}))"
        rf"(?:(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d{{2}}{_JOINT}[012]\d{{4}}|3[2-9]\d{{4}}{_JOINT}\d{{5}})(?!\d)"
    )
)
_TELEPHONE = re.compile(r"(?<!\d)(?:\+|00)[\s-]*371(?:[\s().-]*\d){8}(?!\d)")


@dataclass(frozen=True)
class Fault:
    """One fault of one input.

    Attributes
    ----------
    code : str
        Stable class of the fault (``V02``); its answer and its words stand in ``words/faults.yml``.
    file : str
        The file as the analyst knows it, without a folder of this machine.
    line : int or None
        Line as an analyst sees it: the header is line 1.
    sheet, column : str or None
        Sheet of a workbook; column by its name in the file.
    facts : mapping of str to object
        What the words of the class name (``value``, ``low``, ``nearest`` …); words of our own as ``{"lv": …, "en": …}``.
        Never an id, a personal code or free text.
    municipality_id : str or None
        Set when the fault lies in one municipality's own file and fails that municipality alone.
    times : int
        How many equal faults this one stands for: of a fault in every row of a large file only the first are made.
    """

    code: str
    file: str
    line: int | None = None
    sheet: str | None = None
    column: str | None = None
    facts: Mapping[str, object] = field(default_factory=dict)
    municipality_id: str | None = None
    times: int = 1

    @property
    def answer(self) -> Answer:
        """What is done about faults of this class: reject, repair and warn, or accept and log."""
        return cast(Answer, registry()[self.code]["answer"])


class InputFaults(Exception):
    """Input that cannot be trusted: carries every fault found, so that all are told at once."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(f"{len(self.faults)} faults: {', '.join(sorted({f.code for f in self.faults}))}")

    def _render_traceback_(self) -> list[str]:
        """Stand in a notebook as words instead of a traceback."""
        return [line for language in ("lv", "en") for line in tell(self.faults, language)]


@cache
def registry() -> dict[str, dict[str, str]]:
    """Return the fault classes: code → answer, Latvian and English words, and what to do."""
    return read_words(_REGISTRY)


def shown(value: object) -> str:
    """Make a value safe to print in a message.

    Control and direction characters become escapes; a personal code is never echoed, nor is anything with more than
    two letters, for it may be a name: such a value is told by its length alone.
    """
    text = str(value)
    if has_personal_code(text) or sum(letter.isalpha() for letter in text) > 2:
        return f"[{len(text)} ✱]"
    return shown_name(text)


def shown_name(text: str, longest: int = _LONGEST_VALUE) -> str:
    """Make the name of a place, school, column or file safe to print: escapes, at most 80 characters, no personal code."""
    if has_personal_code(text):
        return f"[{len(text)} ✱]"
    clean = "".join(c if c.isprintable() and unicodedata.category(c) != "Cf" else f"\\u{ord(c):04x}" for c in text)
    return clean if len(clean) <= longest else clean[: longest - 1] + "…"


def has_personal_code(text: str) -> bool:
    """Tell whether a text holds what looks like a Latvian personal code, old or new form; telephone numbers do not."""
    return PERSONAL_CODE.search(_TELEPHONE.sub(" ", text)) is not None


def render(fault: Fault, language: str = "lv") -> str:
    """Say one fault in one line: code, file, line, column, what was found and expected, what to do."""
    words = registry()[fault.code]
    facts = {name: shown_name(_said(value, language), _LONGEST_FACT) for name, value in fault.facts.items()}
    return f"{fault.code} {_place(fault, language)}: {words[language].format_map(_Facts(facts))}"


def _said(value: object, language: str) -> str:
    return str(value[language] if isinstance(value, Mapping) else value)


def _place(fault: Fault, language: str) -> str:
    line, sheet = ("{}. rinda", "lapa „{}”") if language == "lv" else ("line {}", "sheet “{}”")
    parts = [shown_name(fault.file)]
    parts += [sheet.format(shown_name(fault.sheet))] if fault.sheet else []
    parts += [line.format(fault.line)] if fault.line is not None else []
    parts += [f'"{shown_name(fault.column)}"'] if fault.column else []
    return ", ".join(parts)


class _Facts(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "?"


def tell(faults: Iterable[Fault], language: str = "lv") -> list[str]:
    """Say all faults: of each file and code the first twenty in full, then how many more there are."""
    lines: list[str] = []
    counts: Counter[tuple[str, str]] = Counter()
    ordered = sorted(faults, key=lambda f: (f.file, f.code, f.line or 0, f.column or "", str(sorted(f.facts.items()))))
    for fault in ordered:
        if counts[fault.file, fault.code] < _SHOWN_PER_CODE:
            lines.append(render(fault, language))
        counts[fault.file, fault.code] += fault.times
    more = "… un vēl tādu pašu: {}" if language == "lv" else "… and more of these: {}"
    for (file, code), count in counts.items():
        if count > _SHOWN_PER_CODE:
            lines.append(f"{code} {shown_name(file)}: {more.format(count - _SHOWN_PER_CODE)}")
    return lines


def rejected(faults: Iterable[Fault]) -> list[Fault]:
    """Return the faults that forbid to go on."""
    return [fault for fault in faults if fault.answer == "reject"]


def unique(faults: Iterable[Fault]) -> list[Fault]:
    """Return every fault once, in the order found."""
    return list({(f.code, f.file, f.line, f.column, str(f.facts)): f for f in faults}.values())
