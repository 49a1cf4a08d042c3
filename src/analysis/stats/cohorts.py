"""Who sat a test in its newest years, and what the same pupils had achieved before."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.stats.country import Country
from analysis.stats.earlier import earlier_column, earlier_tests, family, grade_number, with_earlier
from analysis.stats.pools import newest_pool
from analysis.stats.scale import TEST, main_session, with_standing

TEST_KEYS = TEST[1:]
KEYS = ["year_from", "school_year", *TEST_KEYS]
_LINKED = 0.5  # with fewer of the outcomes linked to an earlier result, who is linked says more than the result
_PLACE = ["municipality_id", "school_id", "pupil", "known", "school_year", *TEST_KEYS, "session", "status", "value"]


@dataclass(frozen=True)
class Cohort:
    """The pupils of one test, newest years pooled, each with the earlier results of the same pupil.

    Attributes
    ----------
    key : dict
        ``grade, test, domain, level, year_from`` (missing where the pool is one year) and ``school_year``, its last one.
    rows : pd.DataFrame
        One row a result: ``municipality_id, school_id, pupil, year``, ``standing`` and what it is ``against``, attributes,
        covariates, and a column ``earlier_<grade>_<domain>`` for each of ``earlier``.
    earlier : tuple of (grade, domain)
        Earlier tests: the own family at the nearest lower grade (another domain where the own family was never tested),
        the other domains of that grade, the same family one stage further back. Empty where fewer than half of the pupils
        can be linked to the first of them.
    """

    key: dict[str, Any]
    rows: pd.DataFrame
    earlier: tuple[tuple[str, str], ...]

    @property
    def columns(self) -> list[str]:
        """Names of the columns of earlier results, the required one first."""
        return [earlier_column(grade, domain) for grade, domain in self.earlier]

    @property
    def further(self) -> str | None:
        """The column of the own family one stage further back, where there is one."""
        further = [t for t in self.earlier[1:] if t[0] != self.earlier[0][0]]
        return earlier_column(*further[0]) if further else None

    @property
    def same_family(self) -> bool:
        """Whether the required earlier result measured the same ability."""
        return bool(self.earlier) and family(self.earlier[0][1]) == family(self.key["domain"])

    @property
    def part(self) -> str:
        """From which grade to which the pupils were followed: ``3-6``."""
        return f"{self.earlier[0][0]}-{self.key['grade']}" if self.earlier else ""


def cohorts(country: Country) -> list[Cohort]:
    """Return the cohorts of all tests whose newest year is one of the delivery's last pooled years, grade by grade.

    Parameters
    ----------
    country : Country
        All results; ``pooled_years`` and ``smallest_group`` of its parameters.
    """
    results = country.results
    if main_session(results).empty:
        return []
    standing = with_standing(results)
    kept = [*_PLACE, "standing", "against", *country.attributes, *country.covariates]
    rows = main_session(standing)[[c for c in dict.fromkeys(kept) if c in standing]]
    rows = rows[rows["standing"].notna()].assign(
        pupil=lambda r: pd.factorize(r["pupil"])[0], grade=lambda r: r["grade"].astype("str")
    )
    of_test = {(str(g), str(d)): mine for (g, d), mine in rows.groupby(["grade", "domain"], observed=True)}
    return [_linked(pool, key, rows, of_test) for pool, key in _pools(rows, country)]


def _pools(rows: pd.DataFrame, country: Country) -> Iterator[tuple[pd.DataFrame, dict[str, Any]]]:
    """Go through the pools of newest years, by grade; tests that are no longer sat stay out."""
    years = country.params.pooled_years
    pooled = newest_pool(rows.assign(year=rows["school_year"]), years, "standing", country.params.smallest_group)
    pooled = pooled[pooled["school_year"] > pooled["school_year"].max() - years]
    pools = list(pooled.groupby(TEST_KEYS, observed=True, sort=True))
    for names, pool in sorted(pools, key=lambda pair: (grade_number(pair[0][0]), pair[0])):
        first, last = int(pool["year_from"].iloc[0]), int(pool["school_year"].iloc[0])
        yield pool, dict(zip(TEST_KEYS, names, strict=True)) | {"year_from": first or pd.NA, "school_year": last}


def _linked(
    pool: pd.DataFrame, key: dict[str, Any], rows: pd.DataFrame, of_test: dict[tuple[str, str], pd.DataFrame]
) -> Cohort:
    outcomes = pool.drop(columns="year_from").assign(school_year=pool["year"])
    tests = earlier_tests(rows, key["grade"], key["domain"])
    for required in tests:
        found = with_earlier(outcomes, of_test[required], [required])
        if found[earlier_column(*required)].notna().mean() >= _LINKED:
            break
    else:
        return Cohort(key, outcomes.reset_index(drop=True), ())
    beside = [t for t in tests if t[0] == required[0] and t != required]
    further = [
        t for t in tests if family(t[1]) == family(required[1]) and grade_number(t[0]) < grade_number(required[0])
    ][:1]
    for test in [*beside, *further]:
        found = with_earlier(found, of_test[test], [test])
    used = [required, *(t for t in [*beside, *further] if found[earlier_column(*t)].notna().any())]
    return Cohort(key, found, tuple(used))
