"""The batch: one notebook, many municipalities or schools; one failure stops nobody, and only whole pages are published."""

import fcntl
import hashlib
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from analysis.batch.engine import DISK, Item, Outcome
from analysis.batch.gate import PRIVACY, guard
from analysis.batch.index import index_page, who
from analysis.batch.issues import earlier_issue
from analysis.batch.jobs import Subject, editions_of, subjects
from analysis.batch.manifest import intact, item_id, read_manifest, run_facts, sha256, write_manifest
from analysis.batch.open import EDITIONS, params_path, unit_key
from analysis.batch.school import school_key
from analysis.batch.workers import outcomes
from analysis.intake.store import Store, write_atomically
from analysis.params import load_params

LOCK = ".lock"
_TAKEN_BACK = (
    " – no skaitļiem varētu aprēķināt mazu grupu, vai to neizdevās pārbaudīt: lapas atsauktas, iemesls krātuves mapē „failed”"
    " · a small group would follow from the figures, or this could not be checked: the pages were taken back, why is in the"
    " store's folder “failed”"
)
Entry = dict[str, Any]
Entries = dict[tuple[str, str, str, str], Entry]


class Locked(Exception):
    """Another run holds the lock of this output folder."""


@dataclass(frozen=True)
class Plan:
    """What a run is asked for.

    Attributes
    ----------
    store, store_path : Store, Path
        The version to report on, and the store it lies in.
    notebooks, editions, languages : tuple
        Each municipality, or each school, gets a page for every combination that the notebook has
        (:mod:`analysis.batch.jobs`); no editions: each notebook's first.
    out : Path
        Output folder.
    only : frozenset of str
        Slugs of municipalities (with their schools) and of schools; empty: all.
    workers : int
        Processes at once.
    retry, force : bool
        Make only what failed or never ran; make everything anew.
    bad_input : dict of str to list of str
        Municipality whose own file is at fault → codes of its faults.
    """

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

    items: tuple[Entry, ...]
    failures: tuple[str, ...]
    skipped: int

    @property
    def code(self) -> int:
        """The exit code: 3 where the gate refused something, 1 where something else failed."""
        refused = any(entry.get("reason") == PRIVACY for entry in self.items)
        return 3 if refused else int(bool(self.failures))


def run(plan: Plan) -> Result:
    """Run the batch.

    Raises
    ------
    Locked
        If another run is at work in the same folder.
    OSError
        If the output folder or the manifest cannot be written.
    """
    plan.out.mkdir(parents=True, exist_ok=True)
    with _lock(plan.out):
        _sweep(plan.out)
        items = list(_items(plan))
        before = {item_id(entry): entry for entry in read_manifest(plan.out).get("items", [])}
        entries = _standing(plan, before)
        todo = [item for item in items if not _up_to_date(plan, item, entries)]
        try:
            _work(plan, todo, entries)
            guard(plan.out, plan.store_path, entries, plan.workers)
        finally:
            _finish(plan, before, entries)
    mine = sorted(_id(item) for item in items)
    ended = tuple(entries[key] for key in mine if key in entries)
    failures = tuple(_line(entry) for entry in ended if entry["state"] == "failed")
    return Result(ended, failures, len(items) - len(todo))


@contextmanager
def _lock(out: Path) -> Iterator[None]:
    """Hold the folder for this run; the system lets go of it however the run ends."""
    with (out / LOCK).open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Locked(str(out)) from None
        yield


def _sweep(out: Path) -> None:
    """Remove half-written files that a killed run left behind."""
    for pattern in (".*.html.*", ".*.csv.*", ".*.json.*", ".*.docx.*"):
        for orphan in out.rglob(pattern):
            orphan.unlink()


def _items(plan: Plan) -> Iterator[Item]:
    """List every page of the run: municipality by municipality, so that its schools find what was computed for it."""
    asked = [(one, notebook) for notebook in plan.notebooks for one in subjects(plan.store, notebook)]
    asked = [(one, notebook) for one, notebook in asked if one.asked(plan.only)]
    digests = {notebook: hashlib.sha256(notebook.read_bytes()).hexdigest() for notebook in plan.notebooks}
    made = {notebook: editions_of(notebook, plan.editions) for notebook in plan.notebooks}
    for municipality_id in sorted({one.municipality_id for one, _ in asked}):
        own = load_params(params_path(municipality_id)).model_dump(mode="json")
        issue = earlier_issue(plan.store, municipality_id, own) if municipality_id else None
        earlier = f"{issue.name}@{issue.facts['digest']}" if issue else ""
        mine = [pair for pair in asked if pair[0].municipality_id == municipality_id]
        for edition in EDITIONS:
            some = [(one, notebook) for one, notebook in mine if edition in made[notebook]]
            for language in plan.languages if some else ():
                key = unit_key(plan.store, municipality_id, own, edition, language)
                for one, notebook in some:
                    item = _item(plan, one, notebook, digests[notebook], edition, language, key)
                    yield replace(item, earlier=earlier)


def _item(plan: Plan, one: Subject, notebook: Path, digest: str, edition: str, language: str, unit: str) -> Item:
    unit = school_key(unit, one.school_id)
    both = len(plan.languages) > 1
    other = (f"{one.slug}.en.html" if language == "lv" else f"{one.slug}.html") if both else ""
    key = hashlib.sha256(f"{unit}{digest}{other}".encode()).hexdigest()[:16]
    return Item(
        one.municipality_id, one.slug, one.name, notebook, edition, language,
        str(plan.store_path), str(params_path(one.municipality_id)), key, unit, other,
        school_id=one.school_id, place=one.place if one.school_id else "",
    )  # fmt: skip


def _id(item: Item) -> tuple[str, str, str, str]:
    return item.edition, item.notebook.stem, item.slug, item.language


def _standing(plan: Plan, before: Entries) -> Entries:
    """Return what stays as it is until something newer takes its place: whole pages and failures of whom the data still list."""
    places = plan.store.table("municipalities")["municipality_id"].astype("str")
    schools = plan.store.table("schools")[["municipality_id", "school_id"]].astype("str")
    country = {("", "")} if plan.store.facts["scope"] == "country" else set()
    listed = country | {(place, "") for place in places} | set(schools.itertuples(index=False, name=None))
    return _whole(plan.out, {key: entry for key, entry in before.items() if _whose(entry) in listed})


def _whose(entry: Entry) -> tuple[str, str]:
    return entry["municipality_id"], entry.get("school_id", "")


def _whole(out: Path, entries: Entries) -> Entries:
    """Leave out pages that are not whole any more; a failure stays, without them."""
    whole = {key for key, entry in entries.items() if intact(out, entry)}
    return {
        key: entry if key in whole else entry | {"files": {}}
        for key, entry in entries.items()
        if key in whole or entry["state"] == "failed"
    }


def _up_to_date(plan: Plan, item: Item, entries: Entries) -> bool:
    old = entries.get(_id(item), {"state": "planned", "key": ""})
    if plan.force or item.municipality_id in plan.bad_input or old["state"] != "done":
        return False
    return bool(plan.retry or old["key"] == item.key)


def _work(plan: Plan, todo: list[Item], entries: Entries) -> None:
    """Make the pages, writing the manifest after each, so that it is true whenever the run is cut short."""
    sound = [item for item in todo if item.municipality_id not in plan.bad_input]
    for item in todo:
        if item.municipality_id in plan.bad_input:
            codes = ", ".join(plan.bad_input[item.municipality_id])
            entries[_id(item)] = _failed(plan, item, Outcome("bad_input", error=codes), entries)
    private = plan.store_path / "failed" / uuid.uuid4().hex[:8]
    for item, outcome in outcomes(sound, plan.workers, private):
        entries[_id(item)] = _published(plan, item, outcome, entries)
        write_manifest(plan.out, run_facts(plan.store, {}), entries.values())


def _published(plan: Plan, item: Item, outcome: Outcome, entries: Entries) -> Entry:
    """Put a whole page and its evidence in place; the last good page stays where the new one failed."""
    if outcome.reason:
        return _failed(plan, item, outcome, entries)
    folder = plan.out / item.edition / item.notebook.stem
    page = folder / item.file
    texts = {folder / f"{item.slug}.csv": outcome.csv.encode("utf-8"), page: outcome.html.encode("utf-8")}
    texts |= {page.with_suffix(".docx"): outcome.document} if outcome.document else {}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, text in texts.items():
            write_atomically(_staged(path), text)
        for path in texts:
            os.replace(_staged(path), path)  # both are on the disk by now: page and evidence change together
    except OSError as error:
        reason = "disk" if error.errno in DISK else "system"
        return _failed(plan, item, Outcome(reason, error=type(error).__name__), entries)
    files = {path.relative_to(plan.out).as_posix(): _facts(text) for path, text in texts.items()}
    return _entry(item, "done", files=files)


def _staged(path: Path) -> Path:
    return path.with_name(f".{path.name}.staged")


def _facts(data: bytes) -> dict[str, object]:
    return {"sha256": sha256(data), "size": len(data)}


def _failed(plan: Plan, item: Item, outcome: Outcome, entries: Entries) -> Entry:
    old = entries.get(_id(item), {})
    files = old["files"] if intact(plan.out, old) else {}
    return _entry(item, "failed", reason=outcome.reason, cell=outcome.cell, error=outcome.error, files=files)


def _entry(item: Item, state: str, **more: Any) -> Entry:
    return (
        {
            "municipality_id": item.municipality_id,
            "slug": item.slug,
            "name": item.name,
            "notebook": item.notebook.stem,
            "edition": item.edition,
            "language": item.language,
            "key": item.key,
            "state": state,
        }
        | ({"school_id": item.school_id, "place": item.place} if item.school_id else {})
        | ({"earlier": item.earlier} if item.earlier else {})
        | more
    )


def _finish(plan: Plan, before: Entries, entries: Entries) -> None:
    """Write the indexes and the manifest; pages of municipalities no longer listed, or not whole any more, go."""
    whole = [entry for _, entry in sorted(_whole(plan.out, entries).items())]
    digests = {}
    for edition in sorted({entry["edition"] for entry in whole}):
        html = _index(edition, [entry for entry in whole if entry["edition"] == edition])
        (plan.out / edition).mkdir(parents=True, exist_ok=True)
        write_atomically(plan.out / edition / "index.html", html)
        digests[f"{edition}/index.html"] = sha256(html.encode("utf-8"))
    write_manifest(plan.out, run_facts(plan.store, digests), whole)
    in_use = {name for entry in whole for name in entry.get("files", {})}
    for name in {name for entry in before.values() for name in entry.get("files", {})} - in_use:
        (plan.out / name).unlink(missing_ok=True)


def _index(edition: str, entries: list[Entry]) -> str:
    names = {who(entry): entry["name"] for entry in entries}
    failed = {who(entry) for entry in entries if entry["state"] == "failed"}
    return index_page(edition, [entry for entry in entries if entry.get("audited")], names, failed)


def _line(entry: Entry) -> str:
    """Say a failure in one line: who, why, in which cell, of what kind; never the text of the error."""
    where = f", {entry['cell']}" if entry.get("cell") else ""
    kind = f" ({entry['error']})" if entry.get("error") else ""
    kind += _TAKEN_BACK if entry["reason"] == PRIVACY else ""
    return f"{entry['slug']} [{entry['language']}]: {entry['reason']}{where}{kind}"
