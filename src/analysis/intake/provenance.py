"""Columns that every row carries until the store is written: from which file and line it came."""

import pandas as pd

FILE, LINE = "_file", "_line"
BY_NAME = "_school_by_name"


def own_columns(rows: pd.DataFrame) -> list[str]:
    """Return the columns that are the table's own, without those of provenance."""
    return [str(column) for column in rows.columns if not str(column).startswith("_")]
