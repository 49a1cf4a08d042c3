"""Dates that have not come yet: what was done cannot have been done after the day of the data; plans may lie ahead."""

from datetime import date

import pandas as pd

from analysis.faults import Fault
from analysis.intake.checking.placed import at_rows
from analysis.intake.contracts import dated

#: Ends and validity may lie ahead: to the end of their own school year, a validity ten years more.
_PLANNED = {("support_given", "to"): 0, ("support_capacity", "valid_from"): 0, ("support_capacity", "valid_to"): 10}


def future_dates(table: str, rows: pd.DataFrame, today: date | None) -> list[Fault]:
    """Find dates after the day of the data (V13).

    Parameters
    ----------
    table : str
        Name in the contract.
    rows : pd.DataFrame
        Typed rows with provenance.
    today : date or None
        ``data_date`` of the delivery, or the day of the check; without either nothing is compared.
    """
    if today is None:
        return []
    faults: list[Fault] = []
    for column in dated(table):
        limit = pd.Series(pd.Timestamp(today), index=rows.index)
        if (table, column) in _PLANNED:
            years = rows["school_year"].where(rows["school_year"].between(1900, 2200)) + _PLANNED[table, column]
            end = pd.to_datetime(pd.DataFrame({"year": years, "month": 8, "day": 31}), errors="coerce")
            limit = limit.where(~(end > limit), end)
        late = rows[rows[column] > limit]
        dates, limits = late[column].dt.date.to_numpy(), limit[late.index].dt.date.to_numpy()
        said = [{"value": str(day), "limit": str(last)} for day, last in zip(dates, limits, strict=True)]
        faults += at_rows("V13", late, column, said.__getitem__)
    return faults
