"""What the cells of a column look like: numbers, years, grades, names of schools, ids; told from a sample, fast."""

import re
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.faults import has_personal_code
from analysis.intake.checking.numbers import number
from analysis.intake.proposals.synonyms import code_of
from analysis.intake.register import find
from analysis.intake.schoolnames import school_key

SAMPLE = 3000
MOST = 0.9
_PLACES_TRIED = 8
_FEW = 60
_SCHOOL = re.compile(r"skol|ģimnāzij|licej|tehnikum|pirmsskol|koledž|bērnudārz|\bPII\b|school|gymnasium", re.I)
_PERSON = re.compile(r"[A-ZĀČĒĢĪĶĻŅŠŪŽ][a-zāčēģīķļņšūž]+([ \-][A-ZĀČĒĢĪĶĻŅŠŪŽ][a-zāčēģīķļņšūž]+){1,3}")
_ID = re.compile(r"[\w./\-]{1,40}")
_TWO_YEARS = re.compile(r"\D{0,2}(19|20)\d\d\D{1,3}((19|20)?\d\d)\D{0,6}(m\.\s*g\.?)?")
_WHOLE = re.compile(r"\d{1,4}")
_ABSENT = re.compile(r"|n/?[da]|[-–—…?]+|\.{2,3}|nav|na|null|none", re.I)


@dataclass(frozen=True)
class Profile:
    """What was seen in a column.

    Attributes
    ----------
    kinds : frozenset of str
        Of ``empty, distinct, number, percent, whole, small4, small5, mark, year, two_years, grade, sex, domain, test,
        status, school, municipality, id, unique, person, personal_code, text``.
    low, high : float
        Ends of the numbers; not-a-number where there are none.
    signs : tuple of str
        In a column of numbers: short signs that are no numbers (``n``, ``a``, ``-``), most frequent first.
    """

    kinds: frozenset[str]
    low: float = float("nan")
    high: float = float("nan")
    signs: tuple[str, ...] = ()


def sampled(cells: "pd.Series[str]") -> "pd.Series[str]":
    """Return at most 3000 filled cells, spread over the whole column."""
    some = cells.iloc[:: max(1, len(cells) // SAMPLE)].str.strip()
    return some[some != ""]


def profile(cells: "pd.Series[str]", schools: Collection[str] = ()) -> Profile:
    """Describe a column.

    Parameters
    ----------
    cells : pd.Series of str
        All of its cells.
    schools : collection of str
        Keys of school names that are known (``school_key``).
    """
    some = sampled(cells)
    if some.empty:
        return Profile(frozenset({"empty"}))
    values = list(dict.fromkeys(some))
    if sum(map(has_personal_code, values[:200])) > len(values[:200]) / 2:
        return Profile(frozenset({"personal_code"}))
    numbers = np.array([number(value.removesuffix("%").rstrip()) for value in values])
    weights = some.value_counts(sort=False).reindex(values).to_numpy()
    numeric = weights[~np.isnan(numbers)].sum() / weights.sum()
    kinds = _lists(values) | ({"distinct"} if len(values) == len(some) else set())
    if numeric >= 0.6 and _signs_only([v for v, n in zip(values, numbers, strict=True) if np.isnan(n)]):
        signs = tuple(v for v in some.value_counts().index if np.isnan(number(v.removesuffix("%").rstrip())))
        kinds |= _of_numbers(numbers[~np.isnan(numbers)], values)
        if _all_ids(values) and not signs:
            kinds |= {"id"} | ({"unique"} if len(values) == len(some) and cells.is_unique else set())
        return Profile(frozenset(kinds), float(np.nanmin(numbers)), float(np.nanmax(numbers)), signs)
    return Profile(frozenset(kinds | _of_text(values, len(some), cells, schools)))


def _signs_only(values: list[str]) -> bool:
    return all(len(value) <= 12 and not value[:1].isdigit() for value in values) and len(values) <= 8


def _lists(values: list[str]) -> set[str]:
    """Recognise values of lists that speak for themselves."""
    if len(values) > _FEW:
        return set()
    kinds = set()
    for key in ("sex", "domain", "test", "status", "grade"):
        known = [code_of(key, value) for value in values if not _ABSENT.fullmatch(value)]
        clear = [code for code in known if code is not None]
        if clear and len(clear) >= MOST * len(known) and (key not in ("sex", "status") or len(set(clear)) > 1):
            kinds.add(key)
    if all(_TWO_YEARS.fullmatch(value) for value in values):
        kinds.add("two_years")
    return kinds


def _of_numbers(numbers: np.ndarray, values: list[str]) -> set[str]:
    kinds = {"number"}
    low, high = numbers.min(), numbers.max()
    if low >= 0 and high <= 100 and high > 12:
        kinds.add("percent")
    if all(_WHOLE.fullmatch(value) for value in values):
        kinds.add("whole")
        kinds |= {"year"} if low >= 1980 and high <= 2100 else set()
        for kind, first, last in (("small4", 1, 4), ("small5", 1, 5), ("mark", 1, 10)):
            kinds |= {kind} if low >= first and high <= last and high > 1 else set()
    return kinds


def _all_ids(values: list[str]) -> bool:
    return all(_ID.fullmatch(value) for value in values)


def _of_text(values: list[str], filled: int, cells: "pd.Series[str]", schools: Collection[str]) -> set[str]:
    kinds: set[str] = set()
    known = sum(_SCHOOL.search(value) is not None or school_key(value) in schools for value in values)
    if known >= 0.6 * len(values):
        kinds.add("school")
    elif len(values) <= _FEW * 2 and _places(values):
        kinds.add("municipality")
    elif (
        sum(_PERSON.fullmatch(value) is not None for value in values) >= 0.7 * len(values) and len(values) > filled / 2
    ):
        kinds.add("person")
    if not kinds and _all_ids(values) and sum(any(c.isdigit() for c in v) for v in values) >= MOST * len(values):
        kinds.add("id")
        kinds |= {"unique"} if len(values) == filled and cells.is_unique else set()
    if max(map(len, values)) > 60 or (sum(" " in v for v in values) > len(values) / 2 and len(values) > filled / 2):
        kinds.add("text")
    return kinds


def _places(values: list[str]) -> bool:
    """Ask the register about a few values only: an unknown one costs a search among all names."""
    tried, unknown = values[:_PLACES_TRIED], 0
    for value in tried:
        match = find(value) if len(value) > 3 else None
        unknown += match is None or not match.candidates
        if unknown > 1 or unknown == len(tried):
            return False
    return True
