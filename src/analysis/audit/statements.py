"""What a place of a page says in numbers: an estimate with its interval and the pupils behind it, or a number alone."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from analysis.audit.beside import Beside, Rows
from analysis.audit.listed import listed
from analysis.audit.numerals import Numeral, intervals, numerals, plain
from analysis.audit.places import Place

_PEOPLE = re.compile(
    r"\s?(skolēn|bērn|atbildētāj|skolotāj|rezultāt|darb[ui]|pupil|child|respondent|teacher|result|paper|answer|atbil)"
)
_COUNTED = re.compile(r"(?:\bn\s|kopā\s|of\s|;\s|\()$")


@dataclass(frozen=True)
class Statement:
    """Numbers of a place that speak of one thing, and the rows of the file beside that say the same.

    Attributes
    ----------
    place : Place
        Where.
    start, end : int
        Which part of its text.
    numbers : int
        How many.
    rows : array of int
        Rows of the file; none: it is not accounted for.
    people : bool
        Whether it is a number of people.
    """

    place: Place
    start: int
    end: int
    numbers: int
    rows: Rows
    people: bool = False


def statements(place: Place, beside: Beside, smallest: int) -> Iterator[Statement]:
    """Go through what a place says in numbers, those of the short list left out.

    A number of people below the smallest group is accounted for by nothing, whatever the file says.
    """
    text = plain(place.text)
    found = list(numerals(text))
    if not found:
        return
    spans = listed(replace(place, text=text))
    on_list = {i for i, one in enumerate(found) if any(a <= one.start and one.end <= b for a, b, _ in spans)}
    ends = {a: b for a, b in intervals(text, found) if not {a, b} & on_list}
    taken = set(on_list)
    for first, last in ends.items():
        made, used = _with_interval(place, text, found, first, last, taken, beside)
        taken |= used
        yield made
    for i, one in enumerate(found):
        if i not in taken:
            yield _alone(place, text, one, beside, smallest)


def _with_interval(
    place: Place, text: str, found: list[Numeral], first: int, last: int, taken: set[int], beside: Beside
) -> tuple[Statement, set[int]]:
    low, high = replace(found[first], percent=found[last].percent), found[last]
    rows = np.intersect1d(beside.saying(low, "low"), beside.saying(high, "high"))
    used = {first, last}
    if first - 1 >= 0 and first - 1 not in taken:
        both = np.intersect1d(rows, beside.saying(found[first - 1], "estimate"))
        if len(both):
            rows, used = both, used | {first - 1}
    if last + 1 < len(found) and last + 1 not in taken and _of_people(text, found[last + 1]):
        with_n = np.intersect1d(rows, beside.saying(found[last + 1], "n"))
        if len(with_n):
            rows, used = with_n, used | {last + 1}
    numbers = [found[i] for i in sorted(used)]
    return Statement(place, numbers[0].start, numbers[-1].end, len(used), rows), used


def _alone(place: Place, text: str, one: Numeral, beside: Beside, smallest: int) -> Statement:
    people = _of_people(text, one) or (place.table > 0 and bool(_PEOPLE.match(place.around[1].lower())))
    if one.bound:
        rows = beside.saying(one, "high" if one.bound in "≤<" else "low")
    else:
        rows = beside.saying(one, "estimate")
        if one.decimals == 0 and not one.percent and not one.signed:
            rows = np.union1d(rows, beside.saying(one, "n"))
    return Statement(place, one.start, one.end, 1, rows, people)


def _of_people(text: str, one: Numeral) -> bool:
    if one.decimals or one.percent or one.signed:
        return False
    return bool(_PEOPLE.match(text, one.end)) or bool(re.search(r"\bn\s$", text[: one.start]))
