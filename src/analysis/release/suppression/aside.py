"""What a reader knows of a test without today's pages: published numbers of its schools, and what earlier issues told."""

from collections.abc import Iterator
from math import inf

import pandas as pd

from analysis.evidence import each
from analysis.params import Params
from analysis.release.coding import counted
from analysis.release.primary import limits
from analysis.release.suppression.cuts import Periods, span_of
from analysis.release.suppression.figures import Told, group_of_row
from analysis.release.suppression.planned import counts, of_results

BANDS = tuple(range(0, 100, 10))
"""Percents at which published bands of a school begin."""
_END = 101.0  # above every percent
_KEY: tuple[str, ...] = ()


def outside_told(outside: pd.DataFrame, when: Periods, params: Params) -> Iterator[Told]:
    """Give the published numbers of pupils of schools; ours may have few pupils more or fewer.

    Parameters
    ----------
    outside : pd.DataFrame
        Of one test: ``school_id, school_year, n`` and ``band`` (0–9, tens of percent; missing for all pupils of a school).
    when : Periods
        The test's periods, cut at the bands in the years that have them.
    params : Params
        How many are few.
    """
    for row in each(outside[outside["school_year"].isin(when.years) & outside["n"].notna()]):
        year = int(row.school_year)
        period = when.between([year])
        if pd.notna(row.band):
            if not banded(when, year):
                continue
            first = 10.0 * float(row.band)
            period = when.of_results((first, first + 10 if row.band < BANDS[-1] // 10 else _END), year)
        group = {"period": period, "school": frozenset([str(row.school_id)])}
        yield Told(group, float(row.n), float(row.n), _KEY, 0.0, by_now=float(params.smallest_group - 1), public=True)


def banded(when: Periods, year: int) -> bool:
    """Tell whether a year's results are cut where published bands begin."""
    return set(BANDS) <= set(when.cuts.get(year, ()))


def years_with_bands(outside: pd.DataFrame, pupils: pd.DataFrame) -> set[int]:
    """Return the years in which bands of schools are published of pupils whose percents are all known."""
    percent = (pupils["scale"].astype("str") == "percent") & pupils["value"].notna()
    known = percent.groupby(pupils["school_year"]).all()
    return set(outside.loc[outside["band"].notna(), "school_year"].astype("int64")) & set(known.index[known])


def earlier_told(before: pd.DataFrame, when: Periods, params: Params) -> Iterator[Told]:
    """Give what earlier issues told of a test, true to less than a small group: so few records may have come or gone since.

    Parameters
    ----------
    before : pd.DataFrame
        Rows of the plan as they were published.
    when : Periods
        The test's periods, those of the earlier issues among them.
    params : Params
        Limits; what low and high mean.
    """
    rows = before[of_results(before) & before["n"].notna()]
    facts = rows.assign(kind=counts(rows), own=counted(rows), slack=limits(rows, params) - 1)
    for row in each(facts[facts["kind"].isin(["size", "share"])]):
        group, n = group_of_row(row, when), float(row.n)
        if not group["period"]:
            continue
        yield Told(group, n, n, _KEY, 0.0, float(row.slack))
        span, year = span_of(row, params), int(row.school_year)
        if row.kind == "share" and row.own and span is not None and year in when.cuts:
            low, high = _counted_by(row.estimate, row.low, row.high, n)
            yield Told(group | {"period": when.of_results(span, year)}, low, high, _KEY, 0.0, float(row.slack))


def _counted_by(estimate: float, low: float, high: float, n: float) -> tuple[float, float]:
    """Return how many pupils a published share counts, or the bound that stands in its place."""
    if pd.notna(estimate):
        count = float(round(estimate * n / 100))
        return count, count
    return 0.0 if pd.isna(low) else low * n / 100, inf if pd.isna(high) else high * n / 100
