"""Parameters: one frozen typed object from ``params/defaults.yml`` and one municipality's own file."""

import difflib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from analysis.faults import Fault, InputFaults
from analysis.words.files import LOADER

ROOT = Path(__file__).resolve().parents[2]
DEFAULTS = ROOT / "params" / "defaults.yml"
THRESHOLDS = ROOT / "params" / "thresholds.yml"
SAYS_NO_FIGURE = frozenset({"comments", "contact", "views"})
"""Parameters that change no figure."""
_TYPES = {
    "bool": {"lv": "jā/nē (true, false, yes, no, on, off)", "en": "yes/no (true, false, yes, no, on, off)"},
    "int": {"lv": "vesels skaitlis", "en": "a whole number"},
    "float": {"lv": "skaitlis", "en": "a number"},
    "str": {"lv": "teksts", "en": "text"},
    "list": {"lv": "saraksts", "en": "a list"},
    "dict": {"lv": "atslēgas ar vērtībām", "en": "keys with values"},
    "NoneType": {"lv": "tukša vērtība", "en": "nothing"},
    "date": {"lv": "datums", "en": "a date"},
    "missing": {"lv": "šai atslēgai jābūt", "en": "this key, which is required"},
    "other": {"lv": "citāda vērtība", "en": "a value of another kind"},
}


Measure = Literal[
    "place", "points", "percent", "low", "high", "failed", "spread", "moves", "expected", "gaps", "support", "early",
    "schools", "effects", "published", "skills",
]  # fmt: skip


class View(BaseModel):
    """One look at the results: what is measured, of which test, for which groups, in which year; empty means all.

    Without ``year`` each test shows its newest one. ``60_explore`` writes such views as a line for a municipality's
    own parameters, and its page shows them in a section of their own.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    measure: Measure
    grade: str = ""
    test: str = ""
    domain: str = ""
    level: str = ""
    attribute: str = ""
    year: int | None = None


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
    material_gap_sd: float
    group_depth: int
    smallest_named_group: int
    named_probability: float
    named_error: float
    group_level_sd: float
    groups_shown: int
    council_scale_sd: float
    risk_workload_percent: float
    pass_marks: tuple[float, ...]
    percents_rounded: bool
    contact: str
    comments: dict[str, str]
    previous_review: dict[str, str]
    views: tuple[View, ...]


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
        P01–P04, P06 and P07, all of the file at once.
    """
    defaults = _defaults(DEFAULTS)
    values = {name: entry["value"] for name, entry in defaults.items()}
    if own is None or not own.exists():
        return _typed(values, DEFAULTS.name)
    given = load_yaml(own)
    faults = [_unknown(key, values, own.name) for key in given if key not in values]
    known = {key: value for key, value in given.items() if key in values}
    faults += [Fault("P07", own.name, facts={"key": key}) for key in known if defaults[key].get("whole_run")]
    faults += _outside_range(defaults, known, own.name)
    try:
        params = _typed(values | known, own.name)
    except InputFaults as found:
        faults += found.faults
    if faults:
        raise InputFaults(faults)
    return params


@cache
def _defaults(path: Path) -> dict[str, Any]:
    return load_yaml(path)


def load_yaml(path: Path) -> dict[str, Any]:
    """Read a YAML mapping with the safe loader; object tags (P01), repeated keys (P02) and non-mappings are faults.

    Keys are the text that stands in the file: ``no``, ``01`` and ``2024`` are names there, not a truth or a number.
    """
    try:
        loaded = yaml.load(path.read_text("utf-8"), Loader=_strict_loader(path.name))
    except UnicodeDecodeError as error:
        raise InputFaults([Fault("P01", path.name, facts={"what": {"lv": "nav UTF-8", "en": "not UTF-8"}})]) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else None
        raise InputFaults([Fault("P01", path.name, line, facts={"what": _tag(error)})]) from None
    if loaded is None:
        return {}
    if not isinstance(loaded, dict):
        facts = {"key": "–", "found": _type_words(loaded), "expected": _TYPES["dict"]}
        raise InputFaults([Fault("P03", path.name, facts=facts)])
    return loaded


def _tag(error: yaml.YAMLError) -> dict[str, str]:
    if isinstance(error, yaml.constructor.ConstructorError):
        return {"lv": "objekta zīme vai salikta atslēga", "en": "object tag or compound key"}
    return {"lv": "YAML pieraksta kļūda", "en": "YAML syntax"}


def _strict_loader(file: str) -> type[yaml.SafeLoader]:
    """Make a safe loader that refuses a key given twice (PyYAML keeps the last one without a word) and reads keys as text."""

    class Strict(LOADER):  # type: ignore[misc, valid-type]
        pass

    def mapping(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[str, Any]:
        seen: dict[str, int] = {}
        for key_node, _ in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "compound key", key_node.start_mark)
            key, line = key_node.value, key_node.start_mark.line + 1
            if key in seen:
                raise InputFaults([Fault("P02", file, line, facts={"key": key, "first": seen[key]})])
            seen[key] = line
        loader.flatten_mapping(node)
        return {key.value: loader.construct_object(value, deep=True) for key, value in node.value}

    Strict.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, mapping)
    return Strict


def _typed(values: dict[str, Any], file: str) -> Params:
    try:
        return Params.model_validate({key: _tuples(value) for key, value in values.items()})
    except ValidationError as error:
        raise InputFaults(type_faults(error, file, View.model_fields)) from None


def _tuples(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def type_faults(error: ValidationError, file: str, known: Iterable[str] = ()) -> list[Fault]:
    """Turn pydantic's findings into P03 (wrong type) and P04 (unknown key, the nearest of the known); no value is repeated."""
    faults = []
    for item in error.errors():
        key = ".".join(str(part) for part in item["loc"])
        if item["type"] == "extra_forbidden":
            faults.append(Fault("P04", file, facts={"key": key, "nearest": nearest(str(item["loc"][-1]), known)}))
        else:
            facts = {"key": key, "found": _type_words(item["input"]), "expected": _expected(item)}
            faults.append(Fault("P03", file, facts=facts))
    return faults


def _type_words(value: object) -> dict[str, str]:
    name = type(value).__name__
    return _TYPES.get("list" if name == "tuple" else name, {"lv": "cita veida vērtība", "en": "another kind of value"})


def _expected(item: Any) -> object:
    """Say in the project's own words what pydantic expected; what a validator of ours says is said as it is."""
    context = item.get("ctx", {})
    if "error" in context:
        return str(context["error"])
    if "expected" in context:
        return str(context["expected"]).replace(" or ", ", ")
    kind = str(item["type"]).split("_")[0]
    return _TYPES.get({"string": "str", "tuple": "list", "mapping": "dict"}.get(kind, kind), _TYPES["other"])


def _unknown(key: str, known: Iterable[str], file: str) -> Fault:
    return Fault("P04", file, facts={"key": key, "nearest": nearest(key, known)})


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known name most like a word, or a dash."""
    return next(iter(difflib.get_close_matches(word, list(known), n=1, cutoff=0.4)), "–")


def _outside_range(defaults: dict[str, Any], given: dict[str, Any], file: str) -> Iterable[Fault]:
    for key, value in given.items():
        bounds = defaults[key].get("range")
        if bounds is None or isinstance(value, bool) or not isinstance(value, int | float):
            continue
        choice = defaults[key].get("one_of")
        if not (value in bounds if choice else bounds[0] <= value <= bounds[1]):
            yield Fault(
                "P06", file, facts={"key": key, "range": ("; " if choice else "–").join(str(b) for b in bounds)}
            )


def threshold_percent(school_year: int, grade: str, test: str, domain: str) -> float | None:
    """Return the pass threshold in percent of a school year, grade and subject, or None where none is known.

    A planned threshold counts like one in force; one that held ``earlier_years`` holds for those as well.
    """
    for entry in _thresholds():
        of_exam = (str(entry["grade"]), str(entry["test"])) == (grade, test)
        of_domain = entry["domains"] == "all" or domain in entry["domains"]
        year = int(entry["school_year"])
        of_year = school_year == year or (school_year < year and entry.get("earlier_years", False))
        if of_exam and of_domain and of_year and entry["percent"] is not None:
            return float(entry["percent"])
    return None


def marked_tests() -> list[tuple[str, str]]:
    """List the grades and tests that have or had a pass mark in some year."""
    return sorted({(str(entry["grade"]), str(entry["test"])) for entry in _thresholds()})


@cache
def _thresholds() -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = load_yaml(THRESHOLDS)["thresholds"]
    return entries
