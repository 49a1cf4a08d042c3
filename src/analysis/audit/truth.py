"""The truth behind published results, from a store: how many pupils there are in every cell of a linked set."""

from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.audit.aside import TEST
from analysis.audit.attack import UNKNOWN
from analysis.audit.results import Book
from analysis.audit.sets import Cells, Figure, LinkedSet
from analysis.stats.scale import main_session

_NEAR = 1e-6


def pool_of(results: pd.DataFrame, book: Book) -> pd.DataFrame:
    """Return the pupils whose results of a test are published: of its main session, measured as its pages measure them."""
    rows = main_session(results)
    for key in TEST:
        rows = rows[rows[key].astype("str") == str(book.rows[key].iloc[0])]
    rows = rows[rows["school_year"].isin(book.years)]
    measures = [measure for measure in ("position", "points", "value") if rows[measure].notna().any()]
    return rows[rows[measures[0]].notna()] if measures else rows.iloc[:0]


def labelled(book: Book, pool: pd.DataFrame, attributes: list[str]) -> pd.DataFrame:
    """Give every pupil of a pool its levels: school, year and result, attributes (``?`` where not known)."""
    percents = pool["value"].where(pool["scale"].astype("str") == "percent")
    periods = [
        book.period(int(year), None if pd.isna(percent) else float(percent))
        for year, percent in zip(pool["school_year"], percents, strict=True)
    ]
    known = {name: pool[name].astype("str").where(pool[name].notna(), UNKNOWN) for name in attributes if name in pool}
    fixed = {
        "year": pool["school_year"].to_numpy(),
        "period": periods,
        "school": pool["school_id"].astype("str").to_numpy(),
    }
    return pd.DataFrame(fixed).assign(**{name: values.to_numpy() for name, values in known.items()})


def true_cells(linked: LinkedSet, levels: pd.DataFrame, book: Book, results: "pd.Series[float] | None" = None) -> Cells:
    """Count pupils in every cell of a linked set, or add up their results; one without years is about the pool of groups."""
    levels = levels if "period" in linked.dims else levels[levels["year"].isin(book.pool)]
    cells = np.zeros(linked.shape)
    places = [pd.Categorical(levels[name], categories=list(values)).codes for name, values in linked.dims.items()]
    np.add.at(cells, tuple(places), 1.0 if results is None else results.to_numpy())
    return cells


def settled(linked: LinkedSet, truth: Cells | None) -> LinkedSet:
    """Read what is known from elsewhere as one does who supposes that few records differ.

    Parameters
    ----------
    linked : LinkedSet
        Its figures with ``slack`` were told earlier, or by others.
    truth : Cells or None
        Pupils in each cell now. What agrees with it is taken as it was told: whoever supposes that nothing changed there is
        right. What differs by less than a small group is taken to be that near; what differs more tells nothing now, but a
        public number that is higher bounds ours.

    Returns
    -------
    LinkedSet
        Without the truth, what the pages tell of the same group stands for it; where they are silent all numbers are taken to
        be near, and shares to tell nothing.
    """
    told = {
        _whom(one): one.low for one in linked.figures if not one.source and one.event is None and one.low == one.high
    }
    found = []
    for one in linked.figures:
        value = one.value(linked, truth) if truth is not None else None if one.event else told.get(_whom(one))
        found.append(_settled(one, value) if one.slack else one)
    return replace(linked, figures=tuple(one for one in found if one is not None))


def _whom(one: Figure) -> frozenset[tuple[str, frozenset[str]]]:
    return frozenset(one.group.items())


def _settled(one: Figure, value: float | None) -> Figure | None:
    if value is not None and one.low - _NEAR <= value <= one.high + _NEAR:
        return one
    if one.event is not None:
        return None
    near = replace(one, low=one.low - one.slack, high=one.high + one.slack)
    if value is None or near.low <= value <= near.high:
        return near
    if one.source != "public":
        return None
    # Others counted all pupils, of whom ours are a part. Fewer than ours they cannot be: that stays, and the set is refused.
    return replace(one, low=0.0, slack=0.0) if value < one.low else one
