"""All evidence that the board's pages of a municipality show: computed once, then kept for the pages of its schools."""

import pandas as pd

from analysis.batch.kept import kept, kept_path
from analysis.intake.unit import Unit


def board_evidence(unit: Unit) -> pd.DataFrame:
    """Return the evidence of a municipality, not released: of its page, plan, schools, and staff as far as schools see it.

    Kept beside the store's versions under a name made of all that decides it, so that a second page of the municipality
    reads what the first has computed. Whoever shows it releases all of it together: what is withheld of one school depends
    on all the others.

    Parameters
    ----------
    unit : Unit
        The municipality with its rows, with or without ``school_id``.
    """
    path = kept_path(unit, edition=unit.edition)
    return _computed(unit) if path is None else kept(path, lambda: _computed(unit))


def _computed(unit: Unit) -> pd.DataFrame:
    # The plan's solver and the models are loaded where they are needed alone.
    from analysis import stats
    from analysis.batch.aims import aims_evidence
    from analysis.batch.planned import planned
    from analysis.batch.staffed import staff_evidence
    from analysis.desk.shelf import evidence_of

    plan = planned(unit)
    parts = [*evidence_of(unit, plan), *aims_evidence(unit, plan.need), *map(_of_staff, staff_evidence(unit))]
    parts.append(stats.school_standing(unit.results, unit.params))
    parts.append(stats.school_groups(unit.results, unit.attributes, unit.params))
    return pd.concat(parts, ignore_index=True)


def _of_staff(rows: pd.DataFrame) -> pd.DataFrame:
    """Keep what a school's page shows: none of it is withheld because of what is left out here, and release has less to do."""
    shown = rows["indicator"].isin(["competence_gap", "visits_planned", "visits_wanted"])
    shown |= rows["indicator"].eq("development_hours") & rows["group"].eq("") & rows["test"].eq("")
    return rows[shown]
