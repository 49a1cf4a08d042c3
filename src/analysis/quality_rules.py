"""Which data speak to which criterion of school quality."""

from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from analysis.faults import InputFaults
from analysis.params import ROOT, load_yaml, type_faults

QUALITY = ROOT / "params" / "quality.yml"
_STRICT = ConfigDict(frozen=True, extra="forbid")


class DataOf(BaseModel):
    """The data of one criterion: results of pupils, scales of wellbeing, dimensions of the staff survey."""

    model_config = _STRICT
    results: bool = False
    scales: tuple[str, ...] = ()
    dimensions: tuple[str, ...] = ()

    @property
    def parts(self) -> list[tuple[str, str]]:
        """Kind and code of each: ``results``, ``scale`` or ``dimension``."""
        kinds = (("scale", self.scales), ("dimension", self.dimensions))
        return [("results", "")] * self.results + [(kind, code) for kind, codes in kinds for code in codes]


class QualityRules(BaseModel):
    """``params/quality.yml``."""

    model_config = _STRICT
    good: int = Field(ge=2, le=4)
    criteria: dict[str, DataOf]


@cache
def load_quality_rules(path: Path = QUALITY) -> QualityRules:
    """Read the rules.

    Raises
    ------
    InputFaults
        P01–P04, all of the file at once.
    """
    try:
        return QualityRules.model_validate(load_yaml(path))
    except ValidationError as error:
        known = [*QualityRules.model_fields, *DataOf.model_fields]
        raise InputFaults(type_faults(error, path.name, known)) from None
