"""One delivery: its settings, every fault of all its files at once, and the checked tables."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from analysis.faults import Fault, InputFaults, rejected
from analysis.intake.derived import with_derived
from analysis.intake.files import DELIVERY_FILE, Files, read_files
from analysis.intake.links import of_others, one_row_a_key, unknown_keys
from analysis.intake.mapping import Excluded
from analysis.intake.maps import Map, joined, load_map, parse_map
from analysis.intake.notes import notes
from analysis.intake.provenance import BY_NAME, FILE
from analysis.intake.register import municipalities
from analysis.intake.schools import board_schools, own_municipality, own_place, places
from analysis.intake.typed import typed
from analysis.params import load_yaml

_NO_FOLDER = {"lv": "mapes nav", "en": "the folder is missing"}


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
        Checked tables of the contract, with provenance columns; complete only where nothing is ``rejected``.
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
    own, faults = own_municipality(settings)
    files = read_files(folder, settings, {"municipality": own})
    check = _Check(settings, own, files, [*faults, *files.faults, *_lacking(settings, files.wanted)])
    tables = check.run()
    return Delivery(settings, own, tables, tuple(check.faults), tuple(files.excluded), files.hashes)


def _settings(folder: Path, maps: list[str]) -> Map:
    if not folder.is_dir():
        raise InputFaults([Fault("C14", folder.name, facts={"kind": _NO_FOLDER})])
    given = [(name, load_map(name)) for name in maps]
    own = folder / DELIVERY_FILE
    if own.is_file():
        delivery = parse_map(load_yaml(own), DELIVERY_FILE)
        for pattern, name in delivery.maps.items():
            rules = load_map(name, folder)
            if len(rules.files) == 1:  # of a map for several kinds of files its own patterns tell which is which
                rules = rules.model_copy(update={"files": [rules.files[0].model_copy(update={"pattern": pattern})]})
            given.append((name, rules))
        given.insert(0, (DELIVERY_FILE, delivery))
    return joined(given)


def _lacking(settings: Map, wanted: set[str]) -> list[Fault]:
    """A delivery needs a scope, schools, and results of pupils or of schools."""
    faults = []
    if settings.scope is None:
        todo = "delivery.yml: scope: country | board"
        faults.append(Fault("D01", DELIVERY_FILE, facts={"missing": "scope", "todo": todo}))
    if "schools" not in wanted:
        named_only = any(rule.known_schools_only for rule in settings.files)
        facts = {"missing": "schools", "todo": "schools.csv"}
        faults.append(Fault("N10", DELIVERY_FILE) if named_only else Fault("D01", DELIVERY_FILE, facts=facts))
    if not {"results", "school_results"} & wanted:
        todo = "results.csv / school_results.csv"
        faults.append(Fault("D01", DELIVERY_FILE, facts={"missing": "results, school_results", "todo": todo}))
    return faults


@dataclass
class _Check:
    """The checks of one delivery, from rows of files to tables that a store may hold."""

    settings: Map
    own: str | None
    files: Files
    faults: list[Fault]

    def run(self) -> dict[str, pd.DataFrame]:
        tables, found = board_schools(self.files.tables(), self.settings)
        tables = {table: rows.drop(columns=BY_NAME) for table, rows in tables.items()}
        self._own_files(tables)
        self._add(found)
        tables = {table: self._typed(table, rows) for table, rows in tables.items()}
        tables = self._without_failed(tables)
        if not self._unreadable():
            tables = self._linked(tables)
        if any(fault.municipality_id is None for fault in rejected(self.faults)):
            return tables
        tables = with_derived(self._without_failed(tables), self.settings)
        self._add(notes(tables))
        return tables

    def _own_files(self, tables: dict[str, pd.DataFrame]) -> None:
        """Learn which files are one municipality's own: ``results/<municipality_id>.csv``."""
        known = tables.get("municipalities", municipalities()).get("municipality_id", pd.Series(dtype="str"))
        self.owners = {i: i for i in known}
        self.faults, faults = [], self.faults
        self._add(faults)

    def _owner(self, file: str) -> str | None:
        folder, _, rest = file.partition("/")
        return self.owners.get(rest.split(".")[0]) if folder in self.files.wanted else None

    def _add(self, faults: Iterable[Fault], table: str = "") -> None:
        """Take faults in, told in the words of their file: its sheet, its column, its municipality if it has one."""
        for fault in faults:
            column = self.files.columns.get((fault.file, table), {}).get(fault.column or "", fault.column)
            owner = self._owner(fault.file) if fault.answer == "reject" else None
            sheet = fault.sheet or self.files.sheets.get(fault.file)
            self.faults.append(replace(fault, column=column, sheet=sheet, municipality_id=owner))

    def _typed(self, table: str, rows: pd.DataFrame) -> pd.DataFrame:
        lacking = {(f.file, str(f.facts["name"])) for f in self.faults if f.code == "S04" and f.facts["table"] == table}
        covariates = tuple(self.settings.covariates.get(table, ()))  # type: ignore[call-overload]
        rows, found = typed(table, rows, covariates, lacking)
        self._add(found, table)
        rows, found = one_row_a_key(table, rows, self.settings.duplicates.get(table, "refuse"))
        self._add(found, table)
        return rows

    def _unreadable(self) -> bool:
        """Tell whether a whole table may be missing or half there: what refers to it would be told wrongly."""
        unread = any(self._owner(file) is None for file in self.files.unread)
        return unread or any(f.code == "S04" and f.municipality_id is None for f in self.faults)

    def _linked(self, tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
        everywhere, found = places(tables)
        self._add(found, "schools" if "municipalities" not in tables else "municipalities")
        for table in tables:
            by_register = {k: v for k, v in tables.items() if k != "municipalities" or "municipalities" in tables}
            self._add(unknown_keys(table, by_register), table)
        if "schools" in tables:
            self._add_strangers(tables, everywhere)
        mine, found = own_place(everywhere, self.own)
        self._add(found)
        return self._without_failed(tables | {"municipalities": mine})

    def _add_strangers(self, tables: dict[str, pd.DataFrame], everywhere: pd.DataFrame) -> None:
        """Find schools of others in a board's delivery, and rows of others in a municipality's own file."""
        names = dict(zip(everywhere["municipality_id"], everywhere["name"], strict=True))
        schools = tables["schools"]
        if self.own is not None and self.own in names:
            known = schools["municipality_id"].where(schools["municipality_id"].isin(everywhere["municipality_id"]))
            self._add(of_others("schools", schools, known, self.own, names), "schools")
        home = schools.drop_duplicates("school_id").set_index("school_id")["municipality_id"]
        for table, rows in ((t, r) for t, r in tables.items() if t != "schools" and "school_id" in r):
            for file in rows[FILE].unique():
                if owner := self._owner(str(file)):
                    part = rows[rows[FILE] == file]
                    self._add(of_others(table, part, part["school_id"].map(home), owner, names), table)

    def _without_failed(self, tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
        """Take the rows of files that fail a municipality alone out of their tables."""
        failed = {fault.file for fault in rejected(self.faults) if fault.municipality_id is not None}
        return {
            table: rows[~rows[FILE].isin(failed)].reset_index(drop=True) if failed and FILE in rows else rows
            for table, rows in tables.items()
        }
