"""The manifest: what was made, from what, and the digests by which it can be checked later."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from analysis import __version__
from analysis.batch.open import environment
from analysis.batch.parameter_files import OF_ALL, digests, own_paths
from analysis.intake.store import Store, write_atomically
from analysis.params import DEFAULTS

MANIFEST = "manifest.json"
SCHEMA = 1


def sha256(data: bytes) -> str:
    """Return the digest of some bytes."""
    return hashlib.sha256(data).hexdigest()


def read_manifest(out: Path) -> dict[str, Any]:
    """Read a manifest; a missing or broken one is an empty one."""
    try:
        manifest: dict[str, Any] = json.loads((out / MANIFEST).read_text("utf-8"))
        return manifest if manifest.get("schema") == SCHEMA else {}
    except (OSError, ValueError, AttributeError):
        return {}


def write_manifest(out: Path, run: dict[str, Any], items: Iterable[dict[str, Any]]) -> None:
    """Write the manifest whole; no time, host or duration is in it, so that equal runs have equal manifests."""
    ordered = sorted(items, key=item_id)
    text = json.dumps({"schema": SCHEMA, "run": run, "items": ordered}, ensure_ascii=False, indent=1, sort_keys=True)
    write_atomically(out / MANIFEST, text + "\n")


def run_facts(store: Store, index: dict[str, str], *, country_audited: bool = False) -> dict[str, Any]:
    """Return what holds for a whole run: versions, data, key of pseudonyms, parameters, digests of the indexes.

    ``country_audited`` says whether its end was reached: the country's figures were attacked beside all municipalities' pages.
    """
    own = [path for place in store.table("municipalities")["municipality_id"] for path in own_paths(place)]
    return {
        "burtnica": __version__,
        "packages": environment(),
        "store": store.key,
        "key_id": store.facts["key_id"],
        "files": store.facts["files"],
        "parameters": digests([DEFAULTS, *OF_ALL, *own]),
        "index": index,
        "country_audited": country_audited,
    }


def item_id(item: dict[str, Any]) -> tuple[str, str, str, str]:
    """Return what makes an item one: edition, notebook, municipality, language."""
    return item["edition"], item["notebook"], item["slug"], item["language"]


def intact(out: Path, item: dict[str, Any]) -> bool:
    """Tell whether every published file of an item is as the manifest says."""
    files = item.get("files", {})
    return bool(files) and all(_matches(out / name, facts["sha256"]) for name, facts in files.items())


def _matches(path: Path, digest: str) -> bool:
    return path.is_file() and sha256(path.read_bytes()) == digest


def broken_files(out: Path) -> list[str]:
    """Return published files that differ from the manifest or are gone; a missing manifest is itself broken.

    The last good page of an item that failed since is a published file too.
    """
    manifest = read_manifest(out)
    if not manifest:
        return [MANIFEST]
    files = {name: facts["sha256"] for item in manifest["items"] for name, facts in item.get("files", {}).items()}
    return sorted(
        name for name, digest in (files | manifest["run"]["index"]).items() if not _matches(out / name, digest)
    )
