"""Numbers and dates as readers of Latvian and English expect them."""

import datetime
import re

import pandas as pd
from babel.dates import format_date as babel_date
from babel.numbers import format_decimal

NBSP = "\u00a0"
MINUS = "−"
WITHHELD = "[–]"
_ORDINAL = re.compile(r"(?<=\d\.) (?=[a-zāčēģīķļņšūž])|(?<=\bm\.) (?=g\b)")
_SIGN = {"lv": f"{NBSP}%", "en": "%"}


def tied(text: str) -> str:
    """Tie an ordinal number to its noun: ``6. klase``, ``2026. gadā``, ``2025./2026. m. g.`` never break over two lines.

    A small letter follows: where a sentence ends with a number, the next one begins with a capital.
    """
    return _ORDINAL.sub(NBSP, text)


def number(value: float, language: str, decimals: int = 0, *, signed: bool = False) -> str:
    """Format a number: decimal comma in Latvian, groups of three by a no-break space, a true minus sign.

    Parameters
    ----------
    value : float
        Finite number; a missing one becomes the sign for a withheld figure.
    language : {"lv", "en"}
        Reader's language.
    decimals : int
        Fixed number of decimals; half goes to even, as in the printed tables of numpy and pandas.
    signed : bool
        Print ``+`` before positive numbers; a number that rounds to zero has no sign.
    """
    if pd.isna(value):
        return WITHHELD
    rounded = round(float(value), decimals)
    pattern = "#,##0." + "0" * decimals if decimals else "#,##0"
    text = format_decimal(abs(rounded), format=pattern, locale=language, group_separator=True)
    if language == "en":
        text = text.replace(",", NBSP)
    sign = MINUS if rounded < 0 else "+" if signed and rounded > 0 else ""
    return sign + text


def percent(value: float, language: str, decimals: int = 0) -> str:
    """Format a value in percent (0–100): ``15 %`` with a no-break space in Latvian, ``15%`` in English."""
    if pd.isna(value):
        return WITHHELD
    return number(value, language, decimals) + _SIGN[language]


def span(low: float, high: float, language: str, decimals: int = 0, *, unit: str = "") -> str:
    """Format an interval in words: ``no −0,29 līdz −0,13`` / ``−0.29 to −0.13``; with a unit after the second end."""
    if pd.isna(low) or pd.isna(high):
        return WITHHELD
    ends = number(low, language, decimals), number(high, language, decimals)
    tail = _SIGN[language] if unit == "percent" else ""
    words = f"no{NBSP}{{}} līdz{NBSP}{{}}" if language == "lv" else "{} to {}"
    return words.format(*ends) + tail


def school_year(year: int, language: str) -> str:
    """Format the school year that ends in ``year``: ``2025./2026.`` / ``2025/26``."""
    return f"{year - 1}./{year}." if language == "lv" else f"{year - 1}/{year % 100:02d}"


def date(day: datetime.date, language: str) -> str:
    """Format a date: ``2026. gada 23. novembris`` / ``23 November 2026``."""
    pattern = "y. 'gada' d. MMMM" if language == "lv" else "d MMMM y"
    return tied(babel_date(day, format=pattern, locale=language))


def month(day: datetime.date, language: str) -> str:
    """Format the month of a date: ``2027. gada maijs`` / ``May 2027``."""
    return tied(babel_date(day, format="y. 'gada' LLLL" if language == "lv" else "LLLL y", locale=language))


def listed(items: list[str], language: str) -> str:
    """Join words: ``a, b un c`` / ``a, b and c``."""
    if len(items) < 2:
        return "".join(items)
    return ", ".join(items[:-1]) + (" un " if language == "lv" else " and ") + items[-1]
