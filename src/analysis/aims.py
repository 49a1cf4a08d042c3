"""What the board's strategy aims at: ``params/targets/<slug>.yml``, typed and checked before any figure is looked at."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from analysis.faults import Fault, InputFaults
from analysis.indicators import INDICATORS
from analysis.params import ROOT, load_yaml, nearest, type_faults

TARGETS = ROOT / "params" / "targets"
FOLLOWED = ("attainment", "group_gap")
"""Indicators that can be followed over years: the place in the country of all pupils, or of a group."""
UNITS = ("sd", "points")
"""National standard deviations, or points from the national mean where its SD is not known."""


class Start(BaseModel):
    """Where things stood when the target was set."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    year: int
    value: float


class Target(BaseModel):
    """One target; what each key means stands in ``params/targets/D001.yml``."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    id: str
    indicator: str
    unit: str
    grade: str
    test: str
    domain: str
    level: str = ""
    group: str = ""
    start: Start
    aim: float
    year: int
    measured: tuple[int, ...] = ()
    words: str = ""

    @property
    def rises(self) -> bool:
        """Whether the aim lies above the start."""
        return self.aim > self.start.value


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    targets: tuple[Target, ...] = ()


def load_targets(path: Path) -> tuple[Target, ...]:
    """Read a board's file of targets; one that does not exist means none.

    Raises
    ------
    InputFaults
        P01, P02 and those of :func:`targets_of`, all of the file at once.
    """
    return targets_of(load_yaml(path), path.name) if path.exists() else ()


def targets_of(given: Mapping[str, Any], file: str) -> tuple[Target, ...]:
    """Type and check what a board's file of targets says.

    Parameters
    ----------
    given : mapping
        ``params/targets/<slug>.yml`` as :func:`analysis.params.load_yaml` reads it.
    file : str
        Its name, for messages.

    Raises
    ------
    InputFaults
        P03, P04 (types, keys), P40–P43, P45–P47, all at once.
    """
    try:
        found = _File.model_validate(_tuples(dict(given))).targets
    except ValidationError as error:
        raise InputFaults(type_faults(error, file, [*Target.model_fields, *Start.model_fields, "targets"])) from None
    faults = [fault for target in found for fault in _faults(target, file)]
    ids = [target.id for target in found]
    faults += [Fault("P45", file, facts={"id": name}) for name in sorted({i for i in ids if ids.count(i) > 1})]
    if faults:
        raise InputFaults(faults)
    return found


def _tuples(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _tuples(part) for key, part in value.items()}
    return tuple(_tuples(part) for part in value) if isinstance(value, list) else value


def _faults(target: Target, file: str) -> Iterator[Fault]:
    facts: dict[str, Any] = {"id": target.id, "indicator": target.indicator}
    if target.indicator not in INDICATORS:
        yield Fault("P40", file, facts=facts | {"nearest": nearest(target.indicator, INDICATORS)})
        return
    if target.unit == "percent" or INDICATORS[target.indicator].units == ("percent",):
        yield Fault("P42", file, facts=facts)
    elif target.indicator not in FOLLOWED or target.unit not in UNITS:
        yield Fault("P41", file, facts=facts | {"known": ", ".join(FOLLOWED), "units": ", ".join(UNITS)})
    if target.year <= target.start.year or any(not target.start.year < y <= target.year for y in target.measured):
        yield Fault("P43", file, facts=facts | {"start": target.start.year, "year": target.year})
    if (target.indicator == "group_gap") != bool(target.group):
        yield Fault("P46", file, facts=facts | {"group": target.group or "–", "nearest": "–"})
    if target.aim == target.start.value:
        yield Fault("P47", file, facts=facts)
