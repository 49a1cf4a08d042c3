"""What the views of every municipality are made of: computed once, then at hand."""

import multiprocessing
import os
import threading
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from analysis import plan, stats
from analysis.batch.kept import file_name, keep, stored
from analysis.batch.kept_plan import shown_plan
from analysis.batch.nation import pattern_of
from analysis.batch.open import DEMO_STORE, demo_store, from_root, open_unit, params_path
from analysis.batch.planned import Planned
from analysis.intake.store import Store, open_store
from analysis.intake.unit import Unit
from analysis.params import load_params
from analysis.release import release
from analysis.report.explore.choosing import Available, available
from analysis.words.collation import latvian_key

_WAIT = 0.25  # seconds between two looks for what the other process has computed


@dataclass(frozen=True)
class Shelf:
    """The municipalities of one store.

    Attributes
    ----------
    path : Path
        The store.
    store : Store
        Its current version.
    edition, language : str
        Of all units.
    names : dict of str to str
        Municipality → its name, in Latvian alphabetical order.
    params_files : dict of str to str
        Municipality → a parameter file other than its usual one.
    known : dict of str to Available
        What is at hand; the units in it carry no pupil rows.
    """

    path: Path
    store: Store
    edition: str
    language: str
    names: dict[str, str]
    params_files: dict[str, str] = field(default_factory=dict)
    known: dict[str, Available] = field(default_factory=dict)


def open_shelf(store: str, edition: str, language: str) -> Shelf:
    """Open a prepared store, the demo store where none is named."""
    opened, path = (open_store(from_root(store)), from_root(store)) if store else (demo_store(), DEMO_STORE)
    places = opened.table("municipalities")
    pairs = zip(places["municipality_id"].astype(str), places["name"].astype(str), strict=True)
    names = sorted(pairs, key=lambda pair: (latvian_key(pair[1]), pair[0]))
    return Shelf(path, opened, edition, language, dict(names))


def evidence_of(unit: Unit, supported: Planned | None = None) -> list[pd.DataFrame]:
    """Compute all the evidence that the municipality's page is made of: the same statistics, in the same order.

    Parameters
    ----------
    unit : Unit
        The municipality.
    supported : Planned, optional
        Its support plan, where that is at hand already.
    """
    results, params = unit.results, unit.params
    groups = stats.group_evidence(results, unit.attributes, params)
    return [
        stats.attainment(results, params),
        stats.trend(results, params),
        stats.result_shares(results, params, unit.modelled),
        stats.high_result_groups(results, unit.attributes, params, unit.modelled),
        stats.band_shares(results, unit.reference_bands, params),
        groups,
        stats.school_attainment(results, params),
        stats.school_spread(results, params),
        stats.published_means(unit.school_results),
        stats.published_bands(unit.school_bands),
        stats.roster(results, unit.school_results),
        stats.data_notes(results),
        unit.modelled,
        plan.changes(results, unit.earlier, unit.attributes, params),
        plan.named_before(groups, unit.earlier),
        shown_plan(unit) if supported is None else supported.shown,
    ]


def take(shelf: Shelf, municipality_id: str) -> Available:
    """Return what can be looked at in a municipality; the first time it is computed, or read if it was before.

    Every view of a municipality goes through ``release()`` with all of its evidence, so that nothing is shown here that
    its page withholds.
    """
    if municipality_id not in shelf.known:
        rows = stored(_path(shelf, municipality_id))
        rows = _computed(shelf, municipality_id) if rows is None else rows
        unit = _open(shelf, municipality_id, rows=False)
        shelf.known[municipality_id] = available(_dated(unit, rows), release(rows, unit.params, pattern_of(unit)))
    return shelf.known[municipality_id]


def at_hand(shelf: Shelf, municipality_id: str) -> bool:
    """Tell whether a municipality can be shown at once."""
    return municipality_id in shelf.known


def fetch_ahead(shelf: Shelf, first: str) -> None:
    """Get all other municipalities ready while the analyst reads, those next to the first one in the list first.

    Another process, of low priority, computes what was never computed; a thread here takes it from the disk.
    """
    ids = list(shelf.names)
    start = ids.index(first)
    order = sorted(ids, key=lambda i: abs(ids.index(i) - start))
    spawn = multiprocessing.get_context("spawn")
    wanted = (str(shelf.path), shelf.edition, shelf.language, tuple(shelf.params_files.items()), tuple(order))
    worker = spawn.Process(target=_compute_all, args=wanted, daemon=True)
    worker.start()
    threading.Thread(target=_take_all, args=(shelf, order, worker), daemon=True).start()


def _compute_all(
    path: str, edition: str, language: str, params_files: tuple[tuple[str, str], ...], order: Iterable[str]
) -> None:
    if hasattr(os, "nice"):
        os.nice(10)
    shelf = replace(open_shelf(path, edition, language), params_files=dict(params_files))
    for municipality_id in order:
        if not _path(shelf, municipality_id).exists():
            _computed(shelf, municipality_id)


def _take_all(shelf: Shelf, order: Iterable[str], worker: multiprocessing.process.BaseProcess) -> None:
    """Take each municipality as soon as its evidence lies on the disk; what the other process did not do is left."""
    for municipality_id in order:
        with suppress(Exception):  # what cannot be fetched ahead is told when it is asked for
            path = _path(shelf, municipality_id)
            while not path.exists() and worker.is_alive():
                worker.join(_WAIT)
            if path.exists():
                take(shelf, municipality_id)


def _open(shelf: Shelf, municipality_id: str, *, rows: bool = True) -> Unit:
    params_file = shelf.params_files.get(municipality_id, "")
    return open_unit(municipality_id, params_file, str(shelf.path), shelf.edition, shelf.language, rows=rows)


def _dated(unit: Unit, evidence: pd.DataFrame) -> Unit:
    """Give a unit without pupils' rows its newest school year, by which older figures are told."""
    years = evidence.loc[evidence["indicator"] == "roster", ["school_year"]].dropna().head(1)
    return replace(unit, results=years.reset_index(drop=True))


def _path(shelf: Shelf, municipality_id: str) -> Path:
    """Return where a municipality's evidence is kept: beside the store's versions, named by all that decides it."""
    own = shelf.params_files.get(municipality_id, "")
    params = load_params(from_root(own) if own else params_path(municipality_id))
    return shelf.path / "explore" / file_name(shelf.store, municipality_id, params, shelf.edition)


def _computed(shelf: Shelf, municipality_id: str) -> pd.DataFrame:
    rows = pd.concat(evidence_of(_open(shelf, municipality_id)), ignore_index=True)
    with suppress(OSError):  # a store that cannot be written is computed anew each time
        keep(rows, _path(shelf, municipality_id))
    return rows
