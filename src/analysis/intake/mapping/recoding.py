"""What a map does to the values of one column: prefixes, codes, school years, units, unknown ids, keys of names."""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

import numpy as np
import pandas as pd

from analysis.faults import Fault
from analysis.intake.checking.numbers import number, percent
from analysis.intake.contracts import codes, numeric
from analysis.intake.mapping.rules import ColumnRule
from analysis.intake.reading.rawtable import RawTable
from analysis.intake.schoolnames import school_key

UNKNOWN = "?"  # first sign of the id that a row with an unknown pupil gets for itself


def coalesced(columns: Iterable["pd.Series[str]"], absent: list[str]) -> "pd.Series[str] | None":
    """Return the first filled one of several columns; signs of an absent value count as empty."""
    values = None
    for column in columns:
        text = column.str.strip()
        text = text.mask(text.isin(absent), "") if absent else text
        values = text if values is None else values.where(values != "", text)
    return values


def text_of(frame: pd.DataFrame, template: str, absent: Sequence[str] = ()) -> "pd.Series[str]":
    """Put words and columns together: ``Authority {lea}``; empty where one of the columns is: half an id is none."""
    parts = re.split(r"{([^{}]+)}", template)
    made = pd.Series(parts[0], index=frame.index, dtype="str")
    empty = pd.Series(False, index=frame.index)
    for name, words in zip(parts[1::2], parts[2::2], strict=True):
        cells = frame[name].str.strip()
        empty |= cells.isin([*absent, ""])
        made = made + cells + words
    return made.mask(empty, "") if empty.any() else made


def changed(values: "pd.Series[str]", column: ColumnRule, raw: RawTable) -> "pd.Series[str]":
    """Take the steps of a column's rule, in the order in which ``ColumnRule`` names them."""
    values = _without_prefixes(values, column)
    if column.recode:
        others = values if column.default is None else values.where(values == "", column.default)
        known = values.map(column.recode)
        values = known.where(known.notna(), others)
    if column.filled is not None:
        values = values.where(values == "", column.filled).mask(values == "", column.default or "")
    if column.school_year is not None:
        values = _by_value(values, lambda text: school_year(text, starts=column.school_year == "starts"))
    if column.date is not None:
        values = _by_value(values, lambda text: iso_date(text, str(column.date)))
    if column.factor is not None or column.shift is not None:
        factor, shift = 1.0 if column.factor is None else column.factor, column.shift or 0.0
        values = _by_value(values, lambda text: _converted(text, factor, shift))
    if column.unknown:
        own = pd.Series([f"{UNKNOWN}{raw.file}:{line}" for line in raw.lines], index=values.index, dtype="str")
        values = values.mask(values.isin([*column.unknown, ""]), own)
    if column.school_key or column.lookup == "school":
        values = _by_value(values, school_key)
    return values


def too_short(values: "pd.Series[str]", column: ColumnRule, raw: RawTable) -> list[Fault]:
    """Find ids whose leading zeros were lost: digits only, and fewer than the map's ``width`` (I01)."""
    if column.width is None:
        return []
    short = (values.str.fullmatch(r"[0-9]+") & (values.str.len() < column.width)).to_numpy()
    if not short.any():
        return []
    found = ", ".join(str(length) for length in sorted(values[short].str.len().unique()))
    facts = {"found": found, "expected": column.width, "count": int(short.sum())}
    return [Fault("I01", raw.file, int(raw.lines[short][0]), column=next(iter(column.columns), None), facts=facts)]


def unnamed_codes(raw: RawTable, table: str, target: str, column: ColumnRule, absent: Sequence[str]) -> list[Fault]:
    """Tell of filled cells that a ``recode`` without a ``default`` does not name, where the contract takes any text (M09)."""
    names = [name for name in column.columns if name in raw.frame]
    if not column.recode or column.default is not None or not names or column.text is not None:
        return []
    if target in codes(table) or target in numeric(table) or column.filled or column.unknown:
        return []  # the checks of the contract say it themselves
    values = coalesced([raw.frame[name] for name in names], [*absent, *column.absent])
    assert values is not None
    values = _without_prefixes(values, column)
    strangers = (~values.isin([*column.recode, *column.recode.values(), ""])).to_numpy()
    if not strangers.any():
        return []
    facts = {"count": int(strangers.sum()), "different": int(values[strangers].nunique())}
    return [Fault("M09", raw.file, int(raw.lines[strangers][0]), column=names[0], facts=facts)]


def iso_date(text: str, form: str) -> str:
    """Bring a date written in a form (``%d.%m.%Y``) to year-month-day; other texts are left for the checks."""
    try:
        return datetime.strptime(text.strip(), form).date().isoformat()
    except ValueError:
        return text


def _without_prefixes(values: "pd.Series[str]", column: ColumnRule) -> "pd.Series[str]":
    for prefix in [column.strip_prefix] if isinstance(column.strip_prefix, str) else column.strip_prefix:
        values = values.str.removeprefix(prefix)
    return values


def _by_value(values: "pd.Series[str]", change: Callable[[str], str]) -> "pd.Series[str]":
    known = {value: change(value) for value in values.unique()}
    return values.map(known).astype("str")


def school_year(text: str, *, starts: bool) -> str:
    """Bring ``2022./2023.``, ``2022_2023``, ``2017/18`` and single years to the year in which the school year ends."""
    years = re.findall(r"\d+", text)
    if not years or len(years[0]) != 4 or len(years) > 2:
        return text
    following = str(int(years[0]) + 1)
    if len(years) == 1:
        return following if starts else years[0]
    return following if len(years[1]) in (2, 4) and following.endswith(years[1]) else text


def _converted(text: str, factor: float, shift: float) -> str:
    """Change the unit; a percent sign stays, so that the checks count it and hold the new number against the range."""
    bare, in_percent = number(text), percent(text)
    value, sign = (bare, "") if np.isnan(in_percent) else (in_percent, " %")
    return text if np.isnan(value) else np.format_float_positional(round(value * factor + shift, 9), trim="-") + sign
