"""What is odd in data that are sound: every class in one table, to be asked back from the schools without a child's data."""

from collections.abc import Iterable

import pandas as pd

from analysis.faults import Fault
from analysis.intake.findings.attributes import absent_values, birth_years, constant, empty_in_school
from analysis.intake.findings.counts import (
    bands_not_n,
    decided,
    grade_jumps,
    more_than_enrolled,
    staff_answers,
    survey_answers,
    two_grades,
    two_schools,
)
from analysis.intake.findings.links import no_earlier_stage, no_enrolment, no_items, no_result, unknown_pupils
from analysis.intake.findings.ratings import same_ratings
from analysis.intake.findings.schools import kind_contradicted, spelled_twice, subject_lacking, year_lacking
from analysis.intake.findings.shape import COLUMNS, Tables
from analysis.intake.findings.statuses import statuses
from analysis.intake.findings.values import placeholder, same_answers, same_score
from analysis.intake.mapping.maps import Map

_OF_TABLES = (
    no_enrolment,
    unknown_pupils,
    no_result,
    no_items,
    no_earlier_stage,
    statuses,
    same_score,
    placeholder,
    same_answers,
    more_than_enrolled,
    bands_not_n,
    survey_answers,
    staff_answers,
    same_ratings,
    two_schools,
    two_grades,
    grade_jumps,
    spelled_twice,
    kind_contradicted,
    subject_lacking,
    year_lacking,
    birth_years,
)
_OF_ATTRIBUTES = (empty_in_school, absent_values, constant)
_ORDER = ["municipality_id", "school_id", "code", "year_from", "grade", "test", "domain", "table", "column", "group"]


def findings(tables: Tables, settings: Map, faults: Iterable[Fault] = ()) -> pd.DataFrame:
    """Look for everything that a school may be asked about.

    Parameters
    ----------
    tables : mapping of str to pd.DataFrame
        Checked tables of a delivery, results joined with what is known of pupils.
    settings : Map
        Attributes that it declares.
    faults : iterable of Fault
        What reading found: repeated rows that a map decided, columns that ought to be unique.

    Returns
    -------
    pd.DataFrame
        One row a finding, in the shape of :mod:`analysis.intake.findings.shape`. Counts are exact: only ``release()`` may let
        them out.
    """
    if "schools" not in tables:
        return decided(tables, faults)
    parts = [decided(tables, faults), *(find(tables) for find in _OF_TABLES)]
    parts += [find(tables, settings) for find in _OF_ATTRIBUTES]
    found = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    return found.sort_values(_ORDER, kind="stable", ignore_index=True)[list(COLUMNS)]
