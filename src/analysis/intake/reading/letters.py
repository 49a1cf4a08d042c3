"""Letters that are not what they seem: decomposed, of another script, invisible, or written for a terminal."""

import re
import unicodedata
from dataclasses import replace

import pandas as pd

from analysis.faults import Fault
from analysis.intake.reading.rawtable import RawTable

LONGEST_CELL = 32_767  # what Excel can hold
_CONTROL = "".join(chr(code) for code in (*range(1, 9), *range(14, 32), 127, 0x9B))
_DIRECTION = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_CONTROL_BYTES = bytes(range(1, 9)) + bytes(range(14, 32)) + b"\x7f"
_MARKS = {"E08": re.compile(f"[{re.escape(_CONTROL)}]"), "E09": re.compile(f"[{_DIRECTION}]")}

#: Cyrillic and Greek letters that look like Latin ones.
_ALIKE = str.maketrans(
    "АВЕЅІЈКМНОРСТУХаеѕіјорсухԁһӏ" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧονρ",
    "ABESIJKMHOPCTYXaesijopcyxdhl" + "ABEZHIKMNOPTYXovp",
)
_WORD = re.compile(r"[^\W\d_]+")
_SPECIAL_BLANK = re.compile("[\u00a0\u1680\u2000-\u200b\u202f\u205f\u2060\u3000\ufeff]")


def is_composed(text: str) -> bool:
    """Tell whether accents are part of their letters (NFC), as everywhere but on an old Mac."""
    return text.isascii() or (not unicodedata.combining(text[0]) and unicodedata.is_normalized("NFC", text))


def composed(text: str) -> str:
    """Put letters and their accents together (NFC)."""
    return unicodedata.normalize("NFC", text)


def has_special_blank(text: str) -> bool:
    """Tell whether a text holds a blank that looks like an ordinary one, or like nothing."""
    return _SPECIAL_BLANK.search(text) is not None


def with_plain_blanks(text: str) -> str:
    """Make every run of blanks, of whatever kind, one ordinary blank; none at the ends."""
    return re.sub(r"\s+", " ", _SPECIAL_BLANK.sub(" ", text)).strip()


def is_marked(text: str) -> bool:
    """Tell whether control or direction characters may stand in a text; quick on long ones."""
    if text.isascii():
        raw = text.encode("ascii")
        return len(raw.translate(None, _CONTROL_BYTES)) != len(raw)
    return any(mark in text for mark in _CONTROL + _DIRECTION)


def lookalike(text: str) -> bool:
    """Tell whether Cyrillic or Greek letters stand where Latin ones are meant.

    That is a word which mixes the scripts (``Ezеrleja`` with a Cyrillic е), or one of look-alikes alone (``СОМА``);
    a word that another script alone can write is none.
    """
    return not text.isascii() and any(_mixed(word) for word in _WORD.findall(text) if not word.isascii())


def _mixed(word: str) -> bool:
    foreign = [c for c in word if ord(c) in _ALIKE]
    rest = [c for c in word if ord(c) not in _ALIKE]
    return bool(foreign) and all(unicodedata.name(c, "").startswith("LATIN") for c in rest)


def latin(text: str) -> str:
    """Exchange look-alike letters of other scripts for the Latin ones that they resemble."""
    return text.translate(_ALIKE)


def strange_letters(text: str) -> str:
    """List the letters of another script by their code, so that they can be told from those they resemble."""
    return ", ".join(dict.fromkeys(f"U+{ord(c):04X}" for c in text if latin(c) != c))


def tidy_cells(raw: RawTable) -> RawTable:
    """Compose letters (E05, counted); find control characters (E08), direction characters (E09)."""
    columns: dict[str, pd.Series] = {}
    repaired, faults = 0, []
    for name in raw.frame.columns:
        cells = raw.frame[name]
        values = [str(value) for value in cells.unique() if value]
        apart = {value: composed(value) for value in values if not is_composed(value)}
        if apart:
            changed = cells.isin(list(apart))
            repaired += int(changed.sum())
            columns[name] = cells.where(~changed, cells.map(apart)).astype(cells.dtype)
        for code, mark in _MARKS.items():
            bad = [value for value in values if mark.search(value)]
            lines = raw.lines[cells.isin(bad).to_numpy()] if bad else ()
            faults += [Fault(code, raw.file, int(line), raw.sheet, name) for line in lines]
    if repaired:
        faults.append(Fault("E05", raw.file, sheet=raw.sheet, facts={"count": repaired}))
    return replace(raw, frame=raw.frame.assign(**columns) if columns else raw.frame, notes=(*raw.notes, *faults))


def giant_cells(raw: RawTable) -> list[Fault]:
    """Find cells longer than any spreadsheet holds (S19): by line, column and length."""
    faults = []
    for name in raw.frame.columns:
        lengths = raw.frame[name].str.len()
        if len(lengths) and lengths.max() > LONGEST_CELL:
            for position in (lengths > LONGEST_CELL).to_numpy().nonzero()[0]:
                facts = {"length": int(lengths.iloc[position]), "limit": LONGEST_CELL}
                faults.append(Fault("S19", raw.file, int(raw.lines[position]), raw.sheet, name, facts))
    return faults
