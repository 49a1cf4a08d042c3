"""Preparing a delivery: checked tables become a pseudonymised store with reference tables of the country."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.faults import InputFaults
from analysis.intake.delivery import Delivery, read_delivery
from analysis.intake.derived import BUILT_IN, attributes_of
from analysis.intake.findings import findings
from analysis.intake.findings_checked import check_facts
from analysis.intake.provenance import own_columns
from analysis.intake.pseudonyms import DEMO_KEY, Key, own_key, pseudonyms
from analysis.intake.store import FACTS, Store, write_store
from analysis.intake.unit import RESULT_COLUMNS
from analysis.params import ROOT, load_params
from analysis.stats.scale import (
    empty_reference,
    national_bands,
    national_reference,
    published_reference,
    with_position,
    with_value,
)

_CODE = ("intake", "stats", "words/faults.yml", "batch/prepare.py")


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
    shared, partitioned = _tables(delivery, key, outer_share)
    written = write_store(store, content, shared, partitioned, _facts(delivery, key, partitioned))
    return Prepared(written, delivery, key.made_at)


def _tables(
    delivery: Delivery, key: Key, outer_share: float
) -> tuple[dict[str, pd.DataFrame], dict[str, pd.DataFrame]]:
    tables = {name: _without_provenance(rows) for name, rows in delivery.tables.items()}
    shared: dict[str, pd.DataFrame] = {
        name: tables[name] for name in ("municipalities", "schools", "published") if name in tables
    }
    of_school = tables["schools"].set_index("school_id")["municipality_id"]
    partitioned: dict[str, pd.DataFrame] = {
        name: tables[name].assign(municipality_id=tables[name]["school_id"].map(of_school))
        for name in ("school_results", "school_bands")
        if name in tables
    }
    reference = empty_reference()
    if len(tables.get("results", ())):
        results = with_value(_keys_filled(tables["results"]))
        reference = _reference(results, delivery, outer_share)
        if delivery.settings.scope == "country":
            shared["reference_bands"] = national_bands(results)
        partitioned["results"] = _stored(with_position(results, reference), delivery, key)
    shared["reference"] = reference
    shared["findings"] = findings(delivery.tables, delivery.settings, delivery.faults)
    return shared, partitioned


def _without_provenance(rows: pd.DataFrame) -> pd.DataFrame:
    return _keys_filled(rows[own_columns(rows)])


def _keys_filled(rows: pd.DataFrame) -> pd.DataFrame:
    """Empty optional keys are the empty text; school years are whole numbers."""
    filled = {c: rows[c].fillna("") for c in ("level", "session") if c in rows}
    if "school_year" in rows:
        filled["school_year"] = rows["school_year"].astype("int64")
    return rows.assign(**filled)


def _reference(results: pd.DataFrame, delivery: Delivery, outer_share: float) -> pd.DataFrame:
    if delivery.settings.scope == "country":
        return national_reference(results, outer_share)
    if "published" not in delivery.tables:
        return empty_reference()
    return published_reference(_without_provenance(delivery.tables["published"]))


def _stored(results: pd.DataFrame, delivery: Delivery, key: Key) -> pd.DataFrame:
    """Keep what reports need: no id, no birth year; the order is the delivery's, never that of pseudonyms."""
    context = delivery.municipality_id or "country"
    results = results.assign(
        pupil=pseudonyms(results["pupil_id"], key, context),
        known=~results["pupil_id"].str.startswith("?"),
        enrolled=results["enrolled"].notna() if "enrolled" in results else False,
    )
    declared = [c for names in delivery.settings.covariates.values() for c in names]
    kept = [c for c in dict.fromkeys([*RESULT_COLUMNS, *attributes_of(delivery.settings), *declared]) if c in results]
    text = [c for c in kept if pd.api.types.is_string_dtype(results[c]) and c != "pupil"]
    return results[kept].astype(dict.fromkeys(text, "category"))


def _facts(delivery: Delivery, key: Key, partitioned: dict[str, pd.DataFrame]) -> dict[str, Any]:
    settings = delivery.settings
    given = [a for a in attributes_of(settings) if _has_values(partitioned.get("results"), a)]
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
    parts = [*given, key.id, outer_share, register, code_hash(*_CODE)]
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
