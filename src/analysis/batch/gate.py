"""The gate of a batch: what was made of a municipality is attacked and read before it is published; what does not hold goes."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from analysis.audit.aside import Aside
from analysis.audit.pages import EDITIONS, PagesRead, read_entries, read_files
from analysis.audit.published import published_rows
from analysis.audit.run import READERS, Audited, audit_municipality, audit_nation, beside
from analysis.audit.told import write_detail
from analysis.batch.aside import aside_of, country_before
from analysis.batch.engine import Item, Outcome, run_item
from analysis.batch.given import given_words
from analysis.batch.nation import results_of_all
from analysis.batch.open import open_unit, params_path
from analysis.intake.store import open_store, slug, write_atomically
from analysis.intake.unit import Unit
from analysis.params import Params, load_params

PRIVACY = "privacy"


@dataclass(frozen=True)
class Asked:
    """A municipality whose pages want to be published.

    Attributes
    ----------
    municipality_id : str
        Whose; empty: of all.
    folder : Path
        Its files as they would be published, those of earlier runs among them, and nothing else.
    store : Path
        What they were made from: every group that is small in truth is a target.
    made : tuple of dict
        The manifest's entries of what was made in this run.
    """

    municipality_id: str
    folder: Path
    store: Path
    made: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class AskedOfNation:
    """What of a run is judged last: the country's figures beside the pages of all municipalities.

    Attributes
    ----------
    folder : Path
        Where they are published.
    store : Path
        What they were made from.
    """

    folder: Path
    store: Path
    municipality_id: str = ""


def worked(task: Item | Asked | AskedOfNation, private: Path, scratch: Path) -> Outcome:
    """Do what a worker of a batch does: make a page, or judge the pages of a municipality."""
    return run_item(task, private, scratch) if isinstance(task, Item) else judged(task)


def judged(asked: Asked | AskedOfNation) -> Outcome:
    """Attack all files of a municipality together, with the eyes of each edition's readers, and read what was made of it.

    Returns
    -------
    Outcome
        Its reason is empty where nothing follows from the figures and every number on the pages is accounted for. What fails
        proves nothing: then it does not hold either. Why is told to the owner of the store alone, for the pages are gone.
    """
    try:
        for found, read in _seen(asked) if isinstance(asked, Asked) else _of_nation(asked):
            if not (all(one.sound for one in found) and all(one.sound for one in read)):
                write_detail(_private(asked), found, read, numbers=False)
                return Outcome(PRIVACY)
    except Exception as error:  # whatever it was, nothing is known of what was made
        write_atomically(_private(asked), f'{{"error": "{type(error).__name__}"}}\n', mode=0o600)
        return Outcome(PRIVACY)
    _private(asked).unlink(missing_ok=True)
    return Outcome()


def _seen(asked: Asked) -> Iterator[tuple[list[Audited], list[PagesRead]]]:
    """Read pages first, for that costs least; a country's page shows no figures that its boards' pages do not."""
    municipality_id, folder = asked.municipality_id, asked.folder
    smallest = load_params(params_path(municipality_id)).smallest_group
    given = given_words(open_store(asked.store))
    files = sorted({file for entry in asked.made for file in entry["files"] if not file.endswith(".csv")})
    for edition in EDITIONS:
        own = [folder / file for file in files if file.startswith(f"{edition}/")] + [
            *(folder / edition).glob("*/*.csv")
        ]
        yield [], [read_files(folder, municipality_id, edition, own, smallest, given)]
    yield [], [read_entries(asked.made, given=given)]
    if municipality_id:
        known = _known(asked.store, municipality_id)
        for reader, editions in READERS.items():
            rows = beside(published_rows(folder, editions), municipality_id)
            if len(rows):
                yield [audit_municipality(reader, municipality_id, rows, *known)], []


def _of_nation(asked: AskedOfNation) -> Iterator[tuple[list[Audited], list[PagesRead]]]:
    store, country = open_store(asked.store), load_params(params_path(""))
    known = partial(_known, asked.store)
    yield list(audit_nation(asked.folder, country, known, results_of_all(store), country_before(store))), []


def _known(store: Path, municipality_id: str) -> tuple[Params, Unit, Aside]:
    unit = open_unit(municipality_id, str(params_path(municipality_id)), str(store), "board")
    return unit.params, unit, aside_of(unit)


def _private(asked: Asked | AskedOfNation) -> Path:
    folder = asked.store / "failed"
    folder.mkdir(mode=0o700, exist_ok=True)
    whose = slug(asked.municipality_id) if isinstance(asked, Asked) else "country"
    return folder / f"privacy-{whose}.json"
