"""What a reader of the data should know and nobody has to correct: counts of results that stand apart."""

from collections.abc import Mapping

import pandas as pd

from analysis.faults import Fault
from analysis.intake.provenance import FILE
from analysis.intake.recoding import UNKNOWN


def notes(tables: Mapping[str, pd.DataFrame]) -> list[Fault]:
    """Count results without an enrolment (D06), of unknown pupils (D07), and of zero (D08)."""
    results = tables.get("results", pd.DataFrame())
    if results.empty:
        return []
    unknown = results["pupil_id"].str.startswith(UNKNOWN)
    counted = {
        "D06": results["enrolled"].isna() & ~unknown
        if "enrolments" in tables
        else pd.Series(False, index=results.index),
        "D07": unknown,
        "D08": (results["score"] == 0) & (results["status"] == "present"),
    }
    return [
        Fault(code, _file(results[rows]), facts={"count": int(rows.sum())})
        for code, rows in counted.items()
        if rows.any()
    ]


def _file(results: pd.DataFrame) -> str:
    files = results[FILE].unique()
    return str(files[0]) if len(files) == 1 else "results"
