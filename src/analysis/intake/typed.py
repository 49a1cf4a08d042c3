"""From text to the contract's types: numbers are parsed, missing columns appear empty, and every fault keeps its line."""

import re
from collections.abc import Set
from typing import Any

import numpy as np
import pandas as pd
import pandera.errors

from analysis.faults import Fault, shown, shown_name
from analysis.intake.contracts import NAME_COLUMNS, TABLES, columns, dated, numeric
from analysis.intake.numbers import number
from analysis.intake.provenance import FILE, LINE, own_columns
from analysis.intake.register import looks_like_path

_HTML = re.compile(r"<[^>]*>|&#|javascript:", re.IGNORECASE)
_DOUBLE_ENCODED = re.compile(
    r"[ÃÄÅ][\u0080-\u00aa\u00ac-\u00ba\u00bc-\u00bf€‚ƒ…†‡ˆ‰ŠŒŽ˜™šœžŸ]"
)  # not before quotes and dashes
_CODES = {"isin": "V15", "not_nullable": "V09"}


def typed(
    table: str, rows: pd.DataFrame, covariates: tuple[str, ...] = (), lacking: Set[tuple[str, str]] = frozenset()
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

    Returns
    -------
    pd.DataFrame
        All columns of the contract; numbers float, text ``str``, empty cells missing.
    list of Fault
        S10, V01, V02, V05, V09, V15, V17, E04, N01, N05.
    """
    rows, faults = _with_types(table, rows, covariates)
    told = {(f.file, f.line, f.column) for f in faults}
    found = [f for f in _model_faults(table, rows, told) if (f.file, f.column) not in lacking]
    return rows, [*faults, *_names(table, rows), *_empty_columns(rows, _once(found, faults))]


def _with_types(table: str, rows: pd.DataFrame, covariates: tuple[str, ...]) -> tuple[pd.DataFrame, list[Fault]]:
    faults: list[Fault] = []
    typed_columns: dict[str, pd.Series] = {}
    for name in dict.fromkeys([*columns(table), *own_columns(rows)]):
        is_number = name in numeric(table) or name in covariates
        if name not in rows:
            kind = "float64" if is_number else "datetime64[ns]" if name in dated(table) else "str"
            typed_columns[name] = pd.Series(float("nan"), index=rows.index, dtype=kind)
        elif is_number:
            typed_columns[name], found = _numbers(rows, name)
            faults += found
        elif name in dated(table):
            dates = pd.to_datetime(rows[name].str.strip(), format="%Y-%m-%d", errors="coerce")
            typed_columns[name] = dates.astype("datetime64[ns]")
        else:
            text = rows[name].str.strip()
            typed_columns[name] = text.where(text != "")
    made = pd.DataFrame(typed_columns, index=rows.index)
    if table == "results":
        made["score_min"] = made["score_min"].mask(made["score_min"].isna() & made["score_max"].notna(), 0.0)
    return made.assign(**{FILE: rows[FILE], LINE: rows[LINE]}), faults


def _numbers(rows: pd.DataFrame, name: str) -> tuple["pd.Series[float]", list[Fault]]:
    known = {text: number(text) for text in rows[name].unique()}
    values = rows[name].map(known).astype("float64")
    bad = rows[values.isna() & (rows[name].str.strip() != "")]
    faults = [
        Fault("V05", file, int(line), column=name, facts={"value": shown(text)})
        for file, line, text in zip(bad[FILE], bad[LINE], bad[name], strict=True)
    ]
    return values, [*faults, *_both_marks(rows[values.notna()], name)]


def _both_marks(rows: pd.DataFrame, name: str) -> list[Fault]:
    """One column of one file has one decimal mark: 1,234 beside 1.5 may be a thousand, and nobody guesses (S10)."""
    comma, point = rows[name].str.contains(",", regex=False), rows[name].str.contains(".", regex=False)
    if not (comma.any() and point.any()):
        return []
    firsts = [rows[mark].drop_duplicates(FILE).set_index(FILE)[LINE] for mark in (comma, point)]
    both = pd.concat(firsts, axis=1, join="inner", keys=["comma", "point"])
    return [
        Fault("S10", str(file), int(max(line)), column=name, facts={"other": int(min(line))})
        for file, line in zip(both.index, both.to_numpy(), strict=True)
    ]


def _names(table: str, rows: pd.DataFrame) -> list[Fault]:
    """Names of places and schools reach pages: no HTML, no broken letters; codes of municipalities are no paths."""
    faults = []
    names = NAME_COLUMNS.get(table, ())
    of_place = ("municipality_id", *names) if table == "municipalities" else ()
    for code, wanted, test in (
        ("N01", names, _HTML.search),
        ("E04", names, _broken),
        ("N05", of_place, looks_like_path),
    ):
        for column in wanted:
            bad = rows[rows[column].isin([text for text in rows[column].dropna().unique() if test(text)])]
            for file, line, text in zip(bad[FILE], bad[LINE], bad[column], strict=True):
                facts = {"value": shown_name(text), "nearest": _repaired(text) or "–"}
                faults.append(Fault(code, file, int(line), column=column, facts=facts))
    return faults


def _broken(text: str) -> bool:
    return _DOUBLE_ENCODED.search(text) is not None or _repaired(text) is not None


def _repaired(text: str) -> str | None:
    """Return what a name was before its UTF-8 bytes were read in another encoding; None where that cannot have been."""
    for encoding in ("cp1252", "cp1257"):
        try:
            made = b"".join(c.encode("latin-1" if "\x80" <= c <= "\x9f" else encoding) for c in text).decode("utf-8")
        except (UnicodeEncodeError, UnicodeDecodeError):
            continue
        if made != text:
            return made
    return None


def _model_faults(table: str, rows: pd.DataFrame, told: set[Any]) -> list[Fault]:
    """Run the table's pandera model and say its findings in the workbook's words; a cell told already is not told twice."""
    try:
        TABLES[table].validate(rows, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        cases = errors.failure_cases
    else:
        return []
    faults: dict[Any, Fault] = {}
    for check, column, index in zip(cases["check"], cases["column"], cases["index"], strict=True):
        code = _code(str(check))
        row: Any = rows.loc[int(index)]
        name = _column(table, code, str(check), str(column))
        if (row[FILE], int(row[LINE]), name) not in told:
            facts = _facts(code, str(check), table, name, row)
            faults[code, row[FILE], row[LINE], name] = Fault(code, row[FILE], int(row[LINE]), column=name, facts=facts)
    return list(faults.values())


def _code(check: str) -> str:
    if check.startswith(("greater_than", "V01")):
        return "V01"
    if check.startswith(("less_than", "V02")):
        return "V02"
    return "V17" if check == "V17" else _CODES[check.split("(")[0]]


def _column(table: str, code: str, check: str, column: str) -> str:
    """Name the column of a check; one on the whole row stands for the score or the status."""
    if code == "V17":
        return "status"
    if check in ("V01", "V02"):
        return "mean_score" if table == "school_results" else "score"
    return column


def _facts(code: str, check: str, table: str, name: str, row: "pd.Series[Any]") -> dict[str, object]:
    bound = re.search(r"\((-?[\d.]+)\)", check)
    if code in ("V01", "V02"):
        limit, own = ("low", "score_min") if code == "V01" else ("high", "score_max")
        value = float(bound.group(1)) if bound else row[own]
        return {"value": shown(_plain(row[name])), limit: _plain(value)}
    if code == "V15":
        allowed = next(c for c in TABLES[table].to_schema().columns[name].checks if c.name == "isin")
        return {"codes": ", ".join(str(value) for value in allowed.statistics["allowed_values"])}
    return {}


def _plain(value: float) -> str:
    return np.format_float_positional(value, trim="-")


def _once(found: list[Fault], before: list[Fault]) -> list[Fault]:
    """Leave V17 out where score or status is at fault by itself: whether they fit is then not known."""
    own = {(f.file, f.line) for f in (*found, *before) if f.column in ("score", "status") and f.code != "V17"}
    return [f for f in found if f.code != "V17" or (f.file, f.line) not in own]


def _empty_columns(rows: pd.DataFrame, faults: list[Fault]) -> list[Fault]:
    """Say V09 once of a column that a whole file leaves empty; of every other say how many rows are filled."""
    out: dict[object, Fault] = {}
    for fault in faults:
        if fault.code != "V09":
            out[id(fault)] = fault
            continue
        column = rows.loc[rows[FILE] == fault.file, str(fault.column)]
        filled = int(column.notna().sum())
        line = fault.line if filled else None
        facts = {"filled": filled, "rows": len(column)}
        out[fault.file, line, fault.column] = Fault("V09", fault.file, line, column=fault.column, facts=facts)
    return list(out.values())
