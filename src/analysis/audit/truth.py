"""The truth behind published results, from a store: how many pupils there are in every cell of a linked set."""

import numpy as np
import pandas as pd

from analysis.audit.attack import UNKNOWN
from analysis.audit.results import TEST, Book
from analysis.audit.sets import Cells, LinkedSet
from analysis.intake.unit import Unit
from analysis.stats.scale import main_session


def pool_of(unit: Unit, book: Book) -> pd.DataFrame:
    """Return the pupils whose results of a test are published: of its main session, measured as its pages measure them."""
    rows = main_session(unit.results)
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


def true_cells(linked: LinkedSet, levels: pd.DataFrame, book: Book) -> Cells:
    """Count pupils in every cell of a linked set; one without years is about the pool of groups."""
    levels = levels if "period" in linked.dims else levels[levels["year"].isin(book.pool)]
    cells = np.zeros(linked.shape)
    places = [pd.Categorical(levels[name], categories=list(values)).codes for name, values in linked.dims.items()]
    np.add.at(cells, tuple(places), 1.0)
    return cells
