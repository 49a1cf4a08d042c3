"""Where groups of pupils stand in each school: one attribute at a time, newest years together."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from scipy import stats

from analysis.evidence import evidence, no_evidence
from analysis.params import Params
from analysis.stats.attainment import by_school
from analysis.stats.pools import comparable_pools

_TEST = ["municipality_id", "year_from", "school_year", "grade", "test", "domain", "level"]


def school_groups(results: pd.DataFrame, attributes: Sequence[str], params: Params) -> pd.DataFrame:
    """Mean place in the country of a school's pupils with each value of each attribute.

    Attributes are not crossed in a school. Nothing is judged: of so many comparisons of so few pupils some would differ by
    chance alone. The interval is ``z·s/sqrt(n)`` with the pooled SD of pupils within the municipality's schools.

    Parameters
    ----------
    results : pd.DataFrame
        One municipality's results with the attributes as columns.
    attributes : sequence of str
        Attributes in their fixed order.
    params : Params
        Years pooled, level of the intervals.

    Returns
    -------
    pd.DataFrame
        Evidence ``school_group`` with ``school_id`` and ``group``, reference ``country``, unit ``sd`` or ``points``; nothing
        for tests of which nothing is known of the country. Pupils of whom an attribute is unknown have no row.
    """
    parts = [part for pool, unit in comparable_pools(results, params) if unit != "percent"
             for part in _groups(pool.assign(unit=unit), attributes)]  # fmt: skip
    if not parts:
        return no_evidence()
    rows = pd.concat(parts, ignore_index=True)
    half = stats.norm.ppf((1 + params.confidence) / 2) * rows["s"] / np.sqrt(rows["n"])
    figures = {"low": rows["estimate"] - half, "high": rows["estimate"] + half}
    return evidence(
        rows.assign(year_from=rows["year_from"].mask(rows["year_from"] == 0), **figures),
        indicator="school_group", reference="country", confidence=params.confidence,
        method="mean of national z of a school's pupils, pooled within-school SD",
    )  # fmt: skip


def _groups(pool: pd.DataFrame, attributes: Sequence[str]) -> Iterator[pd.DataFrame]:
    spread = by_school(pool).drop_duplicates(_TEST)[[*_TEST, "s"]]
    for name in attributes:
        if name in pool and pool[name].nunique() > 1:
            keys = [*_TEST, "school_id", "unit", name]
            found = pool[pool[name].notna()].groupby(keys, observed=True, sort=True)["measure"]
            rows = found.agg(n="size", estimate="mean").reset_index().merge(spread, on=_TEST)
            yield rows.assign(group=name + "=" + rows[name].astype("str")).drop(columns=name)
