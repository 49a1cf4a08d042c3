"""Which rows share their keys with a row that is withheld: what most rules of the first line ask."""

from collections.abc import Sequence

import pandas as pd


def alike(rows: pd.DataFrame, gone: "pd.Series[bool]", keys: Sequence[str]) -> "pd.Series[bool]":
    """Tell which rows have the same ``keys`` as one of those flagged in ``gone``; an empty key equals an empty key."""
    where = pd.MultiIndex.from_frame(rows[list(keys)].astype("str"))
    return pd.Series(where.isin(where[gone.to_numpy(dtype="bool")]), index=rows.index)
