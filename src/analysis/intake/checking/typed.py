"""From text to the contract's types: numbers and dates are parsed, missing columns appear empty, every fault keeps its line."""

from collections.abc import Set
from datetime import date

import pandas as pd

from analysis.faults import Fault
from analysis.intake.checking.ahead import future_dates
from analysis.intake.checking.cells import Column, codes, dates, numbers
from analysis.intake.checking.identifiers import id_faults
from analysis.intake.checking.modelfaults import model_faults
from analysis.intake.checking.nametext import name_faults
from analysis.intake.checking.wholecolumns import column_faults
from analysis.intake.contracts import NAME_COLUMNS, columns, dated, numeric, whole
from analysis.intake.provenance import FILE, LINE, own_columns

_FREE_TEXT = ("topic", "answer", "source", "question")


def typed(
    table: str,
    rows: pd.DataFrame,
    covariates: tuple[str, ...] = (),
    lacking: Set[tuple[str, str]] = frozenset(),
    today: date | None = None,
) -> tuple[pd.DataFrame, list[Fault]]:
    """Give a table its types and check it against its model.

    Parameters
    ----------
    table : str
        Name in the contract.
    rows : pd.DataFrame
        Text columns and provenance, as the maps left them.
    covariates : tuple of str
        Further columns that hold numbers.
    lacking : set of (file, column)
        Columns that a file does not have at all, which is told already.
    today : date, optional
        No date of what was done may be later.

    Returns
    -------
    pd.DataFrame
        All columns of the contract; numbers float, dates ``datetime64[ns]``, text ``str``, empty cells missing.
    list of Fault
        S10, V01–V20, E04, I02, I09, N01, N05.
    """
    made = {
        name: _column(table, rows, name, covariates) for name in dict.fromkeys([*columns(table), *own_columns(rows)])
    }
    frame = pd.DataFrame({name: column.values for name, column in made.items()}, index=rows.index)
    if table == "results":
        frame["score_min"] = frame["score_min"].mask(frame["score_min"].isna() & frame["score_max"].notna(), 0.0)
    frame = frame.assign(**{FILE: rows[FILE], LINE: rows[LINE]})
    bad = {name: column.bad for name, column in made.items() if column.faults}
    return frame, [
        *(fault for column in made.values() for fault in column.faults),
        *model_faults(table, frame, bad, set(lacking)),
        *name_faults(table, frame),
        *id_faults(frame),
        *column_faults(table, frame, covariates),
        *future_dates(table, frame, today),
    ]


def _column(table: str, rows: pd.DataFrame, name: str, covariates: tuple[str, ...]) -> Column:
    is_number = name in numeric(table) or name in covariates
    if name not in rows:
        kind = "float64" if is_number else "datetime64[ns]" if name in dated(table) else "str"
        empty = pd.Series(float("nan"), index=rows.index, dtype=kind)
        return Column(empty, pd.Series(False, index=rows.index))
    if is_number:
        return numbers(rows, name, whole=name in whole(table))
    if name in dated(table):
        return dates(rows, name)
    return codes(rows, name, free=name in (*NAME_COLUMNS.get(table, ()), *_FREE_TEXT))
