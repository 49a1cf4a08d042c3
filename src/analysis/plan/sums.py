"""Figures as sums over small cells of pupils: all that a later issue needs to take a difference apart."""

from collections.abc import Callable, Sequence

import pandas as pd

from analysis.params import Params, threshold_percent
from analysis.stats.scale import TEST, main_session

FIGURES = {"attainment": "sd", "low_result_share": "percent", "fail_share": "percent"}
"""Figures that are compared with an earlier issue, and their units."""
KEYS = ["figure", *TEST]
SUMS = ["n", "total", "squares"]
Cut = Callable[[str, int, str, str, str], float | None]


def cuts_of(params: Params) -> Cut:
    """Return the definition of low and failed results: figure, school year, grade, test, domain → percent below which."""

    def cut(figure: str, school_year: int, grade: str, test: str, domain: str) -> float | None:
        if figure == "low_result_share":
            return params.low_result_percent
        return threshold_percent(school_year, grade, test, domain)

    return cut


def cuts_then(frozen: pd.DataFrame) -> Cut:
    """Return the definition that frozen sums were made by."""
    rows = frozen[[*KEYS, "cut"]].drop_duplicates(KEYS).dropna(subset="cut")
    known = {(f, int(y), g, t, d): c for f, y, g, t, d, _, c in rows.itertuples(index=False)}
    return lambda *test: known.get(test)


def sums(results: pd.DataFrame, attributes: Sequence[str], cut: Cut) -> pd.DataFrame:
    """Add up results by figure, test, school and the pupils' attributes.

    Parameters
    ----------
    results : pd.DataFrame
        Results with ``position``, ``value``, ``scale``, ``low_cut``, ``municipality_id``, ``school_id``.
    attributes : sequence of str
        Attributes of the cells; a pupil of whom one is unknown is in a cell of its own (empty text).
    cut : Cut
        Definition of low and failed results; the same indicator as in :func:`analysis.stats.shares.result_shares`.

    Returns
    -------
    pd.DataFrame
        One row a cell: ``figure``, the test, ``municipality_id``, ``school_id``, attributes, ``cut`` (percent; missing
        where the country's own cut is meant), ``n``, ``total`` and ``squares`` of the measure: national SDs, or 100 for
        a result that is low or failed and 0 for another.
    """
    rows = main_session(results)
    cells = [*KEYS, "municipality_id", "school_id", *attributes, "cut"]
    if rows.empty:
        return pd.DataFrame(columns=[*cells, *SUMS])
    text = {
        c: rows[c].astype("str").where(rows[c].notna(), "")
        for c in (*attributes, *TEST[1:], "municipality_id", "school_id")
    }
    rows = rows.assign(**text)
    placed = rows[rows["position"].notna()]
    parts = [placed.assign(figure="attainment", measure=placed["position"].astype("float64"), cut=float("nan"))]
    parts += [_below(rows, figure, cut) for figure in ("low_result_share", "fail_share")]
    measured = pd.concat(parts, ignore_index=True)
    measured["squares"] = measured["measure"] ** 2
    groups = measured.groupby(cells, observed=True, sort=True, dropna=False)
    return groups.agg(n=("measure", "size"), total=("measure", "sum"), squares=("squares", "sum")).reset_index()


def _below(rows: pd.DataFrame, figure: str, cut: Cut) -> pd.DataFrame:
    tests = rows[TEST].drop_duplicates()
    cuts = [cut(figure, int(y), g, t, d) for y, g, t, d, _ in tests.itertuples(index=False)]
    rows = rows.merge(tests.assign(cut=pd.Series(cuts, index=tests.index, dtype="float64")), on=TEST)
    percent = rows["scale"].eq("percent")
    limit = rows["cut"].where(percent, rows["low_cut"] if figure == "low_result_share" else float("nan"))
    judged = rows.assign(figure=figure, measure=100.0 * (rows["value"] < limit), cut=rows["cut"].where(percent))
    return judged[limit.notna()]


def newest(cells: pd.DataFrame) -> pd.DataFrame:
    """Keep each figure's newest school year, test by test."""
    series = [cells[key] for key in ("figure", *TEST[1:])]
    return cells[cells["school_year"] == cells.groupby(series)["school_year"].transform("max")]
