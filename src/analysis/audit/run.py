"""Attack everything that lies in a folder of reports, municipality by municipality."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from analysis.audit.aside import Aside
from analysis.audit.attack import UNKNOWN, Attacked, Found, Limits, attack, strangers
from analysis.audit.bounds import Contradiction
from analysis.audit.late import late
from analysis.audit.means import measure_of, scores_of
from analysis.audit.nation import attacked_nation
from analysis.audit.published import published_rows
from analysis.audit.results import Book, books, linked_sets
from analysis.audit.scored import agreeing
from analysis.audit.sets import Cells, LinkedSet
from analysis.audit.subtracted import subtracted
from analysis.audit.truth import labelled, pool_of, settled, true_cells
from analysis.audit.withheld import filled
from analysis.intake.store import slug
from analysis.intake.unit import Unit
from analysis.params import Params
from analysis.stats.scale import main_session

READERS = {"public": ("public",), "board": ("public", "board")}
"""Whose eyes the attack has: who has the board's edition has the public one too."""
Known = Callable[[str], tuple[Params, Unit | None, Aside]]
"""What is known of a municipality: its parameters, its rows where these are at hand, what is public or was published earlier."""
_Levels = dict[str, list[str]]


@dataclass(frozen=True)
class Audited:
    """What the attack on one municipality's pages came to.

    Attributes
    ----------
    municipality_id, reader : str
        Whose pages, with which editions at hand.
    rows, read : int
        Published rows that count pupils, and those of them that the attack could read; of the others it says nothing.
    targets, solved : int
        Groups tried, programmes solved.
    found : tuple of (str, Found)
        Groups that are narrowed down, with their linked set.
    refused : tuple of (str, str)
        Linked sets whose figures contradict each other or the truth, and what does.
    anyway : int
        Groups that are as narrow by what is public or was published earlier.
    late : tuple of (str, int)
        Indicator (``public``: numbers of schools) → numbers that differ by less than a small group from what was known before.
    others : int
        Public numbers of schools that are higher by more: they counted pupils who are not in our data, and bound ours only.
    """

    municipality_id: str
    reader: str
    rows: int
    read: int
    targets: int
    solved: int
    found: tuple[tuple[str, Found], ...]
    refused: tuple[tuple[str, str], ...]
    anyway: int = 0
    late: tuple[tuple[str, int], ...] = ()
    others: int = 0

    @property
    def counts(self) -> dict[str, int]:
        """How many groups are exact, proven small, narrow, pinned."""
        return dict(Counter(one.judgement for _, one in self.found))

    @property
    def sound(self) -> bool:
        """Whether nothing was narrowed down and nothing had to be refused."""
        return not (self.found or self.refused or self.late)


def audit(folder: Path, known: Known, only: Collection[str] = ()) -> Iterator[Audited]:
    """Attack what is published of each municipality's results, with the eyes of each edition's readers.

    Parameters
    ----------
    folder : Path
        Of a batch.
    known : callable
        Parameters of a municipality (limits, what low and high mean; its pages say them), where a store is at hand the
        municipality with its rows, and what is known of it without these pages. With rows every group that is small in truth
        is a target. Without them the attack says what a stranger can prove.
    only : collection of str
        Slugs of municipalities to attack; empty: all.
    """
    for reader, editions in READERS.items():
        if not (folder / reader).is_dir():
            continue
        rows = published_rows(folder, editions)
        for municipality_id in sorted({str(name) for name in of_pupils(rows)["municipality_id"]}):
            if not only or slug(municipality_id) in only:
                yield audit_municipality(
                    reader, municipality_id, beside(rows, municipality_id), *known(municipality_id)
                )


def audit_nation(
    folder: Path, params: Params, known: Known, results: pd.DataFrame | None = None, earlier: pd.DataFrame | None = None
) -> Iterator[Audited]:
    """Attack what is published of the whole country beside all municipalities' pages, with the eyes of each edition's readers.

    Parameters
    ----------
    folder : Path
        Of a batch.
    params : Params
        The limits; what low and high mean.
    known : callable
        As in :func:`audit`: the pages of a municipality of which a withheld figure follows are attacked again, with that.
    results : pd.DataFrame, optional
        The results of all municipalities; of them every group that is small in truth is a target.
    earlier : pd.DataFrame, optional
        What earlier issues told of the country, with ``issue``.
    """
    truth = None if results is None or results.empty else results  # what was published before by others has no pupils
    for reader, editions in READERS.items():
        if not (folder / reader).is_dir():
            continue
        rows = published_rows(folder, editions, of_schools=False)
        if rows.loc[rows["municipality_id"] != "", "municipality_id"].nunique() < 2:
            continue
        made = list(attacked_nation(rows, params, truth))
        again = list(_again(folder, reader, [one.followed for one in made], known))
        sound = [(one.name, one.outcome) for one in made if isinstance(one.outcome, Attacked)]
        found = [(name, small) for name, one in sound for small in one.found] + list(subtracted(rows, params, truth))
        found += [(f"{one.municipality_id} {name}", small) for one in again for name, small in one.found]
        refused = [(one.name, str(one.outcome)) for one in made if isinstance(one.outcome, Contradiction)]
        refused += [(f"{one.municipality_id} {name}", why) for one in again for name, why in one.refused]
        nation = rows[rows["municipality_id"] == ""]
        told = int((nation["population"].eq("pupils") & nation["n"].notna()).sum())
        every = [*(one for _, one in sound), *again]
        targets, solved, anyway = (sum(getattr(one, what) for one in every) for what in ("targets", "solved", "anyway"))
        apart = Counter[str]() if earlier is None or earlier.empty else late(nation, earlier, params)
        yield Audited("", reader, told, told, targets, solved, tuple(found), tuple(refused), anyway,
                      tuple(sorted(apart.items())))  # fmt: skip


def _again(folder: Path, reader: str, follow: list[pd.DataFrame], known: Known) -> Iterator[Audited]:
    """Attack the municipalities of which a withheld figure follows from the country's as if they had told it."""
    follow = [one for one in follow if len(one)]
    if not follow:
        return
    rows = published_rows(folder, READERS[reader])
    for municipality_id, own in pd.concat(follow).groupby("municipality_id", sort=True):
        told = filled(beside(rows, str(municipality_id)), own)
        yield audit_municipality(reader, str(municipality_id), told, *known(str(municipality_id)))


def beside(rows: pd.DataFrame, municipality_id: str) -> pd.DataFrame:
    """Keep published rows of a municipality, and those of the whole country beside them."""
    return rows[rows["municipality_id"].isin([municipality_id, ""])]


def of_pupils(rows: pd.DataFrame) -> pd.DataFrame:
    """Keep published rows that count a municipality's pupils, and those that say that some of these are not listed."""
    return rows[rows["population"].isin(["pupils", "rows"]) & rows["municipality_id"].ne("")]


def audit_municipality(
    reader: str,
    municipality_id: str,
    rows: pd.DataFrame,
    params: Params,
    unit: Unit | None = None,
    aside: Aside | None = None,
) -> Audited:
    """Attack the published rows of one municipality (:func:`beside`); other parameters as in :func:`audit`."""
    limits = Limits(params.smallest_group, params.smallest_group_sensitive, frozenset(params.sensitive_attributes))
    made: list[Attacked] = []
    found: list[tuple[str, Found]] = []
    refused: list[tuple[str, str]] = []
    read: set[int] = set()
    aside, few, others = aside or Aside(), set[str](), set[str]()
    own = of_pupils(rows)
    for linked, truth in linked_sets_of(own, params, unit, aside):
        read |= {row for figure in linked.figures for row in figure.rows}
        few |= _beside_public(linked)
        others |= _of_others(linked)
        if all(figure.source for figure in linked.figures):  # nothing of the pages is about it
            continue
        try:
            one = _attacked(linked, truth, limits)
        except Contradiction as contradiction:
            refused.append((linked.name, str(contradiction)))
            continue
        made.append(one)
        found += [(linked.name, small) for small in one.found]
    targets, solved = sum(one.targets for one in made), sum(one.solved for one in made)
    count = int(own.loc[own["population"] == "pupils", "n"].notna().sum())
    then = pd.concat([aside.earlier, aside.country], ignore_index=True)
    apart = late(rows, then, params) + Counter({"public": len(few)} if few else {})
    return Audited(
        municipality_id, reader, count, len(read), targets, solved, tuple(found), tuple(refused),
        sum(one.anyway for one in made), tuple(sorted(apart.items())), len(others),
    )  # fmt: skip


def _beside_public(linked: LinkedSet) -> set[str]:
    """Return the numbers of schools that differ by few from public ones beside which they are told."""
    told = {tuple(sorted(one.group.items())) for one in linked.figures if not one.source and one.event is None}
    near = [one for one in linked.figures if one.source == "public" and one.slack and one.low < one.high]
    return {one.name for one in near if tuple(sorted(one.group.items())) in told}


def _of_others(linked: LinkedSet) -> set[str]:
    """Return the public numbers of schools that are about other pupils than ours."""
    test = linked.name.split(":")[0]
    return {f"{test} {one.name}" for one in linked.figures if one.source == "public" and not one.slack}


def _attacked(linked: LinkedSet, truth: Cells | None, limits: Limits) -> Attacked:
    return strangers(linked, limits) if truth is None else attack(linked, truth, limits)


def linked_sets_of(
    rows: pd.DataFrame, params: Params, unit: Unit | None, aside: Aside | None = None
) -> Iterator[tuple[LinkedSet, Cells | None]]:
    """Go through the linked sets of a municipality's tests, with the pupils in their cells where these are at hand."""
    pupils = None if unit is None else main_session(unit.results)
    for book in books(rows, params, aside or Aside(), pupils):
        if unit is None:
            schools, attributes = _read_levels(book)
            measure = measure_of(book, None)
            for one in linked_sets(book, schools, attributes):
                yield replace(settled(one, None), scores=scores_of(book, one.dims, measure)), None
            continue
        pool, measure = pool_of(unit.results, book), measure_of(book, unit.reference)
        levels, results = labelled(book, pool, unit.attributes), measure.of_pupils(pool)
        known = {name: sorted(levels[name].unique()) for name in unit.attributes if name in levels}
        schools = sorted(levels["school"].unique())
        for one in linked_sets(book, schools, known):
            truth, scores = true_cells(one, levels, book), scores_of(book, one.dims, measure, beside=True)
            if scores is not None:
                scores = replace(scores, truth=true_cells(one, levels, book, results))
            yield agreeing(replace(settled(one, truth), scores=scores), truth), truth


def _read_levels(book: Book) -> tuple[list[str], _Levels]:
    """Return schools and values of attributes as a stranger reads them; there may be more than a file lists."""
    read = pd.concat([book.rows[["group", "school_id"]], book.aside.earlier[["group", "school_id"]]])
    attributes: _Levels = {}
    for part in sorted({part for group in read["group"] for part in group.split("&") if part}):
        name, _, value = part.partition("=")
        attributes.setdefault(name, [UNKNOWN]).append(value)
    return [UNKNOWN, *sorted({*read["school_id"], *book.aside.outside["school_id"]} - {""})], attributes
