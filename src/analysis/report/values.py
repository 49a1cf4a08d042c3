"""Released figures as text: number, interval, number behind, verdict; the same everywhere."""

import math
from typing import Any

import pandas as pd
from scipy import stats

from analysis.release.door import DECIMALS
from analysis.words.catalogue import counted, label, say
from analysis.words.numbers import WITHHELD, number, percent, span

SHAPES = {
    "lower": "▼",
    "higher": "▲",
    "not_distinguishable": "○",
    "too_few": "◌",
    "down": "▼",
    "up": "▲",
    "steady": "○",
}


def estimate(row: Any, language: str) -> str:
    """Return the estimate: signed for differences, with the percent sign for shares, coded or withheld where it is."""
    if row.unit == "percent" and not row.reference.startswith(("country", "municipality")):
        if not math.isnan(row.estimate):
            return percent(row.estimate, language, 1)
        if not math.isnan(row.high):
            return str(say("coded_high", language, percent=percent(row.high, language)))
        if not math.isnan(row.low):
            return str(say("coded_low", language, percent=percent(row.low, language)))
        return WITHHELD
    signed = row.unit != "percentile"  # a percentile is a place, not a difference
    return number(row.estimate, language, DECIMALS[row.unit], signed=signed)


def interval(row: Any, language: str) -> str:
    """Return the interval in words; empty where the figure has none."""
    if math.isnan(row.estimate) or math.isnan(row.low) or math.isnan(row.high):
        return ""
    unit = "percent" if row.unit == "percent" and row.reference in ("", "threshold") else ""
    return span(row.low, row.high, language, DECIMALS[row.unit], unit=unit)


def behind(row: Any, language: str, *, noun: bool = False) -> str:
    """Return the number behind a figure, with its noun where asked."""
    if pd.isna(row.n):
        return WITHHELD if not noun else ""
    if not noun:
        return number(int(row.n), language)
    return counted(row.population if row.population in ("schools", "papers") else "pupils", int(row.n), language)


def direction(row: Any, middle: float = 0.0) -> str:
    """Return ``lower``, ``higher`` or ``same``: the side of the middle counts only where the verdict says that it differs."""
    if row.verdict != "differs":
        return "same"
    return "lower" if row.estimate < middle else "higher"


def verdict(row: Any, language: str, words: str = "verdict", middle: float = 0.0) -> tuple[str, str, str]:
    """Return shape, CSS class and words (a kind of label) of a verdict; all empty where none is due."""
    if not row.verdict:
        return "", "", ""
    code = direction(row, middle) if row.verdict == "differs" else row.verdict
    css = {"lower": "low", "higher": "high", "not_distinguishable": "same", "too_few": "few"}[code]
    return SHAPES[code], css, label(words, code, language)


def share_of_nation(row: Any, language: str) -> str:
    """Say a place in SDs for a council: the share of the country's pupils beyond the unit's average pupil.

    The country's results are taken as normally spread; for a lower place those above are counted, for a higher one
    those below.
    """
    return percent(100 * float(stats.norm.cdf(abs(row.estimate))), language)


def chance(estimate: float, language: str) -> str:
    """Say a probability; one that rounds to none or to certainty is neither."""
    if pd.isna(estimate):
        return WITHHELD
    if not 0 < round(100 * estimate) < 100:
        return str(say("targets_chance_low" if estimate < 0.5 else "targets_chance_high", language))
    return percent(100 * estimate, language)
