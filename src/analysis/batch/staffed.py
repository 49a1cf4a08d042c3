"""Evidence on a municipality's staff, and the methodologists' plan that is made of what may be shown."""

from dataclasses import replace

import pandas as pd

from analysis.batch.planned import plan_file
from analysis.evidence import no_evidence
from analysis.indicators import of_edition
from analysis.intake.unit import Unit
from analysis.plan.visited import visited_gaps
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
        _visited(unit, required),
        staff.teacher_goals(unit.table("teacher_goals"), params),
        staff.development_views(unit.table("staff_survey"), unit.table("staff_survey_items"), unit.schools, params),
        staff.development_events(unit.table("development_events"), params),
        visit_evidence(plan, unit.municipality_id, int(max(years)) if years else 0),
    ]
    return [of_edition(rows, unit.edition) for rows in found]


def _visited(unit: Unit, required: pd.DataFrame) -> pd.DataFrame:
    """Follow the gaps that the earlier issue planned visits for, by what was seen in the years since."""
    then = pd.DataFrame() if unit.earlier is None else unit.earlier.staff
    told = then[then["indicator"] == "competence_gap"] if len(then) else then
    if told.empty:
        return no_evidence()
    rows, rules = unit.table("teacher_evidence"), load_staff_rules()
    since = rows[rows["school_year"] > told["school_year"].max()]
    now = staff.competence_gaps(since, required, unit.schools, rules, unit.params)
    return visited_gaps(then, now, rules, unit.params) if len(now) else now
