"""Figures of models and orders that give single pupils away, by what their indicators declare: docs/decisions/0039."""

import pandas as pd

from analysis.evidence import each
from analysis.indicators import INDICATORS, LEAST_FREEDOM

_ALL = {"percent": 100.0, "sd": 1.0}
_HALF_A_DIGIT = {"percent": 0.05, "sd": 0.005}  # of what is printed: 99.96 % is printed as everything


def telling_fit(rows: pd.DataFrame, people: "pd.Series[bool]", limit: "pd.Series[int]") -> "pd.Series[bool]":
    """Tell which rows say too much of those whom a model was fitted to, or of those at the end of an order.

    A model with fewer than ten residual degrees of freedom comes near to its values, and one that explains everything is
    its values; with few beyond a quantile it is one's value, or lies between two.

    Parameters
    ----------
    rows : pd.DataFrame
        Evidence.
    people : pd.Series of bool
        Whether a row counts people; a school or a board is told by its numbers.
    limit : pd.Series of int
        Smallest number of people for each row.

    Returns
    -------
    pd.Series of bool
        One flag a row.
    """
    declared = {name: one for name, one in INDICATORS.items() if one.parameters or one.explains or one.quantiles}
    told = pd.Series(False, index=rows.index)
    mine = rows[rows["indicator"].isin(list(declared)) & rows["n"].notna() & rows["estimate"].notna()]
    for row in each(mine):
        one, own = declared[row.indicator], bool(people[row.Index])
        tight = own and one.parameters > 0 and row.n - one.parameters < LEAST_FREEDOM
        share = dict(one.quantiles).get(row.part.split("|")[-1])
        few = own and share is not None and row.n * min(share, 1 - share) < limit[row.Index]
        told[row.Index] = tight or few or (row.unit in one.explains and _everything(row.estimate, row.unit))
    return told


def _everything(estimate: float, unit: str) -> bool:
    return bool(abs(estimate) >= _ALL[unit] - _HALF_A_DIGIT[unit])
