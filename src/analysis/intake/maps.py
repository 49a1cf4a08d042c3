"""Maps: how the columns of a board's own file feed the tables of the contract, as data, never as code."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from analysis.faults import Fault, InputFaults
from analysis.intake.contracts import TABLES, columns
from analysis.intake.rawtable import ReadOptions
from analysis.params import ROOT, load_yaml, nearest, type_faults

MAPS = ROOT / "data" / "maps"
Text = dict[Literal["lv", "en"], str]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class ColumnRule(_Strict):
    """How one target column is filled; exactly one of the first six says from what.

    Attributes
    ----------
    source : str or list of str, key ``from``
        Column of the file; of several the first filled one.
    constant : str or number
        The same value in every row.
    text : str
        Words and columns: ``Authority {lea}``.
    row_number : bool
        The number of the row as an id.
    file_name : str
        Regular expression; its first group, found in the file's name, is the value.
    delivery : str
        Value of this key of ``delivery.yml`` (``municipality``).
    absent : list of str
        Signs of an absent value; they count as empty before anything else is done.
    strip_prefix, recode, default, factor, shift
        In this order: leading words taken off, values exchanged (others become ``default`` where one is given; an empty
        cell stays empty), unit conversion.
    filled : str
        Any filled cell becomes this value (``status`` out of a score); empty ones become ``default``.
    unknown : list of str
        Id values that mean *unknown*: each such row gets an id of its own.
    school_year : {"ends", "starts"}
        Which year a single number names; forms with two years need no telling.
    school_key : bool
        The value is a school's name and is made into a key by which the same name in another spelling is found.
    lookup : {"municipality", "school"}
        The value is a name or old code, to be found in the register (with ``part``, the column of a parish or town,
        and ``parts``, decisions by value) or among the schools of the delivery.
    optional : bool
        The column may be missing from the file.
    """

    source: str | list[str] | None = Field(default=None, alias="from")
    constant: str | int | float | None = None
    text: str | None = None
    row_number: bool = False
    file_name: str | None = None
    delivery: str | None = None
    strip_prefix: str | list[str] = Field(default_factory=list)
    recode: dict[str, str] = Field(default_factory=dict)
    default: str | None = None
    absent: list[str] = Field(default_factory=list)
    factor: float | None = None
    shift: float | None = None
    filled: str | None = None
    unknown: list[str] = Field(default_factory=list)
    school_year: Literal["ends", "starts"] | None = None
    school_key: bool = False
    lookup: Literal["municipality", "school"] | None = None
    part: str | None = None
    parts: dict[str, str] = Field(default_factory=dict)
    optional: bool = False

    @model_validator(mode="after")
    def one_origin(self) -> "ColumnRule":
        """Refuse a rule that says twice, or nowhere, what fills the column."""
        given = [self.source, self.constant, self.text, self.row_number or None, self.file_name, self.delivery]
        if sum(item is not None for item in given) != 1:
            raise ValueError("from | constant | text | row_number | file_name | delivery")
        return self

    @property
    def columns(self) -> list[str]:
        """Columns of the file that the value comes from, the first filled one of several."""
        sources = [self.source] if isinstance(self.source, str) else list(self.source or [])
        return sources + re.findall(r"{([^{}]+)}", self.text or "")


class Exclusion(_Strict):
    """Rows left out, counted and with a reason that the page states: where a column is one of some values or empty."""

    column: str
    values: list[str] = Field(alias="in")
    reason: Text


class FileRule(_Strict):
    """One kind of file: which files, how to read them, which rows to leave out, which tables they feed."""

    pattern: str
    read: ReadOptions = ReadOptions()
    exclude: list[Exclusion] = Field(default_factory=list)
    absent: list[str] = Field(default_factory=list)
    tables: dict[str, dict[str, ColumnRule]]
    known_schools_only: bool = False
    public: bool = False
    unique: list[str] = Field(default_factory=list)

    @field_validator("tables", mode="before")
    @classmethod
    def short_forms(cls, tables: Any) -> Any:
        """Let ``score: Punkti`` stand for ``score: {from: Punkti}``."""
        if not isinstance(tables, dict):
            return tables
        return {
            table: {target: {"from": rule} if isinstance(rule, str) else rule for target, rule in rules.items()}
            if isinstance(rules, dict)
            else rules
            for table, rules in tables.items()
        }

    @field_validator("tables")
    @classmethod
    def known_tables(cls, tables: dict[str, dict[str, ColumnRule]]) -> dict[str, dict[str, ColumnRule]]:
        """Refuse a table that the contract does not have."""
        if not set(tables) <= set(TABLES):
            raise ValueError(", ".join(TABLES))
        return tables


class Map(_Strict):
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
        M02 unknown, P01–P04 not valid.
    """
    places = [Path(name), beside / name, ROOT / name] if Path(name).suffix else [MAPS / f"{name}.yml"]
    path = next((place for place in places if place.is_file()), None)
    if path is None:
        known = ", ".join(sorted(p.stem for p in MAPS.glob("*.yml")))
        raise InputFaults([Fault("M02", Path(name).name, facts={"known": known})])
    return parse_map(load_yaml(path), path.name)


def parse_map(values: dict[str, Any], file: str) -> Map:
    """Check the values of a map or a delivery file."""
    try:
        return Map.model_validate(values)
    except ValidationError as error:
        raise InputFaults(type_faults(error, file, _keys())) from None


def _keys() -> set[str]:
    models: tuple[type[BaseModel], ...] = (Map, FileRule, ColumnRule, Exclusion, ReadOptions)
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
