"""Checking the rows of a delivery's files: types, keys, links, places; what is at fault, in the words of its file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import pandas as pd

from analysis.faults import Fault, rejected
from analysis.intake.checking.crosschecks import cross_faults
from analysis.intake.checking.dates import parse_dates
from analysis.intake.checking.links import of_others, one_row_a_key, unknown_keys
from analysis.intake.checking.notes import notes
from analysis.intake.checking.typed import typed
from analysis.intake.derived import with_derived
from analysis.intake.files import Files
from analysis.intake.mapping.maps import Map
from analysis.intake.provenance import BY_NAME, FILE
from analysis.intake.register import municipalities
from analysis.intake.schools import board_schools, own_place, places

Tables = dict[str, pd.DataFrame]


def check(
    settings: Map, own: str | None, files: Files, faults: Iterable[Fault], today: date | None = None
) -> tuple[Tables, list[Fault]]:
    """Check what the files of a delivery gave.

    Parameters
    ----------
    settings : Map
        Delivery file and maps, joined.
    own : str or None
        A board's own municipality.
    files : Files
        Rows of each table.
    faults : iterable of Fault
        What was found before.
    today : date, optional
        The day of the check; ``data_date`` of the delivery takes its place where it is given.

    Returns
    -------
    dict of str to pd.DataFrame
        Tables with their types; results joined with what is known of pupils and schools where nothing forbids the delivery.
    list of Fault
        All faults. One in a municipality's own file (``results/<municipality_id>.csv``) names that municipality.
    """
    tables, found = board_schools(files.tables(), settings)
    files.parts.clear()  # a country is in memory once: as text, then table by table with its types
    tables = {table: rows.drop(columns=BY_NAME) for table, rows in tables.items()}
    told = _Told(files, _owners(tables))
    told.add(faults)
    for table, of_table in found.items():
        told.add(of_table, table)
    today = _day(settings.data_date) or today
    for table in list(tables):
        tables[table] = _typed(table, tables.pop(table), settings, told, today)
    tables = told.without_failed(tables)
    if not _unreadable(told):
        tables = _linked(tables, own, told)
    if any(fault.municipality_id is None for fault in rejected(told.faults)):
        return tables, told.faults
    tables = with_derived(told.without_failed(tables), settings)
    told.add(notes(tables))
    return tables, told.faults


def _owners(tables: Tables) -> set[str]:
    known = tables.get("municipalities", municipalities())
    return set(known["municipality_id"]) if "municipality_id" in known else set()


@dataclass
class _Told:
    """All faults so far, each told in the words of its file: its sheet, its column, its municipality if it has one."""

    files: Files
    owners: set[str]
    faults: list[Fault] = field(default_factory=list)

    def add(self, faults: Iterable[Fault], table: str = "") -> None:
        """Take faults in; ``table`` tells which target columns they speak of."""
        for fault in faults:
            column = self.files.columns.get((fault.file, table), {}).get(fault.column or "", fault.column)
            owner = self.owner(fault.file) if fault.answer == "reject" else None
            sheet = fault.sheet or self.files.sheets.get(fault.file)
            file = self.files.names.get(fault.file, fault.file)
            told = replace(fault, file=file, column=column, sheet=sheet, municipality_id=owner)
            if told.code != "I01" or not self._knows(told):  # a map's width and the register say it of the same cells
                self.faults.append(told)

    def _knows(self, fault: Fault) -> bool:
        place = (fault.code, fault.file, fault.line, fault.column)
        return any((known.code, known.file, known.line, known.column) == place for known in self.faults)

    def owner(self, file: str) -> str | None:
        """Return the municipality whose own file this is: ``results/<municipality_id>.csv``."""
        folder, _, rest = file.partition("/")
        name = rest.split(".")[0]
        return name if folder in self.files.wanted and name in self.owners else None

    def without_failed(self, tables: Tables) -> Tables:
        """Take the rows of files that fail a municipality alone out of their tables."""
        failed = {fault.file for fault in rejected(self.faults) if fault.municipality_id is not None}
        return {
            table: rows[~rows[FILE].isin(failed)].reset_index(drop=True) if failed and FILE in rows else rows
            for table, rows in tables.items()
        }


def _day(text: str | None) -> date | None:
    found = parse_dates(pd.Series([text or ""], dtype="str")).values.iloc[0]
    return None if pd.isna(found) else found.date()


def _typed(table: str, rows: pd.DataFrame, settings: Map, told: _Told, today: date | None) -> pd.DataFrame:
    lacks = [f for f in told.faults if f.code == "S04" and f.facts["table"] == table]
    covariates = tuple(settings.covariates.get(table, ()))  # type: ignore[call-overload]
    rows, found = typed(table, rows, covariates, {(f.file, str(f.facts["name"])) for f in lacks}, today)
    told.add(found, table)
    rows, found = one_row_a_key(table, rows, settings.duplicates.get(table, "refuse"))
    told.add(found, table)
    return rows


def _unreadable(told: _Told) -> bool:
    """Tell whether a whole table may be missing or half there: what refers to it would be told wrongly."""
    unread = any(told.owner(file) is None for file in told.files.unread)
    return unread or any(f.code == "S04" and f.municipality_id is None for f in told.faults)


def _linked(tables: Tables, own: str | None, told: _Told) -> Tables:
    """Check what tables say of each other, and of the places; keep a board's own municipality alone."""
    everywhere, found = places(tables)
    told.add(found, "municipalities" if "municipalities" in tables else "schools")
    for table in tables:
        told.add([*unknown_keys(table, tables), *cross_faults(table, tables)], table)
    if "schools" in tables:
        _strangers(tables, everywhere, own, told)
    mine, found = own_place(everywhere, own)
    told.add(found)
    return told.without_failed(tables | {"municipalities": mine})


def _strangers(tables: Tables, everywhere: pd.DataFrame, own: str | None, told: _Told) -> None:
    """Find schools of others in a board's delivery, and rows of others in a municipality's own file."""
    names: Mapping[str, str] = dict(zip(everywhere["municipality_id"], everywhere["name"], strict=True))
    schools = tables["schools"]
    if own in names:
        known = schools["municipality_id"].where(schools["municipality_id"].isin(list(names)))
        told.add(of_others("schools", schools, known, str(own), names), "schools")
    home = schools.drop_duplicates("school_id").set_index("school_id")["municipality_id"]
    for table, rows in ((t, r) for t, r in tables.items() if t != "schools" and "school_id" in r):
        for file in rows[FILE].unique():
            if owner := told.owner(str(file)):
                part = rows[rows[FILE] == file]
                told.add(of_others(table, part, part["school_id"].map(home), owner, names), table)
