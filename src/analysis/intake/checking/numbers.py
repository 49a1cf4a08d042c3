"""Numbers as people and programs write them: decimal point or comma, blanks between thousands, either minus."""

import re
import unicodedata

_NUMBER = re.compile(r"[-+]?(?:[0-9]+|[0-9]{1,3}(?:[ \u00a0\u202f][0-9]{3})+)(?:[.,][0-9]+)?")
_PERCENT = re.compile(r"(.*?)\s*[%\uff05\ufe6a]\s*")
_OF_PROGRAMS = re.compile(
    r"[-+]?(?:0x[0-9a-f]+|0o[0-7]+|0b[01]+|[0-9]+(?:_[0-9]+)+(?:[.,][0-9]+)?|[0-9]+(?:[.,][0-9]*)?e[-+]?[0-9]+)[lj]?",
    re.IGNORECASE,
)
_NO_NUMBER_WORDS = re.compile(
    r"[-+]?(?:nan|inf(?:inity)?|∞|null|none|nil|na|n/a|n/d|nav|nat|<na>|\(null\)"
    r"|#(?:n/a|n/d|nav|null!|div/0!|value!|vērt!|ref!|ats!|name\?|nosaukums\?|num!|skaitlis!|dal/0!))",
    re.IGNORECASE,
)
#: Beyond it a floating point number no longer tells neighbouring whole numbers apart.
LARGEST = 1e15


def number(text: str) -> float:
    """Return the number that a cell holds, not-a-number where it holds none (or forms that only a program reads)."""
    clean = text.strip().replace("−", "-")
    if not _NUMBER.fullmatch(clean):
        return float("nan")
    value = float(re.sub(r"\s", "", clean).replace(",", "."))
    return value if abs(value) < LARGEST else float("nan")


def percent(text: str) -> float:
    """Return the number before a percent sign, not-a-number where the cell is anything else."""
    match = _PERCENT.fullmatch(text.strip())
    return number(match[1]) if match else float("nan")


def why_no_number(text: str) -> str:
    """Return the class of fault of a cell that holds no number.

    Returns
    -------
    str
        V06 not-a-number, infinity, NULL and other words for a missing value, and numbers too large to keep; V07 forms
        that only programs read; V08 digits of another script; V05 any other text.
    """
    clean = text.strip().replace("−", "-")
    if _NO_NUMBER_WORDS.fullmatch(clean) or _NUMBER.fullmatch(clean):
        return "V06"
    if _OF_PROGRAMS.fullmatch(clean):
        return "V07"
    is_foreign = any(not sign.isascii() and unicodedata.numeric(sign, None) is not None for sign in clean)
    return "V08" if is_foreign else "V05"


def shown_number(text: str) -> str | None:
    """Return a cell's text where it is one of the known words for *no number*: nothing of a person is in it."""
    clean = text.strip()
    return clean if _NO_NUMBER_WORDS.fullmatch(clean.replace("−", "-")) else None
