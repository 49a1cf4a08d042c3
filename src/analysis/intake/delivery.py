"""One delivery: which file feeds which table, every fault of all of them at once, and the checked tables."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatch
from pathlib import Path

import pandas as pd

from analysis.faults import Fault, InputFaults, rejected
from analysis.intake.contracts import TABLES, columns
from analysis.intake.derived import with_derived
from analysis.intake.links import known, one_row_a_key, personal_codes
from analysis.intake.mapping import Excluded, Mapped, apply_rule
from analysis.intake.maps import ColumnRule, FileRule, Map, joined, load_map, parse_map
from analysis.intake.provenance import FILE, own_columns
from analysis.intake.schools import board_schools, own_municipality, places
from analysis.intake.sources import SUFFIXES, read_source
from analysis.intake.typed import typed
from analysis.params import load_yaml

DELIVERY_FILE = "delivery.yml"


@dataclass(frozen=True)
class Delivery:
    """What a folder of files turned out to hold.

    Attributes
    ----------
    settings : Map
        Delivery file and maps, joined.
    municipality_id : str or None
        The board's own municipality, where the scope is ``board``.
    tables : dict of str to pd.DataFrame
        Checked tables of the contract, with provenance columns.
    faults : tuple of Fault
        Everything found, accepted and repaired things included.
    excluded : tuple of Excluded
        Rows that the maps left out.
    files : dict of str to str
        Files read → sha256.
    """

    settings: Map
    municipality_id: str | None
    tables: dict[str, pd.DataFrame]
    faults: tuple[Fault, ...]
    excluded: tuple[Excluded, ...] = ()
    files: dict[str, str] = field(default_factory=dict)

    @property
    def rejected(self) -> list[Fault]:
        """Faults that forbid the whole delivery."""
        return [fault for fault in rejected(self.faults) if fault.municipality_id is None]

    @property
    def failed_municipalities(self) -> dict[str, list[Fault]]:
        """Municipalities whose own file is at fault; they fail alone."""
        failed: dict[str, list[Fault]] = {}
        for fault in rejected(self.faults):
            if fault.municipality_id is not None:
                failed.setdefault(fault.municipality_id, []).append(fault)
        return failed


def read_delivery(folder: Path, maps: Iterable[str] = ()) -> Delivery:
    """Read and check a delivery; faults of the data are returned, all of them.

    Parameters
    ----------
    folder : Path
        The delivery.
    maps : iterable of str
        Maps by path or by stem in ``data/maps/``, beside what ``delivery.yml`` says.

    Raises
    ------
    InputFaults
        If the delivery file or a map itself cannot be trusted: nothing can be read without them.
    """
    settings = _settings(folder, list(maps))
    parts, faults, files = _read_files(folder, settings)
    tables = {table: _stacked(frames) for table, frames in parts.tables.items()}
    own, found = own_municipality(settings)
    faults += found
    faults += _lacking(settings, tables)
    if not rejected(f for f in faults if f.municipality_id is None):
        tables, found = _checked(tables, settings, own)
        faults += found
    return Delivery(settings, own, tables, tuple(faults), parts.excluded, files)


@dataclass
class _Parts:
    tables: dict[str, list[pd.DataFrame]] = field(default_factory=dict)
    excluded: tuple[Excluded, ...] = ()


def _settings(folder: Path, maps: list[str]) -> Map:
    if not folder.is_dir():
        raise InputFaults([Fault("C14", folder.name, facts={"kind": "folder missing"})])
    given = [(name, load_map(name)) for name in maps]
    own = folder / DELIVERY_FILE
    if own.is_file():
        delivery = parse_map(load_yaml(own), DELIVERY_FILE)
        for pattern, name in delivery.maps.items():
            rules = load_map(name)
            only = len(rules.files) == 1
            given.append(
                (
                    name,
                    rules.model_copy(
                        update={
                            "files": [
                                rule.model_copy(update={"pattern": pattern} if only else {}) for rule in rules.files
                            ]
                        }
                    ),
                )
            )
        given.insert(0, (DELIVERY_FILE, delivery))
    return joined(given)


def _read_files(folder: Path, settings: Map) -> tuple[_Parts, list[Fault], dict[str, str]]:
    parts, faults, files = _Parts(), [], {}
    for path in sorted(p for p in folder.rglob("*") if not p.is_dir()):
        name = path.relative_to(folder).as_posix()
        if name == DELIVERY_FILE or any(part.startswith(".") for part in path.relative_to(folder).parts):
            continue
        rules = [rule for rule in settings.files if fnmatch(name, rule.pattern) or fnmatch(path.name, rule.pattern)]
        table = _table_of(name)
        if not rules and table is None:
            faults.append(Fault("D02", name))
            continue
        try:
            mapped = [_read_one(path, name, rule, settings) for rule in rules] or [
                _read_plain(path, name, str(table), settings)
            ]
        except InputFaults as found:
            faults += _in_own_file(found.faults, name)
            continue
        files[name] = _sha256(path)
        for one in mapped:
            faults += _in_own_file(one.faults, name)
            parts.excluded += one.excluded
            for target, frame in one.tables.items():
                parts.tables.setdefault(target, []).append(frame)
    return parts, faults, files


def _table_of(name: str) -> str | None:
    """A file feeds a table by its own name, or by the name of the folder it lies in."""
    folder, _, rest = name.partition("/")
    stem = folder if rest else folder.split(".")[0]
    return stem if stem in TABLES and name.endswith((*SUFFIXES, ".pkl", ".pickle")) else None


def _own_municipality_file(name: str) -> str | None:
    first, _, rest = name.partition("/")
    return rest.split(".")[0] if rest and first in TABLES else None


def _in_own_file(faults: Iterable[Fault], name: str) -> list[Fault]:
    municipality_id = _own_municipality_file(name)
    return [replace(f, municipality_id=municipality_id) if f.answer == "reject" else f for f in faults]


def _read_one(path: Path, name: str, rule: FileRule, settings: Map) -> Mapped:
    raw = read_source(path, name, rule.read)
    codes = personal_codes(raw)
    mapped = apply_rule(raw, rule, {"municipality": settings.municipality}, settings.abolished)
    return replace(mapped, faults=(*codes, *mapped.faults))


def _read_plain(path: Path, name: str, table: str, settings: Map) -> Mapped:
    """A file in the contract's own layout: every column that the contract or the maps name feeds itself."""
    raw = read_source(path, name)
    declared = [*settings.attributes.get(table, []), *settings.covariates.get(table, [])]  # type: ignore[call-overload]
    own = {c: ColumnRule(source=c, optional=True) for c in [*columns(table), *declared]}
    mapped = apply_rule(raw, FileRule(pattern=name, tables={table: own}), {}, settings.abolished)
    return replace(mapped, faults=(*personal_codes(raw), *mapped.faults))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _stacked(frames: list[pd.DataFrame]) -> pd.DataFrame:
    if len(frames) == 1:
        return frames[0]
    rows = pd.concat(frames, ignore_index=True)
    text = own_columns(rows)
    return rows.assign(**{c: rows[c].where(rows[c].notna(), "") for c in text})


def _lacking(settings: Map, tables: Mapping[str, pd.DataFrame]) -> list[Fault]:
    """A delivery needs a scope, schools, and results of pupils or of schools."""
    faults = []
    if settings.scope is None:
        todo = "delivery.yml: scope: country | board"
        faults.append(Fault("D01", DELIVERY_FILE, facts={"missing": "scope", "todo": todo}))
    named_only = "schools" not in tables and any(rule.known_schools_only for rule in settings.files)
    if named_only:
        faults.append(Fault("N10", DELIVERY_FILE))
    elif "schools" not in tables:
        faults.append(Fault("D01", DELIVERY_FILE, facts={"missing": "schools", "todo": "schools.csv"}))
    if not {"results", "school_results"} & set(tables):
        todo = "results.csv / school_results.csv"
        faults.append(Fault("D01", DELIVERY_FILE, facts={"missing": "results, school_results", "todo": todo}))
    return faults


def _checked(
    tables: dict[str, pd.DataFrame], settings: Map, own: str | None
) -> tuple[dict[str, pd.DataFrame], list[Fault]]:
    faults: list[Fault] = []
    tables, found = board_schools(tables, settings)
    faults += found
    out: dict[str, pd.DataFrame] = {}
    for table, rows in tables.items():
        covariates = tuple(settings.covariates.get(table, ()))  # type: ignore[call-overload]
        checked, found = typed(table, rows, covariates)
        faults += _by_own_file(found)
        if not any(f.code == "S04" for f in found):
            checked, found = one_row_a_key(table, checked, settings.duplicates.get(table, "refuse"))
            faults += _by_own_file(found)
        out[table] = checked
    if rejected(f for f in faults if f.code == "S04"):
        return out, faults
    out = _without_failed(out, faults)
    out["municipalities"], found = places(out, own)
    faults += [*found, *_by_own_file(known(out))]
    return with_derived(_without_failed(out, faults), settings), faults


def _by_own_file(faults: Iterable[Fault]) -> list[Fault]:
    return [fault for one in faults for fault in _in_own_file([one], one.file)]


def _without_failed(tables: dict[str, pd.DataFrame], faults: Iterable[Fault]) -> dict[str, pd.DataFrame]:
    """Take the rows of files that fail a municipality alone out of all tables of folders."""
    failed = {fault.file for fault in faults if fault.municipality_id is not None and fault.answer == "reject"}
    return {
        t: rows[~rows[FILE].isin(failed)].reset_index(drop=True) if FILE in rows else rows for t, rows in tables.items()
    }
