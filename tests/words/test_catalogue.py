"""The catalogue holds every sentence in both languages, in every form that a number may ask for, and escapes what it is told."""

import re
import string
from pathlib import Path
from typing import Any

import pytest
import yaml
from babel import Locale
from markupsafe import Markup

from analysis.words import catalogue
from analysis.words.catalogue import LANGUAGES, capitalised, counted, label, labels, plural, say, sentences

HOSTILE = "<script>alert(1)</script> {0} {place} ${HOME} \" '"
FORMS = {"lv": {"zero", "one", "other"}, "en": {"one", "other"}}
CASES = 3
# Facts that only one language can use: Latvian inflects what English only names.
INFLECTED = re.compile(r"_(gen|loc)$")
# One figure with and without its sign: a change "is −0,05", a position falls "by 0.05".
SAME = {"size": "estimate"}


def forms(words: Any) -> list[str]:
    return list(words.values()) if isinstance(words, dict) else [words]


def facts(words: Any) -> set[str]:
    """What the braces of a sentence name, cases and capitals of one fact taken together."""
    found = {name for form in forms(words) for _, name, _, _ in string.Formatter().parse(form) if name is not None}
    return {SAME.get(name, INFLECTED.sub("", name).lower()) for name in found}


@pytest.mark.parametrize("key", sorted(sentences()))
def test_a_sentence_is_whole(key: str) -> None:
    entry = sentences()[key]
    for language in LANGUAGES:
        words = entry[language]
        assert all(isinstance(form, str) and form.strip() for form in forms(words))
        if isinstance(words, dict):
            assert set(words) == FORMS[language]
            assert len({frozenset(facts(form)) for form in words.values()}) == 1
    assert facts(entry["lv"]) == facts(entry["en"])


def test_a_sentence_that_a_page_picks_says_when_and_how_often() -> None:
    picked = [entry for entry in sentences().values() if entry.get("section") == "short"]
    assert picked
    for entry in picked:
        assert {"when", "priority", "most", "link"} <= set(entry)


@pytest.mark.parametrize("key", sorted(sentences()))
@pytest.mark.parametrize("language", LANGUAGES)
def test_hostile_facts_are_text(key: str, language: str) -> None:
    words = sentences()[key][language]
    names = {name for form in forms(words) for _, name, _, _ in string.Formatter().parse(form) if name}
    told = say(key, language, count=2, **dict.fromkeys(names, HOSTILE))
    assert "<script>" not in told
    if names:
        assert told.unescape().count(HOSTILE) >= 1
    assert isinstance(told, Markup)


@pytest.mark.parametrize(
    ("count", "latvian"),
    [(0, "0 skolēnu"), (1, "1 skolēns"), (2, "2 skolēni"), (10, "10 skolēnu"), (11, "11 skolēnu"), (21, "21 skolēns"),
     (22, "22 skolēni"), (100, "100 skolēnu"), (101, "101 skolēns"), (111, "111 skolēnu"), (1234, "1\u00a0234 skolēni")],
)  # fmt: skip
def test_latvian_nouns_follow_their_number(count: int, latvian: str) -> None:
    assert counted("pupils", count, "lv") == latvian


def test_english_nouns_follow_their_number() -> None:
    assert [counted("schools", n, "en") for n in (0, 1, 2, 21)] == ["0 schools", "1 school", "2 schools", "21 schools"]


def test_plural_classes_are_those_of_cldr() -> None:
    assert [plural(n, "lv") for n in (0, 1, 2, 10, 11, 19, 20, 21, 30, 101, 111, 0.1, 1.5)] == [
        "zero", "one", "other", "zero", "zero", "zero", "zero", "one", "zero", "one", "zero", "one", "other"
    ]  # fmt: skip
    assert set(Locale("lv").plural_form.tags) | {"other"} == FORMS["lv"]


def test_every_code_has_both_languages_and_all_its_cases() -> None:
    for kind, codes in labels().items():
        for code, entry in codes.items():
            assert set(LANGUAGES) <= set(entry), (kind, code)
            for language in LANGUAGES:
                if isinstance(entry[language], list):
                    assert len(entry[language]) == CASES, (kind, code)
                if kind == "group_part":
                    assert set(entry[language]) < {"noun", "before", "with", "who"}, (kind, code)
                elif isinstance(entry[language], dict):
                    assert set(entry[language]) == FORMS[language], (kind, code)


def test_each_part_of_a_group_has_its_name_alone_as_well() -> None:
    assert set(labels()["group_part"]) == set(labels()["group"])


def test_names_inflect() -> None:
    assert [label("domain", "literacy", "lv", case) for case in ("nominative", "genitive", "locative")] == [
        "tekstpratība", "tekstpratības", "tekstpratībā"
    ]  # fmt: skip
    assert label("domain", "literacy", "en", "genitive") == "literacy"


def test_a_code_without_a_name_stays_as_it_is_in_quotation_marks() -> None:
    assert (label("domain", "<b>x", "lv"), label("domain", "x", "en")) == ("„<b>x”", "“x”")


def test_a_map_brings_names_of_its_own() -> None:
    own = {"test=A-level": {"lv": "A-līmenis", "en": "A level"}, "gifted=yes": {"lv": "talantīgie", "en": "gifted"}}
    assert label("test", "A-level", "lv", own=own) == "A-līmenis"
    assert label("group", "gifted=yes", "en", own=own) == "gifted"


def test_small_helpers() -> None:
    assert capitalised("ērgļi 3. klasē") == "Ērgļi 3. klasē"
    assert capitalised("") == ""


def test_no_sentence_or_name_lets_an_ordinal_number_part_from_its_noun() -> None:
    assert str(say("targets_in_year", "lv", year=2028)) == "2028.\u00a0g."
    codes = [(kind, code) for kind in ("grade", "domain", "test", "table", "skill") for code in labels()[kind]]
    assert not [code for kind, code in codes if re.search(r"\d\. [a-zāčēģīķļņšūž]", label(kind, code, "lv"))]


def test_no_sentence_stands_in_two_files() -> None:
    """The later one would take the place of the other, on a page that nobody looks at."""
    files = [
        yaml.safe_load(Path(catalogue.__file__).with_name(name).read_text("utf-8")) for name in catalogue._SENTENCES
    ]
    keys = [key for file in files for key in file]
    assert sorted({key for key in keys if keys.count(key) > 1}) == []
