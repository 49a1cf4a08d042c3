"""What columns and values are called in boards' files: names compared without case, diacritics and punctuation."""

import difflib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from analysis.words.catalogue import LANGUAGES, label, labels
from analysis.words.columns import about_code
from analysis.words.files import read_words

_FILE = Path(__file__).resolve().parents[2] / "words" / "synonyms.yml"
_ALIKE = 0.86  # below it "klase" and "klasē ir" look alike
_SHORTEST_PART = 4  # "id" or "dz" inside a longer name says nothing
YES_NO = frozenset({"yes", "no"})
Reason = Literal["name", "synonym", "similar", "content"]


@dataclass(frozen=True)
class Likeness:
    """How a column's name leads to a target: by the contract's own name, a known synonym, or a similar one."""

    certainty: float
    reason: Reason


@cache
def words() -> dict[str, dict[str, Any]]:
    """Return the lists of ``words/synonyms.yml``: ``columns``, ``left_out``, ``values``, ``tables``."""
    return read_words(_FILE)


@cache
def folded(text: str) -> str:
    """Return a name as it is compared: small letters without diacritics, words parted by one blank, ``%`` as a word."""
    marked = unicodedata.normalize("NFKD", text).casefold().replace("%", " procenti ")
    return " ".join(re.findall(r"[a-z0-9а-я]+", "".join(c for c in marked if not unicodedata.combining(c))))


def column_words(table: str, column: str) -> dict[str, Any]:
    """Return the names of a contract's column: ``lv`` and ``en`` for a person, ``names`` for comparing."""
    known = words()["columns"]
    entry: dict[str, Any] = known.get(f"{table}.{column}") or known.get(column) or {}
    return {"lv": column, "en": column, "names": []} | entry


def table_name(table: str, language: str) -> str:
    """Say what a table holds."""
    return str(words()["tables"].get(table, {}).get(language, table))


def column_name(table: str, column: str, language: str) -> str:
    """Say what a column of the contract means."""
    return str(column_words(table, column)[language])


@cache
def _spellings(table: str, column: str) -> tuple[str, ...]:
    entry = column_words(table, column)
    return tuple(dict.fromkeys(folded(text) for text in (entry["lv"], entry["en"], *entry["names"])))


@cache
def likeness(name: str, table: str, column: str, *, exactly: bool = False) -> Likeness | None:
    """Compare a file's column name with what a target is called.

    Parameters
    ----------
    name : str
        Column of the file.
    table, column : str
        Target of the contract.
    exactly : bool
        Leave out what costs time: similar names.

    Returns
    -------
    Likeness or None
        1.0 the contract's own name; 0.9 a synonym; 0.5–0.8 one that holds a synonym's words, or nearly the same letters.
    """
    own = folded(name)
    if own == folded(column):
        return Likeness(1.0, "name")
    known = _spellings(table, column)
    if own in known:
        return Likeness(0.9, "synonym")
    return None if exactly or not own else _similar(own, known)


def _similar(own: str, known: tuple[str, ...]) -> Likeness | None:
    parts = set(own.split())
    best = 0.0
    for spelling in known:
        inner = set(spelling.split())
        if len(spelling) >= _SHORTEST_PART and inner <= parts:
            best = max(best, 0.6 + 0.2 * len(spelling) / len(own))
    close = difflib.get_close_matches(own, [s for s in known if len(s) >= _SHORTEST_PART], n=1, cutoff=_ALIKE)
    if close:
        best = max(best, 0.8 * difflib.SequenceMatcher(None, own, close[0]).ratio())
    return Likeness(round(best, 3), "similar") if best else None


@cache
def left_out(name: str) -> str | None:
    """Say why a column of this name is not read (``person``, ``personal_code`` …); None where the name says nothing."""
    own = folded(name)
    reasons = (why for why, names in words()["left_out"].items() if own in {folded(text) for text in names})
    return next(reasons, None)


@cache
def _codes(key: str) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for code, names in words()["values"][key].items():
        if code == "ambiguous":
            found |= dict.fromkeys(map(folded, names))
            continue
        own = [code, *_names(key, code)]
        for text in dict.fromkeys(map(folded, [*own, *names])):
            found[text] = None if text in found and found[text] != code else code
    return found


def _names(key: str, code: str) -> list[str]:
    """Return what a code is called in the catalogue, in all its cases: exams are named "in mathematics"."""
    known = labels().get(key, {}).get(code)
    forms = [known[language] for language in LANGUAGES] if known else [code_name(key, code, one) for one in LANGUAGES]
    return [text for form in forms for text in ([form] if isinstance(form, str) else form)]


def value_key(table: str, column: str, codes: Iterable[str] = ()) -> str | None:
    """Return the list of values that a target uses, None where values have no names."""
    known = words()["values"]
    if frozenset(codes) == YES_NO:
        return "yes_no"
    return next((key for key in (f"{table}.{column}", column) if key in known), None)


def code_of(key: str, text: str) -> str | None:
    """Return the code that a value of a list means; None where no word, or more than one code, answers to it.

    >>> code_of("sex", "Sieviete"), code_of("sex", "M")
    ('girl', None)
    """
    own = folded(text)
    if key == "grade":
        return _grade(text) or _codes(key).get(own)
    if key == "domain":
        own = re.sub(r"^(centralizet(ais|s) eksamens|ce|diagnosticejosais darbs|monitoringa darbs) (?=\w)", "", own)
    return _codes(key).get(own)


def _grade(text: str) -> str | None:
    """Read ``9``, ``9.``, ``9.b``, ``9. klase`` and ``12A``."""
    found = re.fullmatch(
        r"\s*(1[0-2]|[0-9])\s*\.?\s*(klase|kl\.?|[^\W\d_]{1,2})?\s*\.?\s*(klase|kl\.?)?\s*", text, re.I
    )
    return found.group(1) if found else None


def code_name(key: str, code: str, language: str) -> str:
    """Say what a code of a list means; a code without a name stays as it is."""
    known = labels().get(key, {})
    if code in known:
        return label(key, code, language)
    return about_code(key.rpartition(".")[2], code, language)


def table_hint(name: str) -> set[str]:
    """Return the tables that the name of a file or sheet points to."""
    own = f" {folded(name)} "
    return {
        table
        for table, entry in words()["tables"].items()
        if any(f" {folded(text)} " in own for text in (table, *entry["names"]))
    }
