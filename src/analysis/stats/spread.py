"""How much schools, and municipalities, differ: their share in the spread of pupils' results."""

from typing import Any

import numpy as np
import pandas as pd

from analysis.evidence import evidence, no_evidence
from analysis.indicators import INDICATORS, LEAST_FREEDOM
from analysis.params import Params
from analysis.stats.mixed.design import UnfitDesign
from analysis.stats.mixed.sums import sums
from analysis.stats.mixed.variance_shares import variance_shares
from analysis.stats.scale import main_session

SMALLEST_N = INDICATORS["school_spread"].smallest_n
_SERIES = ["grade", "test", "domain", "level"]
_PARTS = {"inner": "schools", "outer": "municipalities"}


def school_spread(results: pd.DataFrame, params: Params) -> pd.DataFrame:
    """Share of the variance of results that lies between schools, and between municipalities, in each test's newest year.

    From the nested model without columns. Within one test and year a result's place in the country is its value in another
    unit, and a share has none: the value itself is taken, whatever is known of the country. The share of pupils
    within schools is what is left of 100 %.

    Parameters
    ----------
    results : pd.DataFrame
        Results of one municipality, or of several (then a row of all, with an empty ``municipality_id``).
    params : Params
        Level of the intervals.

    Returns
    -------
    pd.DataFrame
        Evidence ``school_spread`` in percent without verdict: ``part`` ``schools`` (within municipalities) and, of several
        municipalities, ``municipalities``. Nothing where schools cannot be told from their pupils (one school, one pupil
        a school, equal results), nor with fewer than ten pupils more than schools.
    """
    rows = main_session(results)
    if rows.empty:
        return no_evidence()
    series = [rows[key] for key in _SERIES]
    rows = rows[rows["school_year"] == rows.groupby(series, observed=True)["school_year"].transform("max")]
    tests = rows.groupby([*_SERIES, "school_year"], observed=True, sort=True)
    several = rows["municipality_id"].nunique() > 1
    parts = [
        dict(zip([*_SERIES, "school_year"], key, strict=True)) | row
        for key, test in tests
        for row in _of_test(test, several, params)
    ]
    if not parts:
        return no_evidence()
    constants = {} if several else {"municipality_id": rows["municipality_id"].iloc[0]}
    return evidence(
        pd.DataFrame(parts), indicator="school_spread", unit="percent", confidence=params.confidence,
        method="nested model, restricted likelihood; interval by its profile", **constants,
    )  # fmt: skip


def _of_test(test: pd.DataFrame, several: bool, params: Params) -> list[dict[str, Any]]:
    if len(test) < SMALLEST_N or len(test) - test["school_id"].nunique() < LEAST_FREEDOM:
        return []
    outer = test["municipality_id"].astype("str") if several else None
    try:
        found = sums(test["value"], np.ones((len(test), 1)), test["school_id"].astype("str"), outer)
        shares = 100 * variance_shares(found, params.confidence)
    except UnfitDesign:
        return []
    return [{"part": _PARTS[str(level)], "n": found.n, **share} for level, share in shares.iterrows()]
