"""What is fitted once for all municipalities when a delivery is prepared; a report reads its own rows."""

from collections.abc import Callable

import pandas as pd

from analysis.evidence import Evidence, no_evidence
from analysis.stats.country import Country
from analysis.stats.followed import followed
from analysis.stats.pass_marks import national_mark_shares
from analysis.stats.risk.rows import risk_bands
from analysis.stats.skills import skill_gaps
from analysis.stats.skills.profile import PUBLISHED
from analysis.stats.talent import high_results_of_country

MODELS: tuple[Callable[[Country], pd.DataFrame], ...] = (
    followed,
    risk_bands,
    skill_gaps,
    high_results_of_country,
    national_mark_shares,
)
"""Each takes the country and returns evidence of all municipalities; rows without one are the country's own."""


def modelled(country: Country) -> pd.DataFrame:
    """Fit every model.

    Returns
    -------
    pd.DataFrame
        Evidence; empty where no model finds what it needs.
    """
    parts = [part for model in MODELS if len(part := model(country))]
    if not parts:
        return no_evidence()
    found = pd.concat(parts, ignore_index=True)
    if country.scope == "board":
        # A board's own pupils are not the country; what was published of it is.
        found = found[(found["municipality_id"] != "") | (found["method"] == PUBLISHED)]
    return Evidence.validate(found)
