"""All surveys of a delivery, judged once for all municipalities when it is prepared."""

from collections.abc import Mapping

import pandas as pd

from analysis.evidence import Evidence, no_evidence
from analysis.params import Params
from analysis.stats.climate.learning import learning_organisation
from analysis.stats.climate.quality import quality_levels
from analysis.stats.climate.wellbeing import wellbeing


def surveyed(
    tables: Mapping[str, pd.DataFrame], schools: pd.DataFrame, scope: str, params: Params,
    results: pd.DataFrame | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Judge the surveys that a delivery holds.

    Parameters
    ----------
    tables : mapping of str to pd.DataFrame
        Tables of the contract by name; those of surveys that are not there are not judged.
    schools : pd.DataFrame
        Contract ``schools``.
    scope : {"country", "board"}
        Whose answers they are.
    params : Params
        The defaults.
    results : pd.DataFrame, optional
        Of :func:`analysis.stats.climate.links.school_results`.

    Returns
    -------
    pd.DataFrame
        Evidence of :func:`wellbeing`, :func:`learning_organisation` and :func:`quality_levels`.
    """

    def table(name: str) -> pd.DataFrame:
        return tables.get(name, pd.DataFrame()).rename(columns={"respondent_id": "respondent"})

    confidence = params.confidence
    pupils = wellbeing(
        table("wellbeing"), table("wellbeing_items"), table("wellbeing_roster"), schools, scope, confidence, results
    )
    staff = learning_organisation(
        table("staff_survey"), table("staff_survey_items"), schools, scope, params.pooled_years, confidence
    )
    found = [rows for rows in (pupils, staff, quality_levels(table("self_evaluation"), schools)) if len(rows)]
    return Evidence.validate(pd.concat(found, ignore_index=True)) if found else no_evidence()
