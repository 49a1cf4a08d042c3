"""Tables of teachers' development: evidence of competence, goals, events, methodologists."""

from pandera.typing.pandas import Series

from analysis.intake.contracts.fields import WHOLE, Table, optional, required, year


class TeacherEvidence(Table):
    """One piece of evidence of one competence of one teacher, 0 to 4."""

    teacher_id: Series[str] = required()
    school_year: Series[float] = year()
    school_id: Series[str] = required()
    source: Series[str] = required(isin=("self", "observation", "test", "survey", "interview", "artefact"))
    competence: Series[str] = required()
    occasion: Series[str] = required()
    observer_id: Series[str] = optional()
    value: Series[float] = required(ge=0, le=4)


class TeacherGoals(Table):
    """The level of a competence that a teacher aims at, 0 to 4."""

    teacher_id: Series[str] = required()
    school_year: Series[float] = year()
    competence: Series[str] = required()
    aim: Series[float] = optional(ge=0, le=4)


class Competences(Table):
    """The level of each competence that the work asks for, 0 to 4."""

    competence: Series[str] = required()
    required: Series[float] = required(ge=0, le=4)


class DevelopmentEvents(Table):
    """Courses, cooperation, practice and supervision for teachers, leaders, boards and teams."""

    event_id: Series[str] = required()
    school_year: Series[float] = year()
    programme: Series[str] = optional()
    municipality_id: Series[str] = required()
    school_id: Series[str] = optional()
    audience: Series[str] = required(isin=("teachers", "school_leaders", "board", "teams"))
    form: Series[str] = optional(isin=("course", "collaboration", "practice", "supervision"))
    topic: Series[str] = optional()
    hours: Series[float] = optional(ge=0)
    participants: Series[float] = required(ge=0, metadata=WHOLE)


class Methodologists(Table):
    """The municipality's methodologists and how many visits each can make in a year."""

    methodologist_id: Series[str] = required()
    school_year: Series[float] = year()
    municipality_id: Series[str] = required()
    field: Series[str] = required()
    visits: Series[float] = required(ge=0, metadata=WHOLE)
