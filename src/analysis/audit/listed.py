"""The short list: numbers of a page that are no statistic, by what stands around them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

from analysis.audit.places import Place
from analysis.words.catalogue import labels, sentences
from analysis.words.files import read_words

_NUMBER = r"(?:\d{1,3}(?:[\u00a0 ]\d{3})+|\d+)"
_SHORTEST = 6  # letters of a fixed fragment: fewer would be found by chance


@dataclass(frozen=True)
class Entry:
    """A class of numbers that give nothing away."""

    name: str
    why: str
    pattern: re.Pattern[str]
    kinds: tuple[str, ...] = ()
    head: re.Pattern[str] | None = None


@cache
def entries() -> tuple[Entry, ...]:
    """Return the list of ``numbers.yml``."""
    read = read_words(Path(__file__).parent / "numbers.yml")
    return tuple(
        Entry(name, entry["why"], re.compile("|".join(f"(?:{one.replace('#', _NUMBER)})" for one in entry["patterns"])),
              tuple(entry.get("in", ())), re.compile(entry["head"], re.I) if "head" in entry else None)
        for name, entry in read.items()
    )  # fmt: skip


@cache
def fixed_words() -> tuple[str, ...]:
    """Return the pieces of catalogue sentences that hold a number themselves, as they are printed; longest first."""
    found = set()
    for text in _texts([*sentences().values(), labels()]):
        for piece in re.split(r"\{[^{}]*\}", unescape(re.sub(r"<[^>]+>", " ", text))):
            piece = _spaced(piece).strip()
            if re.search(r"\d", piece) and len(re.findall(r"[^\W\d]", piece)) >= _SHORTEST:
                found.add(piece)
    return tuple(sorted(found, key=len, reverse=True))


def _texts(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict | list):
            yield from _texts(value.values() if isinstance(value, dict) else value)


@cache
def _by_number(pieces: tuple[str, ...]) -> dict[str, list[str]]:
    """Return pieces of text by the first number in them."""
    found: dict[str, list[str]] = {}
    for piece in pieces:
        found.setdefault(re.findall(r"\d+", piece)[0], []).append(piece)
    return found


@cache
def _whole(piece: str) -> re.Pattern[str]:
    """Return where a piece of text stands as it is, and not as the beginning or end of a longer number."""
    before, after = (r"(?<!\d)" if piece[0].isdigit() else ""), (r"(?!\d)" if piece[-1].isdigit() else "")
    return re.compile(f"{before}{re.escape(piece)}{after}", re.I)


def telling_words(given: Iterable[str]) -> tuple[str, ...]:
    """Keep of words that came with the data those that hold digits and are long enough not to be found by chance."""
    spaced = {_spaced(word).strip() for word in given}
    long = (w for w in spaced if re.search(r"\d", w) and (len(w) >= _SHORTEST or len(re.findall(r"[^\W\d]", w)) > 2))
    return tuple(sorted(long, key=lambda word: (-len(word), word)))


@cache
def _parameters() -> Entry:
    names = {re.escape(name) for entry in labels()["parameter"].values() for name in entry.values()}
    return Entry("parameter", "A limit set by the board.", re.compile(rf"(?:{'|'.join(sorted(names))}) = [\d.,]+"))


@cache
def _quoted() -> Entry:
    """Return where a question to a school quotes a value of its file, of whomever it may be."""
    around = (re.split(r"\{value\}", text) for text in _texts([*sentences().values(), labels()]) if "{value}" in text)
    ends = {(re.split(r"[{}]", own[0])[-1][-30:], re.split(r"[{}]", own[1])[0][:30]) for own in around}
    known = sorted((a, b) for a, b in ends if min(len(a), len(b)) > 3)
    words = "|".join(rf"(?<={re.escape(a)})[\d.,−-]+(?={re.escape(b)})" for a, b in known)
    return Entry("quoted", "A value that a file repeats too often to be a result.", re.compile(words))


def _asked(entry: Entry, place: Place) -> bool:
    if entry.kinds and not place.kind.startswith(entry.kinds):
        return False
    return entry.head is None or (place.table > 0 and any(entry.head.search(words) for words in place.around))


def _spaced(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def listed(place: Place, given: tuple[str, ...] = ()) -> list[tuple[int, int, str]]:
    """Return the parts of a place's text whose numbers are on the list, and the entry's name; words that were given are on it."""
    text = place.text
    if place.kind == "axis":
        return [(0, len(text), "axis")]
    found = [
        (*match.span(), entry.name)
        for entry in (*entries(), _parameters(), _quoted()) if _asked(entry, place)
        for match in entry.pattern.finditer(text)
    ]  # fmt: skip
    plain = text.replace("\u00a0", " ")
    for name, known in (("catalogue", fixed_words()), ("given", given)):
        pieces = _by_number(known)
        for piece in [piece for number in set(re.findall(r"\d+", plain)) for piece in pieces.get(number, ())]:
            found += [(at.start(), at.end(), name) for at in _whole(piece).finditer(plain)]
    return found
