"""How many pupils and schools a page is about, and what was left out, kept apart or unknown."""

import pandas as pd

from analysis.evidence import evidence, no_evidence
from analysis.stats.scale import main_session


def roster(results: pd.DataFrame, school_results: pd.DataFrame) -> pd.DataFrame:
    """Pupils and schools with a result of the main session in the newest school year that has one.

    Returns
    -------
    pd.DataFrame
        Evidence ``roster``: ``population`` ``pupils`` (missing where only school figures exist) and ``schools``.
    """
    present = main_session(results)
    source = present if len(present) else school_results
    if source.empty:
        return no_evidence()
    year = int(source["school_year"].max())
    newest = source[source["school_year"] == year]
    own = str(newest["municipality_id"].iloc[0])
    schools = {"population": "schools", "n": newest["school_id"].nunique()}
    counts = [schools]
    if "pupil" in newest:
        counts.append({"population": "pupils", "n": newest["pupil"].nunique()})
    rows = pd.DataFrame(counts).assign(estimate=lambda r: r["n"].astype("float64"))
    return evidence(rows, indicator="roster", municipality_id=own, school_year=year, unit="pupils", method="count")


def data_notes(results: pd.DataFrame) -> pd.DataFrame:
    """Count what a reader should know of: retakes kept apart, other statuses, unknown pupils, no enrolment, zeros.

    Returns
    -------
    pd.DataFrame
        Evidence ``data_note``, one row a ``part``, zeros included (a withheld row may then be none at all);
        population ``papers``.
    """
    if results.empty:
        return no_evidence()
    main = results["session"] == ""
    counts = {
        "additional_session": ~main,
        "absent": main & (results["status"] == "absent"),
        "exempt": main & (results["status"] == "exempt"),
        "certificate": main & (results["status"] == "certificate"),
        "unknown_pupil": ~results["known"],
        "no_enrolment": results["known"] & ~results["enrolled"],
        "zero": main & (results["scale"] == "percent") & (results["value"] == 0),
    }
    if not results["enrolled"].any():
        del counts["no_enrolment"]
    rows = pd.DataFrame({"part": list(counts), "n": [int(flag.sum()) for flag in counts.values()]})
    rows = rows.assign(estimate=rows["n"].astype("float64"))
    own = str(results["municipality_id"].iloc[0])
    return evidence(
        rows, indicator="data_note", municipality_id=own, unit="pupils", population="papers", method="count"
    )
