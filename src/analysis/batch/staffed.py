"""Evidence on a municipality's staff, and the methodologists' plan that is made of what may be shown."""

from dataclasses import replace

import pandas as pd

from analysis.batch.planned import plan_file
from analysis.indicators import of_edition
from analysis.intake.unit import Unit
from analysis.plan.visits import needs, visit_evidence, visit_plan
from analysis.plan_limits import Limits, load_limits
from analysis.release import release
from analysis.staff_rules import load_staff_rules
from analysis.stats import staff

_OF_NEEDS = ("skill_gap", "slo_dimension")


def staff_evidence(unit: Unit, limits: Limits | None = None) -> list[pd.DataFrame]:
    """Compute what the page on staff and methodologists shows.

    Parameters
    ----------
    unit : Unit
        The municipality.
    limits : Limits, optional
        Other limits than those of its file.

    Returns
    -------
    list of pd.DataFrame
        Evidence, not released. The plan's needs are made of released rows, so that it tells nothing that is withheld, and
        are the same in both editions; single schools stay in the board's edition, as in surveys (decision 0029).
    """
    params, rules, file = unit.params, load_staff_rules(), plan_file(unit.municipality_id)
    required = unit.table("competences")
    gaps = staff.competence_gaps(unit.table("teacher_evidence"), required, unit.schools, rules, params)
    results = replace(unit, edition="board").modelled
    results = results[results["indicator"].isin(_OF_NEEDS)]
    methodologists = unit.table("methodologists")
    wanted = needs(release([gaps, results], params).rows, rules)
    plan = visit_plan(wanted, methodologists, unit.schools, load_limits(file) if limits is None else limits)
    years = [f["school_year"].max() for f in (methodologists, gaps, results) if len(f)]
    found = [
        gaps,
        staff.teacher_goals(unit.table("teacher_goals"), params),
        staff.development_views(unit.table("staff_survey"), unit.table("staff_survey_items"), unit.schools, params),
        staff.development_events(unit.table("development_events"), params),
        visit_evidence(plan, unit.municipality_id, int(max(years)) if years else 0),
    ]
    return [of_edition(rows, unit.edition) for rows in found]
