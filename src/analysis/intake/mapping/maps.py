"""Maps: how the columns of a board's own file feed the tables of the contract, as data, never as code."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Field, ValidationError

from analysis.faults import Fault, InputFaults, unique
from analysis.intake.contracts import TABLES, codes, columns
from analysis.intake.mapping.rules import ColumnRule, Condition, FileRule, Strict, Text, Wide
from analysis.intake.reading.rawtable import ReadOptions
from analysis.params import ROOT, load_yaml, nearest, type_faults

__all__ = ["MAPS", "ColumnRule", "Condition", "FileRule", "Map", "Text", "Wide", "joined", "load_map", "parse_map"]
MAPS = ROOT / "data" / "maps"


class Map(Strict):
    """A source format: everything ``delivery.yml`` may say, so that a map needs no delivery file.

    ``maps`` (file pattern → map) is what a delivery file says about its files; ``files`` is what a map says about the
    files of its format.
    """

    title: str = ""
    scope: Literal["country", "board"] | None = None
    municipality: str | None = None
    abolished: Literal["refuse", "map"] = "refuse"
    demo: bool = False
    data_date: str | None = None
    source: Text | None = None
    maps: dict[str, str] = Field(default_factory=dict)
    files: list[FileRule] = Field(default_factory=list)
    duplicates: dict[str, Literal["refuse", "keep_last"]] = Field(default_factory=dict)
    attributes: dict[Literal["pupils", "enrolments"], list[str]] = Field(default_factory=dict)
    covariates: dict[Literal["pupils", "enrolments"], list[str]] = Field(default_factory=dict)
    labels: dict[str, Text] = Field(default_factory=dict)
    notes: list[Text] = Field(default_factory=list)


def load_map(name: str, beside: Path = ROOT) -> Map:
    """Read a map by its path (also relative to a delivery's folder, or the project's), or by its stem in ``data/maps/``.

    Raises
    ------
    InputFaults
        M02 unknown, P01–P04 and M04 not valid.
    """
    places = [Path(name), beside / name, ROOT / name] if Path(name).suffix else [MAPS / f"{name}.yml"]
    path = next((place for place in places if place.is_file()), None)
    if path is None:
        known = ", ".join(sorted(p.stem for p in MAPS.glob("*.yml")))
        raise InputFaults([Fault("M02", Path(name).name, facts={"known": known})])
    return parse_map(load_yaml(path), path.name)


def parse_map(values: dict[str, Any], file: str) -> Map:
    """Check the values of a map or a delivery file.

    Raises
    ------
    InputFaults
        P03 another type, P04 a key, table or column that is not known (with the nearest one), M04 a code that the contract
        does not have; all of the file at once.
    """
    try:
        made = Map.model_validate(values)
    except ValidationError as error:
        raise InputFaults(type_faults(error, file, _keys())) from None
    faults = unique([*_unknown_tables(made, file), *_unknown_codes(made, file)])
    if faults:
        raise InputFaults(faults)
    return made


def _unknown_tables(one: Map, file: str) -> Iterator[Fault]:
    """Find tables that the contract does not have."""
    named = [f"files.{i}.tables.{table}" for i, rule in enumerate(one.files) for table in rule.tables]
    for key in [*named, *(f"duplicates.{table}" for table in one.duplicates)]:
        table = key.rpartition(".")[2]
        if table not in TABLES:
            yield Fault("P04", file, facts={"key": key, "nearest": nearest(table, TABLES)})


def _unknown_codes(one: Map, file: str) -> Iterator[Fault]:
    """Find codes that a map gives and the contract does not know: every row would be at fault (M04)."""
    for i, rule in enumerate(one.files):
        for table, target, column in ((t, n, c) for t, rules in rule.tables.items() for n, c in rules.items()):
            known = [str(code) for code in codes(table).get(target, ())] if table in TABLES else []
            given = {"constant": column.constant, "default": column.default, "filled": column.filled}
            values = [(key, str(value)) for key, value in given.items() if value is not None]
            values += [(f"recode.{code}", value) for code, value in column.recode.items()]
            for key, value in ((k, v) for k, v in values if known and v and v not in known):
                where = f"files.{i}.tables.{table}.{target}.{key}"
                facts = {"key": where, "value": value, "codes": ", ".join(known), "nearest": nearest(value, known)}
                yield Fault("M04", file, facts=facts)


def _keys() -> set[str]:
    models: tuple[type[BaseModel], ...] = (Map, FileRule, ColumnRule, Condition, Wide, ReadOptions)
    return {field.alias or name for model in models for name, field in model.model_fields.items()}


def joined(maps: list[tuple[str, Map]]) -> Map:
    """Join the delivery file and several maps into one; where two speak and differ, that is a fault (D03).

    Titles, sources and notes are listed one after the other; lists of attributes are put together.
    """
    faults: list[Fault] = []
    single: dict[str, Any] = {}
    for key in ("scope", "municipality", "data_date"):
        given = [(value, Path(name).name) for name, one in maps if (value := getattr(one, key)) is not None]
        if len({value for value, _ in given}) > 1:
            faults.append(Fault("D03", given[0][1], facts={"key": key}))
        single[key] = given[0][0] if given else None
    merged: dict[str, dict[str, Any]] = {key: {} for key in ("duplicates", "labels", "attributes", "covariates")}
    for key, name, inner, value in _entries(maps, merged):
        known = merged[key].setdefault(inner, value)
        if isinstance(value, list):
            merged[key][inner] = list(dict.fromkeys([*known, *value]))
        elif known != value:
            faults.append(Fault("D03", Path(name).name, facts={"key": f"{key}.{inner}"}))
    faults += [fault for name, one in maps for fault in _unknown_targets(Path(name).name, one, merged)]
    if faults:
        raise InputFaults(faults)
    return Map(
        **single,
        **merged,
        title=" + ".join(dict.fromkeys(one.title for _, one in maps if one.title)),
        source=_sources([one.source for _, one in maps if one.source]),
        abolished="map" if any(one.abolished == "map" for _, one in maps) else "refuse",
        demo=any(one.demo for _, one in maps),
        maps={pattern: named for _, one in maps for pattern, named in one.maps.items()},
        files=[rule for _, one in maps for rule in one.files],
        notes=[note for _, one in maps for note in one.notes],
    )


def _entries(maps: list[tuple[str, Map]], keys: Iterable[str]) -> Iterator[tuple[str, str, str, Any]]:
    return (
        (key, name, inner, value) for key in keys for name, one in maps for inner, value in getattr(one, key).items()
    )


def _unknown_targets(file: str, one: Map, merged: Mapping[str, Mapping[str, Any]]) -> Iterator[Fault]:
    """Find targets that neither the contract nor a declared attribute knows: nothing would ever read them."""
    for rule in one.files:
        for table, targets in rule.tables.items():
            declared = [*merged["attributes"].get(table, ()), *merged["covariates"].get(table, ())]
            known = [*columns(table), *declared]
            for target in (t for t in targets if t not in known):
                yield Fault("P04", file, facts={"key": f"{table}.{target}", "nearest": nearest(target, known)})


def _sources(given: list[Text]) -> Text | None:
    languages: tuple[Literal["lv", "en"], ...] = ("lv", "en")
    texts: Text = {language: "; ".join(dict.fromkeys(one[language] for one in given)) for language in languages}
    return texts if given else None
