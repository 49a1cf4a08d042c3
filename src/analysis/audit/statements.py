"""What a place of a page says in numbers: an estimate with its interval and the people behind it, or a number alone."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from analysis.audit.beside import Beside, Rows
from analysis.audit.listed import listed
from analysis.audit.numerals import Numeral, intervals, numerals, plain
from analysis.audit.places import Place

_PEOPLE = re.compile(
    r"\s?(?:papildu\s|additional\s|extra\s)?(?P<modelled>bērn|child)?"
    r"(?(modelled)|(?:skolēn|atbildētāj|skolotāj|rezultāt|darb[iu]|pupil|respondent|teacher|result|paper))"
)
_WORDLESS = ("comment", "meta", "style", "png", "class=", "id=", "href=", "docx properties", "manifest")
"""Kinds of places in which no figure stands, published or not."""
_HEADS = re.compile(r"^(skolēni|atbildētāji|skolotāji|pupils|respondents|teachers)\b", re.I)
_MINUTES = re.compile(r"^(Minūtes|Minutes)\b")
_FEWER = re.compile(r"mazāk|zem|pietrūk|atpaliek|fewer|less|below|lower|short|lack|behind", re.I)
_ABOUT = re.compile(r"[^\d.;]{0,60}")  # what may stand between an estimate and its interval
_OF_HUNDRED = re.compile(r"\s\w+\s(?:no|of|in every|in|out of)\s100\b")
_UP_TO = re.compile(r"(?:\blīdz|\bup to|\bas many as)\s$")
_WITH_N = re.compile(r"\s(?:·\s)?n\s")
_THEN = re.compile(r"(?:\s?%)?[;,)\s·]*(?:n\s|kopā\s|(?:in\s)?all\s)?")


@dataclass(frozen=True)
class Statement:
    """Numbers of a place that speak of one thing, and the rows of the file beside that say the same.

    Attributes
    ----------
    place : Place
        Where.
    start, end : int
        Which part of its text.
    said : str
        The words before it: what it is, where a place says several things.
    rows : array of int
        Rows of the file; none: it is not accounted for.
    total : bool
        Whether it is a sum of rows that a page may say.
    """

    place: Place
    start: int
    end: int
    said: str
    rows: Rows
    total: bool = False

    @property
    def headed(self) -> bool:
        """Whether it stands in a column that counts people, or in a table of minutes, where numbers are bare."""
        if not self.place.table:
            return False
        return bool(_HEADS.match(self.place.around[1]) or _MINUTES.match(self.place.around[2]))

    @property
    def bare(self) -> bool:
        """Whether it is a number and nothing else in its cell: no interval, no limit, no decimals, no unit."""
        alone = self.end - self.start == len(self.place.text.strip())
        return alone and self.place.text[self.start : self.end].replace("\u00a0", "").isdigit()

    @property
    def nought(self) -> bool:
        """Whether it says that there is nothing, for which a file needs no row."""
        return self.place.text[self.start : self.end] == "0"


def statements(place: Place, beside: Beside, smallest: int) -> Iterator[Statement]:
    """Go through what a place says in numbers, those of the short list left out.

    Parameters
    ----------
    place : Place
    beside : Beside
    smallest : int
        People in the smallest group: a size below it is accounted for by nothing, whatever the file says.
    """
    text = plain(place.text)
    found = list(numerals(text))
    if not found:
        return
    spans = listed(replace(place, text=text), beside.given)
    taken = {i for i, one in enumerate(found) if any(a <= one.start and one.end <= b for a, b, _ in spans)}
    made: list[tuple[int, int, Rows]] = []
    wordless = place.kind.startswith(_WORDLESS) or _nameless(place)
    for first, last in intervals(text, found):
        if not {first, last} & taken:
            start, end, rows = _with_interval(text, found, first, last, taken, beside, smallest)
            taken |= set(range(start, end + 1))
            made.append((start, end, rows))
    for i, one in enumerate(found):
        if i in taken:
            continue
        rows, last = _alone(place, text, one, beside, smallest), i
        if i + 1 < len(found) and i + 1 not in taken and _WITH_N.fullmatch(text[one.end : found[i + 1].start]):
            rows = rows if one.bound else _estimates(text, one, beside)
            rows, last = np.intersect1d(rows, _sizes(found[i + 1], beside, smallest)), i + 1
        taken |= {i, last}
        made.append((i, last, rows))
    for first, last, rows in sorted(made, key=lambda one: one[0]):
        start, end = found[first].start, found[last].end
        before = found[first - 1].end if first else 0
        said = re.sub(r"\W+", " ", text[before:start])[-25:]
        total = first == last and beside.is_total(found[first]) and not _too_few(place, text, found[first], smallest)
        yield Statement(place, start, end, said, rows[:0] if wordless else rows, total and not wordless)


def _nameless(place: Place) -> bool:
    """Whether a cell stands in a table that does not say of whom and of what its numbers are; a document's has no caption."""
    if place.kind == "docx table cell":
        return not all(place.around[:2])
    return place.kind == "table cell" and not (place.around and all(place.around))


def _with_interval(
    text: str, found: list[Numeral], first: int, last: int, taken: set[int], beside: Beside, smallest: int
) -> tuple[int, int, Rows]:
    high = _per_hundred(text, found[last])
    low = replace(found[first], percent=high.percent)
    rows = np.intersect1d(beside.saying(low, "low"), beside.saying(high, "high"))
    rows = rows[~beside.units["sizeless"][rows]]
    if not len(rows):
        rows = _turned(text, low, high, beside)
    before, after = first - 1, last + 1
    if before >= 0 and before not in taken and _ABOUT.fullmatch(text[found[before].end : low.start]):
        both = np.intersect1d(rows, _estimates(text, found[before], beside))
        if len(both):
            rows, first = both, before
    if after < len(found) and after not in taken and _sized(text, high, found[after]):
        return first, after, np.intersect1d(rows, _sizes(found[after], beside, smallest))
    return first, last, rows


def _sized(text: str, high: Numeral, after: Numeral) -> bool:
    return _THEN.fullmatch(text[high.end : after.start]) is not None and _of_people(text, after)


def _turned(text: str, low: Numeral, high: Numeral, beside: Beside) -> Rows:
    """Return the rows of an interval said without its minus ("47 to 48 fewer"), or of two figures that are its ends."""
    if not low.signed and not high.signed and _FEWER.search(text):
        ends = replace(high, value=-high.value), replace(low, value=-low.value)
        rows = np.intersect1d(beside.saying(ends[0], "low"), beside.saying(ends[1], "high"))
        if len(rows):
            return rows
    least, most = beside.saying(low, "estimate"), beside.saying(high, "estimate")
    kind = [beside.codes["indicator"][rows] for rows in (least, most)]
    return least[np.isin(kind[0], kind[1])]


def _estimates(text: str, one: Numeral, beside: Beside) -> Rows:
    rows = beside.saying(one, "estimate")
    if one.signed or one.percent or not _FEWER.search(text):
        return rows
    return np.union1d(rows, beside.saying(replace(one, value=-one.value), "estimate"))


def _sizes(one: Numeral, beside: Beside, smallest: int) -> Rows:
    rows = beside.saying(one, "n")
    return rows if one.value >= smallest or one.value == 0 else rows[~beside.units["people"][rows]]


def _per_hundred(text: str, one: Numeral) -> Numeral:
    """Read "8 children of 100" as what it is: 8 percent."""
    return replace(one, percent=True) if _OF_HUNDRED.match(text, one.end) else one


def _alone(place: Place, text: str, one: Numeral, beside: Beside, smallest: int) -> Rows:
    if _OF_HUNDRED.match(text, one.end):
        one = _per_hundred(text, one)
        less = beside.saying(replace(one, value=-one.value), "estimate")
        return np.union1d(less, beside.saying(one, "high" if _UP_TO.search(text[: one.start]) else "estimate"))
    if one.bound:
        rows = beside.saying(one, "low" if one.bound in ("≥", ">") else "high")
        return rows[beside.units["coded"][rows]]
    if _counts(place, text, one):
        return _people(text, one, beside, smallest)
    rows = _estimates(text, one, beside)
    if one.decimals == 0 and not one.percent:
        rows = np.union1d(rows, beside.saying(one, "step"))
        if not one.signed:
            rows = np.union1d(rows, _sizes(one, beside, smallest))
    return rows


def _counts(place: Place, text: str, one: Numeral) -> bool:
    """Whether a number counts people by its own words, or by the heading of its column."""
    headed = place.table > 0 and not one.decimals and not one.signed and bool(_HEADS.match(place.around[1]))
    return _of_people(text, one) or headed


def _too_few(place: Place, text: str, one: Numeral, smallest: int) -> bool:
    return 0 < one.value < smallest and _counts(place, text, one)


def _people(text: str, one: Numeral, beside: Beside, smallest: int) -> Rows:
    """Return the rows of a number of people; below the smallest group only of children that a model reckons with."""
    rows = beside.saying(one, "estimate", "pupils")
    noun = _PEOPLE.match(text, one.end)
    if 0 < one.value < smallest:
        return rows[beside.units["modelled"][rows]] if noun and noun["modelled"] else rows[:0]
    return np.union1d(_sizes(one, beside, smallest), rows)


def _of_people(text: str, one: Numeral) -> bool:
    """Whether a number counts people or their results: by the noun behind it or ``n`` before."""
    if one.decimals or one.percent or one.signed:
        return False
    return bool(_PEOPLE.match(text, one.end)) or bool(re.search(r"\bn\s$", text[: one.start]))
