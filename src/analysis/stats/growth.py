"""Whether the place of the same pupils in the country changes over the grades."""

import pandas as pd

from analysis.evidence import evidence, no_evidence, verdict
from analysis.indicators import INDICATORS
from analysis.stats.cohorts import Cohort, cohorts
from analysis.stats.country import Country
from analysis.stats.intervals import mean_interval

SMALLEST_N = INDICATORS["growth"].smallest_n
_SAME_PUPILS = 0.10  # SD by which those who sit a test may lie off the country's middle in the earlier one


def growth(country: Country) -> pd.DataFrame:
    """Mean change of place, in national SDs, of pupils with two results of one ability; newest years pooled.

    The change is taken pupil by pupil, so that its error is that of paired differences (Student's interval). It is the error
    of pupils within these schools and cohorts, all of which are present; schools are not a sample here, and a statement on
    other cohorts would need the wider error of school means.

    A place among those who chose a test is not comparable with a place among all: tests of a level give no growth, nor do
    tests whose takers were, on average, off the country's middle in the earlier one.

    Parameters
    ----------
    country : Country
        All results. Places against a board's own mean change by nothing on average and give no growth.

    Returns
    -------
    pd.DataFrame
        Evidence ``growth`` of municipalities and of schools (where the later result was earned); ``part`` is ``3-6``.
    """
    return growth_of(cohorts(country), country)


def growth_of(found: list[Cohort], country: Country) -> pd.DataFrame:
    """Return what :func:`growth` does, of cohorts that are there."""
    parts = [
        _changes(cohort, keys, country)
        for cohort in found
        if cohort.same_family and _same_pupils(cohort, country.scope)
        for keys in (["municipality_id"], ["municipality_id", "school_id"])
    ]
    if not parts:
        return no_evidence()
    return evidence(
        pd.concat(parts, ignore_index=True), indicator="growth", unit="sd", reference="zero",
        confidence=country.params.confidence, method="mean of paired differences, error of pupils in these schools",
    )  # fmt: skip


def _same_pupils(cohort: Cohort, scope: str) -> bool:
    before = cohort.rows[cohort.columns[0]].mean()
    return cohort.key["level"] == "" and (scope == "board" or bool(abs(before) <= _SAME_PUPILS))


def _changes(cohort: Cohort, keys: list[str], country: Country) -> pd.DataFrame:
    then = cohort.columns[0]
    rows = cohort.rows[cohort.rows["against"].ne("own") & cohort.rows[then].notna()]
    rows = rows[keys].assign(change=rows["standing"] - rows[then])
    changes = rows.groupby(keys, observed=True)["change"].agg(n="size", estimate="mean", sd="std").reset_index()
    low, high = mean_interval(changes["n"], changes["estimate"], changes["sd"], country.params.confidence)
    judged = verdict(low, high, changes["n"], SMALLEST_N)
    return changes.assign(low=low, high=high, verdict=judged, part=cohort.part, **cohort.key)
