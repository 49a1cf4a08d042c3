"""The pattern of what is withheld of a municipality's results: found once for all of its pages, then read."""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import pandas as pd

from analysis import stats
from analysis.batch.aside import outside_of, told_before
from analysis.batch.kept import file_name, kept_text
from analysis.batch.open import open_unit
from analysis.evidence import no_evidence
from analysis.intake.store import Store
from analysis.intake.unit import Unit
from analysis.plan.thresholds import stress
from analysis.release import Pattern, read_pattern


def own_pattern(unit: Unit) -> Pattern:
    """Return which figures of a municipality's results are withheld: the same in both editions, languages and all notebooks.

    Kept beside the store's versions as ``suppression/<slug>.<key>.json``, named by all that decides it; ``prepare`` finds the
    patterns of all municipalities, so that a page reads its own.

    Parameters
    ----------
    unit : Unit
        The municipality; its rows are read where the pattern has to be found first.
    """
    if unit.store is None:
        return _found(unit)
    path = pattern_path(unit)
    return kept_text(path, lambda: _found(unit), read_pattern, Pattern.dump)


def pattern_path(unit: Unit) -> Path:
    """Return where the pattern of a municipality is kept."""
    assert unit.store is not None
    name = file_name(unit.store, unit.municipality_id, unit.params, "").replace(".parquet", ".json")
    return unit.store.folder.parent / "suppression" / name


def suppress_all(store: Store, path: Path, workers: int) -> Iterator[tuple[str, Pattern]]:
    """Find the patterns of all municipalities of a store, several at once; give each as soon as it is known.

    Parameters
    ----------
    store : Store
        The version.
    path : Path
        The store it lies in.
    workers : int
        Processes at once.
    """
    places = store.table("municipalities")["municipality_id"].astype("str").tolist()
    find = partial(_of_place, str(path))
    if workers == 1 or len(places) == 1:
        yield from zip(places, map(find, places), strict=True)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        yield from zip(places, pool.map(find, places), strict=True)


def _of_place(store: str, municipality_id: str) -> Pattern:
    return own_pattern(open_unit(municipality_id, "", store, "board"))


def results_evidence(unit: Unit) -> pd.DataFrame:
    """Return all evidence of results that any page of a municipality shows, in either edition."""
    unit, results, params = replace(unit, edition="board"), unit.results, unit.params
    parts = [
        stats.attainment(results, params),
        stats.result_shares(results, params, unit.modelled),
        stats.high_result_groups(results, unit.attributes, params, unit.modelled),
        stats.band_shares(results, unit.reference_bands, params),
        stats.group_evidence(results, unit.attributes, params),
        stats.school_attainment(results, params),
        stats.school_standing(results, params),
        stats.school_groups(results, unit.attributes, params),
        stress(results, unit.modelled, unit.reference_bands, params),
        unit.modelled,
    ]
    return pd.concat(parts, ignore_index=True)


def _found(unit: Unit) -> Pattern:
    from analysis.release.suppression.suppress import suppress  # the solver is loaded where a pattern is found alone

    if unit.results.empty and unit.store is not None:
        unit = replace(unit, results=unit.store.slice("results", unit.municipality_id))
    before = outside = None
    if unit.store is not None:
        before = told_before(unit.store, unit.municipality_id, unit.params)
        outside = outside_of(unit.store, unit.municipality_id)
    rows = results_evidence(unit) if len(unit.results) else no_evidence()
    return suppress(rows, unit.results, unit.attributes, unit.params, before, outside)
