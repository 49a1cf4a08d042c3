"""Tables of surveys and of schools' own judgement: wellbeing, staff, board, self-evaluation."""

from pandera.typing.pandas import Series

from analysis.intake.contracts.fields import GRADES, WHOLE, YES_NO, Table, optional, required, year

ROLES = ("pupil", "teacher")


class Wellbeing(Table):
    """One respondent's answer to one item, 1 to 5."""

    respondent_id: Series[str] = required()
    school_year: Series[float] = year()
    role: Series[str] = required(isin=ROLES)
    school_id: Series[str] = required()
    grade: Series[str] = optional(isin=GRADES)
    item: Series[str] = required()
    value: Series[float] = required(ge=1, le=5, metadata=WHOLE)


class WellbeingItems(Table):
    """Which scale an item belongs to, and whether a high answer means little of it."""

    item: Series[str] = required()
    role: Series[str] = required(isin=ROLES)
    scale: Series[str] = required()
    reversed: Series[str] = optional(isin=YES_NO)


class WellbeingRoster(Table):
    """How many could have answered: the base of response rates."""

    school_year: Series[float] = year()
    school_id: Series[str] = required()
    role: Series[str] = required(isin=ROLES)
    grade: Series[str] = optional(isin=GRADES)
    eligible: Series[float] = required(ge=0, metadata=WHOLE)


class StaffSurvey(Table):
    """One member of staff's answer to one item on the school as a learning organisation, 1 to 5."""

    respondent_id: Series[str] = required()
    school_year: Series[float] = year()
    school_id: Series[str] = required()
    item: Series[str] = required()
    value: Series[float] = required(ge=1, le=5, metadata=WHOLE)


class StaffSurveyItems(Table):
    """Which dimension of a learning organisation an item belongs to."""

    item: Series[str] = required()
    dimension: Series[str] = required()


class BoardSurvey(Table):
    """A board's answers to the yearly questions; one municipality, one answer."""

    municipality_id: Series[str] = required()
    school_year: Series[float] = year()
    question: Series[str] = required()
    answer: Series[str] = optional()


class SelfEvaluation(Table):
    """The level of a quality criterion by the school itself and by accreditation, 1 to 4."""

    school_id: Series[str] = required()
    school_year: Series[float] = year()
    criterion: Series[str] = required()
    source: Series[str] = required(isin=("self", "accreditation"))
    level: Series[float] = required(ge=1, le=4, metadata=WHOLE)
