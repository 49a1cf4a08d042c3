"""Which file of a delivery feeds which table, and what each of them holds."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

import pandas as pd

from analysis.faults import Fault, InputFaults, unique
from analysis.intake.checking.links import personal_codes
from analysis.intake.contracts import TABLES, columns
from analysis.intake.mapping.applying import Excluded, Mapped, apply_rules, named_columns, repeats
from analysis.intake.mapping.maps import ColumnRule, FileRule, Map
from analysis.intake.provenance import own_columns
from analysis.intake.reading.lookalikes import lookalike_names
from analysis.intake.reading.sources import PICKLES, SUFFIXES, half_read, read_source
from analysis.intake.templates import example_rows

DELIVERY_FILE = "delivery.yml"


@dataclass
class Files:
    """What the files of a delivery gave.

    Attributes
    ----------
    parts : dict of str to list of (pd.DataFrame, bool)
        Rows of each table, a file each, and whether that file may repeat an entity.
    wanted : set of str
        Tables that some file was meant to feed, read or not.
    faults : list of Fault
        What was found; the files that could not be read, or not all of them, are ``unread``.
    excluded : list of Excluded
        Rows that maps left out.
    hashes, sheets : dict of str to str
        Files read → sha256; workbooks → sheet.
    names : dict of str to str
        A workbook of which several sheets are read goes by a name for each sheet; here its own name.
    public : dict of str to bool
        Table → whether all of its figures are published already.
    columns : dict of (file, table) to dict of str to str
        Target column → column of the file.
    """

    parts: dict[str, list[tuple[pd.DataFrame, bool]]] = field(default_factory=dict)
    wanted: set[str] = field(default_factory=set)
    unread: set[str] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)
    excluded: list[Excluded] = field(default_factory=list)
    hashes: dict[str, str] = field(default_factory=dict)
    sheets: dict[str, str] = field(default_factory=dict)
    columns: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    public: dict[str, bool] = field(default_factory=dict)

    def tables(self) -> dict[str, pd.DataFrame]:
        """Put the files of each table together."""
        return {table: _stacked(parts) for table, parts in self.parts.items()}


def read_files(folder: Path, settings: Map, delivery: Mapping[str, str | None]) -> Files:
    """Read every file that a map, or its own name, gives to a table; the others are listed and left alone (D02)."""
    files = Files()
    for path in sorted(p for p in folder.rglob("*") if p.is_symlink() or not p.is_dir()):
        relative = path.relative_to(folder)
        name = relative.as_posix()
        if name in (DELIVERY_FILE, *settings.maps.values()) or any(part.startswith(".") for part in relative.parts):
            continue
        rules = _rules(name, settings)
        files.wanted |= {table for rule in rules for table in rule.tables}
        if not rules:
            files.faults.append(Fault("D02", name))
        for same in _read_alike(rules):
            _add(files, path, name, same, settings, delivery)
    files.faults = unique(files.faults)
    return files


def _rules(name: str, settings: Map) -> list[FileRule]:
    """Find the rules for a file, each once; without one a file feeds the table that it, or its folder, is named after."""
    rules: list[FileRule] = []
    for rule in settings.files:
        if fnmatch(name, rule.pattern) or fnmatch(name.rpartition("/")[2], rule.pattern):
            named = rule.model_copy(update={"pattern": name})
            rules += [] if named in rules else [named]
    first, _, rest = name.partition("/")
    table = first if rest else first.split(".")[0]
    if rules or table not in TABLES or not name.endswith((*SUFFIXES, *PICKLES)):
        return rules
    declared = [*settings.attributes.get(table, []), *settings.covariates.get(table, [])]  # type: ignore[call-overload]
    own = {column: ColumnRule(source=column, optional=True) for column in [*columns(table), *declared]}
    return [FileRule(pattern=name, tables={table: own})]


def _read_alike(rules: list[FileRule]) -> list[list[FileRule]]:
    """Put the rules of a file together that read it in the same way: each reading is done once."""
    return [[rule for rule in rules if rule.read == read] for read in dict.fromkeys(rule.read for rule in rules)]


def _add(
    files: Files, path: Path, name: str, rules: list[FileRule], settings: Map, delivery: Mapping[str, str | None]
) -> None:
    """Read a file in one way; where several of its sheets are read, each goes by a name of its own."""
    sheet = rules[0].read.sheet
    several = sheet is not None and any(r.read.sheet != sheet for r in _rules(name, settings))
    called = f"{name} [{sheet}]" if several else name
    files.names[called] = name
    if sheet is not None:
        files.sheets[called] = sheet
    try:
        made = _read(path, called, rules, settings, delivery, files)
    except InputFaults as found:
        files.faults += found.faults
        files.unread.add(called)
        return
    files.hashes[name] = _sha256(path)
    for rule, mapped in zip(rules, made, strict=True):
        files.faults += mapped.faults
        files.excluded += mapped.excluded
        for table, frame in mapped.tables.items():
            files.parts.setdefault(table, []).append((frame, repeats(rule, table)))
            files.columns.setdefault((called, table), {}).update(mapped.columns[table])
            files.public[table] = files.public.get(table, True) and rule.public
            strange = lookalike_names(table, frame, mapped.columns[table])
            files.faults += strange
            files.unread |= {called} if strange else set()


def _read(
    path: Path, name: str, rules: list[FileRule], settings: Map, delivery: Mapping[str, str | None], files: Files
) -> list[Mapped]:
    expected = list(dict.fromkeys(column for rule in rules for column in named_columns(rule)))
    raw = read_source(path, name, rules[0].read, expected)
    if raw.sheet:
        files.sheets[name] = raw.sheet
    tables = dict.fromkeys(table for rule in rules for table in rule.tables)
    files.faults += [*personal_codes(raw), *raw.notes, *(f for table in tables for f in example_rows(raw, table))]
    files.unread |= {name} if half_read(raw) else set()
    return apply_rules(raw, rules, delivery, settings.abolished)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _stacked(parts: Iterable[tuple[pd.DataFrame, bool]]) -> pd.DataFrame:
    """Put the rows of several files together; an entity that several files of results repeat is one row."""
    parts = list(parts)
    if len(parts) == 1:
        return parts[0][0]
    rows = pd.concat([frame for frame, _ in parts], ignore_index=True)
    own = own_columns(rows)
    rows = rows.assign(**{c: rows[c].where(rows[c].notna(), "") for c in own})
    shared = pd.Series([flag for frame, flag in parts for _ in range(len(frame))], index=rows.index)
    return rows[~(shared & rows.duplicated(own))].reset_index(drop=True)
