"""Parameters: one frozen typed object from ``params/defaults.yml`` and one municipality's own file."""

import difflib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from analysis.faults import Fault, InputFaults

ROOT = Path(__file__).resolve().parents[2]
DEFAULTS = ROOT / "params" / "defaults.yml"
THRESHOLDS = ROOT / "params" / "thresholds.yml"


class Params(BaseModel):
    """Every parameter of a report; meaning, unit, source and range of each stand in ``params/defaults.yml``."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    confidence: float
    smallest_group: int
    smallest_group_sensitive: int
    sensitive_attributes: tuple[str, ...]
    low_result_percent: float
    high_result_percent: float
    outer_share_of_nation: float
    pooled_years: int
    years_shown: int
    trend_years: int
    council_scale_sd: float
    contact: str
    comments: dict[str, str]


def load_params(own: Path | None = None) -> Params:
    """Read the defaults and, over them, what one municipality sets differently.

    Parameters
    ----------
    own : Path, optional
        ``params/<slug>.yml``; a missing file means that the defaults hold.

    Returns
    -------
    Params
        Frozen.

    Raises
    ------
    InputFaults
        P01–P04 and P06, all of the file at once.
    """
    defaults = load_yaml(DEFAULTS)
    values = {name: entry["value"] for name, entry in defaults.items()}
    if own is None or not own.exists():
        return _typed(values, DEFAULTS.name)
    given = load_yaml(own)
    faults = [_unknown(key, values, own.name) for key in given if key not in values]
    if faults:
        raise InputFaults(faults)
    params = _typed(values | given, own.name)
    faults = list(_outside_range(params, defaults, given, own.name))
    if faults:
        raise InputFaults(faults)
    return params


def load_yaml(path: Path) -> dict[str, Any]:
    """Read a YAML mapping with the safe loader; object tags (P01), repeated keys (P02) and non-mappings are faults."""
    try:
        loaded = yaml.load(path.read_text("utf-8"), Loader=_strict_loader(path.name))
    except UnicodeDecodeError as error:
        raise InputFaults([Fault("P01", path.name, facts={"what": "UTF-8"})]) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else None
        raise InputFaults([Fault("P01", path.name, line, facts={"what": _tag(error)})]) from None
    if loaded is None:
        return {}
    if not isinstance(loaded, dict):
        raise InputFaults(
            [
                Fault(
                    "P03",
                    path.name,
                    facts={"key": "–", "found": type(loaded).__name__, "expected": "mapping"},
                )
            ]
        )
    return {str(key): value for key, value in loaded.items()}


def _tag(error: yaml.YAMLError) -> str:
    return "object tag" if isinstance(error, yaml.constructor.ConstructorError) else "YAML syntax"


def _strict_loader(file: str) -> type[yaml.SafeLoader]:
    """Make a safe loader that refuses a key given twice (PyYAML keeps the last one without a word)."""

    class Strict(yaml.SafeLoader):
        pass

    def mapping(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[Any, Any]:
        seen: dict[Any, int] = {}
        for key_node, _ in node.value:
            key, line = loader.construct_object(key_node), key_node.start_mark.line + 1
            if key in seen:
                raise InputFaults([Fault("P02", file, line, facts={"key": key, "first": seen[key]})])
            seen[key] = line
        return loader.construct_mapping(node, deep=True)

    Strict.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, mapping)
    return Strict


def _typed(values: dict[str, Any], file: str) -> Params:
    try:
        return Params.model_validate({key: _tuples(value) for key, value in values.items()})
    except ValidationError as error:
        raise InputFaults(type_faults(error, file)) from None


def _tuples(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def type_faults(error: ValidationError, file: str) -> list[Fault]:
    """Turn pydantic's findings into P03 (wrong type) and P04 (unknown key); no value is repeated."""
    faults = []
    for item in error.errors():
        key = ".".join(str(part) for part in item["loc"])
        if item["type"] == "extra_forbidden":
            faults.append(Fault("P04", file, facts={"key": key, "nearest": "–"}))
        else:
            expected = str(item["ctx"]["error"]) if "error" in item.get("ctx", {}) else item["msg"]
            found = type(item["input"]).__name__
            faults.append(Fault("P03", file, facts={"key": key, "found": found, "expected": expected}))
    return faults


def _unknown(key: str, known: Iterable[str], file: str) -> Fault:
    return Fault("P04", file, facts={"key": key, "nearest": nearest(key, known)})


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known name most like a word, or a dash."""
    return next(iter(difflib.get_close_matches(word, list(known), n=1, cutoff=0.4)), "–")


def _outside_range(params: Params, defaults: dict[str, Any], given: dict[str, Any], file: str) -> Iterable[Fault]:
    for key in given:
        bounds = defaults[key].get("range")
        value = getattr(params, key)
        inside = bounds is None or (value in bounds if defaults[key].get("one_of") else bounds[0] <= value <= bounds[1])
        if not inside:
            yield Fault("P06", file, facts={"key": key, "range": "–".join(str(b) for b in bounds)})


def threshold_percent(school_year: int, grade: str, test: str, domain: str) -> float | None:
    """Return the pass threshold in percent of a school year, grade and subject, or None where none is known."""
    for entry in _thresholds():
        known = entry["percent"] is not None and (entry["domains"] == "all" or domain in entry["domains"])
        if known and (int(entry["school_year"]), str(entry["grade"]), str(entry["test"])) == (
            school_year,
            grade,
            test,
        ):
            return float(entry["percent"])
    return None


@cache
def _thresholds() -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = load_yaml(THRESHOLDS)["thresholds"]
    return entries
