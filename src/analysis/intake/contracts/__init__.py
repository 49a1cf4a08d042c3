"""The contract: the tables of a delivery, one pandera model each, with their keys and links (DESIGN, "The data contract")."""

from functools import cache
from typing import NamedTuple

from analysis.intake.contracts.assessment import (
    ItemMap,
    Items,
    Marks,
    Published,
    Results,
    SchoolBands,
    SchoolResults,
)
from analysis.intake.contracts.fields import FIRST_YEAR, GRADES, LAST_YEAR, STATUSES, YES_NO, Table
from analysis.intake.contracts.places import Enrolments, Municipalities, Pupils, Schools
from analysis.intake.contracts.staff import (
    Competences,
    DevelopmentEvents,
    Methodologists,
    TeacherEvidence,
    TeacherGoals,
)
from analysis.intake.contracts.support import Activities, LessonHours, SupportCapacity, SupportGiven
from analysis.intake.contracts.surveys import (
    BoardSurvey,
    SelfEvaluation,
    StaffSurvey,
    StaffSurveyItems,
    Wellbeing,
    WellbeingItems,
    WellbeingRoster,
)

__all__ = [
    "FIRST_YEAR", "GRADES", "IDS", "KEYS", "LAST_YEAR", "LINKS", "NAME_COLUMNS", "STATUSES", "TABLES", "YES_NO",
    "Link", "Table", "codes", "columns", "dated", "numeric", "whole",
]  # fmt: skip

TABLES: dict[str, type[Table]] = {
    "municipalities": Municipalities,
    "schools": Schools,
    "pupils": Pupils,
    "enrolments": Enrolments,
    "results": Results,
    "items": Items,
    "item_map": ItemMap,
    "marks": Marks,
    "wellbeing": Wellbeing,
    "wellbeing_items": WellbeingItems,
    "wellbeing_roster": WellbeingRoster,
    "staff_survey": StaffSurvey,
    "staff_survey_items": StaffSurveyItems,
    "teacher_evidence": TeacherEvidence,
    "teacher_goals": TeacherGoals,
    "competences": Competences,
    "activities": Activities,
    "development_events": DevelopmentEvents,
    "support_given": SupportGiven,
    "support_capacity": SupportCapacity,
    "lesson_hours": LessonHours,
    "board_survey": BoardSurvey,
    "school_results": SchoolResults,
    "school_bands": SchoolBands,
    "self_evaluation": SelfEvaluation,
    "methodologists": Methodologists,
    "published": Published,
}
_TEST = ("school_year", "grade", "test", "domain")
KEYS: dict[str, tuple[str, ...]] = {
    "municipalities": ("municipality_id",),
    "schools": ("school_id",),
    "pupils": ("pupil_id",),
    "enrolments": ("pupil_id", "school_year"),
    "results": ("pupil_id", *_TEST, "level", "session"),
    "items": ("pupil_id", *_TEST, "item"),
    "item_map": (*_TEST, "item"),
    "marks": ("pupil_id", "school_year", "term", "domain"),
    "wellbeing": ("respondent_id", "school_year", "item"),
    "wellbeing_items": ("item",),
    "wellbeing_roster": ("school_year", "school_id", "role", "grade"),
    "staff_survey": ("respondent_id", "school_year", "item"),
    "staff_survey_items": ("item",),
    "teacher_evidence": ("teacher_id", "school_year", "source", "competence", "occasion", "observer_id"),
    "teacher_goals": ("teacher_id", "school_year", "competence"),
    "competences": ("competence",),
    "activities": ("activity_id",),
    "development_events": ("event_id",),
    "support_given": ("pupil_id", "school_year", "programme", "specialist"),
    "support_capacity": ("programme", "municipality_id", "school_id", "school_year", "specialist"),
    "lesson_hours": ("school_id", "school_year", "grade", "domain"),
    "board_survey": ("municipality_id", "school_year", "question"),
    "school_results": ("school_id", *_TEST, "level"),
    "school_bands": ("school_id", *_TEST, "level", "band"),
    "self_evaluation": ("school_id", "school_year", "criterion", "source"),
    "methodologists": ("methodologist_id", "school_year"),
    "published": (*_TEST, "level", "measure", "threshold"),
}
NAME_COLUMNS = {"municipalities": ("name", "name_genitive", "name_locative"), "schools": ("name",)}
IDS = ("pupil_id", "respondent_id", "teacher_id", "observer_id", "methodologist_id")
"""Columns that stand for a person: replaced by pseudonyms before anything is stored, never shown in a message."""


class Link(NamedTuple):
    """Values of ``columns`` in ``table`` must stand in the columns of the same names in ``parent``, where both are given."""

    table: str
    columns: tuple[str, ...]
    parent: str


_OF_SCHOOLS = (
    "enrolments", "results", "wellbeing", "wellbeing_roster", "staff_survey", "teacher_evidence", "activities",
    "development_events", "support_capacity", "lesson_hours", "school_results", "school_bands", "self_evaluation",
)  # fmt: skip
_OF_PUPILS = ("enrolments", "results", "items", "marks", "support_given")
_OF_MUNICIPALITIES = ("schools", "development_events", "support_capacity", "board_survey", "methodologists")
LINKS = (
    *(Link(table, ("municipality_id",), "municipalities") for table in _OF_MUNICIPALITIES),
    *(Link(table, ("school_id",), "schools") for table in _OF_SCHOOLS),
    *(Link(table, ("pupil_id",), "pupils") for table in _OF_PUPILS),
    Link("items", (*_TEST, "item"), "item_map"),
    Link("wellbeing", ("item",), "wellbeing_items"),
    Link("staff_survey", ("item",), "staff_survey_items"),
    Link("teacher_evidence", ("competence",), "competences"),
    Link("teacher_goals", ("competence",), "competences"),
)


@cache
def columns(table: str) -> dict[str, bool]:
    """Return the columns of a table and whether each is required."""
    return {name: not column.nullable for name, column in TABLES[table].to_schema().columns.items()}


@cache
def numeric(table: str) -> tuple[str, ...]:
    """Return the columns of a table that hold numbers."""
    return _of_type(table, "float64")


@cache
def dated(table: str) -> tuple[str, ...]:
    """Return the columns of a table that hold dates (``datetime64[ns]``)."""
    return _of_type(table, "datetime64[ns]")


@cache
def whole(table: str) -> tuple[str, ...]:
    """Return the columns of a table whose numbers must be whole: years, counts, marks, answers."""
    schema = TABLES[table].to_schema()
    return tuple(name for name, column in schema.columns.items() if (column.metadata or {}).get("whole"))


@cache
def codes(table: str) -> dict[str, tuple[str, ...]]:
    """Return the closed lists of a table: column → its codes."""
    schema = TABLES[table].to_schema()
    return {
        name: tuple(check.statistics["allowed_values"])
        for name, column in schema.columns.items()
        for check in column.checks
        if check.name == "isin"
    }


def _of_type(table: str, dtype: str) -> tuple[str, ...]:
    schema = TABLES[table].to_schema()
    return tuple(name for name, column in schema.columns.items() if str(column.dtype) == dtype)
