"""Numbers in a text, in every form that Latvian and English pages print them in."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

_NUMBER = re.compile(
    r"(?P<bound>[≤≥<>]\s?)?(?P<sign>[+−-](?=\d))?(?P<digits>\d{1,3}(?:[\u00a0\u202f]\d{3})+(?!\d)|\d+)(?:[.,](?P<part>\d+))?(?P<unit>\s?%)?"
)
_JOINED = re.compile(r"\s?(?:līdz|to|un ne vairāk kā|and at most|and no more than|and)\s|–")


@dataclass(frozen=True)
class Numeral:
    """One printed number.

    Attributes
    ----------
    value : float
        With its sign.
    decimals : int
        Digits after the separator.
    signed, percent : bool
        Whether a sign, a percent sign stands with it.
    bound : str
        ``≤`` and the like, or nothing.
    start, end : int
        Where in the text.
    """

    value: float
    decimals: int
    signed: bool
    percent: bool
    bound: str
    start: int
    end: int


def plain(text: str) -> str:
    """Write every sign that stands for a digit or a number (superscripts, circled and foreign digits) in ordinary digits."""
    if text.isascii() or not any(letter.isnumeric() and not letter.isascii() for letter in text):
        return text
    return "".join(
        f"{unicodedata.numeric(letter):g}" if letter.isnumeric() and not letter.isascii() else letter for letter in text
    )


def numerals(text: str) -> Iterator[Numeral]:
    """Go through the numbers of a text."""
    for found in _NUMBER.finditer(text):
        part = found["part"] or ""
        size = (
            float(re.sub(r"\D", "", found["digits"]) + "." + part)
            if part
            else float(re.sub(r"\D", "", found["digits"]))
        )
        yield Numeral(-size if found["sign"] in ("−", "-") else size, len(part), bool(found["sign"]), bool(found["unit"]),
                      (found["bound"] or "").strip(), found.start(), found.end())  # fmt: skip


def intervals(text: str, found: list[Numeral]) -> list[tuple[int, int]]:
    """Return which neighbours are the two ends of an interval: ``no 3 līdz 8``, ``3 to 8``, ``3–8``."""
    return [
        (i, i + 1) for i, (low, high) in enumerate(pairwise(found)) if _JOINED.fullmatch(text[low.end : high.start])
    ]
