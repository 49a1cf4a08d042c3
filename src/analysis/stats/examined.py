"""The cell model of every test of a municipality, with the groups examined in it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.params import Params
from analysis.stats.candidates import Groups, candidates
from analysis.stats.cells import CellModel, NothingToModel, fit_cells
from analysis.stats.pools import standing_pools
from analysis.stats.support_rule import Flags, Gaps, gaps_of, named, probability_to_need

CONFIDENCE = 0.90
Columns = dict[str, "np.ndarray[Any, Any]"]
_KEYS = ("municipality_id", "year_from", "school_year", "grade", "test", "domain", "level")


@dataclass(frozen=True)
class Examined:
    """One test of one municipality.

    Attributes
    ----------
    keys : dict
        Its keys in the evidence; ``year_from`` is missing where the pool is one year.
    against : {"country", "published", "own"}
        What results are held against; with ``own`` groups are compared with their municipality alone.
    unit, factor : str, float
        Unit of printed gaps, and how much one standard deviation of the model is in it.
    model, groups, gaps : CellModel, Groups, Gaps
        The fit, the groups, their posterior.
    probability : (G,) array
        That a group needs support, as the naming rule asks.
    named : (G,) array of bool
        Whether it is named.
    """

    keys: dict[str, Any]
    against: str
    unit: str
    factor: float
    model: CellModel
    groups: Groups
    gaps: Gaps
    probability: "np.ndarray[Any, np.dtype[np.float64]]"
    named: Flags

    @property
    def national(self) -> bool:
        """Whether anything is known of the country."""
        return self.against != "own"

    @property
    def method(self) -> str:
        """The method in the words of the evidence: the model, what its unit is made of, and what it left out."""
        unit = {"country": "", "published": "; SD of own pupils", "own": "; own pupils alone"}[self.against]
        gone = f"; without {', '.join(self.model.left_out)}" if self.model.left_out else ""
        return f"cell model, shrunken{unit}{gone}"

    def rows(self, size: int, **columns: Any) -> Columns:
        """Give columns of as many rows the test's keys; single values are repeated."""
        given = columns | self.keys | {"method": self.method}
        return {
            name: value if isinstance(value, np.ndarray) else _repeated(value, size) for name, value in given.items()
        }


def _repeated(value: Any, size: int) -> "np.ndarray[Any, Any]":
    return np.full(size, value, dtype="float64" if isinstance(value, float) else "object")


def stacked(parts: Iterable[Columns]) -> pd.DataFrame:
    """Put rows of several tests, all of the same columns, into one frame."""
    whole = [part for part in parts if len(part["method"])]
    return pd.DataFrame({name: np.concatenate([part[name] for part in whole]) for name in whole[0]} if whole else {})


def examined(results: pd.DataFrame, attributes: Sequence[str], params: Params) -> list[Examined]:
    """Fit every test of a municipality, newest years pooled; tests without two different results are left out."""
    return examined_pools(standing_pools(results, params), attributes, params)


def examined_pools(pools: Iterable[pd.DataFrame], attributes: Sequence[str], params: Params) -> list[Examined]:
    """Fit pools that were made before."""
    found = [examine(pool, attributes, params) for pool in pools]
    return [test for test in found if test is not None]


def examine(pool: pd.DataFrame, attributes: Sequence[str], params: Params) -> Examined | None:
    """Fit one pool of one test, as :func:`analysis.stats.pools.standing_pools` gives it; None where there is nothing to fit."""
    given = [name for name in attributes if name in pool]
    try:
        model = fit_cells(pool["standing"], pool[given])
    except NothingToModel:
        return None
    groups = candidates(model, params.group_depth, params.smallest_named_group)
    gaps = gaps_of(model, groups)
    against = str(pool["against"].iloc[0])
    probability = probability_to_need(gaps, params.material_gap_sd, national=against != "own")
    allowed = groups.may_be_named(model, params.smallest_named_group)
    unit = "points" if against != "country" and str(pool["scale"].iloc[0]) == "percent" else "sd"
    keys = {key: pool[key].iloc[0] for key in _KEYS}
    return Examined(
        keys=keys | {"year_from": keys["year_from"] or pd.NA},
        against=against,
        unit=unit,
        factor=float(pool["spread"].iloc[0]) if unit == "points" else 1.0,
        model=model,
        groups=groups,
        gaps=gaps,
        probability=probability,
        named=named(probability, allowed, params),
    )
