"""Which withheld figures of municipalities, however large, follow from the country's? What is within them is asked next.

A figure may be withheld for the sake of another: of a school, that would follow once it is known. Whether it does is found out by
attacking the municipality's pages again, with what follows filled in (:func:`filled`).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.audit.aside import TEST
from analysis.audit.bounds import whole_ends
from analysis.audit.results import Book, counted
from analysis.audit.scored import reader_of
from analysis.audit.sets import Group, LinkedSet
from analysis.audit.without import Without
from analysis.evidence import each

FIGURE = ["municipality_id", "indicator", "year_from", "school_year", *TEST, "part"]
"""What a figure of all pupils of a municipality is about."""


def followed(linked: LinkedSet, book: Book, k: int) -> pd.DataFrame:
    """Return the withheld figures of municipalities that a reader knows within fewer than ``k``, but for what is attacked.

    Parameters
    ----------
    linked : LinkedSet
        A test, with municipalities in the place of schools.
    book : Book
        Its published rows; those that say nothing are asked about.
    k : int
        How wide they have to be.

    Returns
    -------
    pd.DataFrame
        :data:`FIGURE`, and between which numbers the pupils lie whom it counts: ``least``, ``most``.
    """
    reader, without = reader_of(linked), Without(linked, whole=False)
    found = []
    for group, rows in _blank(book, linked.dims):
        cells = linked.mask(group)
        low, high = whole_ends(reader.least(cells)[0], reader.most(cells)[0])
        if high - low < k and not without.as_narrow(group, low, high, k):
            found += [dict(zip(FIGURE, row, strict=True)) | {"least": low, "most": high} for row in rows]
    return pd.DataFrame(found, columns=[*FIGURE, "least", "most"])


def _blank(book: Book, dims: Mapping[str, Sequence[str]]) -> list[tuple[Group, list[Any]]]:
    """Return the pupils behind each number and share that says nothing, not even a bound, and which figures these are."""
    found: dict[frozenset[tuple[str, frozenset[str]]], tuple[Group, list[Any]]] = {}
    for row in each(book.rows[book.rows[["estimate", "low", "high"]].isna().all(axis=1)]):
        group = counted(book, row, dims)
        if group is None or row.school_id not in dims["school"]:
            continue
        if pd.isna(row.n) or row.indicator != "attainment":
            figure = [row.school_id, *(getattr(row, name) for name in FIGURE[1:])]
            found.setdefault(frozenset(group.items()), (group, []))[1].append(figure)
    return list(found.values())


def filled(rows: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Give published rows of municipalities what follows of them (:func:`followed`): ``least`` and ``most``, else empty."""
    whole = rows["school_id"].eq("") & rows["group"].eq("")
    ends = known.astype({"year_from": "Int64"}).drop_duplicates(FIGURE)
    merged = rows[FIGURE].astype({"year_from": "Int64"}).merge(ends, on=FIGURE, how="left")
    return rows.assign(**{name: np.where(whole, merged[name], np.nan) for name in ("least", "most")})
