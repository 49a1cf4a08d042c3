"""Which rows of the whole country pages may show: found for all municipalities together, after the pattern of each."""

import hashlib
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
from tqdm import tqdm

from analysis.batch.kept import file_name, kept_text
from analysis.batch.open import NATION, open_unit, params_path
from analysis.batch.suppressed import own_pattern, suppress_all
from analysis.batch.workers import cores
from analysis.evidence import KEYS, evidence, no_evidence
from analysis.intake.store import Store, slug
from analysis.intake.unit import MODELLED, MODELLED_COUNTRY, RESULT_COLUMNS, Unit
from analysis.params import Params, load_params
from analysis.release import OfNation, Pattern, read_nation, release
from analysis.release.primary import limits
from analysis.release.suppression.keys import Key, row_keys
from analysis.release.suppression.moved import Then, moved_by_few
from analysis.release.suppression.planned import of_people

_BANDS, _DATA = "band_share", "10_data_check"
_TEST = ["school_year", "grade", "test", "domain", "level"]


def pattern_of(unit: Unit) -> Pattern:
    """Return which figures a municipality's pages withhold: its own, and those of the country beside them.

    Parameters
    ----------
    unit : Unit
        The municipality; its rows are read where its pattern has to be found first.
    """
    own = own_pattern(unit)
    return own if unit.store is None else replace(own, nation=nation_of(unit.store))


def nation_of(store: Store) -> OfNation | None:
    """Return which rows of the country may be told beside all municipalities' pages.

    Kept beside the patterns as ``suppression/_.<key>.json``. None where a board delivered its own pupils alone: what it shows
    of the country is public.
    """
    if store.facts["scope"] != "country":
        return None
    if not _counted(store):  # of one municipality alone the country is that municipality
        return OfNation(frozenset(), frozenset())
    return kept_text(_path(store), lambda: _found(store), read_nation, OfNation.dump)


def find_first(store: Store, notebooks: Iterable[Path]) -> None:
    """Find the patterns that pages of a country need before any is made, unless they are known or nothing needs them."""
    if all(path.stem == _DATA for path in notebooks) or not _counted(store):
        return
    if not _path(store).exists():
        suppress_and_tell(store)


def _counted(store: Store) -> bool:
    """Tell whether figures of the country are counted from the pupils of several municipalities."""
    return store.facts["scope"] == "country" and len(_places(store)) > 1


def _path(store: Store) -> Path:
    """Return where it is kept, named by all that decides the patterns of all municipalities."""
    decided = [file_name(store, place, load_params(params_path(place)), "") for place in ["", *_places(store)]]
    key = hashlib.sha256(" ".join(decided).encode()).hexdigest()[:16]
    return store.folder.parent / NATION / f"{slug('')}.{key}.json"


def suppress_and_tell(store: Store) -> None:
    """Find the patterns of all municipalities of a store, and of the country, with progress on the terminal."""
    every = 0.1 if sys.stderr.isatty() else 30.0
    count = len(_places(store))
    with tqdm(total=count, desc="aizsardzība", unit="pašvaldība", mininterval=every, file=sys.stderr) as bar:
        for _ in suppress_all(store, store.folder.parent, cores()):
            bar.update()
    nation_of(store)


def _places(store: Store) -> list[str]:
    return sorted(store.table("municipalities")["municipality_id"].astype("str"))


def _found(store: Store) -> OfNation:
    from analysis.release.suppression.nation import told_of_nation  # the solver is loaded where it is found alone
    from analysis.release.suppression.subtracted import Place

    folder = str(store.folder.parent.resolve())
    units = {place: open_unit(place, "", folder, "board", rows=False) for place in _places(store)}
    patterns = {place: own_pattern(unit) for place, unit in units.items()}
    rows = pd.concat([_modelled(store), _in_bands(store, patterns)], ignore_index=True)
    places = {
        place: Place(
            (own := patterns[place]).told, own.known - own.told, unit.params, _own(unit, own, rows["indicator"])
        )
        for place, unit in units.items()
    }
    rows = rows.assign(pages=rows["pages"].fillna(len(places)))
    params = _strictest([unit.params for unit in units.values()])
    told = told_of_nation(rows, results_of_all(store), places, params)
    moved = moved_by_few(rows, _then(patterns), limits(rows, params), params)
    return OfNation(frozenset(row_keys(rows)), told - set(row_keys(rows[moved])))


def _then(patterns: dict[str, Pattern]) -> dict[Key, tuple[Then, ...]]:
    """Return what earlier issues told of the country, on whichever page."""
    found: dict[Key, dict[Then, None]] = {}
    for pattern in patterns.values():
        for key, then in pattern.then.items():
            if not key[KEYS.index("municipality_id")]:
                found.setdefault(key, {}).update(dict.fromkeys(then))
    return {key: tuple(then) for key, then in found.items()}


def _strictest(params: list[Params]) -> Params:
    """Return the country's parameters with the largest limits that any board has set."""
    own = load_params(params_path(""))
    every = [own, *params]
    most = {name: max(getattr(one, name) for one in every) for name in ("smallest_group", "smallest_group_sensitive")}
    sensitive = sorted({name for one in every for name in one.sensitive_attributes})
    return own.model_copy(update=most | {"sensitive_attributes": tuple(sensitive)})


def results_of_all(store: Store) -> pd.DataFrame:
    """Return the results of all municipalities."""
    parts = [rows for place in _places(store) if len(rows := store.slice("results", place))]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=RESULT_COLUMNS)


def _modelled(store: Store) -> pd.DataFrame:
    """Return the country's rows that were computed with the store; each is told or withheld by itself."""
    rows = store.table(MODELLED_COUNTRY)
    return _told_of(rows[rows["municipality_id"] == ""]).assign(
        unit_of=lambda found: found["indicator"] + ":" + found["school_year"].astype("str") + ":" + found["part"],
        pages=None,
    )


def _told_of(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[of_people(rows) & rows["n"].notna()]


def _own(unit: Unit, pattern: Pattern, indicators: "pd.Series[str]") -> pd.DataFrame:
    """Return what was computed with the store of a municipality as a whole and of the country, and whether its pages tell it."""
    assert unit.store is not None
    rows = unit.store.slice(MODELLED, unit.municipality_id)
    rows = (
        _told_of(rows[(rows["school_id"] == "") & rows["indicator"].isin(indicators)]) if len(rows) else no_evidence()
    )
    shown = release(rows, unit.params, pattern).rows
    return rows.assign(told=shown["n"].notna().to_numpy(), counted=shown["estimate"].notna().to_numpy())


def _in_bands(store: Store, patterns: dict[str, Pattern]) -> pd.DataFrame:
    """Return the country's spreads over the bands of every municipality, as its page shows them (``stats.band_shares``)."""
    spreads: dict[tuple[Key, tuple[str, ...]], int] = {}
    for pattern in patterns.values():
        found: dict[Key, list[str]] = {}
        for key in sorted(pattern.known):
            if key[0] == "share" and key[8] == _BANDS:
                found.setdefault(key[:8], []).append(key[9])
        for test, parts in found.items():
            spreads[test, tuple(parts)] = spreads.get((test, tuple(parts)), 0) + 1
    bands = store.table("reference_bands")
    if bands.empty:
        return no_evidence().assign(unit_of="", pages=0)
    bands = bands.astype({"school_year": "int64", "band": "int64", "n": "int64"} | dict.fromkeys(_TEST[1:], "str"))
    counts = {test: own.set_index("band")["n"] for test, own in bands.groupby(_TEST)}
    rows = [row for (test, parts), pages in sorted(spreads.items()) for row in _spread(test, parts, pages, counts)]
    columns = pd.DataFrame(rows, columns=["unit_of", "pages"])
    frame = evidence(pd.DataFrame(rows), indicator=_BANDS, unit="percent") if rows else no_evidence()
    return frame.assign(unit_of=columns["unit_of"], pages=columns["pages"])


def _spread(test: Key, parts: tuple[str, ...], pages: int, counts: dict[Any, Any]) -> Iterator[dict[str, object]]:
    grade, name, level, years, domain = *test[1:5], test[7]
    year = int(years.split("-")[0])
    if (year, grade, name, domain, level) not in counts:
        return
    of = counts[year, grade, name, domain, level]
    for part in parts:
        first, last = (int(end) // 10 for end in part.split("-"))
        n, inside = int(of.sum()), int(of[(of.index >= first) & (of.index <= last)].sum())
        yield {
            "school_year": year, "grade": grade, "test": name, "domain": domain, "level": level, "part": part, "n": n,
            "estimate": 100 * inside / n, "unit_of": f"{_BANDS}:{year}:{' '.join(parts)}", "pages": pages,
        }  # fmt: skip
