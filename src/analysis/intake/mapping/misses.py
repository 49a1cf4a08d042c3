"""What is wrong with a text that means no municipality of today: abolished, zeros lost, a path, unknown."""

from analysis.intake.register import Match, looks_like_path, successor_names

_LENGTH = 7  # digits of an ATVK code


def code_of_miss(text: str, match: Match) -> str:
    """Return the class of fault of a text that means no municipality of today.

    Returns
    -------
    str
        N07 abolished (or a code of another date), I01 a code whose leading zeros were lost, N05 a file's path, N09 unknown.
    """
    is_old_code = bool(match.candidates) and text.removeprefix("LV").isdecimal()
    if match.abolished or is_old_code:
        return "N07"
    if text.isdecimal() and match.nearest is not None:
        return "I01"
    return "N05" if looks_like_path(text) else "N09"


def facts_of_miss(text: str, match: Match) -> dict[str, object]:
    """Return what the words of these faults name: what was found, the nearest entry, successors, lengths."""
    nearest = match.nearest or " / ".join(match.candidates) or "–"
    lengths = {"found": len(text), "expected": _LENGTH}
    return {"value": text, "nearest": nearest, "successors": successor_names(match), **lengths}
