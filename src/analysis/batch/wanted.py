"""What a run is asked for, and which pages that makes."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from analysis.batch.engine import Item
from analysis.batch.issues import earlier_issue
from analysis.batch.jobs import Subject, editions_of, subjects
from analysis.batch.open import EDITIONS, page_key, params_path
from analysis.batch.school import school_key
from analysis.intake.store import Store
from analysis.params import load_params


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


def items_of(plan: Plan) -> Iterator[Item]:
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
                key = page_key(plan.store, municipality_id, own, edition, language)
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


def id_of(item: Item) -> tuple[str, str, str, str]:
    """Return what makes an item one, as :func:`analysis.batch.manifest.item_id` does of its entry."""
    return item.edition, item.notebook.stem, item.slug, item.language
