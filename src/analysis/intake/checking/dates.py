"""Dates as people and programs write them: one form a column, never guessed which number is the day."""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pandas as pd

_EXCEL_EPOCH = date(1899, 12, 30)
_EXCEL = "excel"


@dataclass(frozen=True)
class Form:
    """A way to write a date: how it is told, its pattern, and the orders in which its numbers may be meant."""

    name: str
    pattern: re.Pattern[str]
    orders: tuple[str, ...]


def _form(name: str, pattern: str, *orders: str) -> Form:
    return Form(name, re.compile(pattern, re.ASCII), orders)


# With full stops the day comes first wherever they are used, with the year first the month follows; with a slash or a
# hyphen both orders exist, and two digits of a year leave everything open.
FORMS = (
    _form("2025-04-30", r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?Z?)?", "ymd"),
    _form("30.04.2025.", r"(\d{1,2})\. ?(\d{1,2})\. ?(\d{4})\.?(?: 0?0:00(?::00)?)?", "dmy"),
    _form("2025.04.30.", r"(\d{4})\. ?(\d{1,2})\. ?(\d{1,2})\.?", "ymd"),
    _form("2025/04/30", r"(\d{4})/(\d{1,2})/(\d{1,2})", "ymd"),
    _form("30/04/2025", r"(\d{1,2})/(\d{1,2})/(\d{4})(?: 0?0:00(?::00)?)?", "dmy", "mdy"),
    _form("30-04-2025", r"(\d{1,2})-(\d{1,2})-(\d{4})", "dmy", "mdy"),
    _form("30.04.25", r"(\d{1,2})[./-](\d{1,2})[./-](\d{2})\.?", "dmy", "mdy", "ymd"),
    _form("Excel: 45777", r"([2-6]\d{4})(?:\.0+)?", "serial"),
)
_SHORT, _SERIAL = FORMS[-2:]
UNMISTAKABLE = FORMS[0].name


@dataclass(frozen=True)
class Dates:
    """What a column of one file holds.

    Attributes
    ----------
    values : pd.Series of datetime64[ns]
        Dates, aligned with the text; missing where there is none or it is at fault.
    codes : dict of str to str
        Text at fault → its class: V11 another form than the rest of the column, or a serial number of Excel; V12 which
        number is the day cannot be told; V14 no such date.
    forms : dict of str to str
        Text at fault → the form it is written in (V11).
    expected : str
        The form of the column, as an example.
    """

    values: pd.Series
    codes: dict[str, str]
    forms: dict[str, str]
    expected: str


def parse_dates(text: "pd.Series[str]", fmt: str | None = None) -> Dates:
    """Read the dates of one column of one file.

    Parameters
    ----------
    text : pd.Series of str
        Cells; empty ones hold no date.
    fmt : str, optional
        Format that a map declares, as in ``strptime`` (``%d/%m/%Y``), or ``excel`` for serial numbers. Without it the
        form of most cells is that of the column, and the column itself has to tell day and month apart.

    Returns
    -------
    Dates
        Nothing is ever read in two ways: what leaves a choice is at fault.
    """
    clean = text.str.strip()
    counts: dict[str, int] = {str(t): int(n) for t, n in clean[clean != ""].value_counts().items()}
    known, codes, forms, expected = _declared(counts, fmt) if fmt else _found(counts)
    values = clean.map(known).astype("datetime64[ns]")
    return Dates(values, codes, forms, expected)


_Read = tuple[dict[str, date], dict[str, str], dict[str, str], str]


def _declared(counts: dict[str, int], fmt: str) -> _Read:
    read = {text: _by_format(text, fmt) for text in counts}
    forms = {text: form.name for text, made in read.items() if made is None and (form := form_of(text))}
    codes = {t: "V11" if _possible(t, form_of(t)) else "V14" for t, made in read.items() if made is None}
    return {t: made for t, made in read.items() if made is not None}, codes, forms, fmt


def _by_format(text: str, fmt: str) -> date | None:
    if fmt == _EXCEL:
        return _made(text, _SERIAL, "serial") if _SERIAL.pattern.fullmatch(text) else None
    try:
        return datetime.strptime(text, fmt).date()
    except ValueError:
        return None


def form_of(text: str) -> Form | None:
    """Return the form in which a text is written, None where it is no date in any form known."""
    return next((form for form in FORMS if form.pattern.fullmatch(text)), None)


def _found(counts: dict[str, int]) -> _Read:
    """Let the column tell its form, and the order of its numbers."""
    written = {text: form_of(text) for text in counts}
    orders = {text: _possible(text, form) for text, form in written.items()}
    cells: Counter[Form] = Counter()
    for text, form in written.items():
        if form is not None and form is not _SERIAL and orders[text]:
            cells[form] += counts[text]
    main = max(cells, key=lambda form: (cells[form], -FORMS.index(form))) if cells else FORMS[0]
    proved: Counter[str] = Counter()
    for text in (t for t, form in written.items() if form is main and len(orders[t]) == 1):
        proved[orders[text][0]] += counts[text]
    order = max(proved, key=lambda o: (proved[o], -main.orders.index(o))) if proved else None
    known: dict[str, date] = {}
    codes: dict[str, str] = {}
    for text, form in written.items():
        if not orders[text]:
            codes[text] = "V14"
        elif form is not main or (order and order not in orders[text]):
            codes[text] = "V11"
        elif (made := _only(text, main, orders[text] if order is None or len(proved) > 1 else [order])) is not None:
            known[text] = made
        else:
            codes[text] = "V12"
    forms = {t: _example(form, orders[t][0]) for t, form in written.items() if form and codes.get(t) == "V11"}
    return known, codes, forms, _example(main, order) if order else UNMISTAKABLE


def _only(text: str, form: Form, orders: list[str]) -> date | None:
    """Return the date if all orders give the same one."""
    made = {_made(text, form, order) for order in orders}
    return next(iter(made)) if len(made) == 1 and form is not _SHORT else None


def _possible(text: str, form: Form | None) -> list[str]:
    return [order for order in form.orders if _made(text, form, order)] if form else []


def _made(text: str, form: Form, order: str) -> date | None:
    match = form.pattern.fullmatch(text)
    if match is None:
        return None
    if order == "serial":
        return _EXCEL_EPOCH + timedelta(days=int(match[1]))
    parts = dict(zip(order, map(int, match.groups()), strict=True))
    year = parts["y"] if len(match.groups()[order.index("y")]) == 4 else 2000 + parts["y"]
    try:
        return date(year, parts["m"], parts["d"]) if 1900 <= year <= 2199 else None
    except ValueError:
        return None


def _example(form: Form, order: str) -> str:
    sign = form.name[2]
    return f"04{sign}30{sign}2025" if order == "mdy" else form.name
