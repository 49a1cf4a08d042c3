"""Opening a municipality for a notebook: parameters as text in, a typed unit out; the demo store is made on first use."""

import hashlib
import importlib.metadata
import json
import os
import shutil
import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from analysis.aims import load_targets
from analysis.batch.issues import earlier_for, earlier_issue
from analysis.batch.parameter_files import OF_ALL, digests, own_paths, targets_path
from analysis.batch.prepare import code_hash, prepare
from analysis.faults import Fault, InputFaults
from analysis.intake.delivery import read_delivery
from analysis.intake.findings.checked import Checked, checked_delivery, checked_faults, checked_store, own_of
from analysis.intake.store import Store, open_store, slug
from analysis.intake.unit import Unit, read_unit
from analysis.params import ROOT, Params, load_params, nearest

DEMO = ROOT / "data" / "demo"
DEMO_STORE = ROOT / "data" / "store" / "demo"
NATION = "suppression"
EDITIONS, LANGUAGES = ("public", "board"), ("lv", "en")
_PACKAGES = ("babel", "jinja2", "matplotlib", "nbconvert", "numpy", "pandas", "scipy", "seaborn", "statsmodels")


def open_unit(
    municipality: str, params_file: str = "", store: str = "", edition: str = "public", language: str = "lv",
    *, rows: bool = True,
) -> Unit:  # fmt: skip
    """Open one municipality with the string parameters of a notebook.

    Parameters
    ----------
    municipality : str
        Its id in the store (ATVK code or the delivery's own).
    params_file : str
        ``params/<slug>.yml``; a file that does not exist means the defaults. Relative paths mean the project's root.
    store : str
        A prepared store; empty: the demo store, made on first use.
    edition : {"public", "board"}
        For whom the page is.
    language : {"lv", "en"}
        Of the reader.
    rows : bool
        Whether the municipality's rows of results are read too.

    Raises
    ------
    InputFaults
        P01–P06, P40–P47: what was given is not a parameter or a target, or the store has no such municipality.
    """
    opened, params, key = _found(municipality, params_file, store, edition, language)
    earlier = earlier_for(opened, municipality, params, edition) if rows else None
    unit = read_unit(
        opened, municipality, params, edition=edition, language=language, key=key, rows=rows, earlier=earlier
    )
    return replace(unit, aims=load_targets(targets_path(municipality)))


def open_check(
    municipality: str, params_file: str = "", store: str = "", edition: str = "public", language: str = "lv",
    data: str = "", maps: str = "",
) -> Checked:  # fmt: skip
    """Open a delivery for the page on the data, with the string parameters of its notebook.

    Parameters
    ----------
    municipality, params_file, store, edition, language : str
        As in :func:`open_unit`; where ``data`` has no such municipality, the whole delivery is meant.
    data : str
        Folder of a delivery, checked here and now. Empty: what ``store`` kept when it was prepared; without a store
        ``data/raw`` where it is filled, otherwise the demo.
    maps : str
        Maps by path or stem, with blanks or commas between them.

    Raises
    ------
    InputFaults
        As :func:`open_unit`. Faults of a delivery are not raised: they are what the page tells.
    """
    folder = from_root(data) if data else None if store else _filled(ROOT / "data" / "raw")
    if folder is None:
        opened, params, key = _found(municipality, params_file, store, edition, language)
        return checked_store(opened, municipality, params, edition=edition, language=language, key=key)
    require_parameters({"municipality": municipality, "params_file": params_file, "data": data}, edition, language)
    try:
        delivery = read_delivery(folder, maps.replace(",", " ").split())
        own = own_of(delivery, municipality)
        asked = from_root(params_file) if params_file and own == municipality else params_path(own)
        params = load_params(asked) if own else load_params()
    except InputFaults as found:
        return checked_faults(found.faults, load_params(), edition=edition, language=language)
    return checked_delivery(delivery, own, params, edition=edition, language=language)


def _filled(folder: Path) -> Path | None:
    """Return a folder that holds something besides hidden files."""
    return folder if folder.is_dir() and any(not p.name.startswith(".") for p in folder.iterdir()) else None


def require_parameters(given: dict[str, str], edition: str, language: str) -> None:
    """Refuse parameters of a notebook that are no text, and editions and languages that do not exist (P03)."""
    allowed = {"edition": (edition, EDITIONS), "language": (language, LANGUAGES)}
    wrong = [Fault("P03", "parameters", facts={"key": key, "found": type(value).__name__, "expected": "str"})
             for key, value in given.items() if not isinstance(value, str)]  # fmt: skip
    wrong += [Fault("P03", "parameters", facts={"key": key, "found": value, "expected": " | ".join(known)})
              for key, (value, known) in allowed.items() if value not in known]  # fmt: skip
    if wrong:
        raise InputFaults(wrong)


def _found(municipality: str, params_file: str, store: str, edition: str, language: str) -> tuple[Store, Params, str]:
    """Open a store, one municipality's parameters, and the key of what is made of both."""
    require_parameters({"municipality": municipality, "params_file": params_file, "store": store}, edition, language)
    opened = open_store(from_root(store)) if store else demo_store()
    known_ids = list(opened.table("municipalities")["municipality_id"])
    if municipality not in known_ids:
        facts = {"value": municipality, "nearest": nearest(municipality, known_ids)}
        raise InputFaults([Fault("P05", "parameters", facts=facts)])
    params = load_params(from_root(params_file) if params_file else params_path(municipality))
    return opened, params, page_key(opened, municipality, params.model_dump(mode="json"), edition, language)


def from_root(path: str) -> Path:
    """Return an absolute path; a relative one means the project's root, from whichever folder the notebook runs."""
    return ROOT / path


def params_path(municipality_id: str) -> Path:
    """Return where a municipality's own parameters lie, if it has any."""
    return ROOT / "params" / f"{slug(municipality_id)}.yml"


def unit_key(store: Store, municipality_id: str, params: dict[str, Any], edition: str, language: str) -> str:
    """Return the digest of all that decides a page: data, parameters, dated rules, code, packages, place, earlier issue."""
    earlier = earlier_issue(store, municipality_id, params) if municipality_id else None  # a country has none
    fixed = [environment(), digests([*OF_ALL, *own_paths(municipality_id)]), code_hash()]
    parts = [store.key, municipality_id, params, edition, language, *fixed]
    parts += [earlier.facts["digest"]] if earlier else []
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def page_key(store: Store, municipality_id: str, params: dict[str, Any], edition: str, language: str) -> str:
    """Return the digest of all that decides a page: also which of the country's figures may be told on a municipality's."""
    kept = (
        [path.read_bytes() for path in sorted((store.folder.parent / NATION).glob("_.*.json"))]
        if municipality_id
        else []
    )
    own = unit_key(store, municipality_id, params, edition, language)
    return hashlib.sha256(own.encode() + b"".join(kept)).hexdigest()[:16] if kept else own


@cache
def environment() -> dict[str, str]:
    """Return the versions of the packages that have a hand in a page."""
    return {name: importlib.metadata.version(name) for name in _PACKAGES}


def demo_store() -> Store:
    """Return the demo store, after making the demo set and preparing it if this version never did that."""
    try:
        return open_store(DEMO_STORE)
    except (FileNotFoundError, InputFaults):
        return prepare(demo_set(), (), DEMO_STORE).store


def demo_set() -> Path:
    """Return the demo set, after writing it if it is not there; two runs may do so at once."""
    if not DEMO.exists():
        from analysis.intake.demo import write_demo  # heavy, and not needed once the set is there

        DEMO.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=".demo-", dir=DEMO.parent))
        try:
            written = write_demo(partial / "demo")
            os.rename(written, DEMO)
        except OSError:
            if not DEMO.exists():
                raise
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    return DEMO
