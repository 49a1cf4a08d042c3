"""The batch: one notebook, many municipalities or schools; one failure stops nobody, and only whole pages are published."""

import fcntl
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.batch.engine import DISK, Item, Outcome
from analysis.batch.failures import OF_COUNTRY, failure_lines
from analysis.batch.gate import PRIVACY, Asked, AskedOfNation, worked
from analysis.batch.index import index_page, who
from analysis.batch.making import Entries, Entry, beside, clear, note, publish, taken_up, write_page
from analysis.batch.manifest import intact, item_id, read_manifest, run_facts, sha256, write_manifest
from analysis.batch.nation import find_first
from analysis.batch.wanted import Plan, id_of, items_of
from analysis.batch.workers import outcomes
from analysis.intake.store import write_atomically

LOCK = ".lock"


class Locked(Exception):
    """Another run holds the lock of this output folder."""


@dataclass(frozen=True)
class Result:
    """How a run ended: manifest entries of this run's items, and a line for each failure, without data.

    ``all_taken_back``: something follows from the country's figures and all municipalities' pages together.
    """

    items: tuple[Entry, ...]
    failures: tuple[str, ...]
    skipped: int
    all_taken_back: bool = False

    @property
    def code(self) -> int:
        """The exit code: 3 where the gate refused something, 1 where something else failed."""
        refused = self.all_taken_back or any(entry.get("reason") == PRIVACY for entry in self.items)
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
        find_first(plan.store, plan.notebooks)
        items = list(items_of(plan))
        last = read_manifest(plan.out)
        before = {item_id(entry): entry for entry in last.get("items", [])}
        entries = _standing(plan, before)
        _remove(plan.out, before, entries)
        todo = [item for item in items if not _up_to_date(plan, item, entries)]
        looked = False
        try:
            _work(plan, todo, entries)
            looked = _audit_country(plan, todo, entries, last)
        finally:
            _finish(plan, before, entries, looked)
    mine = sorted(id_of(item) for item in items)
    ended = tuple(entries[key] for key in mine if key in entries)
    failures = tuple(failure_lines(ended, all_taken_back=not looked))
    return Result(ended, failures, len(items) - len(todo), all_taken_back=not looked)


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


def _standing(plan: Plan, before: Entries) -> Entries:
    """Return what stays as it is until something newer takes its place: whole pages and failures of whom the data still list.

    A page that did not pass the gate is none: an earlier version of the workbook left it.
    """
    before = {key: entry for key, entry in before.items() if entry["state"] == "failed" or entry.get("audited")}
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
    old = entries.get(id_of(item), {"state": "planned", "key": ""})
    if plan.force or item.municipality_id in plan.bad_input or old["state"] != "done":
        return False
    return bool(plan.retry or old["key"] == item.key)


def _work(plan: Plan, todo: list[Item], entries: Entries) -> None:
    """Make the pages and let each municipality's through the gate when its last is made.

    The manifest is written after each step, so that it is true whenever the run is cut short.
    """
    for item in todo:
        if item.municipality_id in plan.bad_input:
            codes = ", ".join(plan.bad_input[item.municipality_id])
            entries[id_of(item)] = _failed(plan, item, Outcome("bad_input", error=codes), entries)
    sound = [item for item in todo if item.municipality_id not in plan.bad_input]
    made = taken_up(plan.out, {} if plan.force else {id_of(item): item.key for item in sound})
    tasks: list[Item | Asked | AskedOfNation] = [item for item in sound if id_of(item) not in made]
    left = Counter(item.municipality_id for item in sound if id_of(item) not in made)
    for municipality_id in sorted({entry["municipality_id"] for entry in made.values()} - set(left)):
        tasks.append(_asked(plan, municipality_id, made, entries))
    private = plan.store_path / "failed" / uuid.uuid4().hex[:8]
    for task, outcome in outcomes(tasks, plan.workers, private, worked, lambda task: isinstance(task, Item)):
        if isinstance(task, Asked):
            _settle(plan, task, outcome, entries)
        elif isinstance(task, Item):
            _make(plan, task, outcome, made, entries)
            left[task.municipality_id] -= 1
            waits = any(entry["municipality_id"] == task.municipality_id for entry in made.values())
            if not left[task.municipality_id] and waits:
                tasks.insert(0, _asked(plan, task.municipality_id, made, entries))
        write_manifest(plan.out, run_facts(plan.store, {}), entries.values())


def _audit_country(plan: Plan, todo: list[Item], entries: Entries, last: dict[str, Any]) -> bool:
    """Take back the pages of all municipalities where something follows from them and the country's figures together.

    A run that was cut short leaves this look to the next one, even where that has nothing to make.

    Returns
    -------
    bool
        Whether nothing follows.
    """
    unchanged = bool(last.get("run", {}).get("country_audited")) and not any(item.municipality_id for item in todo)
    if plan.store.facts["scope"] != "country" or unchanged:
        return True
    asked: list[Item | Asked | AskedOfNation] = [AskedOfNation(plan.out, plan.store_path)]
    private = plan.store_path / "failed" / uuid.uuid4().hex[:8]
    ((_, outcome),) = outcomes(asked, 1, private, worked, lambda task: isinstance(task, Item))
    if outcome.reason:
        before = dict(entries)
        for key, entry in before.items():
            if entry["municipality_id"]:
                failed = entry if entry["state"] == "failed" else entry | _refused(Outcome(PRIVACY, error=OF_COUNTRY))
                entries[key] = failed | {"files": {}}
        _remove(plan.out, before, entries)
    return not outcome.reason


def _make(plan: Plan, item: Item, outcome: Outcome, made: Entries, entries: Entries) -> None:
    """Let a whole page wait for the gate; the last good page stays where the new one failed."""
    try:
        if not outcome.reason:
            made[id_of(item)] = _entry(item, "done", files=write_page(plan.out, item, outcome))
            own = [entry for entry in made.values() if entry["municipality_id"] == item.municipality_id]
            note(plan.out, item.municipality_id, own)
    except OSError as error:
        made.pop(id_of(item), None)
        outcome = Outcome("disk" if error.errno in DISK else "system", error=type(error).__name__)
    if outcome.reason:
        entries[id_of(item)] = _failed(plan, item, outcome, entries)


def _asked(plan: Plan, municipality_id: str, made: Entries, entries: Entries) -> Asked:
    new = tuple(entry for entry in made.values() if entry["municipality_id"] == municipality_id)
    folder = beside(plan.out, municipality_id, _files_of(entries, municipality_id))
    return Asked(municipality_id, folder, plan.store_path, new)


def _files_of(entries: Entries, municipality_id: str) -> list[str]:
    own = (entry for entry in entries.values() if entry["municipality_id"] == municipality_id)
    return sorted({file for entry in own for file in entry.get("files", {})})


def _settle(plan: Plan, asked: Asked, outcome: Outcome, entries: Entries) -> None:
    """Publish what was made of a municipality, or take back all there is of it."""
    whose, before, new = asked.municipality_id, dict(entries), {item_id(entry): entry for entry in asked.made}
    if not outcome.reason:
        publish(plan.out, whose, _files_of(new, whose))
    entries |= {key: entry | {"audited": True} for key, entry in new.items()}
    own = {key: entries.pop(key) for key in list(entries) if entries[key]["municipality_id"] == whose}
    entries |= (
        {key: entry | _refused(outcome) for key, entry in own.items()} if outcome.reason else _whole(plan.out, own)
    )
    _remove(plan.out, before, entries)
    clear(plan.out, whose)


def _refused(outcome: Outcome) -> Entry:
    return {"state": "failed", "reason": PRIVACY, "error": outcome.error, "files": {}, "audited": False}


def _remove(out: Path, before: Entries, entries: Entries) -> None:
    """Remove files of pages that are none any more."""
    in_use = {file for entry in entries.values() for file in entry.get("files", {})}
    for file in {file for entry in before.values() for file in entry.get("files", {})} - in_use:
        (out / file).unlink(missing_ok=True)


def _failed(plan: Plan, item: Item, outcome: Outcome, entries: Entries) -> Entry:
    old = entries.get(id_of(item), {})
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


def _finish(plan: Plan, before: Entries, entries: Entries, looked: bool) -> None:
    """Write the indexes and the manifest; pages of municipalities no longer listed, or not whole any more, go."""
    whole = [entry for _, entry in sorted(_whole(plan.out, entries).items())]
    digests = {}
    for edition in sorted({entry["edition"] for entry in whole}):
        html = _index(edition, [entry for entry in whole if entry["edition"] == edition])
        (plan.out / edition).mkdir(parents=True, exist_ok=True)
        write_atomically(plan.out / edition / "index.html", html)
        digests[f"{edition}/index.html"] = sha256(html.encode("utf-8"))
    write_manifest(plan.out, run_facts(plan.store, digests, country_audited=looked), whole)
    _remove(plan.out, before | entries, {item_id(entry): entry for entry in whole})


def _index(edition: str, entries: list[Entry]) -> str:
    names = {who(entry): entry["name"] for entry in entries}
    failed = {who(entry) for entry in entries if entry["state"] == "failed"}
    return index_page(edition, [entry for entry in entries if entry.get("audited")], names, failed)
