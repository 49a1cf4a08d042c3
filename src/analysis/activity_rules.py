"""What activities of pupils are for: aims by field and by id, which schools are small, which exams are chosen."""

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from analysis.faults import InputFaults
from analysis.params import ROOT, load_yaml, type_faults

ACTIVITIES = ROOT / "params" / "activities.yml"
FIELDS = ("stem", "civic", "culture", "career", "talent")
AIMS = ("variety", "practice", "labour_market", "civic_practice")
Aim = Literal["variety", "practice", "labour_market", "civic_practice"]
_STRICT = ConfigDict(frozen=True, extra="forbid")


class ChosenExams(BaseModel):
    """Exams that pupils choose: of one grade and test, subjects of any level and subjects at the higher level."""

    model_config = _STRICT
    grade: str
    test: str
    domains: tuple[str, ...]
    higher: tuple[str, ...]


class ActivityRules(BaseModel):
    """``params/activities.yml``."""

    model_config = _STRICT
    aims: dict[Literal["stem", "civic", "culture", "career", "talent"], tuple[Aim, ...]]
    prefixes: dict[str, tuple[Aim, ...]]
    small_school: int = Field(ge=1)
    chosen: ChosenExams
    schools_compared: int = Field(ge=10)
    exam_pupils: int = Field(ge=5)

    def aims_of(self, activity_id: str, field: str) -> tuple[str, ...]:
        """Return the aims of an activity: those of the longest prefix that its id has, otherwise its field's."""
        fitting = [prefix for prefix in self.prefixes if activity_id.startswith(prefix)]
        return self.prefixes[max(fitting, key=len)] if fitting else self._of_field(field)

    def fields_of(self, aim: str) -> list[str]:
        """Return the fields that have an aim, in their fixed order."""
        return [field for field in FIELDS if aim in self._of_field(field)]

    def _of_field(self, field: str) -> tuple[str, ...]:
        return next((aims for known, aims in self.aims.items() if known == field), ())


@cache
def load_activity_rules(path: Path = ACTIVITIES) -> ActivityRules:
    """Read the rules.

    Raises
    ------
    InputFaults
        P01–P04, all of the file at once.
    """
    try:
        return ActivityRules.model_validate(load_yaml(path))
    except ValidationError as error:
        raise InputFaults(
            type_faults(error, path.name, [*ActivityRules.model_fields, *ChosenExams.model_fields])
        ) from None
