"""What the board's strategy aims at: ``params/targets/<slug>.yml``, typed and checked before any figure is looked at."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from analysis.faults import Fault, InputFaults
from analysis.indicators import INDICATORS
from analysis.params import ROOT, load_yaml, nearest, type_faults

TARGETS = ROOT / "params" / "targets"
OF_SHARES = ("low_result_share", "high_result_share", "fail_share")
"""Shares of results: foretold beside the country's share of the same year, for tests differ in difficulty."""
OF_NEED = ("support_met_share", "support_minutes_in_need")
"""What hangs on the need, which is worked out for one year and not compared with another's."""
_PLACE, _SHARE, _MINUTES = ("sd", "points"), ("percent",), ("minutes",)
FOLLOWED = {
    "attainment": _PLACE, "group_gap": _PLACE, **dict.fromkeys(OF_SHARES, _SHARE),
    "support_met_share": _SHARE, "support_minutes": _MINUTES, "support_minutes_in_need": _MINUTES,
}  # fmt: skip
"""Indicators that can be aimed at, with their units: places in the country (national SDs, or points from the national mean
where its SD is not known), shares of results, and support: the share of need that is met, and minutes."""
_RANGES = {"percent": (0.0, 100.0), "minutes": (0.0, 2400.0)}  # both ends out of reach
_TEST = ("grade", "test", "domain")


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
    grade: str = ""
    test: str = ""
    domain: str = ""
    level: str = ""
    part: str = ""
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
        P03, P04 (types, keys), P40–P43, P45–P47, P67, P68, all at once.
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
    units = FOLLOWED.get(target.indicator)
    raw = INDICATORS[target.indicator].units == ("percent",) if units is None else target.unit == "percent"
    if raw and units != _SHARE:
        yield Fault("P42", file, facts=facts)
    elif units is None or target.unit not in units:
        known = ", ".join(sorted({unit for some in FOLLOWED.values() for unit in some}) if units is None else units)
        yield Fault("P41", file, facts=facts | {"known": ", ".join(FOLLOWED), "units": known})
    else:
        yield from _fits(target, file, facts)
    if target.year <= target.start.year or any(not target.start.year < y <= target.year for y in target.measured):
        yield Fault("P43", file, facts=facts | {"start": target.start.year, "year": target.year})
    if (target.indicator == "group_gap") != bool(target.group):
        yield Fault("P46", file, facts=facts | {"group": target.group or "–", "nearest": "–"})
    if target.aim == target.start.value:
        yield Fault("P47", file, facts=facts)


def _fits(target: Target, file: str, facts: dict[str, Any]) -> Iterator[Fault]:
    """Tell which keys an indicator needs and does not have, or has and does not know; and an aim that nothing can be."""
    support = target.indicator.startswith("support_")
    wanted, strange = (("part",), (*_TEST, "level")) if support else (_TEST, ("part",))
    wrong = [key for key in wanted if not getattr(target, key)] + [key for key in strange if getattr(target, key)]
    if wrong:
        keys, without = ", ".join(wanted), ", ".join(strange)
        yield Fault("P67", file, facts=facts | {"keys": ", ".join(wrong), "wanted": keys, "strange": without})
    low, high = _RANGES.get(target.unit, (float("-inf"), float("inf")))
    if not (low < target.aim < high and low <= target.start.value <= high):
        yield Fault("P68", file, facts=facts | {"low": f"{low:g}", "high": f"{high:g}", "unit": target.unit})
