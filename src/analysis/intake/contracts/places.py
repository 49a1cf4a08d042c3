"""Tables of places and people: municipalities, schools, pupils, enrolments."""

from pandera.typing.pandas import Series

from analysis.intake.contracts.fields import (
    FIRST_YEAR,
    GRADES,
    LAST_YEAR,
    WHOLE,
    YES_NO,
    Table,
    optional,
    required,
    year,
)


class Municipalities(Table):
    """Municipalities: ATVK code or an id of one's own; a delivery's own table takes the register's place."""

    municipality_id: Series[str] = required()
    name: Series[str] = required()
    kind: Series[str] = optional(isin=("state_city", "county", "other"))
    region: Series[str] = optional()
    name_genitive: Series[str] = optional()
    name_locative: Series[str] = optional()


class Schools(Table):
    """Schools and preschools; a school belongs to one municipality."""

    school_id: Series[str] = required()
    name: Series[str] = required()
    municipality_id: Series[str] = required()
    settlement: Series[str] = optional(isin=("city", "town", "rural"))
    kind: Series[str] = optional()
    language: Series[str] = optional()
    staff_total: Series[float] = optional(ge=0)
    lat: Series[float] = optional(ge=-90, le=90)
    lon: Series[float] = optional(ge=-180, le=180)


class Pupils(Table):
    """What stays the same about a pupil."""

    pupil_id: Series[str] = required()
    birth_year: Series[float] = optional(ge=FIRST_YEAR - 30, le=LAST_YEAR, metadata=WHOLE)
    sex: Series[str] = optional(isin=("girl", "boy"))
    preschool: Series[str] = optional(isin=("full", "short"))


class Enrolments(Table):
    """What belongs to a pupil's school year; the school is the one at the year's data date."""

    pupil_id: Series[str] = required()
    school_year: Series[float] = year()
    grade: Series[str] = required(isin=GRADES)
    school_id: Series[str] = required()
    home_language: Series[str] = optional(isin=("lv", "other"))
    sen: Series[str] = optional(isin=YES_NO)
    low_income: Series[str] = optional(isin=YES_NO)
    repeats: Series[str] = optional(isin=YES_NO)
    moved: Series[str] = optional(isin=YES_NO)
    absence_percent: Series[float] = optional(ge=0, le=100)
