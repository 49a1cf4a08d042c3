"""Evidence on pass marks, on targets, and on lessons and minutes of support: the same for every notebook that shows it."""

import pandas as pd

from analysis.evidence import no_evidence
from analysis.intake.unit import Unit
from analysis.plan.followed import Beside
from analysis.plan.hours import lesson_hours, support_minutes, support_minutes_in_need
from analysis.plan.targets import target_states
from analysis.plan.thresholds import mark_skills, stress, stress_published


def aims_evidence(unit: Unit, need: pd.DataFrame | None = None) -> list[pd.DataFrame]:
    """Compute what the sections on pass marks, targets and hours show.

    Parameters
    ----------
    unit : Unit
        The municipality with its rows and its ``aims``.
    need : pd.DataFrame, optional
        Evidence ``support_need`` (:func:`analysis.plan.need.support_need`); without it no minutes for a child in need.

    Returns
    -------
    list of pd.DataFrame
        Evidence, not released. Kinds of which the delivery has no rows are empty.
    """
    results, params = unit.results, unit.params
    given, need = unit.table("support_given"), no_evidence() if need is None else need
    in_need = support_minutes_in_need(given, _of_newest(need, given)) if len(need) else no_evidence()
    return [
        stress(results, unit.modelled, unit.reference_bands, params),
        stress_published(unit.school_bands, unit.reference_bands, params),
        mark_skills(results, unit.table("items"), unit.table("item_map"), params),
        target_states(unit.aims, results, params, Beside(unit.reference_bands, given, pd.concat([need, in_need]))),
        lesson_hours(unit.table("lesson_hours"), params),
        support_minutes(given),
        in_need,
    ]


def _of_newest(need: pd.DataFrame, given: pd.DataFrame) -> pd.DataFrame:
    """Keep the need of the year in which support was given, over all grades; of ``programme/specialist`` the specialist."""
    rows = need[(need["indicator"] == "support_need") & (need["grade"] == "")]
    rows = rows[rows["school_year"] == given["school_year"].max()] if len(given) else rows.iloc[:0]
    return rows.assign(part=rows["part"].str.split("/").str[-1])
