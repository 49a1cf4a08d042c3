"""Which pages a run makes of a notebook: one of each municipality, of each school, or of the whole country."""

import ast
import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from analysis.batch.open import EDITIONS
from analysis.faults import Fault, InputFaults
from analysis.intake.store import Store, slug
from analysis.params import nearest

SCHOOL = "school"
"""The parameter by which a notebook says that its page is a school's."""
SCHOOL_EDITIONS = ("board",)
COUNTRY = "country"
"""File name of a page that is about all municipalities."""


@dataclass(frozen=True)
class Subject:
    """Whom a page is about.

    Attributes
    ----------
    municipality_id, place : str
        The municipality and its name; both empty: all of them.
    slug, name : str
        File name of the page, and what the index calls it.
    school_id : str
        The school; empty: the municipality itself.
    """

    municipality_id: str
    place: str
    slug: str
    name: str
    school_id: str = ""

    def asked(self, only: Collection[str]) -> bool:
        """Tell whether it belongs to a run held to these slugs: its own, or that of its municipality; none: all do."""
        return not only or self.slug in only or slug(self.municipality_id) in only


def of_country(notebook: Path) -> bool:
    """Tell whether a notebook's page is about all municipalities: then its own ``municipality`` is the empty text."""
    return parameters_of(notebook).get("municipality") == ""


def parameters_of(notebook: Path) -> dict[str, object]:
    """Return the names and values that a notebook's cell of parameters gives; none where it has no such cell."""
    cells = json.loads(notebook.read_text("utf-8")).get("cells", [])
    sources = ["".join(c["source"]) for c in cells if "parameters" in c.get("metadata", {}).get("tags", [])]
    given = [node for source in sources for node in ast.parse(source).body if isinstance(node, ast.Assign)]
    return {
        name.id: node.value.value if isinstance(node.value, ast.Constant) else None
        for node in given for name in node.targets if isinstance(name, ast.Name)
    }  # fmt: skip


def editions_of(notebook: Path, asked: Iterable[str]) -> tuple[str, ...]:
    """Return the editions in which a notebook's page is made: those asked for that it has, its first where none is asked for."""
    has = SCHOOL_EDITIONS if SCHOOL in parameters_of(notebook) else EDITIONS
    wanted = tuple(dict.fromkeys(asked)) or has[:1]
    return tuple(edition for edition in wanted if edition in has)


def subjects(store: Store, notebook: Path) -> Iterator[Subject]:
    """List whom a notebook makes pages of, in the order of the municipalities' ids, and of the schools' ids in each."""
    if of_country(notebook):
        yield Subject("", "", COUNTRY, COUNTRY)
        return
    places = store.table("municipalities").sort_values("municipality_id")
    per_school = SCHOOL in parameters_of(notebook)
    schools = store.table("schools").sort_values("school_id") if per_school else None
    stems = {} if schools is None else file_names(schools["school_id"].astype("str"))
    for municipality_id, place in places[["municipality_id", "name"]].astype("str").itertuples(index=False):
        if schools is None:
            yield Subject(municipality_id, place, slug(municipality_id), place)
            continue
        own = schools[schools["municipality_id"] == municipality_id]
        for school_id, name in own[["school_id", "name"]].astype("str").itertuples(index=False):
            yield Subject(municipality_id, place, stems[school_id], name, school_id)


def file_names(ids: Iterable[str]) -> dict[str, str]:
    """Return the file name of each school: its id through the allow-list; where several would share one, with a digest each.

    Ids of schools may be any text of a delivery, and a file system may take capitals and small letters for the same.
    """
    stems = {school_id: slug(school_id) for school_id in ids}
    shared = Counter(stem.lower() for stem in stems.values())
    return {
        school_id: stem if shared[stem.lower()] == 1 else f"{stem[:50]}-{hashlib.sha256(school_id.encode()).hexdigest()[:8]}"
        for school_id, stem in stems.items()
    }  # fmt: skip


def check_jobs(store: Store, notebooks: Iterable[Path], editions: Iterable[str], only: Iterable[str]) -> None:
    """Refuse what would make no page.

    Raises
    ------
    InputFaults
        P70: a school's page for the public. P05: a slug that is neither a municipality's nor, where a notebook takes a
        school, a school's. P73: a page on the country of a board's own delivery.
    """
    notebooks, editions = tuple(notebooks), tuple(editions)
    faults = [
        Fault("P70", "--edition", facts={"key": notebook.stem, "found": ", ".join(editions)})
        for notebook in notebooks if not editions_of(notebook, editions)
    ]  # fmt: skip
    about_all = [notebook for notebook in notebooks if of_country(notebook)]
    scope = store.facts["scope"]
    faults += [
        Fault("P73", "--notebook", facts={"key": notebook.stem, "found": scope})
        for notebook in about_all if scope != "country"
    ]  # fmt: skip
    known = [COUNTRY] if about_all else []
    known += [slug(str(place)) for place in store.table("municipalities")["municipality_id"]]
    known += [one.slug for notebook in notebooks for one in subjects(store, notebook) if one.school_id]
    strangers = [word for word in only if word not in known]
    faults += [Fault("P05", "--only", facts={"value": w, "nearest": nearest(w, known)}) for w in strangers]
    if faults:
        raise InputFaults(faults)
