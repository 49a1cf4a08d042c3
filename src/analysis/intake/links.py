"""Rules between rows and between tables: one row a key, known schools, known pupils, no personal codes."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from analysis.faults import Fault, has_personal_code
from analysis.intake.contracts import KEYS
from analysis.intake.provenance import FILE, LINE, own_columns
from analysis.intake.sources import RawTable

_TOTALS = re.compile(r"\s*(kopā|pavisam|kopsumma|kopā visi|total|totals|grand total|sum)\s*[:.]?\s*", re.IGNORECASE)


def personal_codes(raw: RawTable) -> list[Fault]:
    """Find personal codes anywhere in a file: a column full of them (I05) or single cells (I06); no value is echoed."""
    faults = []
    for column in raw.frame.columns:
        suspicious = [text for text in raw.frame[column].unique() if len(text) >= 11 and has_personal_code(text)]
        if not suspicious:
            continue
        rows = raw.frame[column].isin(suspicious).to_numpy()
        if rows.mean() > 0.5:
            faults.append(Fault("I05", raw.file, sheet=raw.sheet, column=column, facts={"count": int(rows.sum())}))
        else:
            faults += [Fault("I06", raw.file, int(line), raw.sheet, column) for line in raw.lines[rows]]
    return faults


def totals_rows(file: str, frame: pd.DataFrame, lines: np.ndarray) -> list[Fault]:
    """Find rows that are sums of others (S16): a cell that says so and nothing else."""
    found: dict[int, Fault] = {}
    for column in frame.columns:
        words = [text for text in frame[column].unique() if _TOTALS.fullmatch(text)]
        for line in lines[frame[column].isin(words).to_numpy()]:
            found[int(line)] = Fault("S16", file, int(line))
    return list(found.values())


def one_row_a_key(table: str, rows: pd.DataFrame, policy: str) -> tuple[pd.DataFrame, list[Fault]]:
    """Refuse repeated keys (I03 equal rows, I04 different ones), or keep the last where the map says so (D05)."""
    key = list(KEYS[table])
    repeated = rows.duplicated(key, keep=False)
    if not repeated.any():
        return rows, []
    if policy == "keep_last":
        out = rows.duplicated(key, keep="last")
        facts = {"table": table, "count": int(out.sum())}
        return rows[~out].reset_index(drop=True), [Fault("D05", str(rows.loc[out, FILE].iloc[0]), facts=facts)]
    values = [column for column in own_columns(rows) if column not in key]
    suspects = rows[repeated]
    first = suspects.groupby(key, sort=False, dropna=False)[LINE].transform("first")
    faults = []
    for position in suspects.index[suspects.duplicated(key, keep="first")]:
        row = suspects.loc[position]
        other = suspects[(suspects[LINE] == first[position]) & (suspects[FILE].notna())].iloc[0]
        different = [c for c in values if not _same(row[c], other[c])]
        facts = {"table": table, "first": int(first[position]), "columns": ", ".join(different)}
        faults.append(Fault("I04" if different else "I03", row[FILE], int(row[LINE]), facts=facts))
    return rows, faults


def _same(one: Any, other: Any) -> bool:
    return bool(one == other) or bool(pd.isna(one) and pd.isna(other))


def known(tables: Mapping[str, pd.DataFrame]) -> list[Fault]:
    """Every school, pupil and municipality that a table names must stand in its own table (I08)."""
    faults: list[Fault] = []
    for table, column, other in (
        ("schools", "municipality_id", "municipalities"),
        ("enrolments", "school_id", "schools"),
        ("enrolments", "pupil_id", "pupils"),
        ("results", "school_id", "schools"),
        ("results", "pupil_id", "pupils"),
        ("school_results", "school_id", "schools"),
        ("school_bands", "school_id", "schools"),
    ):
        if table in tables and other in tables:
            faults += _unknown(tables[table], column, other, tables[other][column])
    return faults


def _unknown(rows: pd.DataFrame, column: str, other: str, values: "pd.Series[str]") -> Iterable[Fault]:
    strangers = rows[rows[column].notna() & ~rows[column].isin(values) & ~rows[column].str.startswith("?")]
    for file, of_file in strangers.groupby(FILE, sort=True):
        facts = {"other": other, "count": len(of_file)}
        yield Fault("I08", str(file), int(of_file[LINE].iloc[0]), column=column, facts=facts)
