"""Every number on the finished pages of a folder: does the file beside the page publish it too?"""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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


def read_pages(folder: Path, smallest: Callable[[str], int], only: Collection[str] = ()) -> Iterator[PagesRead]:
    """Read every finished file of a folder as a reader would, municipality by municipality.

    Parameters
    ----------
    folder : Path
        Of a batch: ``<edition>/<notebook>/<slug>.html``, ``.docx`` and the ``.csv`` beside.
    smallest : callable
        The smallest group of a municipality.
    only : collection of str
        Slugs of municipalities; empty: all, and what belongs to none.
    """
    for edition in EDITIONS:
        files: dict[str, list[Path]] = defaultdict(list)
        for path in sorted([*(folder / edition).rglob("*.html"), *(folder / edition).rglob("*.docx")]):
            files[_municipality(path)].append(path)
        for municipality_id, own in sorted(files.items()):
            if not only or (municipality_id and slug(municipality_id) in only):
                yield _read(folder, municipality_id, edition, own, smallest(municipality_id))
    if not only and (folder / "manifest.json").is_file():
        yield _of_manifest(folder / "manifest.json")


def _read(folder: Path, municipality_id: str, edition: str, files: list[Path], smallest: int) -> PagesRead:
    numbers, missing = 0, []
    for path in files:
        made, strange = read_page(path, smallest)
        numbers += len(made)
        missing += [(path.relative_to(folder).as_posix(), one) for one in strange]
    return PagesRead(municipality_id, edition, len(files), numbers, tuple(missing))


def read_page(path: Path, smallest: int) -> tuple[list[Statement], list[Statement]]:
    """Read one finished file: what it says in numbers, and what of that its file of figures does not publish."""
    beside = read_beside(_beside(path)) if _beside(path).is_file() else NOTHING
    if path.suffix == ".docx":
        places: Iterator[Place] = document_places(path.read_bytes())
    else:
        places = html_places(path.read_text("utf-8"))
    made = [one for place in places for one in statements(place, beside, smallest)]
    return made, list(unaccounted(made, beside))


def _beside(path: Path) -> Path:
    return path.with_name(_OTHER_LANGUAGE.sub("", path.stem) + ".csv")


def _municipality(path: Path) -> str:
    """Return whose page it is: of which municipality the file beside tells, if of one."""
    if not _beside(path).is_file():
        return ""
    beside: Beside = read_beside(_beside(path))
    return beside.municipality_id


def _of_manifest(path: Path) -> PagesRead:
    places = list(_entries(json.loads(path.read_text("utf-8")), ""))
    made = [one for place in places for one in statements(place, NOTHING, 1)]
    return PagesRead("", "", 1, len(made), tuple((path.name, one) for one in unaccounted(made, NOTHING)))


def _entries(value: Any, key: str) -> Iterator[Place]:
    """Go through names and values of a manifest; sizes of files, digests and the form's version stand in fields of their own."""
    if isinstance(value, dict):
        for name, own in value.items():
            yield Place("manifest name", str(name))
            yield from _entries(own, str(name))
    elif isinstance(value, list):
        for own in value:
            yield from _entries(own, key)
    elif value is not None and not isinstance(value, bool):
        yield Place(f"manifest {key}", str(value))
