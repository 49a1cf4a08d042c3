"""The batch: one notebook, many municipalities; one failure stops nobody, and only whole pages are published."""

import fcntl
import hashlib
import os
import uuid
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from tqdm import tqdm

from analysis import __version__
from analysis.batch.engine import Item, Outcome, run_item
from analysis.batch.index import index_page
from analysis.batch.manifest import intact, item_id, read_manifest, sha256, write_manifest
from analysis.batch.open import params_path, unit_key
from analysis.intake.store import Store, slug, write_atomically
from analysis.params import load_params

LOCK = ".lock"


class Locked(Exception):
    """Another run holds the lock of this output folder."""


@dataclass(frozen=True)
class Plan:
    """What a run is asked for."""

    store: Store
    store_path: Path
    notebooks: tuple[Path, ...]
    editions: tuple[str, ...]
    languages: tuple[str, ...]
    out: Path
    only: frozenset[str] = frozenset()
    workers: int = 2
    retry: bool = False
    force: bool = False
    bad_input: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """How a run ended: manifest entries of this run's items, and a line for each failure, without data."""

    items: tuple[dict[str, Any], ...]
    failures: tuple[str, ...]
    skipped: int


def run(plan: Plan) -> Result:
    """Run the batch.

    Raises
    ------
    Locked
        If another run is at work in the same folder.
    """
    plan.out.mkdir(parents=True, exist_ok=True)
    with _lock(plan.out):
        for orphan in plan.out.rglob(".*.html.*"):
            orphan.unlink()
        before = {item_id(entry): entry for entry in read_manifest(plan.out).get("items", [])}
        todo, entries = _divide(plan, before)
        skipped = len(entries)
        entries += [_bad_input(plan, item) for item in _items(plan) if item.municipality_id in plan.bad_input]
        kept = _kept(plan, before)
        for item, outcome in _outcomes(plan, todo):
            entries.append(_published(plan, item, outcome))
            write_manifest(plan.out, _run_facts(plan, {}), [*kept, *entries])
        _finish(plan, before, [*kept, *entries])
    failures = [_line(entry) for entry in sorted(entries, key=item_id) if entry["state"] == "failed"]
    return Result(tuple(entries), tuple(failures), skipped)


@contextmanager
def _lock(out: Path) -> Iterator[None]:
    with (out / LOCK).open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Locked(str(out)) from None
        yield


def _items(plan: Plan) -> Iterator[Item]:
    """List every page of the run, municipalities in the order of their ids."""
    places = plan.store.table("municipalities").sort_values("municipality_id")
    for notebook in plan.notebooks:
        digest = hashlib.sha256(notebook.read_bytes()).hexdigest()
        for municipality_id, name in zip(places["municipality_id"], places["name"], strict=True):
            if plan.only and slug(municipality_id) not in plan.only:
                continue
            params_file = params_path(municipality_id)
            params = load_params(params_file).model_dump(mode="json")
            for edition in plan.editions:
                for language in plan.languages:
                    own = unit_key(plan.store, municipality_id, params, edition, language)
                    other = _other(plan, municipality_id, language)
                    key = hashlib.sha256(f"{own}{digest}{other}".encode()).hexdigest()[:16]
                    yield Item(
                        municipality_id, slug(municipality_id), name, notebook, edition, language,
                        str(plan.store_path), str(params_file), key, own, other,
                    )  # fmt: skip


def _other(plan: Plan, municipality_id: str, language: str) -> str:
    if len(plan.languages) < 2:
        return ""
    return slug(municipality_id) + (".en.html" if language == "lv" else ".html")


def _entry(item: Item, state: str, **more: Any) -> dict[str, Any]:
    return {
        "municipality_id": item.municipality_id,
        "slug": item.slug,
        "name": item.name,
        "notebook": item.notebook.stem,
        "edition": item.edition,
        "language": item.language,
        "key": item.key,
        "state": state,
    } | more


def _divide(plan: Plan, before: dict[Any, dict[str, Any]]) -> tuple[list[Item], list[dict[str, Any]]]:
    """Part what is to be made from what is up to date: equal key, and files as the manifest says."""
    todo, done = [], []
    for item in _items(plan):
        if item.municipality_id in plan.bad_input:
            continue
        old = before.get(item_id(_entry(item, "planned")), {})
        up_to_date = old.get("state") == "done" and old.get("key") == item.key and intact(plan.out, old)
        if (up_to_date and not plan.force) or (plan.retry and old.get("state") == "done" and intact(plan.out, old)):
            done.append(old)
        else:
            todo.append(item)
    return todo, done


def _kept(plan: Plan, before: dict[Any, dict[str, Any]]) -> list[dict[str, Any]]:
    """Pages of the same store that this run does not touch (``--only``) stay in the manifest and the index."""
    if read_manifest(plan.out).get("run", {}).get("store") != plan.store.key:
        return []
    mine = {item_id(_entry(item, "planned")) for item in _items(plan)}
    return [entry for key, entry in before.items() if key not in mine and plan.only and intact(plan.out, entry)]


def _outcomes(plan: Plan, todo: list[Item]) -> Iterator[tuple[Item, Outcome]]:
    """Run items in worker processes; a worker that dies fails its items and is replaced."""
    private = str(plan.store_path / "failed" / uuid.uuid4().hex[:8])
    waiting = list(todo)
    with tqdm(total=len(todo), desc="burtnica", unit="lapa", disable=not todo) as bar:
        while waiting:
            batch, waiting = waiting, []
            with ProcessPoolExecutor(plan.workers, mp_context=get_context("spawn")) as pool:
                running: dict[Future[Outcome], Item] = {}
                queue = iter(batch)
                while True:
                    for item in queue:
                        running[pool.submit(run_item, item, private)] = item
                        if len(running) >= 2 * plan.workers:
                            break
                    if not running:
                        break
                    finished, _ = wait(running, return_when=FIRST_COMPLETED)
                    broken = False
                    for future in finished:
                        item = running.pop(future)
                        outcome, broken_now = _result(future)
                        broken |= broken_now
                        bar.update()
                        yield item, outcome
                    if broken:
                        waiting = [*running.values(), *queue]
                        break


def _result(future: "Future[Outcome]") -> tuple[Outcome, bool]:
    try:
        return future.result(), False
    except BrokenProcessPool:
        return Outcome("system", error="BrokenProcessPool"), True


def _published(plan: Plan, item: Item, outcome: Outcome) -> dict[str, Any]:
    """Put a whole page and its evidence in place; the last good page stays where the new one failed."""
    if outcome.reason:
        return _entry(item, "failed", reason=outcome.reason, cell=outcome.cell, error=outcome.error)
    folder = plan.out / item.edition / item.notebook.stem
    folder.mkdir(parents=True, exist_ok=True)
    files = {}
    for name, text in ((item.file, outcome.html), (f"{item.slug}.csv", outcome.csv)):
        write_atomically(folder / name, text)
        data = text.encode("utf-8")
        files[(folder / name).relative_to(plan.out).as_posix()] = {"sha256": sha256(data), "size": len(data)}
    return _entry(item, "done", files=files)


def _bad_input(plan: Plan, item: Item) -> dict[str, Any]:
    return _entry(item, "failed", reason="bad_input", cell="", error=", ".join(plan.bad_input[item.municipality_id]))


def _finish(plan: Plan, before: dict[Any, dict[str, Any]], entries: list[dict[str, Any]]) -> None:
    """Write the indexes and the manifest; pages of municipalities that are no longer in the list go."""
    digests = {}
    for edition in sorted({entry["edition"] for entry in entries}):
        mine = [entry for entry in entries if entry["edition"] == edition]
        names = {entry["slug"]: entry["name"] for entry in mine}
        done = sorted((e for e in mine if e["state"] == "done"), key=item_id)
        failed = {entry["slug"] for entry in mine if entry["state"] == "failed"}
        html = index_page(edition, done, names, failed)
        (plan.out / edition).mkdir(parents=True, exist_ok=True)
        write_atomically(plan.out / edition / "index.html", html)
        digests[f"{edition}/index.html"] = sha256(html.encode("utf-8"))
    write_manifest(plan.out, _run_facts(plan, digests), entries)
    now = {item_id(entry) for entry in entries}
    in_use = {name for entry in entries for name in entry.get("files", {})}
    for key, entry in before.items():
        for name in entry.get("files", {}) if key not in now else ():
            if name not in in_use:
                (plan.out / name).unlink(missing_ok=True)


def _run_facts(plan: Plan, index: dict[str, str]) -> dict[str, Any]:
    return {
        "burtnica": __version__,
        "store": plan.store.key,
        "key_id": plan.store.facts["key_id"],
        "files": plan.store.facts["files"],
        "index": index,
    }


def _line(entry: dict[str, Any]) -> str:
    """Say a failure in one line: who, why, in which cell, of what kind; never the text of the error."""
    where = f", {entry['cell']}" if entry.get("cell") else ""
    kind = f" ({entry['error']})" if entry.get("error") else ""
    return f"{entry['slug']} [{entry['language']}]: {entry['reason']}{where}{kind}"


def check_params(ids: Iterable[str]) -> None:
    """Read every municipality's own parameters before anything starts; raises ``InputFaults``."""
    for municipality_id in ids:
        load_params(params_path(municipality_id))


def cores() -> int:
    """Return how many workers this machine carries."""
    return max(1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
