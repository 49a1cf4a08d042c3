"""The catalogue: published sentences and the names of codes, Latvian first, inflected in the catalogue and nowhere else."""

from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from babel import Locale
from markupsafe import Markup

from analysis.words.files import read_words
from analysis.words.numbers import number, tied

LANGUAGES = ("lv", "en")
Words = TypeVar("Words", Markup, str)
_HERE = Path(__file__).parent
_SENTENCES = (
    "sentences.yml",
    "early_signs.yml",
    "growth.yml",
    "skills.yml",
    "climate.yml",
    "activities.yml",
    "changes.yml",
    "school_page.yml",
    "support.yml",
    "even.yml",
    "ways.yml",
    "thresholds.yml",
    "targets.yml",
    "boards.yml",
    "hours.yml",
    "staff.yml",
    "review.yml",
    "council.yml",
    "methods.yml",
    "check.yml",
    "desk.yml",
    "plan_desk.yml",
)
_CASES = {"nominative": 0, "genitive": 1, "locative": 2}


@cache
def sentences() -> dict[str, dict[str, Any]]:
    """Return the catalogue of sentences: key → words in both languages, trigger, priority and what it must not be used for."""
    loaded: dict[str, dict[str, Any]] = {}
    for name in _SENTENCES:
        loaded |= read_words(_HERE / name)
    return loaded


@cache
def labels() -> dict[str, dict[str, Any]]:
    """Return the names of codes by kind."""
    return read_words(_HERE / "labels.yml")


def plural(count: float, language: str) -> str:
    """Return the CLDR plural class of a count: Latvian ``zero`` (0, 10–20, 30 …), ``one`` (1, 21 …), ``other``."""
    return str(Locale(language).plural_form(count))


def say(key: str, language: str, /, *, count: Any = None, **facts: Any) -> Markup:
    """Fill a sentence of the catalogue.

    Parameters
    ----------
    key : str
        Its name in ``sentences.yml``.
    language : {"lv", "en"}
        Reader's language.
    count : number, optional
        The number that decides the plural form, where the sentence has several.
    **facts
        What its braces name; text is escaped, ``Markup`` is not.

    Returns
    -------
    Markup
        Safe to put into a page.
    """
    words = sentences()[key][language]
    if isinstance(words, dict):
        form = plural(0 if count is None else count, language)
        words = words.get(form, words["other"])
    return Markup(tied(Markup(words).format(**facts)))


def counted(noun: str, count: int, language: str) -> str:
    """Return a number with its noun in the form the number asks for: ``21 skolēns``, ``10 skolēnu``."""
    forms = labels()["count"][noun][language]
    return tied(str(forms.get(plural(count, language), forms["other"])).format(n=number(count, language)))


def label(kind: str, code: str, language: str, case: str = "nominative", own: dict[str, Any] | None = None) -> str:
    """Return the name of a code.

    Parameters
    ----------
    kind : str
        ``domain``, ``group``, ``test`` …
    code : str
        Code of the data contract.
    language : {"lv", "en"}
        Reader's language.
    case : {"nominative", "genitive", "locative"}
        Latvian case; a code without a name of its own stays as it is, in quotation marks.
    own : dict, optional
        Labels that a map brings, keyed ``kind=code`` or by the group itself.
    """
    found = (own or {}).get(code if kind == "group" else f"{kind}={code}") or labels()[kind].get(code)
    if found is None:
        return f"„{code}”" if language == "lv" else f"“{code}”"
    forms = found[language]
    return tied(str(forms[_CASES[case]] if isinstance(forms, list) else forms))


def capitalised(text: Words) -> Words:
    """Return the text with its first letter upper-case; the rest stays as it is, and what is safe stays so."""
    return text[:1].upper() + text[1:]
