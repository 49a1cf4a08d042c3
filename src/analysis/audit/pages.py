"""Every number on the finished pages of a folder: does the file beside the page publish it too?"""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from analysis.audit.accounts import unaccounted
from analysis.audit.beside import NOTHING, Beside, read_beside
from analysis.audit.documents import document_places
from analysis.audit.places import Place, html_places
from analysis.audit.statements import Statement, statements
from analysis.intake.store import slug

EDITIONS = ("public", "board")
_OTHER_LANGUAGE = re.compile(r"\.[a-z]{2}$")


@dataclass(frozen=True)
class PagesRead:
    """What reading the finished files of one municipality in one edition came to.

    Attributes
    ----------
    municipality_id : str
        Whose pages; empty for those of the whole run (index, manifest, country).
    edition : str
        Which edition, empty for the manifest.
    files, numbers : int
        Files read, statements in numbers on them that are not of the short list.
    unaccounted : tuple of (str, Statement)
        Those that the file beside does not publish, with the file they stand in.
    """

    municipality_id: str
    edition: str
    files: int
    numbers: int
    unaccounted: tuple[tuple[str, Statement], ...]

    @property
    def sound(self) -> bool:
        """Whether every number is accounted for."""
        return not self.unaccounted


def read_pages(
    folder: Path, smallest: Callable[[str], int], only: Collection[str] = (), given: tuple[str, ...] = ()
) -> Iterator[PagesRead]:
    """Read every finished file of a folder as a reader would, municipality by municipality.

    Parameters
    ----------
    folder : Path
        Of a batch: ``<edition>/<notebook>/<slug>.html``, ``.docx`` and the ``.csv`` beside.
    smallest : callable
        The smallest group of a municipality.
    only : collection of str
        Slugs of municipalities; empty: all, and what belongs to none.
    given : tuple of str
        Names and titles that came with the data (:func:`analysis.audit.listed.telling_words`): their digits are no figures.
    """
    for edition in EDITIONS:
        files: dict[str, list[Path]] = defaultdict(list)
        pages = [*(folder / edition).rglob("*.html"), *(folder / edition).rglob("*.docx")]
        for path, own in _by_figures(pages):
            files[_figures(path).municipality_id] += own
        for municipality_id, own in sorted(files.items()):
            if not only or (municipality_id and slug(municipality_id) in only):
                yield read_files(folder, municipality_id, edition, sorted(own), smallest(municipality_id), given)
    if not only and (folder / "manifest.json").is_file():
        yield read_entries(json.loads((folder / "manifest.json").read_text("utf-8")), given=given)


def read_files(
    folder: Path, municipality_id: str, edition: str, files: Iterable[Path], smallest: int, given: tuple[str, ...] = ()
) -> PagesRead:
    """Read some finished files of one municipality in one edition, parameters as in :func:`read_pages`.

    Of a file of figures, named or beside a page, the sizes are read.
    """
    numbers, missing, read = 0, [], 0
    for path, own in _by_figures(files):
        beside = replace(_figures(path), given=given)
        missing += [(path.relative_to(folder).as_posix(), one) for one in _too_few(beside, smallest)]
        for page in (page for page in own if page != path):
            made = _said(page, beside, smallest)
            numbers, read = numbers + len(made), read + 1
            missing += [(page.relative_to(folder).as_posix(), one) for one in unaccounted(made, beside)]
    return PagesRead(municipality_id, edition, read, numbers, tuple(missing))


def _too_few(beside: Beside, smallest: int) -> Iterator[Statement]:
    """Yield the sizes of a file of figures that count people, and fewer than may be told, read by the attack or not."""
    first, last = np.searchsorted(beside.sorted_values["n"], [1, smallest])
    for row in beside.order["n"][first:last]:
        if beside.units["people"][row]:
            indicator = beside.values["indicator"][beside.codes["indicator"][row]]
            yield Statement(Place("figures", "n", (indicator, "", "")), 0, 1, "", beside.order["n"][:0])


def _by_figures(pages: Iterable[Path]) -> list[tuple[Path, list[Path]]]:
    """Return files of figures, each with the pages that it stands beside."""
    found: dict[Path, list[Path]] = defaultdict(list)
    for page in sorted(pages):
        found[page.with_name(_OTHER_LANGUAGE.sub("", page.stem) + ".csv")].append(page)
    return list(found.items())


def _figures(path: Path) -> Beside:
    return read_beside(path) if path.is_file() else NOTHING


def read_page(path: Path, smallest: int) -> tuple[list[Statement], list[Statement]]:
    """Read one finished file: what it says in numbers, and what of that its file of figures does not publish."""
    ((figures, _),) = _by_figures([path])
    beside = _figures(figures)
    made = _said(path, beside, smallest)
    return made, list(unaccounted(made, beside))


def _said(path: Path, beside: Beside, smallest: int) -> list[Statement]:
    read = document_places(path.read_bytes()) if path.suffix == ".docx" else html_places(path.read_text("utf-8"))
    return [one for place in read for one in statements(place, beside, smallest)]


def read_entries(entries: object, name: str = "manifest.json", given: tuple[str, ...] = ()) -> PagesRead:
    """Read a manifest, or some of its entries."""
    nothing = replace(NOTHING, given=given)
    made = [one for place in _entries(entries, "") for one in statements(place, nothing, 1)]
    return PagesRead("", "", 1, len(made), tuple((name, one) for one in unaccounted(made, nothing)))


def _entries(value: Any, key: str) -> Iterator[Place]:
    """Go through names and values of a manifest; sizes of files, digests and the form's version stand in fields of their own."""
    if isinstance(value, dict):
        for name, own in value.items():
            yield Place("manifest name", str(name))
            yield from _entries(own, str(name))
    elif isinstance(value, list | tuple):
        for own in value:
            yield from _entries(own, key)
    elif value is not None and not isinstance(value, bool):
        yield Place(f"manifest {key}", str(value))
