"""Numbers as people and programs write them: decimal point or comma, blanks between thousands, either minus."""

import re

_NUMBER = re.compile(r"[-+]?(?:[0-9]+|[0-9]{1,3}(?:[ \u00a0\u202f][0-9]{3})+)(?:[.,][0-9]+)?")


def number(text: str) -> float:
    """Return the number that a cell holds, not-a-number where it holds none (or forms that only a program reads)."""
    clean = text.strip().replace("−", "-")
    if not _NUMBER.fullmatch(clean):
        return float("nan")
    return float(re.sub(r"\s", "", clean).replace(",", "."))
