"""Latvian alphabetical order, as CLDR has it."""

import random
import unicodedata

import pytest

from analysis.words.collation import latvian_key

# In the order of CLDR's Latvian collation: A Ā | B | C Č | … | I Y Ī | J | K Ķ …, long vowels only where all else is equal.
IN_ORDER = [
    "Ādaži", "Aizkraukle", "Alūksne", "Balvi", "Cēsis", "Cirma", "Čakste", "Dobele", "Engure", "Ērgļi", "Gulbene",
    "Ģibuļi", "Iecava", "Ikšķile", "Yrsa", "Īslīce", "Jelgava", "Krāslava", "Kuldīga", "Ķegums", "Ķekava", "Limbaži",
    "Ļaudona", "Nīca", "Ņuja", "Ogre", "Saldus", "Šķēde", "Ūdrupe", "Ulbroka", "Ventspils", "Zilupe", "Žīguri",
]  # fmt: skip


def test_names_of_places() -> None:
    shuffled = random.Random(1).sample(IN_ORDER, len(IN_ORDER))
    assert sorted(shuffled, key=latvian_key) == IN_ORDER


@pytest.mark.parametrize(
    "names",
    [
        ["Ia", "Ya", "Īa", "Ib", "Yb", "Īb", "Ja"],
        ["Krāslava", "Ķekava"],
        ["Zala", "Zāla", "Zalas", "Zālas"],
        ["Rīga", "Rīgas 2. vidusskola", "Rīgas 10. vidusskola"],
        ["Rēzekne", "Rēzeknes novads"],
        ["Eva", "Ēva", "Éva", "Evita"],
        ["Varakļānu skola", "„Zaļā” skola", "Žagatas"],
    ],
)
def test_finer_points(names: list[str]) -> None:
    turned = list(reversed(names))
    assert sorted(turned, key=latvian_key) == names


def test_a_letter_typed_as_two_signs_and_spaces_around_do_not_count() -> None:
    assert latvian_key(unicodedata.normalize("NFD", "Ķekava")) == latvian_key("Ķekava")
    assert latvian_key(" Rīgas  skola ") == latvian_key("Rīgas skola")


def test_upper_and_lower_case_stand_together() -> None:
    assert sorted(["ogre", "Olaine", "Ogre"], key=latvian_key)[2] == "Olaine"
