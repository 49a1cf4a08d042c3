"""How a column of the contract is declared: required or not, its codes, its range, whole numbers."""

from typing import Any

import pandera.pandas as pa

GRADES = ("PS", *(str(grade) for grade in range(13)))
STATUSES = ("present", "absent", "exempt", "certificate")
YES_NO = ("yes", "no")
FIRST_YEAR, LAST_YEAR = 1990, 2100
WHOLE = {"whole": True}


class Table(pa.DataFrameModel):
    """What all tables share: further columns are allowed (attributes, provenance), types are given before."""

    class Config:
        """Report everything at once, in the order of the columns."""

        coerce = False
        strict = False


def required(**checks: Any) -> Any:
    """Declare a column that must be there and filled; keywords are pandera's checks (``isin``, ``ge``, ``le``)."""
    return pa.Field(nullable=False, **_lists(checks))


def optional(**checks: Any) -> Any:
    """Declare a column that may be absent or empty."""
    return pa.Field(nullable=True, **_lists(checks))


def year() -> Any:
    """Declare ``school_year``: the calendar year in which the school year ends."""
    return required(ge=FIRST_YEAR, le=LAST_YEAR, metadata=WHOLE)


def _lists(checks: dict[str, Any]) -> dict[str, Any]:
    """Codes as lists: a tuple would be taken apart into the check's arguments."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in checks.items()}
