"""What a table's pandera model finds, in the workbook's words: ranges, codes, empty cells, columns that must agree."""

import re
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
import pandera.errors

from analysis.faults import Fault, shown
from analysis.intake.checking.placed import at_rows
from analysis.intake.contracts import TABLES, codes
from analysis.intake.provenance import FILE, LINE

_OF_ROW = {
    ("V01", "results"): "score",
    ("V02", "results"): "score",
    ("V02", "school_results"): "mean_score",
    ("V17", "results"): "status",
    ("V18", "support_given"): "to",
    ("V18", "support_capacity"): "valid_to",
}


def model_faults(
    table: str, rows: pd.DataFrame, bad: Mapping[str, "pd.Series[bool]"], lacking: set[tuple[str, str]]
) -> list[Fault]:
    """Check a table against its model.

    Parameters
    ----------
    table : str
        Name in the contract.
    rows : pd.DataFrame
        Typed rows with provenance.
    bad : mapping of column to pd.Series of bool
        Cells that are told already.
    lacking : set of (file, column)
        Columns that a file does not have at all, which is told already.

    Returns
    -------
    list of Fault
        V01, V02, V09, V15, V17, V18. A cell is told once; whether status and score fit is not asked where one of them is
        at fault by itself.
    """
    found = _failures(table, rows)
    for (_, column), at in found.items():
        at &= ~bad[column] if column in bad else True
    unsure = _any_of(found, bad, ("score", "status"), rows)
    faults: list[Fault] = []
    for (check, column), at in found.items():
        code = _code(check)
        if code == "V17":
            at &= ~unsure
        part = rows[at]
        if code == "V09":
            faults += _empty(part, rows, column, lacking)
        else:
            faults += at_rows(code, part, column, _facts(code, check, table, part, column))
    return faults


def _failures(table: str, rows: pd.DataFrame) -> dict[tuple[str, str], "pd.Series[bool]"]:
    """Run the model: check and column → the rows that fail it."""
    try:
        TABLES[table].validate(rows, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        cases = errors.failure_cases
    else:
        return {}
    failures: dict[tuple[str, str], pd.Series[bool]] = {}
    for (check, column), part in cases.groupby(["check", "column"], sort=False):
        name = _OF_ROW.get((str(check), table), str(column))
        at = pd.Series(rows.index.isin(part["index"].astype("int64")), index=rows.index)
        failures[str(check), name] = failures.get((str(check), name), False) | at
    return failures


def _any_of(
    found: Mapping[tuple[str, str], "pd.Series[bool]"],
    bad: Mapping[str, "pd.Series[bool]"],
    columns: tuple[str, ...],
    rows: pd.DataFrame,
) -> "pd.Series[bool]":
    unsure = pd.Series(False, index=rows.index)
    for (check, column), at in found.items():
        if column in columns and check != "V17":
            unsure |= at
    for column in columns:
        if column in bad:
            unsure |= bad[column]
    return unsure


def _code(check: str) -> str:
    if re.fullmatch(r"[A-Z]\d\d", check):
        return check
    kind = check.split("(")[0]
    if kind.startswith("greater_than"):
        return "V01"
    return "V02" if kind.startswith("less_than") else {"isin": "V15", "not_nullable": "V09"}[kind]


def _facts(
    code: str, check: str, table: str, part: pd.DataFrame, column: str
) -> Callable[[int], Mapping[str, object]] | Mapping[str, object]:
    if code == "V15":
        return {"codes": ", ".join(codes(table)[column])}
    if code not in ("V01", "V02"):
        return {}
    bound = re.search(r"\((-?[\d.]+)\)", check)
    limit, own = ("low", "score_min") if code == "V01" else ("high", "score_max")
    values = part[column].to_numpy()
    limits = np.full(len(part), float(bound.group(1))) if bound else part[own].to_numpy()
    is_open = check.startswith("greater_than(")

    def facts(place: int) -> Mapping[str, object]:
        said: object = plain(limits[place])
        if is_open:
            said = {"lv": f"{said} (pats {said} neder)", "en": f"{said} ({said} itself is not enough)"}
        return {"value": shown(plain(values[place])), limit: said}

    return facts


def plain(value: float) -> str:
    """Return a number without exponent and without zeros that say nothing."""
    return np.format_float_positional(value, trim="-")


def _empty(part: pd.DataFrame, rows: pd.DataFrame, column: str, lacking: set[tuple[str, str]]) -> list[Fault]:
    """Say V09 once of a column that a whole file leaves empty; of every other say how many rows are filled."""
    faults: list[Fault] = []
    for file, at in part.groupby(FILE, sort=False):
        cells = rows.loc[rows[FILE] == file, column]
        facts = {"filled": int(cells.notna().sum()), "rows": len(cells)}
        if (file, column) in lacking:
            continue
        if facts["filled"]:
            faults += at_rows("V09", at[[FILE, LINE]], column, facts)
        else:
            faults.append(Fault("V09", str(file), column=column, facts=facts))
    return faults
