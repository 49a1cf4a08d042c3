"""From cells as text to numbers, dates and codes; every cell that is none is told, with its class."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analysis.faults import Fault, shown
from analysis.intake.checking.dates import UNMISTAKABLE, parse_dates
from analysis.intake.checking.numbers import number, percent, shown_number, why_no_number
from analysis.intake.checking.placed import at_rows
from analysis.intake.mapping.schoolyears import EXPECTED, is_school_year
from analysis.intake.provenance import FILE, LINE

#: Columns whose number may be followed by a percent sign, where the row gives no other range.
_IN_PERCENT = ("score", "mean_score", "absence_percent", "value", "threshold")
#: Words of programs and of people for a missing value, as they are written; other spellings may be codes of somebody's own.
_PROGRAMS = frozenset({"NaN", "nan", "NAN", "NULL", "Null", "null", "NA", "<NA>", "None", "NaT"})
_EXCEL = frozenset({"#N/A", "#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!"})
_MISSING = _PROGRAMS | _EXCEL | {"N/A", "n/a", "N/D", "n/d"}


@dataclass
class Column:
    """One column with its type.

    Attributes
    ----------
    values : pd.Series
        Float, datetime64[ns] or str; missing where the cell is empty or at fault.
    bad : pd.Series of bool
        Cells at fault, which the model need not tell again.
    faults : list of Fault
        What was found.
    """

    values: pd.Series
    bad: "pd.Series[bool]"
    faults: list[Fault] = field(default_factory=list)


def numbers(rows: pd.DataFrame, name: str, *, whole: bool = False) -> Column:
    """Read a column of numbers: S10, V04–V08, V16 and V20 are told; only a percent sign is taken off (and counted)."""
    known = {text: number(text) for text in rows[name].unique()}
    codes = {text: _why(name, text) for text, value in known.items() if np.isnan(value) and text.strip()}
    if whole:
        code = "V16" if name == "school_year" else "V20"
        codes |= {text: code for text, value in known.items() if value % 1 != 0 and not np.isnan(value)}
    signed = {text: percent(text) for text in codes if name in _IN_PERCENT}
    signed = {text: value for text, value in signed.items() if not np.isnan(value)}
    values = rows[name].map(known | signed).astype("float64")
    bad = rows[name].isin(list(codes)) if codes else pd.Series(False, index=rows.index)
    repaired: list[Fault] = []
    if signed:
        has_sign = rows[name].isin(list(signed)) & ~_has_other_range(rows)
        bad &= ~has_sign
        repaired = _counted("V04", rows[has_sign], name)
    faults = [*repaired, *_told(rows[bad], name, codes), *_both_marks(rows[values.notna() & ~bad], name)]
    return Column(values.mask(bad), bad, faults)


def _why(name: str, text: str) -> str:
    return "V16" if name == "school_year" and is_school_year(text) else why_no_number(text)


def _told(rows: pd.DataFrame, name: str, codes: dict[str, str]) -> list[Fault]:
    faults: list[Fault] = []
    of_row = rows[name].map(codes)
    for code in dict.fromkeys(of_row):
        part = rows[of_row == code]
        faults += at_rows(code, part, name, _values(part[name]))
    return faults


def _values(texts: "pd.Series[str]") -> Callable[[int], dict[str, object]]:
    cells = texts.to_numpy()
    return lambda place: {"value": shown_number(cells[place]) or shown(cells[place]), "expected": EXPECTED}


def _counted(code: str, rows: pd.DataFrame, name: str) -> list[Fault]:
    counts = rows[FILE].value_counts(sort=False)
    return [Fault(code, str(file), column=name, facts={"count": int(count)}) for file, count in counts.items()]


def _has_other_range(rows: pd.DataFrame) -> "pd.Series[bool]":
    """Tell where a row gives a range that is not that of percent: 45 % of 50 points are not 45 points."""
    other = pd.Series(False, index=rows.index)
    for column, limit in (("score_min", 0.0), ("score_max", 100.0)):
        if column in rows:
            known = {text: number(text) for text in rows[column].unique()}
            values = rows[column].map(known)
            other |= values.notna() & (values != limit)
    return other


def _both_marks(rows: pd.DataFrame, name: str) -> list[Fault]:
    """One column of one file has one decimal mark: 1,234 beside 1.5 may be a thousand, and nobody guesses (S10)."""
    texts = rows[name].unique()
    with_comma, with_point = ([text for text in texts if mark in text] for mark in ",.")
    if not (with_comma and with_point):
        return []
    marks = (rows[name].isin(with_comma), rows[name].isin(with_point))
    firsts = [rows[mark].drop_duplicates(FILE).set_index(FILE)[LINE] for mark in marks]
    both = pd.concat(firsts, axis=1, join="inner", keys=["comma", "point"])
    return [
        Fault("S10", str(file), int(max(line)), column=name, facts={"other": int(min(line))})
        for file, line in zip(both.index, both.to_numpy(), strict=True)
    ]


def dates(rows: pd.DataFrame, name: str) -> Column:
    """Read a column of dates, each file by itself: V11, V12 and V14 are told."""
    values = pd.Series(pd.NaT, index=rows.index, dtype="datetime64[ns]")
    bad = pd.Series(False, index=rows.index)
    faults: list[Fault] = []
    for _, cells in rows.groupby(FILE, sort=False):
        found = parse_dates(cells[name])
        values[cells.index] = found.values
        of_row = cells[name].str.strip().map(found.codes)
        bad[cells.index] = of_row.notna()
        for code in dict.fromkeys(of_row.dropna()):
            part = cells[of_row == code]
            texts = part[name].str.strip().to_numpy()
            expected = UNMISTAKABLE if code == "V12" else found.expected
            faults += at_rows(code, part, name, _of_dates(texts, found.forms, expected))
    return Column(values, bad, faults)


def _of_dates(texts: np.ndarray, forms: dict[str, str], expected: str) -> Callable[[int], dict[str, object]]:
    return lambda i: {"value": shown(texts[i]), "form": forms.get(texts[i], "–"), "expected": expected}


def codes(rows: pd.DataFrame, name: str, *, free: bool = False) -> Column:
    """Read a column of text: blanks around it go; words for a missing value are told (V06) where it is not free text."""
    text = rows[name].str.strip()
    bad = pd.Series(False, index=rows.index)
    words = [] if free else _MISSING.intersection(text.dropna().unique())
    faults: list[Fault] = []
    if words:
        bad = text.isin(list(words))
        part = rows[bad]
        cells = text[bad].to_numpy()
        faults = at_rows("V06", part, name, lambda place: {"value": cells[place]})
    return Column(text.where((text != "") & ~bad), bad, faults)
