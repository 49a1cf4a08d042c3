"""What a map does to the values of one column: prefixes, codes, school years, units, unknown ids, keys of names."""

import re
from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd

from analysis.intake.maps import ColumnRule
from analysis.intake.numbers import number, percent
from analysis.intake.rawtable import RawTable
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


def text_of(frame: pd.DataFrame, template: str) -> "pd.Series[str]":
    """Put words and columns together: ``Authority {lea}``."""
    parts = re.split(r"{([^{}]+)}", template)
    made = pd.Series(parts[0], index=frame.index, dtype="str")
    for name, words in zip(parts[1::2], parts[2::2], strict=True):
        made = made + frame[name].str.strip() + words
    return made


def changed(values: "pd.Series[str]", column: ColumnRule, raw: RawTable) -> "pd.Series[str]":
    """Take the steps of a column's rule, in the order in which ``ColumnRule`` names them."""
    for prefix in [column.strip_prefix] if isinstance(column.strip_prefix, str) else column.strip_prefix:
        values = values.str.removeprefix(prefix)
    if column.recode:
        others = values if column.default is None else values.where(values == "", column.default)
        known = values.map(column.recode)
        values = known.where(known.notna(), others)
    if column.filled is not None:
        values = values.where(values == "", column.filled).mask(values == "", column.default or "")
    if column.school_year is not None:
        values = _by_value(values, lambda text: school_year(text, starts=column.school_year == "starts"))
    if column.factor is not None or column.shift is not None:
        factor, shift = 1.0 if column.factor is None else column.factor, column.shift or 0.0
        values = _by_value(values, lambda text: _converted(text, factor, shift))
    if column.unknown:
        own = pd.Series([f"{UNKNOWN}{raw.file}:{line}" for line in raw.lines], index=values.index, dtype="str")
        values = values.mask(values.isin([*column.unknown, ""]), own)
    if column.school_key or column.lookup == "school":
        values = _by_value(values, school_key)
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
