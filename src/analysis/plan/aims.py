"""What the board's strategy aims at: its targets, typed and checked, before any figure is looked at."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd
from pydantic import BaseModel, ConfigDict, ValidationError

from analysis.faults import Fault, InputFaults
from analysis.indicators import INDICATORS
from analysis.params import nearest, type_faults

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


def data_faults(targets: tuple[Target, ...], results: pd.DataFrame, attributes: list[str], file: str) -> list[Fault]:
    """Tell what of the targets the data contradict.

    Parameters
    ----------
    targets : tuple of Target
        Checked.
    results : pd.DataFrame
        The municipality's results.
    attributes : list of str
        Group attributes that the delivery holds.
    file : str
        Name of the file of targets.

    Returns
    -------
    list of Fault
        P44 (the aim's year is past and was not measured; accepted, its state is "not measurable") and P46 (the group
        names an attribute or a value that the data do not hold).
    """
    newest = int(results["school_year"].max()) if len(results) else 0
    faults = []
    for target in targets:
        if target.year <= newest and target.year not in set(of_series(target, results)["school_year"]):
            faults.append(Fault("P44", file, facts={"id": target.id, "year": target.year}))
        for part in filter(None, target.group.split("&")):
            values = known_values(results, attributes)
            if part not in values:
                facts = {"id": target.id, "group": part, "nearest": nearest(part, values)}
                faults.append(Fault("P46", file, facts=facts))
    return faults


def known_values(results: pd.DataFrame, attributes: list[str]) -> list[str]:
    """List the groups of one attribute that the data hold, as ``attribute=value``."""
    return [f"{name}={value}" for name in attributes if name in results for value in results[name].dropna().unique()]


def of_series(target: Target, results: pd.DataFrame) -> pd.DataFrame:
    """Keep the results that a target is about."""
    rows = results
    for key in ("domain", "grade", "test", "level"):
        rows = rows[rows[key] == getattr(target, key)]
    for name, _, value in (part.partition("=") for part in target.group.split("&") if part):
        rows = rows[rows[name] == value] if name in rows else rows.iloc[:0]
    return rows
