"""Preparing a delivery: checked tables become a pseudonymised store with reference tables of the country."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.activity_rules import ACTIVITIES, load_activity_rules
from analysis.batch.stored import SHARED, homes, partitions, without_provenance
from analysis.evidence import no_evidence
from analysis.faults import InputFaults
from analysis.intake.delivery import Delivery, read_delivery
from analysis.intake.derived import BUILT_IN, attributes_of, with_pupils
from analysis.intake.findings.all import findings
from analysis.intake.findings.checked import check_facts
from analysis.intake.pseudonyms import DEMO_KEY, Key, own_key, pseudonyms
from analysis.intake.store import FACTS, Store, write_store
from analysis.intake.unit import MODELLED, MODELLED_COUNTRY, RESULT_COLUMNS
from analysis.params import ROOT, THRESHOLDS, load_params
from analysis.stats.activities import activities
from analysis.stats.climate import surveyed
from analysis.stats.climate.links import school_results
from analysis.stats.country import Country
from analysis.stats.modelled import modelled
from analysis.stats.scale import (
    empty_reference,
    national_bands,
    national_reference,
    published_reference,
    with_position,
    with_value,
)

_CODE = ("intake", "stats", "activity_rules.py", "words/faults.yml", "batch/prepare.py", "batch/stored.py")


@dataclass(frozen=True)
class Prepared:
    """A store, the delivery it was made of, and the key file if it was made just now."""

    store: Store
    delivery: Delivery
    key_made_at: Path | None = None


def prepare(folder: Path, maps: Iterable[str], store: Path, today: date | None = None) -> Prepared:
    """Check a delivery and write its store.

    Parameters
    ----------
    folder : Path
        The delivery.
    maps : iterable of str
        Maps beside those that ``delivery.yml`` names.
    store : Path
        Where the store lies; a delivery prepared before, by the same code, is not prepared again.
    today : date, optional
        The day of the check, for deliveries that do not give their ``data_date``.

    Raises
    ------
    InputFaults
        Every fault that forbids the delivery; nothing is written then.
    """
    delivery = read_delivery(folder, maps, today)
    if delivery.rejected:
        raise InputFaults(delivery.faults)
    key = Key(DEMO_KEY) if delivery.settings.demo else own_key()
    outer_share = load_params().outer_share_of_nation
    content = _content_key(delivery, key, outer_share)
    if (store / content / FACTS).exists():
        return Prepared(
            write_store(store, content, {}, {}, {}), delivery, key.made_at
        )  # whole: only made current again
    facts, asked = _facts(delivery, key), findings(delivery.tables, delivery.settings, delivery.faults)
    tables, delivery = dict(delivery.tables), replace(delivery, tables={})  # each table is let go once it is written
    tables = with_pupils(tables, delivery.settings)
    scope, params = delivery.settings.scope or "country", load_params()
    offered = activities(tables, attributes_of(delivery.settings), scope, load_activity_rules(), params)
    known = homes(tables, delivery.municipality_id or "")
    shared = {name: without_provenance(tables.pop(name)) for name in SHARED if name in tables}
    shared["findings"] = asked
    results, models, of_schools = _results(
        tables.pop("results", pd.DataFrame()), shared, tables, delivery, key, outer_share
    )
    surveys = surveyed({**tables, **shared}, shared["schools"], scope, params, of_schools)
    models = pd.concat([models, surveys, offered], ignore_index=True)
    shared[MODELLED_COUNTRY] = models[models["municipality_id"] == ""]
    own = models[models["municipality_id"] != ""]
    others = partitions(tables, known, key, _context(delivery))
    parts = chain(results, [(MODELLED, own)] if len(own) else [], others)
    written = write_store(store, content, shared, parts, facts)
    return Prepared(written, delivery, key.made_at)


def _context(delivery: Delivery) -> str:
    """Return the context of pseudonyms: pupils cannot be linked between boards."""
    return delivery.municipality_id or "country"


def _results(
    results: pd.DataFrame, shared: dict[str, pd.DataFrame], tables: dict[str, pd.DataFrame], delivery: Delivery, key: Key,
    outer_share: float,
) -> tuple[list[tuple[str, pd.DataFrame]], pd.DataFrame, pd.DataFrame | None]:  # fmt: skip
    """Put what is known of the country into `shared`; give the results' rows, what models say, and means of schools."""
    shared["reference"] = _published_reference(delivery, shared)
    if results.empty:
        return [], no_evidence(), None
    valued = with_value(without_provenance(results[_kept(results, delivery)]))
    if delivery.settings.scope == "country":
        shared["reference"] = national_reference(valued, outer_share)
        shared["reference_bands"] = national_bands(valued)
    placed = with_position(valued, shared["reference"])
    models = modelled(_country(placed, shared, tables, delivery))
    of_schools = school_results(placed, load_params().pooled_years)
    return [("results", _stored(placed, delivery, key))], models, of_schools


def _country(
    placed: pd.DataFrame, shared: dict[str, pd.DataFrame], tables: dict[str, pd.DataFrame], delivery: Delivery
) -> Country:
    """Put together what models look at: results with their pupils' ids, items, schools."""
    given = [a for a in attributes_of(delivery.settings) if _has_values(placed, a)]
    covariates = [c for names in delivery.settings.covariates.values() for c in names]
    results = placed.rename(columns={"pupil_id": "pupil"})
    results["known"] = ~results["pupil"].str.startswith("?")
    items = tables["items"].rename(columns={"pupil_id": "pupil"}) if "items" in tables else pd.DataFrame()
    return Country(
        results=results,
        items=items,
        item_map=shared.get("item_map", pd.DataFrame()),
        schools=shared["schools"],
        attributes=tuple(given),
        covariates=tuple(covariates),
        scope=delivery.settings.scope or "country",
        params=load_params(),
        published=shared.get("published", pd.DataFrame()),
    )


def _published_reference(delivery: Delivery, shared: dict[str, pd.DataFrame]) -> pd.DataFrame:
    if delivery.settings.scope == "country" or "published" not in shared:
        return empty_reference()
    return published_reference(shared["published"])


def _kept(results: pd.DataFrame, delivery: Delivery) -> list[str]:
    """Name the columns that reports or the scale need: no birth year."""
    declared = [c for names in delivery.settings.covariates.values() for c in names]
    known = [*declared, "absence_percent", "pupil_id"]  # absence is a sign for models; no report stores it
    wanted = dict.fromkeys([*RESULT_COLUMNS, *attributes_of(delivery.settings), *known])
    return [column for column in wanted if column in results]


def _stored(results: pd.DataFrame, delivery: Delivery, key: Key) -> pd.DataFrame:
    """Keep what reports need: no id, no birth year; the order is the delivery's, never that of pseudonyms."""
    results = results.assign(
        pupil=pseudonyms(results["pupil_id"], key, _context(delivery)),
        known=~results["pupil_id"].str.startswith("?"),
        enrolled=results["enrolled"].notna() if "enrolled" in results else False,
    )
    declared = [c for names in delivery.settings.covariates.values() for c in names]
    kept = [c for c in dict.fromkeys([*RESULT_COLUMNS, *attributes_of(delivery.settings), *declared]) if c in results]
    text = [c for c in kept if pd.api.types.is_string_dtype(results[c]) and c != "pupil"]
    return results[kept].astype(dict.fromkeys(text, "category"))


def _facts(delivery: Delivery, key: Key) -> dict[str, Any]:
    settings = delivery.settings
    given = [a for a in attributes_of(settings) if _has_values(delivery.tables.get("results"), a)]
    return {
        "scope": settings.scope,
        "demo": settings.demo,
        "title": settings.title,
        "source": settings.source,
        "data_date": settings.data_date,
        "labels": settings.labels,
        "notes": settings.notes,
        "attributes": [a for a in given if a in BUILT_IN] + [a for a in given if a not in BUILT_IN],
        "files": delivery.files,
        "tables": sorted(delivery.tables),
        "public": list(delivery.public),
        "excluded": [asdict(e) | {"reason": dict(e.reason)} for e in delivery.excluded],
        "duplicates": [dict(f.facts) for f in delivery.faults if f.code == "D05"],
        "failed": sorted(delivery.failed_municipalities),
        "key_id": key.id,
        "check": check_facts(delivery),
    }


def _has_values(results: pd.DataFrame | None, attribute: str) -> bool:
    return results is not None and attribute in results and bool(results[attribute].notna().any())


def _content_key(delivery: Delivery, key: Key, outer_share: float) -> str:
    failed = {m: [asdict(f) for f in faults] for m, faults in delivery.failed_municipalities.items()}
    register = [path.read_text("utf-8") for path in sorted((ROOT / "data" / "reference").glob("*.csv"))]
    given = [delivery.files, delivery.settings.model_dump(mode="json"), failed]
    fixed = [
        load_params().model_dump(mode="json"),
        *(hashlib.sha256(path.read_bytes()).hexdigest() for path in (THRESHOLDS, ACTIVITIES)),
    ]  # models use them
    parts = [*given, key.id, outer_share, fixed, register, code_hash(*_CODE)]
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()[:16]


@cache
def code_hash(*parts: str) -> str:
    """Return a hash of source files of the package: whole folders or single files, by their path below ``analysis``."""
    package = ROOT / "src" / "analysis"
    digest = hashlib.sha256()
    for part in parts or (".",):
        paths = sorted((package / part).rglob("*")) if (package / part).is_dir() else [package / part]
        for path in (p for p in paths if p.is_file() and p.suffix in (".py", ".yml", ".j2", ".css", ".json")):
            digest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]
