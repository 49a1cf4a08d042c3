"""Names of what a row of evidence is about: stage, domain, group, school, place, years, in the reader's language."""

from collections.abc import Hashable
from typing import Any, Protocol

import pandas as pd

from analysis.intake.unit import Unit
from analysis.words.catalogue import label, labels, say
from analysis.words.collation import latvian_key
from analysis.words.numbers import NBSP, school_year

_GRADES = ("PS", *(str(grade) for grade in range(13)))
_ORDINALS = {1: "st", 2: "nd", 3: "rd"}
TEST_KEYS = ["grade", "test", "domain", "level"]


class Reader(Protocol):
    """Whoever names are said to: the reader's language, and the names that a map brings."""

    @property
    def language(self) -> str:
        """``lv`` or ``en``."""

    @property
    def facts(self) -> dict[str, Any]:
        """What is known of the delivery; ``labels``."""


def test_order(rows: pd.DataFrame) -> pd.DataFrame:
    """Order rows by grade, test, level and the catalogue's order of domains; unknown domains come last, by name."""
    domains = {domain: i for i, domain in enumerate(labels()["domain"])}
    order = pd.DataFrame(
        {
            "grade": rows["grade"].map({grade: i for i, grade in enumerate(_GRADES)}),
            "test": rows["test"],
            "level": rows["level"].map({"": 0, "optimal": 1, "higher": 2}).fillna(9),
            "domain": rows["domain"].map(domains).fillna(len(domains)),
            "name": rows["domain"],
        }
    )
    return rows.loc[order.sort_values(["grade", "test", "level", "domain", "name"], kind="stable").index]


def stage(unit: Reader, row: Any, case: str = "nominative", *, with_test: bool = False) -> str:
    """Return the stage: ``3. klase`` (genitive ``3. klases``, locative ``3. klasē``), with the exam where asked."""
    grade, language = str(row.grade), unit.language
    if grade in labels()["grade"]:
        words = label("grade", grade, language, case)
    elif language == "lv":
        words = f"{grade}.{NBSP}klas" + {"nominative": "e", "genitive": "es", "locative": "ē"}[case]
    else:
        words = f"grade {grade}"
    if with_test:
        words += ", " + test_name(unit, row) if test_name(unit, row) else ""
    return words


def test_name(unit: Reader, row: Any) -> str:
    """Return the short name of an exam; tests that are the usual ones of their grade need none."""
    if row.test in ("diagnostic", "monitoring"):
        return ""
    known = labels()["test"].get(row.test, {})
    return str(known.get(f"short_{unit.language}") or label("test", row.test, unit.language, own=unit.facts["labels"]))


def level(unit: Reader, row: Any) -> str:
    """Return the exam's level in brackets, or nothing."""
    return f" ({label('level', row.level, unit.language)})" if row.level else ""


def domain(unit: Reader, row: Any, case: str = "nominative") -> str:
    """Return the domain's or subject's name."""
    return label("domain", str(row.domain), unit.language, case, own=unit.facts["labels"])


def block(unit: Unit, row: Any) -> str:
    """Return stage, exam and level: ``12. klase, CE, optimālais līmenis``."""
    name = stage(unit, row, with_test=True)
    return f"{name}, {label('level', row.level, unit.language)}" if row.level else name


def what(unit: Unit, row: Any) -> str:
    """Return a heading for one test: ``12. klase, CE, optimālais līmenis · matemātika``."""
    return f"{block(unit, row)} · {domain(unit, row)}"


def group(unit: Reader, code: str) -> str:
    """Return a group in words; the values of an attribute that no catalogue knows are named as they are.

    Groups of several attributes become one noun with what is said of it: ``lauku skolu zēni, kuru ģimenē runā citā
    valodā``.
    """
    own, codes = unit.facts["labels"], code.split("&")
    parts = labels()["group_part"]
    if len(codes) > 1 and all(one in parts and one not in own for one in codes):
        said = [entry[unit.language] for one, entry in parts.items() if one in codes]
        return _joined(said, unit.language)
    return " · ".join(_single(one, own, unit.language) for one in codes)


def _single(code: str, own: dict[str, Any], language: str) -> str:
    if code in own or code in labels()["group"]:
        return label("group", code, language, own=own)
    attribute, _, value = code.partition("=")
    return f"{attribute}: {value}"


def _joined(parts: list[dict[str, str]], language: str) -> str:
    """Join what is said of one group: before the noun, after it, and in clauses of their own."""
    said: dict[str, list[str]] = {"before": [], "noun": [], "with": [], "who": []}
    for part in parts:
        for kind, words in part.items():
            said[kind].append(words)
    noun = said["noun"][0] if said["noun"] else {"lv": "skolēni", "en": "pupils"}[language]
    who = "kuras" if noun == "meitenes" else "kuri"
    clauses = {"lv": " un ", "en": " and "}[language].join(said["who"]).format(who=who)
    text = " ".join([*said["before"], noun, *said["with"]])
    return text + ({"lv": ", ", "en": " "}[language] + clauses if clauses else "")


def place_loc(unit: Unit) -> str:
    """Return "in the municipality": the locative of the data, or a neutral form where they have none."""
    if unit.language == "lv" and unit.locative:
        return unit.locative
    return str(say("place_loc_neutral", unit.language, place=unit.name).unescape())


def years(unit: Reader, row: Any) -> str:
    """Return the school year, or first and last of a pool: ``2023./2024.–2025./2026. m. g.``."""
    last = school_year(int(row.school_year), unit.language)
    tail = "\u00a0m.\u00a0g." if unit.language == "lv" else ""
    if pd.isna(row.year_from) or int(row.year_from) == int(row.school_year):
        return last + tail
    return f"{school_year(int(row.year_from), unit.language)}–{last}{tail}"


def alphabetical(unit: Unit) -> list[tuple[str, str]]:
    """Return the unit's schools as (id, name) in Latvian alphabetical order; equal names by id."""
    pairs = zip(unit.schools["school_id"], unit.schools["name"], strict=True)
    return sorted(pairs, key=lambda pair: (latvian_key(pair[1]), pair[0]))


def key_of(row: Any) -> tuple[Hashable, ...]:
    """Return the key of a test, without its year."""
    return tuple(getattr(row, key) for key in TEST_KEYS)
