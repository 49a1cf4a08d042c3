"""One delivery: its settings, every fault of all its files at once, and the checked tables."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pandas as pd

from analysis.faults import Fault, InputFaults, rejected
from analysis.intake.checking.checks import check
from analysis.intake.files import DELIVERY_FILE, read_files
from analysis.intake.mapping.applying import Excluded
from analysis.intake.mapping.maps import Map, joined, load_map, parse_map
from analysis.intake.schools import own_municipality
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
    public : tuple of str
        Tables whose every figure is published already, as the maps say (``public: true``).
    """

    settings: Map
    municipality_id: str | None
    tables: dict[str, pd.DataFrame]
    faults: tuple[Fault, ...]
    excluded: tuple[Excluded, ...] = ()
    files: dict[str, str] = field(default_factory=dict)
    public: tuple[str, ...] = ()

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


def read_delivery(
    folder: Path, maps: Iterable[str] = (), today: date | None = None, draft: Mapping[str, Map] | None = None
) -> Delivery:
    """Read and check a delivery; faults of the data are returned, all of them.

    Parameters
    ----------
    folder : Path
        The delivery.
    maps : iterable of str
        Maps by path or by stem in ``data/maps/``, beside what ``delivery.yml`` says.
    today : date, optional
        The day of the check: nothing that was done can be dated later. A delivery that gives its ``data_date`` is held to
        that one; without either no date is too late.
    draft : mapping of str to Map, optional
        Files of the folder that are not written yet, by name: ``delivery.yml`` and maps beside it.

    Raises
    ------
    InputFaults
        If the delivery file or a map itself cannot be trusted: nothing can be read without them.
    """
    settings = _settings(folder, list(maps), draft or {})
    own, faults = own_municipality(settings)
    files = read_files(folder, settings, {"municipality": own})
    tables, faults = check(settings, own, files, [*faults, *files.faults, *_lacking(settings, files.wanted)], today)
    public = tuple(sorted(table for table, is_public in files.public.items() if is_public))
    return Delivery(settings, own, tables, tuple(faults), tuple(files.excluded), files.hashes, public)


def _settings(folder: Path, maps: list[str], draft: Mapping[str, Map]) -> Map:
    if not folder.is_dir():
        raise InputFaults([Fault("C14", folder.name, facts={"kind": _NO_FOLDER})])
    given = [(name, load_map(name)) for name in maps]
    own = folder / DELIVERY_FILE
    if own.is_file() or DELIVERY_FILE in draft:
        delivery = draft.get(DELIVERY_FILE) or parse_map(load_yaml(own), DELIVERY_FILE)
        for pattern, name in delivery.maps.items():
            rules = draft.get(name) or load_map(name, folder)
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
