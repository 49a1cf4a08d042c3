"""What a reader of the data should know and nobody has to correct: counts of results that stand apart."""

from collections.abc import Mapping

import pandas as pd

from analysis.faults import Fault
from analysis.intake.checking.crossnotes import cross_notes, file_of
from analysis.intake.mapping.recoding import UNKNOWN


def notes(tables: Mapping[str, pd.DataFrame]) -> list[Fault]:
    """Count results without an enrolment (D06), of unknown pupils (D07), of zero (D08), and what fits no other table."""
    return [*_of_results(tables), *cross_notes(tables)]


def _of_results(tables: Mapping[str, pd.DataFrame]) -> list[Fault]:
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
        Fault(code, file_of(results[rows], "results"), facts={"count": int(rows.sum())})
        for code, rows in counted.items()
        if rows.any()
    ]
