"""From text to the contract's types: numbers are parsed, missing columns appear empty, and every fault keeps its line."""

import re
from typing import Any

import pandas as pd
import pandera.errors

from analysis.faults import Fault, shown, shown_name
from analysis.intake.contracts import NAME_COLUMNS, TABLES, columns, numeric
from analysis.intake.provenance import DECIMAL, FILE, LINE, own_columns

_NUMBER = re.compile(r"[-+]?\d+(\.\d+)?")
_HTML = re.compile(r"<[^>]*>|&#|javascript:", re.IGNORECASE)
_DOUBLE_ENCODED = re.compile(r"[ÃÄÅ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")
_PATH = re.compile(r"[/\\]|\.\.")
_CODES = {"isin": "V15", "not_nullable": "V09"}


def typed(table: str, rows: pd.DataFrame, covariates: tuple[str, ...] = ()) -> tuple[pd.DataFrame, list[Fault]]:
    """Give a table its types and check it against its model.

    Parameters
    ----------
    table : str
        Name in the contract.
    rows : pd.DataFrame
        Text columns and provenance, as the maps left them.
    covariates : tuple of str
        Further columns that hold numbers.

    Returns
    -------
    pd.DataFrame
        All columns of the contract; numbers float, text ``str``, empty cells missing.
    list of Fault
        S04, V01, V02, V05, V09, V15, V17, E04, N01, N05.
    """
    missing = [name for name, required in columns(table).items() if required and name not in rows]
    if missing:
        found = ", ".join(own_columns(rows))
        file = str(rows[FILE].iloc[0]) if len(rows) else table
        return rows, [Fault("S04", file, facts={"table": table, "name": name, "found": found}) for name in missing]
    rows, faults = _with_types(table, rows, covariates)
    return rows, [
        *faults,
        *_names(table, rows),
        *_model_faults(table, rows, {(f.file, f.line, f.column) for f in faults}),
    ]


def _with_types(table: str, rows: pd.DataFrame, covariates: tuple[str, ...]) -> tuple[pd.DataFrame, list[Fault]]:
    faults: list[Fault] = []
    typed_columns: dict[str, pd.Series] = {}
    for name in dict.fromkeys([*columns(table), *own_columns(rows)]):
        is_number = name in numeric(table) or name in covariates
        if name not in rows:
            typed_columns[name] = pd.Series(float("nan"), index=rows.index, dtype="float64" if is_number else "str")
        elif is_number:
            typed_columns[name], found = _numbers(rows, name)
            faults += found
        else:
            text = rows[name].str.strip()
            typed_columns[name] = text.where(text != "")
    made = pd.DataFrame(typed_columns, index=rows.index)
    if table == "results":
        made["score_min"] = made["score_min"].mask(made["score_min"].isna() & made["score_max"].notna(), 0.0)
    return made.assign(**{FILE: rows[FILE], LINE: rows[LINE]}), faults


def _numbers(rows: pd.DataFrame, name: str) -> tuple["pd.Series[float]", list[Fault]]:
    decimals = rows[DECIMAL].iloc[0] if len(rows) and rows[DECIMAL].nunique() == 1 else None
    if decimals is None and len(rows):
        parts = [_numbers(part, name) for _, part in rows.groupby(DECIMAL, sort=False)]
        return pd.concat([p[0] for p in parts]).reindex(rows.index), [f for p in parts for f in p[1]]
    known = {text: _number(text, decimals or ".") for text in rows[name].unique()}
    values = rows[name].map(known).astype("float64")
    bad = rows[values.isna() & (rows[name].str.strip() != "")]
    faults = [
        Fault("V05", file, int(line), column=name, facts={"value": shown(text)})
        for file, line, text in zip(bad[FILE], bad[LINE], bad[name], strict=True)
    ]
    return values, faults


def _number(text: str, decimal: str) -> float:
    clean = re.sub(r"[\s\u00a0]", "", text).replace("−", "-")
    clean = clean.replace(",", ".") if decimal == "," else clean
    return float(clean) if _NUMBER.fullmatch(clean) else float("nan")


def _names(table: str, rows: pd.DataFrame) -> list[Fault]:
    """Names of places and schools reach pages: no HTML, no broken letters; codes of municipalities are no paths."""
    faults = []
    for column in NAME_COLUMNS.get(table, ()):
        for code, pattern in (("N01", _HTML), ("E04", _DOUBLE_ENCODED)):
            bad = rows[rows[column].fillna("").map(lambda text, p=pattern: p.search(text) is not None)]
            for file, line, text in zip(bad[FILE], bad[LINE], bad[column], strict=True):
                facts = {"value": shown_name(text), "nearest": _repaired(text)}
                faults.append(Fault(code, file, int(line), column=column, facts=facts))
    for column in ("municipality_id", *NAME_COLUMNS.get("municipalities", ())) if table == "municipalities" else ():
        bad = rows[rows[column].fillna("").map(lambda text: _PATH.search(text) is not None)]
        for file, line, text in zip(bad[FILE], bad[LINE], bad[column], strict=True):
            faults.append(Fault("N05", file, int(line), column=column, facts={"value": shown_name(text)}))
    return faults


def _repaired(text: str) -> str:
    for encoding in ("cp1252", "cp1257", "latin-1"):
        try:
            return text.encode(encoding).decode("utf-8")
        except (UnicodeEncodeError, UnicodeDecodeError):
            continue
    return "–"


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
        where = {"V01": "score", "V02": "mean_score" if table == "school_results" else "score", "V17": "status"}
        name = where[code] if column not in columns(table) or code == "V17" or check in ("V01", "V02") else str(column)
        if (row[FILE], int(row[LINE]), name) in told:
            continue
        faults[code, row[FILE], int(row[LINE]), name] = Fault(
            code, row[FILE], int(row[LINE]), column=name, facts=_facts(code, str(check), table, name, row)
        )
    return list(faults.values())


def _code(check: str) -> str:
    if check.startswith(("greater_than", "V01")):
        return "V01"
    if check.startswith(("less_than", "V02")):
        return "V02"
    return "V17" if check == "V17" else _CODES[check.split("(")[0]]


def _facts(code: str, check: str, table: str, name: str, row: "pd.Series[Any]") -> dict[str, object]:
    bound = re.search(r"\((-?[\d.]+)\)", check)
    if code == "V01":
        return {"value": shown(f"{row[name]:g}"), "low": bound.group(1) if bound else f"{row['score_min']:g}"}
    if code == "V02":
        return {"value": shown(f"{row[name]:g}"), "high": bound.group(1) if bound else f"{row['score_max']:g}"}
    if code == "V15":
        allowed = next(c for c in TABLES[table].to_schema().columns[name].checks if c.name == "isin")
        return {"codes": ", ".join(str(value) for value in allowed.statistics["allowed_values"])}
    return {}
