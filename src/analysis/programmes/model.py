"""What a programme is: whom it may serve, how many need it, and what is not known of it."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict

_FIRST_MONTH = 9  # of a school year

Grade = Annotated[str, BeforeValidator(lambda value: str(value) if type(value) is int else value)]
Grades = Annotated[tuple[Grade, ...], BeforeValidator(lambda value: tuple(value) if type(value) is list else value)]
Texts = Annotated[tuple[str, ...], BeforeValidator(lambda value: tuple(value) if type(value) is list else value)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Exam(_Frozen):
    """An exam that was failed in an earlier school year."""

    grade: Grade
    test: str


class OtherRoute(_Frozen):
    """Who has another way: all yearly marks at least ``lowest_mark``, exactly ``exams`` exams failed."""

    lowest_mark: float
    exams: int


class Rule(_Frozen):
    """Which pupils a programme may serve; every line that is given has to hold (``params/programmes.yml`` says how)."""

    grades: Grades = ()
    second_semester_only: Grades = ()
    second_semester: str = "01-01"
    age_from: int | None = None
    age_to: int | None = None
    age_on: str = "12-31"
    where: dict[str, Texts] = {}
    failed_exam: Exam | None = None
    other_route: OtherRoute | None = None


class LowResult(_Frozen):
    """A result of a domain in the country's lowest share, or so many standard deviations from its mean (``-1.0``)."""

    domain: str
    below_sd: float | None = None


class EarlySigns(_Frozen):
    """Low results expected, by early signs, of all who stood at a stage and have the outcome before them."""

    grade: Grade
    domain: str


class Need(_Frozen):
    """How many need it: all, those with low results, those whom early signs expect to have one, or a share (percent)."""

    everyone: bool = False
    low_result: LowResult | None = None
    early_signs: EarlySigns | None = None
    percent: dict[str, float] = {}


class Name(_Frozen):
    """A name in both languages."""

    lv: str
    en: str


class Programme(_Frozen):
    """One entry; ``None`` is what is not known, or an open end of its validity."""

    code: str
    name: Name
    measure: Literal["4.2.3.1", "4.2.2.3", "4.2.2.1", "4.2.2.4", "municipal", "own"]
    for_whom: Literal["pupils", "teachers", "schools", "municipality"]
    status: Literal["running", "submitted", "in_preparation", "unverified"] = "unverified"
    eligible: Rule | None = None
    specialists: Texts = ()
    need: Need | None = None
    unit: str
    hours: float | None = None
    group_size: float | None = None
    cost_per_hour: float | None = None
    quota: int | None = None
    effect: float | None = None
    combinable: bool | None = None
    legal_reference: str | None = None
    source: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None

    @property
    def parts(self) -> tuple[str, ...]:
        """``part`` of the evidence: the code, with each specialist where there are any (``counselling/psychologist``)."""
        return tuple(f"{self.code}/{name}" for name in self.specialists) or (self.code,)

    @property
    def unknown(self) -> tuple[str, ...]:
        """Names of what is not known of it."""
        asked = ("hours", "cost_per_hour", "quota", "effect", "combinable", "need", "legal_reference")
        return tuple(name for name in asked if getattr(self, name) is None)

    def valid_on(self, day: date) -> bool:
        """Tell whether the entry holds on a day."""
        return (self.valid_from or date.min) <= day <= (self.valid_to or date.max)


@dataclass(frozen=True)
class Programmes:
    """All entries, and the names of the specialists: code → both languages."""

    entries: tuple[Programme, ...]
    specialists: dict[str, Name]

    def on(self, day: date) -> dict[str, Programme]:
        """Return the entries that hold on a day, by their code."""
        return {entry.code: entry for entry in self.entries if entry.valid_on(day)}


def school_year_of(day: date) -> int:
    """Return the school year of a day: the calendar year in which it ends."""
    return day.year + (day.month >= _FIRST_MONTH)


def day_in(school_year: int, month_day: str) -> date:
    """Return the day of a school year with this month and day."""
    month, day = (int(part) for part in month_day.split("-"))
    return date(school_year - (month >= _FIRST_MONTH), month, day)


def last_day_of(school_year: int) -> date:
    """Return the last day on which lessons are sure to be held in a school year."""
    return date(school_year, 5, 31)
