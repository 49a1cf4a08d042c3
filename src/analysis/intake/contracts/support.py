"""Tables of what is offered to pupils: support given and its capacity, activities, lessons held."""

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

from analysis.intake.contracts.fields import GRADES, WHOLE, YES_NO, Table, optional, required, year


class Activities(Table):
    """Activities outside lessons, with the number of pupils in each."""

    activity_id: Series[str] = required()
    school_year: Series[float] = year()
    school_id: Series[str] = required()
    grade: Series[str] = optional(isin=GRADES)
    field: Series[str] = required(isin=("stem", "civic", "culture", "career", "talent"))
    pupils: Series[float] = required(ge=0, metadata=WHOLE)
    hours: Series[float] = optional(ge=0)


class SupportGiven(Table):
    """Support that a pupil gets: programme, specialist, minutes a week, from when to when, with a plan or not."""

    pupil_id: Series[str] = required()
    school_year: Series[float] = year()
    programme: Series[str] = required()
    specialist: Series[str] = optional()
    minutes: Series[float] = optional(ge=0)
    from_: Series[pd.Timestamp] = optional(alias="from")
    to: Series[pd.Timestamp] = optional()
    plan: Series[str] = optional(isin=YES_NO)

    @pa.dataframe_check(error="V18")
    def does_not_end_before_it_starts(cls, rows: pd.DataFrame) -> pd.Series:
        """``to`` not before ``from``, where both are given."""
        return ~(rows["to"] < rows["from"])


class SupportCapacity(Table):
    """Places and minutes a week of a programme, in one school or (``school_id`` empty) the whole municipality."""

    programme: Series[str] = required()
    municipality_id: Series[str] = required()
    school_id: Series[str] = optional()
    school_year: Series[float] = year()
    specialist: Series[str] = optional()
    places: Series[float] = optional(ge=0, metadata=WHOLE)
    minutes_per_week: Series[float] = optional(ge=0)
    cost_per_hour: Series[float] = optional(ge=0)
    valid_from: Series[pd.Timestamp] = optional()
    valid_to: Series[pd.Timestamp] = optional()

    @pa.dataframe_check(error="V18")
    def does_not_end_before_it_starts(cls, rows: pd.DataFrame) -> pd.Series:
        """``valid_to`` not before ``valid_from``, where both are given."""
        return ~(rows["valid_to"] < rows["valid_from"])


class LessonHours(Table):
    """Lessons planned and held, by school, grade and subject."""

    school_id: Series[str] = required()
    school_year: Series[float] = year()
    grade: Series[str] = required(isin=GRADES)
    domain: Series[str] = required()
    planned: Series[float] = required(ge=0)
    delivered: Series[float] = required(ge=0)
