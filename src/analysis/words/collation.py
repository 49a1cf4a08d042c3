"""Latvian sort order: letters with marks after those without, Y between I and J."""

import unicodedata

_ALPHABET = "aābcčdeēfgģhiyījkķlļmnņopqrsštuūvwxzž"
_RANK = {letter: rank for rank, letter in enumerate(_ALPHABET)}
_LONG = str.maketrans("āēīūy", "aeiui")


def latvian_key(text: str) -> tuple[object, ...]:
    """Return a sort key over the Latvian alphabet.

    As in CLDR, long vowels and Y differ from A, E, I, U only where all else is equal (I, Y, Ī in this order);
    Č, Ģ, Ķ, Ļ, Ņ, Š, Ž are letters of their own; foreign marks (É, Ö) follow their plain letter where all else is equal.
    Numbers sort as numbers, quotes and hyphens do not count.
    """
    text = unicodedata.normalize("NFC", " ".join(text.split())).casefold()
    primary: list[tuple[int, int]] = []
    digits = ""
    for letter in text + "\0":
        if letter.isdecimal():
            digits += letter
            continue
        if digits:
            primary.append((1, int(digits)))
            digits = ""
        if letter.isalpha():
            primary.append((2, _letter(letter)))
        elif letter.isspace():
            primary.append((0, 0))
    return (primary, [_RANK.get(letter, 99) for letter in text], text)


def _letter(letter: str) -> int:
    plain = letter if letter in _RANK else unicodedata.normalize("NFD", letter)[0]
    return _RANK.get(plain.translate(_LONG), 100 + ord(plain))
