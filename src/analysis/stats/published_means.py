"""What can be said from published means of schools alone."""

import pandas as pd

from analysis.evidence import evidence, no_evidence
from analysis.stats.scale import TEST


def published_means(school_results: pd.DataFrame) -> pd.DataFrame:
    """Published school means, and their mean over a municipality's schools, newest year of each test.

    The mean over schools weighs each school by its takers where every school's number was published (it is then a mean
    of papers), otherwise every school alike; neither has an interval, because the spread within schools is not published,
    and neither is ever a national figure.

    Returns
    -------
    pd.DataFrame
        Evidence ``school_mean`` and ``school_mean_average`` in percent.
    """
    if school_results.empty:
        return no_evidence()
    rows = school_results[school_results["score_max"] > 0]
    newest = rows.groupby([rows[k] for k in ("grade", "test", "domain", "level")], observed=True)["school_year"]
    rows = rows[rows["school_year"] == newest.transform("max")]
    rows = rows.assign(estimate=100 * rows["mean_score"] / rows["score_max"])
    means = evidence(rows, indicator="school_mean", unit="percent", method="published school mean", population="papers")
    return pd.concat([means, _averages(rows)], ignore_index=True)


def _averages(rows: pd.DataFrame) -> pd.DataFrame:
    averages = []
    for keys, tests in rows.groupby(["municipality_id", *TEST], observed=True, sort=True):
        weighted = bool(tests["n"].notna().all() and tests["n"].sum() > 0)
        weight = tests["n"] if weighted else pd.Series(1.0, index=tests.index)
        averages.append(
            dict(zip(["municipality_id", *TEST], keys, strict=True))
            | {
                "n": int(tests["n"].sum()) if weighted else len(tests),
                "population": "papers" if weighted else "schools",
                "estimate": float((tests["estimate"] * weight).sum() / weight.sum()),
                "method": "school means weighted by takers" if weighted else "unweighted mean of school means",
            }
        )
    return evidence(pd.DataFrame(averages), indicator="school_mean_average", unit="percent")


def published_bands(school_bands: pd.DataFrame) -> pd.DataFrame:
    """Spread of published results over bands of ten percent, summed over a municipality's schools, newest year."""
    if school_bands.empty:
        return no_evidence()
    newest = school_bands.groupby(["grade", "test", "domain", "level"], observed=True)["school_year"].transform("max")
    rows = school_bands[school_bands["school_year"] == newest]
    counts = rows.groupby(["municipality_id", *TEST, "band"], observed=True)["n"].sum().reset_index()
    total = counts.groupby(["municipality_id", *TEST], observed=True)["n"].transform("sum")
    counts = counts[total > 0].assign(total=total)
    part = (10 * counts["band"]).astype("int64").map(lambda low: f"{low}-{low + (10 if low == 90 else 9)}")
    return evidence(
        counts.assign(part=part, estimate=100 * counts["n"] / counts["total"], n=counts["total"]),
        indicator="school_band_share", unit="percent", population="papers", method="published counts",
    )  # fmt: skip
