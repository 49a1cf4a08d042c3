"""One thing that a council can decide, as the page tells it."""

import math
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from analysis.evidence import each
from analysis.plan_limits import KINDS_OF_DECISION
from analysis.release import Released
from analysis.words.numbers import number, span

KINDS = SUPPORT, GROUP, TARGET, SIGNS, DATA = KINDS_OF_DECISION


@dataclass(frozen=True)
class Candidate:
    """One thing that can be decided.

    Attributes
    ----------
    key : str
        ``kind`` or ``kind:what``: how a board's file names it.
    subject : tuple of str
        What it is about: two candidates, one of which has all of the other's, are about the same thing.
    decide, reason, reached : Markup
        What is to be decided, why, and how many children it reaches, with n and interval.
    children : float
        How many it reaches, by which lines are ordered; NaN where children are not counted.
    concerned : float
        How many it is about, by which lines are chosen: of a programme all who are left without support. NaN: ``children``.
    certain : bool
        Whether the figure behind it is told apart from nothing.
    cost : float
        Euro a year; NaN where not known.
    measured : str
        When it is measured next, where the evidence says so.
    row : object or None
        The row of evidence that the reason tells.
    """

    key: str
    subject: frozenset[str]
    decide: Markup
    reason: Markup
    reached: Markup
    children: float = math.nan
    concerned: float = math.nan
    certain: bool = False
    cost: float = math.nan
    measured: str = ""
    row: Any = None

    @property
    def kind(self) -> str:
        """One of ``KINDS``."""
        return self.key.partition(":")[0]

    @property
    def rank(self) -> tuple[bool, float, str]:
        """Place on the page: certain before uncertain, then most children reached first."""
        return not self.certain, math.inf if math.isnan(self.children) else -self.children, self.key

    @property
    def weight(self) -> tuple[bool, float, str]:
        """Place in the choice: certain before uncertain, then most children concerned first."""
        many = self.children if math.isnan(self.concerned) else self.concerned
        return not self.certain, math.inf if math.isnan(many) else -many, self.key


def whole(own: Released, **keys: Any) -> list[Any]:
    """Return rows of the municipality as a whole that are shown."""
    return list(each(own.where(school_id="", grade="", **keys).rows.dropna(subset=["estimate"])))


def interval_of(row: Any, language: str) -> dict[str, str]:
    """Return a number of children and its interval, as sentences name them."""
    return {"n": number(row.estimate, language), "interval": span(row.low, row.high, language)}
