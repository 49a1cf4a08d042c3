"""What staff evidence is judged by: the bar of reliability, the form of support by gap, and fields of methodologists."""

from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from analysis.faults import InputFaults
from analysis.params import ROOT, load_yaml, type_faults

STAFF = ROOT / "params" / "staff.yml"
_STRICT = ConfigDict(frozen=True, extra="forbid")


class FormOfSupport(BaseModel):
    """The form of support that is proposed from a gap of so many levels upwards."""

    model_config = _STRICT
    start: float = Field(alias="from", ge=0, le=4)
    form: str


class FieldOfWork(BaseModel):
    """What a methodologist's field is about."""

    model_config = _STRICT
    domains: tuple[str, ...] = ()
    competences: tuple[str, ...] = ()


class StaffRules(BaseModel):
    """``params/staff.yml``."""

    model_config = _STRICT
    reliability: float = Field(gt=0, lt=1)
    forms: tuple[FormOfSupport, ...]
    fields: dict[str, FieldOfWork]

    def form_for(self, gap: float) -> str:
        """Return the form that is proposed for a gap; empty where nothing is lacking."""
        fitting = [one for one in self.forms if gap > one.start or gap == one.start > 0]
        return max(fitting, key=lambda one: one.start).form if fitting else ""


@cache
def load_staff_rules(path: Path = STAFF) -> StaffRules:
    """Read the rules.

    Raises
    ------
    InputFaults
        P01–P04, all of the file at once.
    """
    try:
        return StaffRules.model_validate(load_yaml(path))
    except ValidationError as error:
        known = [*StaffRules.model_fields, *FieldOfWork.model_fields, "from", "form"]
        raise InputFaults(type_faults(error, path.name, known)) from None
