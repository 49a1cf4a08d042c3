"""The pattern: which figures of a municipality's results are withheld, whoever prints them."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import inf, isinf
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.evidence import each
from analysis.release.suppression.keys import Key, group_of, mean_keys, share_keys, size_keys
from analysis.release.suppression.moved import Then
from analysis.release.suppression.of_nation import OfNation
from analysis.release.suppression.planned import counts, is_mean, of_results, unplanned


@dataclass(frozen=True)
class Pattern:
    """Figures by their keys.

    Attributes
    ----------
    known : frozenset of tuple
        Every figure that the programmes have seen.
    withheld : frozenset of tuple
        Those of them that are not told, whatever the reason.
    given_back, added : int
        How many figures the programmes withheld beyond the first line, and how many of these they could give back.
    left_out : tuple of str
        Grade and test of which nothing may be told: a programme that has to protect them found no end.
    then : dict of tuple to tuple of Then
        What earlier issues told beside sizes of results, by the keys of their rows.
    nation : OfNation or None
        Which rows of the whole country may be told; None where they are not counted from all municipalities' pupils. It is
        found after all patterns, and kept apart.
    """

    known: frozenset[Key]
    withheld: frozenset[Key]
    added: int = 0
    given_back: int = 0
    left_out: tuple[str, ...] = ()
    then: Mapping[Key, tuple[Then, ...]] = field(default_factory=dict)
    nation: OfNation | None = None

    @cached_property
    def told(self) -> frozenset[Key]:
        """Figures that are told."""
        gone = self._spreads
        told = self.known - self.withheld
        return frozenset(key for key in told if key[8:9] != ("band_share",) or key[:8] not in gone)

    @cached_property
    def _groups(self) -> frozenset[Key]:
        return frozenset(group_of(key) for key in self.withheld if key[0] == "size")

    @cached_property
    def _spreads(self) -> frozenset[Key]:
        """Spreads over bands of which one is withheld: it would follow from the others, so that all of them go."""
        return frozenset(key[:8] for key in self.withheld if key[0] == "share" and key[8] == "band_share")

    def withholds(self, rows: pd.DataFrame) -> "pd.Series[bool]":
        """Tell which rows of evidence are withheld by the pattern: also those it has never seen.

        Parameters
        ----------
        rows : pd.DataFrame
            Evidence; rows that are neither about results of the municipality's pupils nor about the whole country are left
            alone.
        """
        gone = unplanned(rows)
        if self.nation is not None:
            gone |= self.nation.withholds(rows)
        mine = rows[of_results(rows) & ~gone]
        kind = counts(mine)
        sized, parts, shares = mine[kind.isin(["size", "share"])], mine[kind == "part"], mine[kind == "share"]
        told = self.told
        means = [
            not mean or told.issuperset(mean_keys(row)) for mean, row in zip(is_mean(sized), each(sized), strict=True)
        ]
        told_too = (
            [key in told and mean for key, mean in zip(size_keys(sized), means, strict=True)],
            [group_of(key) not in self._groups for key in size_keys(parts)],
            [key in told for key in share_keys(shares)],
        )
        for some, told_of in zip((sized, parts, shares), told_too, strict=True):
            gone.loc[some.index[~np.array(told_of, dtype=bool)]] = True
        return gone

    def dump(self) -> str:
        """Return the pattern as JSON, the same for the same figures."""
        facts = {"added": self.added, "given_back": self.given_back, "left_out": list(self.left_out)}
        then = [[list(key), [_ends(one) for one in some]] for key, some in sorted(self.then.items())]
        return json.dumps(
            facts | {"then": then} | {"known": _sorted(self.known), "withheld": _sorted(self.withheld)},
            ensure_ascii=False,
        )


def read_pattern(path: Path) -> Pattern:
    """Read a pattern as :meth:`Pattern.dump` writes it."""
    found = json.loads(path.read_text("utf-8"))
    known, withheld = (frozenset(tuple(key) for key in found[name]) for name in ("known", "withheld"))
    then = {tuple(key): tuple(_then(*one) for one in some) for key, some in found["then"]}
    return Pattern(known, withheld, found["added"], found["given_back"], tuple(found["left_out"]), then)


def _ends(one: Then) -> list[Any]:
    return [one.issue, one.n, *([] if isinf(one.low) else [one.low, one.high])]


def _then(issue: str, n: int, low: float = -inf, high: float = inf) -> Then:
    return Then(issue, n, low, high)


def _sorted(keys: Iterable[Key]) -> list[list[str]]:
    return [list(key) for key in sorted(keys)]
