"""Which share of an exam's pupils lies below a pass mark, whether it is in force or only talked about?"""

import numpy as np
import pandas as pd

from analysis.evidence import evidence, no_evidence
from analysis.params import Params, marked_tests, threshold_percent
from analysis.stats.country import Country
from analysis.stats.intervals import share_interval
from analysis.stats.scale import TEST, main_session

_ALMOST = 1e-9  # a result at the mark but for the arithmetic
_YEARS_BACK = 5


def mark_in_force(school_year: int, grade: str, test: str, domain: str) -> float | None:
    """Return the pass mark of a year, or the last confirmed one of the years before; None where there was none.

    Marks of some years are not confirmed (``params/thresholds.yml``); then the last one that is serves as the present one.
    """
    years = range(school_year, school_year - _YEARS_BACK, -1)
    known = (threshold_percent(year, grade, test, domain) for year in years)
    return next((mark for mark in known if mark is not None), None)


def exams(results: pd.DataFrame) -> pd.DataFrame:
    """Keep results in percent of exams that have or had a pass mark, with ``in_force``.

    A subject that is no longer examined (its newest year is older than that of its grade's other exams) stays out.
    """
    if len(results):
        grades, names = zip(*marked_tests(), strict=True)
        results = results[results["test"].isin(names) & results["grade"].isin(grades)]
    rows = main_session(results)
    rows = rows[rows["scale"] == "percent"] if len(rows) else rows
    if rows.empty:
        return rows.assign(in_force=pd.Series(dtype="float64"))
    tests = rows[TEST].drop_duplicates()
    marks = [mark_in_force(int(y), str(g), str(t), str(d)) for y, g, t, d, _ in tests.itertuples(index=False)]
    tests = tests.assign(in_force=pd.Series(marks, index=tests.index, dtype="float64")).dropna(subset="in_force")
    newest = tests.groupby(["grade", "test"], observed=True)["school_year"].transform("max")
    last = tests.groupby(TEST[1:], observed=True)["school_year"].transform("max")
    return rows.merge(tests[last == newest], on=TEST, validate="many_to_one")


def below(percent: "pd.Series[float]", mark: float) -> "pd.Series[bool]":
    """Tell which results lie below a mark; one at the mark has passed."""
    return percent < mark - _ALMOST


def mark_shares(results: pd.DataFrame, params: Params) -> pd.DataFrame:
    """Share below each of ``pass_marks`` in each exam's newest year: how many a mark would have failed then.

    Wilson interval. Where percents are whole and rounded to the nearest one (``percents_rounded``), a result printed at
    the mark may lie below it: the upper end counts those too.

    Returns
    -------
    pd.DataFrame
        Evidence ``fail_share_at`` in percent, ``part`` the mark (``"15"``).
    """
    rows = exams(results)
    if rows.empty:
        return no_evidence()
    newest = rows["school_year"].groupby([rows[key] for key in TEST[1:]], observed=True).transform("max")
    return _shares(rows[rows["school_year"] == newest], ["municipality_id", *TEST], params)


def national_mark_shares(country: Country) -> pd.DataFrame:
    """Shares of the country's pupils below each mark, every year: the shape that a municipality is held against.

    Returns
    -------
    pd.DataFrame
        Evidence ``fail_share_at`` without a municipality.
    """
    rows = exams(country.results) if country.scope == "country" and len(country.results) else pd.DataFrame()
    return _shares(rows, TEST, country.params) if len(rows) else no_evidence()


def _shares(rows: pd.DataFrame, keys: list[str], params: Params) -> pd.DataFrame:
    parts = []
    for mark in params.pass_marks:
        counts = rows.assign(sure=below(rows["value"], mark), maybe=rows["value"] < mark + _ALMOST)
        found = counts.groupby(keys, observed=True, sort=True)[["sure", "maybe"]].agg(["size", "sum"])
        n, sure = found["sure", "size"], found["sure", "sum"]
        most = found["maybe", "sum"] if params.percents_rounded else sure
        low, _ = share_interval(sure, n, params.confidence)
        _, high = share_interval(most, n, params.confidence)
        figures = {"n": n, "estimate": 100 * sure / n, "low": low, "high": np.maximum(high, 100 * sure / n)}
        parts.append(pd.DataFrame(figures).reset_index().assign(part=f"{mark:g}"))
    return evidence(
        pd.concat(parts, ignore_index=True), indicator="fail_share_at", unit="percent", reference="threshold",
        confidence=params.confidence, method="counts below the mark, Wilson",
    )  # fmt: skip
