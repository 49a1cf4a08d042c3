"""What the same pupils tell over the years, of the whole delivery: their earlier results are looked up once for all of it."""

import pandas as pd

from analysis.evidence import no_evidence
from analysis.stats.cohorts import cohorts
from analysis.stats.country import Country
from analysis.stats.growth import growth_of
from analysis.stats.growth_percentiles import percentiles_of
from analysis.stats.similar import similar_of
from analysis.stats.value_added import effects_of


def followed(country: Country) -> pd.DataFrame:
    """Value added, expected place, growth and growth percentiles of all municipalities and schools.

    Returns
    -------
    pd.DataFrame
        Evidence of :func:`~analysis.stats.value_added.school_effects`, :func:`~analysis.stats.similar.expected_for_similar`,
        :func:`~analysis.stats.growth.growth` and :func:`~analysis.stats.growth_percentiles.growth_percentiles`.
    """
    found = cohorts(country)
    parts = [of(found, country) for of in (effects_of, similar_of, growth_of, percentiles_of)]
    parts = [part for part in parts if len(part)]
    return pd.concat(parts, ignore_index=True) if parts else no_evidence()
