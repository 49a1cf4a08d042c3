"""Between which bounds does the number of pupils reached lie, when only the participants of each activity are counted?"""

import pandas as pd

from analysis.stats.activities.tables import SCHOOL


def school_bounds(offers: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """Bound the number of a school's pupils who take part in at least one of its activities.

    Grades are disjoint. At least: the largest activity of each grade added up, or the largest that names no grade, where
    that is more. At most: in each grade all its participations or all its pupils, with those that name no grade, and never
    more than the school has. Both are reached by some way of spreading the participations.

    Parameters
    ----------
    offers : pd.DataFrame
        From :func:`analysis.stats.activities.tables.spread_over`.
    cells : pd.DataFrame
        Pupils by school, year and grade (``n``).

    Returns
    -------
    pd.DataFrame
        ``municipality_id, school_id, school_year, low, high, n``: pupils; schools without participations have none.
    """
    seats = offers.assign(pupils=offers[["pupils", "n"]].min(axis=1), given=offers["pupils"])
    by_grade = seats.groupby([*SCHOOL, "grade"])
    found = by_grade.agg(largest=("pupils", "max"), given=("given", "sum"), n=("n", "first")).reset_index()
    named = found["grade"] != ""
    most = found[["given", "n"]].min(axis=1).where(named, found["given"])
    sides = found[SCHOOL].assign(
        graded=found["largest"].where(named, 0.0), open=found["largest"].mask(named, 0.0), most=most
    )
    sides = sides.groupby(SCHOOL, as_index=False)[["graded", "open", "most"]].sum()
    rows = sides.merge(cells.groupby(SCHOOL, as_index=False)["n"].sum(), on=SCHOOL)
    return rows[SCHOOL].assign(
        low=rows[["graded", "open"]].max(axis=1), high=rows[["most", "n"]].min(axis=1), n=rows["n"]
    )
